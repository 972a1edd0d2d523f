//! Forgets runs of jobs beyond the number that is kept of each.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::change::{Change, ChangeSet};
use domain::id::JobRunId;
use domain::job::{JobChange, JobName};
use domain::page::Page;

use crate::actors::job_scheduler::Job;
use crate::jobs::{JobError, JobReport};
use crate::ports::store::{JobRunFilter, Store};

/// Name of the job.
pub const NAME: &str = "prune_runs";
/// Longest run.
const LIMIT: Duration = Duration::from_secs(600);
/// Runs that are read at once.
const PAGE: u32 = 500;

/// The job; so many runs of each job are kept.
pub fn job(store: Arc<dyn Store>, keep: u32, every: Duration) -> Job {
    Job::new(NAME, every, LIMIT, move || {
        let store = Arc::clone(&store);
        async move { prune_runs(&*store, keep).await }
    })
}

/// What is kept of a job.
struct Kept {
    count: u32,
    oldest: JobRunId,
    /// Whether there are older ones.
    more: bool,
}

async fn prune_runs(store: &dyn Store, keep: u32) -> Result<JobReport, JobError> {
    let mut kept: HashMap<JobName, Kept> = HashMap::new();
    let mut before = 0;
    loop {
        let page = store
            .job_runs(JobRunFilter::default(), Page::after(before, PAGE))
            .await?;
        let Some(last) = page.last() else { break };
        before = last.id.0;
        for run in &page {
            let own = kept.entry(run.job.clone()).or_insert(Kept {
                count: 0,
                oldest: run.id,
                more: false,
            });
            if own.count < keep {
                own.count += 1;
                own.oldest = run.id;
            } else {
                own.more = true;
            }
        }
    }
    let changes: Vec<Change> = kept
        .into_iter()
        .filter(|(_, own)| own.more)
        .map(|(job, own)| {
            let keep_from = own.oldest;
            Change::Job(JobChange::Prune { job, keep_from })
        })
        .collect();
    let jobs = changes.len();
    if jobs > 0 {
        store.commit(ChangeSet { changes }).await?;
    }
    let words = format!("of {jobs} jobs all but the last {keep} runs were forgotten");
    Ok(JobReport::Said(words, false))
}
