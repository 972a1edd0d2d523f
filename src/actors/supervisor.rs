//! The supervisor's actor: as many living robots as are wanted, one of each, whatever happens to the others.

mod children;
mod rows;
mod seat;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{
    Actor, ActorFuture, AsyncContext, Context, Handler, MessageResult, Recipient, ResponseActFuture, ResponseFuture,
};
use domain::id::RobotId;
use domain::page::Page;
use domain::robot::Robot;
use domain::time::Timestamp;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use crate::actors::mail::{
    ActorHealth, ClosePosition, Drain, Exited, HowAreYou, ListChildren, Look, MailError, Raise, Resolve, Tick,
};
use crate::actors::spawn::{Child, Factory, RobotDirectory};
use crate::clock::Clock;
use crate::event;
use crate::ports::store::{Store, StoreError};
pub use seat::CrashRules;
use seat::{Seat, Standing};

/// How others know it.
pub const NAME: &str = "supervisor";

/// Mails that may wait.
const MAILBOX: usize = 20_000;

/// Limits of the supervisor.
#[derive(Debug, Clone, Copy)]
pub struct SupervisorOptions {
    /// How crashes are answered.
    pub crashes: CrashRules,
    /// How often the wanted robots are read without being asked to.
    pub read_every: Duration,
    /// Robots that are spawned per `Tick`.
    pub spawns_per_tick: usize,
    /// Longest wait for a robot to take a close.
    pub close_deadline: Duration,
    /// Longest wait for all robots to stop.
    pub drain_deadline: Duration,
}

/// What the supervisor needs.
pub struct SupervisorDeps {
    /// Where the wanted robots are on record.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Makes robots.
    pub factory: Factory,
    /// Where living robots are listed.
    pub robots: RobotDirectory,
    /// Who is told that something is wrong.
    pub raises: Recipient<Raise>,
    /// Who is told that it is over.
    pub resolves: Recipient<Resolve>,
    /// Limits.
    pub options: SupervisorOptions,
    /// Becomes true when the supervisor panics: the process must end, with a code that is not zero.
    pub fatal: watch::Sender<bool>,
}

/// Keeps robots alive.
pub struct SupervisorActor {
    deps: SupervisorDeps,
    seats: BTreeMap<RobotId, Seat>,
    holders: BTreeSet<RobotId>,
    /// Children that live.
    living: usize,
    spawns_left: usize,
    reading: bool,
    read_again: bool,
    read_at: Option<Instant>,
    is_blind: bool,
    draining: bool,
    drained: Vec<oneshot::Sender<()>>,
    last_mail: Option<Timestamp>,
}

/// What lets a summoned robot close: where it takes its mail.
type Summoned = Result<Recipient<ClosePosition>, MailError>;

impl SupervisorActor {
    /// A supervisor that has not started.
    pub fn new(deps: SupervisorDeps) -> Self {
        Self {
            spawns_left: deps.options.spawns_per_tick,
            deps,
            living: 0,
            seats: BTreeMap::new(),
            holders: BTreeSet::new(),
            reading: false,
            read_again: false,
            read_at: None,
            is_blind: false,
            draining: false,
            drained: Vec::new(),
            last_mail: None,
        }
    }

    /// Reads who holds positions and then all robots, page by page; once more when it was asked to meanwhile.
    fn read(&mut self, ctx: &mut Context<Self>) {
        if self.reading || self.draining {
            self.read_again = self.reading;
            return;
        }
        self.reading = true;
        self.read_again = false;
        self.read_at = Some(Instant::now());
        let store = Arc::clone(&self.deps.store);
        let read = wrap_future::<_, Self>(async move { rows::holders(store.as_ref()).await });
        ctx.spawn(read.map(|holders, actor, ctx| match holders {
            Ok(holders) => {
                actor.holders = holders;
                actor.read_page(Page::first(rows::ROWS), ctx);
            }
            Err(error) => actor.end_reading(Err(error), ctx),
        }));
    }

    fn read_page(&mut self, page: Page, ctx: &mut Context<Self>) {
        let store = Arc::clone(&self.deps.store);
        let read = wrap_future::<_, Self>(async move { store.robots(page).await });
        ctx.spawn(read.map(|robots, actor, ctx| match robots {
            Ok(robots) => match robots.last().map(|robot| robot.id) {
                None => actor.end_reading(Ok(()), ctx),
                Some(last) => {
                    actor.consider(robots, ctx);
                    actor.read_page(Page::after(last.0, rows::ROWS), ctx);
                }
            },
            Err(error) => actor.end_reading(Err(error), ctx),
        }));
    }

    fn end_reading(&mut self, result: Result<(), StoreError>, ctx: &mut Context<Self>) {
        self.reading = false;
        self.is_blind = result.is_err();
        match result {
            Ok(()) => {
                self.find_gone(ctx);
                told::measure(self.seats.values());
            }
            Err(error) => {
                metrics::counter!("bursar_supervisor_read_failures_total").increment(1);
                tracing::warn!(event = event::ROBOTS_UNREAD, %error, "could not read which robots are wanted");
                // At the next tick, not at the next interval.
                self.read_at = None;
            }
        }
        if self.read_again {
            self.read(ctx);
        }
    }

