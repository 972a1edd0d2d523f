//! Sights: what venues last reported of accounts' positions, for whoever must know it between two syncs.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::id::VenueAccountId;
use domain::reconcile::STALE_WITHIN;
use domain::time::Timestamp;
use domain::venue::{AccountReport, PositionReport};

/// What a venue last reported of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// When the venue answered, by its clock.
    pub at: Timestamp,
    /// All open positions.
    pub positions: Vec<PositionReport>,
}

/// The last sight of every account whose history was read to its end since the start, shared by those who decide on it.
/// Only the scheduler writes it, after what it concluded from the report is on record.
#[derive(Debug, Clone, Default)]
pub struct Sights(Arc<RwLock<HashMap<VenueAccountId, Arc<Sight>>>>);

impl Sights {
    /// Takes in a report after which no history is left. One that is older than the last is passed over, unless
    /// the venue's clock was set back.
    pub fn note(&self, account: VenueAccountId, report: &AccountReport) {
        let mut sights = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_old = sights
            .get(&account)
            .is_some_and(|last| report.at < last.at && last.at.since(report.at) <= STALE_WITHIN);
        if !is_old {
            let sight = Sight {
                at: report.at,
                positions: report.positions.clone(),
            };
            sights.insert(account, Arc::new(sight));
        }
    }

    /// The last sight of an account; `None` before there was one.
    pub fn of(&self, account: VenueAccountId) -> Option<Arc<Sight>> {
        let sights = self.0.read().unwrap_or_else(PoisonError::into_inner);
        sights.get(&account).cloned()
    }
}
