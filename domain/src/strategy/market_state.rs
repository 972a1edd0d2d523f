//! The state of a market, told from its one-minute bars.

use serde::{Deserialize, Serialize};

use crate::fixed::{Price, Ratio, Rounding, divide};
use crate::market::Bar;
use crate::robot::validate::FieldError;

/// How a market behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketState {
    /// Goes one way.
    Trend,
    /// Goes no way in particular; also while too little is known.
    Ranging,
    /// Moves much.
    HighVolatility,
    /// Hardly moves.
    LowVolatility,
}

impl MarketState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Trend, Self::Ranging, Self::HighVolatility, Self::LowVolatility];

    /// Name in settings, logs and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trend => "trend",
            Self::Ranging => "ranging",
            Self::HighVolatility => "high_volatility",
            Self::LowVolatility => "low_volatility",
        }
    }
}

/// Lengths of the bars that vote on a trend, in minutes.
pub const HORIZONS: [i64; 4] = [1, 5, 15, 60];

const MINUTE: i64 = 60_000;

/// The rule by which a market's state is told. The first line that holds decides:
///
/// 1. Fewer than `bars` complete one-hour bars: ranging.
/// 2. The average of (high − low) / close of the last `bars` one-hour bars is at least `high_volatility`: high
///    volatility. Danger is named before direction.
/// 3. At least `trend_votes` of the four horizons (1, 5, 15 and 60 minutes) vote for the same direction: trend.
///    A horizon votes when |net move| / Σ |moves| of its last `bars` bars is at least `trend_strength`; moves
///    go from close to close, the first one from its bar's open.
/// 4. The average of 2. is at most `low_volatility`: low volatility.
/// 5. Ranging.
///
/// Bars are made of one-minute bars on whole multiples of their length; the minute and the bars that may still
/// grow do not count. A minute without a trade has no bar and counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classifier {
    /// How many bars of each horizon are looked at, 2 to 60.
    pub bars: u32,
    /// Share of the way that must lead somewhere, 0 to 1.
    pub trend_strength: Ratio,
    /// How many horizons must agree, 1 to 4.
    pub trend_votes: u32,
    /// Average range of an hour, as a share of the price, from which volatility is high.
    pub high_volatility: Ratio,
    /// Average range of an hour, as a share of the price, up to which volatility is low.
    pub low_volatility: Ratio,
}

/// What a bar of several minutes tells.
#[derive(Debug, Clone, Copy)]
struct Merged {
    slot: i64,
    open: Price,
    high: Price,
    low: Price,
    close: Price,
}

impl Classifier {
    /// Every field that breaks a rule.
    pub fn check(&self) -> Vec<FieldError> {
        let rules = [
            ("bars", (2..=60).contains(&self.bars), "must be 2 to 60"),
            (
                "trend_strength",
                self.trend_strength.is_positive() && self.trend_strength <= Ratio::ONE,
                "must be above zero and at most one",
            ),
            ("trend_votes", (1..=4).contains(&self.trend_votes), "must be 1 to 4"),
            (
                "high_volatility",
                self.high_volatility > self.low_volatility,
                "must be above low_volatility",
            ),
            (
                "low_volatility",
                self.low_volatility.is_positive(),
                "must be above zero",
            ),
        ];
        let broken = rules.into_iter().filter(|(_, holds, _)| !holds);
        broken.map(|(field, _, rule)| FieldError::new(field, rule)).collect()
    }

    /// The state told by these one-minute bars, oldest first, of which the last may still be growing.
    pub fn classify(&self, minutes: &[Bar]) -> MarketState {
        let hours = self.last_bars(minutes, 60);
        if hours.len() < self.wanted() {
            return MarketState::Ranging;
        }
        let Some(volatility) = average_range(&hours) else {
            return MarketState::Ranging;
        };
        if volatility >= self.high_volatility {
            return MarketState::HighVolatility;
        }
        let votes = HORIZONS.map(|horizon| self.vote(&self.last_bars(minutes, horizon)));
        let votes_for = |direction| votes.iter().filter(|vote| **vote == direction).count();
        if votes_for(1).max(votes_for(-1)) >= usize::try_from(self.trend_votes).unwrap_or(usize::MAX) {
            return MarketState::Trend;
        }
        if volatility <= self.low_volatility {
            return MarketState::LowVolatility;
        }
        MarketState::Ranging
    }

    fn wanted(&self) -> usize {
        usize::try_from(self.bars).unwrap_or(usize::MAX)
    }

    /// The last complete bars of `horizon` minutes, oldest first, at most as many as are looked at.
    fn last_bars(&self, minutes: &[Bar], horizon: i64) -> Vec<Merged> {
        let Some((growing, complete)) = minutes.split_last() else {
            return Vec::new();
        };
        let slot_of = |bar: &Bar| bar.opened_at.0.div_euclid(horizon * MINUTE);
        let growing = slot_of(growing);
        let mut merged: Vec<Merged> = Vec::new();
        for bar in complete.iter().rev().skip_while(|bar| slot_of(bar) >= growing) {
            let slot = slot_of(bar);
            let is_full = merged.len() == self.wanted();
            match merged.last_mut() {
                Some(last) if last.slot == slot => {
                    last.open = bar.open;
                    last.high = last.high.max(bar.high);
                    last.low = last.low.min(bar.low);
                }
                _ if is_full => break,
                _ => merged.push(Merged {
                    slot,
                    open: bar.open,
                    high: bar.high,
                    low: bar.low,
                    close: bar.close,
                }),
            }
        }
        merged.reverse();
        merged
    }

