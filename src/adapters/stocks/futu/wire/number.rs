//! Floats of the protocol as decimals and back, by their shortest text, so that 187.3 stays 187.3.

use std::str::FromStr;

use rust_decimal::Decimal;

/// The decimal that this float is written as; `None` when it is no number, or too large for one.
pub fn decimal(number: f64) -> Option<Decimal> {
    Decimal::from_str(&number.to_string()).ok()
}

/// The float that is nearest to this decimal.
pub fn float(number: Decimal) -> Option<f64> {
    number.to_string().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_goes_over_the_wire_and_back_without_a_hair() {
        for text in ["187.3", "0.01", "12345.678", "0.1", "99999999"] {
            let number: Decimal = text.parse().unwrap();
            assert_eq!(decimal(float(number).unwrap()), Some(number), "{text}");
        }
        assert_eq!(decimal(f64::NAN), None);
        assert_eq!(decimal(f64::INFINITY), None);
        assert_eq!(decimal(1e300), None);
    }
}
