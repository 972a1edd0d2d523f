//! An account to tell stories about: rows, reports, and a store that applies what is decided.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::reports::{fill, report};
use crate::change::{Change, Fill, Income};
use crate::fixed::{Amount, Quantity, Rounding};
use crate::id::{OrderId, PositionId, RobotId, UserId, VenueAccountId};
use crate::market::{Side, Symbol};
use crate::order::{Order, OrderState, Purpose, client_order_id};
use crate::position::{CloseReason, Exits, Origin, Position, PositionState, ProfitBasis, Provenance};
use crate::reconcile::{
    Context, Difference, Executed, LookedUp, ReconcileError, Reconciled, Records, Rules, reconcile,
};
use crate::settlement::Settlement;
use crate::time::Timestamp;
use crate::user::{PositionMode, VenueAccount};
use crate::venue::{AccountReport, Cursor, FillReport, MarginMode, OrderKind, OrderReport, VenueName};

pub const GRACE: Duration = Duration::from_secs(5);

pub fn q(text: &str) -> Quantity {
    text.parse().unwrap()
}

pub fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub fn btc() -> Symbol {
    Symbol::new("BTCUSDT")
}

pub const RULES: Rules = Rules {
    profit_basis: ProfitBasis::Net,
    lookup_grace: GRACE,
    charge_external: false,
};

/// The rows of one account, as a store would keep them.
#[derive(Clone, PartialEq, Debug)]
pub struct Book {
    pub positions: BTreeMap<PositionId, Position>,
    pub orders: BTreeMap<OrderId, Order>,
    pub fills: BTreeMap<String, Fill>,
    pub incomes: BTreeMap<String, Income>,
    pub cursor: Cursor,
    pub next_position: i64,
    pub unexplained: Vec<Difference>,
    pub last_report: Option<Timestamp>,
    pub rules: Rules,
    pub mode: PositionMode,
    pub lots: BTreeMap<Symbol, Quantity>,
}

impl Book {
    pub fn new() -> Self {
        Self {
            positions: BTreeMap::new(),
            orders: BTreeMap::new(),
            fills: BTreeMap::new(),
            incomes: BTreeMap::new(),
            cursor: Cursor::default(),
            next_position: 100,
            unexplained: Vec::new(),
            last_report: None,
            rules: RULES,
            mode: PositionMode::Hedge,
            lots: BTreeMap::new(),
        }
    }

    /// A robot's position in `Opening` with its order in `Submitting`.
    pub fn opening(mut self, id: i64, side: Side, quantity: &str) -> Self {
        self.positions.insert(PositionId(id), position(id, side));
        self.order(id, id, side, Purpose::Open, quantity);
        self
    }

    /// The same, with the order filled whole at 100 and the position open.
    pub fn open(mut self, id: i64, side: Side, quantity: &str) -> Self {
        self = self.opening(id, side, quantity);
        let at = 1_000 + id;
        let opened = fill(&format!("open{id}"), side, false, quantity, "100", at).of(id);
        self.take(
            &report(at)
                .with_fills(vec![opened])
                .holding(side, quantity, "100")
                .with_cursor("open"),
        );
        self
    }

    /// The open position with a closing order `order` in `Submitting`.
    pub fn closing(mut self, id: i64, order: i64, reason: CloseReason) -> Self {
        let position = self.positions.get_mut(&PositionId(id)).unwrap();
        let (side, quantity) = (position.side, position.quantity.to_string());
        position.state = PositionState::Closing { reason };
        self.order(order, id, side, Purpose::Close, &quantity);
        self
    }

    /// The order is not held to shrinking.
    pub fn plain(mut self, id: i64) -> Self {
        self.orders.get_mut(&OrderId(id)).unwrap().reduce_only = false;
        self
    }

    fn order(&mut self, id: i64, position: i64, side: Side, purpose: Purpose, quantity: &str) {
        let order = Order {
            id: OrderId(id),
            client_id: client_order_id("aaaaaa", OrderId(id)),
            venue_id: None,
            position: PositionId(position),
            robot: Some(RobotId(position)),
            user: UserId(1),
            account: VenueAccountId(1),
            venue: VenueName::Paper,
            symbol: btc(),
            action: match purpose {
                Purpose::Open => side.opening(),
                Purpose::Close => side.closing(),
            },
            position_side: side,
            purpose,
            reduce_only: purpose == Purpose::Close,
            kind: OrderKind::Market,
            quantity: q(quantity),
            filled: Quantity::ZERO,
            average_price: None,
            leverage: 10,
            margin_mode: MarginMode::Isolated,
            state: OrderState::Submitting,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            version: 1,
        };
        self.orders.insert(OrderId(id), order);
    }

