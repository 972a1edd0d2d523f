//! The jobs that people made: takes their due times, each by one commit, and lets them run.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::id::JobRunId;
use domain::job::{Job, JobChange, JobName, JobRun, Origin, RunState, Work, decide};
use domain::time::Timestamp;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tracing::warn;

use super::job::{Running, too_long};
use super::no_job;
use super::records::Records;
use super::told::Teller;
use crate::actors::mail::{MailError, RunJob};
use crate::crash;
use crate::event;
use crate::ports::store::{Store, StoreError};
use crate::ports::work::{Done, Worker};

/// How long what is known of jobs is good; whoever changes one says so.
const KNOWN_FOR: Duration = Duration::from_secs(10);
/// How often runs are looked for that are on record as running, and are not.
const SETTLE_EVERY: Duration = Duration::from_secs(60);
/// Longest wait for records at a stop.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Rules for all jobs that people made.
#[derive(Debug, Clone, Copy)]
pub struct JobRules {
    /// How long after its due time a run is still in time.
    pub grace: Duration,
    /// Most due times that one job catches up with.
    pub most_catch_up: u32,
    /// Most runs at once, of all jobs.
    pub most_at_once: usize,
}

/// What the foreman needs.
pub struct ForemanDeps {
    /// What is on record.
    pub store: Arc<dyn Store>,
    /// Who runs what is not the daemon's own.
    pub worker: Arc<dyn Worker>,
    /// This daemon, as `host:pid`.
    pub name: String,
    /// Rules.
    pub rules: JobRules,
}

/// What a run does, and for how long at most.
#[derive(Debug, Clone)]
struct Errand {
    work: Work,
    limit: Duration,
}

impl From<&Job> for Errand {
    fn from(job: &Job) -> Self {
        let (work, limit) = (job.work.clone(), job.time_out);
        Self { work, limit }
    }
}

/// A job as it was read, with its first due time that is not handled; none while it is not enabled.
struct Known {
    job: Job,
    due: Option<Timestamp>,
}

impl From<Job> for Known {
    fn from(job: Job) -> Self {
        let due = job.schedule.next_after(job.handled_through).filter(|_| job.enabled);
        Self { job, due }
    }
}

struct Begun {
    run: JobRun,
    task: JoinHandle<()>,
}

/// Runs the jobs that people made.
pub(super) struct Foreman {
    deps: ForemanDeps,
    records: Records,
    teller: Teller,
    own: RefCell<Option<Recipient<RunJob>>>,
    known: RefCell<Option<(Instant, Rc<[Known]>)>>,
    begun: RefCell<BTreeMap<JobRunId, Begun>>,
    settled: Cell<Option<Instant>>,
    /// Held while it is decided what begins.
    turn: Mutex<()>,
    stopped: Cell<bool>,
}

impl Foreman {
    pub fn new(deps: ForemanDeps, teller: Teller) -> Rc<Self> {
        let store = Arc::clone(&deps.store);
        Rc::new(Self {
            deps,
            records: Records { store },
            teller,
            own: RefCell::default(),
            known: RefCell::default(),
            begun: RefCell::default(),
            settled: Cell::default(),
            turn: Mutex::default(),
            stopped: Cell::default(),
        })
    }

    /// Who does what the daemon does by itself.
    pub fn ask_for_own_work(&self, own: Recipient<RunJob>) {
        self.own.replace(Some(own));
    }

    pub fn records(&self) -> &Records {
        &self.records
    }

    /// Somebody changed a job.
    pub fn forget(&self) {
        self.known.take();
    }

    /// A job is no more.
    pub fn gone(&self, name: &str) {
        self.forget();
        self.teller.gone(name);
    }

    pub fn is_busy(&self) -> bool {
        !self.begun.borrow().is_empty()
    }

