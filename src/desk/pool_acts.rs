//! Acts on money in pools: each is decided on what is on record, for the ledger to post.

use domain::fixed::Amount;
use domain::id::{HoldingId, IdKind, ProductId, UserId};
use domain::ledger::{Entry, EntryKey, EscrowPosting};
use domain::pool::{Adding, Holding, Redeeming, Subscribing, add, fund, redeem, subscribe};
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedMutexGuard;
use utoipa::ToSchema;

use crate::desk::{Asker, Desk, DeskError, WrongField};
use crate::view::HoldingView;

/// Money to put into a product. The same reference is the same act, however often it is sent.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    /// The asker's own reference: 1 to 100 visible ASCII characters.
    pub reference: String,
    /// Whose wallet pays.
    #[schema(value_type = i64)]
    pub user: UserId,
    /// How much.
    #[schema(value_type = String, example = "1000")]
    pub amount: Amount,
    /// Who gets commissions on its yield.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub referrer: Option<UserId>,
    /// Whether another term follows the first; only with a term.
    #[serde(default)]
    pub renews: bool,
}

/// More money for a holding.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAddition {
    /// The asker's own reference: 1 to 100 visible ASCII characters.
    pub reference: String,
    /// How much.
    #[schema(value_type = String, example = "1000")]
    pub amount: Amount,
}

/// Money to take out of a holding.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRedemption {
    /// The asker's own reference: 1 to 100 visible ASCII characters.
    pub reference: String,
    /// How much; everything when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub amount: Option<Amount>,
}

/// Funding of a product's yield.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFunding {
    /// The asker's own reference: 1 to 100 visible ASCII characters.
    pub reference: String,
    /// How much is brought in; below zero is taken back.
    #[schema(value_type = String, example = "5000")]
    pub amount: Amount,
}

/// An act that is ready for the ledger.
#[derive(Debug)]
pub enum Prepared {
    /// It was posted before; the holding as it is now, when it is about one.
    Before(Option<Box<HoldingView>>),
    /// It is to be posted; the holding as it will be.
    Now(Box<(EscrowPosting, Option<HoldingView>)>),
}

impl Prepared {
    fn now(posting: EscrowPosting, holding: Holding) -> Self {
        Self::Now(Box::new((posting, Some(holding.into()))))
    }
}

impl Desk {
    /// One act on the pools at a time, so that none is refused only because another was faster.
    pub async fn pools_alone(&self) -> OwnedMutexGuard<()> {
        std::sync::Arc::clone(&self.pools).lock_owned().await
    }

    /// Decides a subscription.
    ///
    /// # Errors
    /// What is in the way.
    pub async fn subscription(&self, product: ProductId, new: &NewSubscription) -> Result<Prepared, DeskError> {
        let product = self.product_row(product).await?;
        if let Some(entry) = self.posted(EntryKey::pool_in(&new.reference)).await? {
            return self
                .before(
                    entry,
                    |row| row.product == product.id && row.user == new.user,
                    new.amount,
                )
                .await;
        }
        let mut wrong = Vec::new();
        for (field, user) in [("user", Some(new.user)), ("referrer", new.referrer)] {
            if let Some(user) = user
                && self.store.user(user).await?.is_none()
            {
                wrong.push(WrongField::new(field, "must be an existing user"));
            }
        }
        if !wrong.is_empty() {
            return Err(DeskError::Invalid(wrong));
        }
        let (posting, holding) = subscribe(&Subscribing {
            product: &product,
            held: self.store.subscribed(product.id, new.user).await?,
            id: HoldingId(self.next_id(IdKind::Holding).await?),
            user: new.user,
            referrer: new.referrer,
            amount: new.amount,
            renews: new.renews,
            reference: &new.reference,
            now: self.clock.now(),
        })?;
        Ok(Prepared::now(posting, holding))
    }

    /// Decides an addition.
    ///
    /// # Errors
    /// What is in the way.
    pub async fn addition(&self, id: HoldingId, new: &NewAddition) -> Result<Prepared, DeskError> {
        let holding = self.holding_row(id).await?;
        if let Some(entry) = self.posted(EntryKey::pool_in(&new.reference)).await? {
            return self.before(entry, |row| row.id == id, new.amount).await;
        }
        let product = self.product_row(holding.product).await?;
        let (posting, holding) = add(&Adding {
            product: &product,
            rates: &self.rates_of(product.id).await?,
            holding: &holding,
            held: self.store.subscribed(product.id, holding.user).await?,
            funding: self.pool_funding(&product).await?,
            amount: new.amount,
            reference: &new.reference,
            now: self.clock.now(),
        })?;
        Ok(Prepared::now(posting, holding))
    }

