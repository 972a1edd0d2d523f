//! What systemd is told: ready, alive, stopping.

use std::time::Duration;

use actix::Recipient;
use sd_notify::NotifyState;
use tracing::warn;

use crate::actors::mail::Pulse;

/// Tells systemd something; without systemd it is not told.
pub fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        warn!(event = crate::event::NOTIFY_FAILED, %error, "could not notify systemd");
    }
}

/// Feeds systemd's watchdog for as long as the ledger answers. Each sign of life is a round trip through the writer, so
/// that a ledger that is stuck ends the process. A store that is away is no reason to restart: the ledger still answers.
pub async fn feed_watchdog(ledger: Recipient<Pulse>, interval: Duration, deadline: Duration) {
    let Some(allowed) = sd_notify::watchdog_enabled() else {
        return;
    };
    let mut timer = tokio::time::interval(interval.min(allowed / 3));
    loop {
        timer.tick().await;
        match tokio::time::timeout(deadline.min(allowed / 3), ledger.send(Pulse)).await {
            Ok(Ok(_)) => tell(&[NotifyState::Watchdog]),
            Ok(Err(error)) => warn!(event = crate::event::PULSE_MISSED, %error, "the ledger is gone"),
            Err(_) => warn!(event = crate::event::PULSE_MISSED, "the ledger did not answer in time"),
        }
    }
}
