//! One life of the daemon: its actors wired to the world's rows and venue, and the hands that reach into it.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, Addr, Recipient};
use bursar::actors::alert::{AlertActor, AlertDeps};
use bursar::actors::ledger::{LedgerActor, LedgerDeps};
use bursar::actors::mail::{Drain, Look, Recharge, Stop, SyncAndWait};
use bursar::actors::robot::{RobotActor, RobotDeps, Shared};
use bursar::actors::sights::Sights;
use bursar::actors::spawn::{Birth, Child, Factory, RobotDirectory, poke, tick};
use bursar::actors::supervisor::{SupervisorActor, SupervisorDeps};
use bursar::actors::sync_scheduler::{SyncDeps, SyncSchedulerActor};
use bursar::adapters::store::CommitFault;
use bursar::adapters::venue::paper::PaperVenue;
use bursar::clock::Clock;
use bursar::desk::{Asker, Desk, Markets};
use bursar::jobs::judge_closes::Ears;
use bursar::jobs::press_close_alls::{CloseAllPress, press_close_alls};
use bursar::jobs::release_holds::{Released, release_holds};
use bursar::jobs::sweep_unsettled::{Swept, sweep_unsettled};
use bursar::ports::store::Store;
use bursar::ports::venue::Venue;
use domain::change::{Change, ChangeSet};
use domain::fixed::{Amount, Price, Quantity, Ratio, Rounding};
use domain::id::{RobotId, UserId, VenueAccountId};
use domain::invariant::Invariant;
use domain::ledger::Purse;
use domain::market::{Symbol, Tick};
use domain::risk::OppositeRobots;
use domain::robot::Robot;
use domain::time::Timestamp;
use domain::venue::VenueName;
use tokio::sync::watch;

use super::fragile::FragileVenue;
use super::people::{btc, eth};
use super::{Chance, Line, Witness, World, WorldClock, options};

/// A living daemon.
pub struct Daemon {
    /// What operators ask for.
    pub desk: Desk,
    pub store: Arc<dyn Store>,
    pub venue: Arc<PaperVenue>,
    pub clock: Arc<WorldClock>,
    pub ledger: Addr<LedgerActor>,
    pub scheduler: Addr<SyncSchedulerActor>,
    pub supervisor: Addr<SupervisorActor>,
    /// Where living robots are listed.
    pub robots: RobotDirectory,
    /// Polls of the venue in this life.
    pub polls: Arc<AtomicUsize>,
    /// The line to the venue.
    pub line: Arc<Line>,
    fatal: watch::Receiver<bool>,
    prices: Rc<RefCell<BTreeMap<Symbol, Price>>>,
}

impl Daemon {
    /// Starts a daemon on what the world has.
    pub async fn start(world: &World) -> Self {
        let clock = Arc::new(WorldClock::new(world.now));
        let store = faulty_store(world);
        let vault = Arc::new(world.rows.clone());
        let venue = PaperVenue::open(options::paper(), vault, clock.clone()).await.unwrap();
        let (fatal, fatal_seen) = watch::channel(false);
        let alert = alert(&store, &clock).start();
        let ledger = ledger(&store, &clock, &alert, &fatal).start();
        let robots = RobotDirectory::default();
        let (polls, line, sights) = (Arc::default(), Arc::<Line>::default(), Sights::default());
        let fragile = fragile(world, &venue, &polls, &line);
        let mails = (&alert, &ledger);
        let scheduler = scheduler(&store, &clock, &fragile, mails, (&robots, &sights), &fatal).start();
        let (mail, known) = ((&ledger, &scheduler), (sights, world.neighbours.opposites()));
        let deps = Arc::new(robot_deps(&store, fragile, &clock, mail, known).await);
        let factory = watched_factory(Arc::clone(&deps), Arc::clone(&world.witness));
        let supervisor = supervisor(&store, &clock, &alert, factory, robots.clone(), fatal);
        let supervisor = supervisor.start();
        tick(scheduler.clone().recipient(), Duration::from_millis(250));
        tick(supervisor.clone().recipient(), Duration::from_secs(1));
        actix::spawn(press_on(CloseAllPress {
            store: Arc::clone(&store),
            clock: clock.clone(),
            closes: supervisor.clone().recipient(),
            outside: deps,
            ears: Ears {
                raises: alert.clone().recipient(),
                resolves: alert.recipient(),
            },
            flat_within: Duration::from_secs(30),
            told: Arc::default(),
        }));
        let prices = Rc::clone(&world.prices);
        let desk = Desk::new(Arc::clone(&store), clock.clone(), Markets::listed(Vec::new()));
        Self {
            desk,
            store,
            venue,
            clock,
            ledger,
            scheduler,
            supervisor,
            robots,
            polls,
            line,
            fatal: fatal_seen,
            prices,
        }
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether an actor without which nothing goes has panicked.
    pub fn is_dead(&self) -> bool {
        *self.fatal.borrow()
    }

    /// Lets a second pass, and then markets move by so many hundred-thousandths of their price.
    pub async fn second(&self, moves: &[(Symbol, i64)]) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        for (symbol, by) in moves {
            let price = self.moved(symbol, *by);
            let tick = Tick {
                at: self.now(),
                price,
                quantity: Quantity::ZERO,
            };
            self.venue.tick(symbol, tick).await;
        }
    }

