//! What the scheduler remembers of an account between two polls; losing it costs a full pass, nothing else.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use domain::fixed::{Price, Quantity};
use domain::id::OrderId;
use domain::market::{Side, Symbol};
use domain::reconcile::{Difference, Reconciled};
use domain::time::Timestamp;
use domain::user::VenueAccount;
use domain::venue::{AccountReport, Cursor, ReportedState, VenueOrderId};
use tokio::time::Instant;

/// What the scheduler remembers of an account.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Its row, once it was read.
    pub account: Option<VenueAccount>,
    /// Whether its venue was told of it.
    pub prepared: bool,
    /// How far its history was read; nobody else moves that.
    pub cursor: Option<Cursor>,
    /// The markets of what is not over on record; `None` where that is to be read.
    pub markets: Option<BTreeSet<Symbol>>,
    /// Smallest steps of the markets that were traded.
    pub lots: BTreeMap<Symbol, Quantity>,
    /// The time of the latest report.
    pub last_report: Option<Timestamp>,
    /// What the latest report left unexplained.
    pub unexplained: Vec<Difference>,
    /// Since when lookups find nothing of an order.
    pub absent: HashMap<OrderId, Instant>,
    /// Since when an order is not confirmed.
    pub unconfirmed: HashMap<OrderId, Instant>,
    /// Orders whose doubt was told.
    pub doubted: BTreeSet<OrderId>,
    /// Mismatches that were told and last.
    pub standing: BTreeSet<String>,
    /// Whether it held a position when it was last compared.
    pub has_position: bool,
    /// Whether something awaits the next report.
    pub unresolved: bool,
    sight: Option<Sight>,
    compared_at: Option<Instant>,
}

/// What a report shows of the present, as far as a change of it means work.
#[derive(Debug, PartialEq, Eq)]
struct Sight {
    positions: Vec<(Symbol, Side, Quantity, Price)>,
    orders: Vec<(VenueOrderId, ReportedState, Quantity)>,
}

impl Sight {
    fn of(report: &AccountReport) -> Self {
        let positions = report.positions.iter();
        let orders = report.open_orders.iter();
        Self {
            positions: positions
                .map(|held| (held.symbol.clone(), held.side, held.quantity, held.entry_price))
                .collect(),
            orders: orders
                .map(|order| (order.venue_id.clone(), order.state, order.filled))
                .collect(),
        }
    }
}

impl Memory {
    /// Whether the report shows what the last compared one did, nothing is open from then, and that was not long ago.
    pub fn is_unchanged(&self, report: &AccountReport, full_pass: Duration, now: Instant) -> bool {
        let is_recent = self.compared_at.is_some_and(|at| now - at < full_pass);
        let has_history = report.more || !report.fills.is_empty() || !report.incomes.is_empty();
        let is_settled = !self.unresolved && self.unexplained.is_empty() && self.standing.is_empty();
        is_recent
            && is_settled
            && !has_history
            && self.cursor.as_ref() == Some(&report.cursor)
            && self.sight.as_ref() == Some(&Sight::of(report))
    }

    /// Remembers a report whose consequences are committed.
    pub fn note(&mut self, report: &AccountReport, decided: &Reconciled, now: Instant) {
        self.cursor = Some(report.cursor.clone());
        self.last_report = self.last_report.max(Some(report.at));
        self.unexplained.clone_from(&decided.unexplained);
        self.has_position = decided.has_position;
        self.unresolved = decided.unresolved || report.more;
        self.sight = Some(Sight::of(report));
        self.compared_at = Some(now);
        self.unconfirmed.retain(|order, _| decided.unconfirmed.contains(order));
        for order in &decided.unconfirmed {
            self.unconfirmed.entry(*order).or_insert(now);
        }
    }

    /// Forgets what a commit that failed or may have failed makes uncertain.
    pub fn doubt(&mut self) {
        self.cursor = None;
        self.markets = None;
        self.sight = None;
        self.compared_at = None;
    }
}
