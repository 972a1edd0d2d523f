//! An order in OKX's words: read from parameters, and told.

use std::collections::BTreeMap;

use domain::fixed::{Amount, Price, Quantity};
use domain::market::{Action, Side};
use domain::paper::{PaperFill, PaperOrder, Rules, TimeInForce};
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderKind, ReportedState};
use serde_json::{Value, json};

use super::contract::{self, ASSET};
use super::params::Params;
use super::problem::Problem;
use super::routes::Call;
use super::stillborn;
use super::words::{blank, flag, joined, paid, shown};
use crate::simulator::exchange::{Ask, Exchange, History};

/// What a conditional order's client id begins with: its kind, and a slash, which OKX does not allow in an id.
pub(super) const KINDS: [&str; 2] = ["conditional", "trigger"];

/// Reads a plain order.
pub(super) fn plain(call: &Call, params: &Params, mode: PositionMode) -> Result<Ask, Problem> {
    let market = params.market(call.exchange)?;
    let action = action(params)?;
    let (time_in_force, is_limit) = match params.need("ordType")? {
        "market" => (TimeInForce::UntilCancelled, false),
        "optimal_limit_ioc" => (TimeInForce::ImmediateOrCancel, false),
        "limit" => (TimeInForce::UntilCancelled, true),
        "post_only" => (TimeInForce::PostOnly, true),
        "ioc" => (TimeInForce::ImmediateOrCancel, true),
        "fok" => (TimeInForce::FillOrKill, true),
        _ => return Err(Problem::wrong("ordType")),
    };
    let kind = match params.price("px")? {
        Some(price) if is_limit => OrderKind::Limit { price },
        None if is_limit => return Err(Problem::new("51204", "The price for the limit order cannot be empty.")),
        _ => OrderKind::Market,
    };
    let attached = ["attachAlgoOrds", "tpTriggerPx", "slTriggerPx"];
    let attached = attached
        .iter()
        .find(|name| params.get(name).is_some_and(|text| text != "[]"));
    if let Some(attached) = attached {
        return Err(Problem::wrong(attached));
    }
    let coins = params.coins("sz", market)?;
    let (position_side, reduce_only) = side(params, action, mode)?;
    Ok(Ask {
        client_id: client_id(call, params)?,
        symbol: market.instrument.symbol.clone(),
        action,
        position_side,
        kind,
        quantity: coins.ok_or_else(|| Problem::empty("sz"))?,
        reduce_only,
        rules: Rules {
            time_in_force,
            ..Rules::default()
        },
    })
}

/// Buy or sell.
pub(super) fn action(params: &Params) -> Result<Action, Problem> {
    Action::parse(params.need("side")?).ok_or_else(|| Problem::wrong("side"))
}

/// The side of the position, and whether the order may only reduce. With hedge mode nobody looks at `reduceOnly`.
pub(super) fn side(params: &Params, action: Action, mode: PositionMode) -> Result<(Side, bool), Problem> {
    let reduce_only = params.flag("reduceOnly")?;
    match (mode, params.get("posSide").unwrap_or("net")) {
        (PositionMode::OneWay, "net") => Ok((action.opens(), reduce_only)),
        (PositionMode::Hedge, side) => {
            let side = Side::parse(side).ok_or_else(|| Problem::wrong("posSide"))?;
            Ok((side, false))
        }
        (PositionMode::OneWay, _) => Err(Problem::wrong("posSide")),
    }
}

/// A sender's id: up to 32 letters and digits.
pub(super) fn checked_id<'a>(params: &'a Params, name: &str) -> Result<Option<&'a str>, Problem> {
    let Some(id) = params.get(name) else { return Ok(None) };
    if id.len() <= 32 && id.chars().all(|c| c.is_ascii_alphanumeric()) {
        Ok(Some(id))
    } else {
        Err(Problem::wrong(name))
    }
}

