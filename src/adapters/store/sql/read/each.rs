//! One question about each of many, asked at once: with `IN` or `OR` a limit would count over all of them, and SQLite
//! would leave the index.

use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, JoinType, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, Iden, Iterable, QueryFilter, QuerySelect, QueryTrait, Select};

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

/// The one row that each of these values of a column has among the rows of a query.
///
/// PostgreSQL is asked for one after another: with a list, where its statistics are older than the rows, it prefers to read all
/// rows that the rest of the query names. With 300,000 wallets that it did not know of, 500 of them took 33 ms that way, and
/// 2 ms this way.
pub(super) fn one_of_each<E: EntityTrait>(
    backend: DbBackend,
    rows: Select<E>,
    column: E::Column,
    values: &[i64],
) -> SelectStatement {
    if backend != DbBackend::Postgres {
        return rows.filter(column.is_in(values.iter().copied())).into_query();
    }
    // PostgreSQL names the columns of a list by itself.
    let (wanted, found, value) = (Alias::new("wanted"), Alias::new("found"), Alias::new("column1"));
    let one = rows.filter(Expr::col((column.entity_name(), column)).eq(Expr::col((wanted.clone(), value))));
    let columns = E::Column::iter().map(|column| (found.clone(), column));
    Query::select()
        .columns(columns)
        .from_values(values.iter().copied(), wanted)
        .join_lateral(
            JoinType::InnerJoin,
            one.limit(1).into_query(),
            found.clone(),
            Cond::all(),
        )
        .to_owned()
}
