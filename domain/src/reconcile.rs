//! Reconciling: what is on record against what a venue reports, decided as one change set.

mod assemble;
mod desk;
mod differences;
mod executions;
mod incomes;
mod nets;
mod orders;
mod revisions;
mod share;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use crate::change::{ChangeSet, Fill, Income};
use crate::fixed::{Amount, Quantity};
use crate::id::{OrderId, PositionId, RobotId, VenueAccountId};
use crate::market::{Side, Symbol};
use crate::order::Order;
use crate::position::{Position, ProfitBasis};
use crate::time::Timestamp;
use crate::user::VenueAccount;
use crate::venue::{AccountReport, Cursor, OrderReport};

use desk::Desk;

/// A report is taken for a late one when it is older than the last by at most this; what is older still means that
/// the venue's clock was set back.
pub const STALE_WITHIN: Duration = Duration::from_secs(60);

/// So many reports in a row, each later than the one before, must show the same unexplained difference before it
/// is believed: venues answer for positions and fills at different moments.
pub const SIGHTINGS: u32 = 5;

/// What is on record for one venue account.
#[derive(Debug, Clone)]
pub struct Records {
    /// The account.
    pub account: VenueAccount,
    /// Its positions that are not final, and those final ones that the report may concern: of the orders that its
    /// fills name, of the fills and payments that it repeats, and those that were open when its new payments were made.
    pub positions: Vec<Position>,
    /// Its orders that are not final, those of positions in `Opening` or `Closing`, and those that the report's
    /// fills name.
    pub orders: Vec<Order>,
    /// What is on record as fills of these orders; none where nothing is.
    pub executed: BTreeMap<OrderId, Executed>,
    /// Which of the report's fills are on record, by the venue's id.
    pub known_fills: BTreeSet<String>,
    /// What is on record of these, with parts and revisions.
    pub repeated: Vec<Fill>,
    /// Which of the report's incomes are on record, with parts and revisions.
    pub paid: Vec<Income>,
    /// Smallest steps of quantities by market, where they are known: nobody's share of a fill is less.
    pub lots: BTreeMap<Symbol, Quantity>,
    /// All that is on record as fills of positions that changed after the oldest of the report's payments was made.
    pub histories: BTreeMap<PositionId, Vec<Fill>>,
    /// How far the history was read before the report.
    pub cursor: Cursor,
}

/// What of an order is on record as fills.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Executed {
    /// Σ quantity.
    pub quantity: Quantity,
    /// Σ price × quantity.
    pub notional: Amount,
}

/// What the venue said when it was asked for one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookedUp {
    /// It has it.
    Found(OrderReport),
    /// It has no such order, and for how long every look has said so, by a clock that is never set.
    Absent {
        /// Since the first such answer.
        since: Duration,
    },
}

/// How to reconcile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Which profit counts for external positions.
    pub profit_basis: ProfitBasis,
    /// How long an order must be absent before it is proven that the venue never had it.
    pub lookup_grace: Duration,
    /// Whether profits of external positions are settled too.
    pub charge_external: bool,
}

/// What is known besides the records and the report.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What lookups found.
    pub lookups: &'a BTreeMap<OrderId, LookedUp>,
    /// What the previous report left unexplained.
    pub unexplained: &'a [Difference],
    /// The time of the previous report.
    pub last_report: Option<Timestamp>,
    /// Ids for positions that are to be recorded.
    pub spare: &'a [PositionId],
    /// The rules.
    pub rules: Rules,
    /// Now.
    pub now: Timestamp,
}

/// A side of a market on which the venue holds another quantity than is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Market.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Quantity on record.
    pub recorded: Quantity,
    /// Quantity at the venue.
    pub held: Quantity,
    /// The last report that showed it.
    pub at: Timestamp,
    /// How many reports in a row showed it.
    pub sightings: u32,
}

