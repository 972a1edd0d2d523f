//! How far a venue's clock is from ours.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use domain::time::Timestamp;

/// The offset, as the last measurement told it.
#[derive(Debug, Default)]
pub struct Offset {
    /// Milliseconds that the venue is ahead.
    ahead: AtomicI64,
    known: AtomicBool,
}

impl Offset {
    /// The venue's time, as far as it is known.
    pub fn at_venue(&self, ours: Timestamp) -> Timestamp {
        Timestamp(ours.0.saturating_add(self.ahead.load(Ordering::Relaxed)))
    }

    /// The venue answered with its time; the question left at `asked` by our clock and took `took`. It is taken to have
    /// looked at its clock half-way, so the error is at most half of `took`.
    pub fn measured(&self, venue: Timestamp, asked: Timestamp, took: Duration) {
        let half = i64::try_from(took.as_millis() / 2).unwrap_or(i64::MAX);
        let ours = asked.0.saturating_add(half);
        self.ahead.store(venue.0.saturating_sub(ours), Ordering::Relaxed);
        self.known.store(true, Ordering::Release);
    }

    /// Whether it needs to be measured: it never was, or the venue did not accept our time.
    pub fn is_unknown(&self) -> bool {
        !self.known.load(Ordering::Acquire)
    }

    /// The venue did not accept our time.
    pub fn doubt(&self) {
        self.known.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_known_to_half_a_round_trip() {
        let offset = Offset::default();
        assert!(offset.is_unknown());
        assert_eq!(offset.at_venue(Timestamp(5_000)), Timestamp(5_000));
        offset.measured(Timestamp(10_050), Timestamp(7_000), Duration::from_millis(100));
        assert!(!offset.is_unknown());
        assert_eq!(offset.at_venue(Timestamp(8_000)), Timestamp(11_000));
        offset.doubt();
        assert!(offset.is_unknown());
        assert_eq!(
            offset.at_venue(Timestamp(8_000)),
            Timestamp(11_000),
            "a doubtful one is better than none"
        );
    }
}
