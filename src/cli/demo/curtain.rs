//! The end of the demo: the robots rest, everything is synced and settled, and all is counted.

use std::time::Duration;

use domain::id::VenueAccountId;
use futures::future::join_all;
use tracing::warn;

use super::Stage;
use super::pool::PoolSummary;
use super::summary::Summary;
use super::vault::VaultStage;
use crate::actors::mail::RunJob;
use crate::actors::spawn;
use crate::jobs::verify_ledger::verify_ledger;
use crate::jobs::{JobError, sweep_unsettled};
use crate::ports::store::{Store, StoreError};

/// Longest wait until everything adds up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why the demo could not be counted.
#[derive(Debug, thiserror::Error)]
pub enum CurtainError {
    /// The store or the venue's vault cannot be read.
    #[error("could not read the store")]
    Store(#[from] StoreError),
    /// The ledger could not be verified.
    #[error("could not verify the ledger")]
    Verify(#[from] JobError),
}

/// Lets the robots end, so that nothing opens or closes any more; then syncs, settles and counts until it adds up, because
/// the market still runs and may yet liquidate.
///
/// Nobody pays in any more, so what is on its way through the vault comes to its end meanwhile.
pub async fn fall(stage: &Stage, vault: Option<&VaultStage>) -> Result<Summary, CurtainError> {
    stage.daemon.actors.drain().await;
    // Nobody acts on the pool any more.
    let pool = match &stage.pool {
        Some(pool) => pool.proved().await?,
        None => PoolSummary::default(),
    };
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let mut summary = count(stage).await?;
        if let Some(vault) = vault {
            summary.vault.on_chain = vault.shares().await.ok();
        }
        summary.pool = pool;
        if summary.is_right() || tokio::time::Instant::now() > deadline {
            return Ok(summary);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn count(stage: &Stage) -> Result<Summary, CurtainError> {
    let store: &dyn Store = stage.daemon.store.as_ref();
    sync(stage, store.busy_accounts().await?).await;
    sweep(stage).await;
    let accepted = stage.daemon.paper.accepted().await?;
    let verified = verify_ledger(store).await?;
    Ok(Summary::at_the_end(store, &accepted, verified.finding.is_none()).await?)
}

async fn sync(stage: &Stage, accounts: Vec<VenueAccountId>) {
    let syncs = accounts.into_iter().map(|account| async move {
        if let Err(error) = spawn::synced(&stage.daemon.actors.sync(), account, PATIENCE).await {
            warn!("account {account} could not be synced at the end: {error}");
        }
    });
    join_all(syncs).await;
}

async fn sweep(stage: &Stage) {
    let run = stage
        .daemon
        .actors
        .run_job()
        .send(RunJob::asked(sweep_unsettled::NAME, "demo"));
    if !matches!(tokio::time::timeout(PATIENCE, run).await, Ok(Ok(Ok(_)))) {
        warn!("the last sweep did not succeed");
    }
}
