//! An EVM chain as the actors see it: heads, logs, calls, and raw transactions.

use std::time::Duration;

use async_trait::async_trait;
use domain::chain::{Address, Block, BlockNumber, ChainId, ChainLog, Hash, RawAmount};
use domain::outcome::Outcome;

use crate::ports::market::Wake;

/// Why a question to a chain has no answer. Nothing can be concluded from it about logs or transactions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No node answered in time.
    #[error("no node answered: {0}")]
    Unreachable(String),
    /// Too many requests; ask again after this time.
    #[error("the node limits requests for {}s", retry_after.as_secs())]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The range has too many logs or blocks, or took too long: ask for less.
    #[error("the node wants a smaller range")]
    TooMuch {
        /// The last block of the range that the node proposes, where it does.
        proposed: Option<BlockNumber>,
    },
    /// The node keeps no history that old.
    #[error("the node has pruned what is asked for: {0}")]
    Pruned(String),
    /// The node says no to the question itself.
    #[error("the node refuses: {0}")]
    Refused(String),
    /// The answer could not be understood.
    #[error("the node answered what cannot be understood: {0}")]
    Malformed(String),
}

/// Which block is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockAt {
    /// The newest that the node has.
    Latest,
    /// The newest that the chain calls safe.
    Safe,
    /// The newest that the chain calls final.
    Finalized,
    /// This one.
    Number(BlockNumber),
}

/// Which logs are asked for: of one contract, with one of these first topics.
#[derive(Debug, Clone, Copy)]
pub struct LogFilter<'a> {
    /// The contract.
    pub address: Address,
    /// First topics; empty for any.
    pub topics: &'a [Hash],
    /// First block.
    pub from: BlockNumber,
    /// Last block.
    pub to: BlockNumber,
}

/// What a chain's market for gas asks now, in wei per gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GasPrices {
    /// Base fee of the next block.
    pub base: u128,
    /// A tip that gets a transaction into one of the next blocks.
    pub tip: u128,
}

/// What became of a transaction that is on the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its hash.
    pub tx: Hash,
    /// The block that it is in.
    pub block: BlockNumber,
    /// That block's hash.
    pub block_hash: Hash,
    /// Whether it did what it was made for, rather than being reverted.
    pub succeeded: bool,
    /// Gas that it used.
    pub gas_used: u64,
}

/// What a node said to a raw transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It has it now, or had it already.
    Accepted,
    /// Its nonce is below the account's: some transaction with it is on the chain already.
    NonceTooLow,
    /// Its nonce is beyond the account's next one: it waits, or was not kept.
    NonceTooHigh,
    /// Its fees are too low to be kept, or to replace the one that waits.
    Underpriced,
    /// The account cannot pay for it.
    InsufficientFunds,
}

/// Somebody's endpoint, for the operator's eyes: no secret of its address is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointHealth {
    /// Its name: scheme, host and port.
    pub name: String,
    /// Whether it is the one that is asked now.
    pub in_use: bool,
    /// Whether its socket of heads is up.
    pub is_heard: bool,
    /// Failures in a row.
    pub failures: u32,
    /// The highest block that it told.
    pub head: Option<BlockNumber>,
}

