//! Failed attempts to prove an identity, counted per peer.
//!
//! A valid token passes whatever its peer did before: with 256 random bits a guess is hopeless, and an operator who
//! must pause now may share an address with whoever guesses.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Attempts that may fail at once, and per minute after that.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// Peers that are remembered before old ones are forgotten.
const PEERS: usize = 10_000;

/// Failed attempts per peer; all addresses of one IPv6 /64 are one peer.
pub(super) struct Attempts {
    failed: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            failed: RateLimiter::keyed(Quota::per_minute(PER_MINUTE)),
        }
    }
}

impl Attempts {
    /// Counts a failed attempt.
    ///
    /// # Errors
    /// When there were too many: how long to wait.
    pub(super) fn failed(&self, peer: IpAddr) -> Result<(), Duration> {
        if self.failed.len() > PEERS {
            self.failed.retain_recent();
        }
        match self.failed.check_key(&network(peer)) {
            Ok(()) => Ok(()),
            Err(until) => Err(until.wait_time_from(DefaultClock::default().now())),
        }
    }
}

fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = address.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(prefix))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eleventh_failure_of_a_network_must_wait_and_others_need_not() {
        let attempts = Attempts::default();
        let peer = |last: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, last));
        for last in 0..10 {
            assert_eq!(attempts.failed(peer(last)), Ok(()));
        }
        assert!(attempts.failed(peer(99)).unwrap_err() <= Duration::from_secs(6));
        assert_eq!(attempts.failed("2001:db8:0:2::1".parse().unwrap()), Ok(()));
        assert_eq!(attempts.failed("127.0.0.1".parse().unwrap()), Ok(()));
    }
}
