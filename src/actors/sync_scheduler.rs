//! The scheduler's actor: keeps every venue account in sync, each in its turn or at once, within its venue's limits.

mod budget;
mod memory;
mod phase;
mod poll;
mod records;
mod told;
mod turns;
mod watches;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, MessageResult, Recipient, ResponseFuture};
use domain::id::VenueAccountId;
use domain::reconcile::Rules;
use domain::time::Timestamp;
use domain::venue::VenueName;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use crate::actors::mail::{
    ActorHealth, HowAreYou, MailError, Post, Raise, Resolve, Settle, Stop, SyncAndWait, SyncNow, Tick,
};
use crate::actors::sights::Sights;
use crate::actors::spawn::RobotDirectory;
use crate::actors::stoppers::Stoppers;
use crate::clock::Clock;
use crate::event;
use crate::ports::store::{Store, StoreError};
use crate::ports::venue::Venue;
use budget::Budget;
use watches::Watches;

/// How others know it.
pub const NAME: &str = "sync_scheduler";
/// How often it is to be mailed `Tick`.
pub const TICK: Duration = Duration::from_millis(50);

/// How often the list of accounts is read.
const ACCOUNTS_EVERY: Duration = Duration::from_secs(10);
/// Mails that may wait.
const MAILBOX: usize = 20_000;

/// Intervals and limits of the scheduler.
#[derive(Debug, Clone)]
pub struct SyncOptions {
    /// Interval while an account holds a position.
    pub open_interval: Duration,
    /// Interval while it is flat.
    pub flat_interval: Duration,
    /// The same while an account holds a position and its venue tells at once what happens on it.
    pub heard_open_interval: Duration,
    /// The same while it is flat.
    pub heard_flat_interval: Duration,
    /// Longest wait for one answer of a venue.
    pub poll_deadline: Duration,
    /// Syncs in flight at once, over all accounts.
    pub parallel_polls: usize,
    /// Fills per page.
    pub fills_page: u32,
    /// How often records are compared although the venue shows nothing new.
    pub full_pass_interval: Duration,
    /// Request weight per minute by venue, of those whose requests are counted here.
    pub weight_per_minute: BTreeMap<VenueName, u32>,
    /// How to reconcile.
    pub rules: Rules,
}

/// What the scheduler needs.
pub struct SyncDeps {
    /// Where the records are.
    pub store: Arc<dyn Store>,
    /// The venues.
    pub venues: HashMap<VenueName, Arc<dyn Venue>>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Where robots are found.
    pub robots: RobotDirectory,
    /// Where what venues reported is kept for others.
    pub sights: Sights,
    /// Who settles closed positions; what it does not get, the sweep finds.
    pub ledger: Recipient<Settle>,
    /// Who gives back what was reserved for a position that is over.
    pub releases: Recipient<Post>,
    /// Who is told that something is wrong.
    pub raises: Recipient<Raise>,
    /// Who is told that it is over.
    pub resolves: Recipient<Resolve>,
    /// Intervals and limits.
    pub options: SyncOptions,
    /// Becomes true when the scheduler panics: the process must end, with a code that is not zero.
    pub fatal: watch::Sender<bool>,
}

/// Keeps venue accounts in sync.
pub struct SyncSchedulerActor {
    deps: Arc<SyncDeps>,
    watches: Watches,
    budgets: HashMap<VenueName, Budget>,
    origin: Instant,
    in_flight: usize,
    accounts_read_at: Option<Instant>,
    reading_accounts: bool,
    account_failures: u32,
    last_mail: Option<Timestamp>,
    stopping: bool,
    stoppers: Stoppers,
}

impl SyncSchedulerActor {
    /// A scheduler that has not started.
    pub fn new(deps: SyncDeps) -> Self {
        let origin = Instant::now();
        let weights = deps.options.weight_per_minute.iter();
        let budgets = weights.map(|(venue, weight)| (*venue, Budget::new(*weight, origin)));
        Self {
            budgets: budgets.collect(),
            deps: Arc::new(deps),
            watches: Watches::default(),
            origin,
            in_flight: 0,
            accounts_read_at: None,
            reading_accounts: false,
            account_failures: 0,
            last_mail: None,
            stopping: false,
            stoppers: Stoppers::default(),
        }
    }

    fn force(&mut self, account: VenueAccountId, ctx: &mut Context<Self>) {
        let now = Instant::now();
        self.last_mail = Some(self.deps.clock.now());
        self.watches.add(account, now);
        self.watches.force(account, now);
        self.start_due(ctx);
    }

