//! One order to the stock venue: on record before it is sent, sent once while its intent is young, its outcome on record, whatever it is.

use std::time::Duration;

use domain::outcome::Outcome;
use domain::robot::place::too_old;
use domain::stock::StockReport;
use domain::time::Timestamp;
use domain::trigger::decide::{self, Intent, IntentError};
use domain::trigger::{Case, StockOrder, StockOrderEvent};
use tokio::time::Instant;

use super::ends;
use super::told;
use super::work::{Flow, Job, impossible};
use crate::crash;
use crate::ports::store::StoreError;

/// When an intent was made: before anything of it was written.
struct Intended {
    at: Instant,
    by_clock: Timestamp,
}

/// Puts an order on record, sends it, and puts the answer on record.
pub(super) async fn place(job: &Job<'_>, case: Case, intent: &Intent) -> Result<Flow, StoreError> {
    let deps = job.deps;
    let id = deps.order_id().await?;
    let intended = Intended {
        at: Instant::now(),
        by_clock: deps.clock.now(),
    };
    let step = decide::ordered(&case, job.listing, intent, id, &deps.installation, intended.by_clock);
    let step = step.map_err(|error: IntentError| impossible(case.trigger.id, &error))?;
    job.commit(&case, &step).await?;
    // Others of the listing may make theirs; this one leaves before them.
    job.turn.take();
    crash::point("trigger.intended");
    let case = case.after(step, intended.by_clock);
    let Some(order) = case.order.clone() else {
        return Ok(Flow::On(None));
    };
    let outcome = match too_late(job, &intended) {
        None => send(job, &case, &order).await,
        Some(age) => {
            told::not_sent(&order, age);
            Outcome::Unknown(format!("it was not sent, because it was {}ms old", age.as_millis()))
        }
    };
    crash::point("trigger.placed");
    told::placed(&order, &outcome);
    answered(job, case, outcome).await
}

/// Its age, when it must not be sent any more: whoever looked for the order meanwhile may believe that it never was.
fn too_late(job: &Job<'_>, intended: &Intended) -> Option<Duration> {
    let clock = &job.deps.clock;
    let by_clock = clock.now().since(intended.by_clock) / clock.speed();
    too_old(intended.at.elapsed(), by_clock, job.deps.options.send_within)
}

async fn send(job: &Job<'_>, case: &Case, order: &StockOrder) -> Outcome<StockReport> {
    let limit = job.deps.options.place_deadline;
    let begun = Instant::now();
    let age = job.deps.clock.now().since(case.trigger.created_at);
    metrics::histogram!("bursar_trigger_order_delay_seconds").record(age);
    let intent = order.intent();
    let outcome = tokio::time::timeout(limit, job.venue.place(&intent)).await;
    metrics::histogram!("bursar_stock_place_seconds").record(begun.elapsed());
    outcome.unwrap_or_else(|_| Outcome::Unknown(format!("no answer in {}ms", limit.as_millis())))
}

/// Puts the answer on record. Where that fails, the order stays on record as about to leave, and is looked up.
async fn answered(job: &Job<'_>, case: Case, outcome: Outcome<StockReport>) -> Result<Flow, StoreError> {
    let Some(order) = &case.order else {
        return Ok(Flow::On(None));
    };
    let now = job.deps.clock.now();
    let event = StockOrderEvent::of_placement(outcome);
    let refused = decide::refusal_of(&event);
    let may_ask_again = refused.is_some_and(|refusal| job.venue.may_ask_again(&refusal.code));
    let after = order.on(&event, now).or_else(|error| {
        told::contradicted(job.deps, order, &error);
        order.on(&StockOrderEvent::Unknown(error.to_string()), now)
    });
    let after = after.map_err(|error| impossible(case.trigger.id, &error))?;
    ends::became(job, case, after, may_ask_again).await
}
