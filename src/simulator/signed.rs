//! Whether a text was signed with a secret, in the forms that venues use.

use aws_lc_rs::hmac::{self, Algorithm};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

/// HMAC with SHA-256, in hexadecimal digits of either case.
pub fn is_hex_sha256(secret: &SecretString, text: &str, signature: &str) -> bool {
    is_signed(hmac::HMAC_SHA256, secret, text, of_hex(signature))
}

/// HMAC with SHA-512, in hexadecimal digits of either case.
pub fn is_hex_sha512(secret: &SecretString, text: &str, signature: &str) -> bool {
    is_signed(hmac::HMAC_SHA512, secret, text, of_hex(signature))
}

/// HMAC with SHA-256, in base 64.
pub fn is_base64_sha256(secret: &SecretString, text: &str, signature: &str) -> bool {
    is_signed(hmac::HMAC_SHA256, secret, text, STANDARD.decode(signature).ok())
}

fn is_signed(algorithm: Algorithm, secret: &SecretString, text: &str, tag: Option<Vec<u8>>) -> bool {
    let key = hmac::Key::new(algorithm, secret.expose_secret().as_bytes());
    tag.is_some_and(|tag| hmac::verify(&key, text.as_bytes(), &tag).is_ok())
}

fn of_hex(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = hex
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
