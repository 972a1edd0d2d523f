//! Orders that triggers make at a stock venue.

use serde::Serialize;

use crate::fixed::{Amount, Price, Quantity};
use crate::id::{StockOrderId, TriggerId};
use crate::market::{Action, Symbol};
use crate::stock::{OrderMark, StockIntent};
use crate::time::Timestamp;
use crate::venue::{VenueName, VenueOrderId};

/// Where an order for a trigger stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum StockOrderState {
    /// It is on record and about to leave, or has left and no answer came.
    Submitting,
    /// The outcome of the submit is unknown: it is looked up, and never sent again before absence is proven.
    InDoubt {
        /// What was seen.
        why: String,
        /// Since when.
        since: Timestamp,
    },
    /// The venue has it and it may be executed.
    Open,
    /// A cancellation was asked for; what is executed until it ends counts.
    Cancelling,
    /// It ended; what was executed stands.
    Ended {
        /// Why: `filled`, the venue's words, or `absent` for one that the venue never had.
        why: String,
    },
    /// The venue took an execution back: a person has to look, and nothing is done on it meanwhile.
    FillCancelled,
}

impl StockOrderState {
    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Submitting => "submitting",
            Self::InDoubt { .. } => "in_doubt",
            Self::Open => "open",
            Self::Cancelling => "cancelling",
            Self::Ended { .. } => "ended",
            Self::FillCancelled => "fill_cancelled",
        }
    }
}

/// One order for a trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StockOrder {
    /// Identity.
    pub id: StockOrderId,
    /// The trigger.
    pub trigger: TriggerId,
    /// The stock venue.
    pub venue: VenueName,
    /// Our mark on it: unique.
    pub mark: OrderMark,
    /// The venue's id, once known: unique at the venue.
    pub venue_id: Option<VenueOrderId>,
    /// Which stock.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// Shares asked for.
    pub quantity: Quantity,
    /// The worst price.
    pub limit: Price,
    /// Shares executed so far.
    pub filled: Quantity,
    /// Average price of them.
    pub average_price: Option<Price>,
    /// The venue's fees so far.
    pub fee: Amount,
    /// Where it stands.
    pub state: StockOrderState,
    /// When its intent was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with every change.
    pub version: u32,
}

impl StockOrder {
    /// What the venue is asked for.
    pub fn intent(&self) -> StockIntent {
        StockIntent {
            mark: self.mark.clone(),
            symbol: self.symbol.clone(),
            action: self.action,
            quantity: self.quantity,
            limit: self.limit,
        }
    }
}
