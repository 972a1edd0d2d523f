//! Token amounts as contracts hold them: whole units of the token's own scale, up to 256 bits.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fixed::{Amount, NumberError};

/// Most decimals of a token that amounts can be brought from and to.
pub const DECIMALS: u32 = 30;

/// An amount of a token in its smallest units, exact: a whole number below 2^256, kept as its decimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RawAmount(String);

impl RawAmount {
    /// Zero.
    pub fn zero() -> Self {
        Self("0".to_owned())
    }

    /// From decimal digits without leading zeros, at most 78 of them.
    pub fn parse(digits: &str) -> Option<Self> {
        let plain = (1..=78).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let fits = plain && (digits == "0" || !digits.starts_with('0'));
        fits.then(|| Self(digits.to_owned()))
    }

    /// From a number.
    pub fn from_units(units: u128) -> Self {
        Self(units.to_string())
    }

    /// As a number, when it is below 2^128.
    pub fn units(&self) -> Option<u128> {
        self.0.parse().ok()
    }

    /// Its decimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.0 == "0"
    }

    /// At the ledger's scale, with what is finer than that: `self` = amount × 10^(decimals − 8) + dust.
    ///
    /// # Errors
    /// An amount beyond the ledger's range, or more than [`DECIMALS`] decimals.
    pub fn to_ledger(&self, decimals: u32) -> Result<(Amount, RawAmount), NumberError> {
        let units = self.units().ok_or(NumberError::OutOfRange)?;
        if decimals <= Amount::SCALE {
            let wide = units
                .checked_mul(power(Amount::SCALE - decimals)?)
                .ok_or(NumberError::OutOfRange)?;
            return Ok((amount(wide)?, Self::zero()));
        }
        let finer = power(decimals - Amount::SCALE)?;
        Ok((amount(units / finer)?, Self::from_units(units % finer)))
    }

    /// The raw amount of so much at the ledger's scale and some dust.
    ///
    /// # Errors
    /// A negative amount, one that the token's scale cannot hold ([`NumberError::TooFine`]), or one beyond 2^128.
    pub fn from_ledger(amount: Amount, dust: &RawAmount, decimals: u32) -> Result<Self, NumberError> {
        let units = u128::try_from(amount.units()).map_err(|_| NumberError::OutOfRange)?;
        let dust = dust.units().ok_or(NumberError::OutOfRange)?;
        let raw = if decimals < Amount::SCALE {
            let coarser = power(Amount::SCALE - decimals)?;
            if !units.is_multiple_of(coarser) {
                return Err(NumberError::TooFine { scale: decimals });
            }
            units / coarser
        } else {
            units
                .checked_mul(power(decimals - Amount::SCALE)?)
                .ok_or(NumberError::OutOfRange)?
        };
        raw.checked_add(dust)
            .map(Self::from_units)
            .ok_or(NumberError::OutOfRange)
    }
}

fn power(exponent: u32) -> Result<u128, NumberError> {
    let fits = exponent <= DECIMALS;
    fits.then(|| 10_u128.pow(exponent)).ok_or(NumberError::OutOfRange)
}

fn amount(units: u128) -> Result<Amount, NumberError> {
    Amount::from_wide(i128::try_from(units).map_err(|_| NumberError::OutOfRange)?)
}

impl fmt::Display for RawAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RawAmount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RawAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let rule = "must be the decimal digits of a whole number below 2^256";
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(rule))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s3_18_what_is_finer_than_the_ledger_is_dust_and_is_never_rounded_away() {
        let raw = RawAmount::parse("1234567890123456789").unwrap();
        let (amount, dust) = raw.to_ledger(18).unwrap();
        assert_eq!(
            (amount.to_string().as_str(), dust.as_str()),
            ("1.23456789", "123456789")
        );
        assert_eq!(RawAmount::from_ledger(amount, &dust, 18), Ok(raw));
        let six = RawAmount::from_units(1_500_000).to_ledger(6).unwrap();
        assert_eq!((six.0.to_string().as_str(), six.1.is_zero()), ("1.5", true));
        let fine: Amount = "0.00000001".parse().unwrap();
        assert_eq!(
            RawAmount::from_ledger(fine, &RawAmount::zero(), 6),
            Err(NumberError::TooFine { scale: 6 })
        );
    }

    #[test]
    fn t8_an_amount_of_2_to_the_256_less_one_is_kept_and_never_becomes_money() {
        let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        let raw = RawAmount::parse(most).unwrap();
        assert_eq!(raw.as_str(), most);
        assert_eq!(raw.to_ledger(18), Err(NumberError::OutOfRange));
        for wrong in ["", "01", "-1", "1.0", "0x1", " 1"] {
            assert_eq!(RawAmount::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn amounts_come_back_from_the_ledger_as_they_went_in(units in 0..u128::from(u64::MAX), decimals in 0..=27_u32) {
            let raw = RawAmount::from_units(units);
            if let Ok((amount, dust)) = raw.to_ledger(decimals) {
                prop_assert_eq!(RawAmount::from_ledger(amount, &dust, decimals), Ok(raw));
            }
        }
    }
}
