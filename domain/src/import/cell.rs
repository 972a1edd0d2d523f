//! Single cells: exact amounts, times, ids and words, each refused with the rule that it breaks.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime};
use serde::{Serialize, Serializer};

use crate::fixed::{Amount, NumberError};
use crate::ledger::Purse;
use crate::market::Side;
use crate::time::Timestamp;

/// An id of the old platform: 1 to 40 visible ASCII characters, compared letter by letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegacyId(Arc<str>);

impl LegacyId {
    /// Longest id, so that every key made of it fits.
    pub const LENGTH: usize = 40;

    /// From its text.
    pub fn new(text: &str) -> Option<Self> {
        is_word(text, Self::LENGTH).then(|| Self(Arc::from(text)))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LegacyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for LegacyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The name of the platform that is taken over: 1 to 20 lower-case letters, digits, `-` or `_`. Part of every key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Source(Arc<str>);

impl Source {
    /// From its name.
    pub fn new(name: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        ((1..=20).contains(&name.len()) && name.bytes().all(plain)).then(|| Self(Arc::from(name)))
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// How cells are read where tables differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Minutes by which times without a zone are ahead of UTC.
    pub ahead_of_utc: i32,
    /// More words for a closed order than the usual ones.
    pub closed_words: Vec<String>,
    /// More words for an order that is open than the usual ones.
    pub open_words: Vec<String>,
}

const CLOSED: &[&str] = &["closed", "close", "finished", "settled", "已平仓"];
const OPEN: &[&str] = &["open", "opening", "opened", "holding", "closing", "持仓中"];

/// An exact decimal: digits with an optional point and sign, nothing else.
pub(super) fn amount(text: &str) -> Result<Amount, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || digits.ends_with('.') {
        return Err("must be a plain decimal number".to_owned());
    }
    let fraction = fraction.trim_end_matches('0');
    let sign = if digits.len() < text.len() { "-" } else { "" };
    let whole = whole.trim_start_matches('0');
    if fraction.len() > 8 {
        return Err(NumberError::TooFine { scale: Amount::SCALE }.to_string());
    }
    // Eleven digits are more than the range of amounts and less than the range of what is read here.
    if whole.len() > 12 {
        return Err(NumberError::OutOfRange.to_string());
    }
    format!("{sign}0{whole}.{fraction}0")
        .parse()
        .map_err(|error: NumberError| error.to_string())
}

/// An exact decimal that is not below zero.
pub(super) fn not_negative(text: &str) -> Result<Amount, String> {
    match amount(text)? {
        found if found.is_negative() => Err("must not be negative".to_owned()),
        found => Ok(found),
    }
}

/// An exact decimal above zero.
pub(super) fn positive(text: &str) -> Result<Amount, String> {
    match amount(text)? {
        found if found.is_positive() => Ok(found),
        _ => Err("must be above zero".to_owned()),
    }
}

pub(super) fn id(text: &str) -> Result<LegacyId, String> {
    LegacyId::new(text).ok_or_else(|| {
        format!(
            "must be 1 to {} visible ASCII characters without spaces",
            LegacyId::LENGTH
        )
    })
}

/// RFC 3339, `YYYY-MM-DD HH:MM:SS` with or without fractions, or seconds (10 digits) or milliseconds (13) since 1970.
pub(super) fn time(text: &str, reading: &Reading) -> Result<Timestamp, String> {
    let found = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        match text.len() {
            10 => text.parse().ok().and_then(|seconds: i64| seconds.checked_mul(1_000)),
            13 => text.parse().ok(),
            _ => None,
        }
    } else if let Ok(zoned) = DateTime::parse_from_rfc3339(text) {
        Some(zoned.timestamp_millis())
    } else {
        let plain = text.replacen('T', " ", 1);
        let local = NaiveDateTime::parse_from_str(&plain, "%Y-%m-%d %H:%M:%S%.f").ok();
        local.map(|local| local.and_utc().timestamp_millis() - i64::from(reading.ahead_of_utc) * 60_000)
    };
    found.filter(|millis| *millis > 0).map(Timestamp).ok_or_else(|| {
        "must be a time: RFC 3339, YYYY-MM-DD HH:MM:SS, or seconds or milliseconds since 1970".to_owned()
    })
}

pub(super) fn side(text: &str) -> Result<Side, String> {
    match text.to_lowercase().as_str() {
        "long" | "buy" | "多" => Ok(Side::Long),
        "short" | "sell" | "空" => Ok(Side::Short),
        _ => Err("must be long or short".to_owned()),
    }
}

/// Whether the word means closed.
pub(super) fn is_closed(text: &str, reading: &Reading) -> Result<bool, String> {
    let word = text.to_lowercase();
    let listed = |usual: &[&str], more: &[String]| {
        usual.contains(&word.as_str()) || more.iter().any(|other| other.to_lowercase() == word)
    };
    if listed(CLOSED, &reading.closed_words) {
        Ok(true)
    } else if listed(OPEN, &reading.open_words) {
        Ok(false)
    } else {
        Err(format!(
            "must be a word for closed or open; `{}` is neither",
            shown(text)
        ))
    }
}

pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "" | "0" | "false" | "no" | "f" | "n" => Ok(false),
        "1" | "true" | "yes" | "t" | "y" => Ok(true),
        _ => Err("must be 0 or 1".to_owned()),
    }
}

