//! Who asks: key, passphrase, time and signature in the headers; the signature is over the request as it was sent.
//!
//! Source: <https://www.okx.com/docs-v5/en/#overview-rest-authentication>.

use chrono::DateTime;
use domain::time::Timestamp;

use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::{Account, Exchange, PASSPHRASE};
use crate::simulator::signed::is_base64_sha256;

/// Header with the key.
pub(super) const KEY: &str = "ok-access-key";
/// How far a request's time may be from the venue's, in milliseconds.
pub(super) const WINDOW: i64 = 30_000;
/// What a login signs behind its time.
const VERIFY: &str = "GET/users/self/verify";

/// The account that a request was signed for.
pub(super) fn check<'a>(exchange: &'a Exchange, asked: &Asked) -> Result<&'a Account, Problem> {
    let header = |name: &'static str, shown: &str, code: &'static str| {
        let value = asked.header(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| denied(code, format!("Request header \"{shown}\" can't be empty.")))
    };
    let key = header(KEY, "OK-ACCESS-KEY", "50103")?;
    let passphrase = header("ok-access-passphrase", "OK-ACCESS-PASSPHRASE", "50104")?;
    let signature = header("ok-access-sign", "OK-ACCESS-SIGN", "50106")?;
    let at = header("ok-access-timestamp", "OK-ACCESS-TIMESTAMP", "50107")?;
    let time = DateTime::parse_from_rfc3339(at).map_err(|_| denied("50112", "Invalid OK-ACCESS-TIMESTAMP"))?;
    if (asked.now.0 - time.timestamp_millis()).abs() > WINDOW {
        return Err(denied("50102", "Timestamp request expired"));
    }
    let account = exchange.keys().account(key).ok_or_else(|| unknown(key))?;
    if passphrase != PASSPHRASE {
        return Err(denied("50105", "Request header \"OK-ACCESS-PASSPHRASE\" incorrect."));
    }
    let query = if asked.query.is_empty() {
        String::new()
    } else {
        format!("?{}", asked.query)
    };
    let text = format!("{at}{}{}{query}{}", asked.method, asked.path, asked.body);
    if is_base64_sha256(&account.secret, &text, signature) {
        Ok(account)
    } else {
        Err(denied("50113", "Invalid Sign"))
    }
}

/// A login on a socket.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Login {
    #[serde(default)]
    api_key: String,
    #[serde(default)]
    passphrase: String,
    #[serde(default)]
    timestamp: serde_json::Value,
    #[serde(default)]
    sign: String,
}

/// The account that a login was signed for, or the code and words with which it is refused.
pub(super) fn login<'a>(
    exchange: &'a Exchange,
    login: &Login,
    now: Timestamp,
) -> Result<&'a Account, (&'static str, &'static str)> {
    let at = match &login.timestamp {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    // Seconds, perhaps with a part behind a dot.
    let whole = at.split_once('.').map_or(at.as_str(), |(whole, _)| whole);
    let seconds: i64 = whole.parse().map_err(|_| ("60004", "Invalid timestamp"))?;
    if (now.0 - seconds.saturating_mul(1_000)).abs() > WINDOW {
        return Err(("60006", "Timestamp request expired"));
    }
    let account = exchange.keys().account(&login.api_key);
    let account = account.ok_or(("60005", "Invalid apiKey"))?;
    if login.passphrase != PASSPHRASE {
        return Err(("60024", "Wrong passphrase"));
    }
    if is_base64_sha256(&account.secret, &format!("{at}{VERIFY}"), &login.sign) {
        Ok(account)
    } else {
        Err(("60007", "Invalid sign"))
    }
}

/// The key may not do this.
pub(super) fn not_permitted() -> Problem {
    Problem::new("50120", "This API key doesn't have permission to use this function")
}

fn denied(code: &'static str, words: impl Into<String>) -> Problem {
    Problem::with(401, code, words)
}

/// A key that looks like one of OKX's does not exist; another is not valid.
fn unknown(key: &str) -> Problem {
    let parts: Vec<usize> = key.split('-').map(str::len).collect();
    if parts == [8, 4, 4, 4, 12] {
        Problem::new("50119", "API key doesn't exist")
    } else {
        denied("50111", "Invalid OK-ACCESS-KEY")
    }
}
