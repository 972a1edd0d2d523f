//! A robot's actor: it looks at prices and rows, asks the domain what to do, and runs one errand at a time.

mod close;
mod deps;
mod mailbox;
mod market;
mod open;
mod outside;
mod peak;
mod reserve;
mod rows;
mod submit;
mod watch;

use std::sync::Arc;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Context, Recipient};
use domain::fixed::Amount;
use domain::robot::decide::{self, Asked, Step, View};
use domain::time::Timestamp;
use domain::venue::VenueName;
use tokio::time::Instant;

use crate::actors::mail::{Exited, Look, MailError, RowsChanged, SyncNow};
use crate::actors::spawn::{Birth, Child, Generation, poke};
use crate::actors::stoppers::Stoppers;
use crate::event;
use close::{Closing, Request};
pub use deps::{RobotDeps, RobotRules, Shared};
use market::Market;
pub use outside::close_outside;
use peak::Peaked;
pub use reserve::{HoldMode, HoldRules};
use rows::Rows;
use watch::{Signal, Watch};

const NAME: &str = "robot";

/// One robot.
pub struct RobotActor {
    deps: Arc<RobotDeps>,
    generation: Generation,
    exits: Recipient<Exited>,
    rows: Rows,
    /// `None` until its market was found.
    watch: Option<Watch>,
    /// Highest profit seen since arming; the one on record may be a step lower.
    peak: Option<Amount>,
    request: Request,
    /// An errand is in flight; what arrives meanwhile is remembered as one look.
    is_busy: bool,
    waits_since: Option<Timestamp>,
    /// After something did not answer, nothing is tried before this.
    rests_until: Option<Instant>,
    rows_changed: bool,
    last_mail: Option<Timestamp>,
    stoppers: Stoppers,
    is_stopping: bool,
}

/// What an errand brings back.
enum Errand {
    /// Rows were read (`None`: the robot is gone), and the market was found when it was wanted.
    Read(Option<Box<Rows>>, Option<Market>),
    /// Something could not be read.
    Blind,
    /// A peak was to be put on record.
    Peaked(Peaked),
    /// An open was tried.
    Opened,
    /// A close was tried.
    Closed(Closing),
}

impl RobotActor {
    /// Starts a robot.
    pub fn spawn(deps: Arc<RobotDeps>, birth: Birth) -> Child {
        let robot = Self::new(deps, birth).start();
        Child {
            look: robot.clone().recipient(),
            rows_changed: robot.clone().recipient(),
            close: robot.clone().recipient(),
            health: robot.clone().recipient(),
            stop: robot.recipient(),
        }
    }

    fn new(deps: Arc<RobotDeps>, birth: Birth) -> Self {
        Self {
            deps,
            generation: birth.generation,
            exits: birth.exits,
            rows: Rows::of(birth.robot),
            watch: None,
            peak: None,
            request: Request::default(),
            is_busy: false,
            waits_since: None,
            rests_until: None,
            rows_changed: true,
            last_mail: None,
            stoppers: Stoppers::default(),
            is_stopping: false,
        }
    }

    fn take_mail(&mut self) {
        self.last_mail = Some(self.deps.clock.now());
    }

    /// Looks, now or as soon as the errand in flight is over.
    fn look(&mut self, ctx: &mut Context<Self>) {
        if self.is_busy || self.rests() {
            self.waits_since.get_or_insert(self.deps.clock.now());
            return;
        }
        self.waits_since = None;
        if self.rows_changed {
            return self.read_rows(ctx);
        }
        let seen_at = Instant::now();
        let signal = self
            .watch
            .as_mut()
            .and_then(|watch| watch.read(&self.rows.robot, &self.deps));
        self.answer_request();
        match decide::next(&self.view(signal), &self.deps.rules.exit) {
            Ok(step) => self.take(step, signal, seen_at, ctx),
            Err(error) => {
                tracing::error!(event = event::ROBOT_BLIND, robot.id = %self.rows.robot.id, %error,
                    "robot {} cannot decide: {error}", self.rows.robot.id);
            }
        }
    }

