//! Reading the rows that a report concerns.

use std::collections::{BTreeMap, BTreeSet};

use domain::change::Fill;
use domain::fixed::{NumberError, Rounding};
use domain::id::{OrderId, PositionId, VenueAccountId};
use domain::market::Symbol;
use domain::order::Order;
use domain::page::Page;
use domain::position::{Position, PositionState};
use domain::reconcile::{Executed, Records};
use domain::time::Timestamp;
use domain::user::VenueAccount;
use domain::venue::{AccountReport, Cursor};

use crate::ports::store::{OrderFilter, PositionFilter, Store, StoreError};

/// Rows per page.
const ROWS: u32 = 200;

/// Reads what is on record for the account and the report. Positions are read before orders: who moves a position
/// and its order in one commit is then seen whole, or is caught by the position's version.
pub(super) async fn read(
    store: &dyn Store,
    account: &VenueAccount,
    report: &AccountReport,
    cursor: Cursor,
) -> Result<Records, StoreError> {
    let positions = all_positions(store, live_positions(account.id)).await?;
    let orders = orders(store, account, report, &positions).await?;
    let executed = executed(store, &orders).await?;
    let mut records = Records {
        account: account.clone(),
        positions,
        orders: orders.into_values().collect(),
        executed,
        known_fills: BTreeSet::new(),
        repeated: Vec::new(),
        paid: Vec::new(),
        lots: BTreeMap::new(),
        histories: BTreeMap::new(),
        cursor,
    };
    read_known(store, report, &mut records).await?;
    add_late(store, report, &mut records).await?;
    Ok(records)
}

/// The markets of an account's positions and orders that are not over.
pub(super) async fn markets(store: &dyn Store, account: VenueAccountId) -> Result<BTreeSet<Symbol>, StoreError> {
    let positions = all_positions(store, live_positions(account)).await?;
    let mut orders = BTreeMap::new();
    add_orders(store, live_orders(account), &mut orders).await?;
    Ok(markets_of(&positions, orders.values()))
}

/// The markets of positions and orders.
pub(super) fn markets_of<'a>(
    positions: &'a [Position],
    orders: impl IntoIterator<Item = &'a Order>,
) -> BTreeSet<Symbol> {
    let positions = positions.iter().map(|position| &position.symbol);
    let orders = orders.into_iter().map(|order| &order.symbol);
    positions.chain(orders).cloned().collect()
}

fn live_positions(account: VenueAccountId) -> PositionFilter {
    PositionFilter {
        account: Some(account),
        live: Some(true),
        ..PositionFilter::default()
    }
}

fn live_orders(account: VenueAccountId) -> OrderFilter {
    OrderFilter {
        account: Some(account),
        live: Some(true),
        ..OrderFilter::default()
    }
}

/// What of the report's history is on record.
async fn read_known(store: &dyn Store, report: &AccountReport, records: &mut Records) -> Result<(), StoreError> {
    let account = records.account.id;
    let fills: Vec<String> = report.fills.iter().map(|fill| fill.venue_fill_id.clone()).collect();
    let incomes = report.incomes.iter();
    let incomes: Vec<String> = incomes.map(|income| income.venue_income_id.clone()).collect();
    if !fills.is_empty() {
        let known = store.known_fills(account, &fills).await?;
        if !known.is_empty() {
            records.repeated = store.fills_reported(account, &known).await?;
        }
        records.known_fills.extend(known);
    }
    if !incomes.is_empty() {
        records.paid = store.incomes_reported(account, &incomes).await?;
    }
    Ok(())
}

/// Adds the final positions that the report may concern: those of the orders that its fills name, those of the fills
/// and payments that it repeats, and those that were open when its new payments were made. They are read last: a position that has
/// become final meanwhile stays as it was read first, and the commit is refused by its version.
async fn add_late(store: &dyn Store, report: &AccountReport, records: &mut Records) -> Result<(), StoreError> {
    let named = report.fills.iter().filter_map(|fill| {
        let mut orders = records.orders.iter();
        let order = orders.find(|order| fill.client_id.as_ref() == Some(&order.client_id));
        order.map(|order| order.position)
    });
    let repeated = records.repeated.iter().filter_map(|fill| fill.position);
    let paid_again = records.paid.iter().filter_map(|income| income.position);
    let mut wanted: BTreeSet<PositionId> = named.chain(repeated).chain(paid_again).collect();
    for position in &records.positions {
        wanted.remove(&position.id);
    }
    if !wanted.is_empty() {
        let wanted: Vec<PositionId> = wanted.into_iter().collect();
        records.positions.extend(store.positions_by_id(&wanted).await?);
    }
    let incomes = report.incomes.iter();
    let known: BTreeSet<&str> = records
        .paid
        .iter()
        .map(|row| row.report.venue_income_id.as_str())
        .collect();
    let paid = incomes.filter(|income| !known.contains(income.venue_income_id.as_str()));
    let paid: Vec<Timestamp> = paid.map(|income| income.at).collect();
    if let (Some(&first), Some(&last)) = (paid.iter().min(), paid.iter().max()) {
        let filter = PositionFilter {
            account: Some(records.account.id),
            live: Some(false),
            open_during: Some((first, last)),
            ..PositionFilter::default()
        };
        let have: BTreeSet<PositionId> = records.positions.iter().map(|position| position.id).collect();
        let late = all_positions(store, filter).await?;
        records
            .positions
            .extend(late.into_iter().filter(|position| !have.contains(&position.id)));
        read_histories(store, first, records).await?;
    }
    Ok(())
}

