//! What the store tells of jobs, over SQL.

use async_trait::async_trait;
use domain::id::JobRunId;
use domain::job::{Job, JobName, JobRun};
use domain::page::Page;

use super::SqlStore;
use crate::ports::store::{JobRunFilter, JobStore, StoreError};

#[async_trait]
impl JobStore for SqlStore {
    async fn jobs(&self) -> Result<Vec<Job>, StoreError> {
        self.readers.jobs().await
    }

    async fn job(&self, name: &JobName) -> Result<Option<Job>, StoreError> {
        self.readers.job(name).await
    }

    async fn job_run(&self, id: JobRunId) -> Result<Option<JobRun>, StoreError> {
        self.readers.job_run(id).await
    }

    async fn job_runs(&self, filter: JobRunFilter, page: Page) -> Result<Vec<JobRun>, StoreError> {
        self.readers.job_runs(filter, page).await
    }
}
