//! A small world around jobs: a store, a clock that can be set, a worker that does as it is told, and the scheduler.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, Addr};
use async_trait::async_trait;
use bursar::actors::alert::{AlertActor, AlertDeps};
use bursar::actors::job_scheduler::{ForemanDeps, Job as OwnJob, JobRules, JobSchedulerActor, Teller};
use bursar::actors::mail::{JobsChanged, StartJob, Stop};
use bursar::adapters::store::{CommitFault, MemoryStore};
use bursar::clock::Clock;
use bursar::ports::store::{AlertFilter, JobRunFilter, JobStore as _, Store};
use bursar::ports::work::{Done, Worker};
use domain::change::{Change, ChangeSet};
use domain::id::JobRunId;
use domain::job::{Job, JobChange, JobDraft, JobName, JobRun, JobWrong, Work};
use domain::page::Page;
use domain::time::Timestamp;
use tokio::time::Instant;

/// 2026-11-30T00:00:00Z.
pub const START: Timestamp = Timestamp(1_795_996_800_000);
/// How long after its due time a run is in time.
pub const GRACE: Duration = Duration::from_secs(60);
const MOST_CATCH_UP: u32 = 5;

/// Tells a story in simulated time, in an actor system of its own.
pub fn simulate<S: Future<Output = ()>>(story: S) {
    actix_rt::System::new().block_on(async {
        tokio::time::pause();
        story.await;
    });
}

/// A clock that goes with simulated time, and can be set.
pub struct SetClock {
    began: Instant,
    shown: Mutex<i64>,
}

impl SetClock {
    /// Sets it so many seconds forward, or back.
    pub fn set(&self, seconds: i64) {
        *self.shown.lock().unwrap() += seconds * 1_000;
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.began.elapsed().as_millis()).unwrap();
        Timestamp(*self.shown.lock().unwrap() + passed)
    }
}

/// What a worker does with its next run.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Succeeds after so long.
    Takes(Duration),
    /// Fails at once.
    Fails,
    /// Panics.
    Panics,
}

/// Does as it is told, in turn; succeeds at once where it is not told.
#[derive(Default)]
pub struct Hand {
    pub deeds: Mutex<VecDeque<Deed>>,
    /// When runs began, and their limits.
    pub began: Mutex<Vec<(JobName, Duration)>>,
    pub at_work: AtomicUsize,
    pub most_at_work: AtomicUsize,
}

struct AtWork<'a>(&'a AtomicUsize);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Worker for Hand {
    fn check(&self, _: &Work) -> Result<(), JobWrong> {
        Ok(())
    }

    async fn run(&self, job: &JobName, _: &Work, limit: Duration) -> Done {
        self.began.lock().unwrap().push((job.clone(), limit));
        let at_work = self.at_work.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_work.fetch_max(at_work, Ordering::SeqCst);
        let _at_work = AtWork(&self.at_work);
        let deed = self.deeds.lock().unwrap().pop_front();
        let result = match deed {
            None => Ok("done".to_owned()),
            Some(Deed::Takes(time)) => {
                tokio::time::sleep(time).await;
                Ok("done at last".to_owned())
            }
            Some(Deed::Fails) => Err("it did not work".to_owned()),
            Some(Deed::Panics) => panic!("a worker that panics on purpose"),
        };
        let output = "what it said".to_owned();
        Done { result, output }
    }
}

pub struct World {
    pub rows: MemoryStore,
    pub clock: Arc<SetClock>,
    pub hand: Arc<Hand>,
    /// What becomes of the next commits about jobs.
    pub faults: Arc<Mutex<VecDeque<CommitFault>>>,
    pub alerts: Addr<AlertActor>,
}

impl World {
    pub async fn new() -> Self {
        let clock = Arc::new(SetClock {
            began: Instant::now(),
            shown: Mutex::new(START.0),
        });
        let rows = MemoryStore::new();
        let alerts = AlertActor::new(AlertDeps {
            store: Arc::new(rows.clone()),
            clock: clock.clone(),
            retry_first: Duration::from_millis(10),
            retry_max: Duration::from_millis(10),
            outbox: None,
        });
        Self {
            rows,
            clock,
            hand: Arc::default(),
            faults: Arc::default(),
            alerts: alerts.start(),
        }
    }