    /// Decides a redemption.
    ///
    /// # Errors
    /// What is in the way.
    pub async fn redemption(&self, id: HoldingId, new: &NewRedemption) -> Result<Prepared, DeskError> {
        let holding = self.holding_row(id).await?;
        let keys = [
            EntryKey::pool_out(&new.reference),
            EntryKey::pool_penalty(&new.reference),
        ];
        for key in keys {
            if let Some(entry) = self.posted(key).await? {
                return self.redeemed_before(entry, id, new.amount).await;
            }
        }
        let product = self.product_row(holding.product).await?;
        let left = redeem(&Redeeming {
            product: &product,
            rates: &self.rates_of(product.id).await?,
            holding: &holding,
            amount: new.amount,
            held: self.store.subscribed(product.id, holding.user).await?,
            funding: self.pool_funding(&product).await?,
            reference: &new.reference,
            now: self.clock.now(),
        })?;
        Ok(Prepared::now(left.posting, left.holding))
    }

    /// Decides a funding.
    ///
    /// # Errors
    /// What is in the way.
    pub async fn funding(&self, id: ProductId, new: &NewFunding, asker: &Asker) -> Result<Prepared, DeskError> {
        let product = self.product_row(id).await?;
        let posting = fund(&product, new.amount, &new.reference, &asker.by)?;
        let Some(entry) = self.posted(EntryKey::pool_fund(&new.reference)).await? else {
            return Ok(Prepared::Now(Box::new((posting, None))));
        };
        let is_same = entry.reference == format!("product:{id}") && moves(&entry, new.amount);
        if is_same {
            Ok(Prepared::Before(None))
        } else {
            Err(used())
        }
    }

    async fn posted(&self, key: Option<EntryKey>) -> Result<Option<Entry>, DeskError> {
        let Some(key) = key else {
            let rule = "must be 1 to 100 visible ASCII characters";
            return Err(WrongField::new("reference", rule).into());
        };
        Ok(self.store.entries_by_key(&[key]).await?.pop())
    }

    /// The holding of an act that was posted before, when it is the same act.
    async fn before(
        &self,
        entry: Entry,
        fits: impl Fn(&Holding) -> bool,
        amount: Amount,
    ) -> Result<Prepared, DeskError> {
        let row = self.holding_of(&entry).await?;
        match row.filter(|row| fits(row) && moves(&entry, amount)) {
            Some(row) => Ok(Prepared::Before(Some(Box::new(row.into())))),
            None => Err(used()),
        }
    }

    /// A redemption that was posted before is the same when it is of the holding, and whole or of the same part.
    async fn redeemed_before(
        &self,
        entry: Entry,
        id: HoldingId,
        amount: Option<Amount>,
    ) -> Result<Prepared, DeskError> {
        let row = self.holding_of(&entry).await?.filter(|row| row.id == id);
        let is_same = |row: &Holding| match amount {
            None => !row.state.is_held(),
            // A part that cost a penalty was the whole.
            Some(amount) => moves(&entry, amount) || !row.state.is_held(),
        };
        match row.filter(is_same) {
            Some(row) => Ok(Prepared::Before(Some(Box::new(row.into())))),
            None => Err(used()),
        }
    }

    async fn holding_of(&self, entry: &Entry) -> Result<Option<Holding>, DeskError> {
        let id = entry.reference.strip_prefix("holding:").and_then(|id| id.parse().ok());
        match id {
            Some(id) => Ok(self.store.holding(HoldingId(id)).await?),
            None => Ok(None),
        }
    }

    async fn holding_row(&self, id: HoldingId) -> Result<Holding, DeskError> {
        let row = self.store.holding(id).await?;
        row.ok_or_else(|| DeskError::absent("holding", id))
    }
}

fn moves(entry: &Entry, amount: Amount) -> bool {
    entry.postings.iter().any(|line| line.amount == amount)
}

fn used() -> DeskError {
    DeskError::Conflict {
        why: "the reference was used for something else".to_owned(),
    }
}
