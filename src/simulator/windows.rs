//! Counts within windows of time, for the limits that dialects keep.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::time::Timestamp;

/// Names that are counted at once; beyond them the first is forgotten.
const COUNTED: usize = 10_000;

/// A count that begins anew with each interval.
#[derive(Debug, Default, Clone, Copy)]
pub struct Window {
    index: i64,
    count: u32,
}

impl Window {
    /// Adds to the count of the interval of so many milliseconds that `now` is in; gives the count.
    pub fn add(&mut self, now: Timestamp, length: i64, count: u32) -> u32 {
        let index = now.0.div_euclid(length);
        if index != self.index {
            *self = Self { index, count: 0 };
        }
        self.count = self.count.saturating_add(count);
        self.count
    }
}

/// Counts by name, such as an address or a key with an endpoint.
#[derive(Debug, Default)]
pub struct Windows(Mutex<BTreeMap<String, Window>>);

impl Windows {
    /// Adds to the count of a name; gives the count of this interval.
    pub fn add(&self, name: &str, now: Timestamp, length: i64, count: u32) -> u32 {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= COUNTED && !windows.contains_key(name) {
            windows.pop_first();
        }
        windows.entry(name.to_owned()).or_default().add(now, length, count)
    }
}

/// Milliseconds until the interval of this length that `now` is in is over.
pub const fn left(now: Timestamp, length: i64) -> i64 {
    length - now.0.rem_euclid(length)
}

/// Whole seconds, rounded up.
pub const fn seconds(milliseconds: i64) -> u64 {
    milliseconds.unsigned_abs().div_ceil(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_begin_anew_with_each_interval_and_are_kept_apart_by_name() {
        let windows = Windows::default();
        assert_eq!(windows.add("a", Timestamp(1_999), 2_000, 3), 3);
        assert_eq!(windows.add("a", Timestamp(1_999), 2_000, 1), 4);
        assert_eq!(windows.add("b", Timestamp(1_999), 2_000, 1), 1);
        assert_eq!(windows.add("a", Timestamp(2_000), 2_000, 1), 1);
        assert_eq!((left(Timestamp(1_999), 2_000), seconds(1)), (1, 1));
    }
}
