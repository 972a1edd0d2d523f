//! The actors, built in the order in which they need each other, and stopped in the reverse order.

mod jobs;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Addr, Arbiter, Recipient};
use domain::reconcile;
use domain::venue::VenueName;
use futures::future::join_all;
use tokio::sync::watch;
use tracing::warn;

use super::StartError;
use super::options::{self, UnfitSetting};
use super::targets;
use super::vaults::{self, Neighbours, VaultActors};
use crate::actors::alert::{AlertActor, AlertDeps};
use crate::actors::job_scheduler::JobSchedulerActor;
use crate::actors::ledger::{LedgerActor, LedgerDeps};
use crate::actors::mail::{Drain, Look, Pulse, Recharge, RunJob, Stop, SyncAndWait};
use crate::actors::robot::{RobotActor, RobotDeps, RobotRules, Shared};
use crate::actors::sights::Sights;
use crate::actors::spawn::{self, RobotDirectory};
use crate::actors::supervisor::{CrashRules, SupervisorActor, SupervisorDeps, SupervisorOptions};
use crate::actors::sync_scheduler::{self, SyncDeps, SyncOptions, SyncSchedulerActor};
use crate::clock::Clock;
use crate::config::Settings;
use crate::desk::Desk;
use crate::event;
use crate::http::Mailboxes;
use crate::jobs::judge_closes::Ears;
use crate::jobs::pools::progress::Progress;
use crate::ports::notify::Targets;
use crate::ports::store::Store;
use crate::ports::venue::Venue;
use crate::ports::work::Worker;

/// The actors of a daemon.
#[derive(Clone)]
pub struct Actors {
    alert: Addr<AlertActor>,
    ledger: Addr<LedgerActor>,
    scheduler: Addr<SyncSchedulerActor>,
    supervisor: Addr<SupervisorActor>,
    jobs: Addr<JobSchedulerActor>,
    vaults: Option<VaultActors>,
    supervisor_tick: Duration,
}

/// What all actors are built with.
struct Parts<'a> {
    settings: &'a Settings,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    venues: HashMap<VenueName, Arc<dyn Venue>>,
    fatal: watch::Sender<bool>,
    targets: Targets,
    sights: Sights,
    pool_progress: Progress,
    worker: Arc<dyn Worker>,
}

impl Actors {
    /// Builds and starts all of them. Robots are not spawned before [`Actors::begin`].
    pub(super) async fn start(
        settings: &Settings,
        desk: &Desk,
        venues: HashMap<VenueName, Arc<dyn Venue>>,
        fatal: watch::Sender<bool>,
    ) -> Result<Self, StartError> {
        let installation = desk.store.installation().await?;
        let parts = Parts {
            settings,
            store: Arc::clone(&desk.store),
            clock: Arc::clone(&desk.clock),
            venues,
            fatal,
            targets: desk.targets.clone(),
            sights: desk.sights.clone(),
            pool_progress: desk.pool_progress.clone(),
            worker: Arc::clone(&desk.worker),
        };
        let robots = RobotDirectory::default();
        let alert = parts.alert();
        let ledger = parts.ledger(&alert)?;
        let scheduler = parts.scheduler(&alert, &ledger, robots.clone())?;
        let deps = Arc::new(parts.robot_deps((&ledger, &scheduler), installation.clone())?);
        let supervisor = parts.supervisor(&alert, Arc::clone(&deps), robots);
        let vaults = parts.vaults(&alert, &ledger, installation).await?;
        let by = jobs::Neighbours {
            alert: &alert,
            ledger: &ledger,
            supervisor: &supervisor,
            scheduler: &scheduler,
            vaults: vaults.as_ref(),
        };
        let jobs = parts.jobs(&by, deps)?;
        spawn::tick(scheduler.clone().recipient(), sync_scheduler::TICK);
        Ok(Self {
            alert,
            ledger,
            scheduler,
            supervisor,
            jobs,
            vaults,
            supervisor_tick: settings.supervisor.tick,
        })
    }

    /// Syncs every account that holds something, so that the daemon knows what happened while it was away. What cannot be
    /// synced now does not keep the daemon from starting: its robots open nothing before it is.
    pub(super) async fn catch_up(&self, store: &dyn Store, deadline: Duration) {
        let accounts = match store.busy_accounts().await {
            Ok(accounts) => accounts,
            Err(error) => {
                warn!(event = event::SYNC_FAILED, %error, "could not list the accounts to catch up with");
                return;
            }
        };
        let syncs = accounts.into_iter().map(|account| async move {
            if let Err(error) = spawn::synced(&self.sync(), account, deadline).await {
                warn!(event = event::SYNC_FAILED, account.id = %account, %error,
                    "account {account} could not be caught up with: {error}");
            }
        });
        join_all(syncs).await;
    }

