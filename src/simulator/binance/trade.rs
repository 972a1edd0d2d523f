//! Endpoints of single orders: place, change, cancel, ask.

use std::time::Duration;

use domain::fixed::{Amount, Quantity};
use domain::paper::PaperOrder;
use domain::user::PositionMode;
use domain::venue::ReportedState;
use serde_json::{Value, json};

use super::order;
use super::params::Params;
use super::problem::Problem;
use super::routes::{Call, Told};

/// Longest countdown, in milliseconds: a week.
const COUNTDOWN: u64 = 7 * 86_400_000;

/// What a cancel of everything answers.
pub(super) const CANCELLED_ALL: &str = "The operation of cancel all open order is done.";

/// `POST /fapi/v1/order`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let (told, placed) = place_one(call, &call.params).await?;
    let account = call.id()?;
    call.placed.get_or_init(|| (account, placed));
    Ok(told)
}

/// Places one order, and gives its answer and number.
pub(super) async fn place_one(call: &Call<'_>, params: &Params) -> Result<(Value, i64), Problem> {
    let account = call.exchange.account(call.id()?).await?;
    let ask = order::plain(call, params, account.mode)?;
    let open = account.orders.iter().filter(|order| !order.is_conditional());
    if open.filter(|order| order.symbol == ask.symbol).count() >= order::OPEN.0 {
        return Err(Problem::new(-2025, "Reach max open order limit."));
    }
    let result = params.get("newOrderRespType").unwrap_or("ACK");
    let mut placed = call.exchange.place(account.id, ask).await?;
    let number = placed.number;
    if result != "RESULT" {
        // An acknowledgement tells the order as it came in.
        placed.state = ReportedState::Open;
        (placed.filled, placed.spent) = (Quantity::ZERO, Amount::ZERO);
    }
    let market = call.exchange.market(placed.symbol.as_str());
    Ok((order::acted(&placed, account.mode, market), number))
}

/// `POST /fapi/v1/order/test`.
pub(super) async fn test(call: &Call<'_>) -> Told {
    let account = call.exchange.account(call.id()?).await?;
    let ask = order::plain(call, &call.params, account.mode)?;
    call.exchange.would_place(account.id, ask).await?;
    Ok(json!({}))
}

/// `GET /fapi/v1/order`.
pub(super) async fn show(call: &Call<'_>) -> Told {
    let order = named(call, &call.params)?.ok_or_else(Problem::absent)?;
    Ok(told(call, &order, mode(call).await?))
}

/// `GET /fapi/v1/openOrder`.
pub(super) async fn show_open(call: &Call<'_>) -> Told {
    let order = named(call, &call.params)?.filter(PaperOrder::is_live);
    let order = order.ok_or_else(Problem::absent)?;
    Ok(told(call, &order, mode(call).await?))
}

/// `GET /fapi/v1/openOrders`.
pub(super) async fn open(call: &Call<'_>) -> Told {
    let account = call.exchange.account(call.id()?).await?;
    let markets = call.params.markets(call.exchange)?;
    let here = |order: &&PaperOrder| markets.iter().any(|market| market.instrument.symbol == order.symbol);
    let open = account
        .orders
        .iter()
        .filter(|order| !order.is_conditional())
        .filter(here);
    Ok(open.map(|order| told(call, order, account.mode)).collect())
}

/// `DELETE /fapi/v1/order`.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    cancel_one(call, &call.params).await
}

/// Cancels one order, and gives its answer.
pub(super) async fn cancel_one(call: &Call<'_>, params: &Params) -> Told {
    let order = named(call, params)?.filter(PaperOrder::is_live);
    let order = order.ok_or_else(Problem::not_open)?;
    let cancelled = call.exchange.cancel(call.id()?, order.number).await?;
    let market = call.exchange.market(cancelled.symbol.as_str());
    Ok(order::acted(&cancelled, mode(call).await?, market))
}

/// `PUT /fapi/v1/order`.
pub(super) async fn amend(call: &Call<'_>) -> Told {
    amend_one(call, &call.params).await
}

/// Changes one order, and gives its answer.
pub(super) async fn amend_one(call: &Call<'_>, params: &Params) -> Told {
    let market = params.market(call.exchange)?;
    let order = named(call, params)?.ok_or_else(Problem::absent)?;
    let quantity = params.quantity(market)?.ok_or_else(|| Problem::mandatory("quantity"))?;
    let price = params.price("price", market)?;
    let price = price.ok_or_else(|| Problem::mandatory("price"))?;
    if order.limit == Some(price) && order.quantity == quantity && order.is_live() {
        return Err(Problem::new(-5027, "No need to modify the order."));
    }
    if params.need("side")? != order::side_word(order.action) {
        return Err(Problem::new(-1117, "Invalid side."));
    }
    if !order.is_live() {
        return Err(Problem::absent());
    }
    let amended = call.exchange.amend(call.id()?, order.number, quantity, price).await?;
    Ok(order::acted(&amended, mode(call).await?, Some(market)))
}

/// `DELETE /fapi/v1/allOpenOrders`.
pub(super) async fn cancel_all(call: &Call<'_>) -> Told {
    let symbol = call.params.market(call.exchange)?.instrument.symbol.clone();
    call.exchange.cancel_all(call.id()?, symbol, false).await?;
    Ok(json!({ "code": 200, "msg": CANCELLED_ALL }))
}

/// `POST /fapi/v1/countdownCancelAll`.
pub(super) async fn countdown(call: &Call<'_>) -> Told {
    let symbol = call.params.market(call.exchange)?.instrument.symbol.clone();
    let milliseconds: u64 = call.params.need_as("countdownTime")?;
    if milliseconds > COUNTDOWN {
        return Err(Problem::new(
            -1130,
            "Data sent for parameter 'countdownTime' is not valid.",
        ));
    }
    let after = Duration::from_millis(milliseconds);
    call.exchange.cancel_later(call.id()?, &symbol, after);
    Ok(json!({ "symbol": symbol.as_str(), "countdownTime": milliseconds.to_string() }))
}

/// The plain order that is named by its id or the sender's.
fn named(call: &Call, params: &Params) -> Result<Option<PaperOrder>, Problem> {
    let market = params.market(call.exchange)?;
    let number: Option<i64> = params.read_as("orderId")?;
    let client_id = params.get("origClientOrderId");
    if number.is_none() && client_id.is_none() {
        return Err(Problem::new(
            -1102,
            "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
        ));
    }
    Ok(call.exchange.history(call.id()?, |history| {
        let found = match number {
            Some(number) => history.order(number),
            None => history.order_of(client_id.unwrap_or_default(), false),
        };
        let plain = found.filter(|order| !order.is_conditional() && order.symbol == market.instrument.symbol);
        plain.cloned()
    }))
}

/// The account's mode of positions.
pub(super) async fn mode(call: &Call<'_>) -> Result<PositionMode, Problem> {
    Ok(call.exchange.account(call.id()?).await?.mode)
}

/// An order as it stands.
pub(super) fn told(call: &Call, order: &PaperOrder, mode: PositionMode) -> Value {
    order::told(order, mode, call.exchange.market(order.symbol.as_str()))
}
