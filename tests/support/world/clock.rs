//! The world's clock: runs with paused time, and can be set.

use std::sync::atomic::{AtomicI64, Ordering};

use bursar::clock::Clock;
use domain::time::Timestamp;
use tokio::time::Instant;

/// A time of day that somebody may set.
#[derive(Debug)]
pub struct WorldClock {
    start: Timestamp,
    origin: Instant,
    set_by: AtomicI64,
}

impl WorldClock {
    pub fn new(start: Timestamp) -> Self {
        let (origin, set_by) = (Instant::now(), AtomicI64::new(0));
        Self { start, origin, set_by }
    }

    /// Sets the clock forward or back by so many milliseconds.
    pub fn set_by(&self, millis: i64) {
        self.set_by.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        let now = self.start.after(self.origin.elapsed());
        Timestamp(now.0 + self.set_by.load(Ordering::Relaxed))
    }
}
