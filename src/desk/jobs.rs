//! Jobs as operators keep them: what is due when, and what became of it.

use domain::change::{Change, ChangeSet};
use domain::id::JobRunId;
use domain::job::{Job, JobChange, JobDraft, JobName, JobWrong, Schedule, Work};
use domain::page::Page;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::desk::{Asker, Desk, DeskError, Listing, PageAsk, WrongField};
use crate::jobs::pools;
use crate::ports::store::{JobRunFilter, StoreError};
use crate::view::{DuesView, JobRunView, JobView, SHOWN_DUES, dues};

/// Jobs that may be made.
const MOST_JOBS: usize = 1_000;
/// Names that stand for something else in paths.
const TAKEN: [&str; 2] = ["runs", "next"];
/// How often a change is decided anew because the daemon wrote to the job meanwhile.
const TRIES: u32 = 5;
/// Most due times of a pattern that are told.
const MOST_DUES: u32 = 100;

/// A job to make.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewJob {
    /// Its name: 1 to 40 lower-case letters, digits, `_` and `-`, beginning with a letter.
    #[schema(example = "nightly-report")]
    pub name: String,
    /// What it does: `{"type": "builtin", "task": …}`, `{"type": "command", "program": …, "arguments": […]}`,
    /// `{"type": "script", "interpreter": …, "file": …, "arguments": […]}` or `{"type": "url", "method": "GET", "url": …}`.
    #[schema(value_type = Object)]
    pub work: Work,
    /// Second, minute, hour, day of the month, month, day of the week (0 and 7 are Sunday).
    #[schema(example = "30 */5 * * * *")]
    pub cron: String,
    /// IANA time zone; UTC when absent.
    #[serde(default = "utc")]
    pub zone: String,
    /// Whether its due times are taken; true when absent.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether a run waits for the one before; true when absent.
    #[serde(default = "yes")]
    pub singleton: bool,
    /// What becomes of due times that passed: `skip`, `run_once` (when absent) or `catch_up`.
    #[serde(default = "run_once")]
    pub misfire: String,
    /// Longest run in seconds, 1 to 86,400; 3,600 when absent.
    #[serde(default = "an_hour")]
    pub time_out: u32,
    /// Wait after a failure in seconds, 0 to 3,600, doubled with each one in a row; 10 when absent.
    #[serde(default = "ten")]
    pub back_off: u32,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn yes() -> bool {
    true
}

fn run_once() -> String {
    "run_once".to_owned()
}

fn an_hour() -> u32 {
    3_600
}

fn ten() -> u32 {
    10
}

/// What to change on a job; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChangedJob {
    /// What it does.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
    /// When it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// IANA time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Whether its due times are taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Whether a run waits for the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub singleton: Option<bool>,
    /// `skip`, `run_once` or `catch_up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misfire: Option<String>,
    /// Longest run in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_out: Option<u32>,
    /// Wait after a failure in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_off: Option<u32>,
}

impl From<NewJob> for JobDraft {
    fn from(new: NewJob) -> Self {
        Self {
            work: new.work,
            cron: new.cron,
            zone: new.zone,
            enabled: new.enabled,
            singleton: new.singleton,
            misfire: new.misfire,
            time_out: new.time_out,
            back_off: new.back_off,
        }
    }
}

impl ChangedJob {
    fn onto(&self, draft: JobDraft) -> JobDraft {
        JobDraft {
            work: self.work.clone().unwrap_or(draft.work),
            cron: self.cron.clone().unwrap_or(draft.cron),
            zone: self.zone.clone().unwrap_or(draft.zone),
            enabled: self.enabled.unwrap_or(draft.enabled),
            singleton: self.singleton.unwrap_or(draft.singleton),
            misfire: self.misfire.clone().unwrap_or(draft.misfire),
            time_out: self.time_out.unwrap_or(draft.time_out),
            back_off: self.back_off.unwrap_or(draft.back_off),
        }
    }
}

impl From<JobWrong> for DeskError {
    fn from(wrong: JobWrong) -> Self {
        // What a job does is an object of its own in what is asked for.
        let inside = [
            "task",
            "program",
            "arguments",
            "interpreter",
            "file",
            "url",
            "body",
            "type",
        ];
        let field = match inside.contains(&wrong.field) {
            true => format!("work.{}", wrong.field),
            false => wrong.field.to_owned(),
        };
        WrongField::new(&field, wrong.rule).into()
    }
}

