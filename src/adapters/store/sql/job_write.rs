//! The statements of jobs and their runs.

use domain::id::JobRunId;
use domain::job::{Job, JobChange, JobName, JobRun, RunState};
use entity::{job, job_run};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter};

use super::super::failure::Failure;
use super::rows::job as rows;
use super::tx::Tx;

/// Writes one change, or says which guard did not hold.
pub async fn apply(tx: &Tx<'_>, change: &JobChange, what: &str) -> Result<(), Failure> {
    match change {
        JobChange::Add(job) => tx.insert(vec![rows::job_row(job)?.into_active_model()], what).await,
        JobChange::Update(job) => update(tx, job, what).await,
        JobChange::Remove(job) => tx.delete(job::Entity::delete_many().filter(unchanged(job)), what).await,
        JobChange::AddRun(run) => tx.insert(vec![rows::run_row(run).into_active_model()], what).await,
        JobChange::EndRun(run) => end_run(tx, run, what).await,
        JobChange::Prune { job, keep_from } => prune(tx, job, *keep_from, what).await,
    }
}

/// The job is still what the decision was made on. A job of its name that was made later is another one, whatever its version.
fn unchanged(job: &Job) -> Condition {
    use job::Column;
    Condition::all()
        .add(Column::Name.eq(job.name.as_str()))
        .add(Column::Version.eq(i64::from(job.version)))
        .add(Column::MadeBy.eq(job.made_by.as_str()))
        .add(Column::CreatedAt.eq(job.created_at.0))
}

async fn update(tx: &Tx<'_>, job: &Job, what: &str) -> Result<(), Failure> {
    let mut row = rows::job_row(job)?.into_active_model();
    row.name = NotSet;
    row.version = Set(i64::from(job.version) + 1);
    tx.replace(row, unchanged(job), what).await
}

/// What the run is there for is not changed by its end.
async fn end_run(tx: &Tx<'_>, run: &JobRun, what: &str) -> Result<(), Failure> {
    use job_run::Column;
    if run.state == RunState::Running {
        return Err(Failure::Refused(format!("{what} without its end")));
    }
    let row = rows::run_row(run);
    let ended = job_run::Entity::update_many()
        .col_expr(Column::State, Expr::val(row.state))
        .col_expr(Column::EndedAt, Expr::val(row.ended_at))
        .col_expr(Column::Result, Expr::val(row.result))
        .col_expr(Column::Output, Expr::val(row.output))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Job.eq(row.job))
        .filter(Column::State.eq(RunState::Running.as_str()));
    tx.update(ended, 1, what).await
}

async fn prune(tx: &Tx<'_>, job: &JobName, keep_from: JobRunId, what: &str) -> Result<(), Failure> {
    use job_run::Column;
    let old = job_run::Entity::delete_many()
        .filter(Column::Job.eq(job.as_str()))
        .filter(Column::Id.lt(keep_from.0))
        .filter(Column::State.ne(RunState::Running.as_str()));
    tx.run(old.exec(tx.connection()), what).await.map(drop)
}
