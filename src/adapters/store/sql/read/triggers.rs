//! Triggers, their histories, and orders for them.

use domain::id::{StockOrderId, TriggerId};
use domain::page::Page;
use domain::trigger::{StockOrder, Trigger, TriggerMove};
use entity::chain_trigger::{self, Column};
use entity::{stock_order, trigger_move};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{read_all, stock, trigger as rows};
use super::KEYS;
use crate::ports::store::{StoreError, TriggerFilter};

impl Readers {
    pub async fn trigger(&self, id: TriggerId) -> Result<Option<Trigger>, StoreError> {
        let row = chain_trigger::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(rows::trigger).transpose()
    }

    pub async fn triggers(&self, filter: TriggerFilter, page: Page) -> Result<Vec<Trigger>, StoreError> {
        let mut query = chain_trigger::Entity::find().filter(Column::Id.gt(page.after));
        if let Some(subscription) = filter.subscription {
            query = query.filter(Column::SubscriptionId.eq(subscription.0));
        }
        if let Some(user) = filter.user {
            query = query.filter(Column::UserAddress.eq(user.0.to_vec()));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(Column::Kind.eq(kind.as_str()));
        }
        if let Some(live) = filter.live {
            query = query.filter(Column::Live.eq(i64::from(live)));
        }
        if let Some(state) = filter.state {
            query = query.filter(Column::State.eq(state));
        }
        let query = query.order_by_asc(Column::Id).limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::trigger)
    }

    pub async fn moves_of(&self, trigger: TriggerId) -> Result<Vec<TriggerMove>, StoreError> {
        let query = trigger_move::Entity::find()
            .filter(trigger_move::Column::TriggerId.eq(trigger.0))
            .order_by_asc(trigger_move::Column::Number);
        read_all(self.ask(query.all(self.connection())).await?, rows::trigger_move)
    }

    pub async fn stock_order(&self, id: StockOrderId) -> Result<Option<StockOrder>, StoreError> {
        let row = stock_order::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(stock::stock_order).transpose()
    }

    pub async fn stock_orders_of(&self, triggers: &[TriggerId]) -> Result<Vec<StockOrder>, StoreError> {
        let mut models = Vec::new();
        for triggers in triggers.chunks(KEYS) {
            let query = stock_order::Entity::find()
                .filter(stock_order::Column::TriggerId.is_in(triggers.iter().map(|trigger| trigger.0)));
            models.extend(self.ask(query.all(self.connection())).await?);
        }
        models.sort_unstable_by_key(|model: &stock_order::Model| model.id);
        models.dedup_by_key(|model| model.id);
        read_all(models, stock::stock_order)
    }
}
