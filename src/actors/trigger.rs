//! The actor that works on triggers: from the log on record to a trade with its payouts, or to the return of what was given.

mod board;
mod deps;
mod ends;
mod follow;
mod market;
mod place;
mod scan;
mod told;
mod work;

use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, Message, MessageResult, ResponseFuture};
use domain::id::SubscriptionId;
use domain::time::Timestamp;
use tokio::time::Instant;

pub use deps::{Halted, Shared, TriggerDeps, TriggerOptions};

use crate::actors::mail::{ActorHealth, HowAreYou, Look, Stop, Tick};
use crate::actors::spawn::poke;
use crate::actors::stoppers::Stoppers;
use crate::event;
use crate::ports::store::StoreError;
use board::{Board, Rest, Taken};
use scan::{Newest, Seen};

/// How others know it.
pub const NAME: &str = "trigger";
/// How often it is to be mailed `Tick`.
pub const TICK: Duration = Duration::from_millis(100);
/// Mails that may wait.
const MAILBOX: usize = 1_000;

/// A venue told something, or its connection came about or broke: orders on their way are looked up.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
struct Woken;

/// Works on triggers, one step at a time for each, many of them at once.
pub struct TriggerActor {
    deps: Arc<TriggerDeps>,
    board: Board,
    newest: Newest,
    in_flight: usize,
    reading: bool,
    read_again: bool,
    scanned_at: Option<Instant>,
    scanning: bool,
    failures: u32,
    last_mail: Option<Timestamp>,
    stopping: bool,
    stoppers: Stoppers,
}

impl TriggerActor {
    /// An actor that has not started. It is to be mailed `Tick` every [`TICK`], and `Look` whenever there may be new triggers, or a
    /// pause or a halt is over.
    pub fn new(deps: TriggerDeps) -> Self {
        Self {
            board: Board::new(deps.options.per_listing),
            deps: Arc::new(deps),
            newest: Newest::new(),
            in_flight: 0,
            reading: false,
            read_again: false,
            scanned_at: None,
            scanning: false,
            failures: 0,
            last_mail: None,
            stopping: false,
            stoppers: Stoppers::default(),
        }
    }

    /// Reads what is new; once more afterwards when somebody pokes meanwhile.
    fn read(&mut self, ctx: &mut Context<Self>) {
        if self.stopping {
            return;
        }
        if self.reading {
            self.read_again = true;
            return;
        }
        self.reading = true;
        let (deps, newest) = (Arc::clone(&self.deps), self.newest.clone());
        let read = wrap_future::<_, Self>(async move { scan::fresh(&deps, &newest).await });
        ctx.spawn(read.map(|seen, actor, ctx| {
            actor.reading = false;
            actor.take(seen);
            actor.start_due(ctx);
            if std::mem::take(&mut actor.read_again) {
                actor.read(ctx);
            }
        }));
    }

    /// Reads everything that is not final, once a minute.
    fn scan(&mut self, ctx: &mut Context<Self>) {
        let now = Instant::now();
        let is_early = self.scanned_at.is_some_and(|at| now - at < self.deps.options.scan);
        if self.stopping || self.scanning || is_early {
            return;
        }
        self.scanning = true;
        self.scanned_at = Some(now);
        let deps = Arc::clone(&self.deps);
        let scan = wrap_future::<_, Self>(async move { scan::all(&deps).await });
        ctx.spawn(scan.map(|seen, actor, ctx| {
            actor.scanning = false;
            if seen.is_err() {
                actor.scanned_at = None;
            }
            actor.take(seen);
            actor.start_due(ctx);
        }));
    }

    fn take(&mut self, seen: Result<Seen, StoreError>) {
        match seen {
            Ok(seen) => {
                self.failures = 0;
                let now = Instant::now();
                for sighted in seen.sighted {
                    self.board.see(sighted, now);
                }
                for (subscription, id) in seen.newest {
                    let newest = self.newest.entry(subscription).or_insert(id);
                    *newest = id.max(*newest);
                }
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                tracing::warn!(event = event::TRIGGERS_UNREAD, %error, "could not read triggers");
            }
        }
    }

