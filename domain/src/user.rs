//! Users and their accounts at venues.

use serde::{Deserialize, Serialize};

use crate::fixed::Ratio;
use crate::id::{UserId, VenueAccountId};
use crate::time::Timestamp;
use crate::venue::VenueName;

/// A user of the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Identity.
    pub id: UserId,
    /// The platform's own name for the user; unique.
    pub name: String,
    /// When the user was added.
    pub created_at: Timestamp,
}

/// The rate of power on profit, effective from a point in time; the newest effective row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerRate {
    /// Whose rate; `None` is everyone's.
    pub user: Option<UserId>,
    /// Share of the profit, 0 to 1.
    pub rate: Ratio,
    /// From when it counts, by the close time of the position.
    pub effective_from: Timestamp,
}

/// Whether an account may hold a long and a short of one symbol at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionMode {
    /// One net position per symbol.
    OneWay,
    /// A long and a short per symbol.
    Hedge,
}

impl PositionMode {
    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneWay => "one_way",
            Self::Hedge => "hedge",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::OneWay, Self::Hedge]
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }
}

/// A user's account at a venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VenueAccount {
    /// Identity.
    pub id: VenueAccountId,
    /// Owner.
    pub user: UserId,
    /// Where.
    pub venue: VenueName,
    /// The operator's label; unique per venue.
    pub label: String,
    /// One-way or hedge.
    pub mode: PositionMode,
    /// When it was added.
    pub created_at: Timestamp,
}
