//! Closing what no robot holds, where an order to close all says so. There is one who asks for it, and never twice at once.

use domain::order::{Order, OrderState, Purpose};
use domain::position::{CloseReason, Position};
use domain::robot::place::close_delay;
use domain::time::Timestamp;
use tokio::time::Instant;

use super::close::{Closing, close};
use super::deps::RobotDeps;
use super::rows::all_orders;
use crate::ports::store::OrderFilter;

/// Closes a position that is open and that no robot holds, with one new order that can only shrink it. After refusals it waits as
/// a robot does, by what is on record of them.
///
/// # Errors
/// Says why nothing was sent, or what the venue said to it; it may be asked again.
pub async fn close_outside(deps: &RobotDeps, position: &Position) -> Result<(), String> {
    if !deps.venues.contains_key(&position.venue) {
        return Err(format!("{} is not switched on", position.venue));
    }
    let filter = OrderFilter {
        position: Some(position.id),
        ..OrderFilter::default()
    };
    let orders = all_orders(deps.store.as_ref(), filter).await;
    let orders = orders.map_err(|error| error.to_string())?;
    if orders.iter().any(|order| !order.state.is_final()) {
        return Err("an order on it is under way".to_owned());
    }
    if let Some(until) = not_before(deps, &orders).filter(|until| deps.clock.now() < *until) {
        return Err(format!("the venue refused; it is tried again after {until}"));
    }
    match close(deps, position, CloseReason::Requested, Instant::now()).await {
        Closing::Sent | Closing::Overtaken => Ok(()),
        Closing::Refused(why) => Err(format!("the venue refused ({why})")),
        Closing::NotSent(why) => Err(why),
    }
}

/// When it may be tried again after the refusals at the end of its closes.
fn not_before(deps: &RobotDeps, orders: &[Order]) -> Option<Timestamp> {
    let closes = orders.iter().rev().filter(|order| order.purpose == Purpose::Close);
    let refused: Vec<&Order> = closes
        .take_while(|order| matches!(order.state, OrderState::Refused { .. }))
        .collect();
    // A refusal from the future is from before a clock was set back: nobody knows how long ago that is.
    let last = refused.first().filter(|last| last.updated_at <= deps.clock.now())?;
    let refusals = u32::try_from(refused.len()).unwrap_or(u32::MAX);
    let rules = &deps.rules;
    let delay = close_delay(refusals, rules.close_retry_first, rules.close_retry_max);
    Some(last.updated_at.after(delay))
}
