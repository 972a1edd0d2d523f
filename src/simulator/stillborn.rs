//! Orders that a venue takes and ends at once: post-only ones that would take, fill-or-kill ones that would not be filled.
//!
//! The exchange refuses them and keeps nothing of them. Where a venue gives them an id and tells them as cancelled, its
//! dialect keeps them here, for as long as the simulator runs.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::id::VenueAccountId;
use domain::paper::{PaperAccount, PaperOrder};

use super::exchange::{Ask, Exchange};

/// Orders that are kept of an account.
const KEPT: usize = 1_000;

/// An order that ended at once, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stillborn {
    /// As it would have been, cancelled; its number is negative.
    pub order: PaperOrder,
    /// Why it ended, in the venue's words.
    pub reason: &'static str,
}

/// Those of one account, by their numbers without the sign.
type Own = BTreeMap<i64, Stillborn>;

/// Those of all accounts.
#[derive(Debug, Default)]
pub struct Stillborns(Mutex<BTreeMap<VenueAccountId, Own>>);

impl Stillborns {
    /// Writes one down, and gives it. `numbered` makes its number, without the sign, of the newest one before it.
    pub fn add(
        &self,
        exchange: &Exchange,
        account: &PaperAccount,
        ask: &Ask,
        reason: &'static str,
        numbered: impl FnOnce(Option<i64>) -> i64,
    ) -> PaperOrder {
        let setting = exchange.setting(account, &ask.symbol);
        self.with(account.id, |own| {
            let number = numbered(own.keys().next_back().copied());
            let order = ask.stillborn(account, setting, -number, exchange.market_now());
            let kept = order.clone();
            own.insert(number, Stillborn { order: kept, reason });
            if own.len() > KEPT {
                own.pop_first();
            }
            order
        })
    }

    /// One of them, by its number.
    pub fn order(&self, account: VenueAccountId, number: i64) -> Option<PaperOrder> {
        let number = number.checked_neg()?;
        self.with(account, |own| own.get(&number).map(|one| one.order.clone()))
    }

    /// The newest with a client id.
    pub fn order_of(&self, account: VenueAccountId, client_id: &str) -> Option<PaperOrder> {
        let own = self.of(account);
        own.into_iter()
            .rev()
            .map(|one| one.order)
            .find(|order| order.client_id.as_ref().is_some_and(|own| own.0 == client_id))
    }

    /// All of an account, oldest first.
    pub fn of(&self, account: VenueAccountId) -> Vec<Stillborn> {
        self.with(account, |own| own.values().cloned().collect())
    }

    fn with<T>(&self, account: VenueAccountId, act: impl FnOnce(&mut Own) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(all.entry(account).or_default())
    }
}
