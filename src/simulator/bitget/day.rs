//! A market's last 24 hours, and the lengths that candles have.

use domain::fixed::{Price, Ratio, Rounding, divide};
use domain::paper::PaperMarket;

use crate::simulator::exchange::{Candle, Exchange, Interval, Trade};

/// Lengths of candles. Months are not served, and days begin at midnight UTC with and without `utc`.
const LENGTHS: [&str; 17] = [
    "1m", "3m", "5m", "15m", "30m", "1H", "4H", "6H", "12H", "1D", "3D", "1W", "6Hutc", "12Hutc", "1Dutc", "3Dutc",
    "1Wutc",
];

/// A day's candles in one.
pub(super) struct Day {
    pub candle: Candle,
    pub last: Trade,
    /// The first price of this day by UTC.
    pub utc: Price,
}

/// The length of a candle by Bitget's name of it.
pub(super) fn interval(text: &str) -> Option<Interval> {
    let name = LENGTHS.contains(&text).then_some(text)?;
    Interval::parse(&name.trim_end_matches("utc").to_ascii_lowercase())
}

/// A part of a whole with five places, such as by how much a price changed.
pub(super) fn share(part: Price, whole: Price) -> String {
    let units = i128::from(part.units()) * i128::from(Ratio::ONE_UNITS);
    let share = divide(units, whole.units().into(), Rounding::HalfUp).and_then(Ratio::from_wide);
    let share = share.and_then(|share| share.floor_to(Ratio::from_units(Ratio::ONE_UNITS / 100_000)?));
    share.unwrap_or_default().to_string()
}

impl Day {
    /// The last 24 hours of a market; `None` before the first price.
    pub fn of(exchange: &Exchange, market: &PaperMarket) -> Option<Self> {
        let symbol = &market.instrument.symbol;
        let last = exchange.last(symbol)?;
        let minutes = exchange.candles(symbol, Interval::minutes(1)?);
        let skipped = minutes.len().saturating_sub(1_440);
        let mut day = minutes.into_iter().skip(skipped);
        let mut candle = day.next()?;
        for minute in day {
            candle.bar.high = candle.bar.high.max(minute.bar.high);
            candle.bar.low = candle.bar.low.min(minute.bar.low);
            candle.bar.close = minute.bar.close;
            candle.bar.volume = candle.bar.volume.plus(minute.bar.volume).ok()?;
            candle.turnover = candle.turnover.plus(minute.turnover).ok()?;
        }
        let today = exchange.candle_now(symbol, Interval::parse("1d")?);
        Some(Self {
            utc: today.map_or(candle.bar.open, |today| today.bar.open),
            candle,
            last,
        })
    }

    /// By how much the price changed within 24 hours, as a share.
    pub fn change(&self) -> String {
        self.change_since(self.candle.bar.open)
    }

    /// By how much it changed since the day began by UTC.
    pub fn change_today(&self) -> String {
        self.change_since(self.utc)
    }

    fn change_since(&self, then: Price) -> String {
        let change = self.last.tick.price.minus(then).unwrap_or_default();
        share(change, then)
    }
}
