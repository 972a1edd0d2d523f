//! One order to the venue: sent once, after its row, unless it is too old; its outcome is put on record, whatever it is.

use std::time::Duration;

use domain::change::ChangeSet;
use domain::order::{Order, Purpose};
use domain::outcome::Outcome;
use domain::robot::place;
use domain::time::Timestamp;
use domain::venue::OrderReport;
use tokio::time::Instant;

use super::deps::RobotDeps;
use crate::actors::mail::SyncNow;
use crate::actors::spawn::poke;
use crate::ports::store::StoreError;
use crate::ports::venue::Venue;
use crate::{crash, event};

/// How often the outcome is decided anew on rows that somebody else moved meanwhile.
const ATTEMPTS: u32 = 4;

/// When an intent was made: before anything of it was written, so that nobody can have looked for it earlier.
#[derive(Debug, Clone, Copy)]
pub(super) struct Intended {
    at: Instant,
    /// By the time of day; what is written on the rows.
    pub(super) by_clock: Timestamp,
}

impl Intended {
    pub(super) fn now(deps: &RobotDeps) -> Self {
        Self {
            at: Instant::now(),
            by_clock: deps.clock.now(),
        }
    }

    /// Its age, when it must not be sent any more.
    fn too_old(self, deps: &RobotDeps) -> Option<Duration> {
        let by_clock = deps.clock.now().since(self.by_clock) / deps.clock.speed();
        place::too_old(self.at.elapsed(), by_clock, deps.rules.send_within)
    }
}

/// Sends an order whose row is committed, and puts the outcome on record. It is sent once: what has no certain
/// answer is in doubt until the sync has asked the venue for it. An intent that is too old is not sent at all: the process
/// had stood still, and another may have taken over, looked for the order in vain, and gone on without it.
pub(super) async fn submit(
    deps: &RobotDeps,
    venue: &dyn Venue,
    order: &Order,
    intended: Intended,
) -> Outcome<OrderReport> {
    let (before, after) = match order.purpose {
        Purpose::Open => ("order.before_submit", "order.after_submit"),
        Purpose::Close => ("close.before_submit", "close.after_submit"),
    };
    crash::point(before);
    let outcome = match intended.too_old(deps) {
        None => send(deps, venue, order).await,
        Some(age) => keep(order, age),
    };
    crash::point(after);
    tell(order, &outcome);
    if let Err(error) = record(deps, order, &outcome).await {
        tracing::warn!(event = event::ORDER_OUTCOME_LOST, order.id = %order.id, %error,
            "outcome of order {} is not on record yet; the sync will find it", order.id);
    }
    let account = order.account;
    poke(&deps.sync_now, SyncNow { account });
    outcome
}

async fn send(deps: &RobotDeps, venue: &dyn Venue, order: &Order) -> Outcome<OrderReport> {
    let intent = order.intent();
    let placing = venue.place(order.account, &intent);
    match tokio::time::timeout(deps.rules.place_deadline, placing).await {
        Ok(outcome) => outcome,
        Err(_) => Outcome::Unknown(format!("no answer in {}ms", deps.rules.place_deadline.as_millis())),
    }
}

/// Nothing is sent. What became of the order is found out as always, by those who write: this process may not be one of
/// them any more.
fn keep(order: &Order, age: Duration) -> Outcome<OrderReport> {
    metrics::counter!("bursar_orders_not_sent_total", "purpose" => order.purpose.as_str()).increment(1);
    tracing::error!(event = event::ORDER_NOT_SENT, order.id = %order.id, position.id = %order.position,
        age_ms = age.as_millis(), "order {} was not sent: {}ms had passed since it was intended", order.id, age.as_millis());
    Outcome::Unknown(format!("it was not sent, because it was {}ms old", age.as_millis()))
}

async fn record(deps: &RobotDeps, order: &Order, outcome: &Outcome<OrderReport>) -> Result<(), StoreError> {
    let mut result = Ok(());
    for _ in 0..ATTEMPTS {
        let changes = decide(deps, order, outcome).await?;
        if changes.is_empty() {
            return Ok(());
        }
        result = deps.store.commit(changes).await;
        match &result {
            Err(StoreError::Conflict { .. }) => {}
            Ok(()) | Err(_) => return result,
        }
    }
    result
}

/// What the outcome changes on the rows as they are now.
async fn decide(deps: &RobotDeps, order: &Order, outcome: &Outcome<OrderReport>) -> Result<ChangeSet, StoreError> {
    let missing = |what: String| StoreError::Corrupt {
        what,
        why: "it was committed and is not there".to_owned(),
    };
    let (stored, position) = futures::try_join!(deps.store.order(order.id), deps.store.position(order.position))?;
    let stored = stored.ok_or_else(|| missing(format!("order {}", order.id)))?;
    let position = position.ok_or_else(|| missing(format!("position {}", order.position)))?;
    match place::answered(&stored, &position, outcome, deps.clock.now()) {
        Ok(changes) => Ok(changes),
        Err(error) => Err(StoreError::Corrupt {
            what: format!("order {}", order.id),
            why: error.to_string(),
        }),
    }
}

fn tell(order: &Order, outcome: &Outcome<OrderReport>) {
    let word = place::outcome_word(outcome);
    metrics::counter!("bursar_orders_total", "purpose" => order.purpose.as_str(), "outcome" => word).increment(1);
    match outcome {
        Outcome::Done(report) => tracing::info!(event = event::ORDER_PLACED, order.id = %order.id,
            position.id = %order.position, venue_order.id = %report.venue_id, outcome = word,
            "order {} was placed: {word}", order.id),
        Outcome::Refused(refusal) => tracing::warn!(event = event::ORDER_REFUSED, order.id = %order.id,
            position.id = %order.position, %refusal, "order {} was refused: {refusal}", order.id),
        Outcome::Unknown(seen) => tracing::warn!(event = event::ORDER_IN_DOUBT, order.id = %order.id,
            position.id = %order.position, seen, "outcome of order {} is unknown: {seen}", order.id),
    }
}