/// What a report says that the records cannot be made to agree with; for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// More is on record than the venue holds, and no fill explains it. It stays on record until fills come.
    Missing {
        /// Account.
        account: VenueAccountId,
        /// The difference.
        difference: Difference,
    },
    /// Our own order was filled after its position was over.
    LateFill {
        /// The order.
        order: OrderId,
        /// The venue's id of the fill.
        fill: String,
    },
    /// Our own closing order, which was not held to shrinking, was filled after its position had become smaller: what was
    /// more is external and has no exits.
    Overshot {
        /// The order.
        order: OrderId,
        /// The venue's id of the fill.
        fill: String,
    },
    /// The report contradicts what an order or a position can do.
    Contradiction {
        /// Such as `order:3`.
        subject: String,
        /// The rule and the numbers.
        what: String,
    },
}

impl Mismatch {
    /// What it is about, such as `order:3`.
    pub fn subject(&self) -> String {
        match self {
            Self::Missing { account, difference } => {
                format!("account:{account}:{}:{}", difference.symbol, difference.side.as_str())
            }
            Self::LateFill { order, .. } | Self::Overshot { order, .. } => format!("order:{order}"),
            Self::Contradiction { subject, .. } => subject.clone(),
        }
    }

    /// Whether every report shows it for as long as it lasts.
    pub const fn is_standing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { account, difference } => write!(
                f,
                "account {account} has {} {} {} on record, the venue holds {}",
                difference.recorded,
                difference.symbol,
                difference.side.as_str(),
                difference.held
            ),
            Self::LateFill { order, fill } => {
                write!(f, "fill {fill} came for order {order} after its position was over")
            }
            Self::Overshot { order, fill } => {
                write!(
                    f,
                    "fill {fill} of order {order} closed more than its position held; the rest is external"
                )
            }
            Self::Contradiction { what, .. } => f.write_str(what),
        }
    }
}

/// A profit that changed after its position was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revised {
    /// The position.
    pub position: PositionId,
    /// Profit that it had closed with.
    pub before: Amount,
    /// Profit now.
    pub now: Amount,
}

/// What follows from a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// All that is to be written, in one commit.
    pub changes: ChangeSet,
    /// Positions that it changed and that the ledger has to decide on: closed by it, or with another profit now.
    pub closed: Vec<PositionId>,
    /// Positions that it ended without anything for the ledger to decide on: closed without a profit, or never opened.
    pub ended: Vec<PositionId>,
    /// Those that had closed before with another profit.
    pub revised: Vec<Revised>,
    /// Robots whose rows it changes.
    pub robots: BTreeSet<RobotId>,
    /// Orders that the venue is to be asked for: unconfirmed, or gone from the resting ones without fills that
    /// explain it. Only orders whose lookup was not given.
    pub lookups: Vec<OrderId>,
    /// Orders that the venue has not confirmed, still.
    pub unconfirmed: BTreeSet<OrderId>,
    /// Whether the account holds, or may soon hold, a position.
    pub has_position: bool,
    /// Whether the next report should come soon: something is not explained yet.
    pub unresolved: bool,
    /// What this report left unexplained, for the next.
    pub unexplained: Vec<Difference>,
    /// What people must look at.
    pub mismatches: Vec<Mismatch>,
}

/// Why nothing could be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReconcileError {
    /// More positions are to be recorded than spare ids were given.
    #[error("{needed} position ids are needed")]
    ShortOfIds {
        /// How many.
        needed: usize,
    },
}

/// Decides what a report of an account means for its records. Reports may be late, repeated or in pages: what was
/// applied is not applied again.
pub fn reconcile(
    records: &Records,
    report: &AccountReport,
    context: &Context<'_>,
) -> Result<Reconciled, ReconcileError> {
    let mut desk = Desk::new(records, report, context);
    desk.apply_history();
    desk.move_orders();
    desk.end_purposes();
    desk.compare_positions();
    desk.assemble()
}

#[cfg(test)]
mod tests;
