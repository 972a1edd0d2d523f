//! The ledger without the rest of a daemon, for a command that posts while no daemon runs.

use std::sync::Arc;

use actix::{Actor, Addr};
use domain::ledger::{PostAnswer, Request};
use tokio::sync::watch;

use super::StartError;
use super::options;
use super::targets;
use crate::actors::alert::{AlertActor, AlertDeps, Outbox};
use crate::actors::ledger::{LedgerActor, LedgerDeps, NAME};
use crate::actors::mail::{MailError, PostAll, Stop};
use crate::clock::Clock;
use crate::config::Settings;
use crate::ports::store::Store;

/// A ledger and whom it tells of what is wrong. Its system must run for as long as it lives.
pub struct LoneLedger {
    ledger: Addr<LedgerActor>,
    alert: Addr<AlertActor>,
}

impl LoneLedger {
    /// Starts both.
    ///
    /// # Errors
    /// A setting's number that does not fit, or a target of alerts that cannot be used.
    pub fn start(settings: &Settings, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let options = options::ledger(settings)?;
        let alert = AlertActor::new(AlertDeps {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            retry_first: settings.ledger.retry_first,
            retry_max: settings.ledger.retry_max,
            // What it raises is written down with the messages about it, which the next daemon delivers.
            outbox: Some(Outbox {
                targets: targets::known(&settings.notify)?,
                delivering: None,
            }),
        })
        .start();
        let ledger = LedgerActor::new(LedgerDeps {
            store,
            clock,
            raises: alert.clone().recipient(),
            resolves: alert.clone().recipient(),
            options,
            fatal: watch::Sender::new(false),
        })
        .start();
        Ok(Self { ledger, alert })
    }

    /// Posts in order.
    ///
    /// # Errors
    /// When the ledger is gone, or could not post one of them.
    pub async fn post(&self, requests: Vec<Request>) -> Result<Vec<PostAnswer>, MailError> {
        let receipts = self.ledger.send(PostAll { requests }).await;
        let receipts = receipts.map_err(|_| MailError::Silent(NAME))?;
        receipts.into_iter().map(|receipt| Ok(receipt?.answer)).collect()
    }

    /// Lets both finish what is in flight, and ends them.
    pub async fn stop(self) {
        for gone in [
            self.ledger.send(Stop).await.is_err(),
            self.alert.send(Stop).await.is_err(),
        ] {
            if gone {
                tracing::debug!("an actor had ended before it was stopped");
            }
        }
    }
}