    /// Lets the supervisor spawn robots, now and at each tick.
    pub(super) fn begin(&self) {
        spawn::tick(self.supervisor.clone().recipient(), self.supervisor_tick);
        spawn::poke(&self.supervisor.clone().recipient(), Look);
    }

    /// Lets every robot end its errand and rest; the others go on.
    pub async fn drain(&self) {
        if self.supervisor.send(Drain).await.is_err() {
            warn!(
                event = event::DAEMON_STOP_SLOW,
                "the supervisor was gone before it was stopped"
            );
        }
    }

    /// Stops all: robots first, the ledger after everybody who mails it.
    pub(super) async fn stop(&self) {
        let gone = "was gone before it was stopped";
        if self.jobs.send(Stop).await.is_err() {
            warn!(event = event::DAEMON_STOP_SLOW, "the job scheduler {gone}");
        }
        self.drain().await;
        if let Some(vaults) = &self.vaults {
            for who in vaults.stop().await {
                warn!(event = event::DAEMON_STOP_SLOW, "{who} {gone}");
            }
        }
        if self.scheduler.send(Stop).await.is_err() {
            warn!(event = event::DAEMON_STOP_SLOW, "the sync scheduler {gone}");
        }
        if self.ledger.send(Stop).await.is_err() {
            warn!(event = event::DAEMON_STOP_SLOW, "the ledger {gone}");
        }
        if self.alert.send(Stop).await.is_err() {
            warn!(event = event::DAEMON_STOP_SLOW, "the alert actor {gone}");
        }
    }

    /// Where the HTTP interface mails to.
    pub fn mailboxes(&self) -> Mailboxes {
        Mailboxes {
            look: self.supervisor.clone().recipient(),
            children: self.supervisor.clone().recipient(),
            close: self.supervisor.clone().recipient(),
            supervisor: self.supervisor.clone().recipient(),
            post: self.ledger.clone().recipient(),
            pulse: self.ledger.clone().recipient(),
            ledger: self.ledger.clone().recipient(),
            sync: self.scheduler.clone().recipient(),
            scheduler: self.scheduler.clone().recipient(),
            run_job: self.jobs.clone().recipient(),
            start_job: self.jobs.clone().recipient(),
            jobs_changed: self.jobs.clone().recipient(),
            jobs: self.jobs.clone().recipient(),
            vaults: self.vaults.as_ref().map(VaultActors::room),
        }
    }

    /// Who keeps alerts.
    pub(super) fn ears(&self) -> Ears {
        Ears {
            raises: self.alert.clone().recipient(),
            resolves: self.alert.clone().recipient(),
        }
    }

    /// Where recharges are mailed to.
    pub fn recharge(&self) -> Recipient<Recharge> {
        self.ledger.clone().recipient()
    }

    /// Where accounts are synced on demand.
    pub fn sync(&self) -> Recipient<SyncAndWait> {
        self.scheduler.clone().recipient()
    }

    /// Where jobs are run on demand.
    pub fn run_job(&self) -> Recipient<RunJob> {
        self.jobs.clone().recipient()
    }

    /// Where the supervisor is poked.
    pub fn look(&self) -> Recipient<Look> {
        self.supervisor.clone().recipient()
    }

    /// Where the ledger's sign of life is asked for.
    pub(super) fn pulse(&self) -> Recipient<Pulse> {
        self.ledger.clone().recipient()
    }
}

