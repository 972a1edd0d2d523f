//! Positions, and the accounts that are busy.

use std::collections::BTreeSet;

use domain::id::{PositionId, VenueAccountId};
use domain::page::Page;
use domain::position::Position;
use entity::position::{self, Column};
use entity::trade_order;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{position as rows, read_all};
use super::KEYS;
use crate::ports::store::{PositionFilter, StoreError};

/// The condition of the sweep's index, word for word: a bound value would not let SQLite and PostgreSQL use it.
pub fn is_unsettled() -> SimpleExpr {
    Expr::cust("unsettled = 1")
}

impl Readers {
    pub async fn position(&self, id: PositionId) -> Result<Option<Position>, StoreError> {
        let row = position::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(rows::position).transpose()
    }

    pub async fn positions_by_id(&self, ids: &[PositionId]) -> Result<Vec<Position>, StoreError> {
        let mut models = Vec::new();
        for ids in ids.chunks(KEYS) {
            let query = position::Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
            models.extend(self.ask(query.all(self.connection())).await?);
        }
        read_all(models, rows::position)
    }

    pub async fn positions(&self, filter: PositionFilter, page: Page) -> Result<Vec<Position>, StoreError> {
        let mut query = position::Entity::find().filter(Column::Id.gt(page.after));
        if let Some(user) = filter.user {
            query = query.filter(Column::UserId.eq(user.0));
        }
        if let Some(robot) = filter.robot {
            query = query.filter(Column::RobotId.eq(robot.0));
        }
        if let Some(account) = filter.account {
            query = query.filter(Column::AccountId.eq(account.0));
        }
        if let Some(venue) = filter.venue {
            query = query.filter(Column::Venue.eq(venue.as_str()));
        }
        if let Some(live) = filter.live {
            query = query.filter(Column::Live.eq(i64::from(live)));
        }
        if let Some((from, to)) = filter.open_during {
            let closed = query.filter(Column::State.eq("closed"));
            query = closed
                .filter(Column::OpenedAt.lte(to.0))
                .filter(Column::ClosedAt.gte(from.0));
        }
        if filter.unsettled {
            query = query.filter(is_unsettled());
        }
        let query = query.order_by_asc(Column::Id).limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::position)
    }

    pub async fn unsettled_ids(&self, page: Page) -> Result<Vec<PositionId>, StoreError> {
        let query = position::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(is_unsettled())
            .filter(Column::Id.gt(page.after))
            .order_by_asc(Column::Id)
            .limit(u64::from(page.limit))
            .into_tuple::<i64>();
        let ids = self.ask(query.all(self.connection())).await?;
        Ok(ids.into_iter().map(PositionId).collect())
    }

    pub async fn busy_accounts(&self) -> Result<Vec<VenueAccountId>, StoreError> {
        let holding = position::Entity::find()
            .select_only()
            .column(Column::AccountId)
            .distinct()
            .filter(Column::Live.eq(1))
            .into_tuple::<i64>();
        let ordering = trade_order::Entity::find()
            .select_only()
            .column(trade_order::Column::AccountId)
            .distinct()
            .filter(trade_order::Column::Live.eq(1))
            .into_tuple::<i64>();
        let mut accounts: BTreeSet<i64> = self.ask(holding.all(self.connection())).await?.into_iter().collect();
        accounts.extend(self.ask(ordering.all(self.connection())).await?);
        Ok(accounts.into_iter().map(VenueAccountId).collect())
    }
}
