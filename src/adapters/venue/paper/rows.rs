//! The venue's records as rows of its vault, and back.

use std::collections::BTreeMap;

use domain::fixed::Price;
use domain::id::VenueAccountId;
use domain::market::{Symbol, Tick};
use domain::paper::{Effects, Engine, PaperAccount, PaperOrder, PaperPosition};
use domain::time::Timestamp;
use domain::venue::ClientOrderId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ports::store::{PaperRow, StoreError};

pub(super) const ACCOUNT: &str = "account";
pub(super) const POSITION: &str = "position";
pub(super) const ORDER: &str = "order";
pub(super) const FILL: &str = "fill";
pub(super) const INCOME: &str = "income";
pub(super) const CLOCK: &str = "clock";
/// Key of the clock row that holds the number of the last commit.
pub(super) const COMMIT: &str = "#commit";

/// Where a market stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MarketClock {
    /// Ticks of the feed so far.
    pub index: Option<u64>,
    /// Last price and its time.
    pub last: Option<(Timestamp, Price)>,
    /// When funding was last charged.
    pub funded_at: Option<Timestamp>,
}

/// What a vault held.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub accounts: Vec<PaperAccount>,
    pub clocks: BTreeMap<Symbol, MarketClock>,
    pub commit: u64,
}

/// Key of an order by the sender's id.
pub(super) fn order_key(account: VenueAccountId, client_id: &ClientOrderId) -> String {
    format!("{account}/{client_id}")
}

/// Rows for what an act changed; accounts as they are in the engine now. Where a client id may be used again, orders are
/// kept by number alone; so are those that wait for a price, for what they place has their client id.
pub(super) fn of_effects(effects: &Effects, engine: &Engine, by_number: bool) -> Result<Vec<PaperRow>, StoreError> {
    let mut rows = BTreeMap::new();
    let mut put = |row: PaperRow| rows.insert((row.table, row.key.clone()), row);
    for account in effects.accounts.iter().filter_map(|id| engine.account(*id)) {
        put(row(ACCOUNT, account.id, account.id.to_string(), 0, true, account)?);
    }
    for held in &effects.positions {
        let key = format!("{}/{}/{}", held.account, held.symbol, held.side.as_str());
        put(row(POSITION, held.account, key, 0, held.quantity.is_positive(), held)?);
    }
    for order in &effects.orders {
        let key = match &order.client_id {
            Some(client_id) if !by_number && !order.is_conditional() => order_key(order.account, client_id),
            _ => format!("{}#{}", order.account, order.number),
        };
        put(row(ORDER, order.account, key, order.number, order.is_live(), order)?);
    }
    for fill in &effects.fills {
        let key = format!("{}/{}", fill.account, fill.number);
        put(row(FILL, fill.account, key, fill.number, false, fill)?);
    }
    for income in &effects.incomes {
        let key = format!("{}/{}", income.account, income.number);
        put(row(INCOME, income.account, key, income.number, false, income)?);
    }
    Ok(rows.into_values().collect())
}

/// The row that says where a market stands.
pub(super) fn of_clock(symbol: &Symbol, clock: &MarketClock) -> Result<PaperRow, StoreError> {
    row(CLOCK, VenueAccountId(0), symbol.to_string(), 0, true, clock)
}

/// The row that says which commit was the last one.
pub(super) fn of_commit(number: u64) -> Result<PaperRow, StoreError> {
    row(CLOCK, VenueAccountId(0), COMMIT.to_owned(), 0, true, &number)
}

/// Puts live rows together again.
pub(super) fn read_all(rows: Vec<PaperRow>) -> Result<Stored, StoreError> {
    let mut stored = Stored::default();
    let mut positions: BTreeMap<VenueAccountId, Vec<PaperPosition>> = BTreeMap::new();
    let mut orders: BTreeMap<VenueAccountId, Vec<PaperOrder>> = BTreeMap::new();
    for row in &rows {
        match row.table {
            ACCOUNT => stored.accounts.push(read(row)?),
            POSITION => positions
                .entry(VenueAccountId(row.account))
                .or_default()
                .push(read(row)?),
            ORDER => orders.entry(VenueAccountId(row.account)).or_default().push(read(row)?),
            CLOCK if row.key == COMMIT => stored.commit = read(row)?,
            CLOCK => {
                stored.clocks.insert(Symbol::new(&row.key), read(row)?);
            }
            _ => {}
        }
    }
    for account in &mut stored.accounts {
        account.positions = positions.remove(&account.id).unwrap_or_default();
        account.orders = orders.remove(&account.id).unwrap_or_default();
        account.orders.sort_by_key(|order| order.number);
    }
    Ok(stored)
}

/// Any record, from its row.
pub(super) fn read<T: DeserializeOwned>(row: &PaperRow) -> Result<T, StoreError> {
    serde_json::from_str(&row.content).map_err(|error| StoreError::Corrupt {
        what: format!("paper {} {}", row.table, row.key),
        why: error.to_string(),
    })
}

/// The market's clock from the engine and its feed.
pub(super) fn clock_of(engine: &Engine, symbol: &Symbol, index: Option<u64>) -> MarketClock {
    let last = engine.last(symbol).map(|Tick { at, price, .. }| (at, price));
    let funded_at = engine.funded_at(symbol);
    MarketClock { index, last, funded_at }
}

fn row<T: Serialize>(
    table: &'static str,
    account: VenueAccountId,
    key: String,
    number: i64,
    live: bool,
    content: &T,
) -> Result<PaperRow, StoreError> {
    let content = serde_json::to_string(content).map_err(|error| StoreError::Corrupt {
        what: format!("paper {table} {key}"),
        why: error.to_string(),
    })?;
    Ok(PaperRow {
        table,
        account: account.0,
        key,
        number,
        live,
        content,
    })
}
