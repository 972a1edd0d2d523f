//! The actor that writes alerts down: one open row per kind and subject, however often it is raised.

mod board;
mod couriers;

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, MessageResult, ResponseFuture};
use domain::time::Timestamp;
use tracing::error;

use crate::actors::mail::{ActorHealth, HowAreYou, Raise, Resolve, Stop};
use crate::actors::stoppers::Stoppers;
use crate::clock::Clock;
use crate::event;
use crate::jobs::deliver_alerts::Delivering;
use crate::ports::notify::Targets;
use crate::ports::store::Store;
use board::{Board, Word};
use couriers::Couriers;

/// How others know it.
pub const NAME: &str = "alert";
/// Words that may wait while the store is away.
const QUEUE_LIMIT: usize = 1_000;

/// What the alert actor needs.
pub struct AlertDeps {
    /// Where alerts are written.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Wait before a word that could not be written is tried again; doubles up to `retry_max`.
    pub retry_first: Duration,
    /// Longest such wait.
    pub retry_max: Duration,
    /// Who is told, and how; nobody is told when absent.
    pub outbox: Option<Outbox>,
}

/// Who is told of alerts, and how.
#[derive(Clone)]
pub struct Outbox {
    /// Who.
    pub targets: Targets,
    /// How messages are delivered; a process without it only writes them, for the daemon to deliver.
    pub delivering: Option<Delivering>,
}

/// Writes alerts down, one word after the other.
pub struct AlertActor {
    /// Here while no word is being written.
    board: Option<Board>,
    waiting: VecDeque<Word>,
    clock: Arc<dyn Clock>,
    last_mail: Option<Timestamp>,
    /// Shared with the word that is being written: it is not tried again once this is true.
    stopping: Rc<Cell<bool>>,
    stoppers: Stoppers,
    store: Arc<dyn Store>,
    outbox: Option<Outbox>,
    /// End with the actor; what they have not delivered by then is delivered after the next start.
    couriers: Couriers,
}

impl AlertActor {
    /// An alert actor that has not started.
    pub fn new(deps: AlertDeps) -> Self {
        let stopping = Rc::new(Cell::new(false));
        let mut actor = Self {
            waiting: VecDeque::new(),
            clock: Arc::clone(&deps.clock),
            store: Arc::clone(&deps.store),
            outbox: deps.outbox.clone(),
            couriers: Couriers::default(),
            last_mail: None,
            board: None,
            stopping: Rc::clone(&stopping),
            stoppers: Stoppers::default(),
        };
        actor.board = Some(Board::new(deps, stopping, actor.couriers.poke()));
        actor
    }

    fn take(&mut self, word: Word, ctx: &mut Context<Self>) {
        self.last_mail = Some(self.clock.now());
        let last = self.waiting.iter().rev().find(|waiting| waiting.is_about(&word));
        if last.is_some_and(|last| last.says_the_same_as(&word)) {
            return;
        }
        if self.waiting.len() >= QUEUE_LIMIT || self.stopping.get() {
            word.log_lost("too much waits, or the daemon stops");
            return;
        }
        self.waiting.push_back(word);
        self.write_next(ctx);
    }

    fn write_next(&mut self, ctx: &mut Context<Self>) {
        if self.waiting.is_empty() {
            return;
        }
        let Some(mut board) = self.board.take() else {
            return;
        };
        let words: Vec<Word> = self.waiting.drain(..1).collect();
        let work = async move {
            for word in words {
                board.write(word).await;
            }
            board
        };
        ctx.spawn(wrap_future::<_, Self>(work).map(Self::written));
    }

    fn end_sightings(&mut self, ctx: &mut Context<Self>) {
        let Some(mut board) = self.board.take() else {
            return;
        };
        let now = self.clock.now();
        let work = async move {
            board.end_sightings(now).await;
            board
        };
        ctx.spawn(wrap_future::<_, Self>(work).map(Self::written));
    }

    fn written(board: Board, actor: &mut Self, ctx: &mut Context<Self>) {
        actor.board = Some(board);
        actor.write_next(ctx);
        actor.stop_when_drained(ctx);
    }

    fn stop_when_drained(&mut self, ctx: &mut Context<Self>) {
        if self.stopping.get() && self.board.is_some() && self.waiting.is_empty() {
            self.stoppers.tell("the alerts");
            ctx.stop();
        }
    }
}

impl Actor for AlertActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(QUEUE_LIMIT);
        metrics::describe_gauge!("bursar_alerts_open", "Alerts that are not resolved, by kind");
        if let Some(outbox) = &self.outbox {
            let me = ctx.address();
            let tell = (me.clone().recipient(), me.recipient());
            self.couriers.start(outbox, &self.store, &self.clock, &tell);
        }
        self.end_sightings(ctx);
    }
}

impl Drop for AlertActor {
    fn drop(&mut self) {
        for word in self.waiting.drain(..) {
            word.log_lost("the alert actor ended");
        }
        if std::thread::panicking() {
            error!(event = event::ALERT_LOST, "the alert actor panicked");
        }
    }
}

impl Handler<Raise> for AlertActor {
    type Result = ();

    fn handle(&mut self, mail: Raise, ctx: &mut Self::Context) {
        let word = Word::raised(mail, self.clock.now());
        self.take(word, ctx);
    }
}

impl Handler<Resolve> for AlertActor {
    type Result = ();

    fn handle(&mut self, mail: Resolve, ctx: &mut Self::Context) {
        let word = Word::resolved(mail, self.clock.now());
        self.take(word, ctx);
    }
}

impl Handler<HowAreYou> for AlertActor {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        let state = if self.board.is_some() { "idle" } else { "writing" };
        let oldest = self.waiting.front().map(Word::at);
        let lag = oldest.map_or(Duration::ZERO, |at| self.clock.now().since(at));
        MessageResult(ActorHealth {
            name: NAME.to_owned(),
            state: state.to_owned(),
            last_mail: self.last_mail,
            restarts: 0,
            lag_ms: u64::try_from(lag.as_millis()).unwrap_or(u64::MAX),
        })
    }
}

impl Handler<Stop> for AlertActor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) -> Self::Result {
        self.stopping.set(true);
        let stopped = self.stoppers.wait();
        self.stop_when_drained(ctx);
        stopped
    }
}
