//! Restoring: into an empty database only, compared with the backup, and unusable until somebody says that it holds.

use std::path::Path;
use std::time::Duration;

use sea_orm::sea_query::{Alias, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, TransactionTrait, Value};

use super::super::catalog::{self, Column, Kind, Table};
use super::super::connect::{StoreOptions, Use, connect};
use super::super::failure::Cause;
use super::super::lease::{Errand, Lease};
use super::super::schema::{self, SchemaError, UNVERIFIED};
use super::super::sql::SqlStore;
use super::BackupError;
use super::archive::{ArchiveError, ArchiveReader, Cell, Manifest, Piece, verified};
use super::dump::tally;

/// Rows of one statement at most, and parameters.
const ROWS: usize = 500;
const PARAMETERS: usize = 30_000;

/// A database that holds what the backup holds, and that nothing opens yet.
#[derive(Debug)]
pub struct Restoration {
    /// To be audited.
    pub store: SqlStore,
    /// What the backup says of itself.
    pub manifest: Manifest,
    connection: DatabaseConnection,
    /// Held to the end, so that nobody else writes.
    lease: Lease,
}

impl Restoration {
    /// Says that the database holds: from now on it can be used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn accept(mut self) -> Result<(), BackupError> {
        self.store.close().await;
        self.connection
            .execute_unprepared(&format!("DROP TABLE {UNVERIFIED}"))
            .await?;
        self.lease.release(&self.connection).await?;
        Ok(self.connection.close().await?)
    }

    /// Leaves the database as it is, to be looked into: nothing opens it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leave(mut self) -> Result<(), BackupError> {
        self.store.close().await;
        self.lease.release(&self.connection).await?;
        Ok(self.connection.close().await?)
    }
}

/// Reads the whole backup first, then loads it into an empty database, and reads all of it back.
///
/// # Errors
/// When the backup is damaged or of another schema, or the database is not empty: then nothing is touched. When
/// anything else goes wrong, the database is emptied again; where that fails, nothing opens it.
pub async fn restore(options: &StoreOptions, file: &Path) -> Result<Restoration, BackupError> {
    let (header, manifest) = verified(file).map_err(|why| BackupError::file(file, why))?;
    let known = migration::names();
    for (place, name) in header.migrations.iter().enumerate() {
        if known.get(place) != Some(name) {
            return Err(BackupError::Unknown(name.clone()));
        }
    }
    let connection = connect(options, Use::Write).await?;
    let mut lease = Lease::new(options, Errand::Command);
    let entered = lease.insist(&connection).await;
    entered.map_err(|failure| SchemaError::NotEntered(Cause::new(failure.into_error())))?;
    if let Some(table) = catalog::tables(&connection).await?.into_iter().next() {
        return Err(BackupError::NotEmpty(table));
    }
    let mark = format!("CREATE TABLE {UNVERIFIED} (started_at BIGINT NOT NULL)");
    connection.execute_unprepared(&mark).await?;
    let loaded = load_all(
        &connection,
        file,
        header.migrations.len(),
        &manifest,
        options.statement_deadline,
    )
    .await;
    if let Err(error) = loaded {
        undo(&connection).await?;
        return Err(error);
    }
    // The audit reads through a store of its own, which never writes.
    let audited = connect(options, Use::Write).await?;
    Ok(Restoration {
        store: SqlStore::over(audited, Lease::new(options, Errand::Command), options).await?,
        manifest,
        connection,
        lease,
    })
}

async fn load_all(
    connection: &DatabaseConnection,
    file: &Path,
    migrations: usize,
    manifest: &Manifest,
    deadline: Duration,
) -> Result<(), BackupError> {
    let count = u32::try_from(migrations).unwrap_or(u32::MAX);
    schema::apply(connection, Some(count)).await?;
    let tables = catalog::shape(connection).await?;
    let transaction = connection.begin().await?;
    for table in tables.iter().rev() {
        // Rows that migrations put there are in the backup, too.
        let seeds = Query::delete().from_table(Alias::new(&table.name)).to_owned();
        transaction.execute(&seeds).await?;
    }
    load(&transaction, file, &tables).await?;
    transaction.commit().await?;
    for table in &tables {
        let stored = tally(connection, table, deadline).await?;
        let archived = manifest.tables.iter().find(|counted| counted.name == table.name);
        if archived.map_or(stored.rows > 0, |archived| *archived != stored) {
            return Err(BackupError::Differs(table.name.clone()));
        }
    }
    Ok(schema::apply(connection, None).await?)
}

/// Takes back what was made of an empty database; the mark goes last.
async fn undo(connection: &DatabaseConnection) -> Result<(), BackupError> {
    schema::take_back(connection, None).await?;
    for table in [schema::MIGRATIONS, UNVERIFIED] {
        connection.execute_unprepared(&format!("DROP TABLE {table}")).await?;
    }
    Ok(())
}