    /// Takes what is due; nothing when it is still at the look before.
    pub async fn look(self: Rc<Self>) {
        let Ok(turn) = self.turn.try_lock() else { return };
        if self.stopped.get() {
            return;
        }
        if let Err(error) = self.take_due().await {
            self.forget();
            warn!(event = event::JOB_NOT_RECORDED, %error, "due times of jobs could not be looked at: {error}");
            // The store needs no asking four times a second to come back.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        drop(turn);
    }

    /// Begins a run of a job because somebody asks; its row tells what becomes of it. `daemon` is whether the job is one of the daemon's own.
    pub async fn begin_by_hand(
        self: Rc<Self>,
        name: JobName,
        by: String,
        daemon: Option<Duration>,
    ) -> Result<JobRunId, MailError> {
        let turn = self.turn.lock().await;
        let failed = |error: StoreError| MailError::Failed(error.to_string());
        let job = self.records.job(&name).await.map_err(failed)?;
        let (errand, failures) = match (&job, daemon) {
            (_, Some(limit)) => (own(&name, limit), 0),
            (Some(job), None) => (job.into(), job.failures),
            (None, None) => return Err(no_job(name.as_str())),
        };
        let running = self.running(&name);
        let has_room = job.as_ref().map_or(running == 0, |job| job.has_room(running));
        if !has_room || !self.has_place() {
            return Err(MailError::Failed(format!(
                "job {name} runs already, or too many others do"
            )));
        }
        let id = JobRunId(self.records.ids(1).await.map_err(failed)?);
        let run = JobRun {
            asked_by: Some(by),
            ..self.run(id, &name, None, Origin::Manual, failures)
        };
        let row = JobChange::AddRun(Box::new(run.clone()));
        if !self.records.begin(vec![row], id).await.map_err(failed)? {
            return Err(MailError::Failed(format!("run {id} could not be written down")));
        }
        self.begin(errand, run);
        drop(turn);
        Ok(id)
    }

    /// Ends all that runs, with all that it started, and writes that down.
    pub async fn stop(self: Rc<Self>) {
        self.stopped.set(true);
        let begun = std::mem::take(&mut *self.begun.borrow_mut());
        for one in begun.values() {
            one.task.abort();
        }
        let now = self.teller.clock.now();
        let records = &self.records;
        let ends = begun.into_values().map(|one| {
            let run = one.run.ended(RunState::Failed, now, "the daemon was stopped", "");
            async move { records.end(&run).await }
        });
        let all = futures::future::join_all(ends);
        if tokio::time::timeout(STOP_WITHIN, all).await.is_err() {
            warn!(
                event = event::JOB_NOT_RECORDED,
                "that runs of jobs were ended is not on record; the next start tells it"
            );
        }
    }

    async fn take_due(self: &Rc<Self>) -> Result<(), StoreError> {
        let now = Instant::now();
        if self.settled.get().is_none_or(|at| now >= at + SETTLE_EVERY) {
            self.settle().await?;
            self.settled.set(Some(now));
        }
        let now = self.teller.clock.now();
        for known in self.known().await?.iter() {
            if known.due.is_some_and(|due| due <= now) {
                self.take(&known.job).await?;
            }
        }
        Ok(())
    }

    /// Ends on record what does not run: another life of the daemon began it, or its beginning became known too late.
    async fn settle(&self) -> Result<(), StoreError> {
        for run in self.records.running().await? {
            if self.begun.borrow().contains_key(&run.id) {
                continue;
            }
            let why = "the daemon ended while it ran; how far it came is not known";
            let run = run.ended(RunState::Failed, self.teller.clock.now(), why, "");
            let job = self.records.end(&run).await;
            self.forget();
            self.teller
                .failure(run.job.as_str(), why, job.map_or(1, |job| job.failures));
        }
        Ok(())
    }

    async fn known(&self) -> Result<Rc<[Known]>, StoreError> {
        let known = self.known.borrow().clone();
        if let Some((_, jobs)) = known.filter(|(at, _)| at.elapsed() < KNOWN_FOR) {
            return Ok(jobs);
        }
        let jobs = self.deps.store.jobs().await?;
        let jobs: Rc<[Known]> = jobs.into_iter().map(Known::from).collect();
        self.known.replace(Some((Instant::now(), Rc::clone(&jobs))));
        Ok(jobs)
    }

    async fn take(self: &Rc<Self>, job: &Job) -> Result<(), StoreError> {
        let rules = self.deps.rules;
        let has_room = job.has_room(self.running(&job.name)) && self.has_place();
        let now = self.teller.clock.now();
        let Some(due) = decide(job, now, has_room, rules.grace, rules.most_catch_up) else {
            return Ok(());
        };
        let first = self.records.ids(2).await?;
        let mut changes = vec![JobChange::Update(Box::new(Job {
            handled_through: due.through(),
            ..job.clone()
        }))];
        if let Some((last, count)) = due.missed {
            let row = self.run(JobRunId(first), &job.name, Some(last), Origin::Schedule, job.failures);
            changes.push(JobChange::AddRun(Box::new(missed(row, count))));
        }
        let run = due
            .run
            .map(|(at, origin)| self.run(JobRunId(first + 1), &job.name, Some(at), origin, job.failures));
        changes.extend(run.clone().map(|run| JobChange::AddRun(Box::new(run))));
        let row = JobRunId(if run.is_some() { first + 1 } else { first });
        crash::point("job.before_begin");
        let written = self.records.begin(changes, row).await?;
        self.forget();
        if !written {
            // Somebody changed the job, or its due time is taken: the next look sees which.
            return Ok(());
        }
        if let Some((_, count)) = due.missed {
            self.teller.missed(job.name.as_str(), count);
        }
        if let Some(run) = run {
            crash::point("job.begun");
            tell_lag(&run, now);
            self.begin(job.into(), run);
        }
        Ok(())
    }

    fn begin(self: &Rc<Self>, errand: Errand, run: JobRun) {
        let (me, own) = (Rc::clone(self), run.clone());
        let task = actix_rt::spawn(async move {
            let done = me.do_it(&own.job, errand).await;
            me.ended(own, done).await;
        });
        self.begun.borrow_mut().insert(run.id, Begun { run, task });
    }

    async fn do_it(&self, name: &JobName, errand: Errand) -> Done {
        let Errand { work, limit } = errand;
        let (worker, own, job) = (Arc::clone(&self.deps.worker), self.own.borrow().clone(), name.clone());
        // On a task of its own: a panic is that run's failure.
        let mut running = Running::of(async move {
            match (&work, own) {
                (Work::Builtin { task }, Some(own)) => do_own(&own, task.clone(), limit).await,
                _ => worker.run(&job, &work, limit).await,
            }
        });
        let ended = running.end().await;
        ended.unwrap_or_else(|panic| Done::failed(format!("it ended by {panic}")))
    }

    async fn ended(&self, run: JobRun, done: Done) {
        let id = run.id;
        let (state, said) = match &done.result {
            Ok(said) => (RunState::Succeeded, said),
            Err(why) => (RunState::Failed, why),
        };
        let run = run.ended(state, self.teller.clock.now(), said, &done.output);
        crash::point("job.before_end");
        let job = self.records.end(&run).await;
        crash::point("job.ended");
        self.begun.borrow_mut().remove(&id);
        self.forget();
        // The daemon's own jobs are told of where they end, and of a job that is no more nobody need hear.
        let Some(job) = job else { return };
        match state {
            RunState::Succeeded => self.teller.success(run.job.as_str(), said),
            _ => self.teller.failure(run.job.as_str(), said, job.failures),
        }
    }

    /// A run that begins now.
    pub fn run(&self, id: JobRunId, job: &JobName, due: Option<Timestamp>, origin: Origin, failures: u32) -> JobRun {
        JobRun {
            id,
            job: job.clone(),
            due,
            missed: 0,
            origin,
            state: RunState::Running,
            attempt: failures.saturating_add(1),
            worker: self.deps.name.clone(),
            asked_by: None,
            started_at: self.teller.clock.now(),
            ended_at: None,
            result: None,
            output: String::new(),
        }
    }

    fn running(&self, name: &JobName) -> usize {
        let begun = self.begun.borrow();
        begun.values().filter(|one| one.run.job == *name).count()
    }

    fn has_place(&self) -> bool {
        !self.stopped.get() && self.begun.borrow().len() < self.deps.rules.most_at_once
    }
}

fn missed(row: JobRun, count: i64) -> JobRun {
    let at = row.started_at;
    let row = JobRun { missed: count, ..row };
    row.ended(RunState::Missed, at, "no run could begin in time", "")
}

/// One of the daemon's own jobs.
fn own(name: &JobName, limit: Duration) -> Errand {
    let work = Work::Builtin { task: name.to_string() };
    Errand { work, limit }
}

async fn do_own(own: &Recipient<RunJob>, name: String, limit: Duration) -> Done {
    let mail = RunJob {
        name,
        by: None,
        on_record: true,
    };
    let result = match tokio::time::timeout(limit, own.send(mail)).await {
        Ok(Ok(answer)) => answer.map_err(|error| error.to_string()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(too_long(limit)),
    };
    Done::new(result, &[])
}

fn tell_lag(run: &JobRun, now: Timestamp) {
    let lag = run.due.map(|due| now.since(due)).unwrap_or_default();
    metrics::gauge!("bursar_job_lag_seconds", "job" => run.job.to_string()).set(lag);
}
