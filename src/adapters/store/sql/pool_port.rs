//! What the store tells of pools, over SQL.

use async_trait::async_trait;
use domain::fixed::Amount;
use domain::id::{HoldingId, LedgerAccountId, ProductId, UserId};
use domain::ledger::EntrySeq;
use domain::page::Page;
use domain::pool::audit::{AccruedSums, PostedSums};
use domain::pool::figure::HoldingSums;
use domain::pool::{Accrual, DayFigures, Holding, PoolDay, PoolDayRow, Product, RateRow};

use super::SqlStore;
use crate::ports::store::{HoldingFilter, PoolStore, StoreError};

#[async_trait]
impl PoolStore for SqlStore {
    async fn products(&self) -> Result<Vec<Product>, StoreError> {
        self.readers.products().await
    }

    async fn product(&self, id: ProductId) -> Result<Option<Product>, StoreError> {
        self.readers.product(id).await
    }

    async fn pool_rates(&self, product: ProductId) -> Result<Vec<RateRow>, StoreError> {
        self.readers.pool_rates(product).await
    }

    async fn holding(&self, id: HoldingId) -> Result<Option<Holding>, StoreError> {
        self.readers.holding(id).await
    }

    async fn holdings(&self, filter: HoldingFilter, page: Page) -> Result<Vec<Holding>, StoreError> {
        self.readers.holdings(filter, page).await
    }

    async fn subscribed(&self, product: ProductId, user: UserId) -> Result<Amount, StoreError> {
        self.readers.subscribed(product, user).await
    }

    async fn behind(&self, product: ProductId, day: PoolDay) -> Result<i64, StoreError> {
        self.readers.behind(product, day).await
    }

    async fn accruals(
        &self,
        product: ProductId,
        days: (PoolDay, PoolDay),
        holdings: (HoldingId, HoldingId),
    ) -> Result<Vec<Accrual>, StoreError> {
        self.readers.accruals(product, days, holdings).await
    }

    async fn holding_sums(&self, product: ProductId) -> Result<HoldingSums, StoreError> {
        self.readers.holding_sums(product).await
    }

    async fn accrued_sums(&self, product: ProductId, day: PoolDay) -> Result<AccruedSums, StoreError> {
        self.readers.accrued_sums(product, day).await
    }

    async fn posted_sums(
        &self,
        funding: LedgerAccountId,
        day: PoolDay,
        from: EntrySeq,
    ) -> Result<PostedSums, StoreError> {
        self.readers.posted_sums(funding, day, from).await
    }

    async fn pool_day(&self, product: ProductId, day: PoolDay) -> Result<Option<PoolDayRow>, StoreError> {
        self.readers.pool_day(product, day).await
    }

    async fn pool_days(&self, product: ProductId, page: Page) -> Result<Vec<PoolDayRow>, StoreError> {
        self.readers.pool_days(product, page).await
    }

    async fn pool_totals(&self, product: ProductId) -> Result<DayFigures, StoreError> {
        self.readers.pool_totals(product).await
    }
}
