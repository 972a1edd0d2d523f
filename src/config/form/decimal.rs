//! Money and ratios: decimal text, never a bare number, which TOML would read as a float.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;

/// Reads decimal text such as `"0.10"`.
pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    deserializer.deserialize_any(DecimalText)
}

/// Writes the same text.
pub(in crate::config) fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

struct DecimalText;

impl Visitor<'_> for DecimalText {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("decimal text in quotes, such as \"0.10\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-');
        let value = plain.then(|| Decimal::from_str_exact(text).ok()).flatten();
        value.ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}
