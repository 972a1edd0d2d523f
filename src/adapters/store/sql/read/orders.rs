//! Orders, fills, incomes and cursors.

use domain::change::{Fill, Income};
use domain::id::{OrderId, PositionId, VenueAccountId};
use domain::order::Order;
use domain::page::Page;
use domain::venue::{ClientOrderId, Cursor};
use entity::trade_order::{self, Column};
use entity::{fill, income, sync_cursor};
use sea_orm::sea_query::{SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::super::readers::Readers;
use super::super::rows::{fill as fill_rows, order as rows, read_all};
use super::KEYS;
use super::each::all_of;
use crate::ports::store::{OrderFilter, StoreError};

/// Ids per statement.
const IDS: usize = 50;

impl Readers {
    pub async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let row = trade_order::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(rows::order).transpose()
    }

    pub async fn order_by_client_id(&self, id: &ClientOrderId) -> Result<Option<Order>, StoreError> {
        let query = trade_order::Entity::find().filter(Column::ClientId.eq(id.0.as_str()));
        self.ask(query.one(self.connection()))
            .await?
            .map(rows::order)
            .transpose()
    }

    pub async fn orders(&self, filter: OrderFilter, page: Page) -> Result<Vec<Order>, StoreError> {
        let mut query = trade_order::Entity::find().filter(Column::Id.gt(page.after));
        if let Some(user) = filter.user {
            query = query.filter(Column::UserId.eq(user.0));
        }
        if let Some(robot) = filter.robot {
            query = query.filter(Column::RobotId.eq(robot.0));
        }
        if let Some(account) = filter.account {
            query = query.filter(Column::AccountId.eq(account.0));
        }
        if let Some(position) = filter.position {
            query = query.filter(Column::PositionId.eq(position.0));
        }
        if let Some(since) = filter.since {
            query = query.filter(Column::CreatedAt.gte(since.0));
        }
        if let Some(live) = filter.live {
            query = query.filter(Column::Live.eq(i64::from(live)));
        }
        let query = query.order_by_asc(Column::Id).limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::order)
    }

    pub async fn fills_of(&self, position: PositionId) -> Result<Vec<Fill>, StoreError> {
        let query = fill::Entity::find()
            .filter(fill::Column::PositionId.eq(position.0))
            .order_by_asc(fill::Column::At)
            .order_by_asc(fill::Column::Seq);
        read_all(self.ask(query.all(self.connection())).await?, fill_rows::fill)
    }

    pub async fn known_fills(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<String>, StoreError> {
        let mut known = Vec::new();
        for ids in ids.chunks(KEYS) {
            let query = fill::Entity::find()
                .select_only()
                .column(fill::Column::VenueFillId)
                .filter(fill::Column::AccountId.eq(account.0))
                .filter(fill::Column::VenueFillId.is_in(ids))
                .into_tuple::<String>();
            known.extend(self.ask(query.all(self.connection())).await?);
        }
        Ok(known)
    }

    pub async fn fills_reported(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<Fill>, StoreError> {
        let rows = self.reported(
            |ids| fills_beside(account, ids),
            |row: &fill::Model| &row.venue_fill_id,
            ids,
        );
        read_all(rows.await?, fill_rows::fill)
    }

    pub async fn incomes_reported(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<Income>, StoreError> {
        let rows = self.reported(
            |ids| incomes_beside(account, ids),
            |row: &income::Model| &row.venue_income_id,
            ids,
        );
        read_all(rows.await?, fill_rows::income)
    }

    /// Rows of what the venue reported under these ids, some asked about at once.
    async fn reported<M: FromQueryResult>(
        &self,
        beside: impl Fn(&[String]) -> Option<SelectStatement>,
        id_of: fn(&M) -> &str,
        ids: &[String],
    ) -> Result<Vec<M>, StoreError> {
        let mut rows = Vec::new();
        for ids in ids.chunks(IDS) {
            let Some(query) = beside(ids) else {
                continue;
            };
            let statement = self.connection().get_database_backend().build(&query);
            let found = M::find_by_statement(statement).all(self.connection());
            let found = self.ask(found).await?.into_iter();
            rows.extend(found.filter(|row| ids.iter().any(|id| is_of(id_of(row), id))));
        }
        Ok(rows)
    }

    pub async fn cursor(&self, account: VenueAccountId) -> Result<Cursor, StoreError> {
        let row = sync_cursor::Entity::find_by_id(account.0).one(self.connection());
        let stored = self.ask(row).await?;
        Ok(stored.map_or_else(Cursor::default, |row| Cursor(row.history_cursor)))
    }
}

/// Fills that the venue reported under these ids, and little else.
pub(super) fn fills_beside(account: VenueAccountId, ids: &[String]) -> Option<SelectStatement> {
    let of_account = fill::Entity::find().filter(fill::Column::AccountId.eq(account.0));
    each_beside(&of_account, fill::Column::VenueFillId, ids)
}

/// Incomes that the venue reported under these ids, and little else.
pub(super) fn incomes_beside(account: VenueAccountId, ids: &[String]) -> Option<SelectStatement> {
    let of_account = income::Entity::find().filter(income::Column::AccountId.eq(account.0));
    each_beside(&of_account, income::Column::VenueIncomeId, ids)
}

fn each_beside<E: EntityTrait>(of_account: &Select<E>, column: E::Column, ids: &[String]) -> Option<SelectStatement> {
    let of_each = ids
        .iter()
        .map(|id| of_account.clone().filter(beside(column, id)).into_query());
    all_of(of_each, UnionType::Distinct)
}

/// What the venue reported under this id, and little else. Parts and revisions have the venue's id, `#` and something; `$`
/// is the character after it.
fn beside(column: impl ColumnTrait, id: &str) -> Condition {
    Condition::all().add(column.gte(id)).add(column.lt(format!("{id}$")))
}

fn is_of(row: &str, id: &str) -> bool {
    row.strip_prefix(id)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
}