    /// What the worker does with its next runs.
    pub fn then(&self, deeds: impl IntoIterator<Item = Deed>) {
        self.hand.deeds.lock().unwrap().extend(deeds);
    }

    /// A daemon's scheduler, without jobs of its own.
    pub fn daemon(&self) -> Addr<JobSchedulerActor> {
        self.daemon_with(Vec::new())
    }

    pub fn daemon_with(&self, own: Vec<OwnJob>) -> Addr<JobSchedulerActor> {
        let faults = Arc::clone(&self.faults);
        let store: Arc<dyn Store> = Arc::new(self.rows.clone().with_faults(Arc::new(move |set: &ChangeSet| {
            let is_ours = set.changes.iter().any(|change| matches!(change, Change::Job(_)));
            let next = is_ours.then(|| faults.lock().unwrap().pop_front()).flatten();
            next.unwrap_or(CommitFault::None)
        })));
        let teller = Teller {
            clock: self.clock.clone(),
            raises: self.alerts.clone().recipient(),
            resolves: self.alerts.clone().recipient(),
            failures_until_alert: 3,
        };
        let foreman = ForemanDeps {
            store,
            worker: self.hand.clone(),
            name: "host:1".to_owned(),
            rules: JobRules {
                grace: GRACE,
                most_catch_up: MOST_CATCH_UP,
                most_at_once: 8,
            },
        };
        JobSchedulerActor::new(teller, foreman, own).start()
    }

    /// Makes a job of these times, after `spoil`.
    pub async fn job(&self, name: &str, cron: &str, spoil: impl FnOnce(&mut JobDraft)) {
        let mut draft = JobDraft {
            work: Work::Command {
                program: "backup".to_owned(),
                arguments: Vec::new(),
            },
            cron: cron.to_owned(),
            zone: "UTC".to_owned(),
            enabled: true,
            singleton: true,
            misfire: "run_once".to_owned(),
            time_out: 600,
            back_off: 0,
        };
        spoil(&mut draft);
        let job = draft.into_job(name, "ann", self.clock.now()).unwrap();
        self.write(JobChange::Add(Box::new(job))).await;
    }

    pub async fn write(&self, change: JobChange) {
        self.rows.commit(ChangeSet::of(Change::Job(change))).await.unwrap();
    }

    pub async fn stored(&self, name: &str) -> Job {
        self.rows.job(&JobName::new(name).unwrap()).await.unwrap().unwrap()
    }

    /// All runs of a job, oldest first.
    pub async fn runs(&self, name: &str) -> Vec<JobRun> {
        let filter = JobRunFilter {
            job: JobName::new(name),
            ..JobRunFilter::default()
        };
        let mut runs = self.rows.job_runs(filter, Page::first(100_000)).await.unwrap();
        runs.reverse();
        runs
    }

    /// All runs of a job in words: `+minutes origin state`.
    pub async fn told(&self, name: &str) -> Vec<String> {
        let words = self.runs(name).await.into_iter().map(|run| {
            let due = run.due.map_or("by hand".to_owned(), |due| {
                format!("+{}", (due.0 - START.0).div_euclid(60_000))
            });
            let missed = if run.missed > 0 {
                format!(" ({})", run.missed)
            } else {
                String::new()
            };
            format!("{due} {} {}{missed}", run.origin.as_str(), run.state.as_str())
        });
        words.collect()
    }

    pub async fn alerts(&self) -> Vec<String> {
        let alerts = self.rows.alerts(AlertFilter::Open, Page::first(100)).await.unwrap();
        alerts.into_iter().map(|alert| alert.message).collect()
    }
}

pub async fn minutes(count: u64) {
    tokio::time::sleep(Duration::from_secs(60 * count)).await;
}

pub async fn start(daemon: &Addr<JobSchedulerActor>, name: &str) -> Result<JobRunId, String> {
    let mail = StartJob {
        name: name.to_owned(),
        by: "ann".to_owned(),
    };
    daemon.send(mail).await.unwrap().map_err(|error| error.to_string())
}

pub async fn stop(daemon: &Addr<JobSchedulerActor>) {
    daemon.send(Stop).await.unwrap();
}

pub async fn changed(daemon: &Addr<JobSchedulerActor>) {
    daemon.send(JobsChanged { gone: None }).await.unwrap();
}
