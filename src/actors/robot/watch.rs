//! A robot's place at the tape of its market: it reads by itself what is new, and feeds its strategy with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix::WeakAddr;
use domain::market::{Side, Tick};
use domain::position::Exits;
use domain::robot::{RiskPreference, Robot, Strategy};
use domain::strategy::{Breakout, MarketState, Template};

use super::RobotActor;
use super::deps::RobotDeps;
use super::market::Market;
use crate::actors::mail::Look;
use crate::ports::market::ReaderId;

const MINUTE: i64 = 60_000;

/// A direction that the strategy has just given, with the exits of the template that gave it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signal {
    pub(super) side: Side,
    pub(super) exits: Exits,
    pub(super) state: MarketState,
}

/// A reader of a tape. Stops reading when it is dropped.
pub(super) struct Watch {
    market: Market,
    reader: ReaderId,
    seen: u64,
    strategy: Strategy,
    breakout: Breakout,
    /// The minute for which the market's state is known, and the state.
    state: Option<(i64, MarketState)>,
    /// A poke is on its way; the next tick needs no other.
    poked: Arc<AtomicBool>,
}

impl Watch {
    /// Reads what the tape kept, which gives no signals, and is woken by every tick from now on.
    pub(super) fn new(market: Market, robot: &Robot, deps: &RobotDeps, to: WeakAddr<RobotActor>) -> Self {
        let poked = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&poked);
        let reader = market.tape.subscribe(Arc::new(move || wake(&to, &flag)));
        let mut watch = Self {
            breakout: fresh(&robot.strategy),
            strategy: robot.strategy.clone(),
            market,
            reader,
            seen: 0,
            state: None,
            poked,
        };
        // What was given before this robot looked is past: it counts as given, and opens nothing.
        if watch.read(robot, deps).is_some() {
            tracing::debug!(robot.id = %robot.id, "a signal of the past was passed over");
        }
        watch
    }

    /// Reads what is new; the last direction that it gave, if any.
    pub(super) fn read(&mut self, robot: &Robot, deps: &RobotDeps) -> Option<Signal> {
        self.poked.store(false, Ordering::Release);
        if self.strategy != robot.strategy {
            self.strategy = robot.strategy.clone();
            self.breakout = fresh(&robot.strategy);
            self.seen = 0;
            let passed = self.advance(robot.risk, deps);
            tracing::debug!(robot.id = %robot.id, passed = passed.is_some(), "strategy changed");
            return None;
        }
        self.advance(robot.risk, deps)
    }

    /// The market whose tape it reads.
    pub(super) fn market(&self) -> Market {
        self.market.clone()
    }

    /// The last tick.
    pub(super) fn last(&self) -> Option<Tick> {
        self.market.tape.last()
    }

    fn advance(&mut self, risk: RiskPreference, deps: &RobotDeps) -> Option<Signal> {
        let last = self.last()?;
        let state = self.state_at(last.at.0.div_euclid(MINUTE), deps);
        let Template { threshold, exits } = *deps.rules.templates.of(state, risk);
        let mut given = None;
        let breakout = &mut self.breakout;
        self.seen = self.market.tape.since(self.seen, |tick| {
            given = breakout.take(tick, threshold).or(given);
        });
        given.map(|side| Signal { side, exits, state })
    }

    fn state_at(&mut self, minute: i64, deps: &RobotDeps) -> MarketState {
        match self.state {
            Some((at, state)) if at == minute => state,
            _ => {
                let state = deps.shared.market_state(&self.market, minute, &deps.rules.classifier);
                self.state = Some((minute, state));
                state
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.market.tape.unsubscribe(self.reader);
    }
}

fn fresh(strategy: &Strategy) -> Breakout {
    match strategy {
        Strategy::WindowBreakout { window_seconds } => Breakout::new(*window_seconds),
    }
}

/// Sends one poke for any number of ticks. One that finds the mailbox full is tried again with the next tick.
fn wake(to: &WeakAddr<RobotActor>, poked: &AtomicBool) {
    if poked.swap(true, Ordering::AcqRel) {
        return;
    }
    let sent = to.upgrade().is_some_and(|robot| robot.try_send(Look).is_ok());
    if !sent {
        poked.store(false, Ordering::Release);
    }
}
