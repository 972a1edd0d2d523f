//! The actor of a subscription: it reads the confirmed logs of one vault and puts each on record once, with how far it has read.

mod clerk;
mod course;
mod deps;
mod mailbox;
mod reader;
mod resume;
mod scan;
mod sights;
mod standing;
mod told;
mod trouble;

use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, AsyncContext, Context, Recipient};
use domain::time::Timestamp;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::actors::mail::{Left, Look, MailError, ResumeSubscription};
use crate::actors::spawn::{Generation, poke, tick};
use course::Course;
pub use deps::{FollowDeps, FollowOptions, SubscriptionBirth, SubscriptionChild};
pub use sights::{ChainSight, ChainSights};
use trouble::Trouble;

/// How often it looks whether a look is due, unless looks are to be more frequent.
const TICK: Duration = Duration::from_millis(500);
/// Mails that may wait; pokes are empty, so that few are enough.
const MAILBOX: usize = 64;

/// An operator's word to go on, and who waits for what became of it.
type Resuming = (ResumeSubscription, oneshot::Sender<Result<String, MailError>>);

/// Follows one vault's logs.
pub struct ChainSubscriptionActor {
    deps: FollowDeps,
    generation: Generation,
    exits: Recipient<Left>,
    /// Here unless a look is on its way.
    course: Option<Course>,
    /// Somebody poked while a look was on its way.
    again: bool,
    resumes: Vec<Resuming>,
    /// When the last look ended, and when the next one is due without a poke.
    ended_at: Option<Instant>,
    due_at: Instant,
    /// Looks in a row that failed.
    failures: u32,
    last_mail: Option<Timestamp>,
}

impl ChainSubscriptionActor {
    /// Starts one.
    pub fn spawn(deps: FollowDeps, birth: SubscriptionBirth) -> SubscriptionChild {
        let actor = Self {
            course: Some(Course::new(deps.clone())),
            deps,
            generation: birth.generation,
            exits: birth.exits,
            again: false,
            resumes: Vec::new(),
            ended_at: None,
            due_at: Instant::now(),
            failures: 0,
            last_mail: None,
        };
        let actor = actor.start();
        SubscriptionChild {
            look: actor.clone().recipient(),
            resume: actor.clone().recipient(),
            health: actor.clone().recipient(),
            stop: actor.recipient(),
        }
    }

    /// Looks, unless a look is on its way or the last failure is too fresh.
    fn look(&mut self, ctx: &mut Context<Self>) {
        let first = self.deps.options.retry_first;
        let is_fresh = self.ended_at.is_some_and(|at| at.elapsed() < first);
        if self.course.is_none() || (self.failures > 0 && is_fresh) {
            self.again = true;
            return;
        }
        self.begin(ctx);
    }

    fn begin(&mut self, ctx: &mut Context<Self>) {
        let Some(mut course) = self.course.take() else {
            return;
        };
        self.again = false;
        let resumes = std::mem::take(&mut self.resumes);
        let work = async move {
            for (mail, waiter) in resumes {
                if waiter.send(course.resume(&mail).await).is_err() {
                    tracing::debug!("who resumed a subscription has gone");
                }
            }
            let looked = course.look().await;
            (course, looked)
        };
        ctx.spawn(wrap_future::<_, Self>(work).map(Self::looked));
    }

    fn looked((mut course, looked): (Course, Result<(), Trouble>), actor: &mut Self, ctx: &mut Context<Self>) {
        let options = &actor.deps.options;
        let wait = match &looked {
            Ok(()) if actor.deps.chain.is_heard() => options.audit_every,
            Ok(()) => options.look_every,
            Err(_) => {
                let doubled = options.retry_first.saturating_mul(2_u32.saturating_pow(actor.failures));
                doubled.min(options.retry_max)
            }
        };
        actor.failures = if looked.is_ok() {
            0
        } else {
            actor.failures.saturating_add(1)
        };
        course.tell(&looked, actor.failures);
        let now = Instant::now();
        (actor.ended_at, actor.due_at) = (Some(now), now + wait);
        actor.course = Some(course);
        if !actor.resumes.is_empty() || (actor.again && actor.failures == 0) {
            actor.begin(ctx);
        }
    }
}

impl Actor for ChainSubscriptionActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        told::describe();
        let look: Recipient<Look> = ctx.address().recipient();
        let wake = std::sync::Arc::new(move || poke(&look, Look));
        self.deps.chain.heed(self.deps.listing.vault, wake);
        drop(tick(ctx.address().recipient(), TICK.min(self.deps.options.look_every)));
        self.begin(ctx);
    }
}

impl Drop for ChainSubscriptionActor {
    fn drop(&mut self) {
        self.deps.chain.forget(self.deps.listing.vault);
        let left = Left {
            subscription: self.deps.listing.subscription,
            generation: self.generation.0,
            panicked: std::thread::panicking(),
        };
        poke(&self.exits, left);
    }
}
