//! The sliding window: lowest and highest price of the last N seconds, in little memory.

use std::collections::VecDeque;

use crate::fixed::Price;
use crate::market::Tick;
use crate::time::Timestamp;

/// A window remembers times to this part of its length, so that it never keeps more prices than this.
const SLOTS: i64 = 1_000;

/// Lowest and highest price among the ticks of the last N seconds.
///
/// Times are kept to a thousandth of the length (N milliseconds), so a tick stays for N seconds and at most
/// N milliseconds more, and each of the two queues holds at most 1,001 prices however many ticks arrive. A
/// tick that is older than the one before it counts as simultaneous with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Length in seconds, which is also the length of a slot in milliseconds.
    seconds: u32,
    /// Prices ascend and slots ascend from front to back: the front is the lowest.
    lows: VecDeque<Extreme>,
    /// Prices descend and slots ascend from front to back: the front is the highest.
    highs: VecDeque<Extreme>,
    /// The first tick ever taken and the last.
    span: Option<(Timestamp, Timestamp)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extreme {
    slot: i64,
    price: Price,
}

impl Window {
    /// An empty window of `seconds`; zero counts as one.
    pub const fn new(seconds: u32) -> Self {
        Self {
            seconds: if seconds == 0 { 1 } else { seconds },
            lows: VecDeque::new(),
            highs: VecDeque::new(),
            span: None,
        }
    }

    /// Takes the next tick.
    pub fn take(&mut self, tick: &Tick) {
        let (first, last) = self.span.unwrap_or((tick.at, tick.at));
        let now = last.max(tick.at);
        self.span = Some((first, now));
        let slot = now.0.div_euclid(i64::from(self.seconds));
        let price = tick.price;
        take(&mut self.lows, Extreme { slot, price }, |kept| kept >= price);
        take(&mut self.highs, Extreme { slot, price }, |kept| kept <= price);
    }

    /// The lowest price in the window; `None` before the first tick.
    pub fn low(&self) -> Option<Price> {
        self.lows.front().map(|extreme| extreme.price)
    }

    /// The highest price in the window; `None` before the first tick.
    pub fn high(&self) -> Option<Price> {
        self.highs.front().map(|extreme| extreme.price)
    }

    /// Whether the ticks taken reach back over the whole length.
    pub fn is_full(&self) -> bool {
        self.span
            .is_some_and(|(first, last)| last.0.saturating_sub(first.0) >= 1_000 * i64::from(self.seconds))
    }

    /// How many prices are kept, for the memory figures.
    pub fn kept(&self) -> usize {
        self.lows.len() + self.highs.len()
    }
}

/// Adds to a monotonic queue: what is too old leaves at the front, what can never be the extreme again leaves
/// at the back. Each price enters and leaves at most once.
fn take(queue: &mut VecDeque<Extreme>, next: Extreme, is_beaten: impl Fn(Price) -> bool) {
    while queue.front().is_some_and(|front| next.slot - front.slot > SLOTS) {
        queue.pop_front();
    }
    while queue.back().is_some_and(|back| is_beaten(back.price)) {
        queue.pop_back();
    }
    // A more extreme price of the same slot outlives this one.
    if queue.back().is_none_or(|back| back.slot < next.slot) {
        queue.push_back(next);
    }
    if queue.capacity() > 64 && queue.len() < queue.capacity() / 4 {
        queue.shrink_to(queue.len() * 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::Quantity;
    use proptest::prelude::*;

    fn tick(at: i64, price: i64) -> Tick {
        Tick {
            at: Timestamp(at),
            price: Price::whole(price).unwrap(),
            quantity: Quantity::ZERO,
        }
    }

    fn whole(price: i64) -> Option<Price> {
        Some(Price::whole(price).unwrap())
    }

    #[test]
    fn a_price_leaves_after_the_length_of_the_window() {
        let mut window = Window::new(10);
        for (at, price) in [(0, 100), (4_000, 90), (8_000, 95), (10_000, 97)] {
            window.take(&tick(at, price));
        }
        assert_eq!((window.low(), window.high()), (whole(90), whole(100)));
        window.take(&tick(10_010, 96));
        assert_eq!((window.low(), window.high()), (whole(90), whole(97)));
        window.take(&tick(14_010, 96));
        assert_eq!((window.low(), window.high()), (whole(95), whole(97)));
    }

    #[test]
    fn it_is_full_once_its_ticks_reach_back_over_the_whole_length() {
        let mut window = Window::new(10);
        assert!(!window.is_full());
        window.take(&tick(5, 100));
        window.take(&tick(10_004, 100));
        assert!(!window.is_full());
        window.take(&tick(10_005, 100));
        assert!(window.is_full());
    }

    #[test]
    fn time_that_steps_back_does_not_bring_old_prices_back() {
        let mut window = Window::new(10);
        window.take(&tick(0, 100));
        window.take(&tick(20_000, 110));
        window.take(&tick(1_000, 105));
        assert_eq!((window.low(), window.high()), (whole(105), whole(110)));
    }

    #[test]
    fn a_price_that_only_rises_for_a_day_keeps_at_most_a_thousand_and_one_prices() {
        let mut window = Window::new(86_400);
        for second in 0..172_800 {
            window.take(&tick(second * 1_000, 1_000 + second));
        }
        assert_eq!(window.kept(), 1_001 + 1);
    }

    /// The same by looking at every tick again.
    fn naive(ticks: &[Tick], seconds: i64) -> (Option<Price>, Option<Price>) {
        let mut now = i64::MIN;
        let mut slots = Vec::new();
        for tick in ticks {
            now = now.max(tick.at.0);
            slots.push((now.div_euclid(seconds), tick.price));
        }
        let last = now.div_euclid(seconds);
        let inside = || {
            slots
                .iter()
                .filter(|(slot, _)| last - slot <= SLOTS)
                .map(|(_, price)| *price)
        };
        (inside().min(), inside().max())
    }

    proptest! {
        #[test]
        fn it_agrees_with_looking_at_every_tick_again(
            seconds in 1_u32..20,
            steps in proptest::collection::vec((-200_i64..3_000, 1_i64..50), 1..120),
        ) {
            let mut window = Window::new(seconds);
            let mut ticks = Vec::new();
            let mut at = 0;
            for (step, price) in steps {
                at += step;
                let next = tick(at, price);
                ticks.push(next);
                window.take(&next);
                prop_assert_eq!((window.low(), window.high()), naive(&ticks, i64::from(seconds)));
            }
        }
    }
}
