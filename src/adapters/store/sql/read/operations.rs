//! What operators see: pauses, alerts, tokens and the audit trail.

use domain::access::{Audit, Token};
use domain::alert::{Alert, AlertKind};
use domain::page::Page;
use domain::pause::Pause;
use entity::{access_token, alert, audit, pause};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{access, alert as rows, read_all};
use crate::ports::store::StoreError;

impl Readers {
    pub async fn pauses(&self) -> Result<Vec<Pause>, StoreError> {
        let query = pause::Entity::find().order_by_asc(pause::Column::Scope);
        read_all(self.ask(query.all(self.connection())).await?, rows::pause)
    }

    pub async fn alerts(&self, open: bool, page: Page) -> Result<Vec<Alert>, StoreError> {
        let mut query = alert::Entity::find();
        if page.after > 0 {
            query = query.filter(alert::Column::Id.lt(page.after));
        }
        if open {
            query = query.filter(alert::Column::OpenKey.is_not_null());
        }
        let query = query.order_by_desc(alert::Column::Id).limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::alert)
    }

    pub async fn open_alert(&self, kind: AlertKind, subject: &str) -> Result<Option<Alert>, StoreError> {
        let query = alert::Entity::find().filter(alert::Column::OpenKey.eq(rows::open_key(kind, subject)));
        self.ask(query.one(self.connection()))
            .await?
            .map(rows::alert)
            .transpose()
    }

    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let query = access_token::Entity::find()
            .filter(access_token::Column::ValidName.is_not_null())
            .order_by_asc(access_token::Column::Id);
        read_all(self.ask(query.all(self.connection())).await?, access::token)
    }

    pub async fn audits(&self, page: Page) -> Result<Vec<Audit>, StoreError> {
        let query = audit::Entity::find()
            .filter(audit::Column::Id.gt(page.after))
            .order_by_asc(audit::Column::Id)
            .limit(u64::from(page.limit));
        let models = self.ask(query.all(self.connection())).await?;
        Ok(models.into_iter().map(access::audit).collect())
    }
}
