//! A job with its interval, and the course of its runs.

use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use domain::time::Timestamp;
use futures::future::LocalBoxFuture;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;

use crate::jobs::{JobError, JobReport};

/// First runs are spread over this time, so that a start is no rush.
const SPREAD: Duration = Duration::from_secs(10);
/// Of runs that succeed at their interval, one in this time is put on record.
const ON_RECORD_EVERY: Duration = Duration::from_secs(60);

type Run = Rc<dyn Fn() -> LocalBoxFuture<'static, Result<JobReport, JobError>>>;
/// What a run said, or why it did not end well.
pub(super) type Ended = Result<JobReport, String>;

/// Who waits for a run.
pub(super) struct Waiting {
    /// Whom to answer.
    pub reply: oneshot::Sender<Ended>,
    /// Their name.
    pub by: Option<String>,
    /// Whether they put the run on record themselves.
    pub on_record: bool,
}

/// A run that has ended.
pub(super) struct Past {
    /// When it began.
    pub began_at: Timestamp,
    /// Who asked for it, and has a name.
    pub by: Option<String>,
    /// Whether somebody asked for it.
    pub asked: bool,
    /// Whether it is to be put on record.
    pub to_record: bool,
    /// Whether another was asked for meanwhile.
    pub again: bool,
}

/// A built-in job: what to do, how often, and how long it may take.
#[derive(Clone)]
pub struct Job {
    name: &'static str,
    every: Duration,
    limit: Duration,
    run: Run,
}

impl Job {
    /// A job that runs every `every` and is ended as failed after `limit`.
    pub fn new<F, R>(name: &'static str, every: Duration, limit: Duration, run: F) -> Self
    where
        F: Fn() -> R + 'static,
        R: Future<Output = Result<JobReport, JobError>> + 'static,
    {
        Self {
            name,
            every,
            limit,
            run: Rc::new(move || Box::pin(run())),
        }
    }
}

/// A run on a task of its own, so that a panic in it is its own; it ends with its owner.
pub(super) struct Running<T>(JoinHandle<T>);

impl<T: 'static> Running<T> {
    pub fn of(run: impl Future<Output = T> + 'static) -> Self {
        Self(actix_rt::spawn(run))
    }

    pub async fn end(&mut self) -> Result<T, JoinError> {
        (&mut self.0).await
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A job's runs, one after the other.
pub(super) struct Course {
    job: Job,
    due: Instant,
    running: bool,
    failures: u32,
    began_at: Timestamp,
    /// When a run was last put on record.
    on_record: Option<Instant>,
    /// Who waits for the run in progress.
    waiting: Vec<Waiting>,
    /// Who asked while a run was in progress, and waits for the next.
    next: Vec<Waiting>,
}

impl Course {
    pub fn new(job: Job) -> Self {
        Self {
            due: Instant::now() + spread(job.name, job.every.min(SPREAD)),
            job,
            running: false,
            failures: 0,
            began_at: Timestamp::default(),
            on_record: None,
            waiting: Vec::new(),
            next: Vec::new(),
        }
    }

    pub const fn name(&self) -> &'static str {
        self.job.name
    }

    /// How long a run may take.
    pub const fn limit(&self) -> Duration {
        self.job.limit
    }

    pub const fn failures(&self) -> u32 {
        self.failures
    }

    pub const fn is_running(&self) -> bool {
        self.running
    }

    /// How long a run has been due without beginning.
    pub fn lateness(&self, now: Instant) -> Duration {
        if self.running {
            return Duration::ZERO;
        }
        now.saturating_duration_since(self.due)
    }

    /// Whether a run is due; then the next one is due an interval later. What was missed is not caught up.
    pub fn is_due(&mut self, now: Instant) -> bool {
        if now < self.due || self.running {
            return false;
        }
        self.due += self.job.every;
        if self.due <= now {
            self.due = now + self.job.every;
        }
        true
    }

    pub fn wait_for_next(&mut self, waiting: Waiting) {
        self.next.push(waiting);
    }

    /// The next run, unless one is in progress.
    pub fn begin(&mut self, at: Timestamp) -> Option<impl Future<Output = Ended> + 'static> {
        if self.running {
            return None;
        }
        self.running = true;
        self.began_at = at;
        self.waiting.append(&mut self.next);
        let (run, limit) = (Rc::clone(&self.job.run), self.job.limit);
        Some(async move {
            let mut running = Running::of(run());
            match tokio::time::timeout(limit, running.end()).await {
                Ok(Ok(Ok(said))) => Ok(said),
                Ok(Ok(Err(error))) => Err(error.to_string()),
                Ok(Err(panic)) => Err(format!("it ended by {panic}")),
                Err(_) => Err(too_long(limit)),
            }
        })
    }

    /// Ends the run in progress.
    pub fn end(&mut self, result: &Ended) -> Past {
        self.running = false;
        let is_well = result.as_ref().is_ok_and(|report| !report.is_failure());
        self.failures = if is_well { 0 } else { self.failures.saturating_add(1) };
        let waiting = std::mem::take(&mut self.waiting);
        let asked = !waiting.is_empty();
        let is_kept = waiting.iter().any(|one| one.on_record);
        let by = waiting.iter().find_map(|one| one.by.clone());
        for one in waiting {
            if one.reply.send(result.clone()).is_err() {
                tracing::debug!(job = self.job.name, "who asked for the run has gone");
            }
        }
        let is_time = self.on_record.is_none_or(|at| at.elapsed() >= ON_RECORD_EVERY);
        let to_record = !is_kept && (!is_well || asked || is_time);
        if to_record {
            self.on_record = Some(Instant::now());
        }
        Past {
            began_at: self.began_at,
            by,
            asked,
            to_record,
            again: !self.next.is_empty(),
        }
    }
}

/// Why a run was ended.
pub(super) fn too_long(limit: Duration) -> String {
    format!("it took longer than {} s", limit.as_secs())
}

/// A share of `within` that depends on the name alone, so that jobs do not begin together.
fn spread(name: &str, within: Duration) -> Duration {
    let sum = name
        .bytes()
        .fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    within.saturating_mul(sum % 1_000) / 1_000
}
