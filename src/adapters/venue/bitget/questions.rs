//! What is asked of Bitget beside orders, in its words.
//!
//! Source: the pages of the endpoints below <https://www.bitget.com/api-doc/contract/intro>.

use domain::market::Symbol;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{MarginMode, VenueOrderId};
use serde_json::json;

use super::super::dialect::Request;
use super::super::remote::{Stretch, Urgency, Wish, question, setting};
use super::limits::{LOOK, PUBLIC};

const PRODUCT: (&str, &str) = ("productType", "USDT-FUTURES");
const COIN: (&str, &str) = ("marginCoin", "USDT");
/// Rows that one page has at most.
pub const PAGE: usize = 100;
const LIMIT: (&str, &str) = ("limit", "100");
/// A market that there always is: the mode of an account is told with one.
const ANY: &str = "BTCUSDT";

/// The venue's time.
pub fn time() -> Request {
    Request::new("GET", "/api/v2/public/time", &[])
}

/// All markets.
pub fn listings() -> Wish {
    question("/api/v2/mix/market/contracts", &[PRODUCT], PUBLIC, Urgency::Order)
}

/// One-minute bars of a market before a time, or the last ones.
pub fn bars(symbol: &Symbol, before: Option<Timestamp>) -> Wish {
    let end = before.map(|before| (before.0 - 1).to_string());
    let mut query = vec![PRODUCT, ("symbol", symbol.as_str()), ("granularity", "1m")];
    query.extend(end.as_deref().map(|end| ("endTime", end)));
    let path = match end {
        Some(_) => {
            query.push(("limit", "200"));
            "/api/v2/mix/market/history-candles"
        }
        None => {
            query.push(("limit", "1000"));
            "/api/v2/mix/market/candles"
        }
    };
    question(path, &query, PUBLIC, Urgency::Order)
}

/// The prices of a market.
pub fn ticker(symbol: &Symbol) -> Wish {
    let query = [PRODUCT, ("symbol", symbol.as_str())];
    question("/api/v2/mix/market/ticker", &query, PUBLIC, Urgency::Risk)
}

/// What a key may do.
pub fn rights() -> Wish {
    question("/api/v2/spot/account/info", &[], LOOK, Urgency::Order)
}

/// The coins of the account.
pub fn balances() -> Wish {
    question("/api/v2/mix/account/accounts", &[PRODUCT], LOOK, Urgency::Audit)
}

/// The account on a market: its modes and leverages.
pub fn account(symbol: Option<&Symbol>) -> Wish {
    let symbol = symbol.map_or(ANY, Symbol::as_str);
    let query = [PRODUCT, ("symbol", symbol), COIN];
    question("/api/v2/mix/account/account", &query, LOOK, Urgency::Order)
}

/// What is held.
pub fn holdings() -> Wish {
    question(
        "/api/v2/mix/position/all-position",
        &[PRODUCT, COIN],
        LOOK,
        Urgency::Audit,
    )
}

/// A page of resting orders, of one market or of all.
pub fn resting(symbol: Option<&Symbol>, older_than: Option<&str>) -> Wish {
    let mut query = vec![PRODUCT, LIMIT];
    query.extend(symbol.map(|symbol| ("symbol", symbol.as_str())));
    query.extend(older_than.map(|order| ("idLessThan", order)));
    question("/api/v2/mix/order/orders-pending", &query, LOOK, Urgency::Audit)
}

/// Orders of a market that ended since a time.
pub fn orders_since(symbol: &Symbol, from: Timestamp) -> Wish {
    let from = from.0.to_string();
    let query = [
        PRODUCT,
        ("symbol", symbol.as_str()),
        ("startTime", from.as_str()),
        LIMIT,
    ];
    question("/api/v2/mix/order/orders-history", &query, LOOK, Urgency::Risk)
}

/// An order, by the venue's id.
pub fn order(symbol: &Symbol, order: &VenueOrderId) -> Wish {
    let query = [PRODUCT, ("symbol", symbol.as_str()), ("orderId", order.0.as_str())];
    question("/api/v2/mix/order/detail", &query, LOOK, Urgency::Settlement)
}

/// A page of the executions of a stretch, at most seven days long, newest first.
pub fn fills(stretch: Stretch, older_than: Option<&str>) -> Wish {
    page_of("/api/v2/mix/order/fill-history", &[], stretch, older_than)
}

/// A page of the funding of a stretch, newest first.
pub fn funding(stretch: Stretch, older_than: Option<&str>) -> Wish {
    let funding = [("businessType", "contract_settle_fee")];
    page_of("/api/v2/mix/account/bill", &funding, stretch, older_than)
}

fn page_of(path: &str, more: &[(&'static str, &str)], stretch: Stretch, older_than: Option<&str>) -> Wish {
    let (from, to) = (stretch.from.0.to_string(), stretch.to.0.to_string());
    let mut query = vec![PRODUCT, ("startTime", from.as_str()), ("endTime", &to), LIMIT];
    query.extend(more);
    query.extend(older_than.map(|line| ("idLessThan", line)));
    question(path, &query, LOOK, Urgency::Settlement)
}

/// To make the account one-way or hedge.
pub fn set_position_mode(mode: PositionMode) -> Wish {
    let mode = match mode {
        PositionMode::OneWay => "one_way_mode",
        PositionMode::Hedge => "hedge_mode",
    };
    let body = json!({ "productType": "USDT-FUTURES", "posMode": mode });
    setting("/api/v2/mix/account/set-position-mode", &body, LOOK)
}

/// To set the margin mode of a market.
pub fn set_margin_mode(symbol: &Symbol, mode: MarginMode) -> Wish {
    let mode = match mode {
        MarginMode::Isolated => "isolated",
        MarginMode::Cross => "crossed",
    };
    let body = json!({
        "symbol": symbol.as_str(),
        "productType": "USDT-FUTURES",
        "marginCoin": "USDT",
        "marginMode": mode,
    });
    setting("/api/v2/mix/account/set-margin-mode", &body, LOOK)
}

/// To set the leverage of a market; of one side where the sides have their own.
pub fn set_leverage(symbol: &Symbol, leverage: u32, side: Option<&str>) -> Wish {
    let mut body = json!({
        "symbol": symbol.as_str(),
        "productType": "USDT-FUTURES",
        "marginCoin": "USDT",
        "leverage": leverage.to_string(),
    });
    if let Some(side) = side {
        body["holdSide"] = json!(side);
    }
    setting("/api/v2/mix/account/set-leverage", &body, LOOK)
}
