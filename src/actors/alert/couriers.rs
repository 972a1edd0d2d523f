//! The couriers: one task per target, so that a target which hangs keeps nobody else waiting.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use futures::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::{error, warn};

use super::Outbox;
use crate::actors::mail::{Raise, Resolve};
use crate::clock::Clock;
use crate::event;
use crate::jobs::deliver_alerts::{self, Courier, CourierDeps};
use crate::ports::store::Store;

/// Ends with its owner.
struct Round(JoinHandle<()>);

impl Drop for Round {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The tasks, and the poke that says that a message was written.
pub(super) struct Couriers {
    rounds: Vec<Round>,
    written: watch::Sender<()>,
}

impl Default for Couriers {
    fn default() -> Self {
        Self {
            rounds: Vec::new(),
            written: watch::Sender::new(()),
        }
    }
}

impl Couriers {
    /// To be sent whenever a message was written.
    pub fn poke(&self) -> watch::Sender<()> {
        self.written.clone()
    }

    /// Starts one for each target.
    pub fn start(
        &mut self,
        outbox: &Outbox,
        store: &Arc<dyn Store>,
        clock: &Arc<dyn Clock>,
        (raises, resolves): &(Recipient<Raise>, Recipient<Resolve>),
    ) {
        let Some(delivering) = outbox.delivering else {
            return;
        };
        deliver_alerts::describe();
        for target in outbox.targets.all.iter() {
            let courier = Courier::new(CourierDeps {
                store: Arc::clone(store),
                clock: Arc::clone(clock),
                sender: outbox.targets.sender.clone(),
                target: target.clone(),
                delivering,
                raises: raises.clone(),
                resolves: resolves.clone(),
            });
            let round = round(courier, self.written.subscribe(), delivering.look_every);
            self.rounds.push(Round(actix_rt::spawn(round)));
        }
    }
}

/// Looks whenever something was written, and every so often: a message may also be written by another process.
async fn round(mut courier: Courier, mut written: watch::Receiver<()>, look_every: Duration) {
    loop {
        match AssertUnwindSafe(courier.pass()).catch_unwind().await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => warn!(event = event::DELIVERY_FAILED, alert.target = courier.name(), %error,
                "messages to {} wait for the store", courier.name()),
            Err(_) => error!(
                event = event::DELIVERY_FAILED,
                alert.target = courier.name(),
                "a delivery to {} panicked",
                courier.name()
            ),
        }
        // A poke is taken as a reason to look now, and so is the time.
        let poked = tokio::time::timeout(look_every, written.changed()).await;
        if matches!(poked, Ok(Err(_))) {
            tokio::time::sleep(look_every).await;
        }
    }
}
