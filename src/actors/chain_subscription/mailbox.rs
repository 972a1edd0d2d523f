//! What a subscription's actor is sent.

use actix::{ActorContext, Context, Handler, MessageResult, ResponseFuture};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::ChainSubscriptionActor;
use crate::actors::mail::{ActorHealth, HowAreYou, Look, MailError, ResumeSubscription, Stop, Tick};

impl Handler<Look> for ChainSubscriptionActor {
    type Result = ();

    fn handle(&mut self, _: Look, ctx: &mut Context<Self>) {
        self.last_mail = Some(self.deps.clock.now());
        self.look(ctx);
    }
}

impl Handler<Tick> for ChainSubscriptionActor {
    type Result = ();

    fn handle(&mut self, _: Tick, ctx: &mut Context<Self>) {
        self.last_mail = Some(self.deps.clock.now());
        if self.again || Instant::now() >= self.due_at {
            self.look(ctx);
        }
    }
}

impl Handler<ResumeSubscription> for ChainSubscriptionActor {
    type Result = ResponseFuture<Result<String, MailError>>;

    fn handle(&mut self, mail: ResumeSubscription, ctx: &mut Context<Self>) -> Self::Result {
        self.last_mail = Some(self.deps.clock.now());
        let (waiter, answer) = oneshot::channel();
        self.resumes.push((mail, waiter));
        self.begin(ctx);
        Box::pin(async move { answer.await.unwrap_or(Err(MailError::Silent("chain_subscription"))) })
    }
}

impl Handler<HowAreYou> for ChainSubscriptionActor {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Context<Self>) -> Self::Result {
        let sight = self.deps.sights.of(self.deps.listing.subscription);
        let state = match (&sight, self.failures) {
            (Some(sight), _) if sight.halted.is_some() => "halted",
            (_, 1..) => "failing",
            (Some(sight), 0) if sight.is_ready => "following",
            (Some(_) | None, 0) => "catching_up",
        };
        let waits = if self.again { self.ended_at } else { None };
        MessageResult(ActorHealth {
            name: format!("subscription:{}", self.deps.listing.subscription),
            state: state.to_owned(),
            last_mail: self.last_mail,
            restarts: 0,
            lag_ms: waits.map_or(0, |at| u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX)),
        })
    }
}

impl Handler<Stop> for ChainSubscriptionActor {
    type Result = ();

    /// Ends at once: a page is on record whole or not at all, and the next life goes on at the cursor.
    fn handle(&mut self, _: Stop, ctx: &mut Context<Self>) {
        ctx.stop();
    }
}
