//! The table of a stock order's moves: what the venue says of it, and what that makes of it.

use crate::fixed::Quantity;
use crate::id::StockOrderId;
use crate::outcome::{Outcome, Refusal};
use crate::stock::{StockReport, StockState};
use crate::time::Timestamp;
use crate::trigger::moves::clip;
use crate::trigger::{StockOrder, StockOrderState};

/// How an order that the venue never had is said to have ended.
pub const ABSENT: &str = "absent";
/// How one that was executed whole is said to have ended.
pub const FILLED: &str = "filled";

/// What can happen to an order for a trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockOrderEvent {
    /// The venue reported it.
    Reported(StockReport),
    /// The venue definitely refused it.
    Refused(Refusal),
    /// It is not known what became of it.
    Unknown(String),
    /// Its cancellation is about to be asked for.
    CancelIntended,
    /// The venue was asked, and it is proven that the order never reached it.
    ProvenAbsent,
}

impl StockOrderEvent {
    /// What the answer to a placement is.
    pub fn of_placement(outcome: Outcome<StockReport>) -> Self {
        match outcome {
            Outcome::Done(report) => Self::Reported(report),
            Outcome::Refused(refusal) => Self::Refused(refusal),
            Outcome::Unknown(seen) => Self::Unknown(seen),
        }
    }

    /// Its name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Reported(_) => "reported",
            Self::Refused(_) => "refused",
            Self::Unknown(_) => "unknown",
            Self::CancelIntended => "cancel_intended",
            Self::ProvenAbsent => "proven_absent",
        }
    }
}

/// A move that the table does not allow, or a report that contradicts what is on record. Nothing is concluded from either.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StockOrderError {
    /// No such move from this state.
    #[error("order {order} cannot move from {from} on {event}")]
    IllegalMove {
        /// Which.
        order: StockOrderId,
        /// Its state.
        from: &'static str,
        /// What happened.
        event: &'static str,
    },
    /// The report is of another order, or of another one than was asked for.
    #[error("the venue's report on order {order} has another {field}")]
    Another {
        /// Which.
        order: StockOrderId,
        /// What differs.
        field: &'static str,
    },
    /// More executed than asked for, less than before, or other than its state says.
    #[error("order {order} of {quantity} cannot have {filled} executed after {before}")]
    ImpossibleFill {
        /// Which.
        order: StockOrderId,
        /// Asked.
        quantity: Quantity,
        /// Executed so far.
        before: Quantity,
        /// Reported.
        filled: Quantity,
    },
    /// Something was executed, and the venue does not say at what price.
    #[error("the venue tells no price of what was executed of order {order}")]
    NoPrice {
        /// Which.
        order: StockOrderId,
    },
}

impl StockOrderState {
    /// Whether nothing more can happen to it.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Ended { .. } | Self::FillCancelled => true,
            Self::Submitting | Self::InDoubt { .. } | Self::Open | Self::Cancelling => false,
        }
    }
}

impl StockOrder {
    /// Since when it is not known whether the venue has it; `None` when that is known.
    pub const fn in_doubt_since(&self) -> Option<Timestamp> {
        match self.state {
            StockOrderState::Submitting => Some(self.created_at),
            StockOrderState::InDoubt { since, .. } => Some(since),
            StockOrderState::Open
            | StockOrderState::Cancelling
            | StockOrderState::Ended { .. }
            | StockOrderState::FillCancelled => None,
        }
    }

