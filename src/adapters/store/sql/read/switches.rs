//! Switches: pauses and orders to close all.

use domain::close_all::CloseAll;
use domain::id::CloseAllId;
use domain::page::Page;
use domain::pause::{Pause, PauseScope};
use entity::{close_all, pause};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{alert as rows, close_all as close_all_rows, read_all};
use crate::ports::store::StoreError;

impl Readers {
    pub async fn pauses(&self) -> Result<Vec<Pause>, StoreError> {
        let query = pause::Entity::find().order_by_asc(pause::Column::Scope);
        read_all(self.ask(query.all(self.connection())).await?, rows::pause)
    }

    pub async fn pauses_on(&self, scopes: &[PauseScope]) -> Result<Vec<Pause>, StoreError> {
        let query = pause::Entity::find()
            .filter(pause::Column::Scope.is_in(scopes.iter().map(ToString::to_string)))
            .order_by_asc(pause::Column::Scope);
        read_all(self.ask(query.all(self.connection())).await?, rows::pause)
    }

    pub async fn close_all(&self, id: CloseAllId) -> Result<Option<CloseAll>, StoreError> {
        let row = close_all::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(close_all_rows::close_all).transpose()
    }

    pub async fn close_alls(&self, page: Page) -> Result<Vec<CloseAll>, StoreError> {
        let query = close_all::Entity::find()
            .filter(close_all::Column::Id.gt(page.after))
            .order_by_asc(close_all::Column::Id)
            .limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, close_all_rows::close_all)
    }

    pub async fn standing_close_alls(&self) -> Result<Vec<CloseAll>, StoreError> {
        let query = close_all::Entity::find()
            .filter(close_all::Column::OpenKey.is_not_null())
            .order_by_asc(close_all::Column::Id);
        read_all(self.ask(query.all(self.connection())).await?, close_all_rows::close_all)
    }
}
