//! Keys, requests and signatures. What is secret is never shown, and is wiped when it is dropped.

use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::time::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

pub use crate::ports::keyring::Credential;

/// A request before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// The path, without the query.
    pub path: String,
    /// The query, in the order in which it is sent.
    pub query: Vec<(&'static str, String)>,
    /// The body; empty when there is none.
    pub body: String,
}

/// A request as it is sent, byte by byte: what was signed must not change on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// Headers; those that prove the key are among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl Request {
    /// A request without a body.
    pub fn new(method: &'static str, path: &str, query: &[(&'static str, &str)]) -> Self {
        Self {
            method,
            path: path.to_owned(),
            query: query.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            body: String::new(),
        }
    }

    /// The same with this body.
    pub fn with_body(self, body: String) -> Self {
        Self { body, ..self }
    }

    /// Path and query.
    pub fn target(&self) -> String {
        match query_text(&self.query) {
            query if query.is_empty() => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }
}

impl Signed {
    /// A request with these headers; where it has a body, it is JSON.
    pub fn of(request: &Request, mut headers: Vec<(&'static str, String)>) -> Self {
        if !request.body.is_empty() {
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        Self {
            method: request.method,
            target: request.target(),
            headers,
            body: request.body.clone(),
        }
    }
}

/// The headers of a request that is signed with its time, at venues whose keys have a passphrase.
#[derive(Debug)]
pub struct Stamps {
    /// Names the key.
    pub key: &'static str,
    /// The signature.
    pub sign: &'static str,
    /// The time.
    pub at: &'static str,
    /// The passphrase.
    pub passphrase: &'static str,
}

/// A request that is signed with HMAC-SHA256 in base64 over the time as `at` tells it, method, path with query, and body.
pub fn stamped(request: &Request, credential: &Credential, at: String, names: &Stamps) -> Signed {
    let text = format!("{at}{}{}{}", request.method, request.target(), request.body);
    let headers = vec![
        (names.key, credential.key.clone()),
        (names.sign, base64_sha256(&credential.secret, &text)),
        (names.at, at),
        (names.passphrase, passphrase(credential)),
    ];
    Signed::of(request, headers)
}

/// The message that logs a socket in at such a venue: signed as if `path` were asked for at a whole second.
pub fn stamped_login(credential: &Credential, now: Timestamp, path: &str) -> String {
    let seconds = (now.0 / 1000).to_string();
    let sign = base64_sha256(&credential.secret, &format!("{seconds}GET{path}"));
    let passphrase = passphrase(credential);
    let args = json!({ "apiKey": credential.key, "passphrase": passphrase, "timestamp": seconds, "sign": sign });
    json!({ "op": "login", "args": [args] }).to_string()
}

/// Empty where the key has none, which a venue that wants one refuses.
fn passphrase(credential: &Credential) -> String {
    let passphrase = credential.passphrase.as_ref();
    passphrase
        .map(|text| text.expose_secret().to_owned())
        .unwrap_or_default()
}

/// A request that needs no key, as it is sent.
pub fn unsigned(request: &Request) -> Signed {
    Signed {
        method: request.method,
        target: request.target(),
        headers: Vec::new(),
        body: request.body.clone(),
    }
}

/// A query as it is sent and signed: everything but letters, digits and `-_.~` is escaped.
pub fn query_text(query: &[(&'static str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in query {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push('%');
                text.push_str(&hex(&[byte]).to_ascii_uppercase());
            }
        }
    }
    text
}

/// HMAC-SHA256 in hexadecimal.
pub fn hex_sha256(secret: &SecretString, text: &str) -> String {
    hex(mac(hmac::HMAC_SHA256, secret, text).as_ref())
}

/// HMAC-SHA512 in hexadecimal.
pub fn hex_sha512(secret: &SecretString, text: &str) -> String {
    hex(mac(hmac::HMAC_SHA512, secret, text).as_ref())
}

/// HMAC-SHA256 in base64.
pub fn base64_sha256(secret: &SecretString, text: &str) -> String {
    STANDARD.encode(mac(hmac::HMAC_SHA256, secret, text).as_ref())
}

/// SHA-512 in hexadecimal, of what is no secret.
pub fn digest_sha512(text: &str) -> String {
    hex(digest::digest(&digest::SHA512, text.as_bytes()).as_ref())
}

fn mac(algorithm: hmac::Algorithm, secret: &SecretString, text: &str) -> hmac::Tag {
    let key = hmac::Key::new(algorithm, secret.expose_secret().as_bytes());
    hmac::sign(&key, text.as_bytes())
}

/// Bytes in lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_escaped_where_it_must_be() {
        let query = [("a", "x y&z=ü".to_owned()), ("b", "A-_.~9".to_owned())];
        assert_eq!(query_text(&query), "a=x%20y%26z%3D%C3%BC&b=A-_.~9");
        assert_eq!(Request::new("GET", "/p", &[]).target(), "/p");
        assert_eq!(Request::new("GET", "/p", &[("a", "1")]).target(), "/p?a=1");
    }

    #[test]
    fn a_key_does_not_show_its_secret() {
        let key = Credential {
            key: "name".to_owned(),
            secret: "hidden".to_owned().into(),
            passphrase: Some("veiled".to_owned().into()),
        };
        let shown = format!("{key:?}");
        assert!(!shown.contains("hidden") && !shown.contains("veiled"), "{shown}");
    }

    /// RFC 4231, test case 2.
    #[test]
    fn the_published_example_of_the_algorithm_comes_out() {
        let secret: SecretString = "Jefe".to_owned().into();
        let text = "what do ya want for nothing?";
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex_sha256(&secret, text), expected);
        assert!(
            hex_sha512(&secret, text).starts_with("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554")
        );
    }
}
