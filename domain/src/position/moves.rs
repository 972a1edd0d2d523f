//! What can happen to a position, and how each event moves it.

use crate::fixed::{Amount, NumberError, Quantity};
use crate::id::PositionId;
use crate::position::{CloseReason, ClosedBy, Origin, Position, PositionState};
use crate::settlement::Settlement;
use crate::time::Timestamp;

/// What can happen to a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PositionEvent {
    /// Grew or shrank by a fill.
    Filled(FillEffect),
    /// The opening order ended; when nothing was filled, the position never was.
    OpeningEnded,
    /// A closing order is about to be submitted.
    CloseIntended {
        /// Why.
        reason: CloseReason,
    },
    /// A closing order ended and left a rest open.
    CloseEnded,
    /// Funding was received (positive) or paid.
    Funded(Amount),
    /// The venue changed its word on a payment that is on record: by so much.
    FundingRevised(Amount),
    /// The venue changed its word on a fill that is on record: by so much.
    Revised {
        /// Realised profit, before fees.
        realised: Amount,
        /// Fee.
        fee: Amount,
    },
    /// It shares a net at the venue, and keeps so much of what was not given to anybody yet.
    Shared {
        /// What it keeps.
        carry: Amount,
    },
    /// The trailing take-profit armed or its peak rose.
    Peaked(Amount),
}

/// What one fill does to a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillEffect {
    /// The venue's id, under which the fill is on record; `None` for a quantity that was only seen at the venue.
    pub venue_fill: Option<String>,
    /// Shrinks rather than grows.
    pub reducing: bool,
    /// How much.
    pub quantity: Quantity,
    /// Price × quantity.
    pub notional: Amount,
    /// Fee paid.
    pub fee: Amount,
    /// Realised profit before fees.
    pub realised: Amount,
    /// Why it closes, should it close the rest.
    pub reason: CloseReason,
    /// When, by the venue's clock.
    pub at: Timestamp,
}

/// Why a position cannot take an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// No such move from this state.
    #[error("position {position} cannot move from {from} on {event}")]
    IllegalMove {
        /// Which position.
        position: PositionId,
        /// Its state.
        from: &'static str,
        /// What happened.
        event: &'static str,
    },
    /// A fill closes more than is open.
    #[error("position {position} holds {held} and cannot shrink by {quantity}")]
    OverClosed {
        /// Which position.
        position: PositionId,
        /// Open quantity.
        held: Quantity,
        /// Quantity of the fill.
        quantity: Quantity,
    },
    /// A number left its range.
    #[error("a number of position {position} left its range")]
    Number {
        /// Which position.
        position: PositionId,
        /// Why.
        #[source]
        source: NumberError,
    },
}

impl Position {
    /// Moves the position (ORD-1).
    pub fn on(&self, event: PositionEvent, now: Timestamp) -> Result<Self, PositionError> {
        let mut next = self.clone();
        match event {
            PositionEvent::Filled(fill) => next.fill(&fill)?,
            PositionEvent::OpeningEnded => match self.state {
                PositionState::Opening => next.state = PositionState::Abandoned { at: now },
                PositionState::Open | PositionState::Closing { .. } | PositionState::Closed { .. } => {}
                PositionState::Abandoned { .. } => return Err(self.illegal("opening_ended")),
            },
            PositionEvent::CloseIntended { reason } => match self.state {
                PositionState::Open => next.state = PositionState::Closing { reason },
                _ => return Err(self.illegal("close_intended")),
            },
            PositionEvent::CloseEnded => match self.state {
                PositionState::Closing { .. } => next.state = PositionState::Open,
                PositionState::Closed { .. } => {}
                _ => return Err(self.illegal("close_ended")),
            },
            PositionEvent::Funded(amount) => {
                next.funding = self.funding.plus(amount).map_err(|source| self.number(source))?;
                next.provenance.count_income();
            }
            PositionEvent::FundingRevised(amount) => {
                next.funding = self.funding.plus(amount).map_err(|source| self.number(source))?;
            }
            PositionEvent::Revised { realised, fee } => {
                next.revise(realised, fee).map_err(|source| self.number(source))?
            }
            PositionEvent::Shared { carry } => {
                next.carry = Some(carry);
                next.provenance.share();
            }
            PositionEvent::Peaked(profit) => match self.state {
                PositionState::Open => next.peak = Some(self.peak.map_or(profit, |peak| peak.max(profit))),
                _ => return Err(self.illegal("peaked")),
            },
        }
        if self.closed_profit().is_some() {
            next.recount().map_err(|source| self.number(source))?;
        }
        if next != *self {
            next.updated_at = now.max(self.updated_at);
        }
        Ok(next)
    }