    /// Reads which accounts must be synced: those of living robots, and those with anything that is not over.
    fn read_accounts(&mut self, ctx: &mut Context<Self>) {
        let now = Instant::now();
        let is_early = self.accounts_read_at.is_some_and(|at| now - at < ACCOUNTS_EVERY);
        if self.reading_accounts || self.stopping || is_early {
            return;
        }
        self.reading_accounts = true;
        self.accounts_read_at = Some(now);
        let store = Arc::clone(&self.deps.store);
        let read = wrap_future::<_, Self>(async move { store.busy_accounts().await });
        ctx.spawn(read.map(|busy, actor, ctx| {
            actor.reading_accounts = false;
            actor.take_accounts(busy);
            actor.start_due(ctx);
        }));
    }

    fn take_accounts(&mut self, busy: Result<Vec<VenueAccountId>, StoreError>) {
        let living = self.deps.robots.accounts();
        let (origin, now, interval) = (self.origin, Instant::now(), self.deps.options.open_interval);
        let first = |account| phase::next(account, interval, origin, now);
        match busy {
            Ok(busy) => {
                self.account_failures = 0;
                self.watches.are_busy(&busy, now);
                let gone = self.watches.want(&living.into_iter().chain(busy).collect(), first);
                self.forget(gone);
            }
            Err(error) => {
                self.account_failures = self.account_failures.saturating_add(1);
                metrics::counter!("bursar_sync_account_list_failures_total").increment(1);
                tracing::warn!(event = event::SYNC_ACCOUNTS_UNREAD, %error, "could not read which accounts to sync");
                for account in living {
                    self.watches.add(account, first(account));
                }
            }
        }
        let count = u32::try_from(self.watches.len()).unwrap_or(u32::MAX);
        metrics::gauge!("bursar_sync_accounts").set(f64::from(count));
    }

    /// Tells venues that nobody cares for these accounts any more.
    fn forget(&self, accounts: Vec<(VenueAccountId, Option<VenueName>)>) {
        for (account, venue) in accounts {
            if let Some(venue) = venue.and_then(|name| self.deps.venues.get(&name)) {
                venue.forget(account);
            }
        }
    }

    fn stop_when_drained(&mut self, ctx: &mut Context<Self>) {
        if self.stopping && self.in_flight == 0 {
            self.forget(self.watches.all().collect());
            self.stoppers.tell("the scheduler");
            ctx.stop();
        }
    }
}

impl Actor for SyncSchedulerActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        told::describe();
        self.read_accounts(ctx);
    }
}

impl Drop for SyncSchedulerActor {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!(
                event = event::SYNC_PANICKED,
                "the scheduler panicked: the process must end"
            );
            self.deps.fatal.send_replace(true);
        }
    }
}

impl Handler<Tick> for SyncSchedulerActor {
    type Result = ();

    fn handle(&mut self, _: Tick, ctx: &mut Self::Context) {
        self.last_mail = Some(self.deps.clock.now());
        let now = Instant::now();
        for account in self.deps.robots.take_left() {
            self.watches.leave(account, now);
        }
        self.read_accounts(ctx);
        self.start_due(ctx);
    }
}

impl Handler<SyncNow> for SyncSchedulerActor {
    type Result = ();

    fn handle(&mut self, mail: SyncNow, ctx: &mut Self::Context) {
        self.force(mail.account, ctx);
    }
}

impl Handler<SyncAndWait> for SyncSchedulerActor {
    type Result = ResponseFuture<Result<(), MailError>>;

    fn handle(&mut self, mail: SyncAndWait, ctx: &mut Self::Context) -> Self::Result {
        if self.stopping {
            return Box::pin(async { Err(MailError::Silent(NAME)) });
        }
        let (waiter, answer) = oneshot::channel();
        let waits = self.watches.add(mail.account, Instant::now()).wait(waiter);
        if waits.is_err() {
            return Box::pin(async { Err(MailError::Busy(NAME)) });
        }
        self.force(mail.account, ctx);
        Box::pin(async move { answer.await.unwrap_or(Err(MailError::Silent(NAME))) })
    }
}

impl Handler<HowAreYou> for SyncSchedulerActor {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        let now = Instant::now();
        let lag = self.watches.oldest_due().map(|due| now.saturating_duration_since(due));
        let state = match (self.stopping, self.account_failures, self.in_flight) {
            (true, _, _) => "stopping",
            (false, 1.., _) => "blind",
            (false, 0, 0) => "idle",
            (false, 0, _) => "syncing",
        };
        MessageResult(ActorHealth {
            name: NAME.to_owned(),
            state: state.to_owned(),
            last_mail: self.last_mail,
            restarts: 0,
            lag_ms: lag.map_or(0, |lag| u64::try_from(lag.as_millis()).unwrap_or(u64::MAX)),
        })
    }
}

impl Handler<Stop> for SyncSchedulerActor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) -> Self::Result {
        self.stopping = true;
        let stopped = self.stoppers.wait();
        self.stop_when_drained(ctx);
        stopped
    }
}
