//! What the store tells of chains, over memory.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::chain::{Address, Anchor, BlockNumber, ChainId, LogKey, StoredLog, Subscription};
use domain::fixed::Amount;
use domain::id::{PayoutId, StockOrderId, SubscriptionId, TriggerId};
use domain::ledger::GuardedRow;
use domain::page::Page;
use domain::payout::{Attempt, Payout, PayoutKind};
use domain::time::Timestamp;
use domain::trigger::{StockOrder, Trigger, TriggerMove};

use super::{MemoryStore, chains, payouts, triggers};
use crate::ports::store::{ChainStore, PayoutFilter, StoreError, TriggerFilter};

#[async_trait]
impl ChainStore for MemoryStore {
    async fn versions(&self, rows: &[GuardedRow]) -> Result<Vec<(GuardedRow, u32)>, StoreError> {
        let rows: BTreeSet<GuardedRow> = rows.iter().copied().collect();
        self.see(|state| {
            let found = rows.into_iter().map(|row| (row, chains::version(state, row)));
            Ok(found.filter_map(|(row, version)| Some((row, version?))).collect())
        })
        .await
    }

    async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        self.see(|state| Ok(state.chains.subscriptions.values().cloned().collect()))
            .await
    }

    async fn anchors(&self, subscription: SubscriptionId, limit: u32) -> Result<Vec<Anchor>, StoreError> {
        self.see(|state| Ok(chains::anchors(state, subscription, limit))).await
    }

    async fn logs_between(
        &self,
        subscription: SubscriptionId,
        from: BlockNumber,
        to: BlockNumber,
    ) -> Result<Vec<StoredLog>, StoreError> {
        self.see(|state| Ok(chains::logs_between(state, subscription, from, to)))
            .await
    }

    async fn known_logs(&self, keys: &[LogKey]) -> Result<Vec<LogKey>, StoreError> {
        let keys: BTreeSet<LogKey> = keys.iter().copied().collect();
        self.see(|state| {
            let known = keys.into_iter().filter(|key| state.chains.log_keys.contains_key(key));
            Ok(known.collect())
        })
        .await
    }

    async fn malformed_logs(&self, page: Page) -> Result<Vec<(i64, StoredLog)>, StoreError> {
        self.see(|state| {
            let newest = state.chains.logs.iter().rev();
            let malformed = newest.filter(|(_, log)| log.seen.event.is_err());
            let below = malformed.filter(|(seq, _)| page.after <= 0 || **seq < page.after);
            let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
            Ok(below.take(limit).map(|(seq, log)| (*seq, log.clone())).collect())
        })
        .await
    }

    async fn trigger(&self, id: TriggerId) -> Result<Option<Trigger>, StoreError> {
        self.see(|state| Ok(state.chains.triggers.get(&id.0).cloned())).await
    }

    async fn triggers(&self, filter: TriggerFilter, page: Page) -> Result<Vec<Trigger>, StoreError> {
        self.see(|state| Ok(triggers::list(state, filter, page))).await
    }

    async fn moves_of(&self, trigger: TriggerId) -> Result<Vec<TriggerMove>, StoreError> {
        self.see(|state| {
            let own = state.chains.moves.range((trigger.0, 0)..=(trigger.0, u32::MAX));
            Ok(own.map(|(_, one)| one.clone()).collect())
        })
        .await
    }

    async fn stock_order(&self, id: StockOrderId) -> Result<Option<StockOrder>, StoreError> {
        self.see(|state| Ok(state.chains.stock_orders.get(&id.0).cloned()))
            .await
    }

    async fn stock_orders_of(&self, triggers: &[TriggerId]) -> Result<Vec<StockOrder>, StoreError> {
        let triggers: BTreeSet<TriggerId> = triggers.iter().copied().collect();
        self.see(|state| {
            let orders = state.chains.stock_orders.values();
            let theirs = orders.filter(|order| triggers.contains(&order.trigger));
            Ok(theirs.cloned().collect())
        })
        .await
    }

    async fn payout(&self, id: PayoutId) -> Result<Option<Payout>, StoreError> {
        self.see(|state| Ok(state.chains.payouts.get(&id.0).cloned())).await
    }

    async fn payouts(&self, filter: PayoutFilter, page: Page) -> Result<Vec<Payout>, StoreError> {
        self.see(|state| Ok(payouts::list(state, filter, page))).await
    }

    async fn payouts_of(&self, triggers: &[TriggerId]) -> Result<Vec<Payout>, StoreError> {
        let triggers: BTreeSet<TriggerId> = triggers.iter().copied().collect();
        self.see(|state| {
            let own = |trigger: &TriggerId| {
                let ids = PayoutKind::ALL.map(|kind| state.chains.payout_kinds.get(&(trigger.0, kind)));
                ids.into_iter().flatten().collect::<Vec<_>>()
            };
            let mut ids: Vec<&i64> = triggers.iter().flat_map(own).collect();
            ids.sort_unstable();
            let payouts = ids.into_iter().filter_map(|id| state.chains.payouts.get(id));
            Ok(payouts.cloned().collect())
        })
        .await
    }

    async fn paid_since(
        &self,
        subscription: SubscriptionId,
        is_money: bool,
        recipient: Option<Address>,
        since: Timestamp,
    ) -> Result<Amount, StoreError> {
        self.see(|state| payouts::paid_since(state, subscription, is_money, recipient, since))
            .await
    }

    async fn attempts_of(&self, payout: PayoutId) -> Result<Vec<Attempt>, StoreError> {
        self.see(|state| Ok(payouts::attempts_of(state, payout))).await
    }

    async fn attempts_at(&self, chain: ChainId, payer: Address, nonces: &[u64]) -> Result<Vec<Attempt>, StoreError> {
        self.see(|state| Ok(payouts::attempts_at(state, chain, payer, nonces)))
            .await
    }

    async fn last_nonce(&self, chain: ChainId, payer: Address) -> Result<Option<u64>, StoreError> {
        self.see(|state| Ok(payouts::last_nonce(state, chain, payer))).await
    }
}
