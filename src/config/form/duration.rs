//! Durations: a whole number with a unit, such as `"250ms"`, `"5s"`, `"10m"`, `"8h"` or `"1d"`.

use std::fmt;
use std::time::Duration;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;

/// Units from the largest to the smallest, in milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// What is switched off.
const OFF: &str = "0s";

/// The longest duration that makes sense in settings: a leap year.
const LONGEST: u64 = 366 * 86_400_000;

/// Reads a duration of at least a millisecond and at most 366 days.
pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_any(DurationText)
}

/// Reads the same, or `"0s"` for what is switched off.
pub(in crate::config) fn or_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_any(OrZero)
}

/// Writes the duration in the largest unit that is exact.
pub(in crate::config) fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&text(*value))
}

/// The duration in the largest unit that is exact, such as `90s`.
pub(in crate::config) fn text(value: Duration) -> String {
    if value.is_zero() {
        return OFF.to_owned();
    }
    let milliseconds = value.as_millis();
    let exact = UNITS
        .iter()
        .find(|(_, unit)| milliseconds.is_multiple_of(u128::from(*unit)));
    let (name, unit) = exact.copied().unwrap_or(("ms", 1));
    format!("{}{name}", milliseconds / u128::from(unit))
}

/// Reads a duration from a command line: what the settings take, `60s` for one.
///
/// # Errors
/// Says the rule.
pub fn parse(text: &str) -> Result<Duration, String> {
    parsed(text).ok_or_else(|| "a duration with its unit, such as 250ms, 5s, 10m or 8h".to_owned())
}

fn parsed(text: &str) -> Option<Duration> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, name) = text.split_at(end);
    let (_, unit) = UNITS.iter().find(|(known, _)| *known == name)?;
    let milliseconds = number.parse::<u64>().ok()?.checked_mul(*unit)?;
    (1..=LONGEST)
        .contains(&milliseconds)
        .then(|| Duration::from_millis(milliseconds))
}

struct DurationText;

impl Visitor<'_> for DurationText {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration with its unit, such as \"250ms\", \"5s\", \"10m\", \"8h\" or \"1d\", from 1ms to 366d")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        parsed(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

struct OrZero;

impl Visitor<'_> for OrZero {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"0s\", or a duration with its unit, such as \"10s\" or \"1m\", to 366d")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        if text == OFF {
            return Ok(Duration::ZERO);
        }
        parsed(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_in_their_largest_exact_unit() {
        for (given, written) in [
            ("250ms", "250ms"),
            ("5s", "5s"),
            ("60s", "1m"),
            ("90s", "90s"),
            ("10m", "10m"),
            ("24h", "1d"),
        ] {
            assert_eq!(text(parsed(given).expect(given)), written);
        }
    }

    #[test]
    fn numbers_without_unit_zero_and_nonsense_are_no_durations() {
        for given in [
            "5",
            "",
            "s",
            "0s",
            "-5s",
            "1.5s",
            "5 s",
            "5S",
            "367d",
            "99999999999999999999s",
        ] {
            assert_eq!(parsed(given), None, "{given}");
        }
    }
}
