//! Compares the ledger with vaults, share tokens and the stock venue; what differs for long raises an alert, and nothing is mended.

use std::time::Duration;

use crate::actors::job_scheduler::Job;
use crate::actors::payout::{SolvencyDeps, watch_solvency};
use crate::jobs::{JobError, JobReport};

/// Name of the job.
pub const NAME: &str = "compare_solvency";
/// How often everything is compared, where the settings do not say; and longest run.
pub const EVERY: Duration = Duration::from_secs(60);

/// The job.
pub fn job(deps: SolvencyDeps, every: Duration) -> Job {
    Job::new(NAME, every, EVERY, move || compare(deps.clone()))
}

async fn compare(deps: SolvencyDeps) -> Result<JobReport, JobError> {
    let report = watch_solvency(&deps).await;
    let report = report.map_err(|error| JobError::World(error.to_string()))?;
    let differ = report.compared.iter().filter(|compared| !compared.difference.is_zero());
    Ok(JobReport::Compared(report.compared.len(), differ.count()))
}
