//! OKX's signature: HMAC-SHA256 in base64 over time, method, path with query, and body.
//!
//! Source: <https://www.okx.com/docs-v5/en/#overview-rest-authentication>. A key has a passphrase beside its secret.

use domain::time::Timestamp;

pub use super::super::dialect::base64_sha256 as signature;
use super::super::dialect::{Credential, Request, Signed, Stamps, stamped, stamped_login};

const HEADERS: Stamps = Stamps {
    key: "OK-ACCESS-KEY",
    sign: "OK-ACCESS-SIGN",
    at: "OK-ACCESS-TIMESTAMP",
    passphrase: "OK-ACCESS-PASSPHRASE",
};

/// A signed request, which the venue refuses when it arrives 30 seconds after `now`.
pub fn signed(request: &Request, credential: &Credential, now: Timestamp) -> Signed {
    // RFC 3339 with milliseconds, as the domain writes times: `2020-12-08T09:08:57.715Z`.
    stamped(request, credential, now.to_string(), &HEADERS)
}

/// The message that logs a socket in.
pub fn login(credential: &Credential, now: Timestamp) -> String {
    stamped_login(credential, now, "/users/self/verify")
}
