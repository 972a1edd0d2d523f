//! Bitget's signature: HMAC-SHA256 in base64 over time, method, path with query, and body.
//!
//! Source: <https://www.bitget.com/api-doc/common/signature>. A key has a passphrase beside its secret.

use domain::time::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::super::dialect::{Credential, Request, Signed, base64_sha256};

/// A signed request, which the venue refuses when it arrives 30 seconds after `now`.
pub fn signed(request: &Request, credential: &Credential, now: Timestamp) -> Signed {
    let target = request.target();
    let text = format!("{}{}{target}{}", now.0, request.method, request.body);
    let mut headers = vec![
        ("ACCESS-KEY", credential.key.clone()),
        ("ACCESS-SIGN", signature(&credential.secret, &text)),
        ("ACCESS-TIMESTAMP", now.0.to_string()),
        ("ACCESS-PASSPHRASE", passphrase(credential)),
    ];
    if !request.body.is_empty() {
        headers.push(("Content-Type", "application/json".to_owned()));
    }
    Signed {
        method: request.method,
        target,
        headers,
        body: request.body.clone(),
    }
}

/// The message that logs a socket in.
pub fn login(credential: &Credential, now: Timestamp) -> String {
    let seconds = (now.0 / 1000).to_string();
    let sign = signature(&credential.secret, &format!("{seconds}GET/user/verify"));
    let passphrase = passphrase(credential);
    let args = json!({ "apiKey": credential.key, "passphrase": passphrase, "timestamp": seconds, "sign": sign });
    json!({ "op": "login", "args": [args] }).to_string()
}

/// The signature over a text.
pub fn signature(secret: &SecretString, text: &str) -> String {
    base64_sha256(secret, text)
}

/// Empty where the key has none, which the venue refuses.
fn passphrase(credential: &Credential) -> String {
    let passphrase = credential.passphrase.as_ref();
    passphrase
        .map(|text| text.expose_secret().to_owned())
        .unwrap_or_default()
}
