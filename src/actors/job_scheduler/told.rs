//! What is told of runs: figures, the log, and an alert on a job that keeps failing.

use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::alert::AlertKind;
use domain::alert::rules::judge_runs;
use tracing::{error, info};

use crate::actors::mail::{Raise, Resolve};
use crate::clock::Clock;
use crate::event;

/// Tells of runs.
#[derive(Clone)]
pub struct Teller {
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Who is told that a job fails.
    pub raises: Recipient<Raise>,
    /// Who is told that it works again.
    pub resolves: Recipient<Resolve>,
    /// Failures in a row until an alert, at least one.
    pub failures_until_alert: u32,
}

impl Teller {
    pub(super) fn success(&self, name: &str, said: &str) {
        count(name, "succeeded", 1);
        let at = self.clock.now();
        let since_1970 = Duration::from_millis(u64::try_from(at.0).unwrap_or_default());
        metrics::gauge!("bursar_job_last_success_timestamp_seconds", "job" => name.to_owned()).set(since_1970);
        info!(event = event::JOB_SUCCEEDED, job = name, "job {name}: {said}");
        self.verdict(name, 0, "");
    }

    pub(super) fn failure(&self, name: &str, why: &str, failures: u32) {
        count(name, "failed", 1);
        error!(
            event = event::JOB_FAILED,
            job = name,
            failures,
            "job {name} failed: {why}"
        );
        self.verdict(name, failures, why);
    }

    /// Due times of a job had no run.
    pub(super) fn missed(&self, name: &str, dues: i64) {
        count(name, "missed", u64::try_from(dues).unwrap_or_default());
        tracing::warn!(
            event = event::JOB_MISSED,
            job = name,
            dues,
            "job {name} missed {dues} due times"
        );
    }

    /// A job is no more: nobody need look after it.
    pub(super) fn gone(&self, name: &str) {
        self.verdict(name, 0, "");
    }

    fn verdict(&self, name: &str, failures: u32, why: &str) {
        let Some(verdict) = judge_runs(name, failures, self.failures_until_alert, why) else {
            return;
        };
        let (kind, subject): (AlertKind, _) = (verdict.kind, format!("job:{name}"));
        let told = match verdict.raised {
            Some(message) => {
                let raised = self.raises.try_send(Raise { kind, subject, message });
                raised.map_err(|error| error.to_string())
            }
            None => {
                let resolved = self.resolves.try_send(Resolve { kind, subject });
                resolved.map_err(|error| error.to_string())
            }
        };
        if let Err(error) = told {
            error!(event = event::ALERT_LOST, %error, "the alert actor could not be told of job {name}");
        }
    }
}

fn count(name: &str, result: &'static str, by: u64) {
    metrics::counter!("bursar_job_runs_total", "job" => name.to_owned(), "result" => result).increment(by);
}

/// Names the figures.
pub(super) fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge};
    describe_counter!("bursar_job_runs_total", "Runs of jobs, by job and result");
    describe_gauge!(
        "bursar_job_last_success_timestamp_seconds",
        Unit::Seconds,
        "When a job last succeeded, in seconds since 1970-01-01 UTC"
    );
    describe_gauge!(
        "bursar_job_lag_seconds",
        Unit::Seconds,
        "How long after its due time the last run of a job began"
    );
}
