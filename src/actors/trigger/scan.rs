//! Reading triggers onto the board: new ones at a poke, and every one that is not final once a minute.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use domain::alert::AlertKind;
use domain::id::{SubscriptionId, TriggerId};
use domain::page::Page;
use domain::time::Timestamp;
use domain::trigger::{Trigger, TriggerState};
use futures::future::join_all;
use tokio::time::Instant;

use super::board::Sighted;
use super::deps::TriggerDeps;
use crate::ports::store::{StoreError, TriggerFilter};

/// The newest trigger that was read of each subscription: ids of one rise with their logs.
pub(super) type Newest = HashMap<SubscriptionId, TriggerId>;

/// What a look at the rows brought.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub sighted: Vec<Sighted>,
    pub newest: Newest,
}

/// Triggers of each listing that were read after these, all of them.
pub(super) async fn fresh(deps: &TriggerDeps, newest: &Newest) -> Result<Seen, StoreError> {
    let reads = deps.listings.keys().map(|subscription| {
        let after = newest.get(subscription).map_or(0, |id| id.0);
        after_in(deps, *subscription, after)
    });
    let mut seen = Seen::default();
    for read in join_all(reads).await {
        let part = read?;
        seen.sighted.extend(part.sighted);
        seen.newest.extend(part.newest);
    }
    Ok(seen)
}

async fn after_in(deps: &TriggerDeps, subscription: SubscriptionId, mut after: i64) -> Result<Seen, StoreError> {
    let mut seen = Seen::default();
    let filter = TriggerFilter {
        subscription: Some(subscription),
        live: Some(true),
        ..TriggerFilter::default()
    };
    loop {
        let page = deps
            .store
            .triggers(filter, Page::after(after, deps.options.page))
            .await?;
        let Some(last) = page.last() else {
            return Ok(seen);
        };
        after = last.id.0;
        seen.newest.insert(subscription, last.id);
        seen.sighted
            .extend(page.iter().filter_map(|trigger| sight(deps, trigger)));
    }
}

/// Every trigger that is not final; tells how many there are, and of which somebody should know.
pub(super) async fn all(deps: &TriggerDeps) -> Result<Seen, StoreError> {
    let now = deps.clock.now();
    let filter = TriggerFilter {
        live: Some(true),
        ..TriggerFilter::default()
    };
    let (mut seen, mut figures, mut after) = (Seen::default(), Figures::default(), 0);
    loop {
        let page = deps
            .store
            .triggers(filter, Page::after(after, deps.options.page))
            .await?;
        let Some(last) = page.last() else {
            figures.tell(deps, now);
            return Ok(seen);
        };
        after = last.id.0;
        for trigger in &page {
            figures.count(deps, trigger, now);
            seen.newest.insert(trigger.subscription, trigger.id);
            seen.sighted.extend(sight(deps, trigger));
        }
    }
}

/// A trigger for the board; `None` for one on which others work, or of a contract that is not in the settings any more.
fn sight(deps: &TriggerDeps, trigger: &Trigger) -> Option<Sighted> {
    let is_ours = match trigger.state {
        TriggerState::Held | TriggerState::Ready | TriggerState::Ordering { .. } => true,
        TriggerState::Paying
        | TriggerState::Returning
        | TriggerState::Settled { .. }
        | TriggerState::Returned { .. } => false,
    };
    if !is_ours || !deps.listings.contains_key(&trigger.subscription) {
        return None;
    }
    let (now, begun, speed) = (deps.clock.now(), Instant::now(), deps.clock.speed());
    let then = |at: Timestamp| begun + at.since(now) / speed;
    Some(Sighted {
        id: trigger.id,
        subscription: trigger.subscription,
        due: trigger.next_at.map_or(begun, then),
        expires: then(trigger.expires_at),
        is_ordering: matches!(trigger.state, TriggerState::Ordering { .. }),
    })
}

/// What is told of all triggers that are not final.
#[derive(Default)]
struct Figures {
    by_state: BTreeMap<&'static str, u32>,
    oldest: Option<Timestamp>,
    stuck: BTreeMap<SubscriptionId, (u32, TriggerId)>,
    subscriptions: std::collections::BTreeSet<SubscriptionId>,
}

impl Figures {
    fn count(&mut self, deps: &TriggerDeps, trigger: &Trigger, now: Timestamp) {
        let count = self.by_state.entry(trigger.state.as_str()).or_default();
        *count = count.saturating_add(1);
        let oldest = self.oldest.unwrap_or(trigger.created_at);
        self.oldest = Some(oldest.min(trigger.created_at));
        self.subscriptions.insert(trigger.subscription);
        let is_waiting = trigger.state == TriggerState::Held || (deps.halted)(trigger.subscription);
        let end = trigger.expires_at.after(deps.options.stuck_after);
        // Nobody follows what is of a contract that is not in the settings any more.
        let is_lost = !deps.listings.contains_key(&trigger.subscription);
        if is_lost || (now > end && !is_waiting) {
            let stuck = self.stuck.entry(trigger.subscription).or_insert((0, trigger.id));
            stuck.0 = stuck.0.saturating_add(1);
        }
    }

    fn tell(&self, deps: &TriggerDeps, now: Timestamp) {
        for state in ["held", "ready", "ordering", "paying", "returning"] {
            let count = self.by_state.get(state).copied().unwrap_or_default();
            metrics::gauge!("bursar_triggers", "state" => state).set(f64::from(count));
        }
        let age = self.oldest.map_or(Duration::ZERO, |oldest| now.since(oldest));
        metrics::gauge!("bursar_trigger_oldest_seconds").set(age);
        let known = self.subscriptions.iter().chain(deps.listings.keys());
        for subscription in known.collect::<std::collections::BTreeSet<_>>() {
            let subject = format!("subscription:{subscription}");
            match self.stuck.get(subscription) {
                Some((count, first)) => {
                    let why = if deps.listings.contains_key(subscription) {
                        "are not over long after their patience was"
                    } else {
                        "wait for a listing that is not in the settings any more"
                    };
                    let message = format!("{count} triggers {why}; the first is {first}");
                    deps.raise(AlertKind::TriggerStuck, subject, message);
                }
                None => deps.resolve(AlertKind::TriggerStuck, subject),
            }
        }
    }
}
