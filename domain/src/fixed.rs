//! Exact fixed-point numbers: money, prices, quantities and ratios as whole units of a power of ten.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Largest magnitude of units a fixed-point number may hold; the database checks the same bound.
pub const BOUND: i64 = 9_000_000_000_000_000_000;

/// How a result that has more places than its type is brought to scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
    /// To the nearest; a half goes away from zero.
    HalfUp,
}

/// Why a number is not representable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Magnitude above [`BOUND`] units.
    #[error("number is out of range")]
    OutOfRange,
    /// More decimal places than the type's scale.
    #[error("number has more than {scale} decimal places")]
    TooFine {
        /// The scale of the type.
        scale: u32,
    },
    /// Not a plain decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// Division by zero.
    #[error("division by zero")]
    DivisionByZero,
}

/// Divides `numerator` by `denominator` with the named rounding.
pub fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> Result<i128, NumberError> {
    if denominator == 0 {
        return Err(NumberError::DivisionByZero);
    }
    let quotient = numerator / denominator;
    let remainder = (numerator % denominator).unsigned_abs();
    let away = match rounding {
        Rounding::Down => false,
        Rounding::Up => remainder != 0,
        Rounding::HalfUp => remainder >= denominator.unsigned_abs().div_ceil(2) && remainder != 0,
    };
    let sign = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
    Ok(if away { quotient + sign } else { quotient })
}

