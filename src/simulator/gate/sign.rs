//! Who asks: the key, the time, and the signature over the request; and the same of a private subscription.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#authentication>, and for sockets
//! <https://www.gate.com/docs/developers/futures/ws/en/#authentication>. The time is looked at before the key.

use actix_web::web::Query;
use domain::time::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha512};

use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::{Account, Exchange};
use crate::simulator::signed::is_hex_sha512;

/// Header with the key.
pub(super) const KEY: &str = "key";
/// How far a client's clock may be off, in seconds.
const GAP: i64 = 60;

/// The account whose key signed a request.
pub(super) fn check<'a>(exchange: &'a Exchange, asked: &Asked) -> Result<&'a Account, Problem> {
    let header = |name: &str, shown: &str| {
        let value = asked.header(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| {
            let words = format!("Missing required header: {shown}");
            Problem::bad("MISSING_REQUIRED_HEADER", words)
        })
    };
    let (key, time, signature) = (
        header(KEY, "KEY")?,
        header("timestamp", "Timestamp")?,
        header("sign", "SIGN")?,
    );
    timely(time, asked.now)?;
    let account = known(exchange, key)?;
    let text = [
        asked.method.as_str(),
        &asked.path,
        &plain(&asked.query),
        &digest(&asked.body),
        time,
    ];
    signed(account, &text.join("\n"), signature)
}

/// The account whose key signed a private subscription, from its part `auth`.
pub(super) fn subscribed<'a>(
    exchange: &'a Exchange,
    (channel, event, time): (&str, &str, &str),
    auth: &Value,
    now: Timestamp,
) -> Result<&'a Account, Problem> {
    let word = |name: &str| auth.get(name).and_then(Value::as_str).unwrap_or_default();
    timely(time, now)?;
    let account = known(exchange, word("KEY"))?;
    let text = format!("channel={channel}&event={event}&time={time}");
    signed(account, &text, word("SIGN"))
}

fn timely(time: &str, now: Timestamp) -> Result<(), Problem> {
    let now = now.0.div_euclid(1_000);
    match time.parse::<i64>() {
        Ok(at) if (at.saturating_sub(now)).abs() <= GAP => Ok(()),
        _ => {
            let words = format!(
                "gap between request Timestamp and server time exceeds {GAP} current_time:{now} header.timestamp:{time}"
            );
            Err(Problem::new(403, "REQUEST_EXPIRED", words))
        }
    }
}

fn known<'a>(exchange: &'a Exchange, key: &str) -> Result<&'a Account, Problem> {
    let account = exchange.keys().account(key);
    account.ok_or_else(|| Problem::new(401, "INVALID_KEY", "Invalid key provided"))
}

fn signed<'a>(account: &'a Account, text: &str, signature: &str) -> Result<&'a Account, Problem> {
    if is_hex_sha512(&account.secret, text, signature) {
        return Ok(account);
    }
    Err(Problem::new(401, "INVALID_SIGNATURE", "Signature mismatch"))
}

/// The query without escapes, as it is signed.
fn plain(query: &str) -> String {
    let pairs = Query::<Vec<(String, String)>>::from_query(query);
    let Ok(pairs) = pairs else { return query.to_owned() };
    let pairs = pairs
        .into_inner()
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("&")
}

fn digest(body: &str) -> String {
    let digest = Sha512::digest(body.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
