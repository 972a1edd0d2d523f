//! Logs of a vault, and the events that they are.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::chain::{Address, Block, BlockNumber, ChainId, Hash, RawAmount};

/// What makes a log one: a transaction may carry several events, and a transaction of the same hash may be on two chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LogKey {
    /// Chain.
    pub chain: ChainId,
    /// Transaction.
    pub tx: Hash,
    /// Index of the log in its block.
    pub index: u32,
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.chain, self.tx, self.index)
    }
}

/// A log as the chain has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainLog {
    /// What makes it one.
    pub key: LogKey,
    /// Its block's number.
    pub block: BlockNumber,
    /// Its block's hash.
    pub block_hash: Hash,
    /// The contract that wrote it.
    pub address: Address,
    /// Its topics, the event's signature first.
    pub topics: Vec<Hash>,
    /// What is not indexed.
    pub data: Vec<u8>,
    /// Whether the node takes it back: its block is no longer on the chain.
    pub removed: bool,
}

/// What somebody did at a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainEvent {
    /// `Deposit(address indexed user, uint256 usdtAmount)`: paid in, to get shares.
    Deposit {
        /// Who.
        user: Address,
        /// How much arrived, in units of the money token.
        amount: RawAmount,
    },
    /// `Redeem(address indexed user, uint256 shareQty)`: gave shares up, to be paid.
    Redeem {
        /// Who.
        user: Address,
        /// How many were burned, in units of the share token.
        shares: RawAmount,
    },
}

/// A confirmed log with what it is; a log that is not understood is kept with the reason and acts on nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenLog {
    /// The log.
    pub log: ChainLog,
    /// Its block, of which at least number and hash are as in the log.
    pub block: Block,
    /// What it is, or why it is not understood (no secrets; at most 200 characters).
    pub event: Result<ChainEvent, String>,
}
