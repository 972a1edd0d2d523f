//! Payouts, and what was signed for them.

use domain::chain::{Address, ChainId};
use domain::fixed::Amount;
use domain::id::{PayoutId, SubscriptionId, TriggerId};
use domain::page::Page;
use domain::payout::{Attempt, Payout, PayoutKind};
use domain::time::Timestamp;
use entity::payout::{self, Column};
use entity::payout_attempt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::super::readers::Readers;
use super::super::rows::{payout as rows, read_all};
use super::KEYS;
use super::statistics::sum_of;
use crate::ports::store::{PayoutFilter, StoreError};

impl Readers {
    pub async fn payout(&self, id: PayoutId) -> Result<Option<Payout>, StoreError> {
        let row = payout::Entity::find_by_id(id.0).one(self.connection());
        self.ask(row).await?.map(rows::payout).transpose()
    }

    pub async fn payouts(&self, filter: PayoutFilter, page: Page) -> Result<Vec<Payout>, StoreError> {
        let mut query = payout::Entity::find().filter(Column::Id.gt(page.after));
        if let Some(subscription) = filter.subscription {
            query = query.filter(Column::SubscriptionId.eq(subscription.0));
        }
        if let Some(chain) = filter.chain {
            let Some(chain) = chain_id(chain) else {
                return Ok(Vec::new());
            };
            query = query.filter(Column::ChainId.eq(chain));
        }
        if let Some(live) = filter.live {
            query = query.filter(Column::Live.eq(i64::from(live)));
        }
        if let Some(state) = filter.state {
            query = query.filter(Column::State.eq(state));
        }
        let query = query.order_by_asc(Column::Id).limit(u64::from(page.limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::payout)
    }

    pub async fn payouts_of(&self, triggers: &[TriggerId]) -> Result<Vec<Payout>, StoreError> {
        let mut models = Vec::new();
        for triggers in triggers.chunks(KEYS) {
            let query =
                payout::Entity::find().filter(Column::TriggerId.is_in(triggers.iter().map(|trigger| trigger.0)));
            models.extend(self.ask(query.all(self.connection())).await?);
        }
        models.sort_unstable_by_key(|model: &payout::Model| model.id);
        models.dedup_by_key(|model| model.id);
        read_all(models, rows::payout)
    }

    pub async fn paid_since(
        &self,
        subscription: SubscriptionId,
        is_money: bool,
        recipient: Option<Address>,
        since: Timestamp,
    ) -> Result<Amount, StoreError> {
        let kinds = PayoutKind::ALL.into_iter().filter(|kind| kind.is_money() == is_money);
        let [whole, rest] = self.parts("amount");
        let mut query = payout::Entity::find()
            .select_only()
            .column_as(whole, "whole")
            .column_as(rest, "rest")
            .filter(Column::SubscriptionId.eq(subscription.0))
            .filter(Column::CreatedAt.gte(since.0))
            .filter(Column::Kind.is_in(kinds.map(PayoutKind::as_str)));
        if let Some(recipient) = recipient {
            query = query.filter(Column::Recipient.eq(recipient.0.to_vec()));
        }
        let query = query.into_tuple::<(Option<i64>, Option<i64>)>();
        let found = self.ask(query.one(self.connection())).await?;
        sum_of("payouts", found.unwrap_or_default())
    }

    pub async fn attempts_of(&self, payout: PayoutId) -> Result<Vec<Attempt>, StoreError> {
        let query = payout_attempt::Entity::find().filter(payout_attempt::Column::PayoutId.eq(payout.0));
        self.attempts(query).await
    }

    pub async fn attempts_at(
        &self,
        chain: ChainId,
        payer: Address,
        nonces: &[u64],
    ) -> Result<Vec<Attempt>, StoreError> {
        let Some(chain) = chain_id(chain) else {
            return Ok(Vec::new());
        };
        let mut nonces: Vec<i64> = nonces.iter().filter_map(|nonce| i64::try_from(*nonce).ok()).collect();
        nonces.sort_unstable();
        nonces.dedup();
        let mut found = Vec::new();
        for nonces in nonces.chunks(KEYS) {
            let query = of_payer(chain, payer).filter(payout_attempt::Column::Nonce.is_in(nonces.iter().copied()));
            found.extend(self.attempts(query).await?);
        }
        Ok(found)
    }

    pub async fn last_nonce(&self, chain: ChainId, payer: Address) -> Result<Option<u64>, StoreError> {
        let Some(chain) = chain_id(chain) else {
            return Ok(None);
        };
        let query = of_payer(chain, payer)
            .order_by_desc(payout_attempt::Column::Nonce)
            .limit(1);
        let last = self.ask(query.one(self.connection())).await?;
        Ok(last.map(rows::attempt).transpose()?.map(|attempt| attempt.nonce))
    }

    async fn attempts(&self, query: Select<payout_attempt::Entity>) -> Result<Vec<Attempt>, StoreError> {
        let query = query
            .order_by_asc(payout_attempt::Column::Nonce)
            .order_by_asc(payout_attempt::Column::Number);
        read_all(self.ask(query.all(self.connection())).await?, rows::attempt)
    }
}

fn of_payer(chain: i64, payer: Address) -> Select<payout_attempt::Entity> {
    payout_attempt::Entity::find()
        .filter(payout_attempt::Column::ChainId.eq(chain))
        .filter(payout_attempt::Column::Payer.eq(payer.0.to_vec()))
}

/// As it is stored; nothing of a chain beyond this is.
fn chain_id(chain: ChainId) -> Option<i64> {
    i64::try_from(chain.0).ok()
}