fn client_id(call: &Call, params: &Params) -> Result<ClientOrderId, Problem> {
    let sent = checked_id(params, "clOrdId")?.map(str::to_owned);
    Ok(ClientOrderId(
        sent.unwrap_or_else(|| call.dialect.unnamed(call.asked.now)),
    ))
}

/// What was filled of an order so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    pub fee: Amount,
    pub profit: Amount,
    pub last: Option<PaperFill>,
}

impl Sums {
    fn add(&mut self, fill: &PaperFill) {
        self.fee = self.fee.plus(fill.fee).unwrap_or(self.fee);
        self.profit = self.profit.plus(fill.realised).unwrap_or(self.profit);
        self.last = Some(fill.clone());
    }

    /// Of one order, up to and with this fill.
    pub fn of(history: &History, order: i64, until: i64) -> Self {
        let mut sums = Self::default();
        let own = history.fills().filter(|fill| fill.order == order);
        own.take_while(|fill| fill.number <= until)
            .for_each(|fill| sums.add(fill));
        sums
    }

    /// Of all orders.
    pub fn all(history: &History) -> BTreeMap<i64, Self> {
        let mut all: BTreeMap<i64, Self> = BTreeMap::new();
        for fill in history.fills() {
            all.entry(fill.order).or_default().add(fill);
        }
        all
    }
}

/// `buy` or `sell`.
pub(super) const fn side_word(action: Action) -> &'static str {
    action.as_str()
}

/// `net` with one-way mode, else the side.
pub(super) const fn position_word(side: Side, mode: PositionMode) -> &'static str {
    match mode {
        PositionMode::OneWay => "net",
        PositionMode::Hedge => side.as_str(),
    }
}

/// The state of a plain order. One whose quantity was changed to what is filled counts as filled.
pub(super) fn state(order: &PaperOrder) -> &'static str {
    match order.state {
        ReportedState::Open if order.filled.is_zero() => "live",
        ReportedState::Open => "partially_filled",
        ReportedState::Filled => "filled",
        _ if order.filled.is_positive() && order.filled >= order.quantity => "filled",
        ReportedState::Cancelled | ReportedState::Expired | ReportedState::Rejected => "canceled",
    }
}

/// What kind of order it is.
pub(super) const fn type_word(order: &PaperOrder) -> &'static str {
    match (order.limit, order.rules.time_in_force) {
        (None, TimeInForce::ImmediateOrCancel) => "optimal_limit_ioc",
        (None, _) => "market",
        (Some(_), TimeInForce::UntilCancelled) => "limit",
        (Some(_), TimeInForce::PostOnly) => "post_only",
        (Some(_), TimeInForce::ImmediateOrCancel) => "ioc",
        (Some(_), TimeInForce::FillOrKill) => "fok",
    }
}

/// The sender's id; none of what the venue or a conditional order placed.
pub(super) fn client_word(order: &PaperOrder) -> &str {
    let id = order.client_id.as_ref().map_or("", |id| id.0.as_str());
    if order.parent.is_some() || id.starts_with('-') {
        ""
    } else {
        id
    }
}

/// The sender's id of a conditional order, or of the one that placed this order; and its kind.
pub(super) fn algo_word(order: &PaperOrder) -> (&str, &str) {
    let id = order.client_id.as_ref().map_or("", |id| id.0.as_str());
    let (kind, id) = id.split_once('/').unwrap_or(("", ""));
    (kind, if id.starts_with('-') { "" } else { id })
}

/// Why an order ended before it was filled.
fn ended_by(order: &PaperOrder) -> (&'static str, &'static str) {
    match (order.state, order.rules.time_in_force) {
        _ if state(order) != "canceled" => ("", ""),
        (_, TimeInForce::PostOnly) if order.number < 0 => {
            ("31", "The post-only order will take liquidity in taker orders")
        }
        (_, TimeInForce::FillOrKill) => ("13", "FOK order was canceled because it could not be filled whole"),
        (ReportedState::Cancelled, _) => ("1", "Order canceled by user"),
        (_, TimeInForce::ImmediateOrCancel) => {
            ("14", "IOC order was partially canceled because it was not filled whole")
        }
        _ if order.reduce_only => ("17", "Closing order was canceled as its position was closed"),
        _ => ("3", "Order was canceled as the margin is insufficient"),
    }
}

