//! What is asked of OKX beside orders, in its words.
//!
//! Source: the pages of the endpoints below <https://www.okx.com/docs-v5/en/>.

use std::time::Duration;

use domain::market::Symbol;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{MarginMode, VenueOrderId};
use serde_json::json;

use super::super::dialect::Request;
use super::super::remote::{Stretch, Urgency, Wish, question, setting};
use super::limits::{LOOK, PUBLIC};

const SWAP: (&str, &str) = ("instType", "SWAP");
/// Rows that one page has at most.
pub const PAGE: usize = 100;
const LIMIT: (&str, &str) = ("limit", "100");
/// The plain list of fills goes back three days, that of bills a week; the archives of both go back three months.
const FILLS_RECENT: Duration = Duration::from_secs(2 * 24 * 3_600);
const BILLS_RECENT: Duration = Duration::from_secs(6 * 24 * 3_600);

/// The venue's time.
pub fn time() -> Request {
    Request::new("GET", "/api/v5/public/time", &[])
}

/// All markets.
pub fn listings() -> Wish {
    question("/api/v5/public/instruments", &[SWAP], PUBLIC, Urgency::Order)
}

/// One-minute bars of a market before a time, or the last ones.
pub fn bars(symbol: &Symbol, before: Option<Timestamp>) -> Wish {
    let before = before.map(|before| before.0.to_string());
    let mut query = vec![("instId", symbol.as_str()), ("bar", "1m"), ("limit", "300")];
    query.extend(before.as_deref().map(|before| ("after", before)));
    let path = match before {
        Some(_) => "/api/v5/market/history-candles",
        None => "/api/v5/market/candles",
    };
    question(path, &query, PUBLIC, Urgency::Order)
}

/// The prices of a market.
pub fn ticker(symbol: &Symbol) -> Wish {
    let query = [("instId", symbol.as_str())];
    question("/api/v5/market/ticker", &query, PUBLIC, Urgency::Risk)
}

/// Modes of the account, and what the key may do.
pub fn account() -> Wish {
    question("/api/v5/account/config", &[], LOOK, Urgency::Order)
}

/// The coins of the account.
pub fn balances() -> Wish {
    question("/api/v5/account/balance", &[], LOOK, Urgency::Audit)
}

/// What is held.
pub fn holdings() -> Wish {
    question("/api/v5/account/positions", &[SWAP], LOOK, Urgency::Audit)
}

/// A page of resting orders, of one market or of all.
pub fn resting(symbol: Option<&Symbol>, older_than: Option<&str>) -> Wish {
    let mut query = vec![SWAP, LIMIT];
    query.extend(symbol.map(|symbol| ("instId", symbol.as_str())));
    query.extend(older_than.map(|order| ("after", order)));
    question("/api/v5/trade/orders-pending", &query, LOOK, Urgency::Audit)
}

/// Orders of a market that ended since a time.
pub fn orders_since(symbol: &Symbol, from: Timestamp) -> Wish {
    let from = from.0.to_string();
    let query = [SWAP, ("instId", symbol.as_str()), ("begin", from.as_str()), LIMIT];
    question("/api/v5/trade/orders-history", &query, LOOK, Urgency::Risk)
}

/// An order, by the venue's id.
pub fn order(symbol: &Symbol, order: &VenueOrderId) -> Wish {
    let query = [("instId", symbol.as_str()), ("ordId", order.0.as_str())];
    question("/api/v5/trade/order", &query, LOOK, Urgency::Settlement)
}

/// A page of the executions of a stretch, newest first.
pub fn fills(stretch: Stretch, older_than: Option<&str>, now: Timestamp) -> Wish {
    let path = if stretch.from > now.before(FILLS_RECENT) {
        "/api/v5/trade/fills"
    } else {
        "/api/v5/trade/fills-history"
    };
    page_of(path, &[SWAP], stretch, older_than)
}

/// A page of the funding of a stretch, newest first.
pub fn funding(stretch: Stretch, older_than: Option<&str>, now: Timestamp) -> Wish {
    let path = if stretch.from > now.before(BILLS_RECENT) {
        "/api/v5/account/bills"
    } else {
        "/api/v5/account/bills-archive"
    };
    page_of(path, &[SWAP, ("type", "8")], stretch, older_than)
}

fn page_of(path: &str, query: &[(&'static str, &str)], stretch: Stretch, older_than: Option<&str>) -> Wish {
    let (from, to) = (stretch.from.0.to_string(), stretch.to.0.to_string());
    let mut query = query.to_vec();
    query.extend([("begin", from.as_str()), ("end", &to), LIMIT]);
    query.extend(older_than.map(|line| ("after", line)));
    question(path, &query, LOOK, Urgency::Settlement)
}

/// The leverage of a market with a margin mode.
pub fn leverage(symbol: &Symbol, mode: MarginMode) -> Wish {
    let query = [("instId", symbol.as_str()), ("mgnMode", mode.as_str())];
    question("/api/v5/account/leverage-info", &query, LOOK, Urgency::Order)
}

/// To make the account one-way or hedge.
pub fn set_position_mode(mode: PositionMode) -> Wish {
    let mode = match mode {
        PositionMode::OneWay => "net_mode",
        PositionMode::Hedge => "long_short_mode",
    };
    setting("/api/v5/account/set-position-mode", &json!({ "posMode": mode }), LOOK)
}

/// To set the leverage of a market with a margin mode; of one side where the sides have their own.
pub fn set_leverage(symbol: &Symbol, leverage: u32, mode: MarginMode, side: Option<&str>) -> Wish {
    let mut body = json!({
        "instId": symbol.as_str(),
        "lever": leverage.to_string(),
        "mgnMode": mode.as_str(),
    });
    if let Some(side) = side {
        body["posSide"] = json!(side);
    }
    setting("/api/v5/account/set-leverage", &body, LOOK)
}

/// To cancel what rests when this is not heard again within so long, 10 to 120 seconds.
pub fn countdown(after: Duration) -> Wish {
    let seconds = after.as_secs().clamp(10, 120).to_string();
    Wish {
        urgency: Urgency::Risk,
        ..setting("/api/v5/trade/cancel-all-after", &json!({ "timeOut": seconds }), LOOK)
    }
}
