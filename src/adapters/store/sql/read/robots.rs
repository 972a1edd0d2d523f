//! Robots and their past closes.

use domain::id::{RobotId, VenueAccountId};
use domain::page::Page;
use domain::robot::{PastClose, Robot};
use domain::time::Timestamp;
use entity::{position, robot};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{position as position_rows, read_all, robot as rows};
use crate::ports::store::StoreError;

impl Readers {
    pub async fn robot(&self, id: RobotId) -> Result<Option<Robot>, StoreError> {
        let row = robot::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(rows::robot).transpose()
    }

    pub async fn robots(&self, page: Page) -> Result<Vec<Robot>, StoreError> {
        let query = robot::Entity::find()
            .filter(robot::Column::Id.gt(page.after))
            .order_by_asc(robot::Column::Id)
            .limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::robot)
    }

    pub async fn robots_on(&self, account: VenueAccountId) -> Result<Vec<Robot>, StoreError> {
        let query = robot::Entity::find()
            .filter(robot::Column::AccountId.eq(account.0))
            .order_by_asc(robot::Column::Id);
        read_all(self.ask(query.all(self.connection())).await?, rows::robot)
    }

    pub async fn past_closes(&self, robot: RobotId, since: Timestamp) -> Result<Vec<PastClose>, StoreError> {
        let query = position::Entity::find()
            .filter(position::Column::RobotId.eq(robot.0))
            .filter(position::Column::Live.eq(0))
            .filter(position::Column::State.eq("closed"))
            .filter(position::Column::ClosedAt.gte(since.0))
            .order_by_asc(position::Column::ClosedAt)
            .order_by_asc(position::Column::Id);
        let models = self.ask(query.all(self.connection())).await?;
        models.iter().map(position_rows::past_close).collect()
    }
}
