//! What becomes of the power that a closed position owes.

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, Ratio};
use crate::id::DebtId;
use crate::ledger::EntrySeq;
use crate::position::Origin;

/// The settlement of a position. A projection of the ledger, written in the same commit as its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "settlement")]
pub enum Settlement {
    /// The position is not closed.
    NotYet,
    /// Closed with a profit; the ledger has not decided yet. The sweep finds these, however old.
    Pending,
    /// Closed without a profit.
    NothingDue,
    /// An external position: recorded, never charged.
    Exempt,
    /// Paid.
    Charged {
        /// Power that was due and is paid.
        power: Amount,
        /// Rate it was computed with.
        rate: Ratio,
        /// The entry that charged it (for a repaid debt: the entry that collected it).
        entry: EntrySeq,
    },
    /// Recorded as a debt, not yet repaid.
    Owed {
        /// Power that is due.
        power: Amount,
        /// Rate it was computed with.
        rate: Ratio,
        /// The debt.
        debt: DebtId,
    },
    /// Forgiven, with a reason on the debt.
    Waived {
        /// Power that was due.
        power: Amount,
        /// Rate it was computed with.
        rate: Ratio,
    },
}

impl Settlement {
    /// What a position that has just closed awaits.
    pub fn at_close(origin: Origin, profit: Amount) -> Self {
        match origin {
            Origin::External => Self::Exempt,
            Origin::Robot if profit.is_positive() => Self::Pending,
            Origin::Robot => Self::NothingDue,
        }
    }

    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Pending => "pending",
            Self::NothingDue => "nothing_due",
            Self::Exempt => "exempt",
            Self::Charged { .. } => "charged",
            Self::Owed { .. } => "owed",
            Self::Waived { .. } => "waived",
        }
    }
}
