//! A market's last 24 hours, as every venue tells them in its tickers.

use domain::fixed::{Price, Ratio, Rounding, divide};
use domain::paper::PaperMarket;

use super::{Candle, Exchange, Interval, Trade};

/// Minutes of a day, and of an hour.
const MINUTES: (usize, usize) = (1_440, 60);

/// The last 24 hours of a market that has a price.
#[derive(Debug, Clone)]
pub struct Day {
    /// Their candles in one.
    pub candle: Candle,
    /// The last trade.
    pub last: Trade,
    /// The first price of the last hour.
    pub hour: Price,
    /// The first price since midnight by UTC.
    pub midnight: Price,
}

impl Exchange {
    /// The last 24 hours of a market; `None` before the first price.
    pub fn day(&self, market: &PaperMarket) -> Option<Day> {
        let symbol = &market.instrument.symbol;
        let last = self.last(symbol)?;
        let minutes = self.candles(symbol, Interval::minutes(1)?);
        let hour = minutes.get(minutes.len().saturating_sub(MINUTES.1))?.bar.open;
        let skipped = minutes.len().saturating_sub(MINUTES.0);
        let mut day = minutes.into_iter().skip(skipped);
        let mut candle = day.next()?;
        for minute in day {
            candle.bar.high = candle.bar.high.max(minute.bar.high);
            candle.bar.low = candle.bar.low.min(minute.bar.low);
            candle.bar.close = minute.bar.close;
            candle.bar.volume = candle.bar.volume.plus(minute.bar.volume).ok()?;
            candle.turnover = candle.turnover.plus(minute.turnover).ok()?;
        }
        let today = self.candle_now(symbol, Interval::minutes(1_440)?);
        Some(Day {
            midnight: today.map_or(candle.bar.open, |today| today.bar.open),
            candle,
            last,
            hour,
        })
    }
}

impl Day {
    /// The average price: turnover by volume.
    pub fn average(&self) -> Price {
        let Candle { bar, turnover, .. } = self.candle;
        Price::average(turnover, bar.volume, Rounding::HalfUp).unwrap_or(bar.close)
    }
}

/// By which share of a price it changed to another, so many times (100 for percent); zero where it cannot be said.
pub fn change(from: Price, to: Price, times: i64) -> Ratio {
    let units = (i128::from(to.units()) - i128::from(from.units())) * i128::from(times);
    let share = divide(
        units * i128::from(Ratio::ONE_UNITS),
        from.units().into(),
        Rounding::HalfUp,
    );
    share.and_then(Ratio::from_wide).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_is_a_share_or_percent_and_nothing_of_nothing() {
        let (low, high) = (Price::whole(3).unwrap(), Price::whole(4).unwrap());
        assert_eq!(change(low, high, 1), "0.3333333333".parse().unwrap());
        assert_eq!(change(high, low, 100), "-25".parse().unwrap());
        assert_eq!(change(Price::ZERO, low, 1), Ratio::ZERO);
    }
}
