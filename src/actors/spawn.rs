//! How actors come to be: the shape of a child, where children are found, and time that arrives by mail.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use actix::Recipient;
use actix::dev::SendError;
use domain::id::{RobotId, VenueAccountId};
use domain::robot::Robot;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::actors::mail::{ClosePosition, Exited, HowAreYou, Look, RowsChanged, Stop, Tick};

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
    left: BTreeSet<VenueAccountId>,
}

/// A living robot as the directory lists it.
#[derive(Debug, Clone)]
struct Listed {
    account: VenueAccountId,
    rows_changed: Recipient<RowsChanged>,
}

impl RobotDirectory {
    /// Lists a robot.
    pub fn list(&self, robot: RobotId, account: VenueAccountId, child: &Child) {
        let rows_changed = child.rows_changed.clone();
        self.write().living.insert(robot, Listed { account, rows_changed });
    }

    /// Strikes a robot off. What it wrote last it may not have told.
    pub fn strike(&self, robot: RobotId) {
        let mut lists = self.write();
        if let Some(listed) = lists.living.remove(&robot) {
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
        let mut accounts: Vec<VenueAccountId> = self.read().living.values().map(|listed| listed.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts
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
