//! Candles of any length, made of one-minute bars.

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::market::Bar;
use domain::time::Timestamp;

const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;
/// 1970-01-01 was a Thursday; weeks begin on Mondays.
const FIRST_MONDAY: i64 = 4 * DAY;

/// The length of a candle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// In milliseconds; a whole number of minutes.
    length: i64,
}

/// A candle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candle {
    /// Prices and volume; `opened_at` is the interval's start.
    pub bar: Bar,
    /// The interval's last millisecond.
    pub closes_at: Timestamp,
    /// What was traded, in the quote asset: each minute's volume at its close.
    pub turnover: Amount,
}

impl Interval {
    /// So many minutes; `None` for zero or more than a week.
    pub fn minutes(count: i64) -> Option<Self> {
        (1..=7 * 1_440)
            .contains(&count)
            .then_some(Self { length: count * MINUTE })
    }

    /// From a number and `m`, `h`, `d` or `w`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let number: i64 = number.parse().ok()?;
        let minutes = match unit {
            "m" => 1,
            "h" => 60,
            "d" => 1_440,
            "w" => 7 * 1_440,
            _ => return None,
        };
        Self::minutes(number.checked_mul(minutes)?)
    }

    fn start(self, at: Timestamp) -> Timestamp {
        let origin = if self.length == 7 * DAY { FIRST_MONDAY } else { 0 };
        Timestamp(at.0 - (at.0 - origin).rem_euclid(self.length))
    }
}

/// All candles of these bars.
pub(super) fn of_bars(bars: &[Bar], interval: Interval) -> Vec<Candle> {
    let mut candles: Vec<Candle> = Vec::new();
    for bar in bars {
        let start = interval.start(bar.opened_at);
        match candles.last_mut().filter(|last| last.bar.opened_at == start) {
            Some(last) => last.grow(bar),
            None => candles.push(Candle::first(bar, start, interval)),
        }
    }
    candles
}

/// The last candle of these bars.
pub(super) fn last_of(bars: &[Bar], interval: Interval) -> Option<Candle> {
    let start = interval.start(bars.last()?.opened_at);
    let first = bars.partition_point(|bar| bar.opened_at < start);
    of_bars(&bars[first..], interval).pop()
}

impl Candle {
    fn first(bar: &Bar, start: Timestamp, interval: Interval) -> Self {
        Self {
            bar: Bar {
                opened_at: start,
                ..*bar
            },
            closes_at: Timestamp(start.0 + interval.length - 1),
            turnover: turnover(bar.close, bar.volume),
        }
    }

    fn grow(&mut self, bar: &Bar) {
        self.bar.high = self.bar.high.max(bar.high);
        self.bar.low = self.bar.low.min(bar.low);
        self.bar.close = bar.close;
        self.bar.volume = self.bar.volume.plus(bar.volume).unwrap_or(self.bar.volume);
        self.turnover = self
            .turnover
            .plus(turnover(bar.close, bar.volume))
            .unwrap_or(self.turnover);
    }
}

fn turnover(price: Price, volume: Quantity) -> Amount {
    price.notional(volume, Rounding::Down).unwrap_or(Amount::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(minute: i64, prices: [i64; 4]) -> Bar {
        let [open, high, low, close] = prices.map(|price| Price::whole(price).unwrap());
        Bar {
            opened_at: Timestamp(minute * MINUTE),
            open,
            high,
            low,
            close,
            volume: Quantity::whole(2).unwrap(),
        }
    }

    #[test]
    fn candles_begin_where_their_interval_does_and_hold_all_of_it() {
        let bars = [
            bar(4, [10, 12, 9, 11]),
            bar(5, [11, 15, 11, 14]),
            bar(6, [14, 14, 8, 9]),
        ];
        let candles = of_bars(&bars, Interval::parse("5m").unwrap());
        assert_eq!(candles.len(), 2);
        let last = candles[1];
        assert_eq!(
            last.bar,
            Bar {
                volume: Quantity::whole(4).unwrap(),
                ..bar(5, [11, 15, 8, 9])
            }
        );
        assert_eq!(last.closes_at, Timestamp(10 * MINUTE - 1));
        assert_eq!(last.turnover, Amount::whole(46).unwrap());
        assert_eq!(last_of(&bars, Interval::parse("5m").unwrap()), Some(last));
    }

    #[test]
    fn weeks_begin_on_mondays_and_other_lengths_are_refused() {
        let week = Interval::parse("1w").unwrap();
        // 2024-08-08 was a Thursday; its week began on 2024-08-05.
        assert_eq!(week.start(Timestamp(1_723_075_200_000)), Timestamp(1_722_816_000_000));
        for text in ["", "m", "0m", "2w", "1y", "-1m", "é"] {
            assert_eq!(Interval::parse(text), None, "{text}");
        }
    }
}
