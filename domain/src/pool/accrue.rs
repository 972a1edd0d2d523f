//! What a holding earns on a day, exactly: what is finer than an amount is carried to the next (S4-11).

use serde::Serialize;

use crate::fixed::{Amount, NumberError, Ratio};
use crate::id::{HoldingId, ProductId};
use crate::pool::day::PoolDay;
use crate::pool::holding::Holding;

/// What a holding earned on one day, or by what a correction changed it. Unique per holding, day and number (POO-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Accrual {
    /// Which holding.
    pub holding: HoldingId,
    /// Its product.
    pub product: ProductId,
    /// Which day.
    pub day: PoolDay,
    /// 0, or which correction of that day.
    pub number: u32,
    /// Principal that earned.
    pub principal: Amount,
    /// At which rate. Principal × rate, less what was accrued under the number before, is exact at 10⁻¹⁸.
    pub rate: Ratio,
    /// Whole units that the holding's earnings rose by; below zero they fell.
    pub earned: Amount,
    /// What is left of it that is finer, with what was left before: units of 10⁻¹⁸, 0 to 10¹⁰ − 1.
    pub residue: i64,
}

/// Exact yield of a day, in units of 10⁻¹⁸.
pub(super) fn exact(principal: Amount, rate: Ratio) -> i128 {
    i128::from(principal.units()) * i128::from(rate.units())
}

impl Holding {
    /// Accrues the day after the last that accrued.
    pub(super) fn accrue(&mut self, rate: Ratio) -> Result<Accrual, NumberError> {
        let principal = self.earning;
        let earned = self.take_up(exact(principal, rate))?;
        self.accrued_through = self.accrued_through.next();
        self.earning = self.principal()?;
        self.pending = Amount::ZERO;
        Ok(self.line(self.accrued_through, 0, principal, rate, earned))
    }

    /// Accrues the difference that another rate makes on a day that accrued before.
    pub(super) fn accrue_again(&mut self, before: &Accrual, rate: Ratio) -> Result<Accrual, NumberError> {
        let difference = exact(before.principal, rate) - exact(before.principal, before.rate);
        let earned = self.take_up(difference)?;
        let number = before.number.saturating_add(1);
        Ok(self.line(before.day, number, before.principal, rate, earned))
    }

    /// Adds an exact yield to what is carried; returns the whole units that earnings change by.
    fn take_up(&mut self, exact: i128) -> Result<Amount, NumberError> {
        let one = i128::from(Ratio::ONE_UNITS);
        let carried = exact + i128::from(self.residue);
        let earned = Amount::from_wide(carried.div_euclid(one))?;
        self.residue = i64::try_from(carried.rem_euclid(one)).map_err(|_| NumberError::OutOfRange)?;
        self.earned = self.earned.plus(earned)?;
        self.unpaid = self.unpaid.plus(earned)?;
        Ok(earned)
    }

    const fn line(&self, day: PoolDay, number: u32, principal: Amount, rate: Ratio, earned: Amount) -> Accrual {
        Accrual {
            holding: self.id,
            product: self.product,
            day,
            number,
            principal,
            rate,
            earned,
            residue: self.residue,
        }
    }
}
