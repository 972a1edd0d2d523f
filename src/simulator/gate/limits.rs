//! Limits: by address and endpoint for what is public, by account for the rest, and a few that several endpoints share.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#frequency-limit-rule>.

use domain::time::Timestamp;

use super::routes::{Counted, Route};
use crate::simulator::windows::{Windows, left, seconds};

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Limits(Windows);

/// How much of a limit was used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    limit: u32,
    remain: u32,
    /// When it begins anew, in seconds.
    reset: i64,
    pub is_beyond: bool,
}

/// Requests within so many milliseconds, and what they are counted with.
fn rule(route: &Route) -> (u32, i64, String) {
    match route.terms.counted {
        Counted::Orders => (100, 1_000, "orders".to_owned()),
        Counted::Cancels => (200, 1_000, "cancels".to_owned()),
        Counted::Alone => (200, 10_000, format!("{} {}", route.method, route.path)),
    }
}

impl Limits {
    /// Counts a request.
    pub fn count(&self, who: &str, route: &Route, now: Timestamp) -> Used {
        let (limit, length, shared) = rule(route);
        let used = self.0.add(&format!("{who} {shared}"), now, length, 1);
        let is_beyond = used > limit;
        let wait = if is_beyond { left(now, length) } else { 0 };
        Used {
            limit,
            remain: limit.saturating_sub(used),
            reset: now.0.div_euclid(1_000) + i64::try_from(seconds(wait)).unwrap_or_default(),
            is_beyond,
        }
    }
}

impl Used {
    /// As headers.
    pub fn headers(self) -> Vec<(&'static str, String)> {
        vec![
            ("x-gate-ratelimit-requests-remain", self.remain.to_string()),
            ("x-gate-ratelimit-limit", self.limit.to_string()),
            ("x-gate-ratelimit-reset-timestamp", self.reset.to_string()),
        ]
    }
}

/// The headers of a limit that is over in so many seconds.
pub(super) fn told(route: Option<&Route>, now: Timestamp, seconds: u64) -> Vec<(&'static str, String)> {
    let used = Used {
        limit: route.map_or(200, |route| rule(route).0),
        remain: 0,
        // The second that has begun does not count.
        reset: (now.0.div_euclid(1_000) + 1).saturating_add_unsigned(seconds),
        is_beyond: true,
    };
    used.headers()
}
