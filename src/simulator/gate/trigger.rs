//! Endpoints of orders that wait for a price, which stand apart from plain ones.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#create-price-triggered-order>.

use domain::fixed::{Price, Quantity};
use domain::market::{Action, Side};
use domain::paper::{PaperOrder, Refused, Rules, Trigger};
use domain::venue::ReportedState;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::contract::{self, Contract, name_of};
use super::market::seconds;
use super::order::{self, Wanted, price_word};
use super::params;
use super::problem::Problem;
use super::routes::{Call, Told};
use crate::simulator::exchange::{Ask, Denied, Exchange};

/// `POST /futures/usdt/price_orders`.
pub(super) async fn place(call: &Call<'_>) -> Told {
    let account = call.exchange.account(call.id()?).await?;
    let (initial, trigger) = (call.params.within("initial")?, call.params.within("trigger")?);
    let contract = params::contract(&initial, call.exchange)?;
    let wanted = match closed_side(call.params.get("order_type"))? {
        Some(side) => Wanted {
            action: side.closing(),
            side,
            quantity: Quantity::ZERO,
            reduce_only: true,
            whole: true,
        },
        None => order::wanted(&initial, &contract, &account)?,
    };
    let (kind, time_in_force) = order::matching(&initial, &contract)?;
    let strategy: u8 = trigger.read_as("strategy_type")?.unwrap_or(0);
    let kind_of_price: u8 = trigger.read_as("price_type")?.unwrap_or(0);
    if strategy != 0 || kind_of_price > 2 {
        return Err(Problem::value("Trigger.price_type"));
    }
    let rule: u8 = trigger.need_as("rule")?;
    if !(1..=2).contains(&rule) {
        return Err(Problem::value("Trigger.rule"));
    }
    let price: Price = trigger.need_as("price")?;
    let ask = Ask {
        client_id: order::client_id(call, initial.get("text"), wanted.whole)?,
        symbol: contract.symbol().clone(),
        action: wanted.action,
        position_side: wanted.side,
        kind,
        quantity: if wanted.whole { Quantity::ZERO } else { wanted.quantity },
        reduce_only: wanted.reduce_only,
        rules: Rules {
            time_in_force,
            trigger: Some(Trigger {
                price,
                rising: rule == 1,
            }),
            whole: wanted.whole,
        },
    };
    match call.exchange.place(account.id, ask).await {
        Ok(placed) => Ok(json!({ "id": placed.number, "id_string": placed.number.to_string() })),
        Err(Denied::Refused(Refused::WouldTrigger)) => Err(reached(rule == 1)),
        Err(denied) => Err(denied.into()),
    }
}

/// The price has been reached already.
fn reached(rising: bool) -> Problem {
    if rising {
        let words = "invalid argument: Trigger.Price must > last_price";
        return Problem::bad("AUTO_TRIGGER_PRICE_GREATE_LAST", words);
    }
    let words = "invalid argument: Trigger.Price must < last_price";
    Problem::bad("AUTO_TRIGGER_PRICE_LESS_LAST", words)
}

/// The side whose whole position is closed, where the type says so.
fn closed_side(order_type: Option<&str>) -> Result<Option<Side>, Problem> {
    match order_type {
        None | Some("plan-close-long-position" | "plan-close-short-position") => Ok(None),
        Some("close-long-position") => Ok(Some(Side::Long)),
        Some("close-short-position") => Ok(Some(Side::Short)),
        Some(_) => Err(Problem::value("order_type")),
    }
}

/// `GET /futures/usdt/price_orders`, newest first.
pub(super) async fn list(call: &Call<'_>) -> Told {
    let is_open = match call.params.need("status")? {
        "open" => true,
        "finished" => false,
        _ => return Err(Problem::value("status")),
    };
    let contracts = params::contracts(&call.params, call.exchange)?;
    let (offset, limit) = call.params.page(100)?;
    let orders: Vec<PaperOrder> = call.exchange.history(call.id()?, |history| {
        let own = history.orders().rev().filter(|order| order.is_conditional());
        let own = own.filter(|order| order.is_live() == is_open);
        let here = own.filter(|order| contracts.iter().any(|contract| *contract.symbol() == order.symbol));
        here.skip(offset).take(limit).cloned().collect()
    });
    orders.iter().map(|order| shown(call, order)).collect()
}