    pub fn position(&self, id: i64) -> &Position {
        &self.positions[&PositionId(id)]
    }

    pub fn order_state(&self, id: i64) -> &OrderState {
        &self.orders[&OrderId(id)].state
    }

    fn executed(&self, order: OrderId) -> Executed {
        let fills: Vec<&FillReport> = self
            .fills
            .values()
            .filter(|fill| fill.order == Some(order))
            .map(|fill| &fill.report)
            .collect();
        Executed {
            quantity: Quantity::sum(fills.iter().map(|fill| fill.quantity)).unwrap(),
            notional: Amount::sum(
                fills
                    .iter()
                    .map(|fill| fill.price.notional(fill.quantity, Rounding::HalfUp).unwrap()),
            )
            .unwrap(),
        }
    }

    fn records(&self, report: &AccountReport) -> Records {
        let (repeated, paid) = (self.repeated(report), self.paid(report));
        let named = |position: &Position| {
            let mut orders = self.orders.values().filter(|order| order.position == position.id);
            orders.any(|order| {
                let client = |fill: &FillReport| fill.client_id.as_ref() == Some(&order.client_id);
                report.fills.iter().any(client)
            }) || repeated.iter().any(|fill| fill.position == Some(position.id))
                || paid.iter().any(|income| income.position == Some(position.id))
        };
        let was_open = |position: &Position| match position.state {
            PositionState::Closed { at, .. } => report.incomes.iter().any(|income| income.at <= at),
            _ => false,
        };
        let concerned = |position: &&Position| !position.state.is_final() || named(position) || was_open(position);
        let positions = self.positions.values().filter(concerned).cloned().collect();
        let fills = report.fills.iter().map(|fill| fill.venue_fill_id.clone());
        Records {
            account: VenueAccount {
                id: VenueAccountId(1),
                user: UserId(1),
                venue: VenueName::Paper,
                label: "main".to_owned(),
                mode: self.mode,
                created_at: Timestamp(0),
            },
            positions,
            orders: self.orders.values().cloned().collect(),
            executed: self.orders.keys().map(|id| (*id, self.executed(*id))).collect(),
            known_fills: fills.filter(|id| self.fills.contains_key(id)).collect(),
            repeated,
            paid,
            lots: self.lots.clone(),
            histories: self.histories(),
            cursor: self.cursor.clone(),
        }
    }

    /// A world in which both sides of a market are one position at the venue.
    pub fn one_way() -> Self {
        Self {
            mode: PositionMode::OneWay,
            ..Self::new()
        }
    }

    fn histories(&self) -> BTreeMap<PositionId, Vec<Fill>> {
        let mut histories = BTreeMap::<PositionId, Vec<Fill>>::new();
        for fill in self.fills.values() {
            if let Some(position) = fill.position {
                histories.entry(position).or_default().push(fill.clone());
            }
        }
        histories
    }

    /// The rows of fills that the report repeats.
    fn repeated(&self, report: &AccountReport) -> Vec<Fill> {
        let told = report.fills.iter().map(|fill| fill.venue_fill_id.as_str());
        rows_of(&self.fills, &told.collect::<Vec<_>>())
    }

    /// The rows of payments that the report repeats.
    fn paid(&self, report: &AccountReport) -> Vec<Income> {
        let told = report.incomes.iter().map(|income| income.venue_income_id.as_str());
        rows_of(&self.incomes, &told.collect::<Vec<_>>())
    }

    /// The ledger settles on the position's profit.
    pub fn settle(&mut self, id: i64, settlement: Settlement) {
        let position = self.positions.get_mut(&PositionId(id)).unwrap();
        position.settlement = settlement;
        position.settled_profit = position.closed_profit();
        position.version += 1;
    }

    /// Decides on a report and writes it down.
    pub fn take(&mut self, report: &AccountReport) -> Reconciled {
        self.take_with(report, &BTreeMap::new())
    }

