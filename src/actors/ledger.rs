//! The ledger's actor: the only writer of money. What arrives while a group is being written waits for the next.

mod desk;
mod facts;
mod gather;
mod group;
mod queue;
mod told;

use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, Recipient, ResponseFuture};
use domain::ledger::{Answer, PostAnswer, Request, Rules, Transfer};
use domain::settlement::Settlement;
use domain::time::Timestamp;
use futures::future::join_all;
use tokio::sync::{oneshot, watch};

use crate::actors::mail::{
    ActorHealth, HowAreYou, MailError, Post, PostAll, PostReceipt, Pulse, Raise, Recharge, RechargeReceipt, Resolve,
    Settle, SettleReceipt, Stop, Withdraw,
};
use crate::clock::Clock;
use crate::crash;
use crate::ports::store::Store;
use desk::Desk;
use gather::Gather;
use queue::{Queue, Waiting};

/// How others know it.
pub const NAME: &str = "ledger";

/// Limits of the ledger and how it decides.
#[derive(Debug, Clone, Copy)]
pub struct LedgerOptions {
    /// How it decides.
    pub rules: Rules,
    /// Requests per group, at least one.
    pub group_limit: usize,
    /// Requests that may wait.
    pub queue_limit: usize,
    /// Wait before a failed group is decided again; doubles up to `retry_max`.
    pub retry_first: Duration,
    /// Longest wait before a failed group is decided again.
    pub retry_max: Duration,
    /// How long a request may take from its arrival to its receipt.
    pub deadline: Duration,
}

/// What the ledger needs.
pub struct LedgerDeps {
    /// Where it writes.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Who is told that something is wrong.
    pub raises: Recipient<Raise>,
    /// Who is told that it is over.
    pub resolves: Recipient<Resolve>,
    /// Limits and rules.
    pub options: LedgerOptions,
    /// Becomes true when the ledger panics: the process must end, with a code that is not zero.
    pub fatal: watch::Sender<bool>,
}

/// The only writer of money.
pub struct LedgerActor {
    /// Here while nothing is being written: whoever has the desk is the one who writes (LED-0).
    desk: Option<Desk>,
    queue: Queue,
    /// Size of the group that was written last.
    last_group: usize,
    gathering: bool,
    clock: Arc<dyn Clock>,
    options: LedgerOptions,
    fatal: watch::Sender<bool>,
    last_mail: Option<Timestamp>,
    stoppers: Vec<oneshot::Sender<()>>,
    stopping: bool,
}

impl LedgerActor {
    /// A ledger that has not started.
    pub fn new(deps: LedgerDeps) -> Self {
        let queue = Queue::new(deps.options.queue_limit);
        Self {
            clock: Arc::clone(&deps.clock),
            options: deps.options,
            fatal: deps.fatal.clone(),
            desk: Some(Desk::new(deps, queue.pulses.clone())),
            queue,
            last_group: 0,
            gathering: false,
            last_mail: None,
            stoppers: Vec::new(),
            stopping: false,
        }
    }

    fn ask(&mut self, request: Request, ctx: &mut Context<Self>) -> Asked {
        self.last_mail = Some(self.clock.now());
        if self.stopping {
            return Err(MailError::Silent(NAME));
        }
        let (reply, receipt) = oneshot::channel();
        if !self.queue.push(Waiting::new(request, self.options.deadline, reply)) {
            metrics::counter!("bursar_ledger_busy_total").increment(1);
            return Err(MailError::Busy(NAME));
        }
        self.write_next(ctx);
        Ok(receipt)
    }

    /// Takes the next group to the desk, unless one is there.
    fn write_next(&mut self, ctx: &mut Context<Self>) {
        if self.queue.is_empty() || self.gathering {
            return;
        }
        let Some(mut desk) = self.desk.take() else {
            return;
        };
        let group = self.queue.take(self.options.group_limit);
        self.last_group = group.len();
        let work = async move {
            group::write(&mut desk, group).await;
            desk
        };
        ctx.spawn(wrap_future::<_, Self>(work).map(Self::written));
    }

    fn written(desk: Desk, actor: &mut Self, ctx: &mut Context<Self>) {
        assert!(actor.desk.is_none(), "LED-0: two groups were written at once");
        actor.desk = Some(desk);
        actor.queue.group_is_over();
        actor.gather(ctx);
    }

    /// Begins the next group, after a moment for those of a group of several to ask again.
    fn gather(&mut self, ctx: &mut Context<Self>) {
        if self.last_group <= 1 {
            self.write_next(ctx);
            self.stop_when_drained(ctx);
            return;
        }
        self.gathering = true;
        let expected = self.queue.len().saturating_add(self.last_group);
        let moment = Gather::until(expected.min(self.options.group_limit));
        ctx.spawn(moment.map(|(), actor: &mut Self, ctx| {
            actor.gathering = false;
            actor.write_next(ctx);
            actor.stop_when_drained(ctx);
        }));
    }

