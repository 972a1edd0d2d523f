//! Window breakout: the price has left the low or the high of its window by the threshold.

use crate::fixed::{Price, Ratio};
use crate::market::{Side, Tick};
use crate::strategy::window::Window;

/// LONG when `price − low ≥ threshold × price`, SHORT when `high − price ≥ threshold × price`. Both at once
/// means that the direction is not clear: nothing is given, and what was given before is forgotten. Each
/// direction is given once, until the other one is given or both came at once. Nothing is given before the
/// window is full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakout {
    window: Window,
    given: Option<Side>,
}

impl Breakout {
    /// With an empty window of `seconds`.
    pub const fn new(seconds: u32) -> Self {
        Self {
            window: Window::new(seconds),
            given: None,
        }
    }

    /// Takes the next tick and gives the direction when it is new.
    pub fn take(&mut self, tick: &Tick, threshold: Ratio) -> Option<Side> {
        self.window.take(tick);
        if !self.window.is_full() {
            return None;
        }
        let (low, high) = (self.window.low()?, self.window.high()?);
        let long = has_left(low, tick.price, tick.price, threshold);
        let short = has_left(tick.price, high, tick.price, threshold);
        match (long, short) {
            (true, true) => {
                self.given = None;
                None
            }
            (true, false) => self.give(Side::Long),
            (false, true) => self.give(Side::Short),
            (false, false) => None,
        }
    }

    /// How many prices the window keeps, for the memory figures.
    pub fn kept(&self) -> usize {
        self.window.kept()
    }

    fn give(&mut self, side: Side) -> Option<Side> {
        (self.given.replace(side) != Some(side)).then_some(side)
    }
}

/// `above − below ≥ threshold × price`, without rounding.
fn has_left(below: Price, above: Price, price: Price, threshold: Ratio) -> bool {
    let distance = i128::from(above.units()) - i128::from(below.units());
    distance * i128::from(Ratio::ONE_UNITS) >= i128::from(threshold.units()) * i128::from(price.units())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::Quantity;
    use crate::time::Timestamp;

    fn breakout_at(prices: &[&str]) -> Vec<Option<Side>> {
        let mut breakout = Breakout::new(4);
        let threshold = "0.01".parse().unwrap();
        let ticks = (0..).zip(prices).map(|(second, price)| Tick {
            at: Timestamp(second * 1_000),
            price: price.parse().unwrap(),
            quantity: Quantity::ZERO,
        });
        ticks.map(|tick| breakout.take(&tick, threshold)).collect()
    }

    #[test]
    fn long_when_the_price_is_a_threshold_above_the_low_and_only_once() {
        // 101.01 − 100 = 1.01 is one unit short of one per cent of 101.0101…; 101.02 is beyond it.
        let given = breakout_at(&["100", "100", "100", "100", "101.01", "101.02", "101.1"]);
        assert_eq!(given, [None, None, None, None, None, Some(Side::Long), None]);
    }

    #[test]
    fn short_when_the_price_is_a_threshold_below_the_high() {
        // 100 − 99.01 = 0.99 < 0.9901; 100 − 99.009 = 0.991 ≥ 0.99009.
        let given = breakout_at(&["100", "100", "100", "100", "99.01", "99.009"]);
        assert_eq!(given, [None, None, None, None, None, Some(Side::Short)]);
    }

    #[test]
    fn exactly_the_threshold_is_enough() {
        // 99 + 1 % of 100 = 100.
        let given = breakout_at(&["99", "99", "99", "99", "100"]);
        assert_eq!(given[4], Some(Side::Long));
    }

    #[test]
    fn nothing_is_given_before_the_window_is_full() {
        let given = breakout_at(&["100", "110", "121", "133", "146"]);
        assert_eq!(given, [None, None, None, None, Some(Side::Long)]);
    }

    #[test]
    fn both_directions_at_once_give_nothing_and_forget_what_was_given() {
        // 98, 102 and now 100: two above the low and two below the high.
        let given = breakout_at(&["98", "98", "98", "98", "102", "100", "100", "100", "100", "100", "102"]);
        assert_eq!(given[4], Some(Side::Long));
        // At 5 both hold. Then the 98s leave, then only the 102 is left: short.
        assert_eq!(given[5..8], [None, None, None]);
        assert_eq!(given[8], Some(Side::Short));
        assert_eq!(given[9], None);
        assert_eq!(given[10], Some(Side::Long));
    }

    #[test]
    fn the_same_direction_is_given_again_only_after_the_other() {
        let given = breakout_at(&[
            "100", "100", "100", "100", "102", "102", "102", "102", "102", "104", "101", "99",
        ]);
        assert_eq!(given[4], Some(Side::Long));
        assert_eq!(given[9], None);
        assert_eq!(given[10], Some(Side::Short));
    }
}
