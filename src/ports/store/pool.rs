//! What the store tells of pools: products, rates, holdings, what they earned, and what days come to.

use async_trait::async_trait;
use domain::fixed::Amount;
use domain::id::{HoldingId, LedgerAccountId, ProductId, UserId};
use domain::ledger::EntrySeq;
use domain::page::Page;
use domain::pool::audit::{AccruedSums, PostedSums};
use domain::pool::figure::HoldingSums;
use domain::pool::{Accrual, DayFigures, Holding, PoolDay, PoolDayRow, Product, RateRow};

use super::{HoldingFilter, StoreError};

/// The part of the store that is about pools. Lists come in ascending order of id unless said otherwise.
#[async_trait]
pub trait PoolStore: Send + Sync + 'static {
    /// Every product that was ever made.
    async fn products(&self) -> Result<Vec<Product>, StoreError>;
    /// One product.
    async fn product(&self, id: ProductId) -> Result<Option<Product>, StoreError>;
    /// All rates of a product, by number.
    async fn pool_rates(&self, product: ProductId) -> Result<Vec<RateRow>, StoreError>;
    /// One holding.
    async fn holding(&self, id: HoldingId) -> Result<Option<Holding>, StoreError>;
    /// Holdings.
    async fn holdings(&self, filter: HoldingFilter, page: Page) -> Result<Vec<Holding>, StoreError>;
    /// What a user holds of a product, of what was put in.
    async fn subscribed(&self, product: ProductId, user: UserId) -> Result<Amount, StoreError>;
    /// How many holdings with principal have not accrued a day that they earn on.
    async fn behind(&self, product: ProductId, day: PoolDay) -> Result<i64, StoreError>;
    /// What holdings earned from one day to another, by day, holding and number; only of holdings from one id to another.
    async fn accruals(
        &self,
        product: ProductId,
        days: (PoolDay, PoolDay),
        holdings: (HoldingId, HoldingId),
    ) -> Result<Vec<Accrual>, StoreError>;
    /// Sums over all holdings of a product.
    async fn holding_sums(&self, product: ProductId) -> Result<HoldingSums, StoreError>;
    /// Sums over what accrued for a day.
    async fn accrued_sums(&self, product: ProductId, day: PoolDay) -> Result<AccruedSums, StoreError>;
    /// Sums over what was paid in the name of a day from a product's funding, among the entries from `from` on.
    async fn posted_sums(
        &self,
        funding: LedgerAccountId,
        day: PoolDay,
        from: EntrySeq,
    ) -> Result<PostedSums, StoreError>;
    /// One day of a product.
    async fn pool_day(&self, product: ProductId, day: PoolDay) -> Result<Option<PoolDayRow>, StoreError>;
    /// Days of a product, newest first, before the page's key (zero: from the newest).
    async fn pool_days(&self, product: ProductId, page: Page) -> Result<Vec<PoolDayRow>, StoreError>;
    /// Sums over all days of a product.
    async fn pool_totals(&self, product: ProductId) -> Result<DayFigures, StoreError>;
}
