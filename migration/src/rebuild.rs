//! Rebuilding tables whose rules change: SQLite cannot alter a table's checks, and all three take the same way.

use sea_orm::DbBackend;

use crate::plan::Plan;
use crate::table::{Table, quoted};

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

/// Puts tables with their rows in the place of those that have their names; whom others refer to comes first. No row is
/// gone from the old table before all tables have theirs.
pub fn rebuild(plan: &mut Plan, tables: &[Rebuilt]) {
    for one in tables {
        plan.rename(one.table.name_of(), &old(&one.table));
    }
    for one in tables {
        plan.create(&one.table);
        plan.rows(one.copy(plan.backend()));
    }
    let old: Vec<String> = tables.iter().rev().map(|one| old(&one.table)).collect();
    plan.drop_tables(&old);
}

/// Drops indexes whose names are to be used again. MariaDB's index names belong to their tables, and a foreign key may
/// need the index.
pub fn drop_indexes(plan: &mut Plan, indexes: &[(&'static str, &'static str)]) {
    if plan.backend() != DbBackend::MySql {
        for (index, table) in indexes {
            plan.drop_index(index, table);
        }
    }
}

fn old(table: &Table) -> String {
    format!("{}{OLD}", table.name_of())
}