impl Parts<'_> {
    fn alert(&self) -> Addr<AlertActor> {
        AlertActor::new(AlertDeps {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            retry_first: self.settings.ledger.retry_first,
            retry_max: self.settings.ledger.retry_max,
            outbox: Some(targets::outbox(&self.settings.notify, self.targets.clone())),
        })
        .start()
    }

    /// The ledger has an arbiter of its own, so that a busy market does not keep it waiting.
    fn ledger(&self, alert: &Addr<AlertActor>) -> Result<Addr<LedgerActor>, UnfitSetting> {
        let deps = LedgerDeps {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            raises: alert.clone().recipient(),
            resolves: alert.clone().recipient(),
            options: options::ledger(self.settings)?,
            fatal: self.fatal.clone(),
        };
        Ok(LedgerActor::start_in_arbiter(&Arbiter::new().handle(), |_| {
            LedgerActor::new(deps)
        }))
    }

    fn scheduler(
        &self,
        alert: &Addr<AlertActor>,
        ledger: &Addr<LedgerActor>,
        robots: RobotDirectory,
    ) -> Result<Addr<SyncSchedulerActor>, UnfitSetting> {
        let sync = &self.settings.sync;
        let counted = self.venues.iter().filter(|(_, venue)| venue.poll_weight() > 0);
        let weights = counted.map(|(name, _)| (*name, sync.weight_of(*name)));
        let weight_per_minute = weights.collect();
        Ok(SyncSchedulerActor::new(SyncDeps {
            store: Arc::clone(&self.store),
            venues: self.venues.clone(),
            clock: Arc::clone(&self.clock),
            robots,
            sights: self.sights.clone(),
            ledger: ledger.clone().recipient(),
            releases: ledger.clone().recipient(),
            raises: alert.clone().recipient(),
            resolves: alert.clone().recipient(),
            options: SyncOptions {
                open_interval: sync.open_interval,
                flat_interval: sync.flat_interval,
                heard_open_interval: sync.heard_open_interval,
                heard_flat_interval: sync.heard_flat_interval,
                poll_deadline: sync.poll_deadline,
                parallel_polls: sync.parallel_polls,
                fills_page: sync.fills_page,
                full_pass_interval: sync.full_pass_interval,
                weight_per_minute,
                rules: reconcile::Rules {
                    profit_basis: self.settings.settlement.profit_basis,
                    lookup_grace: sync.lookup_grace,
                    charge_external: self.settings.settlement.charge_external,
                },
            },
            fatal: self.fatal.clone(),
        })
        .start())
    }

    fn robot_deps(
        &self,
        (ledger, scheduler): (&Addr<LedgerActor>, &Addr<SyncSchedulerActor>),
        installation: String,
    ) -> Result<RobotDeps, UnfitSetting> {
        Ok(RobotDeps {
            store: Arc::clone(&self.store),
            venues: self.venues.clone(),
            clock: Arc::clone(&self.clock),
            sync_now: scheduler.clone().recipient(),
            forced_sync: scheduler.clone().recipient(),
            ledger: ledger.clone().recipient(),
            installation,
            rules: self.robot_rules()?,
            sights: self.sights.clone(),
            shared: Shared::default(),
        })
    }

    fn supervisor(
        &self,
        alert: &Addr<AlertActor>,
        deps: Arc<RobotDeps>,
        robots: RobotDirectory,
    ) -> Addr<SupervisorActor> {
        SupervisorActor::new(SupervisorDeps {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            robots,
            factory: Box::new(move |birth| RobotActor::spawn(Arc::clone(&deps), birth)),
            raises: alert.clone().recipient(),
            resolves: alert.clone().recipient(),
            options: self.supervisor_options(),
            fatal: self.fatal.clone(),
        })
        .start()
    }

    /// Whoever follows vaults, where some are set.
    async fn vaults(
        &self,
        alert: &Addr<AlertActor>,
        ledger: &Addr<LedgerActor>,
        installation: String,
    ) -> Result<Option<VaultActors>, StartError> {
        let opened = vaults::open(self.settings, self.store.as_ref(), &self.clock).await?;
        let by = Neighbours {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            alert,
            ledger,
            crashes: self.crash_rules(),
            installation,
            fatal: self.fatal.clone(),
        };
        Ok(opened.map(|opened| opened.start(&by)))
    }

    fn crash_rules(&self) -> CrashRules {
        let options = &self.settings.supervisor;
        CrashRules {
            backoff_first: options.backoff_first,
            backoff_max: options.backoff_max,
            crashes_until_quarantine: options.crashes_until_quarantine,
            crash_window: options.crash_window,
        }
    }

    fn supervisor_options(&self) -> SupervisorOptions {
        let options = &self.settings.supervisor;
        SupervisorOptions {
            crashes: self.crash_rules(),
            read_every: options.read_every,
            spawns_per_tick: options.spawns_per_tick,
            close_deadline: options.close_deadline,
            drain_deadline: self.settings.daemon.shutdown_deadline / 2,
        }
    }

    fn robot_rules(&self) -> Result<RobotRules, UnfitSetting> {
        let robot = &self.settings.robot;
        Ok(RobotRules {
            templates: options::templates(self.settings)?,
            classifier: options::classifier(self.settings)?,
            risk: options::risk(self.settings)?,
            exit: options::exits(self.settings)?,
            profit_basis: self.settings.settlement.profit_basis,
            hold: options::hold(self.settings)?,
            mailbox: robot.mailbox,
            sync_deadline: robot.forced_sync_deadline,
            place_deadline: robot.place_deadline,
            send_within: self.settings.sync.lookup_grace.saturating_sub(robot.place_deadline),
            close_retry_first: robot.close_retry_first,
            close_retry_max: robot.close_retry_max,
            retry: robot.close_retry_first,
        })
    }
}
