//! Closes of positions that robots opened: the latest, and the last of each user.

use domain::alert::rules::Close;
use domain::id::{PositionId, UserId};
use domain::time::Timestamp;
use entity::position::{self, Column};
use sea_orm::sea_query::{SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::super::readers::Readers;
use super::super::rows::{close as rows, read_all};
use super::each::{USERS, all_of, limited};
use crate::ports::store::StoreError;

/// The columns of a close.
const COLUMNS: [Column; 6] = [
    Column::Id,
    Column::UserId,
    Column::RobotId,
    Column::ClosedAt,
    Column::CloseReason,
    Column::Profit,
];

impl Readers {
    pub async fn closes_since(
        &self,
        since: Timestamp,
        after: PositionId,
        limit: u32,
    ) -> Result<Vec<Close>, StoreError> {
        let beyond = Condition::any()
            .add(Column::ClosedAt.gt(since.0))
            .add(Column::Id.gt(after.0));
        let query = position::Entity::find()
            .select_only()
            .columns(COLUMNS)
            .filter(closed())
            .filter(Column::ClosedAt.gte(since.0))
            .filter(beyond)
            .order_by_asc(Column::ClosedAt)
            .order_by_asc(Column::Id)
            .limit(u64::from(limit));
        let found = query.into_model::<rows::CloseRow>().all(self.connection());
        read_all(self.ask(found).await?, rows::close)
    }

    pub async fn last_closes(&self, users: &[UserId], each: u32) -> Result<Vec<Close>, StoreError> {
        let mut closes = Vec::new();
        for users in users.chunks(USERS) {
            let Some(query) = last_of_each(users, each) else {
                continue;
            };
            let statement = self.connection().get_database_backend().build(&query);
            let found = rows::CloseRow::find_by_statement(statement).all(self.connection());
            closes.extend(read_all(self.ask(found).await?, rows::close)?);
        }
        // A union promises no order.
        let place = |close: &Close| users.iter().position(|user| *user == close.user);
        closes.sort_by_key(|close| (place(close), -close.position.0));
        Ok(closes)
    }
}

fn closed() -> Condition {
    Condition::all()
        .add(Column::State.eq("closed"))
        .add(Column::Origin.eq("robot"))
}

/// The last closes of each of these users.
pub(super) fn last_of_each(users: &[UserId], each: u32) -> Option<SelectStatement> {
    all_of(users.iter().map(|user| last_of(*user, each)), UnionType::All)
}

/// One user's last closes.
fn last_of(user: UserId, each: u32) -> SelectStatement {
    let last = position::Entity::find()
        .select_only()
        .columns(COLUMNS)
        .filter(Column::UserId.eq(user.0))
        .filter(closed())
        .order_by_desc(Column::Id)
        .limit(u64::from(each))
        .into_query();
    limited(last, &COLUMNS, format!("of_{}", user.0))
}
