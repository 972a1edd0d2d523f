//! Listings: which contract stands for which stock, and the terms on which triggers are dealt with.

use serde::{Deserialize, Serialize};

use crate::chain::{Address, ChainId};
use crate::fixed::{Amount, Quantity, Ratio};
use crate::id::SubscriptionId;
use crate::ledger::Asset;
use crate::market::Symbol;
use crate::venue::VenueName;

/// Who tells the price that a trigger is dealt with at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceSource {
    /// The stock venue's quote.
    Venue,
    /// An aggregator contract on the chain.
    Feed,
}

impl PriceSource {
    /// Name in the database, the settings and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Venue => "venue",
            Self::Feed => "feed",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Venue, Self::Feed]
            .into_iter()
            .find(|source| source.as_str() == text)
    }
}

/// What becomes of a log that is read so late that the price of its own time is not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Late {
    /// It is dealt with at the price of now.
    Quote,
    /// It is returned.
    Return,
}

/// What is taken for the service, as a share of the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fees {
    /// Of what a buy cost.
    pub buy: Ratio,
    /// Of what a sell brought.
    pub sell: Ratio,
    /// Kept free of a deposit for the venue's own fees, which are known only afterwards.
    pub venue_reserve: Ratio,
}

/// One contract with its stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The subscription that reads its logs.
    pub subscription: SubscriptionId,
    /// The subscription's name.
    pub name: String,
    /// Chain.
    pub chain: ChainId,
    /// The vault.
    pub vault: Address,
    /// The money token.
    pub money_token: Address,
    /// The money token's decimals.
    pub money_decimals: u32,
    /// The money in the ledger.
    pub money: Asset,
    /// The share token.
    pub share_token: Address,
    /// The share token's decimals.
    pub share_decimals: u32,
    /// The shares in the ledger.
    pub share: Asset,
    /// The stock venue.
    pub venue: VenueName,
    /// The stock, as the venue names it.
    pub symbol: Symbol,
    /// Orders are for a multiple of this, in shares; the venue's own lot counts where it is larger.
    pub lot: Quantity,
    /// Deposits below are returned.
    pub min_deposit: Amount,
    /// Redemptions below are returned, in shares.
    pub min_redeem: Amount,
    /// How far from the locked price an order may go, as a share of it.
    pub slippage: Ratio,
    /// Fees.
    pub fees: Fees,
    /// Who tells the price.
    pub price_source: PriceSource,
    /// The aggregator on the chain, and the decimals of what it answers.
    pub feed: Option<(Address, u32)>,
    /// A price older than this, in milliseconds, is not taken.
    pub max_price_age_ms: i64,
    /// How far feed and venue may be apart, as a share, where both are to be had; zero: they are not compared.
    pub max_deviation: Ratio,
    /// A log whose block is older than this when it is read, in milliseconds, is late.
    pub late_after_ms: i64,
    /// What becomes of a late log.
    pub late: Late,
    /// How long a trigger may wait for an open market and its order, in milliseconds, before it is returned.
    pub patience_ms: i64,
}
