//! Holds: power that is reserved when a position opens, so that it is there when the position closes.

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, NumberError};
use crate::id::{PositionId, UserId};
use crate::ledger::entry::EntrySeq;
use crate::time::Timestamp;

/// Where a hold stands. It ends once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum HoldState {
    /// The power is reserved.
    Held,
    /// It paid for the settlement of its position, whole or in part; the rest was given back.
    Posted {
        /// The settling entry.
        entry: EntrySeq,
        /// When.
        at: Timestamp,
    },
    /// It was given back: nothing was due, or more than the user had.
    Voided {
        /// The entry that gave it back.
        entry: EntrySeq,
        /// When.
        at: Timestamp,
    },
    /// It was given back because its time was over.
    Expired {
        /// The entry that gave it back.
        entry: EntrySeq,
        /// When.
        at: Timestamp,
    },
}

impl HoldState {
    /// Names of all states.
    pub const NAMES: [&'static str; 4] = ["held", "posted", "voided", "expired"];

    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Posted { .. } => "posted",
            Self::Voided { .. } => "voided",
            Self::Expired { .. } => "expired",
        }
    }

    /// The entry that ended it, and when.
    pub const fn end(&self) -> Option<(EntrySeq, Timestamp)> {
        match self {
            Self::Held => None,
            Self::Posted { entry, at } | Self::Voided { entry, at } | Self::Expired { entry, at } => {
                Some((*entry, *at))
            }
        }
    }
}

/// Power that is reserved for a position; at most one hold per position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// For which position; the position need not be on record yet.
    pub position: PositionId,
    /// Whose power.
    pub user: UserId,
    /// How much of it is gift power, not negative.
    pub gift: Amount,
    /// How much of it is power, not negative.
    pub power: Amount,
    /// The entry that reserved it.
    pub entry: EntrySeq,
    /// After this it may be given back, unless its position still lives.
    pub expires_at: Timestamp,
    /// Where it stands.
    #[serde(flatten)]
    pub state: HoldState,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Hold {
    /// All that is reserved.
    ///
    /// # Errors
    /// When gift power and power together leave the range of numbers.
    pub fn total(&self) -> Result<Amount, NumberError> {
        self.gift.plus(self.power)
    }
}
