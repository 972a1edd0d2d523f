//! An order that is on its way: looked up by our mark until it has ended, and cancelled when its trigger's patience is over.

use std::time::Duration;

use domain::time::Timestamp;
use domain::trigger::decide::{self, Found};
use domain::trigger::{Case, Step, StockOrder, StockOrderEvent, StockOrderState};

use super::board::Rest;
use super::market::within;
use super::work::{Flow, Job, impossible};
use super::{ends, told};
use crate::crash;
use crate::ports::stocks::SoughtStock;
use crate::ports::store::StoreError;

/// The soonest look at an order that rests, and at one in doubt.
const SOONEST: Duration = Duration::from_secs(2);
const SOONEST_IN_DOUBT: Duration = Duration::from_secs(1);
/// The latest: the state of every order is seen once a minute, whether or not the venue tells anything.
const LATEST: Duration = Duration::from_secs(60);

/// Looks an order up, and asks for its cancellation first when that is due.
pub(super) async fn follow(job: &Job<'_>, case: Case, cancel: bool) -> Result<Flow, StoreError> {
    let case = if cancel { cancelled(job, case).await? } else { case };
    let Some(order) = case.order.clone() else {
        let missing = std::io::Error::other("its order is not on record");
        return Err(impossible(case.trigger.id, &missing));
    };
    let asked_at = job.deps.clock.now();
    let sought = SoughtStock {
        symbol: &order.symbol,
        venue_id: order.venue_id.as_ref(),
        mark: &order.mark,
        since: order.created_at,
    };
    let report = match within(job.deps.options.ask_deadline, job.venue.lookup(&sought)).await {
        Ok(report) => report,
        Err(error) => {
            doubt(job, &order, asked_at);
            let wait = job.not_answered(&error);
            let is_ordering = true;
            return Ok(Flow::Rest(Rest::After { wait, is_ordering }));
        }
    };
    job.deps.reached(job.listing.venue);
    let grace = grace(job, &order);
    let now = job.deps.clock.now();
    match decide::found(&order, report.as_ref(), asked_at, grace, now) {
        Ok(Found::Moved(after)) => {
            told::found(&after);
            let event = report.map(StockOrderEvent::Reported);
            let refused = event.as_ref().and_then(decide::refusal_of);
            let may_ask_again = refused.is_some_and(|refusal| job.venue.may_ask_again(&refusal.code));
            ends::became(job, case, after, may_ask_again).await
        }
        Ok(Found::Same | Found::Missing) => {
            if report.is_none() || order.in_doubt_since().is_some() {
                doubt(job, &order, asked_at);
            }
            Ok(Flow::Rest(next_look(job, &case, &order)))
        }
        Err(error) => {
            told::contradicted(job.deps, &order, &error);
            let (wait, is_ordering) = (LATEST, true);
            Ok(Flow::Rest(Rest::After { wait, is_ordering }))
        }
    }
}

/// How long an order must be absent. A time of day that was set forward proves nothing: this process must have seen it in doubt for as
/// long, too.
fn grace(job: &Job<'_>, order: &StockOrder) -> Duration {
    let grace = job.deps.grace(job.venue);
    match order.in_doubt_since() {
        Some(_) if job.deps.doubted_for(order.id) <= grace => Duration::MAX,
        Some(_) | None => grace.saturating_mul(job.deps.clock.speed()),
    }
}

/// Puts on record that the rest of an order is to be cancelled, and asks for it. What becomes of it is looked up.
async fn cancelled(job: &Job<'_>, case: Case) -> Result<Case, StoreError> {
    let now = job.deps.clock.now();
    let known = case
        .order
        .as_ref()
        .and_then(|order| Some((order, order.venue_id.clone()?)));
    let Some((order, venue_id)) = known else {
        return Ok(case);
    };
    let case = match order.state {
        StockOrderState::Open => {
            let order = order.on(&StockOrderEvent::CancelIntended, now);
            let order = order.map_err(|error| impossible(case.trigger.id, &error))?;
            let step = Step {
                order: Some(order),
                ..Step::default()
            };
            job.commit(&case, &step).await?;
            crash::point("trigger.cancelling");
            case.after(step, now)
        }
        StockOrderState::Cancelling => case,
        StockOrderState::Submitting
        | StockOrderState::InDoubt { .. }
        | StockOrderState::Ended { .. }
        | StockOrderState::FillCancelled => return Ok(case),
    };
    let limit = job.deps.options.place_deadline;
    let outcome = tokio::time::timeout(limit, job.venue.cancel(&venue_id)).await;
    told::cancel_asked(&case, outcome.ok());
    Ok(case)
}

/// Tells of an order that has been in doubt for longer than the grace.
fn doubt(job: &Job<'_>, order: &StockOrder, now: Timestamp) {
    let since = order.in_doubt_since().unwrap_or(order.updated_at);
    let grace = job.deps.grace(job.venue).saturating_mul(job.deps.clock.speed());
    if now > since.after(grace) {
        told::in_doubt(job.deps, order, since);
    }
}

/// When an order is looked up next: soon while it is young, and at the end of its trigger's patience.
pub(super) fn next_look(job: &Job<'_>, case: &Case, order: &StockOrder) -> Rest {
    let (now, speed) = (job.deps.clock.now(), job.deps.clock.speed());
    let wait = match order.state {
        StockOrderState::Open => {
            let age = now.since(order.created_at) / speed;
            let patience = job.until(case.trigger.expires_at);
            let wait = age.clamp(SOONEST, LATEST);
            if patience.is_zero() { wait } else { wait.min(patience) }
        }
        StockOrderState::Cancelling => (now.since(order.updated_at) / speed).clamp(SOONEST, LATEST),
        StockOrderState::Submitting | StockOrderState::InDoubt { .. } => {
            let doubted = job.deps.doubted_for(order.id);
            let left = job.deps.grace(job.venue).saturating_sub(doubted);
            let wait = doubted.clamp(SOONEST_IN_DOUBT, LATEST);
            let end = left + Duration::from_millis(10);
            if left.is_zero() { wait } else { wait.min(end) }
        }
        StockOrderState::Ended { .. } | StockOrderState::FillCancelled => LATEST,
    };
    let is_ordering = true;
    Rest::After { wait, is_ordering }
}