async fn load(transaction: &DatabaseTransaction, file: &Path, tables: &[Table]) -> Result<(), BackupError> {
    let failed = |why: ArchiveError| BackupError::file(file, why);
    let mut reader = ArchiveReader::open(file).map_err(failed)?;
    let mut rows = Vec::new();
    let mut filling: Option<Filling<'_>> = None;
    loop {
        match reader.piece().map_err(failed)? {
            Piece::Table { name, columns } => filling = Some(Filling::of(tables, &name, &columns)?),
            Piece::Row(row) => {
                rows.push(row);
                if let Some(filling) = &filling
                    && rows.len() >= filling.batch()
                {
                    filling.insert(transaction, std::mem::take(&mut rows)).await?;
                }
            }
            Piece::End => {
                if let Some(filling) = filling.take() {
                    filling.insert(transaction, std::mem::take(&mut rows)).await?;
                    filling.count_on(transaction).await?;
                }
            }
            Piece::Manifest(_) => return Ok(()),
        }
    }
}

/// A table that is being filled.
struct Filling<'a> {
    table: &'a Table,
    /// In the order of the archive.
    columns: Vec<&'a Column>,
}

impl<'a> Filling<'a> {
    fn of(tables: &'a [Table], name: &str, columns: &[String]) -> Result<Self, BackupError> {
        let unfit = |why: &str| BackupError::Table {
            table: name.to_owned(),
            why: why.to_owned(),
        };
        let table = tables.iter().find(|table| table.name == name);
        let table = table.ok_or_else(|| unfit("the schema has no such table"))?;
        let find = |wanted: &String| table.columns.iter().find(|column| column.name == *wanted);
        let columns: Option<Vec<&Column>> = columns.iter().map(find).collect();
        let columns = columns.ok_or_else(|| unfit("the schema has other columns"))?;
        Ok(Self { table, columns })
    }

    fn batch(&self) -> usize {
        (PARAMETERS / self.columns.len().max(1)).clamp(1, ROWS)
    }

    async fn insert(&self, transaction: &DatabaseTransaction, rows: Vec<Vec<Cell>>) -> Result<(), BackupError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut insert = Query::insert();
        insert.into_table(Alias::new(&self.table.name));
        insert.columns(self.columns.iter().map(|column| Alias::new(&column.name)));
        for row in rows {
            let values = self
                .columns
                .iter()
                .zip(row)
                .map(|(column, cell)| self.value(column, cell));
            let values = values.collect::<Result<Vec<SimpleExpr>, BackupError>>()?;
            insert
                .values(values)
                .map_err(|error| DbErr::Custom(error.to_string()))?;
        }
        transaction.execute(&insert).await?;
        Ok(())
    }

    fn another_kind(&self, column: &Column) -> BackupError {
        BackupError::Table {
            table: self.table.name.clone(),
            why: format!("column `{}` is of another kind in the backup", column.name),
        }
    }

    fn value(&self, column: &Column, cell: Cell) -> Result<SimpleExpr, BackupError> {
        let value = match (column.kind, cell) {
            (Kind::Number, Cell::Number(number)) => Value::BigInt(Some(number)),
            (Kind::Number, Cell::Null) => Value::BigInt(None),
            (Kind::Text, Cell::Text(text)) => Value::String(Some(text)),
            (Kind::Text, Cell::Null) => Value::String(None),
            (Kind::Bytes, Cell::Null) => Value::Bytes(None),
            (Kind::Bytes, Cell::Text(hex)) => match from_hex(&hex) {
                Some(bytes) => Value::Bytes(Some(bytes)),
                None => return Err(self.another_kind(column)),
            },
            (Kind::Number, Cell::Text(_)) | (Kind::Text | Kind::Bytes, Cell::Number(_)) => {
                return Err(self.another_kind(column));
            }
        };
        Ok(SimpleExpr::Value(value))
    }

    /// Lets PostgreSQL count on behind the highest number; the others do so by themselves.
    async fn count_on(&self, transaction: &DatabaseTransaction) -> Result<(), BackupError> {
        if transaction.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        for column in self.table.columns.iter().filter(|column| column.counted) {
            let (table, name) = (&self.table.name, &column.name);
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{name}'), \
                 (SELECT COALESCE(MAX(\"{name}\"), 0) + 1 FROM \"{table}\"), false)"
            );
            catalog::rows(transaction, &sql).await?;
        }
        Ok(())
    }
}

/// Bytes from hex; `None` when it is none.
fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.is_ascii().then(|| hex.as_bytes().chunks(2))?;
    let byte = |pair: &[u8]| match pair {
        [_, _] => u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok(),
        _ => None,
    };
    pairs.map(byte).collect()
}
