//! Gate's signature: HMAC-SHA512 in hexadecimal over method, path, query, the digest of the body, and time.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#apiv4-signed-request-requirements>, and for sockets
//! <https://www.gate.com/docs/developers/futures/ws/en/#authentication>.

use domain::time::Timestamp;
use secrecy::SecretString;
use serde_json::json;

use super::super::dialect::{Credential, Request, Signed, digest_sha512, hex_sha512, unsigned};
use super::DECIMALS;

/// A request that needs no key.
pub fn public(request: &Request) -> Signed {
    Signed {
        headers: vec![decimals()],
        ..unsigned(request)
    }
}

fn decimals() -> (&'static str, String) {
    (DECIMALS.0, DECIMALS.1.to_owned())
}

/// A signed request, which the venue refuses when its clock and `now` are more than a minute apart.
pub fn signed(request: &Request, credential: &Credential, now: Timestamp) -> Signed {
    let seconds = (now.0 / 1000).to_string();
    // The query is signed as it is meant, without escapes.
    let query: Vec<String> = request
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let digest = digest_sha512(&request.body);
    let text = [request.method, &request.path, &query.join("&"), &digest, &seconds].join("\n");
    let headers = vec![
        ("KEY", credential.key.clone()),
        ("Timestamp", seconds),
        ("SIGN", signature(&credential.secret, &text)),
        decimals(),
    ];
    Signed::of(request, headers)
}

/// The message that subscribes a socket to a private channel; each subscription is signed by itself.
pub fn subscribe(credential: &Credential, channel: &str, payload: &[&str], now: Timestamp) -> String {
    let seconds = now.0 / 1000;
    let sign = signature(
        &credential.secret,
        &format!("channel={channel}&event=subscribe&time={seconds}"),
    );
    let auth = json!({ "method": "api_key", "KEY": credential.key, "SIGN": sign });
    json!({ "time": seconds, "channel": channel, "event": "subscribe", "payload": payload, "auth": auth }).to_string()
}

/// The signature over a text.
pub fn signature(secret: &SecretString, text: &str) -> String {
    hex_sha512(secret, text)
}
