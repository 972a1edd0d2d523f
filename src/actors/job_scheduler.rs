//! The actor that runs the built-in jobs: each at its interval, one run of a job at a time.

mod job;

use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, MessageResult, Recipient, ResponseFuture};
use domain::alert::rules::judge_runs;
use domain::time::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tracing::{error, info};

pub use job::Job;

use crate::actors::mail::{ActorHealth, HowAreYou, MailError, Raise, Resolve, RunJob, Stop, Tick};
use crate::clock::Clock;
use crate::event;
use job::{Course, Ended};

/// How others know it.
pub const NAME: &str = "job_scheduler";
/// How often it looks for jobs that are due.
const TICK: Duration = Duration::from_millis(250);

/// What the scheduler needs.
pub struct JobSchedulerDeps {
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Who is told that a job fails.
    pub raises: Recipient<Raise>,
    /// Who is told that it works again.
    pub resolves: Recipient<Resolve>,
    /// Failures in a row until an alert, at least one.
    pub failures_until_alert: u32,
}

/// Runs jobs.
pub struct JobSchedulerActor {
    deps: JobSchedulerDeps,
    courses: Vec<Course>,
    last_mail: Option<Timestamp>,
}

impl JobSchedulerActor {
    /// A scheduler of these jobs, which has not started.
    pub fn new(deps: JobSchedulerDeps, jobs: Vec<Job>) -> Self {
        Self {
            deps,
            courses: jobs.into_iter().map(Course::new).collect(),
            last_mail: None,
        }
    }

    fn begin(&mut self, index: usize, ctx: &mut Context<Self>) {
        let Some(run) = self.courses.get_mut(index).and_then(Course::begin) else {
            return;
        };
        let done = wrap_future::<_, Self>(run).map(move |result, actor, ctx| actor.ended(index, result, ctx));
        ctx.spawn(done);
    }

    /// The report to come of a run that begins after now.
    fn run_now(&mut self, name: &str, ctx: &mut Context<Self>) -> Result<oneshot::Receiver<Ended>, MailError> {
        self.last_mail = Some(self.deps.clock.now());
        let index = self.courses.iter().position(|course| course.name() == name);
        let index = index.ok_or_else(|| MailError::Failed(format!("there is no job `{name}`")))?;
        let (reply, report) = oneshot::channel();
        if let Some(course) = self.courses.get_mut(index) {
            course.wait_for_next(reply);
        }
        self.begin(index, ctx);
        Ok(report)
    }

    fn ended(&mut self, index: usize, result: Ended, ctx: &mut Context<Self>) {
        let at = self.deps.clock.now();
        let Some(course) = self.courses.get_mut(index) else {
            return;
        };
        let again = course.end(&result);
        let (name, failures) = (course.name(), course.failures());
        match result {
            Ok(report) if report.is_failure() => self.tell_failure(name, &report.to_string(), failures),
            Ok(report) => self.tell_success(name, &report.to_string(), at),
            Err(why) => self.tell_failure(name, &why, failures),
        }
        if again {
            self.begin(index, ctx);
        }
    }

    fn tell_success(&self, name: &'static str, said: &str, at: Timestamp) {
        metrics::counter!("bursar_job_runs_total", "job" => name, "result" => "succeeded").increment(1);
        let since_1970 = Duration::from_millis(u64::try_from(at.0).unwrap_or_default());
        metrics::gauge!("bursar_job_last_success_timestamp_seconds", "job" => name).set(since_1970);
        info!(event = event::JOB_SUCCEEDED, job = name, "job {name}: {said}");
        self.tell_verdict(name, 0, "");
    }

    fn tell_failure(&self, name: &'static str, why: &str, failures: u32) {
        metrics::counter!("bursar_job_runs_total", "job" => name, "result" => "failed").increment(1);
        error!(
            event = event::JOB_FAILED,
            job = name,
            failures,
            "job {name} failed: {why}"
        );
        self.tell_verdict(name, failures, why);
    }

    fn tell_verdict(&self, name: &'static str, failures: u32, why: &str) {
        let Some(verdict) = judge_runs(name, failures, self.deps.failures_until_alert, why) else {
            return;
        };
        let (kind, subject) = (verdict.kind, format!("job:{name}"));
        let told = match verdict.raised {
            Some(message) => {
                let raised = self.deps.raises.try_send(Raise { kind, subject, message });
                raised.map_err(|error| error.to_string())
            }
            None => {
                let resolved = self.deps.resolves.try_send(Resolve { kind, subject });
                resolved.map_err(|error| error.to_string())
            }
        };
        if let Err(error) = told {
            error!(event = event::ALERT_LOST, %error, "the alert actor could not be told of job {name}");
        }
    }
}

impl Actor for JobSchedulerActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        use metrics::{Unit, describe_counter, describe_gauge};
        describe_counter!("bursar_job_runs_total", "Runs of jobs, by job and result");
        describe_gauge!(
            "bursar_job_last_success_timestamp_seconds",
            Unit::Seconds,
            "When a job last succeeded, in seconds since 1970-01-01 UTC"
        );
        let scheduler = ctx.address().downgrade();
        // From outside the mailbox: an interval inside the actor starves behind its mail.
        actix_rt::spawn(async move {
            while let Some(scheduler) = scheduler.upgrade() {
                if scheduler.try_send(Tick).is_err() && !scheduler.connected() {
                    return;
                }
                drop(scheduler);
                tokio::time::sleep(TICK).await;
            }
        });
    }
}

impl Handler<Tick> for JobSchedulerActor {
    type Result = ();

    fn handle(&mut self, _: Tick, ctx: &mut Self::Context) {
        let now = Instant::now();
        let due: Vec<usize> = (0..self.courses.len())
            .filter(|index| self.courses.get_mut(*index).is_some_and(|course| course.is_due(now)))
            .collect();
        for index in due {
            self.begin(index, ctx);
        }
    }
}

impl Handler<RunJob> for JobSchedulerActor {
    type Result = ResponseFuture<Result<String, MailError>>;

    fn handle(&mut self, mail: RunJob, ctx: &mut Self::Context) -> Self::Result {
        let asked = self.run_now(&mail.name, ctx);
        Box::pin(async move {
            match asked?.await.map_err(|_| MailError::Silent(NAME))? {
                Ok(report) if report.is_failure() => Err(MailError::Failed(report.to_string())),
                Ok(report) => Ok(report.to_string()),
                Err(why) => Err(MailError::Failed(why)),
            }
        })
    }
}

impl Handler<HowAreYou> for JobSchedulerActor {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        let running = self.courses.iter().any(Course::is_running);
        let overdue = self.courses.iter().map(|course| course.lateness(Instant::now())).max();
        MessageResult(ActorHealth {
            name: NAME.to_owned(),
            state: if running { "running" } else { "idle" }.to_owned(),
            last_mail: self.last_mail,
            restarts: 0,
            lag_ms: u64::try_from(overdue.unwrap_or_default().as_millis()).unwrap_or(u64::MAX),
        })
    }
}

impl Handler<Stop> for JobSchedulerActor {
    type Result = ();

    /// Ends at once: a job is made of steps that are each whole, and its next run goes on where it stopped.
    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) {
        ctx.stop();
    }
}
