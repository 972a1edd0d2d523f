//! What work on triggers tells: the log, the figures, the alerts.

use std::time::Duration;

use domain::alert::AlertKind;
use domain::id::TriggerId;
use domain::outcome::Outcome;
use domain::stock::{StockReport, StockState};
use domain::time::Timestamp;
use domain::trigger::{Case, Step, StockOrder, StockOrderError, Trigger};
use domain::venue::VenueName;
use tracing::{error, info, warn};

use super::deps::TriggerDeps;
use crate::event;
use crate::ports::store::StoreError;
use crate::ports::venue::VenueError;

/// Names the figures, with their units.
pub(super) fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_gauge!("bursar_triggers", "Triggers that are not final, by state");
    describe_gauge!(
        "bursar_trigger_oldest_seconds",
        Unit::Seconds,
        "Age of the oldest trigger that is not final"
    );
    describe_gauge!(
        "bursar_triggers_due",
        "Triggers that wait for their turn to be worked on"
    );
    describe_counter!(
        "bursar_trigger_moves_total",
        "Moves of triggers, by the state they came into"
    );
    describe_counter!(
        "bursar_trigger_failures_total",
        "Work on a trigger that the store or a row broke off"
    );
    describe_counter!(
        "bursar_trigger_feed_failures_total",
        "Looks at a feed of prices without a price"
    );
    describe_counter!(
        "bursar_stock_orders_total",
        "Orders for triggers, by outcome of the placement"
    );
    describe_counter!(
        "bursar_stock_orders_not_sent_total",
        "Orders for triggers that were too old to be sent"
    );
    describe_counter!(
        "bursar_stock_unanswered_total",
        "Questions to a stock venue without an answer"
    );
    describe_histogram!(
        "bursar_trigger_order_delay_seconds",
        Unit::Seconds,
        "Time from a trigger's row to its order's departure"
    );
    describe_histogram!(
        "bursar_stock_place_seconds",
        Unit::Seconds,
        "Time from an order's departure to its answer"
    );
}

/// A step is committed.
pub(super) fn moved(case: &Case, step: &Step) {
    let Some(after) = &step.trigger else { return };
    let state = after.state.as_str();
    if case.trigger.state.as_str() == state {
        return;
    }
    metrics::counter!("bursar_trigger_moves_total", "to" => state).increment(1);
    let why = after.error.as_deref().unwrap_or_default();
    info!(event = event::TRIGGER_MOVED, trigger.id = %after.id, subscription.id = %after.subscription, state, why,
        "trigger {} is {state}", after.id);
}

/// Work on a trigger broke off; it is tried again.
pub(super) fn failed(id: TriggerId, error: &StoreError) {
    metrics::counter!("bursar_trigger_failures_total").increment(1);
    warn!(event = event::TRIGGER_FAILED, trigger.id = %id, %error, cause = ?std::error::Error::source(error),
        "work on trigger {id} broke off");
}

/// A venue gave no answer.
pub(super) fn not_answered(venue: VenueName, error: &VenueError) {
    metrics::counter!("bursar_stock_unanswered_total", "venue" => venue.as_str()).increment(1);
    warn!(event = event::STOCKS_UNANSWERED, venue = venue.as_str(), %error, "{venue} gives no answer");
}

/// An intent was too old to be sent.
pub(super) fn not_sent(order: &StockOrder, age: Duration) {
    metrics::counter!("bursar_stock_orders_not_sent_total").increment(1);
    error!(event = event::ORDER_NOT_SENT, trigger.id = %order.trigger, order.id = %order.id, age_ms = age.as_millis(),
        "stock order {} was not sent: {}ms had passed since it was intended", order.id, age.as_millis());
}

