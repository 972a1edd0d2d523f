//! How often a simulator answered with which status of HTTP.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Answers so far, by status. A connection that was cut instead of an answer is none.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<u16, u64>>);

impl Tally {
    /// One more with this status.
    pub fn count(&self, status: u16) {
        *self.counts().entry(status).or_default() += 1;
    }

    /// All of them.
    pub fn all(&self) -> BTreeMap<u16, u64> {
        self.counts().clone()
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<u16, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_status() {
        let tally = Tally::default();
        for status in [200, 429, 200] {
            tally.count(status);
        }
        assert_eq!(tally.all(), BTreeMap::from([(200, 2), (429, 1)]));
    }
}
