//! Backing up: every table is read page by page in one snapshot, while the daemon writes on.

use std::path::Path;
use std::time::Duration;

use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    QueryResult, TransactionTrait,
};

use super::super::catalog::{self, Kind, Table};
use super::super::connect::{StoreOptions, Use, connect};
use super::super::schema::{self, SchemaError};
use super::BackupError;
use super::archive::{ArchiveWriter, ArchivedHead, Cell, Counted, Header, Manifest, Tally, line_of};
use crate::clock::{Clock, SystemClock};

/// Rows that are read at once.
const PAGE: u64 = 1_000;

/// Writes all tables as they are at one moment into a new file.
///
/// # Errors
/// When the file exists, or either cannot be read or written; then there is no file.
pub async fn back_up(options: &StoreOptions, file: &Path) -> Result<Manifest, BackupError> {
    let single = StoreOptions {
        max_connections: 1,
        ..options.clone()
    };
    let connection = connect(&single, Use::Read).await?;
    let migrations = schema::applied(&connection).await?;
    if schema::is_half_made(&connection).await? {
        return Err(SchemaError::HalfMade.into());
    }
    if migrations.is_empty() {
        return Err(BackupError::Nothing);
    }
    let snapshot = snapshot(&connection).await?;
    let header = Header::new(backend(&connection), SystemClock.now(), migrations);
    let mut archive = ArchiveWriter::create(file, header).map_err(|why| BackupError::file(file, why))?;
    // The first read is what fixes the moment.
    let head = head(&snapshot).await?;
    for table in catalog::shape(&snapshot).await? {
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        let failed = |error| BackupError::file(file, error);
        archive.table(&table.name, columns).map_err(failed)?;
        let mut pages = Pages::new(&table, options.statement_deadline);
        while let Some(rows) = pages.next(&snapshot).await? {
            rows.iter().try_for_each(|row| archive.row(row)).map_err(failed)?;
        }
        archive.end().map_err(failed)?;
    }
    snapshot.rollback().await?;
    connection.close().await?;
    archive.finish(head).map_err(|error| BackupError::file(file, error))
}

/// Counts and digests a table as a backup does.
pub(super) async fn tally(
    connection: &DatabaseConnection,
    table: &Table,
    deadline: Duration,
) -> Result<Counted, BackupError> {
    let mut tally = Tally::default();
    let mut pages = Pages::new(table, deadline);
    while let Some(rows) = pages.next(connection).await? {
        for row in rows {
            tally.add(&line_of(&row).map_err(|error| DbErr::Custom(error.to_string()))?);
        }
    }
    Ok(tally.counted(&table.name))
}

/// A transaction that sees all tables as they are at its first read.
async fn snapshot(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    match connection.get_database_backend() {
        DbBackend::Sqlite => connection.begin().await,
        _ => {
            let level = Some(IsolationLevel::RepeatableRead);
            connection.begin_with_config(level, Some(AccessMode::ReadOnly)).await
        }
    }
}

fn backend(connection: &DatabaseConnection) -> &'static str {
    match connection.get_database_backend() {
        DbBackend::MySql => "mariadb",
        DbBackend::Postgres => "postgres",
        _ => "sqlite",
    }
}

async fn head(snapshot: &DatabaseTransaction) -> Result<ArchivedHead, DbErr> {
    let sql = "SELECT seq, digest FROM entry ORDER BY seq DESC LIMIT 1";
    match catalog::rows(snapshot, sql).await?.first() {
        Some(row) => Ok(ArchivedHead {
            seq: row.try_get_by_index(0)?,
            digest: in_hex(&row.try_get_by_index::<Vec<u8>>(1)?),
        }),
        None => Ok(ArchivedHead {
            seq: 0,
            digest: "0".repeat(64),
        }),
    }
}

/// A table's rows, page by page in the order of its key.
struct Pages<'a> {
    table: &'a Table,
    deadline: Duration,
    /// The key of the last row.
    after: Option<Vec<Cell>>,
    ended: bool,
}

impl<'a> Pages<'a> {
    fn new(table: &'a Table, deadline: Duration) -> Self {
        Self {
            table,
            deadline,
            after: None,
            ended: false,
        }
    }

    async fn next<C: ConnectionTrait>(&mut self, connection: &C) -> Result<Option<Vec<Vec<Cell>>>, BackupError> {
        if self.ended {
            return Ok(None);
        }
        let select = self.select(connection.get_database_backend());
        let asked = tokio::time::timeout(self.deadline, connection.query_all(&select)).await;
        let found = asked.map_err(|_| BackupError::Deadline)??;
        let rows = found
            .iter()
            .map(|row| self.row(row))
            .collect::<Result<Vec<_>, DbErr>>()?;
        self.ended = (rows.len() as u64) < PAGE;
        self.after = rows.last().map(|row| {
            let place = |name: &String| self.table.columns.iter().position(|column| column.name == *name);
            let cells = self.table.key.iter().filter_map(|name| row.get(place(name)?));
            cells.cloned().collect()
        });
        Ok((!rows.is_empty()).then_some(rows))
    }

    fn row(&self, row: &QueryResult) -> Result<Vec<Cell>, DbErr> {
        let columns = self.table.columns.iter().enumerate();
        columns
            .map(|(index, column)| {
                Ok(match column.kind {
                    Kind::Number => row
                        .try_get_by_index::<Option<i64>>(index)?
                        .map_or(Cell::Null, Cell::Number),
                    Kind::Text => row
                        .try_get_by_index::<Option<String>>(index)?
                        .map_or(Cell::Null, Cell::Text),
                    Kind::Bytes => row
                        .try_get_by_index::<Option<Vec<u8>>>(index)?
                        .map_or(Cell::Null, |bytes| Cell::Text(in_hex(&bytes))),
                })
            })
            .collect()
    }

    fn select(&self, backend: DbBackend) -> SelectStatement {
        let mut select = Query::select();
        select.columns(self.table.columns.iter().map(|column| Alias::new(&column.name)));
        select.from(Alias::new(&self.table.name)).limit(PAGE);
        for name in &self.table.key {
            select.order_by(Alias::new(name), Order::Asc);
        }
        if let Some(after) = &self.after {
            select.cond_where(beyond(&self.table.key, after, backend));
        }
        select
    }
}

/// The rows beyond a key. MariaDB finds them by index only when the comparison is written out.
fn beyond(names: &[String], after: &[Cell], backend: DbBackend) -> Condition {
    let column = |name: &String| Expr::col(Alias::new(name));
    if backend != DbBackend::MySql {
        let left: Vec<SimpleExpr> = names.iter().map(column).collect();
        let right: Vec<SimpleExpr> = after.iter().map(value).collect();
        return Condition::all().add(Expr::tuple(left).gt(Expr::tuple(right)));
    }
    let mut any = Condition::any();
    for (index, (name, cell)) in names.iter().zip(after).enumerate() {
        let mut all = Condition::all();
        for (before, same) in names.iter().zip(after).take(index) {
            all = all.add(column(before).eq(value(same)));
        }
        any = any.add(all.add(column(name).gt(value(cell))));
    }
    any
}

fn value(cell: &Cell) -> SimpleExpr {
    match cell {
        Cell::Null => Expr::val(None::<i64>),
        Cell::Number(number) => Expr::val(*number),
        Cell::Text(text) => Expr::val(text.clone()),
    }
}

/// Bytes as lower-case hex.
fn in_hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
