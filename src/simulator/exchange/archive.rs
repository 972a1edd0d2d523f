//! What every account did: orders, fills and incomes by number, and what each commit adds to them, step by step.

use std::collections::{BTreeMap, VecDeque};

use domain::id::VenueAccountId;
use domain::paper::{Effects, PaperFill, PaperIncome, PaperOrder};
use domain::venue::{ClientOrderId, ReportedState};

use super::REMEMBERED;
use crate::adapters::venue::paper::Past;

/// One thing that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The order as it was right after it.
    pub order: PaperOrder,
    /// What happened.
    pub kind: StepKind,
}

/// What can happen to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepKind {
    /// It was accepted.
    New,
    /// Its price or quantity was changed.
    Amended,
    /// A part of it was filled.
    Filled(PaperFill),
    /// It was cancelled.
    Cancelled,
    /// The venue's rules ended it.
    Expired,
    /// The price reached its trigger, and it placed an order or was refused.
    Fired,
}

/// The records of one account.
#[derive(Debug, Default)]
pub struct History {
    orders: BTreeMap<i64, PaperOrder>,
    /// The newest order of each client id, conditional ones apart.
    by_client: BTreeMap<(bool, ClientOrderId), i64>,
    fills: BTreeMap<i64, PaperFill>,
    incomes: BTreeMap<i64, PaperIncome>,
}

/// The records of all accounts.
#[derive(Debug, Default)]
pub(super) struct Archive(BTreeMap<VenueAccountId, History>);

impl Archive {
    /// The records of one account.
    pub fn account(&mut self, id: VenueAccountId) -> &mut History {
        self.0.entry(id).or_default()
    }

    /// Adds what a commit brought, and tells it step by step, by account.
    pub fn absorb(&mut self, effects: &Effects) -> BTreeMap<VenueAccountId, Vec<Step>> {
        let mut fills: BTreeMap<(VenueAccountId, i64), VecDeque<&PaperFill>> = BTreeMap::new();
        for fill in &effects.fills {
            fills.entry((fill.account, fill.order)).or_default().push_back(fill);
        }
        let mut steps: BTreeMap<VenueAccountId, Vec<Step>> = BTreeMap::new();
        for order in &effects.orders {
            let history = self.account(order.account);
            let before = history.orders.get(&order.number).cloned();
            let mut own = fills.remove(&(order.account, order.number)).unwrap_or_default();
            steps
                .entry(order.account)
                .or_default()
                .extend(steps_between(before, order, &mut own));
            fills.insert((order.account, order.number), own);
            history.keep_order(order.clone());
        }
        for fill in &effects.fills {
            keep(&mut self.account(fill.account).fills, fill.number, fill.clone());
        }
        for income in &effects.incomes {
            keep(&mut self.account(income.account).incomes, income.number, income.clone());
        }
        steps
    }

    /// Adds what an account did before; what is known already stands.
    pub fn recall(&mut self, account: VenueAccountId, past: Past) {
        let history = self.account(account);
        for order in past.orders {
            if !history.orders.contains_key(&order.number) {
                history.keep_order(order);
            }
        }
        for fill in past.fills {
            history.fills.entry(fill.number).or_insert(fill);
        }
        for income in past.incomes {
            history.incomes.entry(income.number).or_insert(income);
        }
    }
}

impl History {
    /// An order by its number.
    pub fn order(&self, number: i64) -> Option<&PaperOrder> {
        self.orders.get(&number)
    }

    /// The newest order with a client id.
    pub fn order_of(&self, client_id: &str, conditional: bool) -> Option<&PaperOrder> {
        let key = (conditional, ClientOrderId(client_id.to_owned()));
        self.orders.get(self.by_client.get(&key)?)
    }

    /// The order that a conditional one placed.
    pub fn placed_by(&self, order: &PaperOrder) -> Option<&PaperOrder> {
        self.order(order.fired.as_ref()?.order?)
    }

    /// Orders, oldest first.
    pub fn orders(&self) -> impl DoubleEndedIterator<Item = &PaperOrder> {
        self.orders.values()
    }

    /// Fills, oldest first.
    pub fn fills(&self) -> impl DoubleEndedIterator<Item = &PaperFill> {
        self.fills.values()
    }

    /// Incomes, oldest first.
    pub fn incomes(&self) -> impl DoubleEndedIterator<Item = &PaperIncome> {
        self.incomes.values()
    }

    fn keep_order(&mut self, order: PaperOrder) {
        if let Some(client_id) = order.client_id.clone() {
            let newest = self.by_client.entry((order.is_conditional(), client_id)).or_default();
            *newest = order.number.max(*newest);
        }
        if let Some(gone) = keep(&mut self.orders, order.number, order)
            && let Some(client_id) = gone.client_id.clone()
        {
            let key = (gone.is_conditional(), client_id);
            if self.by_client.get(&key) == Some(&gone.number) {
                self.by_client.remove(&key);
            }
        }
    }
}

/// Keeps a record, and gives the oldest one back when there are too many.
fn keep<T>(records: &mut BTreeMap<i64, T>, number: i64, record: T) -> Option<T> {
    records.insert(number, record);
    let many = i64::try_from(records.len()).unwrap_or(i64::MAX) > REMEMBERED;
    many.then(|| records.pop_first()).flatten().map(|(_, gone)| gone)
}

/// What happened between two states of an order.
fn steps_between(before: Option<PaperOrder>, after: &PaperOrder, fills: &mut VecDeque<&PaperFill>) -> Vec<Step> {
    let mut steps = Vec::new();
    let step = |order: &PaperOrder, kind: StepKind| Step {
        order: order.clone(),
        kind,
    };
    let mut now = match before {
        Some(before) => {
            let changed = before.limit != after.limit || before.quantity != after.quantity;
            let now = PaperOrder {
                state: ReportedState::Open,
                filled: before.filled,
                spent: before.spent,
                ..after.clone()
            };
            if changed && before.is_live() {
                steps.push(step(&now, StepKind::Amended));
            }
            now
        }
        None => {
            let now = PaperOrder {
                state: ReportedState::Open,
                filled: domain::fixed::Quantity::ZERO,
                spent: domain::fixed::Amount::ZERO,
                fired: None,
                ..after.clone()
            };
            steps.push(step(&now, StepKind::New));
            now
        }
    };
    while now.filled < after.filled
        && let Some(fill) = fills.pop_front()
    {
        let notional = fill.price.notional(fill.quantity, domain::fixed::Rounding::HalfUp);
        now.filled = now.filled.plus(fill.quantity).unwrap_or(after.filled);
        now.spent = notional
            .and_then(|notional| now.spent.plus(notional))
            .unwrap_or(after.spent);
        if now.filled == after.filled && after.state == ReportedState::Filled {
            now = after.clone();
        }
        steps.push(step(&now, StepKind::Filled(fill.clone())));
    }
    steps.extend(ending(after).map(|kind| step(after, kind)));
    steps
}

/// How an order ended otherwise than by its last fill.
fn ending(order: &PaperOrder) -> Option<StepKind> {
    match order.state {
        _ if order.fired.is_some() => Some(StepKind::Fired),
        ReportedState::Cancelled => Some(StepKind::Cancelled),
        ReportedState::Expired => Some(StepKind::Expired),
        ReportedState::Open | ReportedState::Filled | ReportedState::Rejected => None,
    }
}
