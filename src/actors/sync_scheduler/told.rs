//! Whom a sync tells, and how it is measured.

use std::time::Duration;

use domain::alert::AlertKind;
use domain::id::VenueAccountId;
use domain::ledger::{Release, Request};
use domain::reconcile::Reconciled;
use metrics::Unit;
use tokio::time::Instant;

use super::SyncDeps;
use super::memory::Memory;
use super::poll::{SyncError, Synced};
use crate::actors::mail::{Post, Raise, Resolve, Settle};
use crate::actors::spawn::poke;
use crate::event;

/// Names and units of what is measured.
pub(super) fn describe() {
    metrics::describe_counter!("bursar_polls_total", "Syncs of venue accounts, by venue and result.");
    metrics::describe_counter!(
        "bursar_revised_profits_total",
        "Closed positions whose profit the venue changed afterwards."
    );
    metrics::describe_histogram!(
        "bursar_sync_delay_seconds",
        Unit::Seconds,
        "From the time a sync was due to its start."
    );
    metrics::describe_histogram!("bursar_sync_seconds", Unit::Seconds, "Length of a sync.");
    metrics::describe_gauge!(
        "bursar_venue_weight_left",
        "Request weight that the venue's budget has left this minute; negative while borrowed."
    );
    metrics::describe_gauge!("bursar_sync_accounts", "Venue accounts that are kept in sync.");
    metrics::describe_counter!(
        "bursar_sync_account_list_failures_total",
        "Failed readings of which accounts to sync."
    );
}

/// After the commit: robots look at their rows, the ledger settles, people learn of mismatches.
pub(super) fn consequences(
    deps: &SyncDeps,
    account: VenueAccountId,
    memory: &mut Memory,
    decided: &Reconciled,
    lookup_grace: Duration,
) {
    for robot in &decided.robots {
        deps.robots.poke(*robot);
    }
    for position in &decided.closed {
        poke(&deps.ledger, Settle { position: *position });
    }
    for position in &decided.ended {
        let request = Request::Release(Release {
            position: *position,
            expired: false,
        });
        poke(&deps.releases, Post { request });
    }
    for revised in &decided.revised {
        tracing::warn!(event = event::PROFIT_REVISED, position.id = %revised.position, account.id = %account,
            before = %revised.before, now = %revised.now,
            "position {} had closed with a profit of {} and has one of {} now", revised.position, revised.before, revised.now);
        metrics::counter!("bursar_revised_profits_total").increment(1);
    }
    mismatches(deps, account, memory, decided);
    doubts(deps, memory, lookup_grace);
}

fn mismatches(deps: &SyncDeps, account: VenueAccountId, memory: &mut Memory, decided: &Reconciled) {
    let mut standing = std::collections::BTreeSet::new();
    for mismatch in &decided.mismatches {
        let subject = mismatch.subject();
        let is_new = !memory.standing.contains(&subject);
        if mismatch.is_standing() {
            standing.insert(subject.clone());
        }
        if is_new {
            tracing::error!(event = event::RECONCILE_MISMATCH, account.id = %account, %subject, "{mismatch}");
            raise(deps, AlertKind::ReconcileMismatch, subject, mismatch.to_string());
        }
    }
    for subject in memory.standing.difference(&standing) {
        resolve(deps, AlertKind::ReconcileMismatch, subject.clone());
    }
    memory.standing = standing;
}

/// Tells of orders that stay unconfirmed for longer than the grace allows, and when that is over.
fn doubts(deps: &SyncDeps, memory: &mut Memory, lookup_grace: Duration) {
    let most = lookup_grace.saturating_mul(2);
    let now = Instant::now();
    let is_long = |since: &Instant| now.saturating_duration_since(*since) > most;
    for (order, _) in memory.unconfirmed.iter().filter(|(_, since)| is_long(since)) {
        if memory.doubted.insert(*order) {
            let what = format!(
                "the venue has not said for {}s whether it has order {order}",
                most.as_secs()
            );
            tracing::warn!(event = event::ORDER_IN_DOUBT, order.id = %order, "{what}");
            raise(deps, AlertKind::OrderInDoubt, format!("order:{order}"), what);
        }
    }
    let unconfirmed = &memory.unconfirmed;
    memory.doubted.retain(|order| {
        let lasts = unconfirmed.contains_key(order);
        if !lasts {
            resolve(deps, AlertKind::OrderInDoubt, format!("order:{order}"));
        }
        lasts
    });
}

/// Measures a sync that is over.
pub(super) fn measure(venue: &str, result: &Result<(), SyncError>, synced: &Synced, lasted: Duration) {
    let result = match result {
        Ok(()) if synced.compared => "compared",
        Ok(()) => "unchanged",
        Err(SyncError::Venue(crate::ports::venue::VenueError::RateLimited { .. })) => "rate_limited",
        Err(SyncError::Deadline(_)) => "deadline",
        Err(SyncError::Venue(_) | SyncError::NoVenue(_) | SyncError::NoAccount(_)) => "venue_error",
        Err(SyncError::Store(_)) => "store_error",
        Err(SyncError::Interrupted) => "interrupted",
    };
    metrics::counter!("bursar_polls_total", "venue" => venue.to_owned(), "result" => result).increment(1);
    metrics::histogram!("bursar_sync_seconds", "venue" => venue.to_owned()).record(lasted);
}

/// Tells that an account could not be synced several times in a row.
pub(super) fn failing(deps: &SyncDeps, account: VenueAccountId, failures: u32, error: &SyncError) {
    let what = format!("account {account} could not be synced {failures} times in a row: {error}");
    tracing::error!(event = event::SYNC_FAILING, account.id = %account, failures, "{what}");
    raise(deps, AlertKind::SyncFailing, format!("account:{account}"), what);
}

/// Tells that it could be synced again.
pub(super) fn recovered(deps: &SyncDeps, account: VenueAccountId) {
    tracing::info!(event = event::SYNC_RECOVERED, account.id = %account, "account {account} is synced again");
    resolve(deps, AlertKind::SyncFailing, format!("account:{account}"));
}

pub(super) fn raise(deps: &SyncDeps, kind: AlertKind, subject: String, message: String) {
    let mail = Raise { kind, subject, message };
    poke(&deps.raises, mail);
}

pub(super) fn resolve(deps: &SyncDeps, kind: AlertKind, subject: String) {
    poke(&deps.resolves, Resolve { kind, subject });
}
