//! What the caller looks up before a group of requests is decided.

use std::ops::Range;

use crate::fixed::Amount;
use crate::id::{PositionId, UserId};
use crate::ledger::account::Account;
use crate::ledger::debt::Debt;
use crate::ledger::entry::{Entry, Head};
use crate::ledger::escrow::GuardedRow;
use crate::ledger::hold::Hold;
use crate::ledger::write::Refused;
use crate::position::{Origin, Position, PositionState};
use crate::settlement::Settlement;
use crate::time::Timestamp;
use crate::user::PowerRate;

/// Ids that nobody else uses, for what a group makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FreshIds {
    /// For accounts that do not exist: one per key that was looked up in vain.
    pub accounts: Range<i64>,
    /// For debts: one per position to settle.
    pub debts: Range<i64>,
}

/// All that the ledger needs to know of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionFact {
    /// Which.
    pub id: PositionId,
    /// Owner.
    pub user: UserId,
    /// Who opened it.
    pub origin: Origin,
    /// When it closed and with which profit; `None` while it is not closed.
    pub closed: Option<(Timestamp, Amount)>,
    /// Its settlement.
    pub settlement: Settlement,
    /// The profit that was settled on; `None` until the ledger decided.
    pub settled_profit: Option<Amount>,
    /// Corrections that were posted.
    pub corrections: u32,
}

impl PositionFact {
    /// Whether the venue revised the profit after the ledger had decided on it.
    pub fn correction_due(&self) -> bool {
        let decided = match self.settlement {
            Settlement::Charged { .. } | Settlement::Owed { .. } | Settlement::NothingDue => true,
            Settlement::NotYet | Settlement::Pending | Settlement::Exempt | Settlement::Waived { .. } => false,
        };
        match (self.closed, self.settled_profit) {
            (Some((_, profit)), Some(settled)) => decided && profit != settled,
            _ => false,
        }
    }
}

impl From<&Position> for PositionFact {
    fn from(position: &Position) -> Self {
        let closed = match position.state {
            PositionState::Closed { at, profit, .. } => Some((at, profit)),
            PositionState::Opening
            | PositionState::Open
            | PositionState::Closing { .. }
            | PositionState::Abandoned { .. } => None,
        };
        Self {
            id: position.id,
            user: position.user,
            origin: position.origin,
            closed,
            settlement: position.settlement,
            settled_profit: position.settled_profit,
            corrections: position.corrections,
        }
    }
}

/// What the caller looked up for a group of requests.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The time of day.
    pub now: Timestamp,
    /// The end of the chain.
    pub head: Option<Head>,
    /// Those of the accounts that the requests may touch which exist.
    pub accounts: Vec<Account>,
    /// Ids to use.
    pub fresh: FreshIds,
    /// Positions to settle, and positions of open debts that may be collected, corrected or waived.
    pub positions: Vec<PositionFact>,
    /// Entries under the requests' keys (a position that awaits its settlement has none), and entries to take back.
    pub entries: Vec<Entry>,
    /// Refusals under the requests' keys.
    pub refused: Vec<Refused>,
    /// Debts in question: of users who get power the oldest open ones, [`collected_at_most`] of them if there are as many;
    /// those of positions that are corrected; those to waive, in any state.
    ///
    /// [`collected_at_most`]: crate::ledger::collected_at_most
    pub debts: Vec<Debt>,
    /// Holds for the positions to settle or to release, in any state.
    pub holds: Vec<Hold>,
    /// Rates of everyone and of the positions' users.
    pub rates: Vec<PowerRate>,
    /// Those of the users whom requests name that exist.
    pub users: Vec<UserId>,
    /// Versions of the rows that requests guard; those that do not exist are left out.
    pub versions: Vec<(GuardedRow, u32)>,
}