    /// Where a robot takes a close; spawns it, even out of quarantine, when it holds a position.
    fn summon(&mut self, robot: RobotId) -> impl ActorFuture<Self, Output = Summoned> + 'static {
        let living = self.seats.get(&robot).and_then(|seat| match &seat.standing {
            Standing::Alive {
                child, stopping: false, ..
            } => Some(child.close.clone()),
            _ => None,
        });
        let store = Arc::clone(&self.deps.store);
        let read = async move {
            if let Some(living) = living {
                return Ok(Err(living));
            }
            let row = store.robot(robot).await?;
            let holds = rows::holds(store.as_ref(), robot).await?;
            Ok::<_, StoreError>(Ok((row, holds)))
        };
        wrap_future::<_, Self>(read).map(move |read, actor, ctx| match read {
            Ok(Err(living)) => Ok(living),
            Ok(Ok((Some(row), true))) => actor.wake(row, ctx).map(|child| child.close),
            Ok(Ok((Some(_), false))) => Err(MailError::Failed(format!("robot {robot} holds no position"))),
            Ok(Ok((None, _))) => Err(MailError::Failed(format!("robot {robot} does not exist"))),
            Err(error) => Err(MailError::Failed(format!("robot {robot} could not be read: {error}"))),
        })
    }

    fn wake(&mut self, row: Robot, ctx: &mut Context<Self>) -> Result<Child, MailError> {
        let id = row.id;
        let seat = self.seats.entry(id).or_insert_with(|| Seat::new(row.clone()));
        if let Standing::Alive { child, stopping, .. } = &seat.standing {
            return if *stopping {
                Err(MailError::Busy("robot"))
            } else {
                Ok(child.clone())
            };
        }
        if self.draining {
            return Err(MailError::Silent(NAME));
        }
        seat.row = row;
        self.give_birth(id, ctx).ok_or(MailError::Silent(NAME))
    }
}

impl Actor for SupervisorActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        told::describe();
        self.read(ctx);
    }
}

impl Drop for SupervisorActor {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!(
                event = event::SUPERVISOR_PANICKED,
                "the supervisor panicked: the process must end"
            );
            self.deps.fatal.send_replace(true);
        }
    }
}

impl Handler<Look> for SupervisorActor {
    type Result = ();

    fn handle(&mut self, _: Look, ctx: &mut Self::Context) {
        self.read(ctx);
    }
}

impl Handler<Tick> for SupervisorActor {
    type Result = ();

    fn handle(&mut self, _: Tick, ctx: &mut Self::Context) {
        self.last_mail = Some(self.deps.clock.now());
        self.spawns_left = self.deps.options.spawns_per_tick;
        let is_early = self
            .read_at
            .is_some_and(|at| at.elapsed() < self.deps.options.read_every);
        if !is_early {
            self.read(ctx);
        }
        if self.draining {
            // Asked again where the mailbox was full, and found where the end was not told.
            for id in self.seats.keys().copied().collect::<Vec<_>>() {
                self.stop(id);
            }
            self.find_gone(ctx);
        }
        self.quarantine_condemned(ctx);
        self.spawn_due(ctx);
    }
}

impl Handler<Exited> for SupervisorActor {
    type Result = ();

    fn handle(&mut self, exit: Exited, ctx: &mut Self::Context) {
        self.take_exit(exit, ctx);
    }
}

impl Handler<ListChildren> for SupervisorActor {
    type Result = ResponseFuture<Vec<ActorHealth>>;

    fn handle(&mut self, _: ListChildren, _: &mut Self::Context) -> Self::Result {
        Box::pin(children::ask(self.listed()))
    }
}

impl Handler<ClosePosition> for SupervisorActor {
    type Result = ResponseActFuture<Self, Result<(), MailError>>;

    fn handle(&mut self, mail: ClosePosition, _: &mut Self::Context) -> Self::Result {
        let deadline = self.deps.options.close_deadline;
        let closed = self.summon(mail.robot).then(move |summoned, _, _| {
            wrap_future(async move {
                match tokio::time::timeout(deadline, summoned?.send(mail)).await {
                    Ok(Ok(answer)) => answer,
                    Ok(Err(_)) | Err(_) => Err(MailError::Silent("robot")),
                }
            })
        });
        Box::pin(closed)
    }
}

impl Handler<Drain> for SupervisorActor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Drain, _: &mut Self::Context) -> Self::Result {
        self.draining = true;
        for id in self.seats.keys().copied().collect::<Vec<_>>() {
            self.stop(id);
        }
        let (waiter, drained) = oneshot::channel();
        self.drained.push(waiter);
        self.answer_drained();
        let deadline = self.deps.options.drain_deadline;
        Box::pin(async move {
            if tokio::time::timeout(deadline, drained).await.is_err() {
                tracing::warn!(event = event::DRAIN_LATE, "some robots did not stop in time");
            }
        })
    }
}

impl Handler<HowAreYou> for SupervisorActor {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        let now = Instant::now();
        let waits = self.seats.values().filter_map(|seat| match seat.standing {
            Standing::Wanted { since } => Some(now.saturating_duration_since(since)),
            _ => None,
        });
        let state = match (self.draining, self.is_blind) {
            (true, _) => "draining",
            (false, true) => "blind",
            (false, false) => "running",
        };
        MessageResult(ActorHealth {
            name: NAME.to_owned(),
            state: state.to_owned(),
            last_mail: self.last_mail,
            restarts: 0,
            lag_ms: waits
                .max()
                .map_or(0, |lag| u64::try_from(lag.as_millis()).unwrap_or(u64::MAX)),
        })
    }
}
