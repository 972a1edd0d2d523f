//! Positions: what a robot (or a hand) holds at a venue, from the intent to open to the settled close.

mod cause;

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, NumberError, Price, Quantity, Ratio, Rounding};
use crate::id::{PositionId, RobotId, UserId, VenueAccountId};
use crate::market::{Side, Symbol};
use crate::settlement::Settlement;
use crate::time::Timestamp;
use crate::venue::{MarginMode, VenueName};

pub use cause::{CloseReason, ClosedBy, Origin};

/// Where a position stands. Moved only by [`Position::on`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum PositionState {
    /// The opening order is on record; nothing is filled yet.
    Opening,
    /// Held at the venue.
    Open,
    /// A closing order is on record.
    Closing {
        /// Why we close it.
        reason: CloseReason,
    },
    /// Flat again.
    Closed {
        /// When the last fill closed it, by the venue's clock.
        at: Timestamp,
        /// Why.
        reason: CloseReason,
        /// Profit by the configured basis.
        profit: Amount,
    },
    /// The opening order ended without a fill.
    Abandoned {
        /// When that was known.
        at: Timestamp,
    },
}

impl PositionState {
    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Open => "open",
            Self::Closing { .. } => "closing",
            Self::Closed { .. } => "closed",
            Self::Abandoned { .. } => "abandoned",
        }
    }

    /// Whether it is over.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Closed { .. } | Self::Abandoned { .. } => true,
            Self::Opening | Self::Open | Self::Closing { .. } => false,
        }
    }
}

/// What can happen to a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// The trailing take-profit armed or its peak rose.
    Peaked(Amount),
}

/// What one fill does to a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FillEffect {
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

/// What profit counts for settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfitBasis {
    /// Realised profit less fees plus funding.
    Net,
    /// Realised profit alone.
    Gross,
}

impl ProfitBasis {
    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Net => "net",
            Self::Gross => "gross",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Net, Self::Gross]
            .into_iter()
            .find(|basis| basis.as_str() == text)
    }
}

/// The exits that a position was opened with, as shares of its margin (arming, stop) or of its peak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exits {
    /// Close when the loss reaches this share of the margin.
    pub stop_loss: Ratio,
    /// Arm the trailing take-profit when the profit reaches this share of the margin.
    pub arm: Ratio,
    /// Once armed, close when the profit has fallen by this share of its peak.
    pub give_back: Ratio,
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

/// A position. `version` is the one it was read at; each commit raises it by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Identity.
    pub id: PositionId,
    /// The robot that opened it, when one did.
    pub robot: Option<RobotId>,
    /// Owner.
    pub user: UserId,
    /// Where it is held.
    pub account: VenueAccountId,
    /// Venue of the account.
    pub venue: VenueName,
    /// Market.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Who opened it.
    pub origin: Origin,
    /// Where it stands.
    #[serde(flatten)]
    pub state: PositionState,
    /// Open quantity now.
    pub quantity: Quantity,
    /// Total quantity of opening fills.
    pub entered: Quantity,
    /// Σ price × quantity of opening fills.
    pub entry_notional: Amount,
    /// Σ price × quantity of closing fills.
    pub exit_notional: Amount,
    /// Σ realised profit of the fills before fees.
    pub realised: Amount,
    /// Σ fees of all fills.
    pub fees: Amount,
    /// Σ funding: received positive, paid negative.
    pub funding: Amount,
    /// Leverage.
    pub leverage: u32,
    /// Margin mode.
    pub margin_mode: MarginMode,
    /// Exits it was opened with; `None` for external ones.
    pub exits: Option<Exits>,
    /// Highest profit since the trailing take-profit armed; `None` while it is not armed.
    pub peak: Option<Amount>,
    /// Which profit counts.
    pub profit_basis: ProfitBasis,
    /// What became of the power owed on it.
    pub settlement: Settlement,
    /// First opening fill, by the venue's clock.
    pub opened_at: Option<Timestamp>,
    /// When the row was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Optimistic lock.
    pub version: u32,
}

impl Position {
    /// Average entry price; `None` before the first fill.
    pub fn entry_price(&self) -> Option<Price> {
        Price::average(self.entry_notional, self.entered, Rounding::HalfUp).ok()
    }

    /// Average exit price; `None` before the first closing fill.
    pub fn exit_price(&self) -> Option<Price> {
        let left = self.entered.minus(self.quantity).ok()?;
        Price::average(self.exit_notional, left, Rounding::HalfUp).ok()
    }

    /// Margin of the open quantity at entry: notional / leverage, rounded up.
    pub fn margin(&self) -> Result<Amount, NumberError> {
        let notional = match self.entry_price() {
            Some(price) => price.notional(self.quantity, Rounding::Up)?,
            None => Amount::ZERO,
        };
        let units = crate::fixed::divide(notional.units().into(), i128::from(self.leverage.max(1)), Rounding::Up)?;
        Amount::from_wide(units)
    }

    /// Profit of the open quantity at `price`, before fees.
    pub fn unrealised(&self, price: Price) -> Result<Amount, NumberError> {
        let Some(entry) = self.entry_price() else {
            return Ok(Amount::ZERO);
        };
        let gain = match self.side {
            Side::Long => price.minus(entry)?,
            Side::Short => entry.minus(price)?,
        };
        gain.notional(self.quantity, Rounding::Down)
    }

    /// Profit so far by the position's basis.
    pub fn profit(&self) -> Result<Amount, NumberError> {
        match self.profit_basis {
            ProfitBasis::Gross => Ok(self.realised),
            ProfitBasis::Net => self.realised.minus(self.fees)?.plus(self.funding),
        }
    }

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
            }
            PositionEvent::Peaked(profit) => match self.state {
                PositionState::Open => next.peak = Some(self.peak.map_or(profit, |peak| peak.max(profit))),
                _ => return Err(self.illegal("peaked")),
            },
        }
        if next != *self {
            next.updated_at = now.max(self.updated_at);
        }
        Ok(next)
    }

    fn fill(&mut self, fill: &FillEffect) -> Result<(), PositionError> {
        match self.state {
            PositionState::Opening if !fill.reducing => self.state = PositionState::Open,
            PositionState::Open | PositionState::Closing { .. } => {}
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
        self.fees = self.fees.plus(fill.fee)?;
        self.realised = self.realised.plus(fill.realised)?;
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
