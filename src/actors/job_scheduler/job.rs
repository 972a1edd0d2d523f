//! A job with its interval, and the course of its runs.

use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use futures::future::LocalBoxFuture;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::jobs::{JobError, JobReport};

/// First runs are spread over this time, so that a start is no rush.
const SPREAD: Duration = Duration::from_secs(10);

type Run = Rc<dyn Fn() -> LocalBoxFuture<'static, Result<JobReport, JobError>>>;
/// What a run said, or why it did not end well.
pub(super) type Ended = Result<JobReport, String>;
type Reply = oneshot::Sender<Ended>;

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

/// Ends the run with its owner.
struct Running(JoinHandle<Result<JobReport, JobError>>);

impl Drop for Running {
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
    /// Who waits for the run in progress.
    waiting: Vec<Reply>,
    /// Who asked while a run was in progress, and waits for the next.
    next: Vec<Reply>,
}

impl Course {
    pub fn new(job: Job) -> Self {
        Self {
            due: Instant::now() + spread(job.name, job.every.min(SPREAD)),
            job,
            running: false,
            failures: 0,
            waiting: Vec::new(),
            next: Vec::new(),
        }
    }

    pub const fn name(&self) -> &'static str {
        self.job.name
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

    pub fn wait_for_next(&mut self, reply: Reply) {
        self.next.push(reply);
    }

    /// The next run, unless one is in progress.
    pub fn begin(&mut self) -> Option<impl Future<Output = Ended> + 'static> {
        if self.running {
            return None;
        }
        self.running = true;
        self.waiting.append(&mut self.next);
        let (run, limit) = (Rc::clone(&self.job.run), self.job.limit);
        Some(async move {
            // On a task of its own: a panic in a job is that run's failure.
            let mut running = Running(actix_rt::spawn(run()));
            match tokio::time::timeout(limit, &mut running.0).await {
                Ok(Ok(Ok(said))) => Ok(said),
                Ok(Ok(Err(error))) => Err(error.to_string()),
                Ok(Err(panic)) => Err(format!("it ended by {panic}")),
                Err(_) => Err(format!("it took longer than {} s", limit.as_secs())),
            }
        })
    }

    /// Ends the run in progress; answers whether another was asked for meanwhile.
    pub fn end(&mut self, result: &Ended) -> bool {
        self.running = false;
        self.failures = match result {
            Ok(report) if !report.is_failure() => 0,
            Ok(_) | Err(_) => self.failures.saturating_add(1),
        };
        for reply in self.waiting.drain(..) {
            if reply.send(result.clone()).is_err() {
                tracing::debug!(job = self.job.name, "who asked for the run has gone");
            }
        }
        !self.next.is_empty()
    }
}

/// A share of `within` that depends on the name alone, so that jobs do not begin together.
fn spread(name: &str, within: Duration) -> Duration {
    let sum = name
        .bytes()
        .fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    within.saturating_mul(sum % 1_000) / 1_000
}
