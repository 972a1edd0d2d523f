//! The venue's own dead-man's switch: it cancels what rests when it does not hear from us.

use std::sync::{PoisonError, Weak};
use std::time::Duration;

use domain::market::Symbol;
use tokio::time::{MissedTickBehavior, interval};

use super::connected::Wire;
use super::private::Minded;
use super::speech::Speech;
use crate::event;

/// How often within its time the switch is held: two may be lost.
const TIMES: u32 = 3;

/// Holds the switch of every account that is minded, for as long as the venue is there.
pub fn mind<S: Speech>(wire: Weak<Wire<S>>, minded: Minded, after: Duration) {
    tokio::spawn(async move {
        let mut tick = interval(after / TIMES);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let Some(wire) = wire.upgrade() else { return };
            let accounts = minded.lock().unwrap_or_else(PoisonError::into_inner).clone();
            for (account, symbols) in accounts {
                let symbols: Vec<Symbol> = symbols.into_iter().collect();
                for wish in wire.speech.dead_man(after, &symbols) {
                    if let Err(error) = wire.core.ask(account, &wish).await.stands() {
                        let venue = wire.speech.name();
                        metrics::counter!("bursar_dead_man_failures_total", "venue" => venue.as_str()).increment(1);
                        tracing::warn!(event = event::DEAD_MAN_NOT_HELD, %venue, account.id = %account, %error,
                            "the dead-man's switch of account {account} was not held: {error}");
                    }
                }
            }
        }
    });
}