impl Desk {
    /// Every job: the daemon's own, then those that people made, each by name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn jobs(&self) -> Result<Listing<JobView>, DeskError> {
        let mut items = Vec::new();
        for own in &*self.builtins {
            let last = JobName::new(own.name);
            let last = match last {
                Some(name) => self.last_run(&name).await?,
                None => None,
            };
            items.push(JobView::own(own, last));
        }
        let now = self.clock.now();
        for job in self.store.jobs().await? {
            items.push(JobView::made(&job, now, self.last_run(&job.name).await?));
        }
        Ok(Listing { items, next: None })
    }

    /// One job.
    ///
    /// # Errors
    /// When there is none of this name, or the store does not answer.
    pub async fn job(&self, name: &str) -> Result<JobView, DeskError> {
        let key = JobName::new(name).ok_or_else(|| DeskError::absent("job", name))?;
        let last = self.last_run(&key).await?;
        if let Some(own) = self.builtins.iter().find(|own| own.name == name) {
            return Ok(JobView::own(own, last));
        }
        let job = self.made_job(name).await?;
        Ok(JobView::made(&job, self.clock.now(), last))
    }

    /// Makes a job.
    ///
    /// # Errors
    /// Names the field that broke a rule; or the name is taken.
    pub async fn create_job(&self, new: NewJob, asker: &Asker) -> Result<JobView, DeskError> {
        let (name, now) = (new.name.clone(), self.clock.now());
        if self.is_own(&name) || TAKEN.contains(&name.as_str()) {
            let rule = "must not be the name of one of the daemon's own jobs, nor `runs` or `next`";
            return Err(WrongField::new("name", rule).into());
        }
        let job = JobDraft::from(new).into_job(&name, &asker.by, now)?;
        self.check_work(&job.work)?;
        if self.store.jobs().await?.len() >= MOST_JOBS {
            let why = format!("there are {MOST_JOBS} jobs already; remove one first");
            return Err(DeskError::Conflict { why });
        }
        let audit = self.audit(asker, "job.create", subject(&job), now).await?;
        let changes = vec![Change::Job(JobChange::Add(Box::new(job.clone()))), audit];
        match self.store.commit(ChangeSet { changes }).await {
            Err(StoreError::Conflict { .. }) => Err(DeskError::Conflict {
                why: format!("name must not be taken: there is a job {name}"),
            }),
            other => {
                other?;
                Ok(JobView::made(&job, now, None))
            }
        }
    }

    /// Changes a job; what is not said stays.
    ///
    /// # Errors
    /// Names the field that broke a rule; or there is no job of this name that somebody made.
    pub async fn change_job(&self, name: &str, change: &ChangedJob, asker: &Asker) -> Result<JobView, DeskError> {
        self.with_job(name, "job.change", asker, |job, now| {
            let next = change.onto(JobDraft::of(job)).onto(job, now)?;
            self.check_work(&next.work)?;
            Ok(JobChange::Update(Box::new(next)))
        })
        .await?;
        self.job(name).await
    }

    /// Takes the job's due times from now on, or no longer.
    ///
    /// # Errors
    /// When there is no job of this name that somebody made.
    pub async fn enable_job(&self, name: &str, enabled: bool, asker: &Asker) -> Result<JobView, DeskError> {
        let change = ChangedJob {
            enabled: Some(enabled),
            ..ChangedJob::default()
        };
        let action = if enabled { "job.enable" } else { "job.disable" };
        self.with_job(name, action, asker, |job, now| {
            let next = change.onto(JobDraft::of(job)).onto(job, now)?;
            Ok(JobChange::Update(Box::new(next)))
        })
        .await?;
        self.job(name).await
    }

    /// Removes a job; a run in progress ends by itself, and runs stay until they are pruned.
    ///
    /// # Errors
    /// When there is no job of this name that somebody made.
    pub async fn remove_job(&self, name: &str, asker: &Asker) -> Result<JobView, DeskError> {
        let removed = self.with_job(name, "job.remove", asker, |job, _| {
            Ok(JobChange::Remove(Box::new(job.clone())))
        });
        let removed = removed.await?;
        Ok(JobView::made(&removed, self.clock.now(), None))
    }

    /// Whether a job of this name can be run, before somebody is asked to.
    ///
    /// # Errors
    /// When there is none, or what it does is not allowed any more.
    pub async fn check_job(&self, name: &str) -> Result<(), DeskError> {
        if self.is_own(name) {
            return Ok(());
        }
        self.check_work(&self.made_job(name).await?.work)
    }

    /// Runs, newest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn job_runs(&self, filter: JobRunFilter, ask: PageAsk) -> Result<Listing<JobRunView>, DeskError> {
        let rows = self.store.job_runs(filter, ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, JobRunView::from))
    }

    /// One run, with how far it is where that is known.
    ///
    /// # Errors
    /// When there is none, or the store does not answer.
    pub async fn job_run(&self, id: JobRunId) -> Result<JobRunView, DeskError> {
        let run = self.store.job_run(id).await?;
        let run = run.ok_or_else(|| DeskError::absent("job run", id))?;
        let mut view = JobRunView::from(run);
        if view.ended_at.is_none() && view.job == pools::NAME {
            view.progress = self.pool_courses().items;
        }
        Ok(view)
    }

    /// The next due times of a pattern, before a job is made of it.
    ///
    /// # Errors
    /// Names the field that broke a rule.
    pub fn next_dues(&self, cron: &str, zone: Option<&str>, count: Option<u32>) -> Result<DuesView, DeskError> {
        let (zone, now) = (zone.unwrap_or("UTC"), self.clock.now());
        let schedule = Schedule::new(cron, zone, now).map_err(JobWrong::from)?;
        let count = count.unwrap_or(u32::try_from(SHOWN_DUES).unwrap_or(MOST_DUES));
        if !(1..=MOST_DUES).contains(&count) {
            return Err(WrongField::new("count", format!("must be 1 to {MOST_DUES}")).into());
        }
        Ok(DuesView {
            cron: schedule.pattern().to_owned(),
            zone: schedule.zone(),
            next: dues(&schedule, now, usize::try_from(count).unwrap_or_default()),
        })
    }

    /// Decides on a job and commits it, anew when the daemon took a due time of it meanwhile; answers the job as it was.
    async fn with_job(
        &self,
        name: &str,
        action: &str,
        asker: &Asker,
        decide: impl Fn(&Job, Timestamp) -> Result<JobChange, DeskError>,
    ) -> Result<Job, DeskError> {
        if self.is_own(name) {
            return Err(DeskError::Conflict {
                why: format!("{name} is one of the daemon's own jobs; its times are in the settings, `jobs.every`"),
            });
        }
        let mut tries = 1;
        loop {
            let (job, now) = (self.made_job(name).await?, self.clock.now());
            let audit = self.audit(asker, action, subject(&job), now).await?;
            let changes = vec![Change::Job(decide(&job, now)?), audit];
            match self.store.commit(ChangeSet { changes }).await {
                Err(StoreError::Conflict { .. }) if tries < TRIES => tries += 1,
                other => {
                    other?;
                    return Ok(job);
                }
            }
        }
    }

    async fn made_job(&self, name: &str) -> Result<Job, DeskError> {
        let absent = || DeskError::absent("job", name);
        let key = JobName::new(name).ok_or_else(absent)?;
        self.store.job(&key).await?.ok_or_else(absent)
    }

    async fn last_run(&self, name: &JobName) -> Result<Option<domain::job::JobRun>, DeskError> {
        let filter = JobRunFilter {
            job: Some(name.clone()),
            ..JobRunFilter::default()
        };
        Ok(self.store.job_runs(filter, Page::first(1)).await?.pop())
    }

    fn is_own(&self, name: &str) -> bool {
        self.builtins.iter().any(|own| own.name == name)
    }

    fn check_work(&self, work: &Work) -> Result<(), DeskError> {
        match work {
            Work::Builtin { task } if self.is_own(task) => Ok(()),
            Work::Builtin { .. } => {
                let known: Vec<&str> = self.builtins.iter().map(|own| own.name).collect();
                let rule = format!("must be one of {}", known.join(", "));
                Err(JobWrong::new("task", rule).into())
            }
            _ => Ok(self.worker.check(work)?),
        }
    }
}

fn subject(job: &Job) -> String {
    format!("job:{}", job.name)
}
