//! Keys of venue accounts, sealed.

use domain::credential::SealedKey;
use domain::id::VenueAccountId;
use domain::page::Page;
use entity::venue_key;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{key as rows, read_all};
use crate::ports::store::StoreError;

impl Readers {
    pub async fn key(&self, account: VenueAccountId) -> Result<Option<SealedKey>, StoreError> {
        let query = venue_key::Entity::find_by_id(account.0).filter(venue_key::Column::Content.is_not_null());
        self.ask(query.one(self.connection())).await?.map(rows::key).transpose()
    }

    pub async fn keys(&self, page: Page) -> Result<Vec<SealedKey>, StoreError> {
        let query = venue_key::Entity::find()
            .filter(venue_key::Column::AccountId.gt(page.after))
            .filter(venue_key::Column::Content.is_not_null())
            .order_by_asc(venue_key::Column::AccountId)
            .limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::key)
    }
}