    /// The order after this happened to it. Its version stays the one that it was read at.
    ///
    /// # Errors
    /// What the table does not allow, and reports that contradict the order.
    pub fn on(&self, event: &StockOrderEvent, now: Timestamp) -> Result<Self, StockOrderError> {
        use StockOrderState as S;
        let state = match (&self.state, event) {
            (S::Submitting | S::InDoubt { .. } | S::Open | S::Cancelling, StockOrderEvent::Reported(report)) => {
                return self.reported(report, now);
            }
            (S::Submitting, StockOrderEvent::Refused(refusal)) => S::Ended {
                why: clip(&refusal.to_string()),
            },
            (S::Submitting, StockOrderEvent::Unknown(why)) => S::InDoubt {
                why: clip(why),
                since: now,
            },
            (S::Open | S::Cancelling, StockOrderEvent::CancelIntended) => S::Cancelling,
            // What the venue once knew is not gone because it finds it no more.
            (S::Submitting | S::InDoubt { .. }, StockOrderEvent::ProvenAbsent) if self.venue_id.is_none() => {
                S::Ended { why: ABSENT.to_owned() }
            }
            (from, event) => {
                return Err(StockOrderError::IllegalMove {
                    order: self.id,
                    from: from.as_str(),
                    event: event.as_str(),
                });
            }
        };
        Ok(Self {
            state,
            updated_at: now.max(self.updated_at),
            ..self.clone()
        })
    }

    fn reported(&self, report: &StockReport, now: Timestamp) -> Result<Self, StockOrderError> {
        self.is_of(report)?;
        let state = match &report.state {
            StockState::FillCancelled => StockOrderState::FillCancelled,
            StockState::InDoubt => self.doubted(now),
            StockState::Working => self.working(),
            StockState::Filled => StockOrderState::Ended { why: FILLED.to_owned() },
            StockState::Ended { why } => StockOrderState::Ended {
                why: clip(&why.to_string()),
            },
        };
        let venue_id = Some(report.venue_id.clone());
        if state == StockOrderState::FillCancelled {
            // What was executed before is what a person compares it with.
            return Ok(Self {
                venue_id,
                state,
                updated_at: now.max(self.updated_at),
                ..self.clone()
            });
        }
        self.is_possible(report)?;
        Ok(Self {
            venue_id,
            filled: report.filled,
            average_price: report.average_price,
            fee: report.fee,
            state,
            updated_at: now.max(self.updated_at),
            ..self.clone()
        })
    }

    fn is_of(&self, report: &StockReport) -> Result<(), StockOrderError> {
        let id = self.venue_id.as_ref();
        let same = [
            ("mark", report.mark.as_ref().is_none_or(|mark| *mark == self.mark)),
            ("id", id.is_none_or(|id| *id == report.venue_id)),
            ("stock", report.symbol == self.symbol),
            ("side", report.action == self.action),
            ("quantity", report.quantity == self.quantity),
        ];
        let order = self.id;
        match same.into_iter().find(|(_, same)| !same) {
            Some((field, _)) => Err(StockOrderError::Another { order, field }),
            None => Ok(()),
        }
    }

    fn is_possible(&self, report: &StockReport) -> Result<(), StockOrderError> {
        let filled = report.filled;
        let whole = report.state != StockState::Filled || filled == self.quantity;
        if filled < self.filled || filled > self.quantity || filled.is_negative() || !whole {
            return Err(StockOrderError::ImpossibleFill {
                order: self.id,
                quantity: self.quantity,
                before: self.filled,
                filled,
            });
        }
        if filled.is_positive() && !report.average_price.is_some_and(|price| price.is_positive()) {
            return Err(StockOrderError::NoPrice { order: self.id });
        }
        Ok(())
    }

    fn working(&self) -> StockOrderState {
        match self.state {
            StockOrderState::Cancelling => StockOrderState::Cancelling,
            StockOrderState::Submitting
            | StockOrderState::InDoubt { .. }
            | StockOrderState::Open
            | StockOrderState::Ended { .. }
            | StockOrderState::FillCancelled => StockOrderState::Open,
        }
    }

    fn doubted(&self, now: Timestamp) -> StockOrderState {
        match &self.state {
            StockOrderState::InDoubt { .. } => self.state.clone(),
            StockOrderState::Submitting
            | StockOrderState::Open
            | StockOrderState::Cancelling
            | StockOrderState::Ended { .. }
            | StockOrderState::FillCancelled => StockOrderState::InDoubt {
                why: "the venue does not know what became of it".to_owned(),
                since: now,
            },
        }
    }
}
