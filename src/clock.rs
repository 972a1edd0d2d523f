//! The only place that reads the time of day.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::time::Timestamp;

/// Where `now` comes from. Timers run on tokio's monotonic clock; this one is for what is written down.
pub trait Clock: Send + Sync + 'static {
    /// The time of day.
    fn now(&self) -> Timestamp;

    /// How many times as fast as tokio's timers it runs; at least one.
    fn speed(&self) -> u32 {
        1
    }
}

/// The machine's time of day.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that reads the time of day"
        )]
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that starts at a given time and runs `speed` times as fast as tokio's timers; for the demo and,
/// at speed one on paused timers, for the simulation.
#[derive(Debug, Clone, Copy)]
pub struct ScaledClock {
    start: Timestamp,
    origin: tokio::time::Instant,
    speed: u32,
}

impl ScaledClock {
    /// A clock that shows `start` now.
    pub fn new(start: Timestamp, speed: u32) -> Self {
        Self {
            start,
            origin: tokio::time::Instant::now(),
            speed,
        }
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        self.start.after(self.origin.elapsed().saturating_mul(self.speed))
    }

    fn speed(&self) -> u32 {
        self.speed.max(1)
    }
}
