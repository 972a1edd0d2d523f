//! Numbers as venues write them, in JSON strings and as JSON numbers, and never through a float.

use domain::fixed::{Amount, NumberError, Price, Quantity, Ratio, Rounding};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::text::written;

/// Decimal places that a number may have on its way; those behind are cut off, and told.
const PLACES: u32 = 28;
/// No honest number has a larger exponent, and a larger one would only burn time.
const EXPONENT: i32 = 40;

/// A number that a venue writes.
pub trait Number: Sized {
    /// Exactly this decimal.
    ///
    /// # Errors
    /// When it is out of range, or finer than the type.
    fn exact(number: Decimal) -> Result<Self, NumberError>;

    /// This decimal, rounded half-up.
    ///
    /// # Errors
    /// When it is out of range.
    fn near(number: Decimal) -> Result<Self, NumberError>;
}

macro_rules! numbers {
    ($($name:ident),+) => {$(
        impl Number for $name {
            fn exact(number: Decimal) -> Result<Self, NumberError> {
                Self::from_decimal(number)
            }

            fn near(number: Decimal) -> Result<Self, NumberError> {
                // Places behind the eighteenth decide nothing, and would overflow the product on the way.
                Self::round_decimal(number.trunc_with_scale(18), Rounding::HalfUp)
            }
        }
    )+};
}

numbers!(Amount, Price, Quantity, Ratio);

impl Number for Decimal {
    fn exact(number: Decimal) -> Result<Self, NumberError> {
        Ok(number)
    }

    fn near(number: Decimal) -> Result<Self, NumberError> {
        Ok(number)
    }
}

impl Number for u32 {
    fn exact(number: Decimal) -> Result<Self, NumberError> {
        if !number.fract().is_zero() {
            return Err(NumberError::TooFine { scale: 0 });
        }
        Self::try_from(number.mantissa() / 10_i128.pow(number.scale())).map_err(|_| NumberError::OutOfRange)
    }

    fn near(number: Decimal) -> Result<Self, NumberError> {
        Self::exact(number.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
    }
}

impl Number for i64 {
    fn exact(number: Decimal) -> Result<Self, NumberError> {
        if !number.fract().is_zero() {
            return Err(NumberError::TooFine { scale: 0 });
        }
        Self::try_from(number.mantissa() / 10_i128.pow(number.scale())).map_err(|_| NumberError::OutOfRange)
    }

    fn near(number: Decimal) -> Result<Self, NumberError> {
        Self::exact(number.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
    }
}

/// A number that must fit its type exactly: what is counted, ordered and filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact<T>(pub T);

/// A number that is rounded half-up to its type: what a venue computed, such as an average, a fee or a profit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near<T>(pub T);

/// A field that may be missing, null or empty text, all of which mean that the venue does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blank<T>(pub Option<T>);

impl<T> Default for Blank<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Number> Deserialize<'de> for Exact<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        exact(&written(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

impl<'de, T: Number> Deserialize<'de> for Near<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        near(&written(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

/// Reads what is not blank.
pub(super) trait FromText: Sized {
    fn from_text(text: &str) -> Result<Self, String>;
}

impl<T: Number> FromText for Exact<T> {
    fn from_text(text: &str) -> Result<Self, String> {
        exact(text).map(Self).map_err(|error| error.to_string())
    }
}

impl<T: Number> FromText for Near<T> {
    fn from_text(text: &str) -> Result<Self, String> {
        near(text).map(Self).map_err(|error| error.to_string())
    }
}

impl<'de, T: FromText> Deserialize<'de> for Blank<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written(String);
        impl<'de> Deserialize<'de> for Written {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self(written(deserializer)?.into_owned()))
            }
        }
        let text = Option::<Written>::deserialize(deserializer)?;
        let text = text.filter(|text| !text.0.trim().is_empty());
        let value = text.map(|text| T::from_text(&text.0)).transpose();
        value.map(Self).map_err(D::Error::custom)
    }
}

impl<T> Blank<Exact<T>> {
    /// What the venue tells.
    pub fn told(self) -> Option<T> {
        self.0.map(|exact| exact.0)
    }
}

impl<T> Blank<Near<T>> {
    /// What the venue tells.
    pub fn told(self) -> Option<T> {
        self.0.map(|near| near.0)
    }
}

pub(super) fn exact<T: Number>(text: &str) -> Result<T, NumberError> {
    let (number, is_cut) = parse(text)?;
    if is_cut {
        return Err(NumberError::TooFine { scale: PLACES });
    }
    T::exact(number)
}

pub(super) fn near<T: Number>(text: &str) -> Result<T, NumberError> {
    T::near(parse(text)?.0)
}

/// The decimal that a text writes, such as `-1.50` or `1e-8`.
///
/// # Errors
/// When it is no number, or has more digits than a decimal keeps.
pub fn decimal(text: &str) -> Result<Decimal, NumberError> {
    exact(text)
}

/// The number, and whether places were cut off.
fn parse(text: &str) -> Result<(Decimal, bool), NumberError> {
    let text = text.trim();
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().map_err(|_| NumberError::NotANumber)?;
    if exponent.abs() > EXPONENT {
        return Err(NumberError::OutOfRange);
    }
    let (is_negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return Err(NumberError::NotANumber);
    }
    scaled(whole, fraction, exponent).map(|(number, is_cut)| {
        let number = if is_negative { -number } else { number };
        (number, is_cut)
    })
}

