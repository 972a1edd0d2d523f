//! Holds: those of positions, and all of them by page.

use domain::id::PositionId;
use domain::ledger::Hold;
use domain::page::Page;
use entity::hold;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{hold as rows, read_all};
use super::KEYS;
use crate::ports::store::{HoldFilter, StoreError};

impl Readers {
    pub async fn holds_of(&self, positions: &[PositionId]) -> Result<Vec<Hold>, StoreError> {
        let mut models = Vec::new();
        for positions in positions.chunks(KEYS) {
            let query = hold::Entity::find().filter(hold::Column::PositionId.is_in(positions.iter().map(|id| id.0)));
            models.extend(self.ask(query.all(self.connection())).await?);
        }
        models.sort_unstable_by_key(|model: &hold::Model| model.position_id);
        models.dedup_by_key(|model| model.position_id);
        read_all(models, rows::hold)
    }

    pub async fn holds(&self, filter: HoldFilter, page: Page) -> Result<Vec<Hold>, StoreError> {
        let mut query = hold::Entity::find().filter(hold::Column::PositionId.gt(page.after));
        if let Some(user) = filter.user {
            query = query.filter(hold::Column::UserId.eq(user.0));
        }
        if filter.held {
            query = query.filter(hold::Column::State.eq("held"));
        }
        let query = query
            .order_by_asc(hold::Column::PositionId)
            .limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::hold)
    }
}
