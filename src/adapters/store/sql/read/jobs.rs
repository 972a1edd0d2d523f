//! Jobs and their runs.

use domain::id::JobRunId;
use domain::job::{Job, JobName, JobRun};
use domain::page::Page;
use entity::{job, job_run};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{job as rows, read_all};
use crate::ports::store::{JobRunFilter, StoreError};

impl Readers {
    pub async fn jobs(&self) -> Result<Vec<Job>, StoreError> {
        let query = job::Entity::find().order_by_asc(job::Column::Name);
        read_all(self.ask(query.all(self.connection())).await?, rows::job)
    }

    pub async fn job(&self, name: &JobName) -> Result<Option<Job>, StoreError> {
        let row = job::Entity::find_by_id(name.as_str()).one(self.connection());
        self.ask(row).await?.map(rows::job).transpose()
    }

    pub async fn job_run(&self, id: JobRunId) -> Result<Option<JobRun>, StoreError> {
        let row = job_run::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(rows::run).transpose()
    }

    pub async fn job_runs(&self, filter: JobRunFilter, page: Page) -> Result<Vec<JobRun>, StoreError> {
        use job_run::Column;
        let mut query = job_run::Entity::find();
        if let Some(job) = filter.job {
            query = query.filter(Column::Job.eq(job.as_str()));
        }
        if let Some(state) = filter.state {
            query = query.filter(Column::State.eq(state.as_str()));
        }
        if page.after > 0 {
            query = query.filter(Column::Id.lt(page.after));
        }
        let query = query.order_by_desc(Column::Id).limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::run)
    }
}
