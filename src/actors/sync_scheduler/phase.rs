//! When an account's turn is: a place of its own on the interval, so that polls spread evenly and stay spread.

use std::time::Duration;

use domain::id::VenueAccountId;
use tokio::time::Instant;

/// Account × this, modulo 2⁶⁴: multiples of the golden ratio lie evenly on any interval.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The account's place on an interval: the same in every run.
pub(super) fn of(account: VenueAccountId, interval: Duration) -> Duration {
    let hash = account.0.unsigned_abs().wrapping_mul(GOLDEN);
    let nanos = interval.as_nanos().saturating_mul(u128::from(hash >> 32)) >> 32;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// The account's first turn after `now`, on a grid that began at `origin`.
pub(super) fn next(account: VenueAccountId, interval: Duration, origin: Instant, now: Instant) -> Instant {
    let interval = interval.max(Duration::from_millis(1));
    let first = origin + of(account, interval);
    if first > now {
        return first;
    }
    let rounds = (now - first).as_nanos() / interval.as_nanos() + 1;
    first + interval.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX))
}

/// Wait before try `failures` + 1: doubles from `first` up to `most`, plus up to a quarter that differs by account.
pub(super) fn back_off(account: VenueAccountId, failures: u32, first: Duration, most: Duration) -> Duration {
    let doubled = first.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    let wait = doubled.min(most);
    let spread = VenueAccountId(account.0.wrapping_add(i64::from(failures)));
    wait + of(spread, wait / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s2_04_polls_of_a_thousand_accounts_spread_evenly_over_the_interval() {
        let origin = Instant::now();
        let interval = Duration::from_secs(5);
        let mut per_tenth = [0; 50];
        for account in 1..=1_000 {
            let due = next(VenueAccountId(account), interval, origin, origin);
            let tenth = usize::try_from((due - origin).as_millis() / 100).unwrap();
            per_tenth[tenth.min(49)] += 1;
        }
        assert_eq!(per_tenth.iter().sum::<i32>(), 1_000);
        assert!(per_tenth.iter().all(|polls| (18..=22).contains(polls)), "{per_tenth:?}");
    }

    #[test]
    fn turn_stays_on_its_grid_however_late_the_poll_before_was() {
        let origin = Instant::now();
        let interval = Duration::from_secs(5);
        let account = VenueAccountId(7);
        let first = next(account, interval, origin, origin);
        let late = first + Duration::from_millis(4_900);
        assert_eq!(next(account, interval, origin, first), first + interval);
        assert_eq!(next(account, interval, origin, late), first + interval);
        assert_eq!(next(account, interval, origin, late + interval), first + interval * 2);
    }

    #[test]
    fn back_off_doubles_to_its_limit_and_differs_by_account() {
        let wait = |account, failures| {
            back_off(
                VenueAccountId(account),
                failures,
                Duration::from_secs(1),
                Duration::from_secs(30),
            )
        };
        for (failures, least) in [(1, 1), (2, 2), (3, 4), (6, 30), (60, 30)] {
            let least = Duration::from_secs(least);
            assert!((least..=least * 5 / 4).contains(&wait(1, failures)));
        }
        assert_ne!(wait(1, 3), wait(2, 3));
    }
}
