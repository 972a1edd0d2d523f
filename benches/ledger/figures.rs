//! How figures are told: rates, spreads of waits, and bytes.

use std::time::Duration;

/// What one measurement came to.
pub struct Measured {
    pub count: u64,
    pub spent: Duration,
    pub waits: Vec<Duration>,
}

impl Measured {
    pub fn per_second(&self) -> u64 {
        per_second(self.count, self.spent)
    }

    /// The wait that so many of a thousand do not exceed.
    pub fn wait(&mut self, of_thousand: usize) -> Duration {
        self.waits.sort_unstable();
        let place = (self.waits.len() * of_thousand).div_ceil(1_000);
        self.waits.get(place.saturating_sub(1)).copied().unwrap_or_default()
    }

    pub fn tell(&mut self, what: &str) {
        let rate = self.per_second();
        let [p50, p99, p999] = [500, 990, 999].map(|share| self.wait(share));
        println!("  {what:<70} {rate:>7}/s   p50 {p50:>9.2?}   p99 {p99:>9.2?}   p99.9 {p999:>9.2?}");
    }
}

/// So many in this time.
pub fn per_second(count: u64, spent: Duration) -> u64 {
    let micros = spent.as_micros().max(1);
    u64::try_from(u128::from(count) * 1_000_000 / micros).unwrap()
}

/// Parts of a hundred.
pub fn percent(part: u64, whole: u64) -> u64 {
    part * 100 / whole.max(1)
}
