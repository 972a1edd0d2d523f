//! What the stories of jobs are told with.

use std::time::Duration;

use bursar::ports::store::JobRunFilter;
use domain::change::Change;
use domain::id::JobRunId;
use domain::job::{Job, JobChange, JobName, JobRun, Misfire, Origin, RunState, Schedule, Work};
use domain::page::Page;
use domain::time::Timestamp;

use super::databases::FullStore;

pub fn name(text: &str) -> JobName {
    JobName::new(text).unwrap()
}

pub fn job(text: &str) -> Job {
    Job {
        name: name(text),
        work: Work::Script {
            interpreter: "php".to_owned(),
            file: "report.php".to_owned(),
            arguments: vec!["it's \"多谢\" 😀".to_owned(), String::new()],
        },
        schedule: Schedule::read("30 */5 * * * 1-5", "Australia/Lord_Howe").unwrap(),
        enabled: true,
        singleton: false,
        misfire: Misfire::CatchUp,
        time_out: Duration::from_secs(86_400),
        back_off: Duration::from_secs(3_600),
        failures: 3,
        last_ended: Some(Timestamp(1_001)),
        handled_through: Timestamp(1_002),
        made_by: "ann".to_owned(),
        created_at: Timestamp(1_000),
        updated_at: Timestamp(1_003),
        version: 0,
    }
}

/// A run in progress of the job `nightly`, for this due time.
pub fn run(id: i64, due: i64) -> JobRun {
    JobRun {
        id: JobRunId(id),
        job: name("nightly"),
        due: Some(Timestamp(due)),
        missed: 0,
        origin: Origin::Schedule,
        state: RunState::Running,
        attempt: 1,
        worker: "host:17".to_owned(),
        asked_by: None,
        started_at: Timestamp(due + 5),
        ended_at: None,
        result: None,
        output: String::new(),
    }
}

pub fn asked(id: i64) -> JobRun {
    JobRun {
        due: None,
        origin: Origin::Manual,
        asked_by: Some("bob".to_owned()),
        started_at: Timestamp(9_000),
        ..run(id, 0)
    }
}

pub fn missed(id: i64, due: i64, count: i64) -> JobRun {
    JobRun {
        missed: count,
        state: RunState::Missed,
        ended_at: Some(Timestamp(due + 5)),
        ..run(id, due)
    }
}

pub fn add(job: &Job) -> Change {
    Change::Job(JobChange::Add(Box::new(job.clone())))
}

pub fn update(job: &Job) -> Change {
    Change::Job(JobChange::Update(Box::new(job.clone())))
}

pub fn remove(job: &Job) -> Change {
    Change::Job(JobChange::Remove(Box::new(job.clone())))
}

pub fn begin(run: &JobRun) -> Change {
    Change::Job(JobChange::AddRun(Box::new(run.clone())))
}

pub fn end(run: &JobRun) -> Change {
    Change::Job(JobChange::EndRun(Box::new(run.clone())))
}

pub fn prune(text: &str, keep_from: i64) -> Change {
    Change::Job(JobChange::Prune {
        job: name(text),
        keep_from: JobRunId(keep_from),
    })
}

pub async fn ids(store: &dyn FullStore, filter: JobRunFilter, page: Page) -> Vec<i64> {
    let runs = store.job_runs(filter, page).await.unwrap();
    runs.iter().map(|run| run.id.0).collect()
}
