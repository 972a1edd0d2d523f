//! What is on record of runs: written until it is known to be written.

use std::sync::Arc;
use std::time::Duration;

use domain::change::{Change, ChangeSet};
use domain::id::{IdKind, JobRunId};
use domain::job::{Job, JobChange, JobName, JobRun, RunState};
use domain::page::Page;
use tracing::warn;

use crate::event;
use crate::ports::store::{JobRunFilter, Store, StoreError};

/// First wait after the store did not answer; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Running rows that are looked at once.
const PAGE: u32 = 500;

/// Reads and writes runs.
pub(super) struct Records {
    pub store: Arc<dyn Store>,
}

impl Records {
    /// So many new ids; the first of them.
    pub async fn ids(&self, count: u32) -> Result<i64, StoreError> {
        self.store.reserve_ids(IdKind::JobRun, count).await
    }

    /// Writes what begins a run; whether it is written. When the outcome is unknown the row of `run` tells.
    ///
    /// # Errors
    /// When nothing was written because the store is not there.
    pub async fn begin(&self, changes: Vec<JobChange>, run: JobRunId) -> Result<bool, StoreError> {
        let changes = changes.into_iter().map(Change::Job).collect();
        match self.store.commit(ChangeSet { changes }).await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(StoreError::Ambiguous(_)) => Ok(self.found(run).await.is_some()),
            Err(error) => Err(error),
        }
    }

    /// Writes down that a run ended, and what that makes of its job; answers the job after it, when there still is one.
    pub async fn end(&self, run: &JobRun) -> Option<Job> {
        let what = format!("the end of run {} of job {}", run.id, run.job);
        until_answered(&what, async || {
            loop {
                match self.try_end(run).await {
                    // Somebody changed the job meanwhile: look again at once.
                    Err(StoreError::Conflict { .. }) => tokio::time::sleep(Duration::from_millis(5)).await,
                    other => return other,
                }
            }
        })
        .await
    }

    async fn try_end(&self, run: &JobRun) -> Result<Option<Job>, StoreError> {
        let job = self.store.job(&run.job).await?;
        let stored = self.store.job_run(run.id).await?;
        if stored.is_none_or(|stored| stored.state != RunState::Running) {
            return Ok(job);
        }
        let after = job.map(|job| job.after(run));
        let mut changes = vec![Change::Job(JobChange::EndRun(Box::new(run.clone())))];
        changes.extend(after.clone().map(|job| Change::Job(JobChange::Update(Box::new(job)))));
        self.store.commit(ChangeSet { changes }).await?;
        Ok(after)
    }

    /// Writes down a run that has ended already, of a job of the daemon; what cannot be written now is not.
    pub async fn note(&self, run: JobRun) {
        if let Err(error) = self.try_note(run).await {
            warn!(event = event::JOB_NOT_RECORDED, %error, "a run of a job is not on record: {error}");
        }
    }

    async fn try_note(&self, run: JobRun) -> Result<(), StoreError> {
        let id = JobRunId(self.ids(1).await?);
        let row = JobChange::AddRun(Box::new(JobRun { id, ..run }));
        match self.store.commit(ChangeSet::of(Change::Job(row))).await {
            // The clock was set back onto a run that is on record.
            Err(StoreError::Conflict { .. }) => Ok(()),
            other => other,
        }
    }

    /// Runs that are on record as being in progress.
    pub async fn running(&self) -> Result<Vec<JobRun>, StoreError> {
        let filter = JobRunFilter {
            state: Some(RunState::Running),
            ..JobRunFilter::default()
        };
        self.store.job_runs(filter, Page::after(0, PAGE)).await
    }

    /// A job that somebody made.
    pub async fn job(&self, name: &JobName) -> Result<Option<Job>, StoreError> {
        self.store.job(name).await
    }

    async fn found(&self, run: JobRunId) -> Option<JobRun> {
        let what = format!("the beginning of run {run}");
        until_answered(&what, async || self.store.job_run(run).await).await
    }
}

/// Asks until the store answers.
async fn until_answered<T>(what: &str, ask: impl AsyncFn() -> Result<T, StoreError>) -> T {
    let mut wait = FIRST_WAIT;
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => {
                warn!(event = event::JOB_NOT_RECORDED, %error, "{what} is not known to be on record yet: {error}");
                tokio::time::sleep(wait).await;
                wait = wait.saturating_mul(2).min(LONGEST_WAIT);
            }
        }
    }
}
