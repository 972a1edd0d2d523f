//! What working on triggers needs: ports, listings, limits, and what is known of venues for all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix::Recipient;
use domain::alert::AlertKind;
use domain::chain::ChainId;
use domain::id::{IdKind, PayoutId, StockOrderId, SubscriptionId};
use domain::trigger::Listing;
use domain::venue::VenueName;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, watch};
use tokio::time::Instant;

use super::market::Markets;
use crate::actors::mail::{Look, Post, Raise, Resolve};
use crate::actors::spawn::poke;
use crate::clock::Clock;
use crate::ports::chain::{Abi, Chain};
use crate::ports::stocks::StockVenue;
use crate::ports::store::{Store, StoreError};

/// Ids that are reserved at once.
const BLOCK: u32 = 64;

/// Tells whether a subscription is halted, or may accept nothing for another reason: nothing is ordered for it then.
pub type Halted = Arc<dyn Fn(SubscriptionId) -> bool + Send + Sync>;

/// Limits.
#[derive(Debug, Clone, Copy)]
pub struct TriggerOptions {
    /// Triggers that are worked on at once.
    pub parallel: usize,
    /// Of them, those of one listing: fewer, so that a slow venue does not block the listings of another.
    pub per_listing: usize,
    /// Rows read at once.
    pub page: u32,
    /// How often everything that is not final is read again.
    pub scan: Duration,
    /// Longest wait for the venue's answer to an order or a cancellation; after it the outcome is unknown.
    pub place_deadline: Duration,
    /// How old an intent may be when it is sent; an older one is looked up instead.
    pub send_within: Duration,
    /// Longest wait for an answer to a question.
    pub ask_deadline: Duration,
    /// Longest wait for the ledger's receipt.
    pub ledger_deadline: Duration,
    /// Wait after the store or the ledger failed.
    pub retry: Duration,
    /// How long after its patience a trigger may be not final before somebody is told.
    pub stuck_after: Duration,
    /// How long a stock venue may not answer before somebody is told.
    pub unreachable_after: Duration,
}

impl Default for TriggerOptions {
    fn default() -> Self {
        Self {
            parallel: 32,
            per_listing: 8,
            page: 500,
            scan: Duration::from_secs(60),
            place_deadline: Duration::from_secs(5),
            send_within: Duration::from_secs(2),
            ask_deadline: Duration::from_secs(5),
            ledger_deadline: Duration::from_secs(15),
            retry: Duration::from_secs(2),
            stuck_after: Duration::from_secs(1_800),
            unreachable_after: Duration::from_secs(30),
        }
    }
}

/// What the trigger actor needs.
pub struct TriggerDeps {
    /// Rows.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// The listings, by subscription.
    pub listings: BTreeMap<SubscriptionId, Arc<Listing>>,
    /// The stock venues that are switched on.
    pub venues: HashMap<VenueName, Arc<dyn StockVenue>>,
    /// The chains, for feeds of prices.
    pub chains: HashMap<ChainId, Arc<dyn Chain>>,
    /// Words of contracts.
    pub abi: Arc<dyn Abi>,
    /// Whether a subscription is halted.
    pub halted: Halted,
    /// Who posts trades.
    pub ledger: Recipient<Post>,
    /// Is poked when there is something to pay.
    pub payouts: Recipient<Look>,
    /// Who is told that something is wrong.
    pub raises: Recipient<Raise>,
    /// Who is told that it is over.
    pub resolves: Recipient<Resolve>,
    /// This installation's tag in marks and names of payouts.
    pub installation: String,
    /// Limits.
    pub options: TriggerOptions,
    /// Becomes true when the actor panics: the process must end, with a code that is not zero.
    pub fatal: watch::Sender<bool>,
    /// What is known for all of them; starts empty.
    pub shared: Shared,
}

