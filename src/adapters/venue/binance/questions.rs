//! What is asked of Binance beside orders, in its words, each with what it weighs.
//!
//! Source: the pages of the endpoints beside
//! <https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info>, and for the key's rights
//! <https://developers.binance.com/docs/wallet/account/api-key-permission>.

use std::time::Duration;

use domain::market::Symbol;
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{MarginMode, VenueOrderId};

use super::super::dialect::{Call, Request};
use super::super::remote::{Cost, Urgency, Wish};
use super::limits;

fn look(path: &str, query: &[(&'static str, &str)], cost: Cost, urgency: Urgency) -> Wish {
    Wish {
        request: Request::new("GET", path, query),
        call: Call::Look,
        cost,
        urgency,
    }
}

fn set(path: &str, query: &[(&'static str, &str)]) -> Wish {
    Wish {
        request: Request::new("POST", path, query),
        call: Call::Set,
        cost: limits::LIGHT,
        urgency: Urgency::Order,
    }
}

/// The venue's time.
pub fn time() -> Request {
    Request::new("GET", "/fapi/v1/time", &[])
}

/// All markets.
pub fn listings() -> Wish {
    look("/fapi/v1/exchangeInfo", &[], limits::MARKETS, Urgency::Order)
}

/// The highest leverage of each market; signed.
pub fn max_leverages() -> Wish {
    look("/fapi/v1/leverageBracket", &[], limits::MARKETS, Urgency::Order)
}

/// What a key may do; signed. It is asked of another host than trading is.
pub fn rights() -> Wish {
    look("/sapi/v1/account/apiRestrictions", &[], limits::LIGHT, Urgency::Order)
}

/// The balance of each asset.
pub fn balances() -> Wish {
    look("/fapi/v3/balance", &[], limits::ACCOUNT, Urgency::Audit)
}

/// What is held.
pub fn holdings() -> Wish {
    look("/fapi/v3/positionRisk", &[], limits::ACCOUNT, Urgency::Audit)
}

/// Resting orders of a market.
pub fn open_orders(symbol: &Symbol) -> Wish {
    let query = [("symbol", symbol.as_str())];
    look("/fapi/v1/openOrders", &query, limits::LIGHT, Urgency::Audit)
}

/// An order, by the venue's id.
pub fn order(symbol: &Symbol, order: &VenueOrderId) -> Wish {
    let query = [("symbol", symbol.as_str()), ("orderId", order.0.as_str())];
    look("/fapi/v1/order", &query, limits::LIGHT, Urgency::Settlement)
}

/// Executions of a market with this number and later ones, oldest first.
pub fn trades_from(symbol: &Symbol, number: u64, limit: u32) -> Wish {
    let (number, limit) = (number.to_string(), limit.to_string());
    let query = [("symbol", symbol.as_str()), ("fromId", &number), ("limit", &limit)];
    look("/fapi/v1/userTrades", &query, limits::ACCOUNT, Urgency::Settlement)
}

/// Executions of a market from a time to another, at most seven days later, oldest first.
pub fn trades_between(symbol: &Symbol, from: Timestamp, to: Timestamp, limit: u32) -> Wish {
    let (from, to, limit) = (from.0.to_string(), to.0.to_string(), limit.to_string());
    let query = [
        ("symbol", symbol.as_str()),
        ("startTime", &from),
        ("endTime", &to),
        ("limit", &limit),
    ];
    look("/fapi/v1/userTrades", &query, limits::ACCOUNT, Urgency::Settlement)
}

/// Lines of the account's history from a time on, oldest first.
pub fn bookings(from: Timestamp, limit: u32) -> Wish {
    let (from, limit) = (from.0.to_string(), limit.to_string());
    let query = [("startTime", from.as_str()), ("limit", &limit)];
    look("/fapi/v1/income", &query, limits::INCOME, Urgency::Settlement)
}

/// The bar of one minute of a market that began at a time.
pub fn minute(symbol: &str, at: Timestamp) -> Wish {
    let at = at.0.to_string();
    let query = [
        ("symbol", symbol),
        ("interval", "1m"),
        ("startTime", &at),
        ("limit", "1"),
    ];
    look("/fapi/v1/klines", &query, limits::LIGHT, Urgency::Settlement)
}

/// One-minute bars of a market before a time, or the last ones; oldest first.
pub fn bars(symbol: &Symbol, before: Option<Timestamp>) -> Wish {
    let until = before.map(|before| (before.0 - 1).to_string());
    let mut query = vec![("symbol", symbol.as_str()), ("interval", "1m"), ("limit", "1000")];
    query.extend(until.as_deref().map(|until| ("endTime", until)));
    look("/fapi/v1/klines", &query, limits::BARS, Urgency::Order)
}

/// The last price of a market.
pub fn last_price(symbol: &Symbol) -> Wish {
    let query = [("symbol", symbol.as_str())];
    look("/fapi/v2/ticker/price", &query, limits::LIGHT, Urgency::Risk)
}

/// The best prices of a market.
pub fn top(symbol: &Symbol) -> Wish {
    let query = [("symbol", symbol.as_str())];
    look("/fapi/v1/ticker/bookTicker", &query, limits::TOP, Urgency::Risk)
}

/// Orders that one question lists at the most.
pub const ORDERS: usize = 1_000;

/// Orders of a market that were made at this time or later, oldest first.
pub fn orders_since(symbol: &Symbol, from: Timestamp) -> Wish {
    let from = from.0.to_string();
    let query = [("symbol", symbol.as_str()), ("startTime", &from), ("limit", "1000")];
    look("/fapi/v1/allOrders", &query, limits::ACCOUNT, Urgency::Risk)
}

/// A key for the private stream of the account; one that it has holds an hour from now.
pub fn listen_key() -> Wish {
    set("/fapi/v1/listenKey", &[])
}

/// To keep the private stream of the account.
pub fn keep_listening() -> Wish {
    let wish = set("/fapi/v1/listenKey", &[]);
    let request = Request {
        method: "PUT",
        ..wish.request
    };
    Wish { request, ..wish }
}

/// To cancel what rests on a market when this is not heard again within so long.
pub fn countdown(symbol: &Symbol, after: Duration) -> Wish {
    let after = after.as_millis().to_string();
    let query = [("symbol", symbol.as_str()), ("countdownTime", after.as_str())];
    Wish {
        cost: limits::COUNTDOWN,
        urgency: Urgency::Risk,
        ..set("/fapi/v1/countdownCancelAll", &query)
    }
}

/// One-way or hedge.
pub fn position_mode() -> Wish {
    look("/fapi/v1/positionSide/dual", &[], limits::INCOME, Urgency::Order)
}

/// Leverage and margin mode of a market.
pub fn leverage_of(symbol: &Symbol) -> Wish {
    let query = [("symbol", symbol.as_str())];
    look("/fapi/v1/symbolConfig", &query, limits::ACCOUNT, Urgency::Order)
}

/// To make the account one-way or hedge.
pub fn set_position_mode(mode: PositionMode) -> Wish {
    let dual = match mode {
        PositionMode::Hedge => "true",
        PositionMode::OneWay => "false",
    };
    set("/fapi/v1/positionSide/dual", &[("dualSidePosition", dual)])
}

/// To set the leverage of a market.
pub fn set_leverage(symbol: &Symbol, leverage: u32) -> Wish {
    let leverage = leverage.to_string();
    set(
        "/fapi/v1/leverage",
        &[("symbol", symbol.as_str()), ("leverage", &leverage)],
    )
}

/// To set the margin mode of a market.
pub fn set_margin_mode(symbol: &Symbol, mode: MarginMode) -> Wish {
    let mode = match mode {
        MarginMode::Isolated => "ISOLATED",
        MarginMode::Cross => "CROSSED",
    };
    set(
        "/fapi/v1/marginType",
        &[("symbol", symbol.as_str()), ("marginType", mode)],
    )
}
