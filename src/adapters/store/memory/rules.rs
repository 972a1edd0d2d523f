//! The rules that the tables of the SQL store check for every row.

use domain::fixed::{Quantity, Ratio};
use domain::order::Order;
use domain::position::{Position, PositionState};
use domain::settlement::Settlement;

/// Longest text that is compared or indexed, in characters.
const NAME_LENGTH: usize = 190;

/// Whether a text can be a key.
pub fn is_name(text: &str) -> bool {
    text.chars().count() <= NAME_LENGTH
}

/// Whether a rate is a share.
pub fn is_share(rate: Ratio) -> bool {
    (Ratio::ZERO..=Ratio::ONE).contains(&rate)
}

/// Whether a position's columns agree with each other.
pub fn is_position(position: &Position) -> bool {
    let closed = matches!(position.state, PositionState::Closed { .. });
    let settling = position.settlement != Settlement::NotYet;
    closed == settling && !position.quantity.is_negative() && is_name(position.symbol.as_str())
}

/// Whether an order's columns agree with each other (ORD-2).
pub fn is_order(order: &Order) -> bool {
    (Quantity::ZERO..=order.quantity).contains(&order.filled)
        && is_name(&order.client_id.0)
        && is_name(order.symbol.as_str())
        && order.venue_id.as_ref().is_none_or(|id| is_name(&id.0))
}
