//! How many requests of a kind the venue takes: a number in 30 seconds, and for orders a pause between two.
//!
//! Sources: the pages of each request below <https://openapi.futunn.com/futu-api-doc/en/trade/overview.html> and
//! <https://openapi.futunn.com/futu-api-doc/en/quote/overview.html>; that the number counts from the first request to the one that is
//! too many: <https://openapi.futunn.com/futu-api-doc/en/qa/quote.html>. What OpenD answers by itself is not limited.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::wire::protocol as p;

/// The venue counts when requests arrive, and two may come closer than they left: a second more than it says.
const WINDOW: Duration = Duration::from_secs(31);

/// What is allowed of one kind.
struct Allowed {
    times: usize,
    pause: Duration,
}

const fn allowed(protocol: u32) -> Option<Allowed> {
    let (times, pause) = match protocol {
        p::PLACE_ORDER => (15, 20),
        p::MODIFY_ORDER => (20, 40),
        p::GET_SNAPSHOT => (60, 0),
        p::UNLOCK_TRADE
        | p::GET_FUNDS
        | p::GET_POSITION_LIST
        | p::GET_ORDER_LIST
        | p::GET_HISTORY_ORDER_LIST
        | p::GET_ORDER_FEE
        | p::GET_STATIC => (10, 0),
        _ => return None,
    };
    Some(Allowed {
        times,
        pause: Duration::from_millis(pause),
    })
}

/// What has left in the last 30 seconds, by kind. It outlives connections, as the venue's count does.
#[derive(Debug, Default)]
pub struct Limits(Mutex<HashMap<u32, VecDeque<Instant>>>);

impl Limits {
    /// How long until there is room for another request of a kind; zero: now.
    pub fn room(&self, protocol: u32, now: Instant) -> Duration {
        let Some(allowed) = allowed(protocol) else {
            return Duration::ZERO;
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = all.entry(protocol).or_default();
        while left.front().is_some_and(|first| *first + WINDOW <= now) {
            left.pop_front();
        }
        match left.front() {
            Some(first) if left.len() >= allowed.times => (*first + WINDOW).saturating_duration_since(now),
            Some(_) | None => Duration::ZERO,
        }
    }

    /// Spends one request of a kind; it may leave after this pause, which is at most 40 ms for one that is alone.
    ///
    /// # Errors
    /// How long to wait until there is room; nothing is spent then.
    pub fn take(&self, protocol: u32, now: Instant) -> Result<Duration, Duration> {
        let Some(allowed) = allowed(protocol) else {
            return Ok(Duration::ZERO);
        };
        let room = self.room(protocol, now);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = all.entry(protocol).or_default();
        if left.len() >= allowed.times {
            return Err(room);
        }
        let leaves = left.back().map_or(now, |last| now.max(*last + allowed.pause));
        left.push_back(leaves);
        Ok(leaves.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_orders_leave_in_thirty_seconds_each_a_pause_behind_the_one_before() {
        let (limits, now) = (Limits::default(), Instant::now());
        for number in 0..15 {
            let pause = limits.take(p::PLACE_ORDER, now).unwrap();
            assert_eq!(pause, Duration::from_millis(20 * number));
        }
        assert_eq!(limits.take(p::PLACE_ORDER, now), Err(WINDOW));
        assert_eq!(limits.room(p::PLACE_ORDER, now), WINDOW);
        assert_eq!(limits.room(p::MODIFY_ORDER, now), Duration::ZERO);
        let half = now + WINDOW / 2;
        assert_eq!(limits.take(p::PLACE_ORDER, half), Err(WINDOW / 2));
        assert_eq!(limits.take(p::PLACE_ORDER, now + WINDOW), Ok(Duration::ZERO));
        assert!(
            limits.take(p::PLACE_ORDER, now + WINDOW).is_err(),
            "the second left 20 ms later"
        );
    }

    #[test]
    fn kinds_are_counted_apart_and_what_opend_answers_itself_is_not_counted() {
        let (limits, now) = (Limits::default(), Instant::now());
        for _ in 0..20 {
            limits.take(p::MODIFY_ORDER, now).unwrap();
        }
        assert!(limits.take(p::MODIFY_ORDER, now).is_err());
        assert_eq!(limits.take(p::PLACE_ORDER, now), Ok(Duration::ZERO));
        for _ in 0..1_000 {
            assert_eq!(limits.take(p::GET_GLOBAL_STATE, now), Ok(Duration::ZERO));
        }
    }
}
