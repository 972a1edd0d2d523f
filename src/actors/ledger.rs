//! The ledger's actor: the only writer of money. What arrives while a group is being written waits for
//! the next, which is decided meanwhile where it can be.

mod desk;
mod facts;
mod gather;
mod group;
mod press;
mod queue;
mod receive;
mod settled;
mod told;

use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context, Recipient};
use domain::ledger::{Answer, Request, Rules};
use domain::time::Timestamp;
use tokio::sync::{oneshot, watch};

use crate::actors::mail::{MailError, Raise, Resolve};
use crate::actors::stoppers::Stoppers;
use crate::clock::Clock;
use crate::ports::store::Store;
use desk::Desk;
use gather::Gather;
use group::{Decided, Group};
use press::Press;
use queue::{Queue, Waiting};
use settled::Settled;

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

impl LedgerOptions {
    /// Longest time for one attempt to decide or to commit: a store that hangs leaves time for another.
    pub(crate) fn attempt_limit(&self) -> Duration {
        self.deadline / 2
    }
}

/// The answer to come, or why there is none.
type Asked = Result<oneshot::Receiver<Result<Answer, MailError>>, MailError>;

/// The only writer of money. While one group is committed the next may be decided.
pub struct LedgerActor {
    /// Here unless a group is being decided.
    desk: Option<Desk>,
    /// Here unless a group is being committed: whoever has the press is the one who writes (LED-0).
    press: Option<Press>,
    /// Decided while the press was away.
    ready: Option<Decided>,
    /// Groups that failed, or were decided on one that failed.
    failed: Vec<Group>,
    queue: Queue,
    /// What the group that was taken last settles.
    last_group: Settled,
    gathering: bool,
    clock: Arc<dyn Clock>,
    options: LedgerOptions,
    fatal: watch::Sender<bool>,
    last_mail: Option<Timestamp>,
    stoppers: Stoppers,
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
            press: Some(Press::new(&deps)),
            desk: Some(Desk::new(deps, queue.pulses.clone())),
            ready: None,
            failed: Vec::new(),
            queue,
            last_group: Settled::default(),
            gathering: false,
            last_mail: None,
            stoppers: Stoppers::default(),
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
        self.decide_next(ctx);
        Ok(receipt)
    }

    /// Takes the next group to the desk, unless one is there.
    fn decide_next(&mut self, ctx: &mut Context<Self>) {
        if !self.may_decide() {
            return;
        }
        let Some(mut desk) = self.desk.take() else {
            return;
        };
        let group = self.queue.take(self.options.group_limit);
        self.last_group = Settled::by(group.iter().map(|waiting| &waiting.request));
        let work = async move {
            let decided = group::decide(&mut desk, group).await;
            (desk, decided)
        };
        ctx.spawn(wrap_future::<_, Self>(work).map(Self::decided));
    }

    /// While a group is being committed, only a whole group that has nothing to do with it. Looking through the queue for
    /// that comes last: it is done for each request that arrives.
    fn may_decide(&self) -> bool {
        if self.desk.is_none()
            || self.queue.is_empty()
            || self.gathering
            || self.ready.is_some()
            || !self.failed.is_empty()
        {
            return false;
        }
        let limit = self.options.group_limit;
        self.press.is_some() || (self.queue.len() >= limit && self.last_group.is_apart_from(self.queue.next(limit)))
    }

    fn decided((desk, decided): (Desk, Result<Decided, Group>), actor: &mut Self, ctx: &mut Context<Self>) {
        actor.desk = Some(desk);
        match decided {
            Ok(decided) if actor.failed.is_empty() => actor.ready = Some(decided),
            // It was decided on what was not committed after all.
            Ok(void) => actor.failed.push(void.group),
            Err(group) => actor.failed.push(group),
        }
        actor.go_on(ctx);
    }

    /// Takes what is ready to the press, unless it is away, and then the next group to the desk.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        if !self.failed.is_empty() {
            return self.write_again(ctx);
        }
        if let Some(decided) = self.ready.take_if(|_| self.press.is_some())
            && let Some(mut press) = self.press.take()
        {
            let work = async move {
                let committed = group::commit(&mut press, decided).await;
                (press, committed)
            };
            ctx.spawn(wrap_future::<_, Self>(work).map(Self::committed));
        }
        self.decide_next(ctx);
        self.stop_when_drained(ctx);
    }

    fn committed((press, committed): (Press, Result<(), Group>), actor: &mut Self, ctx: &mut Context<Self>) {
        assert!(actor.press.is_none(), "LED-0: two groups were written at once");
        actor.press = Some(press);
        match committed {
            Ok(()) => {
                actor.queue.group_is_over();
                actor.desk.iter_mut().for_each(Desk::trust);
                actor.gather(ctx);
            }
            Err(group) => {
                actor.failed.insert(0, group);
                actor.failed.extend(actor.ready.take().map(|void| void.group));
                actor.go_on(ctx);
            }
        }
    }

    /// Writes what failed, once nothing else is under way.
    fn write_again(&mut self, ctx: &mut Context<Self>) {
        if self.desk.is_none() || self.press.is_none() {
            return;
        }
        let (Some(mut desk), Some(mut press)) = (self.desk.take(), self.press.take()) else {
            return;
        };
        let groups = std::mem::take(&mut self.failed);
        let work = async move {
            group::write_again(&mut desk, &mut press, groups).await;
            (desk, press)
        };
        ctx.spawn(
            wrap_future::<_, Self>(work).map(|(desk, press), actor: &mut Self, ctx| {
                assert!(actor.press.is_none(), "LED-0: two groups were written at once");
                (actor.desk, actor.press) = (Some(desk), Some(press));
                actor.queue.all_are_over();
                actor.gather(ctx);
            }),
        );
    }

    /// Goes on, after a moment for those of a group of several to ask again where nothing else waits for the press.
    fn gather(&mut self, ctx: &mut Context<Self>) {
        if self.last_group.size <= 1 || self.ready.is_some() || self.desk.is_none() {
            return self.go_on(ctx);
        }
        self.gathering = true;
        let expected = self.queue.len().saturating_add(self.last_group.size);
        let moment = Gather::until(expected.min(self.options.group_limit));
        ctx.spawn(moment.map(|(), actor: &mut Self, ctx| {
            actor.gathering = false;
            actor.go_on(ctx);
        }));
    }

    fn stop_when_drained(&mut self, ctx: &mut Context<Self>) {
        let idle = self.desk.is_some() && self.press.is_some() && self.ready.is_none();
        if self.stopping && idle && self.queue.is_empty() {
            self.stoppers.tell("the ledger");
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