    fn fill(&mut self, fill: &FillEffect) -> Result<(), PositionError> {
        match self.state {
            // An opening order that was given up may have been filled all the same.
            PositionState::Opening | PositionState::Abandoned { .. } if !fill.reducing => {
                self.state = PositionState::Open;
            }
            PositionState::Open | PositionState::Closing { .. } => {}
            // Nothing is left that it could shrink; its money counts all the same.
            PositionState::Closed { .. } if fill.reducing => {
                return self.count(fill).map_err(|source| self.number(source));
            }
            _ => return Err(self.illegal("filled")),
        }
        if fill.reducing && fill.quantity > self.quantity {
            return Err(PositionError::OverClosed {
                position: self.id,
                held: self.quantity,
                quantity: fill.quantity,
            });
        }
        self.add(fill).map_err(|source| self.number(source))?;
        if self.quantity.is_zero() {
            let reason = match self.state {
                PositionState::Closing { reason } if fill.reason.by() != ClosedBy::Liquidation => reason,
                _ => fill.reason,
            };
            let profit = self.profit().map_err(|source| self.number(source))?;
            self.state = PositionState::Closed {
                at: fill.at,
                reason,
                profit,
            };
            self.settlement = Settlement::at_close(self.origin, profit);
        }
        Ok(())
    }

    fn add(&mut self, fill: &FillEffect) -> Result<(), NumberError> {
        if fill.reducing {
            self.quantity = self.quantity.minus(fill.quantity)?;
            self.exit_notional = self.exit_notional.plus(fill.notional)?;
        } else {
            self.quantity = self.quantity.plus(fill.quantity)?;
            self.entered = self.entered.plus(fill.quantity)?;
            self.entry_notional = self.entry_notional.plus(fill.notional)?;
            self.opened_at = self.opened_at.or(Some(fill.at));
        }
        self.count(fill)
    }

    /// Counts what a fill was worth.
    fn count(&mut self, fill: &FillEffect) -> Result<(), NumberError> {
        self.provenance.count_fill(fill.venue_fill.as_deref(), fill.at);
        self.revise(fill.realised, fill.fee)
    }

    fn revise(&mut self, realised: Amount, fee: Amount) -> Result<(), NumberError> {
        self.fees = self.fees.plus(fee)?;
        self.realised = self.realised.plus(realised)?;
        Ok(())
    }

    /// What came after the close counts in its profit. What the ledger has not seen yet awaits it as if it had closed
    /// so; what it has settled is due for a correction.
    fn recount(&mut self) -> Result<(), NumberError> {
        let PositionState::Closed { at, reason, .. } = self.state else {
            return Ok(());
        };
        let profit = self.profit()?;
        self.state = PositionState::Closed { at, reason, profit };
        let is_unseen = match self.settlement {
            Settlement::Pending => true,
            // Without a correction no entry stands behind it.
            Settlement::NothingDue => self.corrections == 0,
            Settlement::NotYet
            | Settlement::Exempt
            | Settlement::Charged { .. }
            | Settlement::Owed { .. }
            | Settlement::Waived { .. } => false,
        };
        if is_unseen {
            self.settlement = Settlement::at_close(Origin::Robot, profit);
            self.settled_profit = None;
        }
        Ok(())
    }

    fn illegal(&self, event: &'static str) -> PositionError {
        PositionError::IllegalMove {
            position: self.id,
            from: self.state.as_str(),
            event,
        }
    }

    fn number(&self, source: NumberError) -> PositionError {
        PositionError::Number {
            position: self.id,
            source,
        }
    }
}
