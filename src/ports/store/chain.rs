//! What the store tells of chains: subscriptions, logs, what they set off, and what was paid.

use async_trait::async_trait;
use domain::chain::{Address, Anchor, BlockNumber, ChainId, LogKey, StoredLog, Subscription};
use domain::fixed::Amount;
use domain::id::{PayoutId, StockOrderId, SubscriptionId, TriggerId};
use domain::ledger::GuardedRow;
use domain::page::Page;
use domain::payout::{Attempt, Payout};
use domain::time::Timestamp;
use domain::trigger::{StockOrder, Trigger, TriggerMove};

use super::{PayoutFilter, StoreError, TriggerFilter};

/// The part of the store that is about chains. Lists come in ascending order of id unless said otherwise.
#[async_trait]
pub trait ChainStore: Send + Sync + 'static {
    /// Versions of these rows; those that do not exist are left out.
    async fn versions(&self, rows: &[GuardedRow]) -> Result<Vec<(GuardedRow, u32)>, StoreError>;
    /// Every subscription that was ever made.
    async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError>;
    /// Blocks that a subscription read, newest first, at most `limit`.
    async fn anchors(&self, subscription: SubscriptionId, limit: u32) -> Result<Vec<Anchor>, StoreError>;
    /// Logs on record of a subscription in a range of blocks, in order of block and index; those of orphaned ones too.
    async fn logs_between(
        &self,
        subscription: SubscriptionId,
        from: BlockNumber,
        to: BlockNumber,
    ) -> Result<Vec<StoredLog>, StoreError>;
    /// Which of these logs are on record.
    async fn known_logs(&self, keys: &[LogKey]) -> Result<Vec<LogKey>, StoreError>;
    /// Logs that were not understood, each with its place by arrival, newest first, below the page's key (zero: from the newest).
    async fn malformed_logs(&self, page: Page) -> Result<Vec<(i64, StoredLog)>, StoreError>;
    /// One trigger.
    async fn trigger(&self, id: TriggerId) -> Result<Option<Trigger>, StoreError>;
    /// Triggers.
    async fn triggers(&self, filter: TriggerFilter, page: Page) -> Result<Vec<Trigger>, StoreError>;
    /// The history of a trigger, oldest first.
    async fn moves_of(&self, trigger: TriggerId) -> Result<Vec<TriggerMove>, StoreError>;
    /// One order for a trigger.
    async fn stock_order(&self, id: StockOrderId) -> Result<Option<StockOrder>, StoreError>;
    /// Orders for these triggers, in order of their ids.
    async fn stock_orders_of(&self, triggers: &[TriggerId]) -> Result<Vec<StockOrder>, StoreError>;
    /// One payout.
    async fn payout(&self, id: PayoutId) -> Result<Option<Payout>, StoreError>;
    /// Payouts.
    async fn payouts(&self, filter: PayoutFilter, page: Page) -> Result<Vec<Payout>, StoreError>;
    /// Payouts for these triggers, in order of their ids.
    async fn payouts_of(&self, triggers: &[TriggerId]) -> Result<Vec<Payout>, StoreError>;
    /// Σ of payouts of money or shares (`is_money`) of a subscription that were made at this time or later, to one recipient or to
    /// all, whatever became of them.
    async fn paid_since(
        &self,
        subscription: SubscriptionId,
        is_money: bool,
        recipient: Option<Address>,
        since: Timestamp,
    ) -> Result<Amount, StoreError>;
    /// Transactions that were signed for a payout, oldest first.
    async fn attempts_of(&self, payout: PayoutId) -> Result<Vec<Attempt>, StoreError>;
    /// Transactions that a payer signed with these nonces, in order of nonce and number.
    async fn attempts_at(&self, chain: ChainId, payer: Address, nonces: &[u64]) -> Result<Vec<Attempt>, StoreError>;
    /// The highest nonce that a payer signed anything with.
    async fn last_nonce(&self, chain: ChainId, payer: Address) -> Result<Option<u64>, StoreError>;
}
