//! What a robot does next, given its rows and the price.

use crate::exit::{self, ExitDecision, ExitRules};
use crate::fixed::{Amount, NumberError, Price};
use crate::market::Side;
use crate::order::{Order, Purpose};
use crate::position::{CloseReason, Position, PositionState};
use crate::robot::{Robot, Wanted};
use crate::time::Timestamp;

/// What a robot sees when it looks.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The robot.
    pub robot: &'a Robot,
    /// Its position that is not final.
    pub position: Option<&'a Position>,
    /// Its orders that are not final.
    pub orders: &'a [Order],
    /// The last price, however old.
    pub price: Option<Price>,
    /// A direction that its strategy has just given.
    pub signal: Option<Side>,
    /// The highest profit seen since the take-profit armed.
    pub peak: Option<Amount>,
    /// A close that somebody asked for.
    pub requested: Option<CloseReason>,
    /// When a refused close may be tried again.
    pub close_not_before: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
}

/// What a robot does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing; the highest profit seen since arming is this one.
    Wait(Option<Amount>),
    /// Try to open.
    Open(Side),
    /// Put this peak on record.
    Peak(Amount),
    /// Close.
    Close(CloseReason),
}

/// Decides.
///
/// Flat: a signal opens, when the robot is to run, opens by itself and has no order under way. Opening or closing: the sync
/// moves it on. Open: a requested close is done without a price and even where the robot does not close by
/// itself; its exits are decided at the last price, however old it is, because an old price still protects
/// better than none; without any price they are not decided. A close waits for an earlier closing order to
/// end and for its back-off, never for an opening order.
pub fn next(view: &View<'_>, rules: &ExitRules) -> Result<Step, NumberError> {
    let Some(position) = view.position else {
        return Ok(open(view));
    };
    match position.state {
        PositionState::Open => {}
        PositionState::Opening | PositionState::Closing { .. } => return Ok(Step::Wait(view.peak)),
        PositionState::Closed { .. } | PositionState::Abandoned { .. } => return Ok(open(view)),
    }
    let closes = |order: &Order| order.purpose == Purpose::Close && !order.state.is_final();
    let is_early = view.close_not_before.is_some_and(|not_before| view.now < not_before);
    if is_early || view.orders.iter().any(closes) {
        return Ok(Step::Wait(view.peak));
    }
    if let Some(reason) = view.requested {
        return Ok(Step::Close(reason));
    }
    let Some(price) = view.price.filter(|_| view.robot.auto_close) else {
        return Ok(Step::Wait(view.peak));
    };
    let liquidation = exit::estimated_liquidation(position, rules.maintenance_margin);
    Ok(match exit::decide(position, price, liquidation, view.peak, rules)? {
        ExitDecision::Hold(peak) => Step::Wait(peak),
        ExitDecision::Peak(peak) => Step::Peak(peak),
        ExitDecision::Close(reason) => Step::Close(reason),
    })
}

/// What becomes of a request to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is to be closed.
    Close,
    /// It is being closed.
    IsClosing,
    /// Nothing is open yet; ask again when it is.
    IsOpening,
    /// Nothing is held.
    HoldsNothing,
}

/// What becomes of a request to close what a robot holds.
pub const fn asked(position: Option<&Position>) -> Asked {
    match position {
        None => Asked::HoldsNothing,
        Some(position) => match position.state {
            PositionState::Open => Asked::Close,
            PositionState::Closing { .. } => Asked::IsClosing,
            PositionState::Opening => Asked::IsOpening,
            PositionState::Closed { .. } | PositionState::Abandoned { .. } => Asked::HoldsNothing,
        },
    }
}

/// One word for what a robot is doing.
pub const fn state_word(robot: &Robot, position: Option<&Position>) -> &'static str {
    match (position, robot.wanted) {
        (Some(position), Wanted::Running) => position.state.as_str(),
        (None, Wanted::Running) => "flat",
        (Some(_), Wanted::Stopped) => "draining",
        (None, Wanted::Stopped) => "stopped",
    }
}

fn open(view: &View<'_>) -> Step {
    let is_to_open = match view.robot.wanted {
        Wanted::Running => view.robot.auto_open && view.robot.quarantined_at.is_none(),
        Wanted::Stopped => false,
    };
    match view.signal {
        Some(side) if is_to_open && view.orders.is_empty() => Step::Open(side),
        _ => Step::Wait(None),
    }
}

#[cfg(test)]
mod tests;
