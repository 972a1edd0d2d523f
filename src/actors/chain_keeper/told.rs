//! Whom the keeper of subscriptions tells, and how its children are counted.

use domain::alert::AlertKind;
use domain::id::SubscriptionId;

use super::KeeperDeps;
use super::seat::Seat;
use crate::actors::mail::{Raise, Resolve};
use crate::actors::spawn::poke;
use crate::event;

/// Names and units of what is measured.
pub(super) fn describe() {
    metrics::describe_gauge!("bursar_subscriptions", "Subscriptions, by how they stand.");
    metrics::describe_counter!(
        "bursar_subscription_crashes_total",
        "Ends of subscriptions' actors that nobody had asked for."
    );
}

/// Counts subscriptions by how they stand.
pub(super) fn measure<'a>(seats: impl Iterator<Item = &'a Seat>) {
    const WORDS: [&str; 4] = ["wanted", "alive", "backing_off", "quarantined"];
    let words: Vec<&'static str> = seats.map(Seat::word).collect();
    for state in WORDS {
        let count = words.iter().filter(|word| **word == state).count();
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        metrics::gauge!("bursar_subscriptions", "state" => state).set(f64::from(count));
    }
}

/// A child ended although nobody had asked it to.
pub(super) fn crash(subscription: SubscriptionId, seat: &Seat, panicked: bool) {
    metrics::counter!("bursar_subscription_crashes_total").increment(1);
    tracing::error!(event = event::SUBSCRIPTION_CRASHED, subscription.id = %subscription, panicked, state = seat.word(),
        "subscription {subscription} crashed for the {}. time", seat.restarts);
}

/// A child is not restarted any more.
pub(super) fn quarantine(deps: &KeeperDeps, subscription: SubscriptionId, crashes: u32) {
    let message = format!("subscription {subscription} crashed {crashes} times and reads nothing until it is resumed");
    tracing::error!(event = event::SUBSCRIPTION_QUARANTINED, subscription.id = %subscription, "{message}");
    let (kind, subject) = (AlertKind::ChainQuarantined, format!("subscription:{subscription}"));
    poke(&deps.raises, Raise { kind, subject, message });
}

/// An operator lets it live again.
pub(super) fn pardon(deps: &KeeperDeps, subscription: SubscriptionId) {
    tracing::info!(event = event::SUBSCRIPTION_RESUMED, subscription.id = %subscription, "subscription {subscription} lives again");
    let (kind, subject) = (AlertKind::ChainQuarantined, format!("subscription:{subscription}"));
    poke(&deps.resolves, Resolve { kind, subject });
}
