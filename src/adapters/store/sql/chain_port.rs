//! What the store tells of chains, over SQL.

use async_trait::async_trait;
use domain::chain::{Address, Anchor, BlockNumber, ChainId, LogKey, StoredLog, Subscription};
use domain::fixed::Amount;
use domain::id::{PayoutId, StockOrderId, SubscriptionId, TriggerId};
use domain::ledger::GuardedRow;
use domain::page::Page;
use domain::payout::{Attempt, Payout};
use domain::time::Timestamp;
use domain::trigger::{StockOrder, Trigger, TriggerMove};

use super::SqlStore;
use crate::ports::store::{ChainStore, PayoutFilter, StoreError, TriggerFilter};

#[async_trait]
impl ChainStore for SqlStore {
    async fn versions(&self, rows: &[GuardedRow]) -> Result<Vec<(GuardedRow, u32)>, StoreError> {
        self.readers.versions(rows).await
    }

    async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        self.readers.subscriptions().await
    }

    async fn anchors(&self, subscription: SubscriptionId, limit: u32) -> Result<Vec<Anchor>, StoreError> {
        self.readers.anchors(subscription, limit).await
    }

    async fn logs_between(
        &self,
        subscription: SubscriptionId,
        from: BlockNumber,
        to: BlockNumber,
    ) -> Result<Vec<StoredLog>, StoreError> {
        self.readers.logs_between(subscription, from, to).await
    }

    async fn known_logs(&self, keys: &[LogKey]) -> Result<Vec<LogKey>, StoreError> {
        self.readers.known_logs(keys).await
    }

    async fn malformed_logs(&self, page: Page) -> Result<Vec<(i64, StoredLog)>, StoreError> {
        self.readers.malformed_logs(page).await
    }

    async fn trigger(&self, id: TriggerId) -> Result<Option<Trigger>, StoreError> {
        self.readers.trigger(id).await
    }

    async fn triggers(&self, filter: TriggerFilter, page: Page) -> Result<Vec<Trigger>, StoreError> {
        self.readers.triggers(filter, page).await
    }

    async fn moves_of(&self, trigger: TriggerId) -> Result<Vec<TriggerMove>, StoreError> {
        self.readers.moves_of(trigger).await
    }

    async fn stock_order(&self, id: StockOrderId) -> Result<Option<StockOrder>, StoreError> {
        self.readers.stock_order(id).await
    }

    async fn stock_orders_of(&self, triggers: &[TriggerId]) -> Result<Vec<StockOrder>, StoreError> {
        self.readers.stock_orders_of(triggers).await
    }

    async fn payout(&self, id: PayoutId) -> Result<Option<Payout>, StoreError> {
        self.readers.payout(id).await
    }

    async fn payouts(&self, filter: PayoutFilter, page: Page) -> Result<Vec<Payout>, StoreError> {
        self.readers.payouts(filter, page).await
    }

    async fn payouts_of(&self, triggers: &[TriggerId]) -> Result<Vec<Payout>, StoreError> {
        self.readers.payouts_of(triggers).await
    }

    async fn paid_since(
        &self,
        subscription: SubscriptionId,
        is_money: bool,
        recipient: Option<Address>,
        since: Timestamp,
    ) -> Result<Amount, StoreError> {
        self.readers.paid_since(subscription, is_money, recipient, since).await
    }

    async fn attempts_of(&self, payout: PayoutId) -> Result<Vec<Attempt>, StoreError> {
        self.readers.attempts_of(payout).await
    }

    async fn attempts_at(&self, chain: ChainId, payer: Address, nonces: &[u64]) -> Result<Vec<Attempt>, StoreError> {
        self.readers.attempts_at(chain, payer, nonces).await
    }

    async fn last_nonce(&self, chain: ChainId, payer: Address) -> Result<Option<u64>, StoreError> {
        self.readers.last_nonce(chain, payer).await
    }
}
