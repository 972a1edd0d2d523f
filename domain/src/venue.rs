//! What venues are told and what they report, in one vocabulary for all of them.

mod protection;

use std::fmt;

pub use self::protection::{Protection, ProtectionKind};
use serde::{Deserialize, Serialize};

use crate::fixed::{Amount, Price, Quantity};
use crate::market::{Action, Side, Symbol};
use crate::time::Timestamp;

/// The venues that Bursar knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VenueName {
    /// The built-in matching venue.
    Paper,
    /// Binance, USDⓈ-M perpetual contracts.
    Binance,
    /// OKX, USDT-margined perpetual swaps.
    Okx,
    /// Bitget, USDT-margined perpetual contracts.
    Bitget,
    /// Gate, USDT-settled perpetual contracts.
    Gate,
    /// Bybit, linear USDT perpetual contracts.
    Bybit,
    /// Stocks through Futu OpenD. Nobody's robots trade there: triggers do.
    Futu,
    /// Where positions of an imported platform were held. It is never connected: nothing trades there.
    Legacy,
}

impl VenueName {
    /// Every venue.
    pub const ALL: [Self; 8] = [
        Self::Paper,
        Self::Binance,
        Self::Okx,
        Self::Bitget,
        Self::Gate,
        Self::Bybit,
        Self::Futu,
        Self::Legacy,
    ];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Binance => "binance",
            Self::Okx => "okx",
            Self::Bitget => "bitget",
            Self::Gate => "gate",
            Self::Bybit => "bybit",
            Self::Futu => "futu",
            Self::Legacy => "legacy",
        }
    }

    /// Whether it can be connected, so that accounts on it are polled and robots trade there.
    pub const fn is_connectable(self) -> bool {
        match self {
            Self::Paper | Self::Binance | Self::Okx | Self::Bitget | Self::Gate | Self::Bybit => true,
            Self::Futu | Self::Legacy => false,
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|venue| venue.as_str() == text)
    }
}

impl fmt::Display for VenueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Our own id of an order at a venue, derived from the intent before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientOrderId(pub String);

impl fmt::Display for ClientOrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The venue's id of an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VenueOrderId(pub String);

impl fmt::Display for VenueOrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far an account's history has been read; opaque outside its venue's adapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// How an order is to be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// At the best prices now.
    Market,
    /// At this price or better.
    Limit {
        /// The worst acceptable price.
        price: Price,
    },
}

/// How margin is shared between positions of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarginMode {
    /// Each position has its own margin.
    Isolated,
    /// All positions share the account's balance.
    Cross,
}

impl MarginMode {
    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Isolated => "isolated",
            Self::Cross => "cross",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Isolated, Self::Cross]
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }
}

/// One instruction to a venue, complete before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderIntent {
    /// Our id at the venue.
    pub client_id: ClientOrderId,
    /// Market.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// The side of the position that the order opens or closes.
    pub position_side: Side,
    /// Matching.
    pub kind: OrderKind,
    /// How much, in whole lots.
    pub quantity: Quantity,
    /// Whether it may only shrink a position.
    pub reduce_only: bool,
    /// Whether it may only rest: one that would take is refused or cancelled by its venue. Without a limit it cannot be told.
    pub post_only: bool,
    /// Leverage that the symbol is to have on the account.
    pub leverage: u32,
    /// Margin mode that the symbol is to have on the account.
    pub margin_mode: MarginMode,
}

/// The state of an order as its venue tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportedState {
    /// Resting, perhaps partly filled.
    Open,
    /// Filled whole.
    Filled,
    /// Ended by a cancel; may be partly filled.
    Cancelled,
    /// Ended by the venue's rules; may be partly filled.
    Expired,
    /// Not accepted.
    Rejected,
}

/// An order as its venue reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReport {
    /// The venue's id.
    pub venue_id: VenueOrderId,
    /// Our id, when the order is ours.
    pub client_id: Option<ClientOrderId>,
    /// Market.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// State now.
    pub state: ReportedState,
    /// Quantity asked.
    pub quantity: Quantity,
    /// Quantity filled so far.
    pub filled: Quantity,
    /// When the state last changed, by the venue's clock.
    pub updated_at: Timestamp,
}

/// Who or what brought a fill about, as far as the venue tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillCause {
    /// An order of the user, ours or by hand.
    Order,
    /// Forced by the venue for lack of margin.
    Liquidation,
    /// Another act of the venue, such as a delisting or auto-deleveraging.
    Venue,
}

impl FillCause {
    /// Every cause.
    pub const ALL: [Self; 3] = [Self::Order, Self::Liquidation, Self::Venue];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Liquidation => "liquidation",
            Self::Venue => "venue",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == text)
    }
}

/// One execution, as its venue reports it; `venue_fill_id` is unique per account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillReport {
    /// The venue's id of the execution.
    pub venue_fill_id: String,
    /// The venue's id of the order.
    pub venue_order_id: VenueOrderId,
    /// Our id of the order, when it is ours.
    pub client_id: Option<ClientOrderId>,
    /// Market.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// The side of the position that it changed.
    pub position_side: Side,
    /// Whether it shrank the position.
    pub reducing: bool,
    /// How much.
    pub quantity: Quantity,
    /// At which price.
    pub price: Price,
    /// Fee paid in the settlement asset; negative is a rebate.
    pub fee: Amount,
    /// Profit realised by this execution before fees, in the settlement asset.
    pub realised: Amount,
    /// Who brought it about.
    pub cause: FillCause,
    /// When, by the venue's clock.
    pub at: Timestamp,
}

/// A payment on an account that is no fill: funding, in the settlement asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomeReport {
    /// The venue's id of the payment; unique per account.
    pub venue_income_id: String,
    /// Market it concerns.
    pub symbol: Symbol,
    /// The side of the position it concerns, where the venue tells.
    pub position_side: Option<Side>,
    /// Received when positive, paid when negative.
    pub amount: Amount,
    /// When, by the venue's clock.
    pub at: Timestamp,
}

/// An open position as its venue reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionReport {
    /// Market.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Size, positive.
    pub quantity: Quantity,
    /// Average entry price.
    pub entry_price: Price,
    /// Price that the venue values it at.
    pub mark_price: Price,
    /// Leverage.
    pub leverage: u32,
    /// Price at which the venue liquidates it, where it tells.
    pub liquidation_price: Option<Price>,
}

/// Everything that one poll of an account tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountReport {
    /// When the venue answered, by its clock.
    pub at: Timestamp,
    /// Wallet balance in the settlement asset.
    pub balance: Amount,
    /// Margin free for new positions.
    pub available: Amount,
    /// All open positions.
    pub positions: Vec<PositionReport>,
    /// All resting orders.
    pub open_orders: Vec<OrderReport>,
    /// Fills after the cursor, oldest first, up to a page.
    pub fills: Vec<FillReport>,
    /// Incomes after the cursor, oldest first, up to a page.
    pub incomes: Vec<IncomeReport>,
    /// Cursor after the last fill and income in this report.
    pub cursor: Cursor,
    /// Whether more history waits behind the cursor.
    pub more: bool,
}
