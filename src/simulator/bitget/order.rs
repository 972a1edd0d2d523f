//! An order in Bitget's words: read from parameters, and told.
//!
//! With hedge mode the `side` of an order is that of its position, also where it closes, and `tradeSide` says which it does.

use std::collections::{BTreeMap, BTreeSet};

use domain::fixed::{Amount, Price};
use domain::market::{Action, Side};
use domain::paper::{PaperMarket, PaperOrder, Rules, TimeInForce};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, MarginMode, OrderKind, ReportedState};
use serde_json::{Value, json};

use super::params::{COIN, Params};
use super::problem::Problem;
use super::routes::Call;
use crate::simulator::exchange::{Ask, Exchange, History};

/// Longest client id.
const LONGEST: usize = 40;
/// Parameters that ask for more than there is here; an order with one of them is refused rather than placed without it.
const PRESETS: [&str; 8] = [
    "presetStopSurplusPrice",
    "presetStopLossPrice",
    "presetStopSurplusExecutePrice",
    "presetStopLossExecutePrice",
    "stopSurplusTriggerPrice",
    "stopLossTriggerPrice",
    "stopSurplusExecutePrice",
    "stopLossExecutePrice",
];

/// Reads an order that does not wait, and the margin mode that it wants.
pub(super) fn plain(call: &Call, params: &Params, mode: PositionMode) -> Result<(Ask, MarginMode), Problem> {
    let market = params.market(call.exchange)?;
    params.coin()?;
    let margin_mode = params.margin_mode()?;
    let size = params.size("size", market)?;
    let time_in_force = lasting(params)?;
    let (kind, time_in_force) = match params.need("orderType")?.to_ascii_lowercase().as_str() {
        "market" => (OrderKind::Market, TimeInForce::UntilCancelled),
        "limit" => {
            let price = params.price("price", market)?;
            let price = price.ok_or_else(|| Problem::empty("price"))?;
            (OrderKind::Limit { price }, time_in_force)
        }
        _ => return Err(Problem::wrong("orderType")),
    };
    let (action, position_side, reduce_only) = side(params, mode)?;
    without_presets(params)?;
    let ask = Ask {
        client_id: client_id(call, params)?,
        symbol: market.instrument.symbol.clone(),
        action,
        position_side,
        kind,
        quantity: size.ok_or_else(|| Problem::empty("size"))?,
        reduce_only,
        rules: Rules {
            time_in_force,
            ..Rules::default()
        },
    };
    Ok((ask, margin_mode))
}

/// That nothing is asked for beside the order.
pub(super) fn without_presets(params: &Params) -> Result<(), Problem> {
    let asked = PRESETS.into_iter().find(|name| params.has(name));
    asked.map_or(Ok(()), |name| Err(Problem::wrong(name)))
}

fn lasting(params: &Params) -> Result<TimeInForce, Problem> {
    match params.word("force").as_deref() {
        None | Some("gtc") => Ok(TimeInForce::UntilCancelled),
        Some("ioc") => Ok(TimeInForce::ImmediateOrCancel),
        Some("fok") => Ok(TimeInForce::FillOrKill),
        Some("post_only") => Ok(TimeInForce::PostOnly),
        Some(_) => Err(Problem::wrong("force")),
    }
}

/// What is done to which position, and whether it may only reduce.
pub(super) fn side(params: &Params, mode: PositionMode) -> Result<(Action, Side, bool), Problem> {
    let action = match params.need("side")?.to_ascii_lowercase().as_str() {
        "buy" => Action::Buy,
        "sell" => Action::Sell,
        _ => return Err(Problem::wrong("side")),
    };
    let reduce_only = params.yes("reduceOnly")?;
    if mode == PositionMode::OneWay {
        return Ok((action, action.opens(), reduce_only));
    }
    // `buy` is the long here, whatever is done to it.
    let position = action.opens();
    match params.word("tradeSide").as_deref() {
        Some("open") => Ok((position.opening(), position, false)),
        Some("close") => Ok((position.closing(), position, false)),
        Some(_) => Err(Problem::wrong("tradeSide")),
        None => {
            let words = "The order type for unilateral position must also be the unilateral position type.";
            Err(Problem::new("40774", words))
        }
    }
}

