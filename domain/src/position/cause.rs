//! Who opened and who closed a position, and why.

use serde::{Deserialize, Serialize};

/// Who opened a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// One of our robots.
    Robot,
    /// Somebody else, seen at the venue.
    External,
    /// A robot of another platform whose tables were taken over.
    Imported,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 3] = [Self::Robot, Self::External, Self::Imported];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Robot => "robot",
            Self::External => "external",
            Self::Imported => "imported",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

/// Why a position was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The robot's stop-loss.
    StopLoss,
    /// The robot's trailing take-profit.
    TakeProfit,
    /// The robot, before the venue would liquidate.
    LiquidationGuard,
    /// An operator or user through Bursar.
    Requested,
    /// By hand at the venue.
    Manual,
    /// Forced by the venue for lack of margin.
    Liquidation,
    /// Another act of the venue.
    Venue,
}

/// Who closed a position, as users know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedBy {
    /// The robot's own rule.
    Robot,
    /// A person.
    Manual,
    /// Liquidation.
    Liquidation,
    /// The venue otherwise.
    Venue,
}

impl CloseReason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::StopLoss,
        Self::TakeProfit,
        Self::LiquidationGuard,
        Self::Requested,
        Self::Manual,
        Self::Liquidation,
        Self::Venue,
    ];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StopLoss => "stop_loss",
            Self::TakeProfit => "take_profit",
            Self::LiquidationGuard => "liquidation_guard",
            Self::Requested => "requested",
            Self::Manual => "manual",
            Self::Liquidation => "liquidation",
            Self::Venue => "venue",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// Who it was.
    pub const fn by(self) -> ClosedBy {
        match self {
            Self::StopLoss | Self::TakeProfit | Self::LiquidationGuard => ClosedBy::Robot,
            Self::Requested | Self::Manual => ClosedBy::Manual,
            Self::Liquidation => ClosedBy::Liquidation,
            Self::Venue => ClosedBy::Venue,
        }
    }
}
