//! Who asks: key, passphrase and time in headers, and the signature over time, method, target and body.
//!
//! Source: <https://www.bitget.com/api-doc/common/signature>.

use actix_web::web::Query;
use domain::time::Timestamp;

use super::problem::Problem;
use crate::simulator::dialect::Asked;
use crate::simulator::exchange::{Account, Exchange, PASSPHRASE};
use crate::simulator::signed::is_base64_sha256;

/// Header with the key.
pub(super) const KEY: &str = "access-key";
/// How far a client's clock may be off, in milliseconds.
pub(super) const WINDOW: i64 = 30_000;

/// The account of the key, when the request is signed with its secret.
pub(super) fn check<'a>(exchange: &'a Exchange, asked: &Asked) -> Result<&'a Account, Problem> {
    let need = |name: &str, code: &'static str, words: &str| {
        let value = asked.header(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| Problem::new(code, words))
    };
    let key = need(KEY, "40001", "ACCESS_KEY cannot be empty")?;
    let signature = need("access-sign", "40002", "ACCESS_SIGN cannot be empty")?;
    let time = need("access-timestamp", "40003", "ACCESS_TIMESTAMP cannot be empty")?;
    let passphrase = need("access-passphrase", "40011", "ACCESS_PASSPHRASE cannot be empty")?;
    let at: i64 = time
        .parse()
        .map_err(|_| Problem::new("40005", "Invalid ACCESS_TIMESTAMP"))?;
    if !is_timely(Timestamp(at), asked.now) {
        return Err(Problem::new("40008", "Request timestamp expired"));
    }
    let account = exchange.keys().account(key);
    let account = account.ok_or_else(|| Problem::new("40037", "Apikey does not exist"))?;
    if passphrase != PASSPHRASE {
        return Err(Problem::new("40012", "apikey/password is incorrect"));
    }
    let head = format!("{time}{}{}", asked.method, asked.path);
    // The query is signed as it is written, which some clients do before it is encoded and some after.
    let is_signed = [asked.query.clone(), plain(&asked.query)].iter().any(|query| {
        let mark = if query.is_empty() { "" } else { "?" };
        is_base64_sha256(
            &account.secret,
            &format!("{head}{mark}{query}{}", asked.body),
            signature,
        )
    });
    if !is_signed {
        return Err(Problem::new("40009", "sign signature error"));
    }
    let is_json = asked
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/json"));
    if asked.method == "POST" && !is_json {
        return Err(Problem::new("40007", "Invalid Content_Type"));
    }
    Ok(account)
}

/// Whether a request that was signed then may arrive now.
pub(super) const fn is_timely(at: Timestamp, now: Timestamp) -> bool {
    now.0.saturating_sub(at.0).saturating_abs() <= WINDOW
}

/// A query without percent signs.
fn plain(query: &str) -> String {
    let pairs = Query::<Vec<(String, String)>>::from_query(query).map(Query::into_inner);
    let pairs = pairs.unwrap_or_default().into_iter();
    let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}
