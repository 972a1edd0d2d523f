//! What operators see: alerts, tokens and the audit trail.

use domain::access::{Audit, Token};
use domain::alert::delivery::Delivery;
use domain::alert::{Alert, AlertKind, AlertState};
use domain::id::AlertId;
use domain::page::Page;
use entity::{access_token, alert, alert_delivery, audit};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{access, alert as rows, read_all};
use crate::ports::store::{AlertFilter, StoreError};

impl Readers {
    pub async fn alert(&self, id: AlertId) -> Result<Option<Alert>, StoreError> {
        let query = alert::Entity::find_by_id(id.0);
        self.ask(query.one(self.connection()))
            .await?
            .map(rows::alert)
            .transpose()
    }

    pub async fn alerts(&self, filter: AlertFilter, page: Page) -> Result<Vec<Alert>, StoreError> {
        let mut query = alert::Entity::find();
        if page.after > 0 {
            query = query.filter(alert::Column::Id.lt(page.after));
        }
        let (open, taken) = (alert::Column::OpenKey, alert::Column::AcknowledgedAt);
        query = match filter {
            AlertFilter::All => query,
            AlertFilter::Open => query.filter(open.is_not_null()),
            AlertFilter::In(AlertState::Raised) => query.filter(open.is_not_null()).filter(taken.is_null()),
            AlertFilter::In(AlertState::Acknowledged) => query.filter(open.is_not_null()).filter(taken.is_not_null()),
            AlertFilter::In(AlertState::Resolved) => query.filter(open.is_null()),
        };
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

    pub async fn deliveries_of(&self, alert: AlertId) -> Result<Vec<Delivery>, StoreError> {
        let query = alert_delivery::Entity::find()
            .filter(alert_delivery::Column::AlertId.eq(alert.0))
            .order_by_asc(alert_delivery::Column::Id);
        read_all(self.ask(query.all(self.connection())).await?, rows::delivery)
    }

    pub async fn waiting_deliveries(&self, target: &str, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let query = alert_delivery::Entity::find()
            .filter(alert_delivery::Column::State.eq("waiting"))
            .filter(alert_delivery::Column::Target.eq(target))
            .order_by_asc(alert_delivery::Column::Id)
            .limit(u64::from(limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::delivery)
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
