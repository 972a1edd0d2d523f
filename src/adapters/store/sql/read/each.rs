//! One question about each of many, asked at once: with `IN` or `OR` a limit would count over all of them, and SQLite
//! would leave the index.

use sea_orm::sea_query::{Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Iden};

/// Users that are asked about in one statement.
pub(super) const USERS: usize = 50;

/// All of these in one statement; `None` when there are none.
pub(super) fn all_of(parts: impl Iterator<Item = SelectStatement>, kind: UnionType) -> Option<SelectStatement> {
    let mut parts = parts;
    let mut first = parts.next()?;
    first.unions(parts.map(|other| (kind, other)));
    Some(first)
}

/// A statement with a limit as a table of its own, under a name that no other part has: a limit inside a union needs one.
pub(super) fn limited<C: ColumnTrait + Iden>(part: SelectStatement, columns: &[C], name: String) -> SelectStatement {
    let columns = columns.iter().copied();
    Query::select().columns(columns).from_subquery(part, name).to_owned()
}
