//! Bybit's signature: HMAC-SHA256 in hexadecimal over time, key, window, and the query or the body.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/guide#authentication>, and for sockets
//! <https://bybit-exchange.github.io/docs/v5/ws/connect#authentication>.

use std::time::Duration;

use domain::time::Timestamp;
use secrecy::SecretString;
use serde_json::json;

use super::super::dialect::{Credential, Request, Signed, hex_sha256, query_text};

/// A signed request, which the venue refuses when it arrives later than `window` after `now`.
pub fn signed(request: &Request, credential: &Credential, now: Timestamp, window: Duration) -> Signed {
    let window = window.as_millis().to_string();
    let told = if request.method == "GET" {
        query_text(&request.query)
    } else {
        request.body.clone()
    };
    let text = format!("{}{}{window}{told}", now.0, credential.key);
    let headers = vec![
        ("X-BAPI-API-KEY", credential.key.clone()),
        ("X-BAPI-TIMESTAMP", now.0.to_string()),
        ("X-BAPI-RECV-WINDOW", window),
        ("X-BAPI-SIGN", signature(&credential.secret, &text)),
    ];
    Signed::of(request, headers)
}

/// The message that logs a socket in, which the venue refuses after `until`.
pub fn login(credential: &Credential, until: Timestamp) -> String {
    let signature = signature(&credential.secret, &format!("GET/realtime{}", until.0));
    json!({ "op": "auth", "args": [credential.key, until.0, signature] }).to_string()
}

/// The signature over a text.
pub fn signature(secret: &SecretString, text: &str) -> String {
    hex_sha256(secret, text)
}
