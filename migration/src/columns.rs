//! Columns that are added to a table with rows, written once and rendered for SQLite, PostgreSQL and MariaDB/MySQL.

use sea_orm::DbBackend;

use crate::table::{Kind, quoted};

/// The largest magnitude of a money column, as in the domain's fixed-point types.
const BOUND: &str = "9000000000000000000";

#[derive(Debug, Clone)]
struct Column {
    name: &'static str,
    kind: Kind,
    /// What rows that exist hold at first, as in SQL; nothing for a column that may be absent.
    first: Option<&'static str>,
    checks: Vec<String>,
}

/// Columns to add.
#[derive(Debug, Clone)]
pub struct Columns {
    table: &'static str,
    columns: Vec<Column>,
}

impl Columns {
    /// None yet.
    pub fn of(table: &'static str) -> Self {
        Self {
            table,
            columns: Vec::new(),
        }
    }

    /// A whole number, `first` in rows that exist.
    pub fn number(self, name: &'static str, first: &'static str) -> Self {
        self.column(name, Kind::Number, Some(first))
    }

    /// A whole number that may be absent.
    pub fn maybe_number(self, name: &'static str) -> Self {
        self.column(name, Kind::Number, None)
    }

    /// Units of a fixed-point type that may be absent.
    pub fn maybe_fixed(self, name: &'static str) -> Self {
        self.maybe_number(name)
            .check(format!("{name} BETWEEN -{BOUND} AND {BOUND}"))
    }

    /// Zero or one, `first` in rows that exist.
    pub fn flag(self, name: &'static str, first: &'static str) -> Self {
        self.number(name, first).check(format!("{name} IN (0, 1)"))
    }

    /// One of these names, the first of them in rows that exist.
    pub fn word(self, name: &'static str, first: &'static str, allowed: &[&str]) -> Self {
        let allowed: Vec<String> = allowed.iter().map(|word| format!("'{word}'")).collect();
        self.column(name, Kind::Name, Some(first))
            .check(format!("{name} IN ({})", allowed.join(", ")))
    }

    /// Text that is compared and may be absent.
    pub fn maybe_name(self, name: &'static str) -> Self {
        self.column(name, Kind::Name, None)
    }

    /// Free text that may be absent.
    pub fn maybe_text(self, name: &'static str) -> Self {
        self.column(name, Kind::Text, None)
    }

    /// A condition on the last column and on those before it, true of every row that exists.
    pub fn check(mut self, condition: impl std::fmt::Display) -> Self {
        if let Some(last) = self.columns.last_mut() {
            last.checks.push(condition.to_string());
        }
        self
    }

    /// Whose they are.
    pub const fn table(&self) -> &'static str {
        self.table
    }

    fn column(mut self, name: &'static str, kind: Kind, first: Option<&'static str>) -> Self {
        self.columns.push(Column {
            name,
            kind,
            first,
            checks: Vec::new(),
        });
        self
    }

    /// The statements that add them, each with a column that shows it.
    pub(crate) fn additions(&self, backend: DbBackend) -> Vec<(String, String)> {
        let parts = self.columns.iter();
        let parts = parts.map(|column| (column.name, column.addition(self.table, backend)));
        self.altered(parts.collect(), backend)
    }

    /// The statements that take them away, each with a column that shows it.
    pub(crate) fn removals(&self, backend: DbBackend) -> Vec<(String, String)> {
        let parts = self.columns.iter().rev();
        let parts = parts.map(|column| (column.name, column.removal(self.table, backend)));
        self.altered(parts.collect(), backend)
    }

    /// SQLite alters one thing in one statement.
    fn altered(&self, parts: Vec<(&'static str, Vec<String>)>, backend: DbBackend) -> Vec<(String, String)> {
        let table = quoted(self.table, backend);
        if backend == DbBackend::Sqlite {
            let one = |(name, parts): (&str, Vec<String>)| {
                let statements = parts.into_iter().map(|part| format!("ALTER TABLE {table} {part}"));
                statements.map(|sql| (sql, name.to_owned())).collect::<Vec<_>>()
            };
            return parts.into_iter().flat_map(one).collect();
        }
        let shown = parts.first().map_or("", |(name, _)| name).to_owned();
        let parts: Vec<String> = parts.into_iter().flat_map(|(_, parts)| parts).collect();
        vec![(format!("ALTER TABLE {table} {}", parts.join(", ")), shown)]
    }
}

impl Column {
    fn addition(&self, table: &str, backend: DbBackend) -> Vec<String> {
        let kind = self.kind.render(backend);
        let first = match self.first {
            Some(first) => format!(" NOT NULL DEFAULT {first}"),
            None => String::new(),
        };
        let mut checks = self.checks.clone();
        if self.kind == Kind::Name && backend == DbBackend::Sqlite {
            checks.push(format!("length({}) <= 190", self.name));
        }
        let mut parts = vec![format!("ADD COLUMN {} {kind}{first}", self.name)];
        if backend == DbBackend::Sqlite {
            let checks = checks.iter().map(|check| format!(" CHECK ({check})"));
            parts[0].extend(checks);
        } else {
            let rules = checks.iter().enumerate();
            parts.extend(
                rules.map(|(index, check)| format!("ADD CONSTRAINT {} CHECK ({check})", self.rule(table, index))),
            );
        }
        parts
    }

    /// SQLite and PostgreSQL drop the conditions on a column with it.
    fn removal(&self, table: &str, backend: DbBackend) -> Vec<String> {
        let mut parts = Vec::new();
        if backend == DbBackend::MySql {
            let rules = (0..self.checks.len()).map(|index| format!("DROP CONSTRAINT {}", self.rule(table, index)));
            parts.extend(rules);
        }
        parts.push(format!("DROP COLUMN {}", self.name));
        parts
    }

    fn rule(&self, table: &str, index: usize) -> String {
        format!("{table}_{}_rule_{}", self.name, index + 1)
    }
}
