//! Binance's signature: HMAC-SHA256 in hexadecimal over the query and the body, in the query's last parameter.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info>, «SIGNED Endpoint
//! Security». Everything goes into the query, so that nothing but the query is signed.

use std::time::Duration;

use domain::time::Timestamp;
use secrecy::SecretString;

use super::super::dialect::{Credential, Request, Signed, hex_sha256, query_text, unsigned};

/// The header that names the key.
const KEY: &str = "X-MBX-APIKEY";

/// A request that names the key and signs nothing: those for the key of the private stream.
pub fn named(request: &Request, credential: &Credential) -> Signed {
    Signed {
        headers: vec![(KEY, credential.key.clone())],
        ..unsigned(request)
    }
}

/// A signed request, which the venue refuses when it arrives later than `window` after `now`.
pub fn signed(request: &Request, credential: &Credential, now: Timestamp, window: Duration) -> Signed {
    let mut request = request.clone();
    request.query.push(("recvWindow", window.as_millis().to_string()));
    request.query.push(("timestamp", now.0.to_string()));
    let signature = signature(&credential.secret, &query_text(&request.query), &request.body);
    request.query.push(("signature", signature));
    named(&request, credential)
}

/// The signature over query and body, with nothing between them.
pub fn signature(secret: &SecretString, query: &str, body: &str) -> String {
    hex_sha256(secret, &format!("{query}{body}"))
}
