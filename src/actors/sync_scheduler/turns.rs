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
use super::poll::{self, SyncError, Synced};
use super::watches::Turn;
use super::{SyncSchedulerActor, phase, told};
use crate::actors::mail::MailError;
use crate::event;
use crate::ports::venue::VenueError;

/// Wait before the next sync when the last left something unexplained; grows with each such sync in a row.
const SOON: Duration = Duration::from_millis(500);
/// Wait after a first failure.
const RETRY_FIRST: Duration = Duration::from_secs(1);
/// Failures in a row that are told.
const TELL_AFTER: u32 = 5;

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

    /// Takes the weight of one poll from the venue's budget.
    fn has_weight(&mut self, name: VenueName, forced: bool, now: Instant) -> bool {
        match (self.budgets.get_mut(&name), self.deps.venues.get(&name)) {
            (Some(budget), Some(venue)) => budget.take(venue.poll_weight(), forced, now),
            (None, _) | (_, None) => true,
        }
    }

    fn start(&mut self, turn: Turn, paid: bool, now: Instant, ctx: &mut Context<Self>) {
        let account = turn.account;
        let Some((mut memory, dirty)) = self.watches.begin(account) else {
            return;
        };
        self.in_flight += 1;
        let kind = if turn.forced { "event" } else { "period" };
        metrics::histogram!("bursar_sync_delay_seconds", "kind" => kind)
            .record(now.saturating_duration_since(turn.due));
        let deps = Arc::clone(&self.deps);
        // A task of its own: a venue adapter that panics ends this sync, not the scheduler.
        let task = actix::spawn(async move {
            let (result, synced) = poll::sync(&deps, account, &mut memory, dirty).await;
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
        if let (Some(SyncError::Venue(VenueError::RateLimited { retry_after })), Some(venue)) = (trouble, venue) {
            let jitter = phase::of(account, Duration::from_secs(1));
            let budget = self.budgets.entry(venue).or_insert_with(|| Budget::new(u32::MAX, now));
            budget.cool_down(*retry_after + jitter, now);
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
        let Some(watch) = self.watches.watch(account) else {
            return now;
        };
        watch.venue = venue;
        watch.failures = 0;
        if std::mem::take(&mut watch.told) {
            told::recovered(&self.deps, account);
        }
        watch.has_position = memory.has_position;
        let options = &self.deps.options;
        let interval = if watch.has_position {
            options.open_interval
        } else {
            options.flat_interval
        };
        let turn = phase::next(account, interval, self.origin, now);
        if synced.more {
            return now;
        }
        let is_unresolved = memory.unresolved || synced.trouble.is_some();
        watch.unresolved = if is_unresolved {
            watch.unresolved.saturating_add(1)
        } else {
            0
        };
        if is_unresolved {
            let soon = now + SOON.saturating_mul(watch.unresolved).min(options.open_interval);
            return soon.min(turn);
        }
        turn
    }

    fn after_failure(
        &mut self,
        account: VenueAccountId,
        error: &SyncError,
        venue: Option<VenueName>,
        now: Instant,
    ) -> Instant {
        tracing::warn!(event = event::SYNC_FAILED, account.id = %account, %error, "account {account} was not synced");
        let cool_until = venue.and_then(|venue| self.budgets.get(&venue)?.cool_until(now));
        let Some(watch) = self.watches.watch(account) else {
            return now;
        };
        watch.has_position = true;
        if venue.is_some() {
            watch.venue = venue;
        }
        watch.failures = watch.failures.saturating_add(1);
        if watch.failures >= TELL_AFTER && !watch.told {
            watch.told = true;
            told::failing(&self.deps, account, watch.failures, error);
        }
        let wait = phase::back_off(account, watch.failures, RETRY_FIRST, self.deps.options.flat_interval);
        // After a cool-down accounts come back one by one, not all at its end.
        cool_until.map_or(now + wait, |until| until + phase::of(account, wait))
    }
}
