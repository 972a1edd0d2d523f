//! What one group of decisions of the ledger writes in one commit, and what its senders are told.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fixed::Amount;
use crate::id::{LedgerAccountId, PositionId};
use crate::ledger::account::Account;
use crate::ledger::debt::Debt;
use crate::ledger::entry::{Entry, EntryKey, EntrySeq};
use crate::ledger::escrow::EscrowPosting;
use crate::ledger::hold::Hold;
use crate::settlement::Settlement;
use crate::time::Timestamp;

/// A balance that moves in a commit; the store refuses the commit when `before` is not what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BalanceMove {
    /// Account.
    pub account: LedgerAccountId,
    /// Balance that the decision was made on.
    pub before: Amount,
    /// Balance after the group.
    pub after: Amount,
}

/// A position whose settlement is decided in a commit; the store refuses the commit when `from` or `profit` is not
/// what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettledPosition {
    /// Position.
    pub position: PositionId,
    /// Settlement that the decision was made on.
    pub from: Settlement,
    /// Settlement after it.
    pub to: Settlement,
    /// Profit of the closed position that the decision was made on.
    pub profit: Amount,
    /// Profit that is settled on from now on; another than `profit` leaves a correction due.
    pub settled_profit: Amount,
    /// Corrections posted on the position, with those of this commit.
    pub corrections: u32,
}

/// A stored open debt that changes in a commit; the store refuses the commit when it is not open or owes another
/// amount than `owed_before`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedDebt {
    /// What it owed.
    pub owed_before: Amount,
    /// The debt after it.
    pub debt: Debt,
}

/// A key that was refused and stays refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The key.
    pub key: EntryKey,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Everything that one group of decisions writes: all or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerWrite {
    /// Accounts that did not exist, with a zero balance.
    pub opened: Vec<Account>,
    /// New entries, in order of `seq`.
    pub entries: Vec<Entry>,
    /// One move per touched account.
    pub balances: Vec<BalanceMove>,
    /// New debts; one that a recharge of the same group collected is repaid already.
    pub debts: Vec<Debt>,
    /// Stored open debts that changed.
    pub changed_debts: Vec<ChangedDebt>,
    /// New holds; one whose position settled in the same group has ended already.
    pub holds: Vec<Hold>,
    /// Stored holds that ended; they were `Held`.
    pub ended_holds: Vec<Hold>,
    /// Positions whose settlement was decided, one each.
    pub settled: Vec<SettledPosition>,
    /// Refused keys.
    pub refused: Vec<Refused>,
    /// Postings whose rows are written in the same commit, after the entries.
    pub escrow: Vec<Arc<EscrowPosting>>,
}

impl SettledPosition {
    /// Whether the ledger has something to decide on the position after the commit.
    pub fn is_unsettled(&self) -> bool {
        match self.to {
            Settlement::Pending => true,
            Settlement::NothingDue | Settlement::Charged { .. } | Settlement::Owed { .. } => {
                self.settled_profit != self.profit
            }
            Settlement::NotYet | Settlement::Exempt | Settlement::Waived { .. } => false,
        }
    }
}

impl LedgerWrite {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.settled.is_empty() && self.refused.is_empty() && self.escrow.is_empty()
    }
}

/// The answer to a request to post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum PostAnswer {
    /// Posted now.
    Created {
        /// The entry.
        entry: EntrySeq,
    },
    /// There is nothing to post: no power is due.
    NothingDue,
    /// The same request was posted before.
    Exists {
        /// The entry.
        entry: EntrySeq,
    },
    /// The key was posted before with another payload.
    ExistsDifferent {
        /// The first field that differs.
        field: &'static str,
    },
    /// The key was refused before and stays refused.
    AlreadyFailed {
        /// Why it was refused.
        reason: String,
    },
    /// Refused now; nothing was posted.
    Rejected {
        /// Why.
        reason: String,
    },
}
