//! OKX's signature: HMAC-SHA256 in base64 over time, method, path with query, and body.
//!
//! Source: <https://www.okx.com/docs-v5/en/#overview-rest-authentication>. A key has a passphrase beside its secret.

use domain::time::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::super::dialect::{Credential, Request, Signed, base64_sha256};

/// A signed request, which the venue refuses when it arrives 30 seconds after `now`.
pub fn signed(request: &Request, credential: &Credential, now: Timestamp) -> Signed {
    let target = request.target();
    // RFC 3339 with milliseconds, as the domain writes times: `2020-12-08T09:08:57.715Z`.
    let at = now.to_string();
    let text = format!("{at}{}{target}{}", request.method, request.body);
    let mut headers = vec![
        ("OK-ACCESS-KEY", credential.key.clone()),
        ("OK-ACCESS-SIGN", signature(&credential.secret, &text)),
        ("OK-ACCESS-TIMESTAMP", at),
        ("OK-ACCESS-PASSPHRASE", passphrase(credential)),
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
    let sign = signature(&credential.secret, &format!("{seconds}GET/users/self/verify"));
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
