//! What is asked of Gate beside orders, in its words.
//!
//! Source: the pages of the endpoints below <https://www.gate.com/docs/developers/apiv4/en/>.

use std::time::Duration;

use domain::market::Symbol;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{MarginMode, VenueOrderId};
use serde_json::json;

use super::super::dialect::{Call, Request};
use super::super::remote::{Stretch, Terms, Urgency, Wish, question, setting};
use super::limits::{LOOK, PUBLIC};

const BASE: &str = "/api/v4/futures/usdt";
/// Rows that one page has at most.
pub const PAGE: usize = 100;
const LIMIT: (&str, &str) = ("limit", "100");
/// Bars that one question brings.
const BARS: i64 = 1_000;

fn path(end: &str) -> String {
    format!("{BASE}/{end}")
}

/// Seconds that begin at or before a moment.
fn first(at: Timestamp) -> String {
    at.0.div_euclid(1_000).to_string()
}

/// Seconds that begin at or after it.
fn last(at: Timestamp) -> String {
    (at.0.div_euclid(1_000) + 1).to_string()
}

/// The venue's time.
pub fn time() -> Request {
    Request::new("GET", "/api/v4/spot/time", &[])
}

/// All markets.
pub fn listings() -> Wish {
    question(&path("contracts"), &[], PUBLIC, Urgency::Order)
}

/// One-minute bars of a market before a time.
pub fn bars(symbol: &Symbol, before: Timestamp) -> Wish {
    let to = (before.0 - 1).div_euclid(1_000);
    let (from, to) = ((to - BARS * 60).to_string(), to.to_string());
    let query = [
        ("contract", symbol.as_str()),
        ("interval", "1m"),
        ("from", from.as_str()),
        ("to", to.as_str()),
    ];
    question(&path("candlesticks"), &query, PUBLIC, Urgency::Order)
}

/// The prices of a market.
pub fn ticker(symbol: &Symbol) -> Wish {
    let query = [("contract", symbol.as_str())];
    question(&path("tickers"), &query, PUBLIC, Urgency::Risk)
}

/// The balance of the account, its mode and its owner.
pub fn account() -> Wish {
    question(&path("accounts"), &[], LOOK, Urgency::Audit)
}

/// The keys of the account and what they may do.
pub fn keys() -> Wish {
    question("/api/v4/account/main_keys", &[], LOOK, Urgency::Order)
}

/// What is held.
pub fn holdings() -> Wish {
    question(&path("positions"), &[("holding", "true")], LOOK, Urgency::Audit)
}

/// The position of a market, or both, whether or not anything is held.
pub fn position(symbol: &Symbol, mode: PositionMode) -> Wish {
    question(&position_path(symbol, mode, ""), &[], LOOK, Urgency::Order)
}

fn position_path(symbol: &Symbol, mode: PositionMode, end: &str) -> String {
    match mode {
        PositionMode::OneWay => path(&format!("positions/{symbol}{end}")),
        PositionMode::Hedge => path(&format!("dual_comp/positions/{symbol}{end}")),
    }
}

/// A page of resting orders, of one market or of all.
pub fn resting(symbol: Option<&Symbol>, offset: Option<&str>) -> Wish {
    let mut query = vec![("status", "open"), LIMIT];
    query.extend(symbol.map(|symbol| ("contract", symbol.as_str())));
    query.extend(offset.map(|offset| ("offset", offset)));
    question(&path("orders"), &query, LOOK, Urgency::Audit)
}

/// An order, by the venue's id.
pub fn order(order: &VenueOrderId) -> Wish {
    question(&path(&format!("orders/{}", order.0)), &[], LOOK, Urgency::Settlement)
}

/// A page of the executions of a stretch, newest first.
pub fn trades(stretch: Stretch, offset: Option<&str>) -> Wish {
    page_of("my_trades_timerange", stretch, offset)
}

/// A page of the account book of a stretch, newest first.
pub fn bookings(stretch: Stretch, offset: Option<&str>) -> Wish {
    page_of("account_book", stretch, offset)
}

fn page_of(end: &str, stretch: Stretch, offset: Option<&str>) -> Wish {
    let (from, to) = (first(stretch.from), last(stretch.to));
    let mut query = vec![("from", from.as_str()), ("to", to.as_str()), LIMIT];
    query.extend(offset.map(|offset| ("offset", offset)));
    question(&path(end), &query, LOOK, Urgency::Settlement)
}

/// To make the account one-way or hedge.
pub fn set_position_mode(mode: PositionMode) -> Wish {
    let dual = match mode {
        PositionMode::OneWay => "false",
        PositionMode::Hedge => "true",
    };
    set(&path("dual_mode"), &[("dual_mode", dual)])
}

/// To set leverage and margin mode of a market: a leverage of zero says cross, with one of its own as the limit.
pub fn set_terms(symbol: &Symbol, mode: PositionMode, terms: Terms) -> Wish {
    let leverage = terms.leverage.to_string();
    let query = match terms.margin_mode {
        MarginMode::Isolated => vec![("leverage", leverage.as_str())],
        MarginMode::Cross => vec![("leverage", "0"), ("cross_leverage_limit", leverage.as_str())],
    };
    set(&position_path(symbol, mode, "/leverage"), &query)
}

fn set(path: &str, query: &[(&'static str, &str)]) -> Wish {
    Wish {
        request: Request::new("POST", path, query),
        call: Call::Set,
        cost: LOOK,
        urgency: Urgency::Order,
    }
}

/// To cancel what rests when this is not heard again within so long, five seconds at least.
pub fn countdown(after: Duration) -> Wish {
    let body = json!({ "timeout": after.as_secs().max(5) });
    Wish {
        urgency: Urgency::Risk,
        ..setting(&path("countdown_cancel_all"), &body, LOOK)
    }
}
