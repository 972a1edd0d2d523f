//! What an order says beside price and quantity: how long it stays, and the price that it waits for.

use serde::{Deserialize, Serialize};

use crate::fixed::Price;
use crate::time::Timestamp;

/// How long an order stays, and what it waits for. By default it stays until it is cancelled and waits for nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// What becomes of the part that is not filled at once.
    pub time_in_force: TimeInForce,
    /// The price that it waits for.
    pub trigger: Option<Trigger>,
    /// Whether it closes whatever the position is when it is triggered; its own quantity is then zero.
    pub whole: bool,
}

/// What becomes of the part of an order that is not filled at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForce {
    /// It rests until it is cancelled.
    #[default]
    UntilCancelled,
    /// It expires.
    ImmediateOrCancel,
    /// The order is refused unless all of it can be filled.
    FillOrKill,
    /// The order is refused if any of it could be filled.
    PostOnly,
}

/// A price that an order waits for, and from which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// The price.
    pub price: Price,
    /// Whether the price must rise to it; otherwise it must fall.
    pub rising: bool,
}

/// What became of a conditional order when the price reached its trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    /// When.
    pub at: Timestamp,
    /// Number of the order that it placed; `None` when that was refused.
    pub order: Option<i64>,
    /// Why it was refused.
    pub refused: Option<String>,
}

impl Trigger {
    /// Whether this price reaches it.
    pub fn is_reached(&self, price: Price) -> bool {
        if self.rising {
            price >= self.price
        } else {
            price <= self.price
        }
    }
}
