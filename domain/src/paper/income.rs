//! What changes a balance: fills and incomes, as records that never change.

use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, Price, Quantity};
use crate::id::VenueAccountId;
use crate::market::{Action, Side, Symbol};
use crate::time::Timestamp;
use crate::venue::{ClientOrderId, FillCause};

/// One execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperFill {
    /// Whose.
    pub account: VenueAccountId,
    /// Ascending per account.
    pub number: i64,
    /// Number of the order.
    pub order: i64,
    /// The sender's id of the order.
    pub client_id: Option<ClientOrderId>,
    /// Market.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// The side of the position that it changed.
    pub side: Side,
    /// Whether it shrank the position.
    pub reducing: bool,
    /// How much.
    pub quantity: Quantity,
    /// At which price.
    pub price: Price,
    /// Fee paid.
    pub fee: Amount,
    /// Profit realised, before the fee.
    pub realised: Amount,
    /// Who brought it about.
    pub cause: FillCause,
    /// Whether the order rested before it was filled.
    #[serde(default)]
    pub maker: bool,
    /// When.
    pub at: Timestamp,
}

/// Why an income was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperIncomeKind {
    /// Funding between longs and shorts.
    Funding,
    /// The venue bears what a position lost beyond its margin.
    Insurance,
}

/// A payment that is no fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperIncome {
    /// Whose.
    pub account: VenueAccountId,
    /// Ascending per account.
    pub number: i64,
    /// Why.
    pub kind: PaperIncomeKind,
    /// Market it concerns.
    pub symbol: Symbol,
    /// Side of the position it concerns.
    pub side: Side,
    /// Received when positive, paid when negative.
    pub amount: Amount,
    /// When.
    pub at: Timestamp,
}
