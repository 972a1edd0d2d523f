//! Figures about products: yearly rates under their right names, and what is held, earned, paid and owed.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::fixed::{Amount, NumberError, Ratio, Rounding};
use crate::id::ProductId;
use crate::pool::product::Product;

/// Days of a year, for figures only: a leap year pays 366 days.
const YEAR: u32 = 365;

/// The annual percentage rate: daily × 365, without compounding (S4-09).
///
/// # Errors
/// Beyond the range of a ratio.
pub fn apr(daily: Ratio) -> Result<Ratio, NumberError> {
    Ratio::from_wide(i128::from(daily.units()) * i128::from(YEAR))
}

/// The annual percentage yield: (1 + daily)³⁶⁵ − 1, to ten places, a half away from zero (S4-09); `None` beyond the range of a ratio.
pub fn apy(daily: Ratio) -> Option<Ratio> {
    let factor = Decimal::ONE + daily.to_decimal();
    let mut grown = Decimal::ONE;
    for _ in 0..YEAR {
        grown = grown.checked_mul(factor)?;
    }
    // Rounded at once where the product has more places than a ratio: the number of places that is left depends on its size.
    let grown = grown.round_dp_with_strategy(Ratio::SCALE, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    Ratio::round_decimal(grown - Decimal::ONE, Rounding::HalfUp).ok()
}

/// Sums over all holdings of a product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct HoldingSums {
    /// Holdings that have principal.
    pub held: i64,
    /// Holdings that ended.
    pub ended: i64,
    /// Principal.
    pub principal: Amount,
    /// Principal that earns on the next day.
    pub earning: Amount,
    /// The part of that whose yield a referrer gets a commission on.
    pub referred: Amount,
    /// What counts against the quota.
    pub subscribed: Amount,
    /// All that accrued.
    pub earned: Amount,
    /// What was paid.
    pub paid: Amount,
    /// What accrued and is to be paid: sum of what is above zero.
    pub owed: Amount,
    /// What was paid too much and is to be worked off, not negative.
    pub overpaid: Amount,
    /// What was forfeited.
    pub forfeited: Amount,
    /// Commissions.
    pub commissioned: Amount,
}

/// The book of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProductBook {
    /// Which.
    pub product: ProductId,
    /// Sums over its holdings.
    #[serde(flatten)]
    pub sums: HoldingSums,
    /// What its yield can be paid from.
    pub funding: Amount,
    /// What is owed to holders: principal and what accrued and is not paid.
    pub liabilities: Amount,
    /// What of the liabilities for yield is not funded.
    pub shortfall: Amount,
}

impl ProductBook {
    /// From the sums and the balance of the funding.
    ///
    /// # Errors
    /// When a sum leaves its range.
    pub fn new(product: ProductId, sums: HoldingSums, funding: Amount) -> Result<Self, NumberError> {
        Ok(Self {
            product,
            sums,
            funding,
            liabilities: sums.principal.plus(sums.owed)?,
            shortfall: sums.owed.minus(funding)?.max(Amount::ZERO),
        })
    }
}

/// What the yield of one day and the commissions on it come to at most, with all that is unpaid: a batch does not begin before that much is
/// there (S4-12).
///
/// # Errors
/// When it leaves the range of an amount.
pub fn needed(product: &Product, rate: Ratio, sums: &HoldingSums) -> Result<Amount, NumberError> {
    let one = Amount::from_units(sums.held)?;
    let earned = rate.of(sums.earning, Rounding::Up)?.plus(one)?;
    let referred = rate.of(sums.referred, Rounding::Up)?.plus(one)?;
    let (unpaid, commission) = (sums.owed, product.commission);
    let commissions = match sums.referred.is_zero() {
        true => Amount::ZERO,
        false => commission.of(referred.plus(unpaid)?, Rounding::Up)?.plus(one)?,
    };
    Amount::sum([earned, unpaid, commissions])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_09_apr_is_simple_and_apy_is_compounded() {
        let daily: Ratio = "0.0002".parse().unwrap();
        assert_eq!(apr(daily).unwrap().to_string(), "0.073");
        assert_eq!(apy(daily).unwrap().to_string(), "0.0757226852");
        assert_eq!(apy(Ratio::ZERO), Some(Ratio::ZERO));
        assert_eq!(apy("0.01".parse().unwrap()).unwrap().to_string(), "36.7834343329");
        assert_eq!(apy(Ratio::ONE), None);
    }
}
