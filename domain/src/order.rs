//! Orders: one instruction to a venue, from the intent row to its end.

use serde::{Deserialize, Serialize};

use crate::fixed::{Price, Quantity};
use crate::id::{OrderId, PositionId, RobotId, UserId, VenueAccountId};
use crate::market::{Action, Side, Symbol};
use crate::time::Timestamp;
use crate::venue::{
    ClientOrderId, MarginMode, OrderIntent, OrderKind, OrderReport, ReportedState, VenueName, VenueOrderId,
};

/// What an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Opens a position.
    Open,
    /// Closes a position.
    Close,
}

impl Purpose {
    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Close => "close",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Close]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
    }
}

/// Where an order stands. Moved only by [`Order::on`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum OrderState {
    /// The intent is on record; whether the venue has it is not known yet.
    Submitting,
    /// The outcome of the submit is unknown; it is queried until it is known.
    InDoubt,
    /// Resting at the venue.
    Open,
    /// Resting at the venue, filled in part.
    PartlyFilled,
    /// Filled whole.
    Filled,
    /// Ended by a cancel.
    Cancelled,
    /// Definitely never accepted.
    Refused {
        /// The venue's code and words, or `absent` when it was proven not to be there.
        reason: String,
    },
    /// Ended by the venue's rules.
    Expired,
}

impl OrderState {
    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Submitting => "submitting",
            Self::InDoubt => "in_doubt",
            Self::Open => "open",
            Self::PartlyFilled => "partly_filled",
            Self::Filled => "filled",
            Self::Cancelled => "cancelled",
            Self::Refused { .. } => "refused",
            Self::Expired => "expired",
        }
    }

    /// Whether nothing more can happen to it.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Filled | Self::Cancelled | Self::Refused { .. } | Self::Expired => true,
            Self::Submitting | Self::InDoubt | Self::Open | Self::PartlyFilled => false,
        }
    }

    /// Whether the venue has not confirmed that it knows the order.
    pub const fn is_unconfirmed(&self) -> bool {
        matches!(self, Self::Submitting | Self::InDoubt)
    }
}

/// What can happen to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderEvent {
    /// The venue reported it.
    Reported(OrderReport),
    /// The venue definitely refused it.
    Refused {
        /// Code and words.
        reason: String,
    },
    /// The submit had no certain answer.
    OutcomeUnknown,
    /// The venue was asked and it is proven that the order never reached it.
    ProvenAbsent,
}

/// A move that the order's table does not allow (ORD-1) or a report that contradicts it (ORD-2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// No such move from this state.
    #[error("order {order} cannot move from {from} on {event}")]
    IllegalMove {
        /// Which order.
        order: OrderId,
        /// Its state.
        from: &'static str,
        /// What happened.
        event: &'static str,
    },
    /// More filled than asked, or less than before.
    #[error("order {order} of {quantity} cannot have {filled} filled after {before}")]
    ImpossibleFill {
        /// Which order.
        order: OrderId,
        /// Asked.
        quantity: Quantity,
        /// Filled so far.
        before: Quantity,
        /// Reported.
        filled: Quantity,
    },
}

/// One instruction to a venue. `version` is the one it was read at; each commit raises it by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Identity.
    pub id: OrderId,
    /// Our id at the venue, derived from the intent; unique.
    pub client_id: ClientOrderId,
    /// The venue's id, once known.
    pub venue_id: Option<VenueOrderId>,
    /// The position that it opens or closes.
    pub position: PositionId,
    /// The robot that decided it; `None` for a close that an operator asked of a robotless position.
    pub robot: Option<RobotId>,
    /// Owner.
    pub user: UserId,
    /// Where it goes.
    pub account: VenueAccountId,
    /// Venue of the account.
    pub venue: VenueName,
    /// Market.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// Side of the position.
    pub position_side: Side,
    /// Opens or closes.
    pub purpose: Purpose,
    /// Whether the venue is told that it may only shrink a position.
    pub reduce_only: bool,
    /// Matching.
    pub kind: OrderKind,
    /// Asked quantity.
    pub quantity: Quantity,
    /// Filled so far, as the venue's order reports tell; never above `quantity` (ORD-2).
    pub filled: Quantity,
    /// Average price of the fills on record, once there are any.
    pub average_price: Option<Price>,
    /// Leverage that it asks for.
    pub leverage: u32,
    /// Margin mode that it asks for.
    pub margin_mode: MarginMode,
    /// Where it stands.
    #[serde(flatten)]
    pub state: OrderState,
    /// When the intent was committed.
    pub created_at: Timestamp,
    /// When it last moved.
    pub updated_at: Timestamp,
    /// Optimistic lock.
    pub version: u32,
}

