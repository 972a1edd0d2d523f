//! What an account holds, and what was booked on it.

use domain::fixed::{Amount, Price, Quantity};
use domain::market::{Side, Symbol};
use domain::time::Timestamp;
use domain::venue::{IncomeReport, MarginMode, PositionReport};
use rust_decimal::Decimal;

use super::trade::{ProfitBasis, Trade};

/// The balance of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The asset.
    pub asset: String,
    /// All of it, without what open positions have not realised.
    pub wallet: Amount,
    /// What is free for new positions, where the venue tells.
    pub available: Option<Amount>,
}

/// An open position, before what other endpoints tell is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Market.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Whether the account keeps a long and a short of a market apart.
    pub is_hedge: bool,
    /// Size in coins; zero where a push tells that it has closed.
    pub quantity: Quantity,
    /// Average entry price.
    pub entry_price: Price,
    /// What the venue values it at, where it tells.
    pub mark_price: Option<Price>,
    /// Leverage, where it tells.
    pub leverage: Option<u32>,
    /// How margin is shared, where it tells.
    pub margin_mode: Option<MarginMode>,
    /// Where it is liquidated, where it tells.
    pub liquidation_price: Option<Price>,
}

impl Holding {
    /// As the domain knows it: `mark_price` and `leverage` are what other endpoints told, where this one does not.
    /// `None` when nothing is held.
    pub fn report(&self, mark_price: Price, leverage: u32) -> Option<PositionReport> {
        self.quantity.is_positive().then(|| PositionReport {
            symbol: self.symbol.clone(),
            side: self.side,
            quantity: self.quantity,
            entry_price: self.entry_price,
            mark_price: self.mark_price.unwrap_or(mark_price),
            leverage: self.leverage.unwrap_or(leverage),
            liquidation_price: self.liquidation_price,
        })
    }
}

/// What a line of a venue's account history is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookingKind {
    /// Funding of a position.
    Funding,
    /// A fee of an execution, which the execution tells too.
    Fee,
    /// Profit that an execution realised, which the execution tells too.
    Realised,
    /// A loss or a fee by a forced close that no execution tells.
    Liquidation,
    /// Money in or out.
    Transfer,
    /// Anything else: rebates, bonuses, conversions.
    Other,
}

/// A line of a venue's account history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// The venue's id of it, unique on the account.
    pub id: String,
    /// What it is about.
    pub kind: BookingKind,
    /// The venue's own name of that.
    pub name: String,
    /// Market, where it concerns one.
    pub symbol: Option<Symbol>,
    /// The side of the position, where the venue tells.
    pub position_side: Option<Side>,
    /// The execution that it belongs to, where the venue tells.
    pub trade: Option<String>,
    /// The asset.
    pub asset: String,
    /// Received when positive, paid when negative.
    pub amount: Amount,
    /// When, by the venue's clock.
    pub at: Timestamp,
}

impl Booking {
    /// The payment that it is for a position, when it is one in the settlement asset: funding, or a forced loss that
    /// no execution tells.
    pub fn income(&self, settle: &str) -> Option<IncomeReport> {
        let is_payment = match self.kind {
            BookingKind::Funding | BookingKind::Liquidation => true,
            BookingKind::Fee | BookingKind::Realised | BookingKind::Transfer | BookingKind::Other => false,
        };
        let symbol = self.symbol.clone()?;
        (is_payment && self.asset == settle).then(|| IncomeReport {
            venue_income_id: self.id.clone(),
            symbol,
            position_side: self.position_side,
            amount: self.amount,
            at: self.at,
        })
    }
}

/// Gives each execution the profit that the account's history tells of it, where the execution itself tells none. Up to
/// `complete` all of that history is in `bookings`: what it does not tell there realised nothing. Up to `booked` it is whole
/// for those executions whose fee it tells, which is booked together with the profit.
pub fn realise(trades: &mut [Trade], bookings: &[Booking], complete: Option<Timestamp>, booked: Option<Timestamp>) {
    for trade in trades.iter_mut().filter(|trade| trade.realised.is_none()) {
        let own = |kind: BookingKind| {
            let (symbol, id) = (Some(&trade.symbol), Some(&trade.id));
            let is_own =
                move |line: &&Booking| line.kind == kind && line.symbol.as_ref() == symbol && line.trade.as_ref() == id;
            bookings.iter().filter(is_own)
        };
        let amounts: Vec<Amount> = own(BookingKind::Realised).map(|booking| booking.amount).collect();
        let has_fee = own(BookingKind::Fee).next().is_some();
        let is_before = |end: Option<Timestamp>| end.is_some_and(|end| trade.at <= end);
        let is_complete = is_before(complete) || (has_fee && is_before(booked));
        if !amounts.is_empty() || is_complete {
            trade.realised = Amount::sum(amounts).ok();
        }
    }
}

/// What a venue's history tells of positions, or parts of them, that have closed: a second word on what the executions
/// and the bookings sum to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedProfit {
    /// Market.
    pub symbol: Symbol,
    /// The side that was closed.
    pub side: Side,
    /// How much was closed, in coins or in the venue's contracts.
    pub size: Decimal,
    /// Profit.
    pub profit: Amount,
    /// What the profit has in it.
    pub basis: ProfitBasis,
    /// Fees, paid when positive, where the venue tells them here.
    pub fees: Option<Amount>,
    /// Funding, received when positive, where the venue tells it here.
    pub funding: Option<Amount>,
    /// When it closed.
    pub at: Timestamp,
}

/// A page of a venue's history, newest or oldest first as the venue sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What asks for the next page; `None` when there is none.
    pub next: Option<String>,
}