/// An order as it stands.
pub(super) fn told(exchange: &Exchange, order: &PaperOrder, mode: PositionMode, sums: &Sums) -> Value {
    let (source, reason) = ended_by(order);
    joined([
        terms(exchange, order, mode),
        filled(exchange, order, sums),
        json!({ "cancelSource": source, "cancelSourceReason": reason }),
    ])
}

/// What was asked for.
fn terms(exchange: &Exchange, order: &PaperOrder, mode: PositionMode) -> Value {
    let (kind, algo) = algo_word(order);
    let child = order.parent.is_some();
    joined([
        blank(&[
            "attachAlgoClOrdId",
            "ccy",
            "pxType",
            "pxUsd",
            "pxVol",
            "quickMgnType",
            "rebate",
            "slOrdPx",
            "slTriggerPx",
            "slTriggerPxType",
            "stpId",
            "tag",
            "tgtCcy",
            "tpOrdPx",
            "tpTriggerPx",
            "tpTriggerPxType",
        ]),
        json!({
            "algoClOrdId": if child { algo } else { "" },
            "algoId": shown(order.parent.map(stillborn::id)),
            "attachAlgoOrds": [],
            "cTime": order.placed_at.0.to_string(),
            "category": if order.client_id.is_some() { "normal" } else { "full_liquidation" },
            "clOrdId": client_word(order),
            "instId": contract::name_of(exchange, &order.symbol),
            "instType": "SWAP",
            "isTpLimit": "false",
            "lever": order.leverage.to_string(),
            "linkedAlgoOrd": { "algoId": "" },
            "ordId": stillborn::id(order.number).to_string(),
            "ordType": type_word(order),
            "posSide": position_word(order.position_side, mode),
            "px": shown(order.limit),
            "rebateCcy": ASSET,
            "reduceOnly": flag(order.reduce_only),
            "side": side_word(order.action),
            "source": match (child, kind) { (true, "trigger") => "6", (true, _) => "7", _ => "" },
            "stpMode": "cancel_maker",
            "sz": contract::count_of(exchange, &order.symbol, order.quantity),
            "tdMode": order.margin_mode.as_str(),
            "tradeQuoteCcy": ASSET,
        }),
    ])
}

/// What became of it.
fn filled(exchange: &Exchange, order: &PaperOrder, sums: &Sums) -> Value {
    let average = average(exchange, order);
    let last = sums.last.as_ref();
    let contracts = |coins: Quantity| contract::count_of(exchange, &order.symbol, coins);
    json!({
        "accFillSz": contracts(order.filled),
        "avgPx": shown(average),
        "fee": paid(sums.fee),
        "feeCcy": ASSET,
        "fillPx": shown(last.map(|fill| fill.price)),
        "fillSz": last.map_or_else(|| "0".to_owned(), |fill| contracts(fill.quantity)),
        "fillTime": shown(last.map(|fill| fill.at.0)),
        "pnl": sums.profit.to_string(),
        "state": state(order),
        "tradeId": shown(last.map(|fill| fill.number)),
        "uTime": order.updated_at.0.to_string(),
    })
}

/// The average price, two places finer than the tick; `None` before the first fill.
fn average(exchange: &Exchange, order: &PaperOrder) -> Option<Price> {
    let average = order.average_price().ok().filter(|price| price.is_positive())?;
    let tick = exchange.market(order.symbol.as_str())?.instrument.tick;
    let step = Price::from_units((tick.units() / 100).max(1)).ok()?;
    average.floor_to(step).ok()
}
