//! Client ids that are being placed: two requests with one id must not both find that it is free.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::id::VenueAccountId;
use domain::time::Timestamp;
use domain::venue::ClientOrderId;

type Name = (VenueAccountId, ClientOrderId);

/// The ids that are being placed now.
#[derive(Debug, Default)]
pub(super) struct Claims {
    held: Mutex<BTreeSet<Name>>,
    last: AtomicI64,
}

/// An id that is being placed, until this is dropped.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    claims: &'a Claims,
    name: Name,
}

impl Claims {
    /// Claims an id; `None` when somebody is placing with it.
    pub fn take(&self, account: VenueAccountId, id: &ClientOrderId) -> Option<Claim<'_>> {
        let name = (account, id.clone());
        let free = self.lock().insert(name.clone());
        free.then_some(Claim { claims: self, name })
    }

    /// A number that was not given before, not even before a restart.
    pub fn fresh(&self, now: Timestamp) -> i64 {
        let floor = now.0.saturating_mul(1_000);
        let next = |last: i64| Some((last + 1).max(floor));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        last.map_or(floor, |last| (last + 1).max(floor))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Name>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.lock().remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_is_claimed_once_at_a_time_and_numbers_ascend() {
        let claims = Claims::default();
        let id = ClientOrderId("a".to_owned());
        let claim = claims.take(VenueAccountId(1), &id);
        assert!(claim.is_some() && claims.take(VenueAccountId(1), &id).is_none());
        assert!(claims.take(VenueAccountId(2), &id).is_some());
        drop(claim);
        assert!(claims.take(VenueAccountId(1), &id).is_some());
        let numbers = [5, 5, 4, 9].map(|now| claims.fresh(Timestamp(now)));
        assert_eq!(numbers, [5_000, 5_001, 5_002, 9_000]);
    }
}