/// The sender's id, or one that is made up.
pub(super) fn client_id(call: &Call, params: &Params) -> Result<ClientOrderId, Problem> {
    let Some(id) = params.get("clientOid") else {
        return Ok(ClientOrderId(call.dialect.fresh(call.asked.now)));
    };
    if id.len() > LONGEST || !id.chars().all(|c| c.is_ascii_graphic()) {
        let words = "Client_oid length is not greater than 40, and cannot be Martian characters";
        return Err(Problem::new("40305", words));
    }
    Ok(ClientOrderId(id.to_owned()))
}

/// `one_way_mode` or `hedge_mode`.
pub(super) const fn mode_word(mode: PositionMode) -> &'static str {
    match mode {
        PositionMode::OneWay => "one_way_mode",
        PositionMode::Hedge => "hedge_mode",
    }
}

/// `isolated` or `crossed`.
pub(super) const fn margin_word(mode: MarginMode) -> &'static str {
    match mode {
        MarginMode::Isolated => "isolated",
        MarginMode::Cross => "crossed",
    }
}

/// `buy` or `sell`; with hedge mode the position's.
pub(super) const fn side_word(action: Action, position: Side, mode: PositionMode) -> &'static str {
    match mode {
        PositionMode::OneWay => action.as_str(),
        PositionMode::Hedge => position.opening().as_str(),
    }
}

/// What is done to a position, and by whom: an order or an execution that is forced closes.
pub(super) const fn trade_side(action: Action, position: Side, is_forced: bool, mode: PositionMode) -> &'static str {
    match (mode, is_forced, action, position) {
        (PositionMode::OneWay, false, Action::Buy, _) => "buy_single",
        (PositionMode::OneWay, false, Action::Sell, _) => "sell_single",
        (PositionMode::OneWay, true, Action::Buy, _) => "burst_buy_single",
        (PositionMode::OneWay, true, Action::Sell, _) => "burst_sell_single",
        (PositionMode::Hedge, true, _, Side::Long) => "burst_close_long",
        (PositionMode::Hedge, true, _, Side::Short) => "burst_close_short",
        (PositionMode::Hedge, false, Action::Buy, Side::Long)
        | (PositionMode::Hedge, false, Action::Sell, Side::Short) => "open",
        (PositionMode::Hedge, false, Action::Sell, Side::Long)
        | (PositionMode::Hedge, false, Action::Buy, Side::Short) => "close",
    }
}

/// Which position: `net` with one-way mode.
pub(super) const fn pos_side(position: Side, mode: PositionMode) -> &'static str {
    match mode {
        PositionMode::OneWay => "net",
        PositionMode::Hedge => position.as_str(),
    }
}

/// `live`, `partially_filled`, `filled` or `canceled`.
pub(super) const fn status(order: &PaperOrder) -> &'static str {
    match order.state {
        ReportedState::Open if order.filled.is_zero() => "live",
        ReportedState::Open => "partially_filled",
        ReportedState::Filled => "filled",
        ReportedState::Cancelled | ReportedState::Expired | ReportedState::Rejected => "canceled",
    }
}

/// `limit` or `market`.
pub(super) const fn type_word(order: &PaperOrder) -> &'static str {
    if order.limit.is_some() { "limit" } else { "market" }
}

/// How long an order stays.
pub(super) const fn force_word(order: &PaperOrder) -> &'static str {
    match order.rules.time_in_force {
        TimeInForce::UntilCancelled => "gtc",
        TimeInForce::ImmediateOrCancel => "ioc",
        TimeInForce::FillOrKill => "fok",
        TimeInForce::PostOnly => "post_only",
    }
}

/// Whether it is the venue's own: a liquidation.
pub(super) const fn is_forced(order: &PaperOrder) -> bool {
    order.client_id.is_none()
}

