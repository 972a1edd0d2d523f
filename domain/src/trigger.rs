//! Triggers: what a log at a vault sets off, from the log to shares, money or the return of what was given.

pub mod case;
pub mod decide;
pub mod listing;
pub mod money;
pub mod moves;
pub mod order;
pub mod price;
pub mod report;
pub mod solvency;
#[cfg(test)]
mod tests;

pub use case::{Case, Step, payouts};
pub use listing::{Fees, Late, Listing, PriceSource};
pub use moves::{TriggerError, TriggerEvent};
pub use order::{StockOrder, StockOrderState};
pub use report::{StockOrderError, StockOrderEvent};

use serde::Serialize;

use crate::chain::{Address, BlockNumber, ChainEvent, Hash, LogKey, RawAmount};
use crate::fixed::{Amount, Price, Quantity};
use crate::id::{StockOrderId, SubscriptionId, TriggerId};
use crate::market::{Action, Symbol};
use crate::time::Timestamp;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    /// Money was paid in: shares are bought and minted.
    Deposit,
    /// Shares were burned: they are sold and paid.
    Redeem,
}

impl TriggerKind {
    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Redeem => "redeem",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Deposit, Self::Redeem]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }

    /// What is done at the venue for it.
    pub const fn action(self) -> Action {
        match self {
            Self::Deposit => Action::Buy,
            Self::Redeem => Action::Sell,
        }
    }
}

/// The price at which a trigger is dealt with, before slippage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PriceLock {
    /// The price.
    pub price: Price,
    /// When it was so, by its source's clock.
    pub at: Timestamp,
    /// Who told it.
    pub source: PriceSource,
}

/// Where a trigger stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum TriggerState {
    /// A pause covers it: it is on record, and acts after the resume.
    Held,
    /// It waits for a price, an open market, or the next try.
    Ready,
    /// An order for it is on record and has not ended, as far as is known.
    Ordering {
        /// Which.
        order: StockOrderId,
    },
    /// Its order ended with something executed: the payouts are on record.
    Paying,
    /// Nothing was executed: what was given goes back; the payout is on record.
    Returning,
    /// All was paid.
    Settled {
        /// When.
        at: Timestamp,
    },
    /// All went back.
    Returned {
        /// When.
        at: Timestamp,
    },
}

impl TriggerState {
    /// Name in the database and the API's own words.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Ready => "ready",
            Self::Ordering { .. } => "ordering",
            Self::Paying => "paying",
            Self::Returning => "returning",
            Self::Settled { .. } => "settled",
            Self::Returned { .. } => "returned",
        }
    }

    /// Whether nothing more happens to it.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Settled { .. } | Self::Returned { .. })
    }

    /// What users are shown: PENDING, EXECUTING, EXECUTED or FAILED.
    pub const fn shown(&self) -> &'static str {
        match self {
            Self::Held | Self::Ready => "PENDING",
            Self::Ordering { .. } | Self::Paying => "EXECUTING",
            Self::Settled { .. } => "EXECUTED",
            Self::Returning | Self::Returned { .. } => "FAILED",
        }
    }
}

/// Every state by its name.
pub const TRIGGER_STATES: [&str; 7] = [
    "held",
    "ready",
    "ordering",
    "paying",
    "returning",
    "settled",
    "returned",
];

/// One deposit or redemption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// Identity.
    pub id: TriggerId,
    /// The log that set it off; a log sets off one trigger.
    pub log: LogKey,
    /// By which subscription the log was read.
    pub subscription: SubscriptionId,
    /// What was asked for.
    pub kind: TriggerKind,
    /// Who gets the shares, the money, or what was given back.
    pub user: Address,
    /// Which stock, as the venue names it.
    pub symbol: Symbol,
    /// The log's block.
    pub block: BlockNumber,
    /// The log's block's hash.
    pub block_hash: Hash,
    /// The log's block's time, by the chain.
    pub block_at: Timestamp,
    /// What was given, in the token's own units: money of a deposit, shares of a redemption.
    pub raw: RawAmount,
    /// The same at the ledger's scale, dust left out.
    pub amount: Amount,
    /// What of it is finer than the ledger's scale; it goes back with what is left over.
    pub dust: RawAmount,
    /// The price it is dealt with at; `None` until one was to be had.
    pub price: Option<PriceLock>,
    /// Shares executed for it.
    pub filled: Quantity,
    /// Money that the execution cost or brought, the venue's fees included.
    pub value: Amount,
    /// The platform's fee, part of the money.
    pub fee: Amount,
    /// Orders that were made for it.
    pub orders: u32,
    /// Where it stands.
    pub state: TriggerState,
    /// Why it waits or failed; no secrets, at most 200 characters.
    pub error: Option<String>,
    /// Not to be looked at before, unless somebody pokes; `None`: at once.
    pub next_at: Option<Timestamp>,
    /// After this nothing is ordered for it any more: it is returned.
    pub expires_at: Timestamp,
    /// When it was read.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with every change.
    pub version: u32,
}

impl Trigger {
    /// What its log said.
    pub fn event(&self) -> ChainEvent {
        match self.kind {
            TriggerKind::Deposit => ChainEvent::Deposit {
                user: self.user,
                amount: self.raw.clone(),
            },
            TriggerKind::Redeem => ChainEvent::Redeem {
                user: self.user,
                shares: self.raw.clone(),
            },
        }
    }
}

/// One transition of a trigger, of an order for it, or of a payout for it: a line of its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TriggerMove {
    /// Trigger.
    pub trigger: TriggerId,
    /// Place in its history, from 1.
    pub number: u32,
    /// What moved, and to where, such as `trigger ordering` or `payout 7 broadcast`; at most 60 characters.
    pub what: String,
    /// Words for people; no secrets, at most 200 characters.
    pub note: String,
    /// When.
    pub at: Timestamp,
    /// Who did it, when a person did.
    pub by: Option<String>,
}
