//! What the store tells of jobs, over memory.

use async_trait::async_trait;
use domain::id::JobRunId;
use domain::job::{Job, JobName, JobRun};
use domain::page::Page;

use super::{MemoryStore, jobs};
use crate::ports::store::{JobRunFilter, JobStore, StoreError};

#[async_trait]
impl JobStore for MemoryStore {
    async fn jobs(&self) -> Result<Vec<Job>, StoreError> {
        self.see(|state| Ok(state.jobs.jobs.values().cloned().collect())).await
    }

    async fn job(&self, name: &JobName) -> Result<Option<Job>, StoreError> {
        self.see(|state| Ok(state.jobs.jobs.get(name).cloned())).await
    }

    async fn job_run(&self, id: JobRunId) -> Result<Option<JobRun>, StoreError> {
        self.see(|state| Ok(state.jobs.runs.get(&id.0).cloned())).await
    }

    async fn job_runs(&self, filter: JobRunFilter, page: Page) -> Result<Vec<JobRun>, StoreError> {
        self.see(|state| Ok(jobs::list(state, &filter, page))).await
    }
}
