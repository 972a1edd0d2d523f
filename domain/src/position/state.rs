//! Where a position stands.

use serde::{Deserialize, Serialize};

use crate::fixed::Amount;
use crate::position::CloseReason;
use crate::time::Timestamp;

/// Where a position stands. Moved only by [`Position::on`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum PositionState {
    /// The opening order is on record; nothing is filled yet.
    Opening,
    /// Held at the venue.
    Open,
    /// A closing order is on record.
    Closing {
        /// Why we close it.
        reason: CloseReason,
    },
    /// Flat again.
    Closed {
        /// When the last fill closed it, by the venue's clock.
        at: Timestamp,
        /// Why.
        reason: CloseReason,
        /// Profit by the configured basis.
        profit: Amount,
    },
    /// The opening order ended without a fill.
    Abandoned {
        /// When that was known.
        at: Timestamp,
    },
}

impl PositionState {
    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Open => "open",
            Self::Closing { .. } => "closing",
            Self::Closed { .. } => "closed",
            Self::Abandoned { .. } => "abandoned",
        }
    }

    /// Whether it is over.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Closed { .. } | Self::Abandoned { .. } => true,
            Self::Opening | Self::Open | Self::Closing { .. } => false,
        }
    }
}