/// Which power was taken from; power where nothing is said.
pub(super) fn purse(text: &str) -> Result<Purse, String> {
    match text.to_lowercase().as_str() {
        "" | "power" => Ok(Purse::Power),
        "gift_power" | "gift" => Ok(Purse::GiftPower),
        _ => Err("must be power or gift_power".to_owned()),
    }
}

pub(super) fn symbol(text: &str) -> Result<String, String> {
    if is_word(text, 40) {
        Ok(text.to_owned())
    } else {
        Err("must be 1 to 40 visible ASCII characters without spaces".to_owned())
    }
}

/// The beginning of a cell, fit to be printed.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

fn is_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_refused() {
        let exact = |text: &str| amount(text).map(|amount| amount.to_string());
        for (text, is) in [("1", "1"), ("007.50", "7.5"), ("-0.00000001", "-0.00000001")] {
            assert_eq!(exact(text).as_deref(), Ok(is));
        }
        assert_eq!(exact("1.100000000000000000000000000000000").as_deref(), Ok("1.1"));
        assert_eq!(exact("89999999999.99999999").as_deref(), Ok("89999999999.99999999"));
        for text in [
            "", "-", ".5", "5.", "1e5", "NaN", "inf", "+1", "1_000", "1,5", " 1", "0x1", "--1",
        ] {
            assert_eq!(exact(text), Err("must be a plain decimal number".to_owned()), "{text}");
        }
        let fine = exact("0.000000001").unwrap_err();
        assert_eq!(fine, "number has more than 8 decimal places");
        for text in ["90000000001", "999999999999999999999999999999999999"] {
            assert_eq!(exact(text).unwrap_err(), "number is out of range", "{text}");
        }
    }

    #[test]
    fn times_are_read_in_four_forms_and_nothing_is_guessed() {
        let utc = Reading::default();
        let millis = |text: &str| time(text, &utc).map(|time| time.0);
        for text in [
            "1767225600",
            "1767225600000",
            "2026-01-01 00:00:00",
            "2026-01-01T00:00:00",
            "2026-01-01T08:00:00+08:00",
        ] {
            assert_eq!(millis(text), Ok(1_767_225_600_000), "{text}");
        }
        assert_eq!(millis("2026-01-01 00:00:00.250"), Ok(1_767_225_600_250));
        for text in [
            "",
            "0000-00-00 00:00:00",
            "2026-02-30 00:00:00",
            "01/02/2026",
            "123",
            "17672256000",
        ] {
            assert!(millis(text).is_err(), "{text}");
        }
        let ahead = Reading {
            ahead_of_utc: 480,
            ..Reading::default()
        };
        let east = time("2026-01-01 08:00:00", &ahead).map(|time| time.0);
        assert_eq!(east, Ok(1_767_225_600_000));
        let zoned = time("2026-01-01T00:00:00Z", &ahead).map(|time| time.0);
        assert_eq!(zoned, Ok(1_767_225_600_000));
    }

    #[test]
    fn numbers_mean_a_status_only_when_they_are_told_to() {
        let reading = Reading {
            closed_words: vec!["2".to_owned()],
            ..Reading::default()
        };
        assert_eq!(is_closed("2", &reading), Ok(true));
        assert_eq!(is_closed("Holding", &reading), Ok(false));
        assert!(is_closed("2", &Reading::default()).is_err());
        assert!(is_closed("1", &reading).is_err());
    }
}
