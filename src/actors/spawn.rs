//! How actors come to be and are asked: the shape of a child, where children are found, time that arrives by mail, and a sync
//! that is waited for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use actix::Recipient;
use actix::dev::SendError;
use domain::id::{RobotId, VenueAccountId};
use domain::market::Symbol;
use domain::robot::Robot;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::actors::mail::{ClosePosition, Exited, HowAreYou, Look, MailError, RowsChanged, Stop, SyncAndWait, Tick};

/// Asks the scheduler for a sync of an account, and waits for it, but not longer than this.
///
/// # Errors
/// Why it is not known to be synced.
pub async fn synced(
    scheduler: &Recipient<SyncAndWait>,
    account: VenueAccountId,
    deadline: Duration,
) -> Result<(), MailError> {
    match tokio::time::timeout(deadline, scheduler.send(SyncAndWait { account })).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => Err(MailError::Failed(error.to_string())),
        Err(_) => Err(MailError::Failed(format!("no answer in {}ms", deadline.as_millis()))),
    }
}

/// Which life of a child this is; counts from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub u64);

/// All that a new child is born with.
#[derive(Debug, Clone)]
pub struct Birth {
    /// Its row.
    pub robot: Robot,
    /// Which life of it.
    pub generation: Generation,
    /// Whom its end is told.
    pub exits: Recipient<Exited>,
}

/// A living child: where its mail goes.
#[derive(Debug, Clone)]
pub struct Child {
    /// Prices or rows may have changed.
    pub look: Recipient<Look>,
    /// Its rows changed.
    pub rows_changed: Recipient<RowsChanged>,
    /// Close what it holds.
    pub close: Recipient<ClosePosition>,
    /// How it is.
    pub health: Recipient<HowAreYou>,
    /// Finish what is in flight, then stop.
    pub stop: Recipient<Stop>,
}

/// Makes a child and starts it.
pub type Factory = Box<dyn Fn(Birth) -> Child>;

/// Where living robots are found, shared by those who poke them. Only the supervisor writes it.
#[derive(Debug, Clone, Default)]
pub struct RobotDirectory(Arc<RwLock<Lists>>);

/// Who lives, and where somebody lived.
#[derive(Debug, Default)]
struct Lists {
    living: HashMap<RobotId, Listed>,
    /// The markets on which somebody lives, by account, and how many do.
    markets: BTreeMap<VenueAccountId, BTreeMap<Symbol, usize>>,
    left: BTreeSet<VenueAccountId>,
}

/// A living robot as the directory lists it.
#[derive(Debug, Clone)]
struct Listed {
    account: VenueAccountId,
    symbol: Symbol,
    rows_changed: Recipient<RowsChanged>,
}

impl Lists {
    fn enter(&mut self, robot: RobotId, listed: Listed) {
        let markets = self.markets.entry(listed.account).or_default();
        *markets.entry(listed.symbol.clone()).or_default() += 1;
        if let Some(before) = self.living.insert(robot, listed) {
            self.vacate(&before);
        }
    }

    fn vacate(&mut self, listed: &Listed) {
        let Some(markets) = self.markets.get_mut(&listed.account) else {
            return;
        };
        if let Some(count) = markets.get_mut(&listed.symbol) {
            *count -= 1;
            if *count == 0 {
                markets.remove(&listed.symbol);
            }
        }
        if markets.is_empty() {
            self.markets.remove(&listed.account);
        }
    }
}

impl RobotDirectory {
    /// Lists a robot that trades on this market of this account.
    pub fn list(&self, robot: RobotId, account: VenueAccountId, symbol: &Symbol, child: &Child) {
        let listed = Listed {
            account,
            symbol: symbol.clone(),
            rows_changed: child.rows_changed.clone(),
        };
        self.write().enter(robot, listed);
    }

    /// Strikes a robot off. What it wrote last it may not have told.
    pub fn strike(&self, robot: RobotId) {
        let mut lists = self.write();
        if let Some(listed) = lists.living.remove(&robot) {
            lists.vacate(&listed);
            lists.left.insert(listed.account);
        }
    }

    /// Tells a robot that its rows changed. One that is not there or has too much waiting reads them anyway, when
    /// it starts or gets to its mail.
    pub fn poke(&self, robot: RobotId) {
        if let Some(listed) = self.read().living.get(&robot) {
            poke(&listed.rows_changed, RowsChanged);
        }
    }

    /// Accounts of the living robots.
    pub fn accounts(&self) -> Vec<VenueAccountId> {
        self.read().markets.keys().copied().collect()
    }

    /// Markets of the living robots of an account.
    pub fn markets(&self, account: VenueAccountId) -> Vec<Symbol> {
        let lists = self.read();
        let markets = lists.markets.get(&account);
        markets.map_or_else(Vec::new, |markets| markets.keys().cloned().collect())
    }

    /// Accounts whose robots were struck off since this was last asked.
    pub fn take_left(&self) -> BTreeSet<VenueAccountId> {
        if self.read().left.is_empty() {
            return BTreeSet::new();
        }
        std::mem::take(&mut self.write().left)
    }

    fn read(&self) -> RwLockReadGuard<'_, Lists> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Lists> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends a poke. It carries nothing, so one that finds the mailbox full is not lost: what waits there says the same,
/// and what is periodic comes again.
pub fn poke<M>(to: &Recipient<M>, mail: M)
where
    M: actix::Message + Send + 'static,
    M::Result: Send,
{
    match to.try_send(mail) {
        Ok(()) => {}
        Err(SendError::Full(_)) => metrics::counter!("bursar_pokes_dropped_total").increment(1),
        Err(SendError::Closed(_)) => tracing::debug!("a poke found its actor gone"),
    }
}

/// Mails `Tick` at this interval from outside the actor, whose own timers would starve behind a busy mailbox. Ends
/// when the actor has.
pub fn tick(to: Recipient<Tick>, every: Duration) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut interval = tokio::time::interval(every);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while to.connected() {
            interval.tick().await;
            poke(&to, Tick);
        }
    })
}
