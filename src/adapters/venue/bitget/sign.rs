//! Bitget's signature: HMAC-SHA256 in base64 over time, method, path with query, and body.
//!
//! Source: <https://www.bitget.com/api-doc/common/signature>. A key has a passphrase beside its secret.

use domain::time::Timestamp;

use super::super::dialect::{Credential, Request, Signed, Stamps, stamped, stamped_login};

const HEADERS: Stamps = Stamps {
    key: "ACCESS-KEY",
    sign: "ACCESS-SIGN",
    at: "ACCESS-TIMESTAMP",
    passphrase: "ACCESS-PASSPHRASE",
};

/// A signed request, which the venue refuses when it arrives 30 seconds after `now`.
pub fn signed(request: &Request, credential: &Credential, now: Timestamp) -> Signed {
    stamped(request, credential, now.0.to_string(), &HEADERS)
}

/// The message that logs a socket in.
pub fn login(credential: &Credential, now: Timestamp) -> String {
    stamped_login(credential, now, "/user/verify")
}
