//! Jobs and their runs, guarded as in the SQL store.

use std::collections::BTreeMap;

use domain::id::JobRunId;
use domain::job::{Job, JobChange, JobName, JobRun, Origin, RunState};
use domain::page::Page;
use domain::time::Timestamp;

use super::journal::{Journal, Refusal};
use super::state::State;
use crate::ports::store::JobRunFilter;

/// The tables of jobs. Keys are ids unless said otherwise.
#[derive(Debug, Default)]
pub struct Jobs {
    /// By name.
    pub jobs: BTreeMap<JobName, Job>,
    pub runs: BTreeMap<i64, JobRun>,
    /// By job and due time (JOB-1).
    pub dues: BTreeMap<(JobName, Timestamp), i64>,
}

impl Journal<'_> {
    pub fn apply_job(&mut self, change: &JobChange) -> Result<(), Refusal> {
        match change {
            JobChange::Add(job) => self.add_job(job),
            JobChange::Update(job) => self.update_job(job),
            JobChange::Remove(job) => self.remove_job(job),
            JobChange::AddRun(run) => self.add_run(run),
            JobChange::EndRun(run) => self.end_run(run),
            JobChange::Prune { job, keep_from } => {
                self.prune_runs(job, *keep_from);
                Ok(())
            }
        }
    }

    fn add_job(&mut self, job: &Job) -> Result<(), Refusal> {
        self.require(is_job(job))?;
        self.add(|state| &mut state.jobs.jobs, job.name.clone(), job.clone())
    }

    fn update_job(&mut self, job: &Job) -> Result<(), Refusal> {
        self.require_unchanged(job)?;
        self.require(is_job(job))?;
        let next = Job {
            version: job.version + 1,
            ..job.clone()
        };
        self.put(|state| &mut state.jobs.jobs, job.name.clone(), next);
        Ok(())
    }

    fn remove_job(&mut self, job: &Job) -> Result<(), Refusal> {
        self.require_unchanged(job)?;
        self.remove(|state| &mut state.jobs.jobs, job.name.clone());
        Ok(())
    }

    fn require_unchanged(&self, job: &Job) -> Result<(), Refusal> {
        let stored = self.state.jobs.jobs.get(&job.name);
        self.require(stored.is_some_and(|stored| {
            stored.version == job.version && stored.made_by == job.made_by && stored.created_at == job.created_at
        }))
    }

    fn add_run(&mut self, run: &JobRun) -> Result<(), Refusal> {
        self.require(is_run(run))?;
        let id = run.id.0;
        if let Some(due) = run.due {
            self.add(|state| &mut state.jobs.dues, (run.job.clone(), due), id)?;
        }
        self.add(|state| &mut state.jobs.runs, id, run.clone())
    }

    fn end_run(&mut self, run: &JobRun) -> Result<(), Refusal> {
        let stored = self.state.jobs.runs.get(&run.id.0).cloned();
        let running = stored.filter(|stored| {
            stored.state == RunState::Running && stored.job == run.job && run.state != RunState::Running
        });
        let running = running.ok_or_else(|| Refusal(self.what.clone()))?;
        let ended = JobRun {
            state: run.state,
            ended_at: run.ended_at,
            result: run.result.clone(),
            output: run.output.clone(),
            ..running
        };
        self.require(is_run(&ended))?;
        self.put(|state| &mut state.jobs.runs, run.id.0, ended);
        Ok(())
    }

    fn prune_runs(&mut self, job: &JobName, keep_from: JobRunId) {
        let old = self.state.jobs.runs.range(..keep_from.0).map(|(_, run)| run);
        let old: Vec<(i64, Option<Timestamp>)> = old
            .filter(|run| run.job == *job && run.state != RunState::Running)
            .map(|run| (run.id.0, run.due))
            .collect();
        for (id, due) in old {
            if let Some(due) = due {
                self.remove(|state| &mut state.jobs.dues, (job.clone(), due));
            }
            self.remove(|state| &mut state.jobs.runs, id);
        }
    }
}

/// Whether a job's columns agree with each other.
fn is_job(job: &Job) -> bool {
    job.time_out.as_secs() > 0
}

/// Whether a run's columns agree with each other.
fn is_run(run: &JobRun) -> bool {
    let is_missed = run.state == RunState::Missed;
    run.missed >= 0
        && (run.state == RunState::Running) == run.ended_at.is_none()
        && is_missed == (run.missed > 0)
        && (run.origin == Origin::Manual) == run.due.is_none()
        && (!is_missed || run.due.is_some())
}

/// One page of the runs that a filter lets through, newest first.
pub fn list(state: &State, filter: &JobRunFilter, page: Page) -> Vec<JobRun> {
    let end = if page.after > 0 { page.after } else { i64::MAX };
    let before = state.jobs.runs.range(..end).rev().map(|(_, run)| run);
    before
        .filter(|run| filter.job.as_ref().is_none_or(|job| run.job == *job))
        .filter(|run| filter.state.is_none_or(|state| run.state == state))
        .take(usize::try_from(page.limit).unwrap_or(usize::MAX))
        .cloned()
        .collect()
}
