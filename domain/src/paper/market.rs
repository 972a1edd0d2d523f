//! The terms of one market of the paper venue: filters, fees, slippage, maintenance and funding.

use std::time::Duration;

use crate::fixed::{Amount, NumberError, Price, Quantity, Ratio, Rounding, divide};
use crate::instrument::Instrument;
use crate::market::Action;
use crate::time::Timestamp;

/// A market and its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperMarket {
    /// Filters.
    pub instrument: Instrument,
    /// Fee of a resting order's fill, as a share of the notional.
    pub maker_fee: Ratio,
    /// Fee of an immediate fill, as a share of the notional.
    pub taker_fee: Ratio,
    /// How far beyond the last price a market order fills, as a share of the price.
    pub slippage: Ratio,
    /// A position whose equity falls below this share of its notional is liquidated.
    pub maintenance: Ratio,
    /// Time between two fundings, counted from 1970; zero for a market without funding.
    pub funding_interval: Duration,
    /// Share of the notional that longs pay shorts at each funding; negative the other way.
    pub funding_rate: Ratio,
    /// Largest single fill, where a larger order is to be filled in several; zero for no limit.
    pub largest_fill: Quantity,
}

impl PaperMarket {
    /// What an immediate order gets: the last price and the slippage, rounded to the tick against the taker.
    pub fn taker_price(&self, action: Action, last: Price) -> Result<Price, NumberError> {
        let slip = last.scaled(self.slippage, Rounding::Up)?;
        let tick = self.instrument.tick;
        match action {
            Action::Buy => {
                let price = last.plus(slip)?;
                let floor = price.floor_to(tick)?;
                if floor == price { Ok(price) } else { floor.plus(tick) }
            }
            Action::Sell => Ok(last.minus(slip)?.floor_to(tick)?.max(tick)),
        }
    }

    /// The fee on a notional, rounded up.
    pub fn fee(&self, notional: Amount, maker: bool) -> Result<Amount, NumberError> {
        let rate = if maker { self.maker_fee } else { self.taker_fee };
        rate.of(notional, Rounding::Up)
    }

    /// The margin that a notional needs at a leverage, rounded up.
    pub fn initial_margin(notional: Amount, leverage: u32) -> Result<Amount, NumberError> {
        let units = divide(notional.units().into(), leverage.max(1).into(), Rounding::Up)?;
        Amount::from_wide(units)
    }

    /// The last time of funding at or before `now`; `None` for a market without funding.
    pub fn last_funding(&self, now: Timestamp) -> Option<Timestamp> {
        let interval = i64::try_from(self.funding_interval.as_millis()).ok()?;
        let rest = now.0.checked_rem_euclid(interval)?;
        Some(Timestamp(now.0 - rest))
    }

    /// The parts in which a quantity is filled.
    pub(super) fn parts(&self, quantity: Quantity) -> Result<Vec<Quantity>, NumberError> {
        let mut rest = quantity;
        let mut parts = Vec::with_capacity(1);
        while self.largest_fill.is_positive() && rest > self.largest_fill {
            parts.push(self.largest_fill);
            rest = rest.minus(self.largest_fill)?;
        }
        parts.push(rest);
        Ok(parts)
    }
}
