//! The statements of switches: pauses, the guard of whoever opens, and orders to close all.

use domain::close_all::CloseAll;
use domain::pause::{Pause, PauseScope};
use entity::{close_all, pause};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

use super::super::failure::Failure;
use super::rows::{alert as rows, close_all as close_all_rows};
use super::tx::Tx;

pub async fn set_pause(tx: &Tx<'_>, pause: &Pause, what: &str) -> Result<(), Failure> {
    use pause::Column;
    let replace = OnConflict::column(Column::Scope)
        .update_columns([Column::Paused, Column::SaidBy, Column::Reason, Column::At])
        .to_owned();
    let row = rows::pause_row(pause).into_active_model();
    tx.upsert(vec![row], replace, what).await
}

/// All that is written goes through one writer, so that what is read here holds until this is committed.
pub async fn not_paused(tx: &Tx<'_>, scopes: &[PauseScope], what: &str) -> Result<(), Failure> {
    let scopes = scopes.iter().map(ToString::to_string);
    let paused = pause::Entity::find()
        .filter(pause::Column::Scope.is_in(scopes))
        .filter(pause::Column::Paused.eq(1))
        .count(tx.connection());
    match tx.run(paused, what).await? {
        0 => Ok(()),
        _ => Err(Failure::Refused(what.to_owned())),
    }
}

pub async fn update_close_all(tx: &Tx<'_>, close_all: &CloseAll, what: &str) -> Result<(), Failure> {
    let mut row = close_all_rows::close_all_row(close_all).into_active_model();
    row.id = NotSet;
    row.version = Set(i64::from(close_all.version) + 1);
    let guard = Condition::all()
        .add(close_all::Column::Id.eq(close_all.id.0))
        .add(close_all::Column::Version.eq(i64::from(close_all.version)))
        .add(close_all::Column::Scope.eq(close_all.scope.to_string()));
    tx.replace(row, guard, what).await
}
