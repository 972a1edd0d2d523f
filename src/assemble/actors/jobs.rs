//! The job scheduler, with every job of the daemon.

use std::sync::Arc;

use actix::{Actor, Addr};

use super::super::disks;
use super::super::options::{self, UnfitSetting};
use super::super::vaults::VaultActors;
use super::Parts;
use crate::actors::alert::AlertActor;
use crate::actors::job_scheduler::{JobSchedulerActor, JobSchedulerDeps};
use crate::actors::ledger::LedgerActor;
use crate::actors::robot::RobotDeps;
use crate::actors::supervisor::SupervisorActor;
use crate::jobs::compare_solvency;
use crate::jobs::judge_closes::Ears;
use crate::jobs::plan::JobPlan;
use crate::jobs::pools::{self, PoolRun};
use crate::jobs::press_close_alls::{self, CloseAllPress};

impl Parts<'_> {
    pub(super) fn jobs(
        &self,
        (alert, ledger, supervisor): (&Addr<AlertActor>, &Addr<LedgerActor>, &Addr<SupervisorActor>),
        outside: Arc<RobotDeps>,
        vaults: Option<&VaultActors>,
    ) -> Result<Addr<JobSchedulerActor>, UnfitSetting> {
        let ears = || Ears {
            raises: alert.clone().recipient(),
            resolves: alert.clone().recipient(),
        };
        let press = CloseAllPress {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            closes: supervisor.clone().recipient(),
            outside,
            ears: ears(),
            flat_within: self.settings.close_all.flat_within,
            told: Arc::default(),
        };
        let plan = JobPlan {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            ledger: ledger.clone().recipient(),
            raises: alert.clone().recipient(),
            resolves: alert.clone().recipient(),
            sweep_interval: self.settings.settlement.sweep_interval,
            sweep_page: self.settings.settlement.sweep_page,
            releases: ledger.clone().recipient(),
            release_interval: self.settings.settlement.hold.release_interval,
            hold_grace: self.settings.settlement.hold.grace,
            limits: options::backlog(self.settings)?,
            closes: options::closes(self.settings)?,
            disks: disks::watch(self.settings),
        };
        let deps = JobSchedulerDeps {
            clock: Arc::clone(&self.clock),
            raises: alert.clone().recipient(),
            resolves: alert.clone().recipient(),
            failures_until_alert: self.settings.alerts.job_failures,
        };
        let mut jobs = plan.jobs();
        jobs.push(press_close_alls::job(press, self.settings.close_all.look_every));
        jobs.extend(vaults.map(|vaults| compare_solvency::job(vaults.solvency())));
        let pools = PoolRun {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            ledger: ledger.clone().recipient(),
            ears: ears(),
            page: self.settings.pools.page,
            progress: self.pool_progress.clone(),
        };
        jobs.extend(pools::jobs(pools, self.settings.pools.look_every));
        Ok(JobSchedulerActor::new(deps, jobs).start())
    }
}
