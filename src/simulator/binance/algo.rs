//! Endpoints of conditional orders, which stand apart from plain ones since the end of 2025.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Algo-Order>.

use domain::paper::PaperOrder;
use domain::user::PositionMode;
use domain::venue::ReportedState;
use serde_json::{Value, json};

use super::order;
use super::problem::Problem;
use super::routes::{Call, Told};
use super::trade::{CANCELLED_ALL, mode};

/// `POST /fapi/v1/algoOrder`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let account = call.exchange.account(call.id()?).await?;
    let ask = order::conditional(call, &call.params, account.mode)?;
    let waiting = account.orders.iter().filter(|order| order.is_conditional());
    if waiting.filter(|order| order.symbol == ask.symbol).count() >= order::OPEN.1 {
        return Err(Problem::new(-4045, "Reach max stop order limit."));
    }
    let placed = call.exchange.place(account.id, ask).await?;
    Ok(told(call, &placed, account.mode, false))
}

/// `GET /fapi/v1/algoOrder`.
pub(super) async fn show(call: &Call<'_>) -> Told {
    let order = named(call)?.ok_or_else(Problem::absent)?;
    Ok(told(call, &order, mode(call).await?, true))
}

/// `DELETE /fapi/v1/algoOrder`.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    let order = named(call)?.filter(PaperOrder::is_live);
    let order = order.ok_or_else(Problem::not_open)?;
    let cancelled = call.exchange.cancel(call.id()?, order.number).await?;
    let mut answer = told(call, &cancelled, mode(call).await?, false);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("code".to_owned(), json!("200"));
        fields.insert("msg".to_owned(), json!("success"));
    }
    Ok(answer)
}

/// `GET /fapi/v1/openAlgoOrders`.
pub(super) async fn open(call: &Call<'_>) -> Told {
    let account = call.exchange.account(call.id()?).await?;
    let markets = call.params.markets(call.exchange)?;
    let number: Option<i64> = call.params.read_as("algoId")?;
    let waiting = account.orders.iter().filter(|order| order.is_conditional());
    let here = waiting.filter(|order| markets.iter().any(|market| market.instrument.symbol == order.symbol));
    let asked = here.filter(|order| number.is_none_or(|number| number == order.number));
    Ok(asked.map(|order| told(call, order, account.mode, true)).collect())
}

/// `GET /fapi/v1/allAlgoOrders`.
pub(super) async fn all(call: &Call<'_>) -> Told {
    let symbol = &call.params.market(call.exchange)?.instrument.symbol;
    let limit = call.params.limit(500, 1_000)?;
    let from: i64 = call.params.read_as("algoId")?.unwrap_or(0);
    let (start, end) = super::history::span(&call.params)?;
    let orders: Vec<PaperOrder> = call.exchange.history(call.id()?, |history| {
        let own = history.orders().filter(|order| order.is_conditional());
        let own = own.filter(|order| order.symbol == *symbol && order.number >= from);
        let within = own.filter(|order| (start..=end).contains(&order.placed_at.0));
        within.take(limit).cloned().collect()
    });
    let mode = mode(call).await?;
    Ok(orders.iter().map(|order| told(call, order, mode, true)).collect())
}

/// `DELETE /fapi/v1/algoOpenOrders`.
pub(super) async fn cancel_all(call: &Call<'_>) -> Told {
    let symbol = call.params.market(call.exchange)?.instrument.symbol.clone();
    call.exchange.cancel_all(call.id()?, symbol, true).await?;
    Ok(json!({ "code": 200, "msg": CANCELLED_ALL }))
}

/// The state of a conditional order.
pub(super) fn status(order: &PaperOrder) -> &'static str {
    match order.state {
        ReportedState::Open => "NEW",
        ReportedState::Filled => "FINISHED",
        ReportedState::Cancelled => "CANCELED",
        ReportedState::Expired => "EXPIRED",
        ReportedState::Rejected => "REJECTED",
    }
}

fn named(call: &Call) -> Result<Option<PaperOrder>, Problem> {
    let number: Option<i64> = call.params.read_as("algoId")?;
    let client_id = call.params.get("clientAlgoId");
    if number.is_none() && client_id.is_none() {
        return Err(Problem::new(
            -1102,
            "Param 'clientAlgoId' or 'algoId' must be sent, but both were empty/null!",
        ));
    }
    Ok(call.exchange.history(call.id()?, |history| {
        let found = match number {
            Some(number) => history.order(number),
            None => history.order_of(client_id.unwrap_or_default(), true),
        };
        found.filter(|order| order.is_conditional()).cloned()
    }))
}

fn told(call: &Call, order: &PaperOrder, mode: PositionMode, later: bool) -> Value {
    let trigger = order.rules.trigger.map(|trigger| trigger.price);
    let mut value = json!({
        "algoId": order.number,
        "clientAlgoId": order::client_word(order),
        "algoType": "CONDITIONAL",
        "orderType": order::algo_word(order),
        "symbol": order.symbol.as_str(),
        "side": order::side_word(order.action),
        "positionSide": order::position_word(order.position_side, mode),
        "timeInForce": order::lasting_word(order),
        "quantity": order.quantity.to_string(),
        "algoStatus": status(order),
        "triggerPrice": order::price_word(trigger),
        "price": order::price_word(order.limit),
        "icebergQuantity": null,
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "workingType": "CONTRACT_PRICE",
        "priceMatch": "NONE",
        "closePosition": order.rules.whole,
        "priceProtect": false,
        "reduceOnly": order.reduce_only,
        "createTime": order.placed_at.0,
        "updateTime": order.updated_at.0,
        "triggerTime": order.fired.as_ref().map_or(0, |fired| fired.at.0),
        "goodTillDate": 0,
    });
    if let Some(fields) = value.as_object_mut().filter(|_| later) {
        let actual = order.fired.as_ref().and_then(|fired| fired.order);
        let found = call.exchange.placed_by(order);
        let price = found.as_ref().and_then(|order| order.average_price().ok());
        let id = actual.map_or_else(String::new, |number| number.to_string());
        fields.insert("actualOrderId".to_owned(), json!(id));
        fields.insert("actualPrice".to_owned(), json!(order::price_word(price)));
        if let Some(found) = found {
            fields.insert("actualQty".to_owned(), json!(found.filled.to_string()));
            fields.insert("actualType".to_owned(), json!(order::type_word(&found)));
        }
    }
    value
}
