//! Payouts: money and shares that leave by a transaction of ours, each once, whatever is lost on the way.

pub mod decide;
pub mod fees;
pub mod limits;
pub mod money;
pub mod moves;
pub mod nonces;
pub mod retry;
pub mod treasury;

pub use moves::{IllegalMove, PayoutEvent};

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::chain::{Address, BlockNumber, ChainId, Hash, RawAmount};
use crate::fixed::Amount;
use crate::id::{PayoutId, SubscriptionId, TriggerId};
use crate::time::Timestamp;

/// What leaves, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutKind {
    /// Shares that were bought are minted.
    Mint,
    /// Money of a deposit that was not used goes back.
    Refund,
    /// Money that sold shares brought is paid.
    Proceeds,
    /// Shares of a redemption that were not sold are minted again.
    Remint,
}

impl PayoutKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Mint, Self::Refund, Self::Proceeds, Self::Remint];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mint => "mint",
            Self::Refund => "refund",
            Self::Proceeds => "proceeds",
            Self::Remint => "remint",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether money leaves, rather than shares.
    pub const fn is_money(self) -> bool {
        match self {
            Self::Refund | Self::Proceeds => true,
            Self::Mint | Self::Remint => false,
        }
    }
}

impl fmt::Display for PayoutKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a payout stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum PayoutState {
    /// Nothing is signed for it.
    Queued,
    /// A transaction for it is signed and on record, and may have left.
    Signed {
        /// Its place among the payer's transactions.
        nonce: u64,
    },
    /// A node took a transaction for it.
    Broadcast {
        /// Its place among the payer's transactions.
        nonce: u64,
        /// The latest transaction.
        hash: Hash,
        /// Since when that waits to be in a block.
        since: Timestamp,
    },
    /// It is on the chain, deep enough.
    Confirmed {
        /// The transaction; all zero when the vault has done it by one that is not known here.
        tx: Hash,
        /// Its block; of one that is not known, the block at which the vault was first seen to have done it.
        block: BlockNumber,
        /// When that was seen.
        at: Timestamp,
    },
    /// A person has to look: nothing is done until somebody says so.
    Halted {
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
        /// The nonce that its transactions carry, when some were signed.
        nonce: Option<u64>,
    },
}

impl PayoutState {
    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Signed { .. } => "signed",
            Self::Broadcast { .. } => "broadcast",
            Self::Confirmed { .. } => "confirmed",
            Self::Halted { .. } => "halted",
        }
    }

    /// Whether nothing more happens to it.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Confirmed { .. })
    }

    /// The nonce that its transactions carry, once one was signed; a confirmed one no longer needs it.
    pub const fn nonce(&self) -> Option<u64> {
        match self {
            Self::Signed { nonce } | Self::Broadcast { nonce, .. } => Some(*nonce),
            Self::Halted { nonce, .. } => *nonce,
            Self::Queued | Self::Confirmed { .. } => None,
        }
    }
}

/// Every state by its name.
pub const PAYOUT_STATES: [&str; 5] = ["queued", "signed", "broadcast", "confirmed", "halted"];

/// One thing that is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payout {
    /// Identity.
    pub id: PayoutId,
    /// What leaves.
    pub kind: PayoutKind,
    /// The trigger that it is for: one payout per trigger and kind.
    pub trigger: TriggerId,
    /// The trigger's subscription.
    pub subscription: SubscriptionId,
    /// Chain.
    pub chain: ChainId,
    /// The vault that pays or mints.
    pub vault: Address,
    /// Who is paid.
    pub recipient: Address,
    /// How much, in units of the token.
    pub raw: RawAmount,
    /// The same at the ledger's scale, dust left out.
    pub amount: Amount,
    /// The contract's own name of it; what was done under this is never done again.
    pub key: Hash,
    /// Transactions that were signed for it.
    pub attempts: u32,
    /// Where it stands.
    pub state: PayoutState,
    /// Why it waits; no secrets, at most 200 characters.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with every change.
    pub version: u32,
}

/// The contract's name of a payout: no two installations, triggers or kinds share one.
pub fn payout_key(installation: &str, trigger: TriggerId, kind: PayoutKind) -> Hash {
    let named = format!("bursar:{installation}:{trigger}:{kind}");
    Hash(Sha256::digest(named.as_bytes()).into())
}

/// A transaction that was signed for a payout, or that fills a nonce which nobody needs any more.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Chain.
    pub chain: ChainId,
    /// Who pays for the gas, and whose nonce it is.
    pub payer: Address,
    /// The payout; `None` for one that only fills a gap.
    pub payout: Option<PayoutId>,
    /// Place among the payer's transactions.
    pub nonce: u64,
    /// Which one with this nonce, from 1.
    pub number: u32,
    /// Its hash.
    pub hash: Hash,
    /// Its bytes: whoever has them can send it, and nothing else.
    pub raw: Vec<u8>,
    /// Gas at most.
    pub gas: u64,
    /// Wei per gas at most.
    pub max_fee: u128,
    /// Wei per gas for whoever makes the block.
    pub tip: u128,
    /// When it was signed.
    pub signed_at: Timestamp,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("payout", &self.payout)
            .field("nonce", &self.nonce)
            .field("number", &self.number)
            .field("hash", &self.hash)
            .field("max_fee", &self.max_fee)
            .field("tip", &self.tip)
            .finish_non_exhaustive()
    }
}
