//! Subscriptions: how far the logs of one contract were read, and whether what was read is still on the chain.

use serde::Serialize;

use crate::chain::{Address, Block, BlockNumber, ChainId, Hash, LogKey, SeenLog};
use crate::id::{SubscriptionId, TriggerId};
use crate::time::Timestamp;

/// Blocks below the cursor whose hashes are kept, to tell how deep a reorg was.
pub const ANCHORS: u64 = 256;

/// Whether a subscription follows its chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum FollowState {
    /// It reads on.
    Following,
    /// What was acted on is no longer on the chain, or the chain was reset: nothing is read and nothing is paid until an operator
    /// resumes it.
    Halted {
        /// What was seen.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

impl FollowState {
    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Following => "following",
            Self::Halted { .. } => "halted",
        }
    }
}

/// One contract whose logs are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subscription {
    /// Identity; owner of its accounts in the ledger.
    pub id: SubscriptionId,
    /// Its name in the settings, at most 60 characters.
    pub name: String,
    /// Chain.
    pub chain: ChainId,
    /// The vault.
    pub contract: Address,
    /// The block below the first that is read.
    pub start: BlockNumber,
    /// Everything up to this block was read and is committed; its hash is `None` before the first time.
    pub cursor: BlockNumber,
    /// The cursor's block's hash.
    pub cursor_hash: Option<Hash>,
    /// Hash of the chain's block 0, once known: another one is another chain.
    pub genesis: Option<Hash>,
    /// Whether it follows.
    pub follow: FollowState,
    /// Reorgs seen, of any depth.
    pub reorgs: u32,
    /// Logs that were found below the cursor only by a later look.
    pub late_logs: u32,
    /// Logs that were not understood.
    pub malformed: u32,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with every change.
    pub version: u32,
}

/// A log on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLog {
    /// By which subscription it was read.
    pub subscription: SubscriptionId,
    /// The log and what it is.
    pub seen: SeenLog,
    /// The trigger that it made; `None` for one that is not understood.
    pub trigger: Option<TriggerId>,
    /// When it was read.
    pub read_at: Timestamp,
    /// Its block was found to be no longer on the chain after it had acted.
    pub orphaned: bool,
}

/// Where a log that acted is now, after a reorg moved its transaction into another block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedLog {
    /// What it was known as.
    pub from: LogKey,
    /// The index of it in its new block.
    pub index: u32,
    /// Its new block; `None` when it is on the chain no more.
    pub block: Option<Block>,
}

/// A block of a subscription's chain that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Subscription.
    pub subscription: SubscriptionId,
    /// Its number.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: Hash,
}
