//! The statements of payouts, and of what was signed for them.

use domain::payout::{Attempt, Payout};
use entity::{payout, payout_attempt};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

use super::super::failure::Failure;
use super::rows::{narrow, payout as rows};
use super::tx::Tx;

pub async fn add_payouts(tx: &Tx<'_>, payouts: &[Payout], what: &str) -> Result<(), Failure> {
    let rows = payouts
        .iter()
        .map(|payout| Ok(rows::payout_row(payout)?.into_active_model()));
    tx.insert(rows.collect::<Result<_, _>>()?, what).await
}

/// What is paid, to whom and under which name never changes.
pub async fn update_payout(tx: &Tx<'_>, payout: &Payout, what: &str) -> Result<(), Failure> {
    use payout::Column;
    let mut row = rows::payout_row(payout)?.into_active_model();
    row.id = NotSet;
    row.version = Set(i64::from(payout.version) + 1);
    let guard = Condition::all()
        .add(Column::Id.eq(payout.id.0))
        .add(Column::Version.eq(i64::from(payout.version)))
        .add(Column::TriggerId.eq(payout.trigger.0))
        .add(Column::Kind.eq(payout.kind.as_str()))
        .add(Column::SubscriptionId.eq(payout.subscription.0))
        .add(Column::ChainId.eq(narrow("chain", payout.chain.0)?))
        .add(Column::Vault.eq(payout.vault.0.to_vec()))
        .add(Column::Recipient.eq(payout.recipient.0.to_vec()))
        .add(Column::RawAmount.eq(payout.raw.as_str()))
        .add(Column::Amount.eq(payout.amount.units()))
        .add(Column::ContractKey.eq(payout.key.0.to_vec()));
    tx.replace(row, guard, what).await
}

/// One nonce, one payout (PAY-1). All that is written goes through one writer, so that what is read here holds until this
/// is committed.
pub async fn add_attempt(tx: &Tx<'_>, attempt: &Attempt, what: &str) -> Result<(), Failure> {
    use payout_attempt::Column;
    let row = rows::attempt_row(attempt)?;
    if let Some(payout) = row.payout_id {
        let others = payout_attempt::Entity::find()
            .filter(Column::ChainId.eq(row.chain_id))
            .filter(Column::Payer.eq(row.payer.clone()))
            .filter(Column::Nonce.eq(row.nonce))
            .filter(Column::PayoutId.ne(payout))
            .count(tx.connection());
        if tx.run(others, what).await? > 0 {
            return Err(Failure::Refused(what.to_owned()));
        }
    }
    tx.insert(vec![row.into_active_model()], what).await
}
