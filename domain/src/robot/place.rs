//! The rows of a placement: written before it, and moved by its outcome.

use std::time::Duration;

use crate::change::{Change, ChangeSet};
use crate::fixed::Amount;
use crate::fixed::Quantity;
use crate::id::{OrderId, PositionId};
use crate::market::Action;
use crate::order::{Order, OrderError, OrderEvent, OrderState, Purpose, client_order_id};
use crate::outcome::Outcome;
use crate::position::{
    CloseReason, Origin, Position, PositionError, PositionEvent, PositionState, ProfitBasis, Provenance,
};
use crate::risk::{Approved, OpenDraft};
use crate::robot::Robot;
use crate::robot::net::Reach;
use crate::settlement::Settlement;
use crate::time::Timestamp;
use crate::venue::{OrderKind, OrderReport, ReportedState, VenueName};

/// Why the rows of a placement cannot be made or moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The order's table does not allow it.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The position's table does not allow it.
    #[error(transparent)]
    Position(#[from] PositionError),
}

/// The rows to commit before an opening order is sent.
pub fn opening(
    robot: &Robot,
    venue: VenueName,
    approved: Approved<OpenDraft>,
    (position, order): (PositionId, OrderId),
    installation: &str,
    profit_basis: ProfitBasis,
    now: Timestamp,
) -> (Position, Order) {
    let draft = approved.into_inner();
    let position = Position {
        id: position,
        robot: Some(robot.id),
        user: robot.user,
        account: robot.account,
        venue,
        symbol: robot.symbol.clone(),
        side: draft.side,
        origin: Origin::Robot,
        state: PositionState::Opening,
        quantity: Quantity::ZERO,
        entered: Quantity::ZERO,
        entry_notional: Amount::ZERO,
        exit_notional: Amount::ZERO,
        realised: Amount::ZERO,
        fees: Amount::ZERO,
        funding: Amount::ZERO,
        leverage: draft.leverage,
        margin_mode: draft.margin_mode,
        exits: Some(draft.exits),
        peak: None,
        profit_basis,
        provenance: Provenance::default(),
        settlement: Settlement::NotYet,
        carry: None,
        settled_profit: None,
        corrections: 0,
        opened_at: None,
        created_at: now,
        updated_at: now,
        version: 0,
    };
    let order = order_of(&position, order, Purpose::Open, draft.quantity, installation, now);
    (position, order)
}

/// The rows to commit before an order that closes all of the position is sent; whether it may only shrink what the venue
/// holds is decided by [`super::net::reach`].
pub fn closing(
    position: &Position,
    reason: CloseReason,
    reach: Reach,
    order: OrderId,
    installation: &str,
    now: Timestamp,
) -> Result<(Position, Order), PositionError> {
    let closing = position.on(PositionEvent::CloseIntended { reason }, now)?;
    let mut order = order_of(&closing, order, Purpose::Close, closing.quantity, installation, now);
    order.reduce_only = reach == Reach::ReduceOnly;
    Ok((closing, order))
}

fn order_of(
    position: &Position,
    id: OrderId,
    purpose: Purpose,
    quantity: Quantity,
    installation: &str,
    now: Timestamp,
) -> Order {
    let action: Action = match purpose {
        Purpose::Open => position.side.opening(),
        Purpose::Close => position.side.closing(),
    };
    Order {
        id,
        client_id: client_order_id(installation, id),
        venue_id: None,
        position: position.id,
        robot: position.robot,
        user: position.user,
        account: position.account,
        venue: position.venue,
        symbol: position.symbol.clone(),
        action,
        position_side: position.side,
        purpose,
        reduce_only: false,
        kind: OrderKind::Market,
        quantity,
        filled: Quantity::ZERO,
        average_price: None,
        leverage: position.leverage,
        margin_mode: position.margin_mode,
        state: OrderState::Submitting,
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

/// What the outcome of a placement changes on the rows as they are now; nothing when the sync was faster.
///
/// A refused order ends what it was for: an opening position was abandoned, a closing one is open again. The
/// same holds for an order that its venue took and ended at once without any fill. An outcome that is
/// not known only puts the order in doubt. Fills are never taken from here: they come with the sync.
pub fn answered(
    order: &Order,
    position: &Position,
    outcome: &Outcome<OrderReport>,
    now: Timestamp,
) -> Result<ChangeSet, PlaceError> {
    let mut changes = ChangeSet::new();
    let event = match outcome {
        Outcome::Done(report) => OrderEvent::Reported(report.clone()),
        Outcome::Refused(_) | Outcome::Unknown(_) if !order.state.is_unconfirmed() => return Ok(changes),
        Outcome::Refused(refusal) => OrderEvent::Refused {
            reason: refusal.to_string(),
        },
        Outcome::Unknown(_) => OrderEvent::OutcomeUnknown,
    };
    let moved = order.on(event, now)?;
    if moved == *order {
        return Ok(changes);
    }
    let ended = ended_without_fill(&moved) && !order.state.is_final();
    changes.push(Change::UpdateOrder(Box::new(moved)));
    if ended {
        let next = match order.purpose {
            Purpose::Open => position.on(PositionEvent::OpeningEnded, now)?,
            Purpose::Close => position.on(PositionEvent::CloseEnded, now)?,
        };
        if next != *position {
            changes.push(Change::UpdatePosition(Box::new(next)));
        }
    }
    Ok(changes)
}

fn ended_without_fill(order: &Order) -> bool {
    match order.state {
        OrderState::Refused { .. } => true,
        OrderState::Cancelled | OrderState::Expired => order.filled.is_zero(),
        OrderState::Submitting
        | OrderState::InDoubt
        | OrderState::Open
        | OrderState::PartlyFilled
        | OrderState::Filled => false,
    }
}

/// How old an intent is that is about to be sent, when that is too old: whoever looked for the order meanwhile may believe
/// that it never was, and have opened or closed anew. `elapsed` is by a clock that only runs forward, `by_clock` by the
/// time of day: a stopped process or a sleeping machine shows in one of them, not always in both.
pub fn too_old(elapsed: Duration, by_clock: Duration, most: Duration) -> Option<Duration> {
    let age = elapsed.max(by_clock);
    (age > most).then_some(age)
}

/// One word for what came of a placement, for metrics and logs.
pub const fn outcome_word(outcome: &Outcome<OrderReport>) -> &'static str {
    match outcome {
        Outcome::Done(report) => match report.state {
            ReportedState::Open => "accepted",
            ReportedState::Filled => "filled",
            ReportedState::Cancelled | ReportedState::Expired => "ended",
            ReportedState::Rejected => "refused",
        },
        Outcome::Refused(_) => "refused",
        Outcome::Unknown(_) => "unknown",
    }
}

/// How long to wait before a close is tried again after so many refusals: doubles from `first` up to `most`.
pub fn close_delay(refusals: u32, first: Duration, most: Duration) -> Duration {
    let doubled = 2_u32.saturating_pow(refusals.saturating_sub(1));
    first.saturating_mul(doubled).min(most)
}

#[cfg(test)]
mod tests;
