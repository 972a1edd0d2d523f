//! Bybit's words for orders: sides, states, kinds, and what is told of an order as a whole.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/enum>.

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::market::{Action, Side};
use domain::paper::{PaperOrder, TimeInForce};
use domain::user::PositionMode;
use domain::venue::ReportedState;
use serde_json::{Value, json};

use super::entry::Entry;
use super::ids;
use super::info::ASSET;

/// What begins ids that no client sent: clients' ids have no such character.
pub(super) const OURS: char = '~';

/// `Buy` or `Sell`.
pub(super) const fn side(action: Action) -> &'static str {
    match action {
        Action::Buy => "Buy",
        Action::Sell => "Sell",
    }
}

/// 0 in one-way mode, 1 for a long and 2 for a short in hedge mode.
pub(super) const fn index(side: Side, mode: PositionMode) -> u8 {
    match (mode, side) {
        (PositionMode::OneWay, _) => 0,
        (PositionMode::Hedge, Side::Long) => 1,
        (PositionMode::Hedge, Side::Short) => 2,
    }
}

/// `Limit` or `Market`.
pub(super) const fn kind(order: &PaperOrder) -> &'static str {
    if order.limit.is_some() { "Limit" } else { "Market" }
}

/// The sender's id; empty for none.
pub(super) fn link(order: &PaperOrder) -> &str {
    let id = order.client_id.as_ref().map_or("", |id| id.0.as_str());
    if id.starts_with(OURS) { "" } else { id }
}

/// What kind of stop an order is: `Stop` waits for a price, others belong to a position; empty for none.
pub(super) fn stop(entry: &Entry<'_>) -> &'static str {
    let first = entry.first();
    let id = first.client_id.as_ref().map_or("", |id| id.0.as_str());
    let own = ["TakeProfit", "StopLoss", "PartialTakeProfit", "PartialStopLoss"];
    let of_position = own.into_iter().find(|kind| id.split(OURS).nth(1) == Some(*kind));
    match of_position {
        Some(kind) => kind,
        None if first.is_conditional() => "Stop",
        None => "",
    }
}

/// What brought an order about.
pub(super) fn created(entry: &Entry<'_>) -> &'static str {
    match stop(entry) {
        "TakeProfit" => "CreateByTakeProfit",
        "StopLoss" => "CreateByStopLoss",
        "PartialTakeProfit" => "CreateByPartialTakeProfit",
        "PartialStopLoss" => "CreateByPartialStopLoss",
        "Stop" => "CreateByStopOrder",
        _ if entry.order.client_id.is_none() => "CreateByLiq",
        _ => "CreateByUser",
    }
}

/// A price, or `0`.
pub(super) fn price(price: Option<Price>) -> String {
    price.map_or_else(|| "0".to_owned(), |price| price.to_string())
}

/// The state of an order.
pub(super) fn status(order: &PaperOrder) -> &'static str {
    match order.state {
        ReportedState::Open if order.is_conditional() => "Untriggered",
        ReportedState::Open if order.filled.is_zero() => "New",
        ReportedState::Open => "PartiallyFilled",
        ReportedState::Filled if order.is_conditional() => "Triggered",
        ReportedState::Filled => "Filled",
        ReportedState::Cancelled | ReportedState::Expired if order.is_conditional() => "Deactivated",
        ReportedState::Cancelled | ReportedState::Expired => "Cancelled",
        ReportedState::Rejected => "Rejected",
    }
}

/// Who cancelled it, and why it was not carried out.
fn ending(entry: &Entry<'_>) -> (&'static str, &'static str) {
    let order = entry.order;
    match (entry.reason, order.state) {
        (Some(reason), _) => ("UNKNOWN", reason),
        (None, ReportedState::Cancelled) if stop(entry).len() > 4 => ("CancelByTpSlTsClear", "EC_NoError"),
        (None, ReportedState::Cancelled) => ("CancelByUser", "EC_PerCancelRequest"),
        (None, ReportedState::Expired) if order.limit.is_none() => ("UNKNOWN", "EC_NoImmediateQtyToFill"),
        (None, ReportedState::Expired) if order.rules.time_in_force == TimeInForce::ImmediateOrCancel => {
            ("UNKNOWN", "EC_NoImmediateQtyToFill")
        }
        (None, ReportedState::Expired) if order.reduce_only => ("CancelByReduceOnly", "EC_NoError"),
        (None, ReportedState::Expired) => ("CancelAllBeforeLiq", "EC_NoError"),
        (None, ReportedState::Rejected) => ("UNKNOWN", "EC_Others"),
        (None, ReportedState::Open | ReportedState::Filled) => ("UNKNOWN", "EC_NoError"),
    }
}

const fn lasting(order: &PaperOrder) -> &'static str {
    match (order.limit, order.rules.time_in_force) {
        (None, _) | (_, TimeInForce::ImmediateOrCancel) => "IOC",
        (_, TimeInForce::UntilCancelled) => "GTC",
        (_, TimeInForce::FillOrKill) => "FOK",
        (_, TimeInForce::PostOnly) => "PostOnly",
    }
}

