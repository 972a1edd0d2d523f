//! Accounts of the paper venue and their positions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, NumberError, Price, Quantity, Rounding, divide};
use crate::id::VenueAccountId;
use crate::market::{Side, Symbol};
use crate::paper::market::PaperMarket;
use crate::paper::order::PaperOrder;
use crate::time::Timestamp;
use crate::user::PositionMode;
use crate::venue::MarginMode;

/// An account: balance, totals for the balance identity, counters, open positions and resting orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperAccount {
    /// Identity.
    pub id: VenueAccountId,
    /// One-way or hedge.
    pub mode: PositionMode,
    /// Wallet balance in the settlement asset.
    pub balance: Amount,
    /// What the account started with.
    pub credited: Amount,
    /// Σ realised of all fills.
    pub realised: Amount,
    /// Σ fees of all fills.
    pub fees: Amount,
    /// Σ incomes.
    pub incomes: Amount,
    /// Number of the last order.
    pub last_order: i64,
    /// Number of the last fill.
    pub last_fill: i64,
    /// Number of the last income.
    pub last_income: i64,
    /// Leverage and margin mode by market, where they were set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<Symbol, Setting>,
    /// Open positions.
    #[serde(skip)]
    pub positions: Vec<PaperPosition>,
    /// Resting orders, oldest first.
    #[serde(skip)]
    pub orders: Vec<PaperOrder>,
}

/// What an account has set for one market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Leverage of what is opened.
    pub leverage: u32,
    /// Margin mode of what is opened.
    pub margin_mode: MarginMode,
}

/// An open position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperPosition {
    /// Whose.
    pub account: VenueAccountId,
    /// Market.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Size; zero once it is closed.
    pub quantity: Quantity,
    /// Σ notional of what is still open, at its entry prices.
    pub cost: Amount,
    /// Isolated margin, funding included; zero on cross.
    pub margin: Amount,
    /// Leverage of the last opening order.
    pub leverage: u32,
    /// Margin mode.
    pub margin_mode: MarginMode,
    /// When it was opened.
    pub opened_at: Timestamp,
}

impl PaperAccount {
    /// A new account with a starting balance.
    pub fn new(id: VenueAccountId, mode: PositionMode, credited: Amount) -> Self {
        Self {
            id,
            mode,
            balance: credited,
            credited,
            realised: Amount::ZERO,
            fees: Amount::ZERO,
            incomes: Amount::ZERO,
            last_order: 0,
            last_fill: 0,
            last_income: 0,
            settings: BTreeMap::new(),
            positions: Vec::new(),
            orders: Vec::new(),
        }
    }

    /// The open position of a market and side.
    pub fn position(&self, symbol: &Symbol, side: Side) -> Option<&PaperPosition> {
        self.positions
            .iter()
            .find(|position| position.side == side && position.symbol == *symbol)
    }

    /// Leverage and margin mode of a market: as set, or else 20 on cross, as at Binance.
    pub fn setting(&self, symbol: &Symbol, most: u32) -> Setting {
        let unset = Setting {
            leverage: most.min(20),
            margin_mode: MarginMode::Cross,
        };
        self.settings.get(symbol).copied().unwrap_or(unset)
    }

    /// Balance less all isolated margins: what stands behind the positions on cross.
    pub(super) fn cross_wallet(&self) -> Result<Amount, NumberError> {
        let isolated = Amount::sum(self.positions.iter().map(|position| position.margin))?;
        self.balance.minus(isolated)
    }

    /// Open positions on cross.
    pub(super) fn on_cross(&self) -> impl Iterator<Item = &PaperPosition> {
        self.positions
            .iter()
            .filter(|position| position.margin_mode == MarginMode::Cross)
    }
}

impl PaperPosition {
    /// Average entry price, half-up to 10 places.
    pub fn entry_price(&self) -> Result<Price, NumberError> {
        Price::average(self.cost, self.quantity, Rounding::HalfUp)
    }

    /// Profit of the whole position at `price`, before fees.
    pub fn unrealised(&self, price: Price) -> Result<Amount, NumberError> {
        gain(self.side, self.cost, price.notional(self.quantity, Rounding::HalfUp)?)
    }

    /// Margin that the position needs to be held, at its cost.
    pub fn initial_margin(&self) -> Result<Amount, NumberError> {
        PaperMarket::initial_margin(self.cost, self.leverage)
    }

    pub(super) fn grow(&mut self, quantity: Quantity, notional: Amount, leverage: u32) -> Result<(), NumberError> {
        self.quantity = self.quantity.plus(quantity)?;
        self.cost = self.cost.plus(notional)?;
        self.leverage = leverage;
        if self.margin_mode == MarginMode::Isolated {
            self.margin = self.margin.plus(PaperMarket::initial_margin(notional, leverage)?)?;
        }
        Ok(())
    }

    /// Takes a part out and returns its profit before fees.
    pub(super) fn reduce(&mut self, quantity: Quantity, notional: Amount) -> Result<Amount, NumberError> {
        let cost = share(self.cost, quantity, self.quantity, Rounding::HalfUp)?;
        let released = share(self.margin, quantity, self.quantity, Rounding::Down)?;
        self.quantity = self.quantity.minus(quantity)?;
        self.cost = self.cost.minus(cost)?;
        self.margin = self.margin.minus(released)?;
        gain(self.side, cost, notional)
    }
}

fn gain(side: Side, entry: Amount, exit: Amount) -> Result<Amount, NumberError> {
    match side {
        Side::Long => exit.minus(entry),
        Side::Short => entry.minus(exit),
    }
}

fn share(amount: Amount, part: Quantity, whole: Quantity, rounding: Rounding) -> Result<Amount, NumberError> {
    let numerator = i128::from(amount.units()) * i128::from(part.units());
    Amount::from_wide(divide(numerator, whole.units().into(), rounding)?)
}
