//! The keeper of subscriptions: one living actor for each, whatever happens to the others.

mod seat;
mod told;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorContext, AsyncContext, Context, Handler, MessageResult, Recipient, ResponseFuture};
use domain::id::SubscriptionId;
use domain::time::Timestamp;
use futures::future::join_all;
use tokio::time::Instant;

use crate::actors::chain_subscription::{SubscriptionBirth, SubscriptionChild};
use crate::actors::mail::{
    ActorHealth, HowAreYou, Left, ListChildren, Look, MailError, Raise, Resolve, ResumeSubscription, Stop, Tick,
};
use crate::actors::spawn::{poke, tick};
use crate::actors::supervisor::CrashRules;
use crate::clock::Clock;
use seat::{Seat, Standing};

/// How others know it.
pub const NAME: &str = "chain_keeper";
/// Mails that may wait.
const MAILBOX: usize = 256;
/// How often it looks for what is to be spawned.
const TICK: Duration = Duration::from_millis(250);
/// How long a child may take to say how it is.
const ANSWER_WITHIN: Duration = Duration::from_millis(500);

/// Makes a subscription's actor and starts it.
pub type SubscriptionFactory = Box<dyn Fn(SubscriptionBirth) -> SubscriptionChild>;

/// What the keeper needs.
pub struct KeeperDeps {
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Makes children.
    pub factory: SubscriptionFactory,
    /// Which subscriptions are kept.
    pub subscriptions: Vec<SubscriptionId>,
    /// How crashes are answered.
    pub crashes: CrashRules,
    /// Longest wait for what a resume finds.
    pub resume_deadline: Duration,
    /// Who is told that something is wrong.
    pub raises: Recipient<Raise>,
    /// Who is told that it is over.
    pub resolves: Recipient<Resolve>,
}

/// Keeps subscriptions alive.
pub struct ChainKeeperActor {
    deps: KeeperDeps,
    seats: BTreeMap<SubscriptionId, Seat>,
    last_mail: Option<Timestamp>,
}

impl ChainKeeperActor {
    /// A keeper that has not started.
    pub fn new(deps: KeeperDeps) -> Self {
        let seats = deps.subscriptions.iter().map(|id| (*id, Seat::new())).collect();
        Self {
            deps,
            seats,
            last_mail: None,
        }
    }

    /// Spawns what is due.
    fn spawn_due(&mut self, ctx: &mut Context<Self>) {
        let now = Instant::now();
        for (id, seat) in &mut self.seats {
            if !seat.is_due(now) {
                continue;
            }
            let child = (self.deps.factory)(SubscriptionBirth {
                subscription: *id,
                generation: seat.next_generation(),
                exits: ctx.address().recipient(),
            });
            seat.is_born(child);
        }
        told::measure(self.seats.values());
    }

    fn take_exit(&mut self, left: Left) {
        let Some(seat) = self.seats.get_mut(&left.subscription) else {
            return;
        };
        if !seat.left(left.generation, &self.deps.crashes, Instant::now()) {
            return;
        }
        told::crash(left.subscription, seat, left.panicked);
        if let Standing::Quarantined = seat.standing {
            told::quarantine(&self.deps, left.subscription, seat.restarts);
        }
    }

    /// A child whose end was not told, because its mail was lost, ended all the same.
    fn find_gone(&mut self) {
        let gone = self.seats.iter().filter_map(|(id, seat)| match &seat.standing {
            Standing::Alive(child) if !child.stop.connected() => Some(Left {
                subscription: *id,
                generation: seat.generation,
                panicked: true,
            }),
            _ => None,
        });
        for left in gone.collect::<Vec<_>>() {
            self.take_exit(left);
        }
    }
}

impl Actor for ChainKeeperActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        told::describe();
        drop(tick(ctx.address().recipient(), TICK));
        self.spawn_due(ctx);
    }
}

impl Handler<Tick> for ChainKeeperActor {
    type Result = ();

    fn handle(&mut self, _: Tick, ctx: &mut Self::Context) {
        self.last_mail = Some(self.deps.clock.now());
        self.find_gone();
        self.spawn_due(ctx);
    }
}

impl Handler<Left> for ChainKeeperActor {
    type Result = ();

    fn handle(&mut self, left: Left, _: &mut Self::Context) {
        self.take_exit(left);
    }
}

impl Handler<Look> for ChainKeeperActor {
    type Result = ();

    fn handle(&mut self, _: Look, _: &mut Self::Context) {
        for seat in self.seats.values() {
            if let Standing::Alive(child) = &seat.standing {
                poke(&child.look, Look);
            }
        }
    }
}

impl Handler<ResumeSubscription> for ChainKeeperActor {
    type Result = ResponseFuture<Result<String, MailError>>;

    fn handle(&mut self, mail: ResumeSubscription, ctx: &mut Self::Context) -> Self::Result {
        let id = mail.subscription;
        let Some(seat) = self.seats.get_mut(&id) else {
            let words = format!("there is no subscription {id}");
            return Box::pin(async move { Err(MailError::Failed(words)) });
        };
        if seat.pardon() {
            told::pardon(&self.deps, id);
            self.spawn_due(ctx);
        }
        let child = self.seats.get(&id).and_then(|seat| match &seat.standing {
            Standing::Alive(child) => Some(child.resume.clone()),
            _ => None,
        });
        let deadline = self.deps.resume_deadline;
        Box::pin(async move {
            let child = child.ok_or(MailError::Silent("subscription"))?;
            match tokio::time::timeout(deadline, child.send(mail)).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) | Err(_) => Err(MailError::Silent("subscription")),
            }
        })
    }
}

impl Handler<ListChildren> for ChainKeeperActor {
    type Result = ResponseFuture<Vec<ActorHealth>>;

    fn handle(&mut self, _: ListChildren, _: &mut Self::Context) -> Self::Result {
        let children = self.seats.iter().map(|(id, seat)| {
            let said = seat.health(*id);
            let health = match &seat.standing {
                Standing::Alive(child) => Some(child.health.clone()),
                _ => None,
            };
            async move {
                let Some(health) = health else {
                    return said;
                };
                match tokio::time::timeout(ANSWER_WITHIN, health.send(HowAreYou)).await {
                    Ok(Ok(answer)) => ActorHealth {
                        restarts: said.restarts,
                        ..answer
                    },
                    Ok(Err(_)) | Err(_) => ActorHealth {
                        state: "silent".to_owned(),
                        ..said
                    },
                }
            }
        });
        Box::pin(join_all(children.collect::<Vec<_>>()))
    }
}

impl Handler<HowAreYou> for ChainKeeperActor {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        MessageResult(ActorHealth {
            name: NAME.to_owned(),
            state: "running".to_owned(),
            last_mail: self.last_mail,
            restarts: 0,
            lag_ms: 0,
        })
    }
}

impl Handler<Stop> for ChainKeeperActor {
    type Result = ();

    /// Stops every child and then itself: what they were about to write is on record whole or not at all.
    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) {
        for (id, seat) in &self.seats {
            if let Standing::Alive(child) = &seat.standing
                && let Err(error) = child.stop.try_send(Stop)
            {
                tracing::debug!(subscription.id = %id, %error, "subscription {id} could not be asked to stop");
            }
        }
        ctx.stop();
    }
}