/// The digits with the point moved by the exponent.
fn scaled(whole: &str, fraction: &str, exponent: i32) -> Result<(Decimal, bool), NumberError> {
    let fraction = fraction.trim_end_matches('0');
    let places = i64::try_from(fraction.len()).map_err(|_| NumberError::OutOfRange)? - i64::from(exponent);
    let digits = format!("{whole}{fraction}");
    let mut digits = digits.trim_start_matches('0').to_owned();
    let mut is_cut = false;
    let scale = if places < 0 {
        if !digits.is_empty() {
            let zeros = usize::try_from(-places).map_err(|_| NumberError::OutOfRange)?;
            digits.push_str(&"0".repeat(zeros));
        }
        0
    } else {
        let places = usize::try_from(places).map_err(|_| NumberError::OutOfRange)?;
        let extra = places.saturating_sub(usize::try_from(PLACES).unwrap_or(usize::MAX));
        let kept = digits.len().saturating_sub(extra);
        is_cut = digits[kept..].bytes().any(|byte| byte != b'0');
        digits.truncate(kept);
        u32::try_from(places - extra).map_err(|_| NumberError::OutOfRange)?
    };
    let mantissa: i128 = if digits.is_empty() {
        0
    } else {
        digits.parse().map_err(|_| NumberError::OutOfRange)?
    };
    let number = Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| NumberError::OutOfRange)?;
    Ok((number.normalize(), is_cut))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::read;
    use super::*;

    fn told<T: for<'a> Deserialize<'a>>(json: &str) -> Result<T, String> {
        read("test", json.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_is_the_same_in_quotes_and_without() {
        for json in ["0.1", "\"0.1\"", "1e-1", "\"0.10000000000\"", "\"+.1\"", "\"0.001E2\""] {
            assert_eq!(told::<Exact<Amount>>(json).unwrap().0.to_string(), "0.1", "{json}");
        }
        let large = told::<Exact<Amount>>("12345678901.12345678").unwrap();
        assert_eq!(
            large.0.to_string(),
            "12345678901.12345678",
            "a float has no room for it"
        );
        assert_eq!(told::<Exact<Quantity>>("\"0E-8\"").unwrap().0, Quantity::ZERO);
        assert_eq!(told::<Exact<u32>>("\"20.00\"").unwrap().0, 20);
    }

    #[test]
    fn what_is_counted_must_fit_and_what_is_computed_is_rounded() {
        assert!(
            told::<Exact<Amount>>("\"0.000000005\"")
                .unwrap_err()
                .contains("8 decimal")
        );
        assert_eq!(
            told::<Near<Amount>>("\"0.000000005\"").unwrap().0.to_string(),
            "0.00000001"
        );
        assert_eq!(
            told::<Near<Amount>>("\"-0.000000005\"").unwrap().0.to_string(),
            "-0.00000001"
        );
        let tail = "0.1000000000000000000000000000000000000001";
        assert_eq!(told::<Near<Price>>(tail).unwrap().0.to_string(), "0.1");
        assert!(told::<Exact<Price>>(tail).is_err());
        assert!(told::<Exact<u32>>("1.5").is_err());
        assert_eq!(told::<Near<u32>>("12.5").unwrap().0, 13);
        assert_eq!(
            told::<Near<Amount>>("0.0000000049999999999999999999").unwrap().0,
            Amount::ZERO
        );
    }

    #[test]
    fn blank_fields_are_not_told_and_bad_ones_are_named() {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default)]
            price: Blank<Near<Price>>,
        }
        for json in ["{}", r#"{"price":null}"#, r#"{"price":""}"#, r#"{"price":" "}"#] {
            assert_eq!(told::<Row>(json).unwrap().price.told(), None, "{json}");
        }
        let error = told::<Vec<Row>>(r#"[{"price":"1"},{"price":"abc"}]"#).err().unwrap();
        assert!(error.starts_with("test: [1].price: not a decimal number"), "{error}");
        let error = told::<Row>(r#"{"price":[1]}"#).err().unwrap();
        assert!(error.contains("text or a number"), "{error}");
    }

    #[test]
    fn huge_exponents_and_long_digits_are_refused_at_once() {
        for json in [
            "1e41",
            "1e999999999",
            "\"1e-99999999999\"",
            "123456789012345678901234567890",
        ] {
            assert!(told::<Near<Amount>>(json).is_err(), "{json}");
        }
        assert!(told::<Near<Amount>>(&format!("\"{}\"", "9".repeat(100_000))).is_err());
        assert_eq!(told::<Near<Amount>>("\"1e-40\"").unwrap().0, Amount::ZERO);
    }

    proptest! {
        #[test]
        fn every_amount_comes_back_from_text_and_from_a_number(units in -(10_i64.pow(18))..10_i64.pow(18)) {
            let amount = Amount::from_units(units).unwrap();
            prop_assert_eq!(told::<Exact<Amount>>(&amount.to_string()).unwrap().0, amount);
            prop_assert_eq!(told::<Near<Amount>>(&format!("\"{amount}\"")).unwrap().0, amount);
        }

        #[test]
        fn no_text_makes_a_number_panic(text in ".{0,60}", digits in "[-+0-9.eE]{0,60}") {
            for text in [text, digits] {
                let exact = exact::<Decimal>(&text);
                prop_assert!(exact.is_err() || near::<Decimal>(&text) == exact);
                prop_assert!(near::<u32>(&text).is_err() || near::<i64>(&text).is_ok());
                prop_assert!(near::<Amount>(&text).is_err() || near::<Ratio>(&text) != Err(NumberError::NotANumber));
            }
        }
    }
}
