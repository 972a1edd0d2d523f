//! How many requests of a kind are taken: the vendor's numbers, in any 30 seconds.
//!
//! Sources: the section on limits of each request's page, <https://openapi.futunn.com/futu-api-doc/en/trade/place-order.html> and its
//! neighbours.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

const WINDOW: Duration = Duration::from_secs(30);

/// Requests that were taken, by kind and account.
#[derive(Debug, Default)]
pub(super) struct Counts(HashMap<(u32, u64), VecDeque<Instant>>);

/// So many in 30 seconds. Lists and sums are limited only where the servers are asked.
const fn allowed(number: u32, refresh: bool) -> Option<usize> {
    match number {
        2202 => Some(15),
        2205 => Some(20),
        3203 => Some(60),
        2005 | 2221 | 2222 | 2225 | 3202 | 3223 => Some(10),
        2101 | 2102 | 2201 | 2211 if refresh => Some(10),
        _ => None,
    }
}

impl Counts {
    /// Counts a request; `Some` with the number that is allowed when it is one too many.
    pub fn exceeded(&mut self, number: u32, account: u64, refresh: bool, now: Instant) -> Option<usize> {
        let allowed = allowed(number, refresh)?;
        let taken = self.0.entry((number, account)).or_default();
        while taken.front().is_some_and(|first| *first + WINDOW <= now) {
            taken.pop_front();
        }
        if taken.len() >= allowed {
            return Some(allowed);
        }
        taken.push_back(now);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixteenth_order_in_thirty_seconds_is_one_too_many() {
        let (mut counts, now) = (Counts::default(), Instant::now());
        for _ in 0..15 {
            assert_eq!(counts.exceeded(2202, 1, false, now), None);
        }
        assert_eq!(counts.exceeded(2202, 1, false, now), Some(15));
        assert_eq!(counts.exceeded(2202, 2, false, now), None, "another account");
        assert_eq!(counts.exceeded(2202, 1, false, now + WINDOW), None);
        for _ in 0..100 {
            assert_eq!(counts.exceeded(2201, 1, false, now), None, "out of the cache");
        }
    }
}
