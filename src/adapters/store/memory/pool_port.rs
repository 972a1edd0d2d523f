//! What the store tells of pools, over memory.

use async_trait::async_trait;
use domain::fixed::Amount;
use domain::id::{HoldingId, LedgerAccountId, ProductId, UserId};
use domain::ledger::EntrySeq;
use domain::page::Page;
use domain::pool::audit::{AccruedSums, PostedSums};
use domain::pool::figure::HoldingSums;
use domain::pool::{Accrual, DayFigures, Holding, PoolDay, PoolDayRow, Product, RateRow};

use super::{MemoryStore, pools};
use crate::ports::store::{HoldingFilter, PoolStore, StoreError};

#[async_trait]
impl PoolStore for MemoryStore {
    async fn products(&self) -> Result<Vec<Product>, StoreError> {
        self.see(|state| Ok(state.pools.products.values().cloned().collect()))
            .await
    }

    async fn product(&self, id: ProductId) -> Result<Option<Product>, StoreError> {
        self.see(|state| Ok(state.pools.products.get(&id.0).cloned())).await
    }

    async fn pool_rates(&self, product: ProductId) -> Result<Vec<RateRow>, StoreError> {
        self.see(|state| {
            let own = state.pools.rates.range((product.0, 0)..=(product.0, u32::MAX));
            Ok(own.map(|(_, row)| row.clone()).collect())
        })
        .await
    }

    async fn holding(&self, id: HoldingId) -> Result<Option<Holding>, StoreError> {
        self.see(|state| Ok(state.pools.holdings.get(&id.0).cloned())).await
    }

    async fn holdings(&self, filter: HoldingFilter, page: Page) -> Result<Vec<Holding>, StoreError> {
        self.see(|state| Ok(pools::list(state, &filter, page))).await
    }

    async fn subscribed(&self, product: ProductId, user: UserId) -> Result<Amount, StoreError> {
        self.see(|state| pools::subscribed(state, product, user)).await
    }

    async fn behind(&self, product: ProductId, day: PoolDay) -> Result<i64, StoreError> {
        let filter = HoldingFilter {
            product: Some(product),
            behind: Some(day),
            ..HoldingFilter::default()
        };
        self.see(|state| {
            let count = pools::holdings(state, &filter, 0).count();
            Ok(i64::try_from(count).unwrap_or(i64::MAX))
        })
        .await
    }

    async fn accruals(
        &self,
        product: ProductId,
        days: (PoolDay, PoolDay),
        holdings: (HoldingId, HoldingId),
    ) -> Result<Vec<Accrual>, StoreError> {
        self.see(|state| Ok(pools::accruals(state, product, days, holdings)))
            .await
    }

    async fn holding_sums(&self, product: ProductId) -> Result<HoldingSums, StoreError> {
        self.see(|state| pools::holding_sums(state, product)).await
    }

    async fn accrued_sums(&self, product: ProductId, day: PoolDay) -> Result<AccruedSums, StoreError> {
        self.see(|state| pools::accrued_sums(state, product, day)).await
    }

    async fn posted_sums(
        &self,
        funding: LedgerAccountId,
        day: PoolDay,
        from: EntrySeq,
    ) -> Result<PostedSums, StoreError> {
        self.see(|state| pools::posted_sums(state, funding, day, from)).await
    }

    async fn pool_day(&self, product: ProductId, day: PoolDay) -> Result<Option<PoolDayRow>, StoreError> {
        self.see(|state| Ok(state.pools.days.get(&(product.0, day.number())).cloned()))
            .await
    }

    async fn pool_days(&self, product: ProductId, page: Page) -> Result<Vec<PoolDayRow>, StoreError> {
        self.see(|state| {
            let end = if page.after > 0 { page.after } else { i64::MAX };
            let before = state.pools.days.range((product.0, i64::MIN)..(product.0, end));
            let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
            Ok(before.rev().take(limit).map(|(_, row)| row.clone()).collect())
        })
        .await
    }

    async fn pool_totals(&self, product: ProductId) -> Result<DayFigures, StoreError> {
        self.see(|state| pools::totals(state, product)).await
    }
}