/// Whether it may only close, as far as it is told: what closes in hedge mode, too.
pub(super) fn only_reduces(order: &PaperOrder, mode: PositionMode) -> bool {
    order.reduce_only || (mode == PositionMode::Hedge && order.action == order.position_side.closing())
}

/// The sender's id; what a liquidation or a conditional order placed has one of its own.
pub(super) fn client_word(order: &PaperOrder) -> String {
    match (&order.client_id, order.parent) {
        (Some(id), None) => id.to_string(),
        _ => format!("{}{:06}", order.placed_at.0, order.number % 1_000_000),
    }
}

/// The average price with two more places than the tick; nothing before the first execution.
pub(super) fn average(order: &PaperOrder, market: Option<&PaperMarket>) -> String {
    if order.filled.is_zero() {
        return String::new();
    }
    let average = order.average_price().unwrap_or_default();
    let step = market.and_then(|market| Price::from_units((market.instrument.tick.units() / 100).max(1)).ok());
    let average = step.and_then(|step| average.floor_to(step).ok()).unwrap_or(average);
    average.to_string()
}

/// Fee and profit of each of these orders.
pub(super) fn sums(history: &History, orders: &[PaperOrder]) -> BTreeMap<i64, (Amount, Amount)> {
    let wanted: BTreeSet<i64> = orders.iter().map(|order| order.number).collect();
    let mut sums: BTreeMap<i64, (Amount, Amount)> = BTreeMap::new();
    for fill in history.fills().filter(|fill| wanted.contains(&fill.order)) {
        let (fee, profit) = sums.entry(fill.order).or_default();
        *fee = fee.plus(fill.fee).unwrap_or(*fee);
        *profit = profit.plus(fill.realised).unwrap_or(*profit);
    }
    sums
}

/// Orders as they stand, for lists.
pub(super) fn listed(exchange: &Exchange, orders: &[PaperOrder], mode: PositionMode) -> Vec<Value> {
    let Some(first) = orders.first() else { return Vec::new() };
    let sums = exchange.history(first.account, |history| sums(history, orders));
    let told = orders.iter().map(|order| {
        let (fee, profit) = sums.get(&order.number).copied().unwrap_or_default();
        told(exchange, order, mode, fee, profit)
    });
    told.collect()
}

fn told(exchange: &Exchange, order: &PaperOrder, mode: PositionMode, fee: Amount, profit: Amount) -> Value {
    json!({
        "symbol": order.symbol.as_str(),
        "size": order.quantity.to_string(),
        "orderId": order.number.to_string(),
        "clientOid": client_word(order),
        "baseVolume": order.filled.to_string(),
        "fee": fee.negated().to_string(),
        "price": order.limit.map_or_else(String::new, |price| price.to_string()),
        "priceAvg": average(order, exchange.market(order.symbol.as_str())),
        "status": status(order),
        "side": side_word(order.action, order.position_side, mode),
        "force": force_word(order),
        "totalProfits": profit.to_string(),
        "posSide": pos_side(order.position_side, mode),
        "marginCoin": COIN,
        "quoteVolume": order.spent.to_string(),
        "leverage": order.leverage.to_string(),
        "marginMode": margin_word(order.margin_mode),
        "enterPointSource": if is_forced(order) { "SYS" } else { "API" },
        "tradeSide": trade_side(order.action, order.position_side, is_forced(order), mode),
        "posMode": mode_word(mode),
        "orderType": type_word(order),
        "orderSource": if is_forced(order) { "liquidation" } else { "normal" },
        "presetStopSurplusPrice": "",
        "presetStopLossPrice": "",
        "reduceOnly": if only_reduces(order, mode) { "YES" } else { "NO" },
        "cancelReason": if status(order) == "canceled" { "normal_cancel" } else { "" },
        "cTime": order.placed_at.0.to_string(),
        "uTime": order.updated_at.0.to_string(),
    })
}
