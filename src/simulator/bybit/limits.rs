//! Limits: requests by address in five seconds with a ban, and by account and endpoint in a second.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/rate-limit>.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::id::VenueAccountId;
use domain::time::Timestamp;

use super::routes::Route;
use crate::simulator::windows::{Windows, left};

/// Requests that an address has in five seconds.
const REQUESTS: u32 = 600;
const FIVE_SECONDS: i64 = 5_000;
const SECOND: i64 = 1_000;
/// How long an address is shut out that asked more often, in milliseconds.
const BAN: i64 = 600_000;
/// Addresses that are shut out at once; beyond them the first is let in again.
const BANNED: usize = 10_000;

/// Why a request is not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShutOut;

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Limits {
    windows: Windows,
    /// Until when addresses are shut out.
    banned: Mutex<BTreeMap<String, i64>>,
}

/// An account's count at an endpoint.
pub(super) struct Counted {
    /// As it is told.
    pub headers: Vec<(&'static str, String)>,
    /// Whether this request is one too many.
    pub beyond: bool,
}

impl Limits {
    /// Counts a request of an address.
    pub fn address(&self, address: &str, now: Timestamp) -> Result<(), ShutOut> {
        let mut banned = self.banned.lock().unwrap_or_else(PoisonError::into_inner);
        match banned.get(address) {
            Some(until) if now.0 < *until => return Err(ShutOut),
            Some(_) => {
                banned.remove(address);
            }
            None => {}
        }
        if self.windows.add(address, now, FIVE_SECONDS, 1) <= REQUESTS {
            return Ok(());
        }
        if banned.len() >= BANNED {
            banned.pop_first();
        }
        banned.insert(address.to_owned(), now.0 + BAN);
        Err(ShutOut)
    }

    /// Counts a request of an account at an endpoint.
    pub fn account(&self, account: VenueAccountId, route: &Route, now: Timestamp) -> Counted {
        let name = format!("{account} {} {}", route.method, route.path);
        let count = self.windows.add(&name, now, SECOND, 1);
        let beyond = count > route.terms;
        let reset = if beyond { now.0 + left(now, SECOND) } else { now.0 };
        Counted {
            headers: headers(route.terms, route.terms.saturating_sub(count), reset),
            beyond,
        }
    }
}

/// The headers that tell a limit, what is left of it, and when it is whole again.
pub(super) fn headers(most: u32, rest: u32, reset: i64) -> Vec<(&'static str, String)> {
    vec![
        ("x-bapi-limit", most.to_string()),
        ("x-bapi-limit-status", rest.to_string()),
        ("x-bapi-limit-reset-timestamp", reset.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_that_asks_too_often_is_shut_out_for_ten_minutes() {
        let limits = Limits::default();
        let now = Timestamp(5_000);
        for _ in 0..REQUESTS {
            assert_eq!(limits.address("a", now), Ok(()));
        }
        assert_eq!(limits.address("a", now), Err(ShutOut));
        assert_eq!(limits.address("b", now), Ok(()));
        assert_eq!(limits.address("a", Timestamp(604_999)), Err(ShutOut));
        assert_eq!(limits.address("a", Timestamp(605_000)), Ok(()));
    }
}