/// The fills of positions that changed after the first of the payments was made: what they held then is not what they
/// hold now.
async fn read_histories(store: &dyn Store, first: Timestamp, records: &mut Records) -> Result<(), StoreError> {
    let changed = records.positions.iter().filter(|position| {
        let newest = position.provenance.newest_fill.as_ref();
        newest.is_some_and(|newest| newest.at >= first)
    });
    for position in changed.map(|position| position.id).collect::<Vec<_>>() {
        let fills = store.fills_of(position).await?;
        records.histories.insert(position, fills);
    }
    Ok(())
}

async fn all_positions(store: &dyn Store, filter: PositionFilter) -> Result<Vec<Position>, StoreError> {
    let (mut all, mut page) = (Vec::new(), Page::first(ROWS));
    loop {
        let rows = store.positions(filter, page).await?;
        let Some(last) = rows.last() else {
            return Ok(all);
        };
        page = Page::after(last.id.0, ROWS);
        all.extend(rows);
    }
}

async fn orders(
    store: &dyn Store,
    account: &VenueAccount,
    report: &AccountReport,
    positions: &[Position],
) -> Result<BTreeMap<OrderId, Order>, StoreError> {
    let mut orders = BTreeMap::new();
    add_orders(store, live_orders(account.id), &mut orders).await?;
    for position in positions {
        let is_moving = match position.state {
            PositionState::Opening | PositionState::Closing { .. } => true,
            PositionState::Open | PositionState::Closed { .. } | PositionState::Abandoned { .. } => false,
        };
        if is_moving {
            let of_position = OrderFilter {
                position: Some(position.id),
                ..OrderFilter::default()
            };
            add_orders(store, of_position, &mut orders).await?;
        }
    }
    for client_id in report.fills.iter().filter_map(|fill| fill.client_id.as_ref()) {
        if orders.values().any(|order| order.client_id == *client_id) {
            continue;
        }
        if let Some(order) = store.order_by_client_id(client_id).await?
            && order.account == account.id
        {
            orders.insert(order.id, order);
        }
    }
    Ok(orders)
}

async fn add_orders(
    store: &dyn Store,
    filter: OrderFilter,
    orders: &mut BTreeMap<OrderId, Order>,
) -> Result<(), StoreError> {
    let mut page = Page::first(ROWS);
    loop {
        let rows = store.orders(filter, page).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        page = Page::after(last.id.0, ROWS);
        orders.extend(rows.into_iter().map(|order| (order.id, order)));
    }
}

/// What is on record as fills of these orders.
async fn executed(
    store: &dyn Store,
    orders: &BTreeMap<OrderId, Order>,
) -> Result<BTreeMap<OrderId, Executed>, StoreError> {
    let mut positions: Vec<_> = orders.values().map(|order| order.position).collect();
    positions.sort_unstable();
    positions.dedup();
    let mut executed = BTreeMap::<OrderId, Executed>::new();
    for position in positions {
        for fill in store.fills_of(position).await? {
            let Some(order) = fill.order else { continue };
            let sum = executed.entry(order).or_default();
            *sum = add(*sum, &fill).map_err(|error| StoreError::Corrupt {
                what: format!("fill {}", fill.report.venue_fill_id),
                why: error.to_string(),
            })?;
        }
    }
    Ok(executed)
}

fn add(sum: Executed, fill: &Fill) -> Result<Executed, NumberError> {
    let notional = fill.report.price.notional(fill.report.quantity, Rounding::HalfUp)?;
    Ok(Executed {
        quantity: sum.quantity.plus(fill.report.quantity)?,
        notional: sum.notional.plus(notional)?,
    })
}
