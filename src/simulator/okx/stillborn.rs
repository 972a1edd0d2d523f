//! Orders that are taken and end at once: post-only ones that would take, and fill-or-kill ones that would not be filled.
//!
//! OKX takes them, gives them an id, and cancels them. The engine refuses them and keeps nothing, so they are kept here, and
//! only for as long as the simulator runs. Their ids lie between those of the engine's orders.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::fixed::{Amount, Quantity};
use domain::id::VenueAccountId;
use domain::paper::{PaperAccount, PaperMarket, PaperOrder};
use domain::time::Timestamp;
use domain::venue::{OrderKind, ReportedState};

use crate::simulator::exchange::{AccountNews, Ask, Exchange, News, Step, StepKind};

/// Between the ids of two orders of the engine.
const GAP: i64 = 1_000;
/// Orders that are kept of an account.
const KEPT: usize = 1_000;

/// All of them, by account and id.
#[derive(Debug, Default)]
pub(super) struct Stillborns(Mutex<BTreeMap<VenueAccountId, BTreeMap<i64, PaperOrder>>>);

/// The id under which an order is told. What ended at once has its own, negated, for a number.
pub(super) const fn id(number: i64) -> i64 {
    if number < 0 { -number } else { number * GAP }
}

/// The number of the order with this id.
pub(super) const fn number(id: i64) -> i64 {
    if id % GAP == 0 { id / GAP } else { -id }
}

impl Stillborns {
    /// Takes in an order that ends at once, tells those who listen, and gives it.
    pub fn take(
        &self,
        exchange: &Exchange,
        account: PaperAccount,
        market: &PaperMarket,
        ask: Ask,
        now: Timestamp,
    ) -> PaperOrder {
        let mut born = order(&account, market, ask, now);
        self.with(account.id, |own| {
            let first = account.last_order * GAP + 1;
            let last = own.range(first..first + GAP - 2).next_back();
            let id = last.map_or(first, |(id, _)| id + 1);
            born.number = -id;
            let gone = PaperOrder {
                state: ReportedState::Cancelled,
                ..born.clone()
            };
            own.insert(id, gone);
            if own.len() > KEPT {
                own.pop_first();
            }
        });
        let gone = PaperOrder {
            state: ReportedState::Cancelled,
            ..born.clone()
        };
        let step = |order: &PaperOrder, kind: StepKind| Step {
            order: order.clone(),
            kind,
        };
        exchange.tell(News::Account(Box::new(AccountNews {
            steps: vec![step(&born, StepKind::New), step(&gone, StepKind::Cancelled)],
            account,
            incomes: Vec::new(),
            positions: Vec::new(),
        })));
        gone
    }

    /// One of them, by its number.
    pub fn order(&self, account: VenueAccountId, number: i64) -> Option<PaperOrder> {
        self.with(account, |own| own.get(&-number).cloned())
    }

    /// The newest with a client id.
    pub fn order_of(&self, account: VenueAccountId, client_id: &str) -> Option<PaperOrder> {
        let named = |order: &&PaperOrder| order.client_id.as_ref().is_some_and(|own| own.0 == client_id);
        self.with(account, |own| own.values().rev().find(named).cloned())
    }

    /// All of an account.
    pub fn orders(&self, account: VenueAccountId) -> Vec<PaperOrder> {
        self.with(account, |own| own.values().cloned().collect())
    }

    fn with<T>(&self, account: VenueAccountId, act: impl FnOnce(&mut BTreeMap<i64, PaperOrder>) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(all.entry(account).or_default())
    }
}

fn order(account: &PaperAccount, market: &PaperMarket, ask: Ask, now: Timestamp) -> PaperOrder {
    let setting = account.setting(&ask.symbol, market.instrument.max_leverage);
    PaperOrder {
        account: account.id,
        number: 0,
        client_id: Some(ask.client_id),
        symbol: ask.symbol,
        action: ask.action,
        position_side: ask.position_side,
        limit: match ask.kind {
            OrderKind::Market => None,
            OrderKind::Limit { price } => Some(price),
        },
        quantity: ask.quantity,
        filled: Quantity::ZERO,
        reduce_only: ask.reduce_only,
        leverage: setting.leverage,
        margin_mode: setting.margin_mode,
        state: ReportedState::Open,
        updated_at: now,
        rules: ask.rules,
        placed_at: now,
        spent: Amount::ZERO,
        fired: None,
        parent: None,
    }
}