    fn moved(&self, symbol: &Symbol, by: i64) -> Price {
        let mut prices = self.prices.borrow_mut();
        let price = prices.get_mut(symbol).unwrap();
        let ratio = Ratio::from_units(Ratio::ONE_UNITS + by * (Ratio::ONE_UNITS / 100_000)).unwrap();
        let moved = price.scaled(ratio, Rounding::HalfUp).unwrap();
        *price = moved.floor_to("0.1".parse().unwrap()).unwrap();
        *price
    }

    /// Lets seconds pass in which no market moves.
    pub async fn seconds(&self, count: u32) {
        for _ in 0..count {
            self.second(&[(btc(), 0), (eth(), 0)]).await;
        }
    }

    /// Runs the sweep.
    pub async fn sweep(&self) -> Option<Swept> {
        let ledger = self.ledger.clone().recipient();
        sweep_unsettled(Arc::clone(&self.store), ledger, 100).await.ok()
    }

    /// Gives back what stays reserved without need.
    pub async fn release(&self, grace: Duration) -> Option<Released> {
        let (ledger, clock) = (self.ledger.clone().recipient(), Arc::clone(&self.clock));
        release_holds(Arc::clone(&self.store), clock, ledger, 100, grace)
            .await
            .ok()
    }

    /// Syncs an account now.
    pub async fn sync(&self, account: VenueAccountId) -> bool {
        let asked = self.scheduler.send(SyncAndWait { account });
        let answer = tokio::time::timeout(Duration::from_secs(10), asked).await;
        matches!(answer, Ok(Ok(Ok(()))))
    }

    /// Brings power in for a user; the same reference is the same recharge.
    pub async fn recharge(&self, user: UserId, reference: String, power: &str) -> bool {
        let amount: Amount = power.parse().unwrap();
        let mail = Recharge {
            reference,
            user,
            purse: Purse::Power,
            amount,
            by: "test".to_owned(),
            remark: String::new(),
        };
        let answer = tokio::time::timeout(Duration::from_secs(20), self.ledger.send(mail)).await;
        matches!(answer, Ok(Ok(Ok(_))))
    }

    /// An operator changes a robot; tried once.
    pub async fn change_robot(&self, id: RobotId, change: impl FnOnce(&mut Robot)) -> bool {
        let Ok(Some(mut robot)) = self.store.robot(id).await else {
            return false;
        };
        change(&mut robot);
        robot.updated_at = self.now().max(robot.updated_at);
        let changes = ChangeSet::of(Change::UpdateRobot(Box::new(robot)));
        let is_written = self.store.commit(changes).await.is_ok();
        poke(&self.supervisor.clone().recipient(), Look);
        is_written
    }

    /// Stops gracefully: robots first, the ledger last.
    pub async fn stop(&self) {
        self.supervisor.send(Drain).await.unwrap();
        self.scheduler.send(Stop).await.unwrap();
        self.ledger.send(Stop).await.unwrap();
    }
}

/// Presses what was told to close all, as the job does.
async fn press_on(press: CloseAllPress) {
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        // A store that failed by chance: the next time it looks again.
        drop(press_close_alls(&press).await);
    }
}

/// Who presses switches.
pub fn asker() -> Asker {
    Asker {
        by: "hand".to_owned(),
        reason: "it is told so".to_owned(),
        from: "story".to_owned(),
    }
}

/// The venue as the daemon sees it.
fn fragile(world: &World, venue: &Arc<PaperVenue>, polls: &Arc<AtomicUsize>, line: &Arc<Line>) -> Arc<dyn Venue> {
    Arc::new(FragileVenue {
        inner: Arc::clone(venue),
        chaos: Arc::clone(&world.chaos),
        panics: Arc::clone(&world.panics),
        polls: Arc::clone(polls),
        line: Arc::clone(line),
        late_per_mille: world.troubles.late_placements,
    })
}