/// What came of a placement.
pub(super) fn placed(order: &StockOrder, outcome: &Outcome<StockReport>) {
    let word = match outcome {
        Outcome::Done(report) => match report.state {
            StockState::Working => "accepted",
            StockState::Filled => "filled",
            StockState::Ended { .. } => "ended",
            StockState::InDoubt => "in_doubt",
            StockState::FillCancelled => "fill_cancelled",
        },
        Outcome::Refused(_) => "refused",
        Outcome::Unknown(_) => "unknown",
    };
    metrics::counter!("bursar_stock_orders_total", "outcome" => word).increment(1);
    let (id, trigger) = (order.id, order.trigger);
    match outcome {
        Outcome::Done(report) => info!(event = event::ORDER_PLACED, order.id = %id, trigger.id = %trigger,
            venue_order.id = %report.venue_id, outcome = word, "stock order {id} was placed: {word}"),
        Outcome::Refused(refusal) => warn!(event = event::ORDER_REFUSED, order.id = %id, trigger.id = %trigger,
            %refusal, "stock order {id} was refused: {refusal}"),
        Outcome::Unknown(seen) => warn!(event = event::ORDER_IN_DOUBT, order.id = %id, trigger.id = %trigger, seen,
            "outcome of stock order {id} is unknown: {seen}"),
    }
}

/// A lookup told something new.
pub(super) fn found(order: &StockOrder) {
    info!(event = event::STOCK_ORDER_FOUND, order.id = %order.id, trigger.id = %order.trigger,
        state = order.state.as_str(), filled = %order.filled, "stock order {} is {}", order.id, order.state.as_str());
}

/// The cancellation of what is left was asked for; `None` when there was no answer in time.
pub(super) fn cancel_asked(case: &Case, outcome: Option<Outcome<()>>) {
    let said = match outcome {
        Some(Outcome::Done(())) => "it was taken".to_owned(),
        Some(Outcome::Refused(refusal)) => format!("it was refused: {refusal}"),
        Some(Outcome::Unknown(seen)) => format!("it is unknown: {seen}"),
        None => "there was no answer in time".to_owned(),
    };
    info!(event = event::STOCK_ORDER_CANCELLING, trigger.id = %case.trigger.id,
        "patience of trigger {} is over, and its order's cancellation was asked for: {said}", case.trigger.id);
}

/// A report contradicts its order: nothing is concluded from it.
pub(super) fn contradicted(deps: &TriggerDeps, order: &StockOrder, why: &StockOrderError) {
    error!(event = event::RECONCILE_MISMATCH, order.id = %order.id, trigger.id = %order.trigger, %why,
        "the venue contradicts itself: {why}");
    deps.raise(AlertKind::TriggerInDoubt, subject(order.trigger), why.to_string());
}

/// An order has been in doubt for longer than the venue's grace.
pub(super) fn in_doubt(deps: &TriggerDeps, order: &StockOrder, since: Timestamp) {
    let message = format!(
        "order {} ({}) for trigger {} has been in doubt since {since}",
        order.id, order.mark, order.trigger
    );
    deps.raise(AlertKind::TriggerInDoubt, subject(order.trigger), message);
}

/// It is known what became of an order.
pub(super) fn certain(deps: &TriggerDeps, order: &StockOrder) {
    deps.resolve(AlertKind::TriggerInDoubt, subject(order.trigger));
}

/// The exchange took an execution back.
pub(super) fn fill_cancelled(deps: &TriggerDeps, case: &Case) {
    let id = case.trigger.id;
    let mark = case
        .order
        .as_ref()
        .map(|order| order.mark.to_string())
        .unwrap_or_default();
    let message = format!("the exchange took an execution of trigger {id}'s order {mark} back: nothing is done on it");
    error!(event = event::TRIGGER_FILL_CANCELLED, trigger.id = %id, "{message}");
    deps.raise(AlertKind::TriggerFillCancelled, subject(id), message);
}

/// Nothing more is done for a trigger here.
pub(super) fn over(deps: &TriggerDeps, trigger: &Trigger) {
    for kind in [AlertKind::TriggerInDoubt, AlertKind::TriggerFillCancelled] {
        deps.resolve(kind, subject(trigger.id));
    }
}

/// The ledger did not post a trade.
pub(super) fn not_posted(deps: &TriggerDeps, trigger: &Trigger, why: &str) {
    metrics::counter!("bursar_trigger_failures_total").increment(1);
    warn!(event = event::TRIGGER_FAILED, trigger.id = %trigger.id, subscription.id = %trigger.subscription, why,
        is_halted = (deps.halted)(trigger.subscription), "the trade of trigger {} is not posted: {why}", trigger.id);
}

fn subject(trigger: TriggerId) -> String {
    format!("trigger:{trigger}")
}
