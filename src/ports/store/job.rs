//! What the store tells of jobs and their runs.

use async_trait::async_trait;
use domain::id::JobRunId;
use domain::job::{Job, JobName, JobRun};
use domain::page::Page;

use super::{JobRunFilter, StoreError};

/// The part of the store that is about jobs.
#[async_trait]
pub trait JobStore: Send + Sync + 'static {
    /// Every job, by name.
    async fn jobs(&self) -> Result<Vec<Job>, StoreError>;
    /// One job.
    async fn job(&self, name: &JobName) -> Result<Option<Job>, StoreError>;
    /// One run.
    async fn job_run(&self, id: JobRunId) -> Result<Option<JobRun>, StoreError>;
    /// Runs, newest first, before the page's key (zero: from the newest).
    async fn job_runs(&self, filter: JobRunFilter, page: Page) -> Result<Vec<JobRun>, StoreError>;
}
