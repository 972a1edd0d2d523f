//! Syncs every account that holds something, so that what its venue knows and we do not is read.

use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use futures::StreamExt;

use crate::actors::job_scheduler::Job;
use crate::actors::mail::SyncAndWait;
use crate::actors::spawn::synced;
use crate::jobs::{JobError, JobReport};
use crate::ports::store::Store;

/// Name of the job.
pub const NAME: &str = "sync_history";
/// Longest run.
const LIMIT: Duration = Duration::from_secs(3_600);
/// Longest wait for one account.
const PATIENCE: Duration = Duration::from_secs(60);
/// Accounts that are asked for at once.
const AT_ONCE: usize = 8;

/// The job.
pub fn job(store: Arc<dyn Store>, sync: Recipient<SyncAndWait>, every: Duration) -> Job {
    Job::new(NAME, every, LIMIT, move || {
        let (store, sync) = (Arc::clone(&store), sync.clone());
        async move { sync_history(&*store, &sync).await }
    })
}

async fn sync_history(store: &dyn Store, sync: &Recipient<SyncAndWait>) -> Result<JobReport, JobError> {
    let accounts = store.busy_accounts().await?;
    let count = accounts.len();
    let syncs = accounts.into_iter().map(|account| async move {
        let result = synced(sync, account, PATIENCE).await;
        result.err().map(|error| format!("account {account}: {error}"))
    });
    let failed: Vec<String> = futures::stream::iter(syncs)
        .buffer_unordered(AT_ONCE)
        .filter_map(|failed| async { failed })
        .collect()
        .await;
    let words = match failed.first() {
        None => format!("{count} accounts are synced"),
        Some(first) => format!(
            "{} of {count} accounts could not be synced (first: {first})",
            failed.len()
        ),
    };
    Ok(JobReport::Said(words, !failed.is_empty()))
}
