//! The end of the demo: nothing new opens, everything is synced and settled, and all is counted.

use std::time::Duration;

use domain::id::VenueAccountId;
use domain::order::Order;
use domain::page::Page;
use domain::pause::PauseScope;
use futures::future::join_all;
use tracing::warn;

use super::Stage;
use super::summary::Summary;
use crate::actors::mail::{RunJob, SyncAndWait};
use crate::desk::{Asker, DeskError};
use crate::jobs::verify_ledger::verify_ledger;
use crate::jobs::{JobError, sweep_unsettled};
use crate::ports::store::{OrderFilter, Store, StoreError};

/// Longest wait for orders whose outcome is not known yet.
const PATIENCE: Duration = Duration::from_secs(15);
const PAGE: u32 = 500;

/// Why the demo could not be counted.
#[derive(Debug, thiserror::Error)]
pub enum CurtainError {
    /// The pause was not taken.
    #[error("could not pause")]
    Pause(#[from] DeskError),
    /// The store or the venue's vault cannot be read.
    #[error("could not read the store")]
    Store(#[from] StoreError),
    /// The ledger could not be verified.
    #[error("could not verify the ledger")]
    Verify(#[from] JobError),
}

/// Pauses while the last orders are looked up and the last closes are settled, resumes (so that the demo can be continued), and
/// counts.
pub async fn fall(stage: &Stage) -> Result<Summary, CurtainError> {
    let asker = Asker {
        by: "demo".to_owned(),
        reason: "the demo ends".to_owned(),
        from: "local".to_owned(),
    };
    stage.daemon.desk.set_pause(PauseScope::Global, true, &asker).await?;
    let store: &dyn Store = stage.daemon.store.as_ref();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let live = OrderFilter {
            live: Some(true),
            ..OrderFilter::default()
        };
        let orders = store.orders(live, Page::first(PAGE)).await?;
        sync(stage, store.busy_accounts().await?).await;
        if !orders.iter().any(is_unconfirmed) || tokio::time::Instant::now() > deadline {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    sweep(stage).await;
    let accepted = stage.daemon.paper.accepted().await?;
    let verified = verify_ledger(store).await?;
    let summary = Summary::at_the_end(store, &accepted, verified.finding.is_none()).await?;
    stage.daemon.desk.set_pause(PauseScope::Global, false, &asker).await?;
    Ok(summary)
}

fn is_unconfirmed(order: &Order) -> bool {
    order.state.is_unconfirmed()
}

async fn sync(stage: &Stage, accounts: Vec<VenueAccountId>) {
    let syncs = accounts.into_iter().map(|account| async move {
        let sync = stage.daemon.actors.sync().send(SyncAndWait { account });
        if !matches!(tokio::time::timeout(PATIENCE, sync).await, Ok(Ok(Ok(())))) {
            warn!("account {account} could not be synced at the end");
        }
    });
    join_all(syncs).await;
}

async fn sweep(stage: &Stage) {
    let run = stage.daemon.actors.run_job().send(RunJob {
        name: sweep_unsettled::NAME.to_owned(),
    });
    if !matches!(tokio::time::timeout(PATIENCE, run).await, Ok(Ok(Ok(_)))) {
        warn!("the last sweep did not succeed");
    }
}
