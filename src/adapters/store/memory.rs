//! The store of the simulation: in memory, with the semantics of the SQL store and with faults on demand.
//!
//! It runs on paused time (no threads, no timers) and gives way before and after it acts, so that whatever can
//! interleave in the daemon interleaves in the simulation. Clones share what they hold: a world that is built anew
//! on a clone finds what the crashed one had committed.

mod alerts;
mod apply;
mod chain_port;
mod chain_rules;
mod chains;
mod closes;
mod job_port;
mod jobs;
mod journal;
mod keys;
mod ledger;
mod paper;
mod payouts;
mod pool_port;
mod pools;
mod port;
mod read;
mod reports;
mod rules;
mod state;
mod switches;
mod triggers;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::change::ChangeSet;

use self::state::State;
use crate::ports::store::StoreError;

/// What goes wrong with one commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitFault {
    /// Nothing.
    None,
    /// Nothing is written, and the answer is `Unavailable`.
    Before,
    /// All is written, and the answer is `Ambiguous`.
    After,
}

/// Decides what goes wrong with each commit.
pub type FaultPlan = Arc<dyn Fn(&ChangeSet) -> CommitFault + Send + Sync>;

/// An injected fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("injected by the fault plan")]
pub struct Injected;

/// A store that only lives as long as the process; for simulation.
#[derive(Clone, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
    faults: Option<FaultPlan>,
    unlisted: Option<Arc<AtomicBool>>,
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("faults", &self.faults.is_some())
            .finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// An empty store without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same rows, with these faults from now on.
    pub fn with_faults(&self, faults: FaultPlan) -> Self {
        Self {
            faults: Some(faults),
            ..self.clone()
        }
    }

    /// The same rows; which accounts are busy cannot be read while this is true.
    pub fn unlisted_while(&self, unlisted: Arc<AtomicBool>) -> Self {
        Self {
            unlisted: Some(unlisted),
            ..self.clone()
        }
    }

    /// The same rows, without faults.
    pub fn without_faults(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            ..Self::default()
        }
    }

    fn fault(&self, changes: &ChangeSet) -> CommitFault {
        self.faults.as_ref().map_or(CommitFault::None, |plan| plan(changes))
    }

    fn listed(&self) -> Result<(), StoreError> {
        match &self.unlisted {
            Some(unlisted) if unlisted.load(Ordering::Relaxed) => Err(StoreError::Unavailable(Box::new(Injected))),
            Some(_) | None => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the rows, giving way before and after.
    async fn see<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        tokio::task::yield_now().await;
        let seen = look(&self.lock());
        tokio::task::yield_now().await;
        seen
    }
}
