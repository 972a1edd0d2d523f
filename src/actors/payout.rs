//! The actor of payouts, one per chain and payer: it takes mail and lets the cashier look, one errand at a time.

mod alerts;
mod cashier;
mod confirm;
mod deps;
mod flight;
mod gaps;
mod orders;
mod queue;
mod reserve;
mod round;
mod send;
mod sign;
mod solvency;
mod told;

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, MessageResult, ResponseFuture};
use domain::id::PayoutId;
use domain::time::Timestamp;
use futures::FutureExt;
use tokio::sync::oneshot;

use crate::actors::mail::{
    ActorHealth, ByHand, HoldPayout, HowAreYou, Look, MailError, ReplacePayout, RetryPayout, Stop, Tick,
};
use crate::actors::stoppers::Stoppers;
pub use cashier::{Cashier, Looked};
pub use deps::{PayoutDeps, PayoutError, PayoutOptions, Vault};
pub use orders::Order;
pub use solvency::{Beginning, SolvencyDeps, compare, watch_solvency};

const NAME: &str = "payout";
/// Orders of operators that may wait.
const ORDERS: usize = 16;

type Answer = Result<String, MailError>;

/// An order of an operator that waits for its turn.
struct Waiting {
    id: PayoutId,
    order: Order,
    hand: ByHand,
    reply: oneshot::Sender<Answer>,
}

/// Pays, on one chain with one key. A look that panics is lost with all that it remembered, which is nothing that cannot be found
/// out again; the next one begins from what is on record.
pub struct PayoutActor {
    deps: Arc<PayoutDeps>,
    /// Here while nothing is under way.
    cashier: Option<Cashier>,
    /// Something may have changed since the last look began.
    is_poked: bool,
    waits_since: Option<Timestamp>,
    orders: VecDeque<Waiting>,
    last_mail: Option<Timestamp>,
    panics: u32,
    stoppers: Stoppers,
}

impl PayoutActor {
    /// An actor that has not started.
    pub fn new(deps: PayoutDeps) -> Self {
        let deps = Arc::new(deps);
        Self {
            cashier: Some(Cashier::new(Arc::clone(&deps))),
            deps,
            is_poked: false,
            waits_since: None,
            orders: VecDeque::new(),
            last_mail: None,
            panics: 0,
            stoppers: Stoppers::default(),
        }
    }

    fn poked(&mut self, ctx: &mut Context<Self>) {
        self.last_mail = Some(self.deps.clock.now());
        self.is_poked = true;
        self.waits_since.get_or_insert(self.deps.clock.now());
        self.go_on(ctx);
    }

    fn ask(&mut self, id: PayoutId, order: Order, hand: ByHand, ctx: &mut Context<Self>) -> ResponseFuture<Answer> {
        self.last_mail = Some(self.deps.clock.now());
        if self.orders.len() >= ORDERS || !self.stoppers.is_empty() {
            return Box::pin(async { Err(MailError::Busy(NAME)) });
        }
        let (reply, answer) = oneshot::channel();
        self.orders.push_back(Waiting { id, order, hand, reply });
        self.go_on(ctx);
        Box::pin(async move { answer.await.unwrap_or(Err(MailError::Silent(NAME))) })
    }

    /// Takes the next order of an operator, or looks when something may have changed.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        if self.cashier.is_some() && !self.stoppers.is_empty() {
            return self.end(ctx);
        }
        let Some(cashier) = self.cashier.take_if(|_| self.is_poked || !self.orders.is_empty()) else {
            return;
        };
        let order = self.orders.pop_front();
        if order.is_none() {
            self.is_poked = false;
            self.waits_since = None;
        }
        let errand = AssertUnwindSafe(errand(cashier, order)).catch_unwind();
        let come_back = |done: std::thread::Result<Cashier>, actor: &mut Self, ctx: &mut Context<Self>| {
            let anew = || Cashier::new(Arc::clone(&actor.deps));
            if done.is_err() {
                told::panicked();
                actor.panics = actor.panics.saturating_add(1);
            }
            actor.cashier = Some(done.unwrap_or_else(|_| anew()));
            actor.go_on(ctx);
        };
        ctx.spawn(wrap_future::<_, Self>(errand).map(come_back));
    }

    fn end(&mut self, ctx: &mut Context<Self>) {
        self.stoppers.tell("the payouts");
        ctx.stop();
    }
}

async fn errand(mut cashier: Cashier, order: Option<Waiting>) -> Cashier {
    match order {
        Some(Waiting { id, order, hand, reply }) => {
            let answer = cashier.obey(id, order, &hand).await;
            if reply.send(answer).is_err() {
                tracing::debug!("who asked for something about a payout has gone");
            }
        }
        None => {
            if let Err(error) = cashier.look().await {
                told::look_failed(&error);
            }
        }
    }
    cashier
}

impl Actor for PayoutActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(self.deps.options.mailbox);
        told::describe();
        self.poked(ctx);
    }
}

impl Handler<Tick> for PayoutActor {
    type Result = ();

    fn handle(&mut self, _: Tick, ctx: &mut Self::Context) {
        self.poked(ctx);
    }
}

impl Handler<Look> for PayoutActor {
    type Result = ();

    fn handle(&mut self, _: Look, ctx: &mut Self::Context) {
        self.poked(ctx);
    }
}

impl Handler<RetryPayout> for PayoutActor {
    type Result = ResponseFuture<Answer>;

    fn handle(&mut self, mail: RetryPayout, ctx: &mut Self::Context) -> Self::Result {
        let over_limits = mail.over_limits;
        // What follows is seen by the look after it.
        self.is_poked = true;
        self.ask(mail.id, Order::Retry { over_limits }, mail.hand, ctx)
    }
}

impl Handler<HoldPayout> for PayoutActor {
    type Result = ResponseFuture<Answer>;

    fn handle(&mut self, mail: HoldPayout, ctx: &mut Self::Context) -> Self::Result {
        self.ask(mail.id, Order::Hold, mail.hand, ctx)
    }
}

impl Handler<ReplacePayout> for PayoutActor {
    type Result = ResponseFuture<Answer>;

    fn handle(&mut self, mail: ReplacePayout, ctx: &mut Self::Context) -> Self::Result {
        self.ask(mail.id, Order::Replace, mail.hand, ctx)
    }
}

impl Handler<HowAreYou> for PayoutActor {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        let state = if self.cashier.is_some() { "idle" } else { "working" };
        let lag = self
            .waits_since
            .map_or(Duration::ZERO, |at| self.deps.clock.now().since(at));
        MessageResult(ActorHealth {
            name: format!("{NAME}:{}", self.deps.chain.id()),
            state: state.to_owned(),
            last_mail: self.last_mail,
            restarts: self.panics,
            lag_ms: u64::try_from(lag.as_millis()).unwrap_or(u64::MAX),
        })
    }
}

impl Handler<Stop> for PayoutActor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) -> Self::Result {
        let stopped = self.stoppers.wait();
        self.go_on(ctx);
        stopped
    }
}
