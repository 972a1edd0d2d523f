//! Rows of what was taken over from other platforms.

use domain::import::{Declared, DeclaredKind};
use entity::imported;
use sea_orm::IntoActiveModel;

use super::Row;
use crate::ports::store::StoreError;

pub fn imported_rows(rows: &[Declared]) -> Vec<imported::ActiveModel> {
    let row = |row: &Declared| imported::Model {
        source: row.source.clone(),
        kind: row.kind.as_str().to_owned(),
        legacy_id: row.legacy_id.clone(),
        ours: row.ours,
        content: row.content.clone(),
    };
    rows.iter().map(|declared| row(declared).into_active_model()).collect()
}

pub fn declared(row: imported::Model) -> Result<Declared, StoreError> {
    let name = Row::new("imported row", &row.legacy_id);
    Ok(Declared {
        kind: name.word("kind", &row.kind, DeclaredKind::parse)?,
        source: row.source,
        legacy_id: row.legacy_id,
        ours: row.ours,
        content: row.content,
    })
}