/// What is known of venues, and ids that nobody else has.
#[derive(Default)]
pub struct Shared {
    pub(super) markets: Markets,
    order_ids: AsyncMutex<Range<i64>>,
    payout_ids: AsyncMutex<Range<i64>>,
    reach: Mutex<HashMap<VenueName, Reach>>,
    /// Since when this process has had orders in doubt, by its monotonic clock.
    doubts: Mutex<HashMap<StockOrderId, Instant>>,
    raised: Mutex<BTreeSet<(&'static str, String)>>,
    turns: Mutex<HashMap<SubscriptionId, Arc<AsyncMutex<()>>>>,
}

/// The right to put an order of a listing on record, until it is dropped: orders are made in the order of their logs.
pub(super) type Turn = OwnedMutexGuard<()>;

/// Failures of a venue in a row.
#[derive(Clone, Copy)]
struct Reach {
    failures: u32,
    since: Instant,
}

impl TriggerDeps {
    /// An id for an order.
    pub(super) async fn order_id(&self) -> Result<StockOrderId, StoreError> {
        let first = self.ids(&self.shared.order_ids, IdKind::StockOrder, 1).await?;
        Ok(StockOrderId(first))
    }

    /// The first of two ids for payouts: no trigger has more.
    pub(super) async fn payout_ids(&self) -> Result<PayoutId, StoreError> {
        let first = self.ids(&self.shared.payout_ids, IdKind::Payout, 2).await?;
        Ok(PayoutId(first))
    }

    async fn ids(&self, kept: &AsyncMutex<Range<i64>>, kind: IdKind, count: i64) -> Result<i64, StoreError> {
        let mut kept = kept.lock().await;
        if kept.end.saturating_sub(kept.start) < count {
            let first = self.store.reserve_ids(kind, BLOCK).await?;
            *kept = first..first.saturating_add(i64::from(BLOCK));
        }
        let first = kept.start;
        kept.start = kept.start.saturating_add(count);
        Ok(first)
    }

    /// The right to order for a listing, in the order in which it was asked for.
    pub(super) async fn turn(&self, subscription: SubscriptionId) -> Turn {
        let turn = Arc::clone(lock(&self.shared.turns).entry(subscription).or_default());
        turn.lock_owned().await
    }

    /// The venue of a listing, when it is switched on.
    pub(super) fn venue(&self, listing: &Listing) -> Option<&Arc<dyn StockVenue>> {
        self.venues.get(&listing.venue)
    }

    /// How long an order must be absent, by the time of day, before it never was: it may have left late, and be shown late.
    pub(super) fn grace(&self, venue: &dyn StockVenue) -> Duration {
        let TriggerOptions {
            place_deadline,
            send_within,
            ..
        } = self.options;
        venue.lookup_grace() + place_deadline + send_within
    }

    /// How long an order has been in doubt as this process saw it.
    pub(super) fn doubted_for(&self, order: StockOrderId) -> Duration {
        let now = Instant::now();
        let mut doubts = lock(&self.shared.doubts);
        now.saturating_duration_since(*doubts.entry(order).or_insert(now))
    }

    /// An order is not in doubt any more.
    pub(super) fn known(&self, order: StockOrderId) {
        lock(&self.shared.doubts).remove(&order);
    }

    /// A venue answered.
    pub(super) fn reached(&self, venue: VenueName) {
        let before = lock(&self.shared.reach).remove(&venue);
        if before.is_some() {
            self.resolve(AlertKind::StocksUnreachable, format!("venue:{venue}"));
        }
    }

    /// A venue did not answer.
    pub(super) fn not_reached(&self, venue: VenueName, why: &str) {
        let now = Instant::now();
        let reach = {
            let mut reach = lock(&self.shared.reach);
            let entry = reach.entry(venue).or_insert(Reach {
                failures: 0,
                since: now,
            });
            entry.failures = entry.failures.saturating_add(1);
            *entry
        };
        if reach.failures >= 3 && now.saturating_duration_since(reach.since) >= self.options.unreachable_after {
            let message = format!("{venue} has not answered {} times in a row: {why}", reach.failures);
            self.raise(AlertKind::StocksUnreachable, format!("venue:{venue}"), message);
        }
    }

    /// Something is wrong.
    pub(super) fn raise(&self, kind: AlertKind, subject: String, message: String) {
        lock(&self.shared.raised).insert((kind.as_str(), subject.clone()));
        poke(&self.raises, Raise { kind, subject, message });
    }

    /// It is over, if it was.
    pub(super) fn resolve(&self, kind: AlertKind, subject: String) {
        if lock(&self.shared.raised).remove(&(kind.as_str(), subject.clone())) {
            poke(&self.resolves, Resolve { kind, subject });
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