    fn view(&self, signal: Option<Signal>) -> View<'_> {
        let last = self.watch.as_ref().and_then(Watch::last);
        View {
            robot: &self.rows.robot,
            position: self.rows.position.as_deref(),
            orders: &self.rows.orders,
            price: last.map(|tick| tick.price),
            signal: signal.map(|signal| signal.side),
            peak: self.peak,
            requested: self.request.reason(),
            close_not_before: self.request.not_before(),
            now: self.deps.clock.now(),
        }
    }

    /// Tells those who asked for a close what is to be told before it is tried.
    fn answer_request(&mut self) {
        if self.request.reason().is_none() {
            return;
        }
        let nothing = |why: &str| Err(MailError::Failed(format!("robot {} {why}", self.rows.robot.id)));
        if let Some(venue) = self.missing_venue() {
            let answer = nothing(&format!("cannot close: {venue} is not switched on"));
            self.request.answer(&answer);
            return self.request.is_over();
        }
        match decide::asked(self.rows.position.as_deref()) {
            Asked::Close => {}
            Asked::IsClosing => self.request.answer(&Ok(())),
            Asked::IsOpening => {
                let answer = nothing("is still opening its position");
                self.request.answer(&answer);
                self.request.is_over();
            }
            Asked::HoldsNothing => {
                let answer = nothing("holds no position");
                self.request.answer(&answer);
                self.request.is_over();
            }
        }
    }

    fn take(&mut self, step: Step, signal: Option<Signal>, seen_at: Instant, ctx: &mut Context<Self>) {
        let deps = Arc::clone(&self.deps);
        match (step, signal, self.rows.position.clone(), &self.watch) {
            (Step::Wait(peak), ..) => {
                self.peak = peak;
                // A close that waits for its back-off or for an earlier order is on its way.
                self.request.answer(&Ok(()));
            }
            (Step::Open(_), Some(signal), _, Some(watch)) => {
                let robot = self.rows.robot.clone();
                let market = watch.market();
                self.run(ctx, async move {
                    open::open(&deps, &robot, signal, &market, seen_at).await;
                    Errand::Opened
                });
            }
            (Step::Peak(peak), _, Some(position), _) => {
                self.peak = Some(peak);
                self.run(ctx, async move {
                    Errand::Peaked(peak::record(&deps, &position, peak).await)
                });
            }
            (Step::Close(reason), _, Some(position), _) => {
                self.run(ctx, async move {
                    Errand::Closed(close::close(&deps, &position, reason, seen_at).await)
                });
            }
            (Step::Open(_) | Step::Peak(_) | Step::Close(_), ..) => {}
        }
    }

    fn read_rows(&mut self, ctx: &mut Context<Self>) {
        self.rows_changed = false;
        let deps = Arc::clone(&self.deps);
        let (robot, account) = (self.rows.robot.id, self.rows.robot.account);
        let (venue, wants_market) = (self.rows.venue, self.watch.is_none());
        self.run(ctx, async move {
            let blind = |error: &(dyn std::error::Error + 'static)| {
                tracing::warn!(event = event::ROBOT_BLIND, robot.id = %robot, error, "robot {robot} cannot look: {error}");
            };
            let rows = match Rows::read(deps.store.as_ref(), robot, account, venue).await {
                Ok(Some(rows)) => rows,
                Ok(None) => return Errand::Read(None, None),
                Err(error) => {
                    blind(&error);
                    return Errand::Blind;
                }
            };
            let market = match wants_market {
                true => Market::find(&deps, &rows).await,
                false => Ok(None),
            };
            let market = market.unwrap_or_else(|error| {
                blind(&error);
                None
            });
            Errand::Read(Some(Box::new(rows)), market)
        });
    }

    /// The venue of its account, when that is not switched on. Until the daemon is started with it the robot holds its place.
    fn missing_venue(&self) -> Option<VenueName> {
        self.rows.venue.filter(|venue| !self.deps.venues.contains_key(venue))
    }

    fn run(&mut self, ctx: &mut Context<Self>, errand: impl Future<Output = Errand> + 'static) {
        self.is_busy = true;
        ctx.spawn(wrap_future::<_, Self>(errand).map(Self::come_back));
    }

    fn come_back(errand: Errand, robot: &mut Self, ctx: &mut Context<Self>) {
        robot.is_busy = false;
        if robot.is_stopping {
            return robot.end(ctx);
        }
        match errand {
            Errand::Read(None, _) => return robot.end(ctx),
            Errand::Read(Some(rows), market) => robot.hold(*rows, market, ctx),
            Errand::Blind => robot.rest(ctx),
            Errand::Peaked(Peaked::Recorded(position)) => robot.rows.position = Some(position),
            Errand::Peaked(Peaked::Overtaken) => robot.rows_changed = true,
            Errand::Peaked(Peaked::NotRecorded) => robot.rest(ctx),
            Errand::Opened => robot.rows_changed = true,
            Errand::Closed(closing) => robot.closed(closing, ctx),
        }
        robot.look(ctx);
    }

    /// Holds the rows that were read, and reads the tape of the market that was found.
    fn hold(&mut self, rows: Rows, market: Option<Market>, ctx: &mut Context<Self>) {
        let recorded = rows.position.as_ref().and_then(|position| position.peak);
        if rows.holds() == self.rows.holds() {
            self.peak = self.peak.max(recorded);
        } else {
            self.peak = recorded;
            self.request.is_over();
        }
        let is_new_there = self.rows.venue.is_none();
        self.rows = rows;
        self.ask_for_unconfirmed();
        match (market, self.missing_venue()) {
            (Some(market), _) => {
                let to = ctx.address().downgrade();
                self.watch = Some(Watch::new(market, &self.rows.robot, &self.deps, to));
            }
            (None, Some(venue)) if is_new_there => {
                let robot = self.rows.robot.id;
                tracing::error!(event = event::ROBOT_WITHOUT_VENUE, robot.id = %robot, %venue,
                    "robot {robot} trades at {venue}, which is not switched on: it does nothing");
            }
            (None, None) if self.watch.is_none() => {
                ctx.notify_later(RowsChanged, self.deps.rules.retry);
            }
            (None, _) => {}
        }
    }

    /// Whoever wrote an order that is not confirmed may have been unable to say so: it crashed, or did not know
    /// whether it had written.
    fn ask_for_unconfirmed(&self) {
        if self.rows.orders.iter().any(|order| order.state.is_unconfirmed()) {
            let account = self.rows.robot.account;
            poke(&self.deps.sync_now, SyncNow { account });
        }
    }

    fn closed(&mut self, closing: Closing, ctx: &mut Context<Self>) {
        self.rows_changed = true;
        match closing {
            Closing::Sent => self.request.answer(&Ok(())),
            Closing::Overtaken => {}
            Closing::Refused(why) => {
                let delay = self.request.back_off(&self.deps.rules, self.deps.clock.now());
                ctx.notify_later(Look, delay);
                let why = format!("the venue refused ({why}); it is tried again");
                self.request.answer(&Err(MailError::Failed(why)));
            }
            Closing::NotSent(why) => {
                self.request
                    .answer(&Err(MailError::Failed(format!("{why}; it is tried again"))));
                self.rest(ctx);
            }
        }
    }

    /// Tries nothing for a while, then reads everything anew.
    fn rest(&mut self, ctx: &mut Context<Self>) {
        let retry = self.deps.rules.retry;
        self.rests_until = Some(Instant::now() + retry);
        ctx.notify_later(RowsChanged, retry);
    }

    fn rests(&self) -> bool {
        self.rests_until.is_some_and(|until| Instant::now() < until)
    }

    fn end(&mut self, ctx: &mut Context<Self>) {
        self.stoppers.tell("a robot");
        ctx.stop();
    }
}

impl Actor for RobotActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(self.deps.rules.mailbox);
        self.look(ctx);
    }
}

impl Drop for RobotActor {
    fn drop(&mut self) {
        let exited = Exited {
            robot: self.rows.robot.id,
            generation: self.generation.0,
            panicked: std::thread::panicking(),
        };
        if let Err(error) = self.exits.try_send(exited) {
            // Its tick finds the child gone anyway.
            tracing::debug!(%error, "the supervisor was not told of an end");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RobotActor;

    #[test]
    fn ten_thousand_robots_are_ten_megabytes_of_actors() {
        assert!(size_of::<RobotActor>() <= 1_024, "{} bytes", size_of::<RobotActor>());
    }
}
