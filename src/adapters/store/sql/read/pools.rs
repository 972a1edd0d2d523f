//! Products, their rates and days, and holdings.

use domain::fixed::Amount;
use domain::id::{HoldingId, ProductId, UserId};
use domain::page::Page;
use domain::pool::{Accrual, Holding, PoolDay, PoolDayRow, Product, RateRow};
use entity::{pool_accrual, pool_day, pool_holding, pool_product, pool_rate};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::super::readers::Readers;
use super::super::rows::{Row, pool as rows, read_all};
use super::statistics::sum_of;
use crate::ports::store::{HoldingFilter, StoreError};

impl Readers {
    pub async fn products(&self) -> Result<Vec<Product>, StoreError> {
        let query = pool_product::Entity::find().order_by_asc(pool_product::Column::Id);
        read_all(self.ask(query.all(self.connection())).await?, rows::product)
    }

    pub async fn product(&self, id: ProductId) -> Result<Option<Product>, StoreError> {
        let row = pool_product::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(rows::product).transpose()
    }

    pub async fn pool_rates(&self, product: ProductId) -> Result<Vec<RateRow>, StoreError> {
        let query = pool_rate::Entity::find()
            .filter(pool_rate::Column::ProductId.eq(product.0))
            .order_by_asc(pool_rate::Column::Number);
        read_all(self.ask(query.all(self.connection())).await?, rows::rate)
    }

    pub async fn holding(&self, id: HoldingId) -> Result<Option<Holding>, StoreError> {
        let row = pool_holding::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(rows::holding).transpose()
    }

    pub async fn holdings(&self, filter: HoldingFilter, page: Page) -> Result<Vec<Holding>, StoreError> {
        let query = filtered(filter)
            .filter(pool_holding::Column::Id.gt(page.after))
            .order_by_asc(pool_holding::Column::Id)
            .limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::holding)
    }

    pub async fn subscribed(&self, product: ProductId, user: UserId) -> Result<Amount, StoreError> {
        let [whole, rest] = self.parts("subscribed");
        let query = pool_holding::Entity::find()
            .select_only()
            .column_as(whole, "whole")
            .column_as(rest, "rest")
            .filter(pool_holding::Column::UserId.eq(user.0))
            .filter(pool_holding::Column::ProductId.eq(product.0))
            .into_tuple::<(Option<i64>, Option<i64>)>();
        let found = self.ask(query.one(self.connection())).await?;
        sum_of("holdings", found.unwrap_or_default())
    }

    pub async fn behind(&self, product: ProductId, day: PoolDay) -> Result<i64, StoreError> {
        let filter = HoldingFilter {
            product: Some(product),
            live: true,
            behind: Some(day),
            ..HoldingFilter::default()
        };
        let count = self.ask(filtered(filter).count(self.connection())).await?;
        i64::try_from(count).map_err(|error| Row::new("holdings of product", product).corrupt(error))
    }

    pub async fn accruals(
        &self,
        product: ProductId,
        (first, last): (PoolDay, PoolDay),
        (from, to): (HoldingId, HoldingId),
    ) -> Result<Vec<Accrual>, StoreError> {
        use pool_accrual::Column;
        let mut found = Vec::new();
        let mut day = first;
        // Day by day, so that each question reads one stretch of the key.
        while day <= last {
            let query = pool_accrual::Entity::find()
                .filter(Column::ProductId.eq(product.0))
                .filter(Column::Day.eq(day.number()))
                .filter(Column::HoldingId.between(from.0, to.0))
                .order_by_asc(Column::HoldingId)
                .order_by_asc(Column::Number);
            let rows = self.ask(query.all(self.connection())).await?;
            found.extend(read_all(rows, rows::accrual)?);
            if day == PoolDay::LAST {
                break;
            }
            day = day.next();
        }
        Ok(found)
    }

    pub async fn pool_day(&self, product: ProductId, day: PoolDay) -> Result<Option<PoolDayRow>, StoreError> {
        let row = pool_day::Entity::find_by_id((product.0, day.number())).one(self.connection());
        self.ask(row).await?.map(rows::pool_day).transpose()
    }

    pub async fn pool_days(&self, product: ProductId, page: Page) -> Result<Vec<PoolDayRow>, StoreError> {
        let mut query = pool_day::Entity::find().filter(pool_day::Column::ProductId.eq(product.0));
        if page.after > 0 {
            query = query.filter(pool_day::Column::Day.lt(page.after));
        }
        let query = query.order_by_desc(pool_day::Column::Day).limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::pool_day)
    }
}

pub(super) fn filtered(filter: HoldingFilter) -> Select<pool_holding::Entity> {
    use pool_holding::Column;
    let mut query = pool_holding::Entity::find();
    if let Some(product) = filter.product {
        query = query.filter(Column::ProductId.eq(product.0));
    }
    if let Some(user) = filter.user {
        query = query.filter(Column::UserId.eq(user.0));
    }
    query = match filter.held {
        Some(true) => query.filter(Column::State.eq("held")),
        Some(false) => query.filter(Column::State.ne("held")),
        None => query,
    };
    if filter.live {
        query = query.filter(Column::Live.eq(1));
    }
    if let Some(day) = filter.behind {
        let earns = Condition::any()
            .add(Column::LastDay.is_null())
            .add(Expr::col(Column::LastDay).gt(Expr::col(Column::AccruedThrough)));
        query = query
            .filter(Column::State.eq("held"))
            .filter(Column::AccruedThrough.lt(day.number()))
            .filter(earns);
    }
    if let Some(day) = filter.mature {
        query = query
            .filter(Column::State.eq("held"))
            .filter(Column::LastDay.lte(day.number()));
    }
    if let Some(day) = filter.accrued {
        query = query.filter(Column::AccruedThrough.gte(day.number()));
    }
    if filter.owed {
        query = query.filter(Column::Unpaid.gt(0));
    }
    query
}
