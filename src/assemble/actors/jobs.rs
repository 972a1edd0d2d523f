//! The job scheduler, with every job of the daemon.

use std::sync::Arc;

use actix::{Actor, Addr};

use super::super::builtins::every;
use super::super::disks;
use super::super::options::{self, UnfitSetting};
use super::super::vaults::VaultActors;
use super::Parts;
use crate::actors::alert::AlertActor;
use crate::actors::job_scheduler::{ForemanDeps, Job, JobRules, JobSchedulerActor, Teller};
use crate::actors::ledger::LedgerActor;
use crate::actors::robot::RobotDeps;
use crate::actors::supervisor::SupervisorActor;
use crate::actors::sync_scheduler::SyncSchedulerActor;
use crate::adapters::store::host_name;
use crate::jobs::judge_closes::Ears;
use crate::jobs::plan::JobPlan;
use crate::jobs::pools::{self, PoolRun};
use crate::jobs::press_close_alls::{self, CloseAllPress};
use crate::jobs::{prune_runs, report_day, sync_history};

/// Whom jobs work with.
pub(super) struct Neighbours<'a> {
    pub alert: &'a Addr<AlertActor>,
    pub ledger: &'a Addr<LedgerActor>,
    pub supervisor: &'a Addr<SupervisorActor>,
    pub scheduler: &'a Addr<SyncSchedulerActor>,
    pub vaults: Option<&'a VaultActors>,
}

impl Neighbours<'_> {
    fn ears(&self) -> Ears {
        Ears {
            raises: self.alert.clone().recipient(),
            resolves: self.alert.clone().recipient(),
        }
    }
}

impl Parts<'_> {
    pub(super) fn jobs(
        &self,
        by: &Neighbours<'_>,
        outside: Arc<RobotDeps>,
    ) -> Result<Addr<JobSchedulerActor>, UnfitSetting> {
        let teller = Teller {
            clock: Arc::clone(&self.clock),
            raises: by.alert.clone().recipient(),
            resolves: by.alert.clone().recipient(),
            failures_until_alert: self.settings.alerts.job_failures,
        };
        let own = self.own_jobs(by, outside)?;
        Ok(JobSchedulerActor::new(teller, self.foreman(), own).start())
    }

    fn foreman(&self) -> ForemanDeps {
        let own = &self.settings.jobs;
        ForemanDeps {
            store: Arc::clone(&self.store),
            worker: Arc::clone(&self.worker),
            name: format!("{}:{}", host_name(), std::process::id()),
            rules: JobRules {
                grace: own.misfire_after,
                most_catch_up: own.most_catch_up,
                most_at_once: usize::try_from(own.most_at_once).unwrap_or(usize::MAX),
            },
        }
    }

    /// The daemon's own jobs.
    fn own_jobs(&self, by: &Neighbours<'_>, outside: Arc<RobotDeps>) -> Result<Vec<Job>, UnfitSetting> {
        let press = CloseAllPress {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            closes: by.supervisor.clone().recipient(),
            outside,
            ears: by.ears(),
            flat_within: self.settings.close_all.flat_within,
            told: Arc::default(),
        };
        let pools = PoolRun {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            ledger: by.ledger.clone().recipient(),
            ears: by.ears(),
            page: self.settings.pools.page,
            progress: self.pool_progress.clone(),
        };
        let every = |name| every(self.settings, name);
        let (store, sync) = (|| Arc::clone(&self.store), by.scheduler.clone().recipient());
        let mut jobs = self.plan(by)?.jobs(&every);
        jobs.extend(pools::jobs(pools, &every));
        jobs.extend([
            press_close_alls::job(press, every(press_close_alls::NAME)),
            sync_history::job(store(), sync, every(sync_history::NAME)),
            report_day::job(store(), Arc::clone(&self.clock), every(report_day::NAME)),
            prune_runs::job(store(), self.settings.jobs.keep_runs, every(prune_runs::NAME)),
        ]);
        jobs.extend(by.vaults.into_iter().flat_map(|vaults| vaults.jobs(&every)));
        Ok(jobs)
    }

    fn plan(&self, by: &Neighbours<'_>) -> Result<JobPlan, UnfitSetting> {
        Ok(JobPlan {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            ledger: by.ledger.clone().recipient(),
            raises: by.alert.clone().recipient(),
            resolves: by.alert.clone().recipient(),
            sweep_page: self.settings.settlement.sweep_page,
            releases: by.ledger.clone().recipient(),
            hold_grace: self.settings.settlement.hold.grace,
            limits: options::backlog(self.settings)?,
            closes: options::closes(self.settings)?,
            disks: disks::watch(self.settings),
        })
    }
}