    /// The same, with answers to lookups.
    pub fn take_with(&mut self, report: &AccountReport, lookups: &BTreeMap<OrderId, LookedUp>) -> Reconciled {
        let records = self.records(report);
        let unexplained = self.unexplained.clone();
        let decide = |spare: &[PositionId]| {
            let context = Context {
                lookups,
                unexplained: &unexplained,
                last_report: self.last_report,
                spare,
                rules: self.rules,
                now: report.at,
            };
            reconcile(&records, report, &context)
        };
        let decided = match decide(&[]) {
            Ok(decided) => decided,
            Err(ReconcileError::ShortOfIds { needed }) => {
                let ids = (self.next_position..).take(needed).map(PositionId);
                decide(&ids.collect::<Vec<_>>()).unwrap()
            }
        };
        self.write(&decided);
        self.unexplained = decided.unexplained.clone();
        self.last_report = self.last_report.max(Some(report.at));
        decided
    }

    fn write(&mut self, decided: &Reconciled) {
        for change in &decided.changes.changes {
            match change.clone() {
                Change::AddPosition(position) => {
                    self.next_position = self.next_position.max(position.id.0 + 1);
                    assert!(self.positions.insert(position.id, *position).is_none());
                }
                Change::UpdatePosition(mut position) => {
                    let stored = self.positions.get_mut(&position.id).unwrap();
                    let was_closed = stored.closed_profit().is_some();
                    assert!(
                        !was_closed || position.closed_profit().is_some(),
                        "what has closed stays closed"
                    );
                    assert_eq!(stored.version, position.version);
                    position.version += 1;
                    *stored = *position;
                }
                Change::UpdateOrder(mut order) => {
                    let stored = self.orders.get_mut(&order.id).unwrap();
                    assert_eq!(stored.version, order.version);
                    order.version += 1;
                    *stored = *order;
                }
                Change::AddFill(fill) => {
                    let id = fill.report.venue_fill_id.clone();
                    assert!(self.fills.insert(id, *fill).is_none());
                }
                Change::AddIncome(income) => {
                    let id = income.report.venue_income_id.clone();
                    assert!(self.incomes.insert(id, *income).is_none());
                }
                Change::MoveCursor { from, to, .. } => {
                    assert_eq!(from, self.cursor);
                    self.cursor = to;
                }
                other => panic!("reconciling does not make {other:?}"),
            }
        }
    }
}

fn position(id: i64, side: Side) -> Position {
    Position {
        id: PositionId(id),
        robot: Some(RobotId(id)),
        user: UserId(1),
        account: VenueAccountId(1),
        venue: VenueName::Paper,
        symbol: btc(),
        side,
        origin: Origin::Robot,
        state: PositionState::Opening,
        quantity: Quantity::ZERO,
        entered: Quantity::ZERO,
        entry_notional: Amount::ZERO,
        exit_notional: Amount::ZERO,
        realised: Amount::ZERO,
        fees: Amount::ZERO,
        funding: Amount::ZERO,
        leverage: 10,
        margin_mode: MarginMode::Isolated,
        exits: Some(Exits {
            stop_loss: "0.2".parse().unwrap(),
            arm: "0.1".parse().unwrap(),
            give_back: "0.3".parse().unwrap(),
        }),
        peak: None,
        profit_basis: ProfitBasis::Net,
        provenance: Provenance::default(),
        settlement: Settlement::NotYet,
        carry: None,
        settled_profit: None,
        corrections: 0,
        opened_at: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        version: 1,
    }
}

pub fn found(id: i64, report: OrderReport) -> BTreeMap<OrderId, LookedUp> {
    BTreeMap::from([(OrderId(id), LookedUp::Found(report))])
}

pub fn absent(id: i64, since: Duration) -> BTreeMap<OrderId, LookedUp> {
    BTreeMap::from([(OrderId(id), LookedUp::Absent { since })])
}

pub fn ids(numbers: &[i64]) -> BTreeSet<RobotId> {
    numbers.iter().copied().map(RobotId).collect()
}

/// Rows of what was reported under these ids, with parts and revisions.
fn rows_of<T: Clone>(rows: &BTreeMap<String, T>, ids: &[&str]) -> Vec<T> {
    let is_of = |row: &str| ids.iter().any(|id| row == *id || row.starts_with(&format!("{id}#")));
    let found = rows.iter().filter(|(row, _)| is_of(row));
    found.map(|(_, row)| row.clone()).collect()
}
