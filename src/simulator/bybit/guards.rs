//! Sockets whose loss cancels the orders of an account.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/order/dcp>.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::VenueAccountId;

use crate::simulator::exchange::Exchange;

/// The guards of all accounts.
#[derive(Debug, Default)]
pub(super) struct Guards(Mutex<BTreeMap<VenueAccountId, Account>>);

#[derive(Debug, Default, Clone, Copy)]
struct Account {
    /// How long after the last guarded socket is gone orders are cancelled.
    window: Option<Duration>,
    /// Sockets that guard the orders.
    guards: usize,
}

/// A socket that guards an account's orders: when the last one of an account is dropped, the countdown begins.
pub(super) struct Guard {
    guards: Arc<Guards>,
    exchange: Arc<Exchange>,
    account: VenueAccountId,
}

impl Guards {
    /// Sets how long after its last guarded socket is gone an account's orders are cancelled.
    pub fn protect(&self, account: VenueAccountId, window: Duration) {
        self.lock().entry(account).or_default().window = Some(window);
    }

    /// How long that is, where it was set.
    pub fn window(&self, account: VenueAccountId) -> Option<Duration> {
        self.lock().get(&account).and_then(|account| account.window)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<VenueAccountId, Account>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guard {
    /// Begins to guard, and calls a countdown off.
    pub fn new(guards: &Arc<Guards>, exchange: &Arc<Exchange>, account: VenueAccountId) -> Self {
        guards.lock().entry(account).or_default().guards += 1;
        let guard = Self {
            guards: Arc::clone(guards),
            exchange: Arc::clone(exchange),
            account,
        };
        guard.count_down(Duration::ZERO);
        guard
    }

    fn count_down(&self, window: Duration) {
        for market in self.exchange.markets() {
            self.exchange
                .cancel_later(self.account, &market.instrument.symbol, window);
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let window = {
            let mut all = self.guards.lock();
            let account = all.entry(self.account).or_default();
            account.guards = account.guards.saturating_sub(1);
            account.window.filter(|_| account.guards == 0)
        };
        // When the simulator itself ends there is nobody left to count.
        if let Some(window) = window
            && tokio::runtime::Handle::try_current().is_ok()
        {
            self.count_down(window);
        }
    }
}
