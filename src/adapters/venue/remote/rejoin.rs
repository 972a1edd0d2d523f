//! How long to wait before a stream that ended is opened again.

use std::time::Duration;

/// Wait after a stream that had come up.
const FIRST: Duration = Duration::from_millis(250);
/// Longest wait.
const LONGEST: Duration = Duration::from_secs(30);

/// Waits double with each stream that did not come up, and are spread, so that ten thousand streams that one outage ended do
/// not come back at once.
#[derive(Debug)]
pub struct Rejoin {
    failures: u32,
    spread: u64,
}

impl Rejoin {
    /// `seed` tells streams apart.
    pub const fn new(seed: u64) -> Self {
        Self {
            failures: 0,
            // Knuth's multiplicative hash: neighbours land far apart.
            spread: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32,
        }
    }

    /// The stream came up.
    pub const fn came_up(&mut self) {
        self.failures = 0;
    }

    /// How long to wait now.
    pub fn wait(&mut self) -> Duration {
        let base = FIRST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let part = u32::try_from(self.spread % 1_000).unwrap_or_default();
        base / 2 + (base / 2) * part / 1_000 + base / 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute_and_differ_between_streams() {
        let (mut one, mut other) = (Rejoin::new(1), Rejoin::new(2));
        let waits: Vec<Duration> = (0..12).map(|_| one.wait()).collect();
        assert!(waits.is_sorted() && waits[0] >= Duration::from_millis(180), "{waits:?}");
        assert!(
            waits[11] <= LONGEST * 5 / 4 && waits[11] > Duration::from_secs(20),
            "{waits:?}"
        );
        assert_ne!(other.wait(), waits[0]);
        one.came_up();
        assert_eq!(one.wait(), waits[0]);
    }
}
