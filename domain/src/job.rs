//! Jobs: what is done at given times, and the runs of it.
//!
//! A due time is a second at which a job's cron pattern shows in its zone. It is taken once, by one run, in the same commit that
//! moves the job past it (JOB-1): neither a restart nor a second daemon takes it again.

mod draft;
mod due;
mod name;
mod run;
mod schedule;
mod work;

pub use draft::{JobDraft, JobWrong};
pub use due::{Due, MOST_COUNTED, decide};
pub use name::JobName;
pub use run::{JobRun, LONGEST_OUTPUT, Origin, RunState, tail};
pub use schedule::{CronWrong, Schedule};
pub use work::{Method, Work};

use std::time::Duration;

use crate::id::JobRunId;
use crate::time::Timestamp;

/// The longest wait after failures.
pub const LONGEST_BACK_OFF: Duration = Duration::from_secs(3_600);

/// What becomes of due times that passed while the job could not run: the daemon was down, the job's run before was still in
/// progress, or it backed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Misfire {
    /// They are missed.
    Skip,
    /// One run, at the latest of them, stands for all.
    RunOnce,
    /// Each is run, the oldest first; of more than a settable number only the latest.
    CatchUp,
}

impl Misfire {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Skip, Self::RunOnce, Self::CatchUp];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::RunOnce => "run_once",
            Self::CatchUp => "catch_up",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == text)
    }
}

/// A job that somebody made. The daemon's own ones are made by its settings and are no rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Identity; its runs are known by it too.
    pub name: JobName,
    /// What is done.
    pub work: Work,
    /// When.
    pub schedule: Schedule,
    /// Whether its due times are taken.
    pub enabled: bool,
    /// Whether a run waits for the end of the one before. A job that is not single has at most [`Job::MOST_AT_ONCE`] runs at once.
    pub singleton: bool,
    /// What becomes of due times that passed.
    pub misfire: Misfire,
    /// Longest run; then it is ended with all that it started.
    pub time_out: Duration,
    /// Wait after a failure; it doubles with each failure in a row, up to [`LONGEST_BACK_OFF`]. Zero: none.
    pub back_off: Duration,
    /// Failures in a row.
    pub failures: u32,
    /// When the last run ended.
    pub last_ended: Option<Timestamp>,
    /// Due times up to this one are taken or missed.
    pub handled_through: Timestamp,
    /// Who made it.
    pub made_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Of the row.
    pub version: u32,
}

impl Job {
    /// Runs at once of a job that is not single.
    pub const MOST_AT_ONCE: usize = 8;

    /// Until when it backs off, when it does.
    pub fn backs_off_until(&self) -> Option<Timestamp> {
        let ended = self.last_ended.filter(|_| self.failures > 0)?;
        let doublings = self.failures.saturating_sub(1).min(30);
        let wait = self.back_off.saturating_mul(1 << doublings).min(LONGEST_BACK_OFF);
        (!wait.is_zero()).then(|| ended.after(wait))
    }

    /// Whether another run may begin beside so many.
    pub fn has_room(&self, running: usize) -> bool {
        running < if self.singleton { 1 } else { Self::MOST_AT_ONCE }
    }

    /// The job after a run of it ended; a run that somebody asked for counts like any other.
    #[must_use]
    pub fn after(&self, run: &JobRun) -> Self {
        let failures = match run.state {
            RunState::Failed => self.failures.saturating_add(1),
            RunState::Succeeded => 0,
            RunState::Running | RunState::Missed => self.failures,
        };
        Self {
            failures,
            last_ended: run.ended_at.max(self.last_ended),
            ..self.clone()
        }
    }
}

/// What a decision changes of jobs. `Add` refuses a name that is taken; `Update` and `Remove` refuse a row of another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobChange {
    /// A new job.
    Add(Box<Job>),
    /// A changed job.
    Update(Box<Job>),
    /// A job is removed; its runs stay until they are pruned.
    Remove(Box<Job>),
    /// A run begins, or was missed; refused when its job's due time is taken.
    AddRun(Box<JobRun>),
    /// A run ended; refused when it is not running.
    EndRun(Box<JobRun>),
    /// All of a job's runs below this one that are not running are forgotten.
    Prune {
        /// Whose.
        job: JobName,
        /// The oldest that is kept.
        keep_from: JobRunId,
    },
}