    fn stop_when_drained(&mut self, ctx: &mut Context<Self>) {
        if self.stopping && self.desk.is_some() && self.queue.is_empty() {
            for stopper in self.stoppers.drain(..) {
                if stopper.send(()).is_err() {
                    tracing::debug!("who asked the ledger to stop has gone");
                }
            }
            ctx.stop();
        }
    }
}

impl Actor for LedgerActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        // Only pokes can overflow a mailbox; each command waits in the queue, which has its own limit.
        ctx.set_mailbox_capacity(self.options.queue_limit.max(16));
        told::describe();
    }
}

impl Drop for LedgerActor {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!(
                event = crate::event::LEDGER_PANICKED,
                "the ledger panicked: the process must end"
            );
            self.fatal.send_replace(true);
        }
    }
}

/// The answer to come, or why there is none.
type Asked = Result<oneshot::Receiver<Result<Answer, MailError>>, MailError>;

/// The answer, shaped as the sender's receipt.
fn receipt<T: 'static>(asked: Asked, shape: fn(Answer) -> T) -> ResponseFuture<Result<T, MailError>> {
    Box::pin(async move {
        let answer = asked?.await.unwrap_or(Err(MailError::Silent(NAME)))?;
        Ok(shape(answer))
    })
}

impl Handler<Settle> for LedgerActor {
    type Result = ResponseFuture<Result<SettleReceipt, MailError>>;

    fn handle(&mut self, mail: Settle, ctx: &mut Self::Context) -> Self::Result {
        let asked = self.ask(Request::Settle(mail.position), ctx);
        receipt(asked, |answer| SettleReceipt {
            answer: answer.post,
            settlement: answer.settlement.unwrap_or(Settlement::NotYet),
        })
    }
}

impl Handler<Recharge> for LedgerActor {
    type Result = ResponseFuture<Result<RechargeReceipt, MailError>>;

    fn handle(&mut self, mail: Recharge, ctx: &mut Self::Context) -> Self::Result {
        let transfer = Transfer {
            reference: mail.reference,
            user: mail.user,
            purse: mail.purse,
            amount: mail.amount,
            by: mail.by,
            remark: mail.remark,
        };
        receipt(self.ask(Request::Recharge(transfer), ctx), |answer| RechargeReceipt {
            answer: answer.post,
            collected: answer.collected,
        })
    }
}

impl Handler<Withdraw> for LedgerActor {
    type Result = ResponseFuture<Result<PostAnswer, MailError>>;

    fn handle(&mut self, mail: Withdraw, ctx: &mut Self::Context) -> Self::Result {
        let transfer = Transfer {
            reference: mail.reference,
            user: mail.user,
            purse: mail.purse,
            amount: mail.amount,
            by: mail.by,
            remark: mail.remark,
        };
        receipt(self.ask(Request::Withdraw(transfer), ctx), |answer| answer.post)
    }
}

impl Handler<Post> for LedgerActor {
    type Result = ResponseFuture<Result<PostReceipt, MailError>>;

    fn handle(&mut self, mail: Post, ctx: &mut Self::Context) -> Self::Result {
        receipt(self.ask(mail.request, ctx), PostReceipt::from)
    }
}

impl Handler<PostAll> for LedgerActor {
    type Result = ResponseFuture<Vec<Result<PostReceipt, MailError>>>;

    fn handle(&mut self, mail: PostAll, ctx: &mut Self::Context) -> Self::Result {
        let asked = mail.requests.into_iter().map(|request| self.ask(request, ctx));
        let asked: Vec<Asked> = asked.collect();
        Box::pin(join_all(
            asked.into_iter().map(|asked| receipt(asked, PostReceipt::from)),
        ))
    }
}

impl Handler<Pulse> for LedgerActor {
    type Result = ResponseFuture<Result<(), MailError>>;

    fn handle(&mut self, _: Pulse, ctx: &mut Self::Context) -> Self::Result {
        crash::point("ledger.pulse");
        self.last_mail = Some(self.clock.now());
        let (reply, answer) = oneshot::channel();
        self.queue.pulses.push(reply);
        self.write_next(ctx);
        Box::pin(async move { answer.await.unwrap_or(Err(MailError::Silent(NAME))) })
    }
}

impl Handler<HowAreYou> for LedgerActor {
    type Result = actix::MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        let state = match (self.stopping, self.desk.is_some()) {
            (true, _) => "stopping",
            (false, true) => "idle",
            (false, false) => "writing",
        };
        actix::MessageResult(ActorHealth {
            name: NAME.to_owned(),
            state: state.to_owned(),
            last_mail: self.last_mail,
            restarts: 0,
            lag_ms: u64::try_from(self.queue.lag().as_millis()).unwrap_or(u64::MAX),
        })
    }
}

impl Handler<Stop> for LedgerActor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) -> Self::Result {
        let (reply, stopped) = oneshot::channel();
        self.stopping = true;
        self.stoppers.push(reply);
        self.stop_when_drained(ctx);
        // An answer that never comes is a ledger that is gone, which is what was asked for.
        Box::pin(async move { drop(stopped.await) })
    }
}
