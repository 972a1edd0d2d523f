//! Times as venues write them: milliseconds, seconds with a fraction, ISO 8601.

use chrono::DateTime;
use domain::time::Timestamp;
use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::number::{FromText, exact};
use super::text::written;

/// The last millisecond that is believed: the year 3000. A time beyond is in another unit.
const LAST: i64 = 32_503_680_000_000;

/// Milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Millis(pub Timestamp);

/// Seconds since 1970, perhaps with a fraction; what is finer than a millisecond is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seconds(pub Timestamp);

/// An ISO 8601 time with its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Iso(pub Timestamp);

fn believed(millis: i64) -> Result<Timestamp, String> {
    if (0..=LAST).contains(&millis) {
        return Ok(Timestamp(millis));
    }
    Err("is no time between 1970 and 3000".to_owned())
}

impl FromText for Millis {
    fn from_text(text: &str) -> Result<Self, String> {
        let millis: i64 = exact(text).map_err(|error| error.to_string())?;
        believed(millis).map(Self)
    }
}

impl FromText for Seconds {
    fn from_text(text: &str) -> Result<Self, String> {
        let seconds: Decimal = exact(text).map_err(|error| error.to_string())?;
        let millis = seconds.checked_mul(Decimal::ONE_THOUSAND).ok_or("is out of range")?;
        let millis = i64::try_from(millis.trunc()).map_err(|_| "is out of range")?;
        believed(millis).map(Self)
    }
}

impl FromText for Iso {
    fn from_text(text: &str) -> Result<Self, String> {
        let time = DateTime::parse_from_rfc3339(text).map_err(|error| error.to_string())?;
        believed(time.timestamp_millis()).map(Self)
    }
}

macro_rules! times {
    ($($name:ident),+) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::from_text(&written(deserializer)?).map_err(D::Error::custom)
            }
        }

        impl super::number::Blank<$name> {
            /// What the venue tells.
            pub fn told(self) -> Option<Timestamp> {
                self.0.map(|time| time.0)
            }
        }
    )+};
}

times!(Millis, Seconds, Iso);

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn every_unit_gives_the_same_point_in_time() {
        let at = Timestamp(1_569_514_978_020);
        let at_of = |json: &str| read::<Millis>("t", json.as_bytes()).unwrap().0;
        assert_eq!(at_of("1569514978020"), at);
        assert_eq!(at_of("\"1569514978020\""), at);
        assert_eq!(read::<Seconds>("t", b"1569514978.020").unwrap().0, at);
        assert_eq!(read::<Seconds>("t", b"\"1569514978.0209\"").unwrap().0, at);
        assert_eq!(read::<Seconds>("t", b"1.56951497802E9").unwrap().0, at);
        assert_eq!(read::<Iso>("t", b"\"2019-09-26T16:22:58.020Z\"").unwrap().0, at);
    }

    #[test]
    fn a_time_in_another_unit_is_refused() {
        assert!(read::<Millis>("t", b"1569514978020000").is_err(), "microseconds");
        assert!(read::<Seconds>("t", b"1569514978020").is_err(), "milliseconds");
        assert!(read::<Millis>("t", b"-1").is_err());
        assert!(read::<Iso>("t", b"\"2019-09-26 16:22\"").is_err());
    }
}
