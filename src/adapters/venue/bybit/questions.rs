//! What is asked of Bybit beside orders, in its words.
//!
//! Source: the pages of the endpoints below <https://bybit-exchange.github.io/docs/v5/intro>.

use domain::market::Symbol;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{MarginMode, VenueOrderId};
use serde_json::json;

use super::super::dialect::Request;
use super::super::remote::{Stretch, Urgency, Wish, question, setting};
use super::limits::LOOK;

const LINEAR: (&str, &str) = ("category", "linear");
const USDT: (&str, &str) = ("settleCoin", "USDT");

/// The venue's time.
pub fn time() -> Request {
    Request::new("GET", "/v5/market/time", &[])
}

/// A page of the markets.
pub fn listings(cursor: Option<&str>) -> Wish {
    let mut query = vec![LINEAR, ("limit", "1000")];
    query.extend(cursor.map(|cursor| ("cursor", cursor)));
    question("/v5/market/instruments-info", &query, LOOK, Urgency::Order)
}

/// One-minute bars of a market before a time, or the last ones.
pub fn bars(symbol: &Symbol, before: Option<Timestamp>) -> Wish {
    let end = before.map(|before| (before.0 - 1).to_string());
    let mut query = vec![
        LINEAR,
        ("symbol", symbol.as_str()),
        ("interval", "1"),
        ("limit", "1000"),
    ];
    query.extend(end.as_deref().map(|end| ("end", end)));
    question("/v5/market/kline", &query, LOOK, Urgency::Order)
}

/// The prices of a market.
pub fn ticker(symbol: &Symbol) -> Wish {
    let query = [LINEAR, ("symbol", symbol.as_str())];
    question("/v5/market/tickers", &query, LOOK, Urgency::Risk)
}

/// What a key may do.
pub fn rights() -> Wish {
    question("/v5/user/query-api", &[], LOOK, Urgency::Order)
}

/// How the account shares margin.
pub fn account() -> Wish {
    question("/v5/account/info", &[], LOOK, Urgency::Order)
}

/// The coins of the account.
pub fn balances() -> Wish {
    let query = [("accountType", "UNIFIED")];
    question("/v5/account/wallet-balance", &query, LOOK, Urgency::Audit)
}

/// A page of what is held.
pub fn holdings(cursor: Option<&str>) -> Wish {
    let mut query = vec![LINEAR, USDT, ("limit", "200")];
    query.extend(cursor.map(|cursor| ("cursor", cursor)));
    question("/v5/position/list", &query, LOOK, Urgency::Audit)
}

/// What is held of a market; its leverage is told also where nothing is.
pub fn holding(symbol: &Symbol) -> Wish {
    let query = [LINEAR, ("symbol", symbol.as_str())];
    question("/v5/position/list", &query, LOOK, Urgency::Order)
}

/// A page of resting orders; those that wait for a price are not among them.
pub fn resting(cursor: Option<&str>) -> Wish {
    let mut query = vec![
        LINEAR,
        USDT,
        ("openOnly", "0"),
        ("orderFilter", "Order"),
        ("limit", "50"),
    ];
    query.extend(cursor.map(|cursor| ("cursor", cursor)));
    question("/v5/order/realtime", &query, LOOK, Urgency::Audit)
}

/// An order, by the venue's id.
pub fn order(symbol: &Symbol, order: &VenueOrderId) -> Wish {
    let query = [LINEAR, ("symbol", symbol.as_str()), ("orderId", order.0.as_str())];
    question("/v5/order/realtime", &query, LOOK, Urgency::Settlement)
}

/// A page of the executions of a stretch, at most seven days long.
pub fn executions(stretch: Stretch, cursor: Option<&str>) -> Wish {
    let (from, to) = (stretch.from.0.to_string(), stretch.to.0.to_string());
    let mut query = vec![LINEAR, ("startTime", from.as_str()), ("endTime", &to), ("limit", "100")];
    query.extend(cursor.map(|cursor| ("cursor", cursor)));
    question("/v5/execution/list", &query, LOOK, Urgency::Settlement)
}

/// A page of the funding of a stretch, at most seven days long.
pub fn funding(stretch: Stretch, cursor: Option<&str>) -> Wish {
    let (from, to) = (stretch.from.0.to_string(), stretch.to.0.to_string());
    let mut query = vec![
        ("accountType", "UNIFIED"),
        LINEAR,
        ("type", "SETTLEMENT"),
        ("startTime", from.as_str()),
        ("endTime", &to),
        ("limit", "50"),
    ];
    query.extend(cursor.map(|cursor| ("cursor", cursor)));
    question("/v5/account/transaction-log", &query, LOOK, Urgency::Settlement)
}

/// To make all markets of the account one-way or hedge.
pub fn set_position_mode(mode: PositionMode) -> Wish {
    let mode = match mode {
        PositionMode::OneWay => 0,
        PositionMode::Hedge => 3,
    };
    let body = json!({ "category": "linear", "coin": "USDT", "mode": mode });
    setting("/v5/position/switch-mode", &body, LOOK)
}

/// To set how the account shares margin: it is one setting for all markets.
pub fn set_margin_mode(mode: MarginMode) -> Wish {
    let mode = match mode {
        MarginMode::Isolated => "ISOLATED_MARGIN",
        MarginMode::Cross => "REGULAR_MARGIN",
    };
    setting("/v5/account/set-margin-mode", &json!({ "setMarginMode": mode }), LOOK)
}

/// To set the leverage of a market.
pub fn set_leverage(symbol: &Symbol, leverage: u32) -> Wish {
    let leverage = leverage.to_string();
    let body = json!({
        "category": "linear",
        "symbol": symbol.as_str(),
        "buyLeverage": leverage,
        "sellLeverage": leverage,
    });
    setting("/v5/position/set-leverage", &body, LOOK)
}
