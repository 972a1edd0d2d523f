//! How times are told: median, 99th of a hundred, and the most.

use std::fmt;
use std::time::Duration;

/// How a number of times are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    count: usize,
    p50: Duration,
    p99: Duration,
    most: Duration,
}

impl Spread {
    /// Of these times; `None` when there are none.
    pub fn of(times: impl IntoIterator<Item = Duration>) -> Option<Self> {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort_unstable();
        let most = *times.last()?;
        // The smallest time that is not exceeded by so many of a hundred.
        let at = |share: usize| times[(times.len() * share).div_ceil(100) - 1];
        Some(Self {
            count: times.len(),
            p50: at(50),
            p99: at(99),
            most,
        })
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, p50, p99, most } = self;
        write!(f, "p50 {p50:.2?}, p99 {p99:.2?}, most {most:.2?} (of {count})")
    }
}

/// Prints a line of figures.
pub fn tell(what: &str, times: impl IntoIterator<Item = Duration>) {
    match Spread::of(times) {
        Some(spread) => println!("{what}: {spread}"),
        None => println!("{what}: none"),
    }
}
