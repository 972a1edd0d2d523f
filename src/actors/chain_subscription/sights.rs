//! What is known of subscriptions, for whoever shows it or waits for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use domain::chain::{BlockNumber, ChainId};
use domain::id::SubscriptionId;
use domain::time::Timestamp;

use crate::ports::chain::EndpointHealth;

/// What a subscription's actor last saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainSight {
    /// Its name in the settings.
    pub name: String,
    /// Chain.
    pub chain: ChainId,
    /// Up to where everything is on record.
    pub cursor: BlockNumber,
    /// The highest head that any node told.
    pub head: Option<BlockNumber>,
    /// Blocks that count and are not read yet.
    pub lag: u64,
    /// Reorgs seen, of any depth.
    pub reorgs: u32,
    /// Why it is halted, when it is.
    pub halted: Option<String>,
    /// Whether it is not halted and close enough behind a head that moves.
    pub is_ready: bool,
    /// Why the last look failed; `None` when it did not.
    pub trouble: Option<String>,
    /// Its chain's endpoints.
    pub endpoints: Vec<EndpointHealth>,
    /// When that was so.
    pub at: Timestamp,
}

/// The last sight of every subscription. Each one's actor writes its own.
#[derive(Debug, Clone, Default)]
pub struct ChainSights {
    seen: Arc<RwLock<BTreeMap<SubscriptionId, Arc<ChainSight>>>>,
    /// Whose gaps are to be scanned at its next look, without waiting for its time.
    scans: Arc<Mutex<BTreeSet<SubscriptionId>>>,
}

impl ChainSights {
    /// Takes in what a subscription's actor saw.
    pub(super) fn note(&self, subscription: SubscriptionId, sight: ChainSight) {
        let mut sights = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        sights.insert(subscription, Arc::new(sight));
    }

    /// Asks a subscription's actor to scan for gaps at its next look.
    pub fn ask_for_scan(&self, subscription: SubscriptionId) {
        let mut scans = self.scans.lock().unwrap_or_else(PoisonError::into_inner);
        scans.insert(subscription);
    }

    /// Whether somebody asked for a scan; then it is done by whoever asks this.
    pub(super) fn takes_scan(&self, subscription: SubscriptionId) -> bool {
        let mut scans = self.scans.lock().unwrap_or_else(PoisonError::into_inner);
        scans.remove(&subscription)
    }

    /// The last sight of a subscription; `None` before there was one.
    pub fn of(&self, subscription: SubscriptionId) -> Option<Arc<ChainSight>> {
        let sights = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        sights.get(&subscription).cloned()
    }

    /// Every sight, in order of subscriptions.
    pub fn all(&self) -> Vec<(SubscriptionId, Arc<ChainSight>)> {
        let sights = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        sights.iter().map(|(id, sight)| (*id, Arc::clone(sight))).collect()
    }

    /// Those of these subscriptions that are not ready, or were not seen yet; what they set off waits, and so does what waits for them.
    pub fn unready(&self, wanted: &[SubscriptionId]) -> Vec<SubscriptionId> {
        let is_ready = |id: &SubscriptionId| self.of(*id).is_some_and(|sight| sight.is_ready);
        wanted.iter().copied().filter(|id| !is_ready(id)).collect()
    }
}
