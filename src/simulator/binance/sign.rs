//! Who asks: the key in the header, the signature over query and body as they were sent, and the timestamp in it.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info>.

use super::params::Params;
use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::{Account, Exchange};
use crate::simulator::signed::is_hex_sha256;

/// Header with the key.
pub(super) const KEY: &str = "x-mbx-apikey";
/// How old a request may be where it does not say, and at most, in milliseconds.
const WINDOW: (i64, i64) = (5_000, 60_000);
/// How far ahead of the venue's a client's clock may be.
const AHEAD: i64 = 1_000;

/// The account of the key in the header.
pub(super) fn known<'a>(exchange: &'a Exchange, asked: &Asked) -> Result<&'a Account, Problem> {
    let key = asked.header(KEY).filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| Problem::denied(-2014, "API-key format invalid."))?;
    let account = exchange.keys().account(key);
    account.ok_or_else(not_permitted)
}

/// The key is not known, or may not do this.
pub(super) fn not_permitted() -> Problem {
    Problem::denied(-2015, "Invalid API-key, IP, or permissions for action.")
}

/// Checks timestamp and signature.
pub(super) fn check(account: &Account, asked: &Asked, params: &Params) -> Result<(), Problem> {
    let at: i64 = params.need_as("timestamp")?;
    let window: i64 = params.read_as("recvWindow")?.unwrap_or(WINDOW.0);
    if !(0..=WINDOW.1).contains(&window) {
        return Err(Problem::new(-1131, "recvWindow must be less than 60000."));
    }
    if at > asked.now.0 + AHEAD {
        let words = "Timestamp for this request was 1000ms ahead of the server's time.";
        return Err(Problem::new(-1021, words));
    }
    if asked.now.0 - at > window {
        let words = "Timestamp for this request is outside of the recvWindow.";
        return Err(Problem::new(-1021, words));
    }
    let signature = params.need("signature")?;
    if is_hex_sha256(&account.secret, &payload(asked), signature) {
        Ok(())
    } else {
        Err(Problem::new(-1022, "Signature for this request is not valid."))
    }
}

/// Query and body without the signature, one right after the other.
fn payload(asked: &Asked) -> String {
    [&asked.query, &asked.body].map(|part| unsigned(part)).concat()
}

fn unsigned(part: &str) -> String {
    let pairs = part.split('&').filter(|pair| !pair.starts_with("signature="));
    pairs.collect::<Vec<_>>().join("&")
}
