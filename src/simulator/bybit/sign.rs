//! Who asks: key, time and window in headers, and the signature over them with the query or the body.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/guide#authentication>, and for sockets
//! <https://bybit-exchange.github.io/docs/v5/ws/connect#authentication>.

use domain::time::Timestamp;
use serde_json::Value;

use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::{Account, Exchange};
use crate::simulator::signed::is_hex_sha256;

/// Header with the key.
pub(super) const KEY: &str = "x-bapi-api-key";
/// How old a request may be where it does not say, in milliseconds.
const WINDOW: i64 = 5_000;
/// How far ahead of the venue's a client's clock may be.
const AHEAD: i64 = 1_000;

/// Checks key, time and signature of a request.
pub(super) fn check<'a>(exchange: &'a Exchange, asked: &Asked) -> Result<&'a Account, Problem> {
    let header = |name: &str| asked.header(name).unwrap_or_default();
    let (key, at, signature) = (header(KEY), header("x-bapi-timestamp"), header("x-bapi-sign"));
    if key.is_empty() || at.is_empty() || signature.is_empty() {
        let words = format!(
            "empty value: apiTimestamp[{at}] apiKey[{key}] apiSignature[{signature}]: openapi sign params error!"
        );
        return Err(Problem::new(10001, words));
    }
    let account = exchange.keys().account(key);
    let account = account.ok_or_else(|| Problem::new(10003, "API key is invalid."))?;
    let told = header("x-bapi-recv-window");
    let window = if told.is_empty() {
        Some(WINDOW)
    } else {
        told.parse().ok()
    };
    let (Some(window), Ok(sent)) = (window, at.parse::<i64>()) else {
        return Err(Problem::new(10001, "params error: timestamp or recv_window invalid"));
    };
    let now = asked.now.0;
    if sent < now.saturating_sub(window) || sent >= now + AHEAD {
        let words = format!(
            "invalid request, please check your server timestamp or recv_window param. \
             req_timestamp[{sent}],server_timestamp[{now}],recv_window[{window}]"
        );
        return Err(Problem::new(10002, words));
    }
    let content = if asked.method == "GET" {
        &asked.query
    } else {
        &asked.body
    };
    let text = format!("{at}{key}{told}{content}");
    if is_hex_sha256(&account.secret, &text, signature) {
        Ok(account)
    } else {
        Err(Problem::new(10004, format!("error sign! origin_string[{text}]")))
    }
}

/// The account that a socket's login opens: key, time until which it is good, and signature.
pub(super) fn login<'a>(exchange: &'a Exchange, arguments: &[Value], now: Timestamp) -> Option<&'a Account> {
    let [key, until, signature] = arguments else {
        return None;
    };
    // Clients send the time as a number or as a text.
    let until = until.as_str().map_or_else(|| until.to_string(), str::to_owned);
    let account = exchange.keys().account(key.as_str()?)?;
    let good = until.parse::<i64>().is_ok_and(|until| until > now.0)
        && is_hex_sha256(&account.secret, &format!("GET/realtime{until}"), signature.as_str()?);
    good.then_some(account)
}

/// The key may not do this.
pub(super) fn not_permitted() -> Problem {
    Problem::new(10005, "Permission denied, please check your API key permissions.")
}
