//! Endpoints of orders and executions by page, newest first.

use domain::fixed::{Amount, Rounding};
use domain::paper::{PaperFill, PaperOrder};
use domain::user::PositionMode;
use domain::venue::FillCause;
use serde_json::{Value, json};

use super::order::{self, mode_word, side_word, trade_side};
use super::params::{COIN, Page};
use super::problem::Problem;
use super::routes::{Call, Told};
use super::trade::mode;

/// Days of orders that may be asked for at once, and of executions.
const DAYS: (i64, i64) = (90, 7);

/// A list under its name with the id that asks for the next page; without rows both are nothing.
pub(super) fn page(name: &str, rows: Vec<Value>, end: Option<i64>) -> Value {
    match end {
        Some(end) if !rows.is_empty() => json!({ name: rows, "endId": end.to_string() }),
        _ => json!({ name: null, "endId": null }),
    }
}

/// `GET /api/v2/mix/order/orders-pending`.
pub(super) async fn pending(call: &Call<'_>) -> Told {
    let status = call.params.word("status");
    if !matches!(status.as_deref(), None | Some("live" | "partially_filled")) {
        return Err(Problem::wrong("status"));
    }
    let mut page = call.params.page(DAYS.0, call.exchange.market_now().0)?;
    if !call.params.has("startTime") {
        page.start = 0;
    }
    let is_asked = |order: &PaperOrder| {
        let is_so = status.as_deref().is_none_or(|status| order::status(order) == status);
        order.is_live() && is_so
    };
    orders_of(call, page, is_asked).await
}

/// `GET /api/v2/mix/order/orders-history`: orders that have ended.
pub(super) async fn orders(call: &Call<'_>) -> Told {
    let page = call.params.page(DAYS.0, call.exchange.market_now().0)?;
    orders_of(call, page, |order| !order.is_live()).await
}

async fn orders_of(call: &Call<'_>, asked: Page, is_asked: impl Fn(&PaperOrder) -> bool) -> Told {
    let markets = call.params.markets(call.exchange)?;
    let number: Option<i64> = call.params.read_as("orderId")?;
    let client_id = call.params.get("clientOid").filter(|_| number.is_none());
    let orders: Vec<PaperOrder> = call.exchange.history(call.id()?, |history| {
        let own = history.orders().rev().filter(|order| !order.is_conditional());
        let own = own.filter(|order| markets.iter().any(|market| market.instrument.symbol == order.symbol));
        let own = own.filter(|order| number.is_none_or(|number| number == order.number));
        let own = own.filter(|order| client_id.is_none_or(|id| order::client_word(order) == id));
        let own = own.filter(|order| asked.holds(order.number, order.placed_at.0) && is_asked(order));
        own.take(asked.limit).cloned().collect()
    });
    let told = order::listed(call.exchange, &orders, mode(call).await?);
    Ok(page("entrustedList", told, orders.last().map(|order| order.number)))
}

/// `GET /api/v2/mix/order/fills` and `fill-history`.
pub(super) async fn fills(call: &Call<'_>) -> Told {
    let markets = call.params.markets(call.exchange)?;
    let order: Option<i64> = call.params.read_as("orderId")?;
    let asked = call.params.page(DAYS.1, call.exchange.market_now().0)?;
    let fills: Vec<PaperFill> = call.exchange.history(call.id()?, |history| {
        let own = history.fills().rev();
        let own = own.filter(|fill| markets.iter().any(|market| market.instrument.symbol == fill.symbol));
        let own = own.filter(|fill| order.is_none_or(|order| order == fill.order));
        let own = own.filter(|fill| asked.holds(fill.number, fill.at.0));
        own.take(asked.limit).cloned().collect()
    });
    let mode = mode(call).await?;
    let told = fills.iter().map(|fill| fill_of(fill, mode)).collect();
    Ok(page("fillList", told, fills.last().map(|fill| fill.number)))
}

/// An execution; with hedge mode its `side` is the position's here, as an order's is.
fn fill_of(fill: &PaperFill, mode: PositionMode) -> Value {
    json!({
        "tradeId": fill.number.to_string(),
        "symbol": fill.symbol.as_str(),
        "orderId": fill.order.to_string(),
        "price": fill.price.to_string(),
        "baseVolume": fill.quantity.to_string(),
        "feeDetail": [fee(fill)],
        "side": side_word(fill.action, fill.side, mode),
        "quoteVolume": turnover(fill),
        "profit": fill.realised.to_string(),
        "enterPointSource": if fill.cause == FillCause::Order { "api" } else { "sys" },
        "tradeSide": done(fill, mode),
        "posMode": mode_word(mode),
        "tradeScope": scope(fill),
        "cTime": fill.at.0.to_string(),
    })
}

/// What an execution did, and by whom it was brought about.
pub(super) fn done(fill: &PaperFill, mode: PositionMode) -> &'static str {
    trade_side(fill.action, fill.side, fill.cause != FillCause::Order, mode)
}

/// Its fee, negative when paid.
pub(super) fn fee(fill: &PaperFill) -> Value {
    json!({
        "deduction": "no",
        "feeCoin": COIN,
        "totalDeductionFee": "0",
        "totalFee": fill.fee.negated().to_string(),
    })
}

/// Price by quantity.
pub(super) fn turnover(fill: &PaperFill) -> String {
    let turnover = fill.price.notional(fill.quantity, Rounding::HalfUp);
    turnover.unwrap_or(Amount::ZERO).to_string()
}

/// `maker` or `taker`.
pub(super) const fn scope(fill: &PaperFill) -> &'static str {
    if fill.maker { "maker" } else { "taker" }
}
