//! Turns: starting what is due within the venues' limits, and what follows from a sync for the next.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{AsyncContext, Context};
use domain::id::VenueAccountId;
use domain::venue::VenueName;
use tokio::time::Instant;

use super::budget::Budget;
use super::memory::Memory;
use super::poll::{self, Errand, SyncError, Synced};
use super::watches::{Begun, Turn};
use super::{SyncSchedulerActor, phase, told};
use crate::actors::mail::MailError;
use crate::event;

/// Wait before the next sync when the last left something unexplained; grows with each such sync in a row.
const SOON: Duration = Duration::from_millis(500);
/// Wait after a first failure.
const RETRY_FIRST: Duration = Duration::from_secs(1);
/// Failures in a row that are told,
const TELL_AFTER: u32 = 5;
/// once they have lasted for so long: who is only held back by limits tries again within moments.
const TELL_NOT_BEFORE: Duration = Duration::from_secs(3);

impl SyncSchedulerActor {
    /// Starts whatever is due, as far as venues and the limit of syncs in flight allow.
    pub(super) fn start_due(&mut self, ctx: &mut Context<Self>) {
        if self.stopping {
            return;
        }
        let now = Instant::now();
        let mut blocked = BTreeSet::new();
        while self.in_flight < self.deps.options.parallel_polls {
            let Some(turn) = self.watches.next_due(now, &blocked) else {
                return;
            };
            let venue = self.watches.watch(turn.account).and_then(|watch| watch.venue);
            match venue.filter(|venue| !self.has_weight(*venue, turn.forced, now)) {
                Some(venue) => {
                    blocked.insert((venue, turn.forced));
                }
                None => self.start(turn, venue.is_some(), now, ctx),
            }
        }
    }

    /// Takes the weight of one poll from the venue's budget. A venue that counts its requests itself has none here.
    fn has_weight(&mut self, name: VenueName, forced: bool, now: Instant) -> bool {
        match (self.weight_of(name), self.budgets.get_mut(&name)) {
            (Some(weight), Some(budget)) => budget.take(weight, forced, now),
            (None, _) | (_, None) => true,
        }
    }

    /// Weight of one poll of a venue whose requests are counted here.
    fn weight_of(&self, name: VenueName) -> Option<u32> {
        let weight = self.deps.venues.get(&name)?.poll_weight();
        (weight > 0).then_some(weight)
    }

    fn start(&mut self, turn: Turn, paid: bool, now: Instant, ctx: &mut Context<Self>) {
        let account = turn.account;
        let Some(begun) = self.watches.begin(account) else {
            return;
        };
        let Begun {
            mut memory,
            dirty,
            is_event,
        } = begun;
        let to = ctx.address().downgrade();
        let errand = Errand { dirty, is_event, to };
        self.in_flight += 1;
        let kind = if is_event { "event" } else { "period" };
        metrics::histogram!("bursar_sync_delay_seconds", "kind" => kind)
            .record(now.saturating_duration_since(turn.due));
        let deps = Arc::clone(&self.deps);
        // A task of its own: a venue adapter that panics ends this sync, not the scheduler.
        let task = actix::spawn(async move {
            let (result, synced) = poll::sync(&deps, account, &mut memory, &errand).await;
            (memory, result, synced)
        });
        let done = wrap_future::<_, Self>(task).map(move |done, actor, ctx| {
            let (memory, result, synced) = done.unwrap_or_else(|error| {
                tracing::error!(event = event::SYNC_FAILED, account.id = %account, %error, "sync was interrupted");
                (Memory::default(), Err(SyncError::Interrupted), Synced::default())
            });
            actor.charge(&memory, &synced, paid, Instant::now());
            actor.finish(account, memory, &result, &synced, now);
            actor.start_due(ctx);
            actor.stop_when_drained(ctx);
        });
        ctx.spawn(done);
    }

    fn finish(
        &mut self,
        account: VenueAccountId,
        memory: Memory,
        result: &Result<(), SyncError>,
        synced: &Synced,
        started: Instant,
    ) {
        self.in_flight -= 1;
        let now = Instant::now();
        let venue = memory.account.as_ref().map(|account| account.venue);
        let name = venue.map_or("unknown", VenueName::as_str);
        told::measure(name, result, synced, now - started);
        let trouble = result.as_ref().err().or(synced.trouble.as_ref());
        let limited = trouble.and_then(SyncError::retry_after);
        if let (Some(retry_after), Some(venue)) = (limited, venue) {
            self.cool_down(account, venue, retry_after, now);
        }
        let due = match result {
            Ok(()) => self.after_success(account, &memory, synced, venue, now),
            Err(error) => self.after_failure(account, error, venue, now),
        };
        let answer = match result {
            Ok(()) => Ok(()),
            Err(error) => Err(MailError::Failed(error.to_string())),
        };
        self.watches.end(account, memory, answer, due);
    }

