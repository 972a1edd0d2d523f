//! Where what is taken over is put: a user, an account on the venue `legacy`, and a closed position per order.

use crate::fixed::{Amount, Quantity};
use crate::id::{PositionId, UserId, VenueAccountId};
use crate::import::cell::{LegacyId, Source};
use crate::import::plan::{Fate, OrderPlan};
use crate::market::Symbol;
use crate::position::{CloseReason, Origin, Position, PositionState, ProfitBasis, ProfitSource, Provenance};
use crate::settlement::Settlement;
use crate::time::Timestamp;
use crate::user::{PositionMode, User, VenueAccount};
use crate::venue::{MarginMode, VenueName};

/// The name here of a user of another platform; also the label of the user's account there.
pub fn user_name(source: &Source, id: &LegacyId) -> String {
    format!("{source}:{id}")
}

/// Makes the rows of what is taken over.
#[derive(Debug, Clone)]
pub struct Placing {
    /// The platform.
    pub source: Source,
    /// When.
    pub now: Timestamp,
}

impl Placing {
    /// A user.
    pub fn user(&self, legacy: &LegacyId, id: UserId) -> User {
        User {
            id,
            name: user_name(&self.source, legacy),
            created_at: self.now,
        }
    }

    /// The account that a user's positions are on. No venue of that name is ever connected, so nothing polls it and
    /// no robot can trade on it.
    pub fn account(&self, legacy: &LegacyId, id: VenueAccountId, user: UserId) -> VenueAccount {
        VenueAccount {
            id,
            user,
            venue: VenueName::Legacy,
            label: user_name(&self.source, legacy),
            mode: PositionMode::Hedge,
            created_at: self.now,
        }
    }

    /// A closed position. One that was charged is exempt until the ledger has its charge, so that a sweep that runs
    /// in between leaves it alone; if the import ended there, it would never be charged again.
    pub fn position(&self, order: &OrderPlan, id: PositionId, user: UserId, account: VenueAccountId) -> Position {
        let profit = order.row.profit;
        Position {
            id,
            robot: None,
            user,
            account,
            venue: VenueName::Legacy,
            symbol: Symbol::new(&order.row.symbol),
            side: order.row.side,
            origin: Origin::Imported,
            state: PositionState::Closed {
                at: order.closed_at,
                reason: CloseReason::Venue,
                profit,
            },
            quantity: Quantity::ZERO,
            entered: Quantity::ZERO,
            entry_notional: Amount::ZERO,
            exit_notional: Amount::ZERO,
            realised: profit,
            fees: Amount::ZERO,
            funding: Amount::ZERO,
            leverage: 1,
            margin_mode: MarginMode::Cross,
            exits: None,
            peak: None,
            profit_basis: ProfitBasis::Net,
            provenance: Provenance {
                source: ProfitSource::Imported,
                ..Provenance::default()
            },
            settlement: match order.fate {
                Fate::Charged { .. } => Settlement::Exempt,
                Fate::Pending => Settlement::Pending,
                Fate::NothingDue => Settlement::NothingDue,
            },
            carry: None,
            settled_profit: None,
            corrections: 0,
            opened_at: order.row.opened_at,
            created_at: self.now,
            updated_at: self.now,
            version: 0,
        }
    }
}
