//! Jobs and their runs as the outside sees them.

use domain::job::{Job, JobRun};
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::jobs::Builtin;
use crate::view::PoolProgressView;

/// Due times of a job that are shown.
pub const SHOWN_DUES: usize = 5;

/// A job.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JobView {
    /// Its name.
    pub name: String,
    /// `builtin`, `command`, `script` or `url`.
    pub kind: &'static str,
    /// Whether it is one of the daemon's own, whose times are in the settings.
    pub own: bool,
    /// What one of the daemon's own does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<&'static str>,
    /// How many milliseconds apart one of the daemon's own runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_ms: Option<u64>,
    /// What it does, and how it is due, where somebody made it.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub made: Option<MadeView>,
    /// Its last run, or what it missed last.
    pub last: Option<JobRunView>,
}

/// What is told of a job that somebody made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MadeView {
    /// What it does.
    #[schema(value_type = Object)]
    pub work: Value,
    /// Second, minute, hour, day of the month, month, day of the week (0 and 7 are Sunday).
    #[schema(example = "30 */5 * * * *")]
    pub cron: String,
    /// IANA time zone.
    pub zone: String,
    /// Whether its due times are taken.
    pub enabled: bool,
    /// Whether a run waits for the one before.
    pub singleton: bool,
    /// What becomes of due times that passed: `skip`, `run_once` or `catch_up`.
    pub misfire: &'static str,
    /// Longest run in seconds.
    pub time_out: u64,
    /// Wait after a failure in seconds; it doubles with each one in a row.
    pub back_off: u64,
    /// Failures in a row.
    pub failures: u32,
    /// No due time is taken before.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub backs_off_until: Option<Timestamp>,
    /// Its next due times, none while it is not enabled.
    #[schema(value_type = Vec<String>)]
    pub next: Vec<Timestamp>,
    /// Who made it.
    pub made_by: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl JobView {
    /// One of the daemon's own.
    pub fn own(builtin: &Builtin, last: Option<JobRun>) -> Self {
        Self {
            name: builtin.name.to_owned(),
            kind: "builtin",
            own: true,
            about: Some(builtin.about),
            every_ms: Some(u64::try_from(builtin.every.as_millis()).unwrap_or(u64::MAX)),
            made: None,
            last: last.map(JobRunView::from),
        }
    }

    /// One that somebody made.
    pub fn made(job: &Job, now: Timestamp, last: Option<JobRun>) -> Self {
        let next = if job.enabled {
            dues(&job.schedule, now.max(job.handled_through), SHOWN_DUES)
        } else {
            Vec::new()
        };
        Self {
            name: job.name.to_string(),
            kind: job.work.kind(),
            own: false,
            about: None,
            every_ms: None,
            made: Some(MadeView {
                work: serde_json::to_value(&job.work).unwrap_or_default(),
                cron: job.schedule.pattern().to_owned(),
                zone: job.schedule.zone().to_owned(),
                enabled: job.enabled,
                singleton: job.singleton,
                misfire: job.misfire.as_str(),
                time_out: job.time_out.as_secs(),
                back_off: job.back_off.as_secs(),
                failures: job.failures,
                backs_off_until: job.backs_off_until().filter(|until| *until > now),
                next,
                made_by: job.made_by.clone(),
                created_at: job.created_at,
                updated_at: job.updated_at,
            }),
            last: last.map(JobRunView::from),
        }
    }
}

/// So many due times after a point.
pub fn dues(schedule: &domain::job::Schedule, after: Timestamp, count: usize) -> Vec<Timestamp> {
    let each = std::iter::successors(schedule.next_after(after), |due| schedule.next_after(*due));
    each.take(count).collect()
}

/// A run of a job, or due times that had none.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JobRunView {
    /// Identity.
    pub id: i64,
    /// Of which job.
    pub job: String,
    /// For which due time; absent where somebody asked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due: Option<Timestamp>,
    /// How many due times up to that one were missed.
    #[serde(skip_serializing_if = "is_zero")]
    pub missed: i64,
    /// What it is there for: `schedule`, `manual` or `catch_up`.
    pub origin: &'static str,
    /// `running`, `succeeded`, `failed` or `missed`.
    pub state: &'static str,
    /// Which try in a row since the job last succeeded.
    pub attempt: u32,
    /// Which daemon, as `host:pid`.
    pub worker: String,
    /// Who asked.
    pub asked_by: Option<String>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// How long it took, in milliseconds.
    pub took_ms: Option<u64>,
    /// What it came to.
    pub result: Option<String>,
    /// The end of what it said.
    pub output: String,
    /// How far a distribution of yield is that runs now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub progress: Vec<PoolProgressView>,
}

fn is_zero(count: &i64) -> bool {
    *count == 0
}

impl From<JobRun> for JobRunView {
    fn from(run: JobRun) -> Self {
        let took = run.ended_at.map(|ended| ended.since(run.started_at));
        Self {
            id: run.id.0,
            job: run.job.to_string(),
            due: run.due,
            missed: run.missed,
            origin: run.origin.as_str(),
            state: run.state.as_str(),
            attempt: run.attempt,
            worker: run.worker,
            asked_by: run.asked_by,
            started_at: run.started_at,
            ended_at: run.ended_at,
            took_ms: took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            result: run.result,
            output: run.output,
            progress: Vec::new(),
        }
    }
}

/// Due times of a pattern.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuesView {
    /// The pattern, its fields one space apart.
    pub cron: String,
    /// The zone.
    pub zone: &'static str,
    /// The next due times.
    #[schema(value_type = Vec<String>)]
    pub next: Vec<Timestamp>,
}
