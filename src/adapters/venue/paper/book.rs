//! What the venue holds in memory: the engine, and each account's last durable records.

use std::collections::{BTreeMap, VecDeque};

use domain::fixed::{Amount, NumberError};
use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::paper::{Effects, Engine, PaperFill, PaperIncome, PaperOrder};
use domain::venue::{ClientOrderId, OrderReport, PositionReport};

/// Ended orders, fills and incomes that are kept in memory per account; older ones are looked up in the vault.
pub(super) const KEPT: usize = 32;

/// The venue's memory.
pub(super) struct Book {
    pub engine: Engine,
    /// Ticks that each market's feed has brought so far.
    pub ticks: BTreeMap<Symbol, u64>,
    /// Number of the last commit.
    pub commit: u64,
    recents: BTreeMap<VenueAccountId, Recent>,
    told: BTreeMap<VenueAccountId, Standing>,
}

/// What an account's last records were.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// Ended orders, oldest first.
    orders: VecDeque<PaperOrder>,
    /// How many orders ended since the venue was opened.
    pub ended: u64,
    /// Whether orders ended that are no longer kept.
    pub forgetful: bool,
    pub fills: Kept<PaperFill>,
    pub incomes: Kept<PaperIncome>,
}

/// The last records of a numbered series.
#[derive(Debug)]
pub(super) struct Kept<T> {
    rows: VecDeque<(i64, T)>,
    /// Number of the last one that is not kept.
    before: i64,
}

/// How an account stands.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub balance: Amount,
    pub available: Amount,
    pub positions: Vec<PositionReport>,
    pub open_orders: Vec<OrderReport>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            rows: VecDeque::new(),
            before: 0,
        }
    }
}

impl<T: Clone> Kept<T> {
    fn push(&mut self, number: i64, row: T) {
        if self.rows.len() == KEPT
            && let Some((number, _)) = self.rows.pop_front()
        {
            self.before = number;
        }
        self.rows.push_back((number, row));
    }

    /// Up to `limit` after a number; `None` when they are not all kept.
    pub fn after(&self, number: i64, limit: usize) -> Option<Vec<T>> {
        let later = self.rows.iter().filter(|(own, _)| *own > number).take(limit);
        (number >= self.before).then(|| later.map(|(_, row)| row.clone()).collect())
    }
}

impl Recent {
    /// An ended order by the sender's id, when it is still kept.
    pub fn order(&self, client_id: &ClientOrderId) -> Option<&PaperOrder> {
        self.orders
            .iter()
            .find(|order| order.client_id.as_ref() == Some(client_id))
    }

    fn end(&mut self, order: PaperOrder) {
        if self.orders.len() == KEPT {
            self.orders.pop_front();
            self.forgetful = true;
        }
        self.orders.push_back(order);
        self.ended += 1;
    }
}

impl Book {
    /// A book over an engine whose accounts were loaded; their past is in the vault.
    pub fn new(engine: Engine, commit: u64) -> Self {
        let recents = engine.accounts().map(|account| {
            let mut recent = Recent {
                forgetful: account.last_order > 0,
                ..Recent::default()
            };
            recent.fills.before = account.last_fill;
            recent.incomes.before = account.last_income;
            (account.id, recent)
        });
        Self {
            recents: recents.collect(),
            engine,
            commit,
            ticks: BTreeMap::new(),
            told: BTreeMap::new(),
        }
    }

    /// An account's last records.
    pub fn recent(&mut self, account: VenueAccountId) -> &mut Recent {
        self.recents.entry(account).or_default()
    }

    /// Keeps what has been written down.
    pub fn keep(&mut self, effects: Effects) {
        for order in effects.orders.into_iter().filter(|order| !order.is_live()) {
            self.recent(order.account).end(order);
        }
        for fill in effects.fills {
            self.recent(fill.account).fills.push(fill.number, fill);
        }
        for income in effects.incomes {
            self.recent(income.account).incomes.push(income.number, income);
        }
    }

    /// How an account stands now, or stood when it was told last.
    pub fn standing(&mut self, id: VenueAccountId, stale: bool) -> Result<Option<Standing>, NumberError> {
        let Some(account) = self.engine.account(id) else {
            return Ok(None);
        };
        let plain = account.orders.iter().filter(|order| !order.is_conditional());
        let now = Standing {
            balance: account.balance,
            available: self.engine.reported_available(account)?,
            positions: self.engine.position_reports(account)?,
            open_orders: plain.map(PaperOrder::report).collect(),
        };
        let before = self.told.insert(id, now.clone());
        Ok(Some(before.filter(|_| stale).unwrap_or(now)))
    }
}