/// An order as it stands, with what it paid in fees.
pub(super) fn order(entry: &Entry<'_>, mode: PositionMode, fee: Amount) -> Value {
    let (order, first) = (entry.order, entry.first());
    let rest = if order.is_live() {
        order.rest()
    } else {
        Ok(Quantity::ZERO)
    };
    let rest = rest.unwrap_or_default();
    let (cancelled, rejected) = ending(entry);
    let average = order.average_price().ok().filter(|price| price.is_positive());
    let left = order
        .limit
        .and_then(|limit| limit.notional(rest, Rounding::HalfUp).ok());
    let mut told = json!({
        "orderId": ids::order(order.account, entry.number()),
        "orderLinkId": link(first),
        "symbol": order.symbol.as_str(),
        "side": side(order.action),
        "positionIdx": index(order.position_side, mode),
        "orderType": kind(order),
        "price": price(order.limit),
        "qty": order.quantity.to_string(),
        "timeInForce": lasting(order),
        "orderStatus": status(order),
        "createType": created(entry),
        "cancelType": cancelled,
        "rejectReason": rejected,
        "avgPrice": average.map_or_else(String::new, |price| price.to_string()),
        "leavesQty": rest.to_string(),
        "leavesValue": left.unwrap_or_default().to_string(),
        "cumExecQty": order.filled.to_string(),
        "cumExecValue": order.spent.to_string(),
        "cumExecFee": fee.to_string(),
        "cumFeeDetail": { ASSET: fee.to_string() },
        "reduceOnly": order.reduce_only,
        "closeOnTrigger": first.rules.whole,
        "stopOrderType": stop(entry),
        "createdTime": first.placed_at.0.to_string(),
        "updatedTime": order.updated_at.0.to_string(),
    });
    if let Some(fields) = told.as_object_mut() {
        for name in BLANK {
            fields.insert((*name).to_owned(), json!(""));
        }
        for (name, value) in waited(first) {
            fields.insert(name.to_owned(), value);
        }
    }
    told
}

/// The price that an order waits or waited for, and who may trade with whom: nobody is held off.
fn waited(first: &PaperOrder) -> [(&'static str, Value); 5] {
    let trigger = first.rules.trigger;
    let price = trigger.map_or_else(String::new, |trigger| trigger.price.to_string());
    let direction = trigger.map_or(0, |trigger| if trigger.rising { 1 } else { 2 });
    [
        ("triggerPrice", json!(price)),
        ("triggerBy", json!(if trigger.is_some() { "LastPrice" } else { "" })),
        ("triggerDirection", json!(direction)),
        ("smpType", json!("None")),
        ("smpGroup", json!(0)),
    ]
}

/// What is told of every order, and not simulated.
const BLANK: &[&str] = &[
    "blockTradeId",
    "isLeverage",
    "orderIv",
    "takeProfit",
    "stopLoss",
    "tpTriggerBy",
    "slTriggerBy",
    "tpslMode",
    "tpLimitPrice",
    "slLimitPrice",
    "placeType",
    "lastPriceOnCreated",
    "smpOrderId",
    "ocoTriggerBy",
    "marketUnit",
];
