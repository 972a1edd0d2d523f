//! Subscriptions, the blocks that they read, and logs.

use std::collections::{BTreeMap, HashSet};

use domain::chain::{Anchor, BlockNumber, LogKey, StoredLog, Subscription};
use domain::id::{HoldingId, PayoutId, ProductId, SubscriptionId, TriggerId};
use domain::ledger::GuardedRow;
use domain::page::Page;
use entity::chain_log::{self, Column};
use entity::{chain_anchor, chain_subscription, chain_trigger, payout, pool_holding, pool_product};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{Row, chain as rows, read_all};
use super::KEYS;
use crate::ports::store::StoreError;

impl Readers {
    pub async fn versions(&self, wanted: &[GuardedRow]) -> Result<Vec<(GuardedRow, u32)>, StoreError> {
        let (mut subscriptions, mut triggers, mut payouts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut products, mut holdings) = (Vec::new(), Vec::new());
        for row in wanted {
            match row {
                GuardedRow::Subscription(id) => subscriptions.push(id.0),
                GuardedRow::Trigger(id) => triggers.push(id.0),
                GuardedRow::Payout(id) => payouts.push(id.0),
                GuardedRow::Product(id) => products.push(id.0),
                GuardedRow::Holding(id) => holdings.push(id.0),
            }
        }
        let mut found = Vec::new();
        {
            use chain_subscription::Column;
            let of = |id| GuardedRow::Subscription(SubscriptionId(id));
            found.extend(
                self.versions_of::<chain_subscription::Entity>([Column::Id, Column::Version], subscriptions, of)
                    .await?,
            );
        }
        {
            use chain_trigger::Column;
            let of = |id| GuardedRow::Trigger(TriggerId(id));
            found.extend(
                self.versions_of::<chain_trigger::Entity>([Column::Id, Column::Version], triggers, of)
                    .await?,
            );
        }
        {
            use payout::Column;
            let of = |id| GuardedRow::Payout(PayoutId(id));
            found.extend(
                self.versions_of::<payout::Entity>([Column::Id, Column::Version], payouts, of)
                    .await?,
            );
        }
        found.extend(self.pool_versions(products, holdings).await?);
        Ok(found)
    }

    async fn pool_versions(
        &self,
        products: Vec<i64>,
        holdings: Vec<i64>,
    ) -> Result<Vec<(GuardedRow, u32)>, StoreError> {
        let mut found = Vec::new();
        {
            use pool_product::Column;
            let of = |id| GuardedRow::Product(ProductId(id));
            found.extend(
                self.versions_of::<pool_product::Entity>([Column::Id, Column::Version], products, of)
                    .await?,
            );
        }
        {
            use pool_holding::Column;
            let of = |id| GuardedRow::Holding(HoldingId(id));
            found.extend(
                self.versions_of::<pool_holding::Entity>([Column::Id, Column::Version], holdings, of)
                    .await?,
            );
        }
        Ok(found)
    }

    async fn versions_of<E: EntityTrait>(
        &self,
        [id, version]: [E::Column; 2],
        mut ids: Vec<i64>,
        of: impl Fn(i64) -> GuardedRow,
    ) -> Result<Vec<(GuardedRow, u32)>, StoreError> {
        ids.sort_unstable();
        ids.dedup();
        let mut found = Vec::new();
        for ids in ids.chunks(KEYS) {
            let query = E::find()
                .select_only()
                .column(id)
                .column(version)
                .filter(id.is_in(ids.iter().copied()))
                .order_by_asc(id)
                .into_tuple::<(i64, i64)>();
            for (id, version) in self.ask(query.all(self.connection())).await? {
                found.push((of(id), Row::new("guarded row", id).count("version", version)?));
            }
        }
        Ok(found)
    }

    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        let query = chain_subscription::Entity::find().order_by_asc(chain_subscription::Column::Id);
        read_all(self.ask(query.all(self.connection())).await?, rows::subscription)
    }

    pub async fn anchors(&self, subscription: SubscriptionId, limit: u32) -> Result<Vec<Anchor>, StoreError> {
        use chain_anchor::Column;
        let query = chain_anchor::Entity::find()
            .filter(Column::SubscriptionId.eq(subscription.0))
            .filter(Column::Kept.eq(1))
            .order_by_desc(Column::Number)
            .limit(u64::from(limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::anchor)
    }

    pub async fn logs_between(
        &self,
        subscription: SubscriptionId,
        from: BlockNumber,
        to: BlockNumber,
    ) -> Result<Vec<StoredLog>, StoreError> {
        let block = |block: BlockNumber| i64::try_from(block.0).unwrap_or(i64::MAX);
        let query = chain_log::Entity::find()
            .filter(Column::SubscriptionId.eq(subscription.0))
            .filter(Column::Block.between(block(from), block(to)))
            .order_by_asc(Column::Block)
            .order_by_asc(Column::LogIndex)
            .order_by_asc(Column::Seq);
        read_all(self.ask(query.all(self.connection())).await?, rows::log)
    }

    pub async fn orphaned_logs(&self, subscription: SubscriptionId) -> Result<Vec<StoredLog>, StoreError> {
        let query = chain_log::Entity::find()
            .filter(Column::SubscriptionId.eq(subscription.0))
            .filter(Column::Orphaned.ne(0))
            .order_by_asc(Column::Block)
            .order_by_asc(Column::LogIndex)
            .order_by_asc(Column::Seq);
        read_all(self.ask(query.all(self.connection())).await?, rows::log)
    }

    pub async fn known_logs(&self, keys: &[LogKey]) -> Result<Vec<LogKey>, StoreError> {
        let wanted: HashSet<&LogKey> = keys.iter().collect();
        let mut by_chain: BTreeMap<u64, Vec<Vec<u8>>> = BTreeMap::new();
        for key in &wanted {
            by_chain.entry(key.chain.0).or_default().push(key.tx.0.to_vec());
        }
        let mut known = Vec::new();
        for (chain, mut txs) in by_chain {
            // No log of a chain beyond this was ever stored.
            let Ok(chain) = i64::try_from(chain) else { continue };
            txs.sort_unstable();
            txs.dedup();
            for txs in txs.chunks(KEYS) {
                let query = chain_log::Entity::find()
                    .select_only()
                    .columns([Column::Seq, Column::ChainId, Column::Tx, Column::LogIndex])
                    .filter(Column::ChainId.eq(chain))
                    .filter(Column::Tx.is_in(txs.iter().cloned()))
                    .into_tuple::<(i64, i64, Vec<u8>, i64)>();
                for (seq, chain, tx, index) in self.ask(query.all(self.connection())).await? {
                    known.push(rows::log_key(&Row::new("log", seq), chain, &tx, index)?);
                }
            }
        }
        known.retain(|key| wanted.contains(key));
        known.sort_unstable();
        Ok(known)
    }

    pub async fn malformed_logs(&self, page: Page) -> Result<Vec<(i64, StoredLog)>, StoreError> {
        let mut query = chain_log::Entity::find().filter(Column::Event.is_null());
        if page.after > 0 {
            query = query.filter(Column::Seq.lt(page.after));
        }
        let query = query.order_by_desc(Column::Seq).limit(u64::from(page.limit));
        let found = self.ask(query.all(self.connection())).await?.into_iter();
        found.map(|row| Ok((row.seq, rows::log(row)?))).collect()
    }
}