fn scheduler(
    store: &Arc<dyn Store>,
    clock: &Arc<WorldClock>,
    venue: &Arc<dyn Venue>,
    (alert, ledger): (&Addr<AlertActor>, &Addr<LedgerActor>),
    (robots, sights): (&RobotDirectory, &Sights),
    fatal: &watch::Sender<bool>,
) -> SyncSchedulerActor {
    SyncSchedulerActor::new(SyncDeps {
        store: Arc::clone(store),
        venues: HashMap::from([(VenueName::Paper, Arc::clone(venue))]),
        clock: clock.clone(),
        robots: robots.clone(),
        sights: sights.clone(),
        ledger: ledger.clone().recipient(),
        releases: ledger.clone().recipient(),
        raises: alert.clone().recipient(),
        resolves: alert.clone().recipient(),
        options: options::sync(),
        fatal: fatal.clone(),
    })
}

async fn robot_deps(
    store: &Arc<dyn Store>,
    venue: Arc<dyn Venue>,
    clock: &Arc<WorldClock>,
    (ledger, scheduler): (&Addr<LedgerActor>, &Addr<SyncSchedulerActor>),
    (sights, opposites): (Sights, OppositeRobots),
) -> RobotDeps {
    RobotDeps {
        store: Arc::clone(store),
        venues: HashMap::from([(VenueName::Paper, venue)]),
        clock: clock.clone(),
        sync_now: scheduler.clone().recipient(),
        forced_sync: scheduler.clone().recipient(),
        ledger: ledger.clone().recipient(),
        installation: store.installation().await.unwrap(),
        rules: options::robot(opposites),
        sights,
        shared: Shared::default(),
    }
}

/// The world's rows, with commits that fail by chance, each seen by the witness.
fn faulty_store(world: &World) -> Arc<dyn Store> {
    let chance = Mutex::new(Chance::new(world.seed ^ (world.lives << 32), "commits"));
    let (chaos, witness) = (Arc::clone(&world.chaos), Arc::clone(&world.witness));
    let troubles = world.troubles;
    let rows = world.rows.unlisted_while(Arc::clone(&world.unlisted));
    Arc::new(rows.with_faults(Arc::new(move |changes| {
        witness.see(changes);
        if !chaos.load(Ordering::Relaxed) {
            return CommitFault::None;
        }
        let mut chance = chance.lock().unwrap();
        if chance.in_thousand(troubles.commit_before) {
            CommitFault::Before
        } else if chance.in_thousand(troubles.commit_after) {
            CommitFault::After
        } else {
            CommitFault::None
        }
    })))
}

/// Makes robots, and sees to it that the one before has ended (SUP-1).
fn watched_factory(deps: Arc<RobotDeps>, witness: Arc<Witness>) -> Factory {
    let living: RefCell<BTreeMap<RobotId, Recipient<Look>>> = RefCell::default();
    Box::new(move |birth: Birth| -> Child {
        let robot = birth.robot.id;
        if living.borrow().get(&robot).is_some_and(Recipient::connected) {
            witness.accuse(Invariant::OneActorPerChild, format!("robot {robot} lives twice"));
        }
        let child = RobotActor::spawn(Arc::clone(&deps), birth);
        living.borrow_mut().insert(robot, child.look.clone());
        child
    })
}

fn alert(store: &Arc<dyn Store>, clock: &Arc<WorldClock>) -> AlertActor {
    AlertActor::new(AlertDeps {
        store: Arc::clone(store),
        clock: clock.clone(),
        outbox: None,
        retry_first: Duration::from_millis(100),
        retry_max: Duration::from_secs(5),
    })
}

fn ledger(
    store: &Arc<dyn Store>,
    clock: &Arc<WorldClock>,
    alert: &Addr<AlertActor>,
    fatal: &watch::Sender<bool>,
) -> LedgerActor {
    LedgerActor::new(LedgerDeps {
        store: Arc::clone(store),
        clock: clock.clone(),
        raises: alert.clone().recipient(),
        resolves: alert.clone().recipient(),
        options: options::ledger(),
        fatal: fatal.clone(),
    })
}

fn supervisor(
    store: &Arc<dyn Store>,
    clock: &Arc<WorldClock>,
    alert: &Addr<AlertActor>,
    factory: Factory,
    robots: RobotDirectory,
    fatal: watch::Sender<bool>,
) -> SupervisorActor {
    SupervisorActor::new(SupervisorDeps {
        store: Arc::clone(store),
        clock: clock.clone(),
        factory,
        robots,
        raises: alert.clone().recipient(),
        resolves: alert.clone().recipient(),
        options: options::supervisor(),
        fatal,
    })
}
