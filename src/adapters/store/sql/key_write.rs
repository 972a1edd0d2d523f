//! The statements that set, reseal and remove keys of venue accounts.

use domain::credential::{Resealed, SealedKey};
use entity::venue_key::{self, Column};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::super::failure::Failure;
use super::rows::key as rows;
use super::tx::Tx;

pub async fn set(tx: &Tx<'_>, key: &SealedKey, what: &str) -> Result<(), Failure> {
    let replace = OnConflict::column(Column::AccountId)
        .update_columns([
            Column::Format,
            Column::Master,
            Column::DataKey,
            Column::Content,
            Column::Fingerprint,
            Column::Ending,
            Column::MayTrade,
            Column::MayWithdraw,
            Column::BoundToAddresses,
            Column::SetBy,
            Column::SetAt,
        ])
        .to_owned();
    tx.upsert(vec![rows::key_row(key).into_active_model()], replace, what)
        .await
}

/// The seal that is replaced is the guard: no two are alike, so that a key that was set anew meanwhile is left alone.
pub async fn reseal(tx: &Tx<'_>, resealed: &Resealed, what: &str) -> Result<(), Failure> {
    let update = venue_key::Entity::update_many()
        .col_expr(Column::DataKey, Expr::val(resealed.data_key.as_str()))
        .col_expr(Column::Master, Expr::val(resealed.master.as_str()))
        .filter(Column::AccountId.eq(resealed.account.0))
        .filter(Column::DataKey.eq(resealed.from.as_str()));
    tx.update(update, 1, what).await
}

/// Nothing is deleted: the daemon's role may not. The seals are wiped, and with them all that could be opened.
pub async fn remove(tx: &Tx<'_>, key: &SealedKey, what: &str) -> Result<(), Failure> {
    let update = venue_key::Entity::update_many()
        .col_expr(Column::DataKey, Expr::val(None::<String>))
        .col_expr(Column::Content, Expr::val(None::<String>))
        .filter(Column::AccountId.eq(key.account.0))
        .filter(Column::DataKey.eq(key.seals.data_key.as_str()));
    tx.update(update, 1, what).await
}