/// `GET /futures/usdt/price_orders/{order_id}`.
pub(super) async fn show(call: &Call<'_>) -> Told {
    shown(call, &named(call)?)
}

/// `DELETE /futures/usdt/price_orders/{order_id}`.
pub(super) async fn cancel(call: &Call<'_>) -> Told {
    let order = named(call)?;
    if !order.is_live() {
        return Err(Problem::finished());
    }
    let cancelled = call.exchange.cancel(call.id()?, order.number).await?;
    shown(call, &cancelled)
}

/// `DELETE /futures/usdt/price_orders`: of one contract or all.
pub(super) async fn cancel_all(call: &Call<'_>) -> Told {
    let mut cancelled = Vec::new();
    for contract in params::contracts(&call.params, call.exchange)? {
        let symbol = contract.symbol().clone();
        cancelled.extend(call.exchange.cancel_all(call.id()?, symbol, true).await?);
    }
    cancelled.iter().map(|order| shown(call, order)).collect()
}

fn named(call: &Call<'_>) -> Result<PaperOrder, Problem> {
    let number: i64 = call.params.named().parse().map_err(|_| Problem::value("order_id"))?;
    let found = call.exchange.history(call.id()?, |history| {
        let found = history.order(number).filter(|order| order.is_conditional());
        found.cloned()
    });
    found.ok_or_else(Problem::absent)
}

fn shown(call: &Call<'_>, order: &PaperOrder) -> Told {
    told(call.exchange, order, call.decimal()).ok_or_else(Problem::contract)
}

/// How it ended.
fn ended(order: &PaperOrder) -> Option<&'static str> {
    match order.state {
        ReportedState::Open => None,
        ReportedState::Filled => Some("succeeded"),
        ReportedState::Cancelled => Some("cancelled"),
        ReportedState::Expired => Some("expired"),
        ReportedState::Rejected => Some("failed"),
    }
}

/// What is placed once the price is there.
fn initial(contract: &Contract<'_>, order: &PaperOrder, decimal: bool) -> Value {
    let is_whole = order.rules.whole;
    json!({
        "contract": name_of(&order.symbol),
        "size": if is_whole {
            contract::told(Decimal::ZERO, decimal)
        } else {
            contract.signed(order.quantity, order.action, decimal)
        },
        "price": price_word(order.limit),
        "tif": order::lasting_word(order),
        "text": order::text(order),
        "iceberg": contract::told(Decimal::ZERO, decimal),
        "is_close": is_whole,
        "is_reduce_only": order.reduce_only,
        "auto_size": "",
    })
}

/// An order that waits for a price, as it stands; `None` when its market is no longer listed.
pub(super) fn told(exchange: &Exchange, order: &PaperOrder, decimal: bool) -> Option<Value> {
    let contract = Contract::of_symbol(exchange, &order.symbol)?;
    let trigger = order.rules.trigger?;
    let fired = order.fired.as_ref();
    let placed = fired.and_then(|fired| fired.order).unwrap_or(0);
    let order_type = match (order.rules.whole, order.action) {
        (false, _) => "",
        (true, Action::Sell) => "close-long-position",
        (true, Action::Buy) => "close-short-position",
    };
    let mut told = json!({
        "initial": initial(&contract, order, decimal),
        "trigger": {
            "strategy_type": 0,
            "price_type": 0,
            "price": trigger.price.to_string(),
            "rule": if trigger.rising { 1 } else { 2 },
            "expiration": 0,
        },
        "id": order.number,
        "id_string": order.number.to_string(),
        "user": order.account.0,
        "create_time": seconds(order.placed_at),
        "trade_id": placed,
        "trade_id_string": placed.to_string(),
        "status": if order.is_live() { "open" } else { "finished" },
        "reason": fired.and_then(|fired| fired.refused.clone()).unwrap_or_default(),
        "is_stop_order": false,
        "stop_trigger": { "rule": 0, "trigger_price": "", "order_price": "" },
        "order_type": order_type,
        "me_order_id": 0,
    });
    if let (Some(fields), Some(ended)) = (told.as_object_mut(), ended(order)) {
        fields.insert("finish_time".to_owned(), seconds(order.updated_at));
        fields.insert("finish_as".to_owned(), json!(ended));
    }
    Some(told)
}
