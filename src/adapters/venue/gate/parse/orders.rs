//! Orders and executions.

use domain::fixed::Amount;
use domain::market::{Action, Symbol};
use domain::venue::{ClientOrderId, OrderReport, ReportedState, VenueOrderId};
use rust_decimal::Decimal;

use super::super::super::dialect::{Contracts, Fee, ParseError, Text, Trade, read};
use super::super::owner;
use super::super::wire::{Order, Status, UserTrade};
use crate::ports::venue::Lookup;

/// As many orders as the venue lists at once.
const FULL_PAGE: usize = 100;

/// The sign of a size tells buy from sell.
fn action(what: &'static str, symbol: &Symbol, size: Decimal) -> Result<Action, ParseError> {
    if size.is_zero() {
        return Err(ParseError::new(
            what,
            format!("{symbol}.size"),
            "is zero, so it neither buys nor sells",
        ));
    }
    Ok(if size.is_sign_negative() {
        Action::Sell
    } else {
        Action::Buy
    })
}

/// What ended in any other way than by a fill or by our cancel was ended by the venue's rules: immediate-or-cancel,
/// reduce-only, a liquidation.
fn state(status: Status, finish: Option<&str>) -> ReportedState {
    match (status, finish) {
        (Status::Open, _) => ReportedState::Open,
        (Status::Finished, Some("filled")) => ReportedState::Filled,
        (Status::Finished, Some("cancelled")) => ReportedState::Cancelled,
        (Status::Finished, _) => ReportedState::Expired,
    }
}

pub(super) fn report(order: &Order, contracts: &Contracts) -> Result<OrderReport, ParseError> {
    let symbol = Symbol::new(&order.contract);
    let (size, left) = (order.size.0, order.left.0);
    if left.abs() > size.abs() {
        return Err(ParseError::new(
            "order",
            format!("{symbol}.left"),
            "is more than was asked",
        ));
    }
    let updated_at = order.finish_time.told().or_else(|| order.update_time.told());
    Ok(OrderReport {
        venue_id: VenueOrderId(order.id.0.clone()),
        client_id: owner(&order.text).client_id,
        action: action("order", &symbol, size)?,
        state: state(order.status, order.finish_as.as_deref()),
        quantity: contracts.coins("order", &symbol, "size", size.abs())?,
        filled: contracts.coins("order", &symbol, "left", size.abs() - left.abs())?,
        updated_at: updated_at.unwrap_or(order.create_time.0),
        symbol,
    })
}

/// `POST`, `GET` and `DELETE` of an order.
///
/// # Errors
/// When it cannot be understood.
pub fn order(body: &[u8], contracts: &Contracts) -> Result<OrderReport, ParseError> {
    report(&read("order", body)?, contracts)
}

/// `GET /api/v4/futures/usdt/orders/{t-…}`. That the venue knows none proves nothing once the order may have ended: by
/// our id an order is found only while it rests and for 60 seconds after it ended.
///
/// # Errors
/// When it cannot be understood.
pub fn lookup(body: &[u8], contracts: &Contracts) -> Result<Lookup, ParseError> {
    order(body, contracts).map(Lookup::Found)
}

/// `GET /api/v4/futures/usdt/orders_timerange`: the same order among all since it was made. A full page that lacks it
/// proves nothing either.
///
/// # Errors
/// When it cannot be understood, or the page is full and lacks it.
pub fn lookup_among(body: &[u8], contracts: &Contracts, client_id: &ClientOrderId) -> Result<Lookup, ParseError> {
    let orders = orders(body, contracts)?;
    let count = orders.len();
    let found = orders
        .into_iter()
        .find(|order| order.client_id.as_ref() == Some(client_id));
    match found {
        Some(order) => Ok(Lookup::Found(order)),
        None if count < FULL_PAGE => Ok(Lookup::Absent),
        None => Err(ParseError::new(
            "orders",
            ".",
            "is a full page without the order that is looked for",
        )),
    }
}

/// `GET /api/v4/futures/usdt/orders` and `orders_timerange`.
///
/// # Errors
/// When it cannot be understood.
pub fn orders(body: &[u8], contracts: &Contracts) -> Result<Vec<OrderReport>, ParseError> {
    let orders: Vec<Order> = read("orders", body)?;
    orders.iter().map(|order| report(order, contracts)).collect()
}

/// `GET /api/v4/futures/usdt/my_trades` and `my_trades_timerange`, newest first. The profit of what they closed is told
/// by the account book alone. `settle` is the asset of the endpoint, in which fees are.
///
/// # Errors
/// When it cannot be understood.
pub fn trades(body: &[u8], contracts: &Contracts, settle: &str) -> Result<Vec<Trade>, ParseError> {
    let trades: Vec<UserTrade> = read("trades", body)?;
    trades.into_iter().map(|row| trade(row, contracts, settle)).collect()
}

pub(super) fn trade(row: UserTrade, contracts: &Contracts, settle: &str) -> Result<Trade, ParseError> {
    let symbol = Symbol::new(&row.contract);
    let size = row.size.0;
    let id = row.id.or(row.trade_id).and_then(Text::told);
    let id = id.ok_or_else(|| ParseError::new("trades", format!("{symbol}.id"), "is missing"))?;
    let closed = row.close_size.told().map(|closed| closed.abs().min(size.abs()));
    let closed = closed.map(|closed| contracts.coins("trades", &symbol, "close_size", closed));
    let closed = closed.transpose()?;
    Ok(Trade {
        id,
        order_id: VenueOrderId(row.order_id.0),
        owner: Some(owner(&row.text)),
        action: action("trades", &symbol, size)?,
        quantity: contracts.coins("trades", &symbol, "size", size.abs())?,
        price: row.price.0,
        fee: Fee {
            asset: settle.to_owned(),
            amount: row.fee.0,
        },
        // What closed nothing realised nothing.
        realised: closed.filter(|closed| closed.is_zero()).map(|_| Amount::ZERO),
        closed,
        at: row.create_time_ms.told().unwrap_or(row.create_time.0),
        symbol,
    })
}
