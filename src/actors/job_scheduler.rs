//! The actor that runs jobs: the daemon's own, each at its interval and one run at a time, and those that people made, by the foreman.

mod foreman;
mod job;
mod records;
mod told;

use std::rc::Rc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{
    Actor, ActorContext, AsyncContext, Context, Handler, MessageResult, ResponseActFuture, ResponseFuture, WrapFuture,
};
use domain::id::JobRunId;
use domain::job::{JobName, JobRun, Origin, RunState};
use domain::time::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;

pub use foreman::{ForemanDeps, JobRules};
pub use job::Job;
pub use told::Teller;

use crate::actors::mail::{ActorHealth, HowAreYou, JobsChanged, MailError, RunJob, StartJob, Stop, Tick};
use foreman::Foreman;
use job::{Course, Ended, Past, Waiting};

/// How others know it.
pub const NAME: &str = "job_scheduler";
/// How often it looks for jobs that are due.
const TICK: Duration = Duration::from_millis(250);

/// Runs jobs.
pub struct JobSchedulerActor {
    teller: Teller,
    foreman: Rc<Foreman>,
    courses: Vec<Course>,
    last_mail: Option<Timestamp>,
}

impl JobSchedulerActor {
    /// A scheduler of these jobs of the daemon and of those on record, which has not started.
    pub fn new(teller: Teller, foreman: ForemanDeps, jobs: Vec<Job>) -> Self {
        Self {
            foreman: Foreman::new(foreman, teller.clone()),
            teller,
            courses: jobs.into_iter().map(Course::new).collect(),
            last_mail: None,
        }
    }

    fn begin(&mut self, index: usize, ctx: &mut Context<Self>) {
        let now = self.teller.clock.now();
        let Some(run) = self.courses.get_mut(index).and_then(|course| course.begin(now)) else {
            return;
        };
        let done = wrap_future::<_, Self>(run).map(move |result, actor, ctx| actor.ended(index, result, ctx));
        ctx.spawn(done);
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.courses.iter().position(|course| course.name() == name)
    }

    /// The report to come of a run that begins after now.
    fn run_now(&mut self, mail: RunJob, ctx: &mut Context<Self>) -> Result<oneshot::Receiver<Ended>, MailError> {
        self.last_mail = Some(self.teller.clock.now());
        let RunJob { name, by, on_record } = mail;
        let index = self.index(&name).ok_or_else(|| no_job(&name))?;
        let (reply, report) = oneshot::channel();
        if let Some(course) = self.courses.get_mut(index) {
            course.wait_for_next(Waiting { reply, by, on_record });
        }
        self.begin(index, ctx);
        Ok(report)
    }

    fn ended(&mut self, index: usize, result: Ended, ctx: &mut Context<Self>) {
        let Some(course) = self.courses.get_mut(index) else {
            return;
        };
        let past = course.end(&result);
        let (name, failures, again) = (course.name(), course.failures(), past.again);
        let (state, said) = match result {
            Ok(report) if report.is_failure() => (RunState::Failed, report.to_string()),
            Ok(report) => (RunState::Succeeded, report.to_string()),
            Err(why) => (RunState::Failed, why),
        };
        if state == RunState::Succeeded {
            self.teller.success(name, &said);
        } else {
            self.teller.failure(name, &said, failures);
        }
        if past.to_record {
            self.note(name, past, (state, &said), failures);
        }
        if again {
            self.begin(index, ctx);
        }
    }

    fn note(&self, name: &str, past: Past, (state, said): (RunState, &str), failures: u32) {
        let Some(job) = JobName::new(name) else { return };
        let (due, origin) = match past.asked {
            true => (None, Origin::Manual),
            false => (Some(past.began_at), Origin::Schedule),
        };
        // The records give it its number.
        let (id, before) = (JobRunId(0), failures.saturating_sub(1));
        let run = JobRun {
            asked_by: past.by,
            started_at: past.began_at,
            ..self.foreman.run(id, &job, due, origin, before)
        };
        let run = run.ended(state, self.teller.clock.now(), said, "");
        let foreman = Rc::clone(&self.foreman);
        actix_rt::spawn(async move { foreman.records().note(run).await });
    }
}

fn no_job(name: &str) -> MailError {
    MailError::Failed(format!("there is no job `{name}`"))
}

impl Actor for JobSchedulerActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        told::describe();
        self.foreman.ask_for_own_work(ctx.address().recipient());
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
        ctx.spawn(Rc::clone(&self.foreman).look().into_actor(self));
    }
}

impl Handler<RunJob> for JobSchedulerActor {
    type Result = ResponseFuture<Result<String, MailError>>;

    fn handle(&mut self, mail: RunJob, ctx: &mut Self::Context) -> Self::Result {
        let asked = self.run_now(mail, ctx);
        Box::pin(async move {
            match asked?.await.map_err(|_| MailError::Silent(NAME))? {
                Ok(report) if report.is_failure() => Err(MailError::Failed(report.to_string())),
                Ok(report) => Ok(report.to_string()),
                Err(why) => Err(MailError::Failed(why)),
            }
        })
    }
}

impl Handler<StartJob> for JobSchedulerActor {
    type Result = ResponseFuture<Result<JobRunId, MailError>>;

    fn handle(&mut self, mail: StartJob, _: &mut Self::Context) -> Self::Result {
        self.last_mail = Some(self.teller.clock.now());
        let limit = self.index(&mail.name).and_then(|index| self.courses.get(index));
        let limit = limit.map(Course::limit);
        let foreman = Rc::clone(&self.foreman);
        Box::pin(async move {
            let name = JobName::new(&mail.name).ok_or_else(|| no_job(&mail.name))?;
            foreman.begin_by_hand(name, mail.by, limit).await
        })
    }
}

impl Handler<JobsChanged> for JobSchedulerActor {
    type Result = ();

    fn handle(&mut self, mail: JobsChanged, _: &mut Self::Context) {
        match mail.gone {
            Some(name) => self.foreman.gone(&name),
            None => self.foreman.forget(),
        }
    }
}

impl Handler<HowAreYou> for JobSchedulerActor {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        let running = self.foreman.is_busy() || self.courses.iter().any(Course::is_running);
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
    type Result = ResponseActFuture<Self, ()>;

    /// Ends at once what the daemon does itself: such a job is made of steps that are each whole, and its next run goes on where it
    /// stopped. What others do is ended with all that it started, and that is written down.
    fn handle(&mut self, _: Stop, _: &mut Self::Context) -> Self::Result {
        self.courses.clear();
        let stopped = Rc::clone(&self.foreman).stop().into_actor(self);
        Box::pin(stopped.map(|(), _, ctx| ctx.stop()))
    }
}