macro_rules! fixed_point {
    ($(#[$doc:meta])* $name:ident, $scale:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i64);

        impl $name {
            /// Decimal places of one unit.
            pub const SCALE: u32 = $scale;
            /// Units in the number one.
            pub const ONE_UNITS: i64 = 10_i64.pow($scale);
            /// Zero.
            pub const ZERO: Self = Self(0);
            /// One.
            pub const ONE: Self = Self(Self::ONE_UNITS);

            /// From whole units of the scale; refused beyond [`BOUND`].
            pub fn from_units(units: i64) -> Result<Self, NumberError> {
                Self::from_wide(i128::from(units))
            }

            /// From a wide count of units; refused beyond [`BOUND`].
            pub fn from_wide(units: i128) -> Result<Self, NumberError> {
                if units.unsigned_abs() > BOUND.unsigned_abs().into() {
                    return Err(NumberError::OutOfRange);
                }
                i64::try_from(units).map(Self).map_err(|_| NumberError::OutOfRange)
            }

            /// From a whole number.
            pub fn whole(number: i64) -> Result<Self, NumberError> {
                Self::from_wide(i128::from(number) * i128::from(Self::ONE_UNITS))
            }

            /// Whole units of the scale.
            pub const fn units(self) -> i64 {
                self.0
            }

            /// Exactly this decimal; refused when it is finer than the scale.
            pub fn from_decimal(number: Decimal) -> Result<Self, NumberError> {
                if number.normalize().scale() > Self::SCALE {
                    return Err(NumberError::TooFine { scale: Self::SCALE });
                }
                Self::round_decimal(number, Rounding::Down)
            }

            /// This decimal brought to scale by the named rounding.
            pub fn round_decimal(number: Decimal, rounding: Rounding) -> Result<Self, NumberError> {
                let denominator = 10_i128.checked_pow(number.scale()).ok_or(NumberError::OutOfRange)?;
                let numerator = number
                    .mantissa()
                    .checked_mul(i128::from(Self::ONE_UNITS))
                    .ok_or(NumberError::OutOfRange)?;
                Self::from_wide(divide(numerator, denominator, rounding)?)
            }

            /// The same number as a decimal.
            pub fn to_decimal(self) -> Decimal {
                Decimal::from_i128_with_scale(i128::from(self.0), Self::SCALE)
            }

            /// Sum, refused beyond [`BOUND`].
            pub fn plus(self, other: Self) -> Result<Self, NumberError> {
                Self::from_wide(i128::from(self.0) + i128::from(other.0))
            }

            /// Difference, refused beyond [`BOUND`].
            pub fn minus(self, other: Self) -> Result<Self, NumberError> {
                Self::from_wide(i128::from(self.0) - i128::from(other.0))
            }

            /// The same magnitude with the other sign.
            pub const fn negated(self) -> Self {
                Self(-self.0)
            }

            /// The magnitude.
            pub const fn abs(self) -> Self {
                Self(self.0.abs())
            }

            /// Whether this is zero.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Whether this is above zero.
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }

            /// Whether this is below zero.
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }

            /// The largest multiple of `step` that is not above this (for a positive number and step).
            pub fn floor_to(self, step: Self) -> Result<Self, NumberError> {
                let rest = self.0.checked_rem_euclid(step.0).ok_or(NumberError::DivisionByZero)?;
                Self::from_wide(i128::from(self.0) - i128::from(rest))
            }

            /// Whether this is a whole multiple of `step`; nothing is a multiple of zero.
            pub fn is_multiple_of(self, step: Self) -> bool {
                self.0.checked_rem(step.0) == Some(0)
            }

            /// Sum of many, refused beyond [`BOUND`].
            pub fn sum(numbers: impl IntoIterator<Item = Self>) -> Result<Self, NumberError> {
                Self::from_wide(numbers.into_iter().map(|number| i128::from(number.0)).sum())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.to_decimal().normalize())
            }
        }

        impl FromStr for $name {
            type Err = NumberError;

            fn from_str(text: &str) -> Result<Self, NumberError> {
                let number = Decimal::from_str_exact(text.trim()).map_err(|_| NumberError::NotANumber)?;
                Self::from_decimal(number)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

fixed_point!(
    /// An amount of an asset, in units of 10⁻⁸.
    Amount,
    8
);
fixed_point!(
    /// A price in quote units for one base unit, in units of 10⁻¹⁰.
    Price,
    10
);
fixed_point!(
    /// A quantity of a base asset or of contracts, in units of 10⁻⁸.
    Quantity,
    8
);
fixed_point!(
    /// A pure number such as a rate or a share of one, in units of 10⁻¹⁰.
    Ratio,
    10
);

impl Price {
    /// Price times quantity as an amount of the quote asset.
    pub fn notional(self, quantity: Quantity, rounding: Rounding) -> Result<Amount, NumberError> {
        let product = i128::from(self.units()) * i128::from(quantity.units());
        Amount::from_wide(divide(product, i128::from(Self::ONE_UNITS), rounding)?)
    }

    /// The average price of `quantity` that cost `notional`.
    pub fn average(notional: Amount, quantity: Quantity, rounding: Rounding) -> Result<Self, NumberError> {
        let numerator = i128::from(notional.units()) * i128::from(Self::ONE_UNITS);
        Self::from_wide(divide(numerator, i128::from(quantity.units()), rounding)?)
    }

    /// This price times a pure number.
    pub fn scaled(self, ratio: Ratio, rounding: Rounding) -> Result<Self, NumberError> {
        let product = i128::from(self.units()) * i128::from(ratio.units());
        Self::from_wide(divide(product, i128::from(Ratio::ONE_UNITS), rounding)?)
    }
}

impl Ratio {
    /// This share of an amount.
    pub fn of(self, amount: Amount, rounding: Rounding) -> Result<Amount, NumberError> {
        let product = i128::from(self.units()) * i128::from(amount.units());
        Amount::from_wide(divide(product, i128::from(Self::ONE_UNITS), rounding)?)
    }

    /// `part` as a share of `whole`.
    pub fn between(part: Amount, whole: Amount, rounding: Rounding) -> Result<Self, NumberError> {
        let numerator = i128::from(part.units()) * i128::from(Self::ONE_UNITS);
        Self::from_wide(divide(numerator, i128::from(whole.units()), rounding)?)
    }

    /// From a percentage: 25 % is one quarter.
    pub fn percent(percentage: Decimal) -> Result<Self, NumberError> {
        let share = percentage
            .checked_div(Decimal::ONE_HUNDRED)
            .ok_or(NumberError::OutOfRange)?;
        Self::from_decimal(share)
    }

    /// From basis points: 10 000 bps are one.
    pub fn bps(points: Decimal) -> Result<Self, NumberError> {
        let share = points
            .checked_div(Decimal::from(10_000))
            .ok_or(NumberError::OutOfRange)?;
        Self::from_decimal(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_goes_away_from_zero_on_both_sides() {
        assert_eq!(divide(5, 10, Rounding::HalfUp), Ok(1));
        assert_eq!(divide(-5, 10, Rounding::HalfUp), Ok(-1));
        assert_eq!(divide(4, 10, Rounding::HalfUp), Ok(0));
        assert_eq!(divide(1, 3, Rounding::HalfUp), Ok(0));
        assert_eq!(divide(2, 3, Rounding::HalfUp), Ok(1));
        assert_eq!(divide(-7, 2, Rounding::Down), Ok(-3));
        assert_eq!(divide(-7, 2, Rounding::Up), Ok(-4));
    }

    #[test]
    fn s1_19_profit_that_a_float_gets_wrong_is_exact() {
        let profit: Amount = "216.06219485".parse().unwrap();
        let rate: Ratio = "0.10".parse().unwrap();
        assert_eq!(rate.of(profit, Rounding::HalfUp).unwrap().to_string(), "21.60621949");
        let large: Amount = "12345678901.12345678".parse().unwrap();
        let unit: Amount = "0.00000001".parse().unwrap();
        assert_eq!(large.minus(unit).unwrap().to_string(), "12345678901.12345677");
    }

    #[test]
    fn more_places_than_the_scale_are_refused() {
        assert_eq!("0.000000001".parse::<Amount>(), Err(NumberError::TooFine { scale: 8 }));
        assert_eq!("1e5".parse::<Amount>(), Err(NumberError::NotANumber));
        assert_eq!("100000000000".parse::<Amount>(), Err(NumberError::OutOfRange));
    }
}
