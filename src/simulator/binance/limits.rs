//! Limits: weights by address and minute, orders by account and by ten seconds and minute, and bans.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::id::VenueAccountId;
use domain::time::Timestamp;

use crate::simulator::windows::{Window, left, seconds};

/// Weight that an address has in a minute.
pub(super) const WEIGHT: u32 = 2_400;
/// Orders that an account has in ten seconds, and in a minute.
pub(super) const ORDERS: (u32, u32) = (300, 1_200);
/// Refused requests in a minute after which an address is banned.
const PATIENCE: u32 = 200;
/// How long a ban lasts, in milliseconds.
const BAN: i64 = 120_000;
const MINUTE: i64 = 60_000;
const TEN_SECONDS: i64 = 10_000;
/// Addresses or accounts that are counted.
const COUNTED: usize = 10_000;

/// Why a request is not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany {
    /// Seconds to wait.
    pub seconds: u64,
    /// Whether the address is banned.
    pub banned: bool,
}

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    addresses: BTreeMap<String, Address>,
    accounts: BTreeMap<VenueAccountId, (Window, Window)>,
}

#[derive(Debug, Default)]
struct Address {
    weight: Window,
    refused: Window,
    banned_until: i64,
}

impl Limits {
    /// Counts a request's weight; what the address used in this minute, or that it was too much.
    pub fn weigh(&self, address: &str, weight: u32, now: Timestamp) -> Result<u32, TooMany> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.addresses.len() >= COUNTED {
            counts.addresses.pop_first();
        }
        let address = counts.addresses.entry(address.to_owned()).or_default();
        if now.0 < address.banned_until {
            return Err(TooMany {
                seconds: seconds(address.banned_until - now.0),
                banned: true,
            });
        }
        let used = address.weight.add(now, MINUTE, weight);
        if used <= WEIGHT {
            return Ok(used);
        }
        if address.refused.add(now, MINUTE, 1) > PATIENCE {
            address.banned_until = now.0 + BAN;
        }
        Err(TooMany {
            seconds: seconds(left(now, MINUTE)),
            banned: false,
        })
    }

    /// Counts orders; how many in these ten seconds and this minute.
    pub fn order(&self, account: VenueAccountId, orders: u32, now: Timestamp) -> (u32, u32) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.accounts.len() >= COUNTED {
            counts.accounts.pop_first();
        }
        let (short, long) = counts.accounts.entry(account).or_default();
        (short.add(now, TEN_SECONDS, orders), long.add(now, MINUTE, orders))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_that_goes_on_after_its_limit_is_banned_for_a_while() {
        let limits = Limits::default();
        let now = Timestamp(30_000);
        assert_eq!(limits.weigh("a", 2_400, now), Ok(2_400));
        for _ in 0..=PATIENCE {
            let limited = TooMany {
                seconds: 30,
                banned: false,
            };
            assert_eq!(limits.weigh("a", 1, now), Err(limited));
        }
        assert_eq!(
            limits.weigh("a", 1, now),
            Err(TooMany {
                seconds: 120,
                banned: true
            })
        );
        assert_eq!(limits.weigh("b", 1, now), Ok(1));
        assert_eq!(limits.weigh("a", 1, Timestamp(150_000)), Ok(1));
    }

    #[test]
    fn orders_are_counted_by_ten_seconds_and_by_minute() {
        let limits = Limits::default();
        let account = VenueAccountId(1);
        assert_eq!(limits.order(account, 5, Timestamp(9_999)), (5, 5));
        assert_eq!(limits.order(account, 1, Timestamp(10_000)), (1, 6));
        assert_eq!(limits.order(account, 1, Timestamp(60_000)), (1, 1));
    }
}