    /// 1 for up, −1 for down, 0 for neither.
    fn vote(&self, bars: &[Merged]) -> i128 {
        let mut before = bars.first().map(|bar| bar.open).unwrap_or_default();
        let (mut net, mut way) = (0_i128, 0_i128);
        for bar in bars {
            let step = i128::from(bar.close.units()) - i128::from(before.units());
            net += step;
            way += step.abs();
            before = bar.close;
        }
        let strong = net.abs() * i128::from(Ratio::ONE_UNITS) >= way * i128::from(self.trend_strength.units());
        if strong { net.signum() } else { 0 }
    }
}

/// The average of (high − low) / close, rounded down; `None` when it cannot be told.
fn average_range(bars: &[Merged]) -> Option<Ratio> {
    let range = |bar: &Merged| {
        let range = i128::from(bar.high.units()) - i128::from(bar.low.units());
        let numerator = range * i128::from(Ratio::ONE_UNITS);
        divide(numerator, bar.close.units().into(), Rounding::Down)
    };
    let total = bars.iter().map(range).sum::<Result<i128, _>>().ok()?;
    let count = i128::try_from(bars.len()).ok()?;
    Ratio::from_wide(divide(total, count, Rounding::Down).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::Quantity;
    use crate::time::Timestamp;

    fn classifier() -> Classifier {
        Classifier {
            bars: 4,
            trend_strength: "0.5".parse().unwrap(),
            trend_votes: 3,
            high_volatility: "0.05".parse().unwrap(),
            low_volatility: "0.002".parse().unwrap(),
        }
    }

    /// Minute bars whose closes are given by `close`, without wicks, from midnight; the last one is growing.
    fn minutes(count: i64, close: impl Fn(i64) -> i64) -> Vec<Bar> {
        let price = |minute: i64| Price::from_units(close(minute) * Price::ONE_UNITS / 100).unwrap();
        let bar = |minute: i64| {
            let (open, close) = (price(minute - 1), price(minute));
            Bar {
                opened_at: Timestamp(minute * MINUTE),
                open,
                high: open.max(close),
                low: open.min(close),
                close,
                volume: Quantity::ZERO,
            }
        };
        (0..count).map(bar).collect()
    }

    #[test]
    fn fewer_hours_than_wanted_are_ranging() {
        let rising = |minute| 100_000 + 2 * minute;
        assert_eq!(classifier().classify(&[]), MarketState::Ranging);
        assert_eq!(classifier().classify(&minutes(240, rising)), MarketState::Ranging);
        assert_eq!(classifier().classify(&minutes(241, rising)), MarketState::Trend);
    }

    #[test]
    fn a_price_that_only_rises_or_only_falls_is_a_trend() {
        assert_eq!(
            classifier().classify(&minutes(300, |minute| 100_000 + 5 * minute)),
            MarketState::Trend
        );
        assert_eq!(
            classifier().classify(&minutes(300, |minute| 100_000 - 5 * minute)),
            MarketState::Trend
        );
    }

    #[test]
    fn a_price_that_swings_within_an_hour_and_comes_back_is_ranging() {
        // 1000.00 up by 0.10 a minute for half an hour and back: an hour ranges over 3.00 of 1000, 0.3 %.
        let swing = |minute: i64| 100_000 + 10 * (minute.rem_euclid(60) - 30).abs();
        assert_eq!(classifier().classify(&minutes(300, swing)), MarketState::Ranging);
    }

    #[test]
    fn the_same_swing_is_high_or_low_volatility_by_the_thresholds() {
        let swing = |minute: i64| 100_000 + 10 * (minute.rem_euclid(60) - 30).abs();
        let bars = minutes(300, swing);
        // At minute 59 of each hour the close is 1002.90, the high 1003.00 and the low 1000.00.
        let exactly: Ratio = "0.0029913251".parse().unwrap();
        let hours = classifier().last_bars(&bars, 60);
        assert_eq!(average_range(&hours), Some(exactly));
        let mut high = classifier();
        high.high_volatility = exactly;
        assert_eq!(high.classify(&bars), MarketState::HighVolatility);
        let mut low = classifier();
        low.low_volatility = exactly;
        assert_eq!(low.classify(&bars), MarketState::LowVolatility);
    }

    #[test]
    fn horizons_that_disagree_are_no_trend() {
        // Falls for hours, and rises for the last twenty minutes: 1 and 5 minutes up, 15 undecided, 60 down.
        let turn = |minute: i64| 100_000 - 10 * minute.min(220) + 10 * (minute - 220).max(0);
        let bars = minutes(241, turn);
        let votes = HORIZONS.map(|horizon| classifier().vote(&classifier().last_bars(&bars, horizon)));
        assert_eq!(votes, [1, 1, 0, -1]);
        assert_eq!(classifier().classify(&bars), MarketState::Ranging);
    }

    #[test]
    fn bars_that_may_still_grow_do_not_count() {
        let bars = minutes(306, |minute| 100_000 + minute);
        let hours = classifier().last_bars(&bars, 60);
        assert_eq!(hours.iter().map(|bar| bar.slot).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(hours[3].close.to_string(), "1002.99");
        assert_eq!(hours[3].open.to_string(), "1002.39");
        let fives = classifier().last_bars(&bars, 5);
        assert_eq!(fives.iter().map(|bar| bar.slot).collect::<Vec<_>>(), [57, 58, 59, 60]);
    }

    #[test]
    fn every_wrong_setting_is_named() {
        let wrong = Classifier {
            bars: 1,
            trend_strength: "1.1".parse().unwrap(),
            trend_votes: 5,
            high_volatility: "0.001".parse().unwrap(),
            low_volatility: "0.001".parse().unwrap(),
        };
        let fields: Vec<String> = wrong.check().into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["bars", "trend_strength", "trend_votes", "high_volatility"]);
        assert_eq!(classifier().check(), []);
    }
}
