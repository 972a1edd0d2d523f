//! Users, power rates and venue accounts.

use domain::id::{UserId, VenueAccountId};
use domain::page::Page;
use domain::user::{PowerRate, User, VenueAccount};
use entity::{app_user, power_rate, venue_account};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{read_all, user as rows};
use super::KEYS;
use crate::ports::store::StoreError;

impl Readers {
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = app_user::Entity::find_by_id(id.0).one(self.connection());
        Ok(self.ask(row).await?.map(rows::user))
    }

    pub async fn users(&self, page: Page) -> Result<Vec<User>, StoreError> {
        let query = app_user::Entity::find()
            .filter(app_user::Column::Id.gt(page.after))
            .order_by_asc(app_user::Column::Id)
            .limit(u64::from(page.limit));
        let models = self.ask(query.all(self.connection())).await?;
        Ok(models.into_iter().map(rows::user).collect())
    }

    pub async fn power_rates(&self, users: &[UserId]) -> Result<Vec<PowerRate>, StoreError> {
        let mut owners: Vec<i64> = users.iter().map(|user| user.0).collect();
        owners.push(rows::EVERYONE);
        owners.sort_unstable();
        owners.dedup();
        let mut rates = Vec::new();
        for owners in owners.chunks(KEYS) {
            let query = power_rate::Entity::find()
                .filter(power_rate::Column::UserId.is_in(owners.iter().copied()))
                .order_by_asc(power_rate::Column::UserId)
                .order_by_asc(power_rate::Column::EffectiveFrom);
            rates.extend(self.ask(query.all(self.connection())).await?);
        }
        read_all(rates, rows::power_rate)
    }

    pub async fn venue_account(&self, id: VenueAccountId) -> Result<Option<VenueAccount>, StoreError> {
        let row = venue_account::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(rows::venue_account).transpose()
    }

    pub async fn venue_accounts(&self, page: Page) -> Result<Vec<VenueAccount>, StoreError> {
        let query = venue_account::Entity::find()
            .filter(venue_account::Column::Id.gt(page.after))
            .order_by_asc(venue_account::Column::Id)
            .limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::venue_account)
    }
}
