//! The request weight that a venue allows, and its cool-down.

use std::time::Duration;

use tokio::time::Instant;

/// Thousandths of a weight per weight: a bucket refills by parts of one.
const PART: i128 = 1_000;
const MINUTE_MS: i128 = 60_000;

/// A bucket that holds a minute's weight. Periodic polls spend what is there; forced ones may borrow as much again.
#[derive(Debug)]
pub(super) struct Budget {
    per_minute: u32,
    parts: i128,
    filled_at: Instant,
    /// Until when nothing starts that is periodic.
    periods_rest: Option<Instant>,
    /// Until when nothing starts at all.
    all_rest: Option<Instant>,
}

impl Budget {
    /// A full bucket.
    pub fn new(per_minute: u32, now: Instant) -> Self {
        Self {
            per_minute,
            parts: i128::from(per_minute) * PART,
            filled_at: now,
            periods_rest: None,
            all_rest: None,
        }
    }

    /// Takes the weight of a poll that is to start now, or nothing.
    pub fn take(&mut self, weight: u32, forced: bool, now: Instant) -> bool {
        if self.cool_until(forced, now).is_some() {
            return false;
        }
        self.fill(now);
        let floor = if forced { -self.capacity() } else { 0 };
        let left = self.parts - i128::from(weight) * PART;
        // A poll that weighs more than the whole bucket may start when the bucket is full.
        if left < floor && self.parts < self.capacity() {
            return false;
        }
        self.parts = left;
        true
    }

    /// Takes what was spent beyond the poll itself: further pages, lookups.
    pub fn charge(&mut self, weight: u32, now: Instant) {
        self.fill(now);
        self.parts -= i128::from(weight) * PART;
    }

    /// The venue limits requests: no periodic poll starts before this has passed, and no forced one either where it was one that
    /// was turned away. A longer cool-down that runs already stays.
    pub fn cool_down(&mut self, lasting: Duration, forced: bool, now: Instant) {
        let until = Some(now + lasting);
        self.periods_rest = self.periods_rest.max(until);
        if forced {
            self.all_rest = self.all_rest.max(until);
        }
    }

    /// When the cool-down of this kind ends, if one is on.
    pub fn cool_until(&self, forced: bool, now: Instant) -> Option<Instant> {
        let until = if forced { self.all_rest } else { self.periods_rest };
        until.filter(|until| *until > now)
    }

    /// Whole weight that is left; negative while borrowed.
    pub fn left(&self) -> i64 {
        i64::try_from(self.parts.div_euclid(PART)).unwrap_or(i64::MAX)
    }

    fn capacity(&self) -> i128 {
        i128::from(self.per_minute) * PART
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled_at).as_millis();
        let passed = i128::try_from(passed).unwrap_or(MINUTE_MS).min(2 * MINUTE_MS);
        if passed == 0 {
            return;
        }
        self.parts = (self.parts + passed * self.capacity() / MINUTE_MS).min(self.capacity());
        self.filled_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s2_01_periodic_polls_never_spend_more_than_the_minute_allows() {
        let start = Instant::now();
        let mut budget = Budget::new(60, start);
        let mut started = 0;
        for tick in 0..1_200 {
            let now = start + Duration::from_millis(50 * tick);
            while budget.take(5, false, now) {
                started += 1;
            }
        }
        // The full bucket of 12 at once, then one per 5 s for a minute.
        assert_eq!(started, 12 + 11);
    }

    #[test]
    fn forced_poll_borrows_and_periodic_ones_wait_until_it_is_paid_back() {
        let start = Instant::now();
        let mut budget = Budget::new(60, start);
        assert!(budget.take(60, false, start));
        assert!(!budget.take(1, false, start));
        assert!(budget.take(60, true, start));
        assert_eq!(budget.left(), -60);
        assert!(!budget.take(1, true, start), "the loan has a limit");
        assert!(!budget.take(1, false, start + Duration::from_secs(60)));
        assert!(budget.take(1, false, start + Duration::from_secs(61)));
    }

    #[test]
    fn forced_poll_that_was_turned_away_stops_all() {
        let start = Instant::now();
        let mut budget = Budget::new(60, start);
        budget.cool_down(Duration::from_secs(10), true, start);
        budget.cool_down(Duration::from_secs(5), true, start);
        for forced in [false, true] {
            assert!(!budget.take(1, forced, start + Duration::from_secs(9)));
            assert!(budget.take(1, forced, start + Duration::from_secs(10)));
        }
    }

    #[test]
    fn periodic_poll_that_was_turned_away_stops_only_its_like() {
        let start = Instant::now();
        let mut budget = Budget::new(60, start);
        budget.cool_down(Duration::from_secs(10), false, start);
        assert!(budget.take(1, true, start));
        assert!(!budget.take(1, false, start + Duration::from_secs(9)));
        assert!(budget.take(1, false, start + Duration::from_secs(10)));
    }

    #[test]
    fn poll_that_weighs_more_than_a_minute_starts_from_a_full_bucket() {
        let start = Instant::now();
        let mut budget = Budget::new(10, start);
        assert!(budget.take(25, false, start));
        assert_eq!(budget.left(), -15);
        assert!(!budget.take(25, false, start + Duration::from_secs(60)));
        assert!(budget.take(25, false, start + Duration::from_secs(150)));
    }
}
