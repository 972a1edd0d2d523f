//! The plan: which jobs there are, how long a run may take, and how often each runs where the settings do not say.

use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::alert::AlertKind;
use domain::alert::rules::BacklogLimits;

use crate::actors::job_scheduler::Job;
use crate::actors::mail::{Post, Raise, Resolve, Settle};
use crate::clock::Clock;
use crate::jobs::judge_closes::{self, CloseRules, Ears};
use crate::jobs::watch_disks::DiskWatch;
use crate::jobs::{
    Every, JobError, JobReport, evaluate_alerts, release_holds, remind_debtors, sweep_unsettled, tell, verify_ledger,
    watch_disks,
};
use crate::ports::store::Store;

/// How often the backlog and the disks are judged.
pub const JUDGE_EVERY: Duration = Duration::from_secs(30);
/// How often the latest closes are looked at.
pub const LOOK_AT_CLOSES_EVERY: Duration = Duration::from_secs(300);
/// How often the whole ledger is audited.
pub const AUDIT_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Longest sweep or audit.
const LONG_RUN: Duration = Duration::from_secs(3_600);
/// What the alert on a broken ledger is about.
const LEDGER: &str = "ledger";

/// What the jobs need.
#[derive(Clone)]
pub struct JobPlan {
    /// What they read.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Who settles.
    pub ledger: Recipient<Settle>,
    /// Who gives reserved power back.
    pub releases: Recipient<Post>,
    /// Who is told that something is wrong.
    pub raises: Recipient<Raise>,
    /// Who is told that it is over.
    pub resolves: Recipient<Resolve>,
    /// Positions per page of the sweep.
    pub sweep_page: u32,
    /// How long after its hold a position may come to be.
    pub hold_grace: Duration,
    /// Above which the backlog raises alerts.
    pub limits: BacklogLimits,
    /// What is unusual in closes.
    pub closes: CloseRules,
    /// Which disks are watched.
    pub disks: DiskWatch,
}

impl JobPlan {
    /// The jobs.
    pub fn jobs(self, every: Every<'_>) -> Vec<Job> {
        let (sweep, release, judge, look) = (self.clone(), self.clone(), self.clone(), self.clone());
        let (watch, audit) = (self.clone(), self);
        evaluate_alerts::describe();
        watch_disks::describe();
        let (sweeps, releases) = (every(sweep_unsettled::NAME), every(release_holds::NAME));
        let (judges, looks) = (every(evaluate_alerts::NAME), every(judge_closes::NAME));
        let (watches, audits) = (every(watch_disks::NAME), every(verify_ledger::NAME));
        vec![
            Job::new(sweep_unsettled::NAME, sweeps, LONG_RUN, move || sweep.clone().sweep()),
            Job::new(release_holds::NAME, releases, LONG_RUN, move || {
                release.clone().release()
            }),
            Job::new(evaluate_alerts::NAME, judges, JUDGE_EVERY, move || {
                judge.clone().judge()
            }),
            Job::new(judge_closes::NAME, looks, LOOK_AT_CLOSES_EVERY, move || {
                look.clone().look_at_closes()
            }),
            Job::new(watch_disks::NAME, watches, JUDGE_EVERY, move || {
                watch.clone().watch_disks()
            }),
            Job::new(verify_ledger::NAME, audits, LONG_RUN, move || audit.clone().audit()),
        ]
    }

    async fn sweep(self) -> Result<JobReport, JobError> {
        let swept = sweep_unsettled::sweep_unsettled(self.store, self.ledger, self.sweep_page);
        swept.await.map(JobReport::Swept)
    }

    async fn release(self) -> Result<JobReport, JobError> {
        let released =
            release_holds::release_holds(self.store, self.clock, self.releases, self.sweep_page, self.hold_grace);
        released.await.map(JobReport::Released)
    }

    async fn judge(self) -> Result<JobReport, JobError> {
        let judged = evaluate_alerts::evaluate_alerts(self.store, self.clock, self.limits, self.raises, self.resolves);
        judged.await.map(JobReport::Judged)
    }

    async fn look_at_closes(self) -> Result<JobReport, JobError> {
        let ears = Ears {
            raises: self.raises,
            resolves: self.resolves,
        };
        let judged = judge_closes::judge_closes(self.store, self.clock, self.closes, ears);
        judged.await.map(JobReport::Judged)
    }

    async fn watch_disks(self) -> Result<JobReport, JobError> {
        let watched = watch_disks::watch_disks(self.disks, self.raises, self.resolves);
        watched.await.map(JobReport::Judged)
    }

    async fn audit(self) -> Result<JobReport, JobError> {
        let before = remind_debtors::open_alerts(&*self.store).await?;
        let verified = verify_ledger::verify_ledger(&*self.store).await?;
        remind_debtors::remind_debtors(&before, &verified.debtors, &self.raises, &self.resolves)?;
        let (kind, subject) = (AlertKind::LedgerInvariant, LEDGER.to_owned());
        match &verified.finding {
            Some(finding) => tell(
                &self.raises,
                kind,
                Raise {
                    kind,
                    subject,
                    message: finding.to_string(),
                },
            )?,
            None => tell(&self.resolves, kind, Resolve { kind, subject })?,
        }
        Ok(JobReport::Verified(Box::new(verified)))
    }
}
