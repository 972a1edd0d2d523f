//! Rows of jobs and their runs.

use std::time::Duration;

use domain::id::JobRunId;
use domain::job::{Job, JobName, JobRun, Misfire, Origin, RunState, Schedule, Work};
use domain::time::Timestamp;
use entity::{job, job_run};

use super::{Row, narrow};
use crate::adapters::store::failure::{Cause, Failure};
use crate::ports::store::StoreError;

pub fn job_row(job: &Job) -> Result<job::Model, Failure> {
    let work = serde_json::to_string(&job.work).map_err(|error| Failure::Server(Cause::new(error)))?;
    Ok(job::Model {
        name: job.name.to_string(),
        kind: job.work.kind().to_owned(),
        work,
        cron: job.schedule.pattern().to_owned(),
        zone: job.schedule.zone().to_owned(),
        enabled: job.enabled.into(),
        singleton: job.singleton.into(),
        misfire: job.misfire.as_str().to_owned(),
        time_out: narrow("time_out", job.time_out.as_secs())?,
        back_off: narrow("back_off", job.back_off.as_secs())?,
        failures: job.failures.into(),
        last_ended: job.last_ended.map(|at| at.0),
        handled_through: job.handled_through.0,
        made_by: job.made_by.clone(),
        created_at: job.created_at.0,
        updated_at: job.updated_at.0,
        version: job.version.into(),
    })
}

pub fn job(row: job::Model) -> Result<Job, StoreError> {
    let name = Row::new("job", row.name.as_str());
    let work: Work = name.json("work", &row.work)?;
    if work.kind() != row.kind {
        return Err(name.corrupt(format!("kind `{}` with the work of a {}", row.kind, work.kind())));
    }
    // A pattern that is due at no time any more is still the job's.
    let schedule = Schedule::read(&row.cron, &row.zone);
    let schedule = schedule.map_err(|wrong| name.corrupt(format!("`{}` `{}` {wrong}", row.cron, row.zone)))?;
    let seconds = |column: &str, number| name.wide(column, number).map(Duration::from_secs);
    Ok(Job {
        name: name.word("name", &row.name, JobName::new)?,
        work,
        schedule,
        enabled: row.enabled != 0,
        singleton: row.singleton != 0,
        misfire: name.word("misfire", &row.misfire, Misfire::parse)?,
        time_out: seconds("time_out", row.time_out)?,
        back_off: seconds("back_off", row.back_off)?,
        failures: name.count("failures", row.failures)?,
        last_ended: row.last_ended.map(Timestamp),
        handled_through: Timestamp(row.handled_through),
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: name.count("version", row.version)?,
        made_by: row.made_by,
    })
}

pub fn run_row(run: &JobRun) -> job_run::Model {
    job_run::Model {
        id: run.id.0,
        job: run.job.to_string(),
        due: run.due.map(|at| at.0),
        missed: run.missed,
        origin: run.origin.as_str().to_owned(),
        state: run.state.as_str().to_owned(),
        attempt: run.attempt.into(),
        worker: run.worker.clone(),
        asked_by: run.asked_by.clone(),
        started_at: run.started_at.0,
        ended_at: run.ended_at.map(|at| at.0),
        result: run.result.clone(),
        output: run.output.clone(),
    }
}

pub fn run(row: job_run::Model) -> Result<JobRun, StoreError> {
    let name = Row::new("job run", row.id);
    Ok(JobRun {
        id: JobRunId(row.id),
        job: name.word("job", &row.job, JobName::new)?,
        due: row.due.map(Timestamp),
        missed: row.missed,
        origin: name.word("origin", &row.origin, Origin::parse)?,
        state: name.word("state", &row.state, RunState::parse)?,
        attempt: name.count("attempt", row.attempt)?,
        worker: row.worker,
        asked_by: row.asked_by,
        started_at: Timestamp(row.started_at),
        ended_at: row.ended_at.map(Timestamp),
        result: row.result,
        output: row.output,
    })
}
