//! Robots: who trades what, where, by which strategy and within which limits.

pub mod decide;
pub mod draft;
pub mod net;
pub mod place;
pub mod run;
pub mod validate;

use serde::{Deserialize, Serialize};

use crate::fixed::Amount;
use crate::id::{RobotId, UserId, VenueAccountId};
use crate::market::Symbol;
use crate::time::Timestamp;
use crate::venue::MarginMode;

/// How a robot finds its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "strategy", deny_unknown_fields)]
pub enum Strategy {
    /// Opens when the price has left the low or high of a window by the template's threshold.
    WindowBreakout {
        /// Length of the window in seconds, 1 to 86 400.
        window_seconds: u32,
    },
}

impl Strategy {
    /// Name in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::WindowBreakout { .. } => "window_breakout",
        }
    }
}

/// How much risk the user wants; picks the template together with the state of the market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskPreference {
    /// Late entries, tight exits.
    Conservative,
    /// Between the two.
    Balanced,
    /// Early entries, wide exits.
    Aggressive,
}

impl RiskPreference {
    /// Every preference.
    pub const ALL: [Self; 3] = [Self::Conservative, Self::Balanced, Self::Aggressive];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conservative => "conservative",
            Self::Balanced => "balanced",
            Self::Aggressive => "aggressive",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|risk| risk.as_str() == text)
    }
}

/// Limits of one robot; an absent one does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Stop opening for the UTC day at this loss (positive).
    pub max_daily_loss: Option<Amount>,
    /// Stop opening for the run at this loss (positive).
    pub max_run_loss: Option<Amount>,
    /// Stop opening for the run at this profit.
    pub max_run_profit: Option<Amount>,
    /// Stop opening for the run after so many stop-losses in a row.
    pub max_consecutive_stop_losses: Option<u32>,
    /// Largest notional of one position.
    pub max_notional: Option<Amount>,
    /// Most orders in any 60 seconds.
    pub max_orders_per_minute: Option<u32>,
}

/// Whether the operator wants the robot to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// It is to trade.
    Running,
    /// It is not to open anything; what is open is still synced, closed by its exits and settled.
    Stopped,
}

impl Wanted {
    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Stopped]
            .into_iter()
            .find(|wanted| wanted.as_str() == text)
    }
}

/// A robot. `version` is the one it was read at; each commit raises it by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Robot {
    /// Identity.
    pub id: RobotId,
    /// Owner.
    pub user: UserId,
    /// Where it trades.
    pub account: VenueAccountId,
    /// Market.
    pub symbol: Symbol,
    /// How it finds entries.
    #[serde(flatten)]
    pub strategy: Strategy,
    /// How much risk.
    pub risk: RiskPreference,
    /// Margin of one position, in the venue's settlement asset.
    pub stake: Amount,
    /// Leverage, 1 to the instrument's maximum.
    pub leverage: u32,
    /// Isolated or cross.
    pub margin_mode: MarginMode,
    /// Whether it opens by itself.
    pub auto_open: bool,
    /// Whether its exits close by themselves.
    pub auto_close: bool,
    /// Limits.
    pub limits: Limits,
    /// Whether it is to run.
    pub wanted: Wanted,
    /// When the current (or last) run began; limits per run count from here.
    pub run_started_at: Option<Timestamp>,
    /// Since when it is quarantined after repeated crashes.
    pub quarantined_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Optimistic lock.
    pub version: u32,
}

/// The close of an earlier position, as far as a robot's limits need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastClose {
    /// When it closed.
    pub at: Timestamp,
    /// Its profit.
    pub profit: Amount,
    /// Why.
    pub reason: crate::position::CloseReason,
}
