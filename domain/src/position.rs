//! Positions: what a robot (or a hand) holds at a venue, from the intent to open to the settled close.

mod cause;
mod moves;
mod provenance;
mod reserved;
mod state;

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, NumberError, Price, Quantity, Ratio, Rounding};
use crate::id::{PositionId, RobotId, UserId, VenueAccountId};
use crate::market::{Side, Symbol};
use crate::settlement::Settlement;
use crate::time::Timestamp;
use crate::venue::{MarginMode, VenueName};

pub use cause::{CloseReason, ClosedBy, Origin};
pub use moves::{FillEffect, PositionError, PositionEvent};
pub use provenance::{FillMark, ProfitSource, Provenance};
pub use reserved::{Reserved, power_to_reserve};
pub use state::PositionState;

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
    /// What the venue realised on a net beyond what the positions that share it did: kept by the oldest of them until
    /// the net is flat, zero on the others. `None` on one that never shared a net.
    pub carry: Option<Amount>,
    /// Which profit counts.
    pub profit_basis: ProfitBasis,
    /// What the profit was computed from.
    pub provenance: Provenance,
    /// What became of the power owed on it.
    pub settlement: Settlement,
    /// The profit that the ledger settled on; `None` until the ledger decided, and where nothing was ever due.
    pub settled_profit: Option<Amount>,
    /// How many corrections the ledger posted after the first settlement.
    pub corrections: u32,
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

    /// What the open quantity cost: the notional of its opening fills, less what its closes took out of that.
    pub fn cost(&self) -> Result<Amount, NumberError> {
        let taken = match self.side {
            Side::Long => self.exit_notional.minus(self.realised)?,
            Side::Short => self.exit_notional.plus(self.realised)?,
        };
        self.entry_notional.minus(taken)
    }

    /// What closing so much of it for `notional` realises by its own cost, before fees. Over its life these sum to the
    /// difference of all that it was closed for and all that it was opened for, to the last unit.
    pub fn own_profit(&self, quantity: Quantity, notional: Amount) -> Result<Amount, NumberError> {
        let cost = self.cost()?;
        let taken = if quantity == self.quantity {
            cost
        } else {
            let part = i128::from(cost.units()) * i128::from(quantity.units());
            Amount::from_wide(crate::fixed::divide(
                part,
                self.quantity.units().into(),
                Rounding::HalfUp,
            )?)?
        };
        match self.side {
            Side::Long => notional.minus(taken),
            Side::Short => taken.minus(notional),
        }
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

    /// The profit that it closed with, as it is known now; `None` while it is not closed.
    pub const fn closed_profit(&self) -> Option<Amount> {
        match self.state {
            PositionState::Closed { profit, .. } => Some(profit),
            PositionState::Opening
            | PositionState::Open
            | PositionState::Closing { .. }
            | PositionState::Abandoned { .. } => None,
        }
    }

    /// Whether the ledger settled on another profit than the one that is known now.
    pub fn correction_due(&self) -> bool {
        let is_decided = match self.settlement {
            Settlement::NothingDue | Settlement::Charged { .. } | Settlement::Owed { .. } => true,
            Settlement::NotYet | Settlement::Pending | Settlement::Exempt | Settlement::Waived { .. } => false,
        };
        let settled_on = self.settled_profit.filter(|_| is_decided);
        settled_on.is_some_and(|settled| self.closed_profit().is_some_and(|profit| profit != settled))
    }

    /// Whether the ledger has something to decide: the settlement itself, or a correction of it.
    pub fn is_unsettled(&self) -> bool {
        self.settlement == Settlement::Pending || self.correction_due()
    }

    /// By how much the profit that power is due on differs from the one that the ledger settled on, whichever way;
    /// zero where the ledger has nothing to decide.
    pub fn unsettled_profit(&self) -> Amount {
        if !self.is_unsettled() {
            return Amount::ZERO;
        }
        let due = |profit: Option<Amount>| profit.unwrap_or(Amount::ZERO).max(Amount::ZERO);
        let (now, settled) = (due(self.closed_profit()), due(self.settled_profit));
        let difference = if now > settled {
            now.minus(settled)
        } else {
            settled.minus(now)
        };
        // Neither is negative, so that their difference is no larger than the larger one.
        difference.unwrap_or(Amount::ZERO)
    }
}

#[cfg(test)]
mod tests;
