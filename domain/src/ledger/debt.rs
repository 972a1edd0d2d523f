//! Debts: power that was due when the user had too little.

use serde::{Deserialize, Serialize};

use crate::fixed::Amount;
use crate::id::{DebtId, PositionId, UserId};
use crate::ledger::entry::EntrySeq;
use crate::time::Timestamp;

/// Where a debt stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum DebtState {
    /// Not repaid.
    Owed,
    /// Repaid whole.
    Repaid {
        /// The entry that collected it.
        entry: EntrySeq,
        /// When.
        at: Timestamp,
    },
    /// Forgiven.
    Waived {
        /// The entry that forgave it.
        entry: EntrySeq,
        /// When.
        at: Timestamp,
        /// Who and why.
        reason: String,
    },
    /// Made nothing by a correction of the settlement.
    Cancelled {
        /// The entry that corrected it.
        entry: EntrySeq,
        /// When.
        at: Timestamp,
    },
}

impl DebtState {
    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Owed => "owed",
            Self::Repaid { .. } => "repaid",
            Self::Waived { .. } => "waived",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// A debt of power; at most one per settlement or correction, and at most one of a position is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debt {
    /// Identity; the order of ids is the order of collection.
    pub id: DebtId,
    /// Who owes.
    pub user: UserId,
    /// For which position.
    pub position: PositionId,
    /// Which correction of its settlement made it; zero for the settlement itself. Unique with the position.
    pub correction: u32,
    /// How much power, positive; a later correction may have changed it.
    pub owed: Amount,
    /// The entry that recorded it.
    pub entry: EntrySeq,
    /// Where it stands.
    #[serde(flatten)]
    pub state: DebtState,
    /// When it was recorded.
    pub created_at: Timestamp,
}