impl Order {
    /// What the venue is to be told.
    pub fn intent(&self) -> OrderIntent {
        OrderIntent {
            client_id: self.client_id.clone(),
            symbol: self.symbol.clone(),
            action: self.action,
            position_side: self.position_side,
            kind: self.kind,
            quantity: self.quantity,
            reduce_only: self.reduce_only,
            post_only: false,
            leverage: self.leverage,
            margin_mode: self.margin_mode,
        }
    }

    /// Moves the order. A report that tells nothing new leaves it as it is.
    pub fn on(&self, event: OrderEvent, now: Timestamp) -> Result<Self, OrderError> {
        let mut next = self.clone();
        match event {
            OrderEvent::Reported(report) => next.take(&report)?,
            OrderEvent::Refused { reason } if self.state.is_unconfirmed() => {
                next.state = OrderState::Refused { reason };
            }
            OrderEvent::OutcomeUnknown if self.state.is_unconfirmed() => next.state = OrderState::InDoubt,
            OrderEvent::ProvenAbsent if self.state.is_unconfirmed() => {
                next.state = OrderState::Refused {
                    reason: "absent".to_owned(),
                };
            }
            OrderEvent::Refused { .. } => return Err(self.illegal("refused")),
            OrderEvent::OutcomeUnknown => return Err(self.illegal("outcome_unknown")),
            OrderEvent::ProvenAbsent => return Err(self.illegal("proven_absent")),
        }
        if next != *self {
            next.updated_at = now.max(self.updated_at);
        }
        Ok(next)
    }

    fn take(&mut self, report: &OrderReport) -> Result<(), OrderError> {
        let impossible = |filled| OrderError::ImpossibleFill {
            order: self.id,
            quantity: self.quantity,
            before: self.filled,
            filled,
        };
        if report.filled > self.quantity {
            return Err(impossible(report.filled));
        }
        if self.state.is_final() || report.filled < self.filled {
            // A late or reordered push: what is final stays, what was filled stays filled.
            return Ok(());
        }
        self.venue_id = Some(report.venue_id.clone());
        self.filled = report.filled;
        self.state = match report.state {
            ReportedState::Open if report.filled.is_zero() => OrderState::Open,
            ReportedState::Open => OrderState::PartlyFilled,
            ReportedState::Filled => OrderState::Filled,
            ReportedState::Cancelled => OrderState::Cancelled,
            ReportedState::Expired => OrderState::Expired,
            ReportedState::Rejected => OrderState::Refused {
                reason: "rejected by the venue".to_owned(),
            },
        };
        Ok(())
    }

    fn illegal(&self, event: &'static str) -> OrderError {
        OrderError::IllegalMove {
            order: self.id,
            from: self.state.as_str(),
            event,
        }
    }
}

/// Derives the id at the venue from an installation's tag and the order's id: `b`, the tag, then the id
/// in base 32. Letters and digits only and at most 22 of them, which every supported venue accepts.
pub fn client_order_id(installation: &str, order: OrderId) -> ClientOrderId {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut rest = order.0.unsigned_abs();
    let mut digits = [b'0'; 13];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[usize::try_from(rest % 32).unwrap_or(0)];
        rest /= 32;
    }
    let digits: String = digits.iter().map(|digit| char::from(*digit)).collect();
    ClientOrderId(format!("b{installation}{}", digits.trim_start_matches('0')))
}
