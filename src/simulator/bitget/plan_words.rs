//! A conditional order in Bitget's words: what kind it is, and what became of it.
//!
//! Orders that take profit or stop a loss name the position that they protect: here that is the side which their action closes, and
//! they only reduce. Other conditional orders name the side that is opened, or with hedge mode do not only reduce.

use domain::market::Side;
use domain::paper::PaperOrder;
use domain::user::PositionMode;
use domain::venue::ReportedState;
use serde_json::{Value, json};

use super::order::{self, margin_word, mode_word, pos_side, side_word, trade_side, type_word};
use super::params::COIN;
use crate::simulator::exchange::Exchange;

/// The kinds that take profit or stop a loss, as one kind.
pub(super) const BOTH: &str = "profit_loss";
/// All that wait for a price and are no others.
pub(super) const NORMAL: &str = "normal_plan";

/// The kind.
pub(super) fn kind(order: &PaperOrder) -> &'static str {
    let protects = order.reduce_only && order.action == order.position_side.closing();
    if !protects {
        return NORMAL;
    }
    let rising = order.rules.trigger.is_some_and(|trigger| trigger.rising);
    let takes_profit = rising == (order.position_side == Side::Long);
    match (takes_profit, order.rules.whole) {
        (true, true) => "pos_profit",
        (true, false) => "profit_plan",
        (false, true) => "pos_loss",
        (false, false) => "loss_plan",
    }
}

/// Whether an order is of the kind that is asked for.
pub(super) fn is_of(order: &PaperOrder, asked: &str) -> bool {
    let own = kind(order);
    own == asked || (asked == BOTH && own != NORMAL)
}

/// `live`, `executed`, `fail_trigger` or `cancelled`.
pub(super) const fn status(order: &PaperOrder) -> &'static str {
    match order.state {
        ReportedState::Open => "live",
        ReportedState::Filled => "executed",
        ReportedState::Rejected => "fail_trigger",
        ReportedState::Cancelled | ReportedState::Expired => "cancelled",
    }
}

/// As it stands, for lists.
pub(super) fn told(exchange: &Exchange, order: &PaperOrder, mode: PositionMode) -> Value {
    let trigger = order.rules.trigger.map(|trigger| trigger.price.to_string());
    let trigger = trigger.unwrap_or_default();
    let limit = order.limit.map_or_else(String::new, |price| price.to_string());
    let child = exchange.placed_by(order);
    let market = exchange.market(order.symbol.as_str());
    let kind = kind(order);
    // What a profit or a loss waits for is told once more under the name of either.
    let only = |is_so: bool| {
        let price = is_so.then(|| trigger.clone());
        json!(price.unwrap_or_default())
    };
    json!({
        "planType": kind,
        "symbol": order.symbol.as_str(),
        "size": order.quantity.to_string(),
        "orderId": order.number.to_string(),
        "executeOrderId": child.as_ref().map_or_else(String::new, |child| child.number.to_string()),
        "clientOid": order::client_word(order),
        "planStatus": status(order),
        "price": limit,
        "executePrice": limit,
        "priceAvg": child.as_ref().map_or_else(String::new, |child| order::average(child, market)),
        "baseVolume": child.as_ref().map_or_else(|| "0".to_owned(), |child| child.filled.to_string()),
        "callbackRatio": "",
        "triggerPrice": trigger,
        "triggerType": "mark_price",
        "side": side_word(order.action, order.position_side, mode),
        "posSide": pos_side(order.position_side, mode),
        "marginCoin": COIN,
        "marginMode": margin_word(order.margin_mode),
        "enterPointSource": "API",
        "tradeSide": trade_side(order.action, order.position_side, false, mode),
        "posMode": mode_word(mode),
        "orderType": type_word(order),
        "orderSource": "normal",
        "stopSurplusTriggerPrice": only(kind == "pos_profit" || kind == "profit_plan"),
        "stopSurplusExecutePrice": "",
        "stopSurplusTriggerType": "mark_price",
        "stopLossTriggerPrice": only(kind == "pos_loss" || kind == "loss_plan"),
        "stopLossExecutePrice": "",
        "stopLossTriggerType": "mark_price",
        "cTime": order.placed_at.0.to_string(),
        "uTime": order.updated_at.0.to_string(),
    })
}

/// As it is pushed.
pub(super) fn pushed(exchange: &Exchange, order: &PaperOrder, mode: PositionMode) -> Value {
    let trigger = order.rules.trigger.map(|trigger| trigger.price.to_string());
    let trigger = trigger.unwrap_or_default();
    let plan = match kind(order) {
        "profit_plan" => "tp",
        "loss_plan" => "sl",
        "pos_profit" => "ptp",
        "pos_loss" => "psl",
        _ => "pl",
    };
    let limit = order.limit.map(|price| price.to_string());
    let filled = exchange.placed_by(order).map(|child| child.filled.to_string());
    let fired = order.fired.as_ref().map_or(order.updated_at, |fired| fired.at);
    json!({
        "instId": order.symbol.as_str(),
        "orderId": order.number.to_string(),
        "clientOid": order::client_word(order),
        "triggerPrice": trigger,
        "triggerType": "mark_price",
        "triggerTime": fired.0.to_string(),
        "planType": plan,
        "price": trigger,
        "executePrice": limit.unwrap_or_default(),
        "size": order.quantity.to_string(),
        "actualSize": filled.unwrap_or_else(|| "0".to_owned()),
        "orderType": type_word(order),
        "side": side_word(order.action, order.position_side, mode),
        "tradeSide": trade_side(order.action, order.position_side, false, mode),
        "posSide": pos_side(order.position_side, mode),
        "marginCoin": COIN,
        "status": status(order),
        "posMode": mode_word(mode),
        "enterPointSource": "API",
        "stopSurplusTriggerType": "mark_price",
        "stopLossTriggerType": "mark_price",
        "cTime": order.placed_at.0.to_string(),
        "uTime": order.updated_at.0.to_string(),
    })
}
