//! The contracts that somebody cares for, and how whoever cares is woken.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::chain::Address;
use tokio::sync::watch;

use crate::ports::market::Wake;

/// Who cares for which contract. Sockets poke, nothing is queued: whoever is woken looks.
pub struct Contracts {
    wakes: Mutex<BTreeMap<Address, Wake>>,
    changed: watch::Sender<u64>,
}

impl Default for Contracts {
    fn default() -> Self {
        Self {
            wakes: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }
}

impl Contracts {
    /// From now on this is woken for the contract.
    pub fn heed(&self, contract: Address, wake: Wake) {
        if self.wakes().insert(contract, wake).is_none() {
            self.changed.send_modify(|count| *count += 1);
        }
    }

    /// Nobody cares for it any more.
    pub fn forget(&self, contract: Address) {
        if self.wakes().remove(&contract).is_some() {
            self.changed.send_modify(|count| *count += 1);
        }
    }

    /// Those that somebody cares for.
    pub fn all(&self) -> Vec<Address> {
        self.wakes().keys().copied().collect()
    }

    /// Tells whenever those are others.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Wakes who cares for this contract.
    pub fn wake(&self, contract: Address) {
        let wake = self.wakes().get(&contract).cloned();
        if let Some(wake) = wake {
            wake();
        }
    }

    /// Wakes everybody.
    pub fn wake_all(&self) {
        let wakes: Vec<Wake> = self.wakes().values().cloned().collect();
        for wake in wakes {
            wake();
        }
    }

    fn wakes(&self) -> MutexGuard<'_, BTreeMap<Address, Wake>> {
        self.wakes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