    /// Starts work on whatever is due, as far as limits allow.
    fn start_due(&mut self, ctx: &mut Context<Self>) {
        let now = Instant::now();
        self.board.pass(now);
        while !self.stopping && self.in_flight < self.deps.options.parallel.max(1) {
            let Some(taken) = self.board.take(now) else {
                return;
            };
            self.start(taken, ctx);
        }
    }

    fn start(&mut self, taken: Taken, ctx: &mut Context<Self>) {
        let id = taken.id;
        self.in_flight += 1;
        let deps = Arc::clone(&self.deps);
        // A task of its own: an adapter that panics ends this look, not the actor.
        let task = actix::spawn(async move { work::work(&deps, taken).await });
        let retry = self.deps.options.retry;
        let done = wrap_future::<_, Self>(task).map(move |rest, actor, ctx| {
            let rest = rest.unwrap_or_else(|error| {
                tracing::error!(event = event::TRIGGER_FAILED, trigger.id = %id, %error, "work on trigger {id} was interrupted");
                let is_ordering = true;
                Rest::After { wait: retry, is_ordering }
            });
            actor.in_flight -= 1;
            actor.board.done(id, rest, Instant::now());
            actor.start_due(ctx);
            actor.stop_when_drained(ctx);
        });
        ctx.spawn(done);
    }

    fn heed_venues(&self, ctx: &Context<Self>) {
        for venue in self.deps.venues.values() {
            let to = ctx.address().recipient::<Woken>();
            venue.heed(Arc::new(move || poke(&to, Woken)));
        }
    }

    fn stop_when_drained(&mut self, ctx: &mut Context<Self>) {
        if self.stopping && self.in_flight == 0 {
            self.stoppers.tell("the trigger actor");
            ctx.stop();
        }
    }
}

impl Actor for TriggerActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        told::describe();
        self.heed_venues(ctx);
        self.scan(ctx);
    }
}

impl Drop for TriggerActor {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!(
                event = event::TRIGGERS_PANICKED,
                "the trigger actor panicked: the process must end"
            );
            self.deps.fatal.send_replace(true);
        }
    }
}

impl Handler<Tick> for TriggerActor {
    type Result = ();

    fn handle(&mut self, _: Tick, ctx: &mut Self::Context) {
        self.last_mail = Some(self.deps.clock.now());
        let due = u32::try_from(self.board.due()).unwrap_or(u32::MAX);
        metrics::gauge!("bursar_triggers_due").set(f64::from(due));
        self.scan(ctx);
        self.start_due(ctx);
    }
}

impl Handler<Look> for TriggerActor {
    type Result = ();

    fn handle(&mut self, _: Look, ctx: &mut Self::Context) {
        self.last_mail = Some(self.deps.clock.now());
        self.board.open_gates(Instant::now());
        self.read(ctx);
        self.start_due(ctx);
    }
}

impl Handler<Woken> for TriggerActor {
    type Result = ();

    fn handle(&mut self, _: Woken, ctx: &mut Self::Context) {
        self.last_mail = Some(self.deps.clock.now());
        let all: Vec<SubscriptionId> = self.deps.listings.keys().copied().collect();
        self.board.wake_orders(&all);
        self.start_due(ctx);
    }
}

impl Handler<HowAreYou> for TriggerActor {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        let state = match (self.stopping, self.failures, self.board.len()) {
            (true, _, _) => "stopping",
            (false, 1.., _) => "blind",
            (false, 0, 0) => "idle",
            (false, 0, _) => "working",
        };
        MessageResult(ActorHealth {
            name: NAME.to_owned(),
            state: state.to_owned(),
            last_mail: self.last_mail,
            restarts: 0,
            lag_ms: 0,
        })
    }
}

impl Handler<Stop> for TriggerActor {
    type Result = ResponseFuture<()>;

    /// Finishes the steps in flight; what waits for the next one is on record.
    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) -> Self::Result {
        self.stopping = true;
        let stopped = self.stoppers.wait();
        self.stop_when_drained(ctx);
        stopped
    }
}
