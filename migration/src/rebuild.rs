//! Rebuilding tables whose rules change: SQLite cannot alter a table's checks, and all three take the same way.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_all, quoted};

/// What the name of a table gets while its rows move.
const OLD: &str = "_before";

/// A table as it is to be, and where its columns come from.
#[derive(Debug, Clone)]
pub struct Rebuilt {
    table: Table,
    columns: Vec<(String, String)>,
}

impl Rebuilt {
    /// A table that takes these columns over as they are, separated by commas.
    pub fn new(table: Table, same: &str) -> Self {
        let columns = same.split(", ").map(|column| (column.to_owned(), column.to_owned()));
        Self {
            table,
            columns: columns.collect(),
        }
    }

    /// A column that comes from an expression over the old row.
    pub fn and(mut self, column: &str, from: &str) -> Self {
        self.columns.push((column.to_owned(), from.to_owned()));
        self
    }

    fn copy(&self, backend: DbBackend) -> String {
        let (to, from): (Vec<&str>, Vec<&str>) = self
            .columns
            .iter()
            .map(|(to, from)| (to.as_str(), from.as_str()))
            .unzip();
        format!(
            "INSERT INTO {} ({}) SELECT {} FROM {}",
            quoted(self.table.name_of(), backend),
            to.join(", "),
            from.join(", "),
            quoted(&old(&self.table), backend)
        )
    }
}

/// Puts tables with their rows in the place of those that have their names; whom others refer to comes first.
pub async fn rebuild(manager: &SchemaManager<'_>, tables: &[Rebuilt]) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let connection = manager.get_connection();
    for one in tables {
        let (name, old) = (quoted(one.table.name_of(), backend), quoted(&old(&one.table), backend));
        connection
            .execute_unprepared(&format!("ALTER TABLE {name} RENAME TO {old}"))
            .await?;
    }
    for one in tables {
        one.table.create(manager).await?;
        connection.execute_unprepared(&one.copy(backend)).await?;
    }
    let old: Vec<String> = tables.iter().rev().map(|one| old(&one.table)).collect();
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    drop_all(manager, &old).await
}

/// Drops indexes whose names are to be used again. MariaDB's index names belong to their tables, and a foreign key may
/// need the index.
pub async fn drop_indexes(manager: &SchemaManager<'_>, names: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::MySql {
        return Ok(());
    }
    for name in names {
        let statement = format!("DROP INDEX {name}");
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

fn old(table: &Table) -> String {
    format!("{}{OLD}", table.name_of())
}