    /// The venue limits requests. That an audit was turned away is for audits: what happens meanwhile is asked about all the same, and
    /// the venue says itself when that is too much. A venue that counts its requests itself knows whom else it concerns, and
    /// tells them likewise.
    fn cool_down(&mut self, account: VenueAccountId, venue: VenueName, retry_after: Duration, now: Instant) {
        if self.weight_of(venue).is_none() {
            return;
        }
        let is_event = self.watches.watch(account).is_some_and(|watch| watch.is_event);
        let jitter = phase::of(account, Duration::from_secs(1));
        let budget = self.budgets.entry(venue).or_insert_with(|| Budget::new(u32::MAX, now));
        budget.cool_down(retry_after + jitter, is_event, now);
    }

    /// Charges the budget with what was spent; the weight of one poll was paid before when the venue was known.
    fn charge(&mut self, memory: &Memory, synced: &Synced, paid: bool, now: Instant) {
        let Some(venue) = memory.account.as_ref().map(|account| account.venue) else {
            return;
        };
        let adapter = self.deps.venues.get(&venue).filter(|_| paid);
        let paid = adapter.map_or(0, |adapter| adapter.poll_weight());
        if let Some(budget) = self.budgets.get_mut(&venue) {
            budget.charge(synced.weight.saturating_sub(paid), now);
            let left = i32::try_from(budget.left()).unwrap_or(i32::MAX);
            metrics::gauge!("bursar_venue_weight_left", "venue" => venue.as_str()).set(f64::from(left));
        }
    }

    fn after_success(
        &mut self,
        account: VenueAccountId,
        memory: &Memory,
        synced: &Synced,
        venue: Option<VenueName>,
        now: Instant,
    ) -> Instant {
        let interval = self.interval(account, memory, venue);
        let Some(watch) = self.watches.watch(account) else {
            return now;
        };
        watch.venue = venue;
        watch.failures = 0;
        watch.failing_since = None;
        if std::mem::take(&mut watch.told) {
            told::recovered(&self.deps, account);
        }
        watch.has_position = memory.has_position;
        let turn = phase::next(account, interval, self.origin, now);
        if synced.more {
            return now;
        }
        let is_unresolved = memory.unresolved || synced.trouble.is_some();
        watch.is_event &= is_unresolved;
        watch.unresolved = if is_unresolved {
            watch.unresolved.saturating_add(1)
        } else {
            0
        };
        if is_unresolved {
            let wait = SOON
                .saturating_mul(watch.unresolved)
                .min(self.deps.options.open_interval);
            let told = synced.trouble.as_ref().and_then(SyncError::retry_after);
            return (now + wait.max(told.unwrap_or_default())).min(turn);
        }
        turn
    }

    /// How often an account is polled that has just been. Where its venue tells at once what happens, a poll is only an audit.
    fn interval(&self, account: VenueAccountId, memory: &Memory, venue: Option<VenueName>) -> Duration {
        let venue = venue.and_then(|name| self.deps.venues.get(&name));
        let is_heard = venue.is_some_and(|venue| venue.is_heard(account));
        let options = &self.deps.options;
        match (memory.has_position, is_heard) {
            (true, false) => options.open_interval,
            (false, false) => options.flat_interval,
            (true, true) => options.heard_open_interval,
            (false, true) => options.heard_flat_interval,
        }
    }

    fn after_failure(
        &mut self,
        account: VenueAccountId,
        error: &SyncError,
        venue: Option<VenueName>,
        now: Instant,
    ) -> Instant {
        tracing::warn!(event = event::SYNC_FAILED, account.id = %account, %error, "account {account} was not synced");
        let budget = venue.and_then(|venue| self.budgets.get(&venue));
        let Some(watch) = self.watches.watch(account) else {
            return now;
        };
        let cool_until = budget.and_then(|budget| budget.cool_until(watch.is_event, now));
        let told = error.retry_after().map(|wait| now + wait);
        watch.has_position = true;
        if venue.is_some() {
            watch.venue = venue;
        }
        watch.failures = watch.failures.saturating_add(1);
        let since = *watch.failing_since.get_or_insert(now);
        let is_lasting = now.saturating_duration_since(since) >= TELL_NOT_BEFORE;
        if watch.failures >= TELL_AFTER && is_lasting && !watch.told {
            watch.told = true;
            told::failing(&self.deps, account, watch.failures, error);
        }
        let wait = phase::back_off(account, watch.failures, RETRY_FIRST, self.deps.options.flat_interval);
        // After a cool-down accounts come back one by one, not all at its end: within as long as it lasted.
        let until = cool_until.max(told);
        until.map_or(now + wait, |until| {
            until + phase::of(account, wait.min(until.saturating_duration_since(now)))
        })
    }
}