/// One chain, behind all its endpoints. Every call is bounded by the adapter's deadline and may be dropped at any await.
#[async_trait]
pub trait Chain: Send + Sync + 'static {
    /// Which chain this is, by the settings; an endpoint of another one is not used.
    fn id(&self) -> ChainId;

    /// A block; `None` where the node has none there (yet).
    async fn block(&self, at: BlockAt) -> Result<Option<Block>, ChainError>;

    /// Blocks by number, in one request; those that the node does not have are `None`.
    async fn blocks(&self, numbers: &[BlockNumber]) -> Result<Vec<Option<Block>>, ChainError>;

    /// Logs of a range, in order of block and index.
    async fn logs(&self, filter: LogFilter<'_>) -> Result<Vec<ChainLog>, ChainError>;

    /// The same, from another endpoint than the one in use where there is one.
    async fn logs_elsewhere(&self, filter: LogFilter<'_>) -> Result<Vec<ChainLog>, ChainError>;

    /// Answers of a contract's view, at the latest block.
    async fn call(&self, to: Address, data: &[u8]) -> Result<Vec<u8>, ChainError>;

    /// Balance of an account in the chain's own coin, in wei.
    async fn balance(&self, of: Address) -> Result<RawAmount, ChainError>;

    /// Transactions that an account has on the chain, and with those that wait: (latest, pending).
    async fn nonces(&self, of: Address) -> Result<(u64, u64), ChainError>;

    /// What gas costs now.
    async fn gas_prices(&self) -> Result<GasPrices, ChainError>;

    /// Gas that a call would take; `Refused` when it would be reverted, with the reason.
    async fn estimate(&self, from: Address, to: Address, data: &[u8]) -> Result<u64, ChainError>;

    /// Hands a signed transaction to every endpoint that answers; a send that got no answer is [`Outcome::Unknown`]. Any error that
    /// is not one of [`Sent`] is unknown too.
    async fn send(&self, raw: &[u8]) -> Outcome<Sent>;

    /// What became of a transaction; `None` while no node has it in a block.
    async fn receipt(&self, tx: Hash) -> Result<Option<Receipt>, ChainError>;

    /// Whether any node knows the transaction, in a block or waiting.
    async fn knows(&self, tx: Hash) -> Result<bool, ChainError>;

    /// Wakes `wake` at every new head and log that a socket tells of this contract, whenever a log is taken back, and whenever a socket
    /// comes about or breaks; whoever is woken looks. The latest `wake` for a contract counts.
    fn heed(&self, contract: Address, wake: Wake);

    /// Nobody cares for the contract any more.
    fn forget(&self, contract: Address);

    /// Whether a socket tells of new heads, so that a look without being woken is only an audit.
    fn is_heard(&self) -> bool;

    /// Another endpoint is to be asked from now on, where there is one: the one in use is behind, or tells what cannot be.
    fn distrust(&self, why: &str);

    /// How its endpoints do.
    fn endpoints(&self) -> Vec<EndpointHealth>;
}

/// Words between us and contracts: pure, the same for every chain.
pub trait Abi: Send + Sync + 'static {
    /// First topics of the events of a vault.
    fn topics(&self) -> Vec<Hash>;

    /// What a log of a vault is, or why it is not understood.
    fn event(&self, log: &ChainLog) -> Result<domain::chain::ChainEvent, String>;

    /// The call that pays a payout: recipient and amount are the payout's.
    fn payout_call(&self, payout: &domain::payout::Payout) -> Vec<u8>;

    /// The call that asks a vault whether it has done a payout, and its answer.
    fn is_paid_call(&self, id: Hash) -> Vec<u8>;

    /// A boolean answer.
    fn flag(&self, answer: &[u8]) -> Result<bool, ChainError>;

    /// The call that asks a token for an account's balance, and what a token answers; also its total supply.
    fn balance_call(&self, of: Address) -> Vec<u8>;

    /// The call that asks a token for its total supply.
    fn supply_call(&self) -> Vec<u8>;

    /// A whole number as answer.
    fn number(&self, answer: &[u8]) -> Result<RawAmount, ChainError>;

    /// The call that asks an aggregator of prices for its latest round.
    fn round_call(&self) -> Vec<u8>;

    /// The latest round of an aggregator: (answer, updated at in seconds); the round must be complete and positive.
    fn round(&self, answer: &[u8]) -> Result<(RawAmount, u64), ChainError>;
}

/// A transaction to sign: EIP-1559, without value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    /// Chain.
    pub chain: ChainId,
    /// Place among the account's transactions.
    pub nonce: u64,
    /// The contract.
    pub to: Address,
    /// The call.
    pub data: Vec<u8>,
    /// Gas at most.
    pub gas: u64,
    /// Wei per gas at most, tip included.
    pub max_fee: u128,
    /// Wei per gas for whoever makes the block.
    pub tip: u128,
}

/// A signed transaction, whose hash is known before anybody has it.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// Its bytes.
    pub raw: Vec<u8>,
    /// Its hash.
    pub hash: Hash,
}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not sign: {0}")]
pub struct SignError(pub String);

/// The key of the account that pays.
#[async_trait]
pub trait PayoutSigner: Send + Sync + 'static {
    /// The account.
    fn address(&self) -> Address;

    /// Signs. The same transaction need not give the same bytes twice.
    async fn sign(&self, transaction: &Unsigned) -> Result<Signed, SignError>;
}
