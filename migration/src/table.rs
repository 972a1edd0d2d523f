//! A table's definition, written once and rendered for SQLite, PostgreSQL and MariaDB/MySQL.

use sea_orm::DbBackend;

use crate::plan::Plan;

/// The largest magnitude of a money, price, quantity or ratio column, as in the domain's fixed-point types.
const BOUND: &str = "9000000000000000000";

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A whole number.
    Number,
    /// A number that the database counts up by itself.
    Counter,
    /// Text that is compared or indexed, at most 190 characters.
    Name,
    /// Free text.
    Text,
    /// 32 bytes.
    Digest,
    /// 20 bytes.
    Address,
    /// Bytes of any number.
    Bytes,
}

#[derive(Debug, Clone)]
struct Column {
    name: &'static str,
    kind: Kind,
    required: bool,
}

/// A table under construction.
#[derive(Debug, Clone)]
pub struct Table {
    name: &'static str,
    columns: Vec<Column>,
    constraints: Vec<String>,
    references: Vec<(&'static str, &'static str, &'static str)>,
    indexes: Vec<(&'static str, &'static str)>,
    without_rowid: bool,
}

impl Table {
    /// An empty table.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            columns: Vec::new(),
            constraints: Vec::new(),
            references: Vec::new(),
            indexes: Vec::new(),
            without_rowid: false,
        }
    }

    /// A whole number, such as an id or milliseconds.
    pub fn number(self, name: &'static str) -> Self {
        self.column(name, Kind::Number, true)
    }

    /// A whole number that may be absent.
    pub fn maybe_number(self, name: &'static str) -> Self {
        self.column(name, Kind::Number, false)
    }

    /// Insertion order, counted by the database; the primary key.
    pub fn counter(self, name: &'static str) -> Self {
        self.column(name, Kind::Counter, true)
    }

    /// Units of a fixed-point type.
    pub fn fixed(self, name: &'static str) -> Self {
        self.number(name).within_bound(name)
    }

    /// Units of a fixed-point type that may be absent.
    pub fn maybe_fixed(self, name: &'static str) -> Self {
        self.maybe_number(name).within_bound(name)
    }

    /// Zero or one.
    pub fn flag(self, name: &'static str) -> Self {
        self.number(name).check(format!("{name} IN (0, 1)"))
    }

    /// Text that is compared or indexed.
    pub fn name(self, name: &'static str) -> Self {
        self.column(name, Kind::Name, true)
    }

    /// Text that is compared or indexed and may be absent.
    pub fn maybe_name(self, name: &'static str) -> Self {
        self.column(name, Kind::Name, false)
    }

    /// One of these names.
    pub fn word(self, name: &'static str, allowed: &[&str]) -> Self {
        self.name(name).one_of(name, allowed)
    }

    /// One of these names, or absent.
    pub fn maybe_word(self, name: &'static str, allowed: &[&str]) -> Self {
        self.maybe_name(name).one_of(name, allowed)
    }

    /// Free text.
    pub fn text(self, name: &'static str) -> Self {
        self.column(name, Kind::Text, true)
    }

    /// Free text that may be absent.
    pub fn maybe_text(self, name: &'static str) -> Self {
        self.column(name, Kind::Text, false)
    }

    /// 32 bytes.
    pub fn digest(self, name: &'static str) -> Self {
        self.column(name, Kind::Digest, true)
    }

    /// 32 bytes that may be absent.
    pub fn maybe_digest(self, name: &'static str) -> Self {
        self.column(name, Kind::Digest, false)
    }

    /// An account or a contract of a chain: 20 bytes.
    pub fn address(self, name: &'static str) -> Self {
        self.column(name, Kind::Address, true)
    }

    /// An account or a contract that may be absent.
    pub fn maybe_address(self, name: &'static str) -> Self {
        self.column(name, Kind::Address, false)
    }

    /// Bytes of any number.
    pub fn bytes(self, name: &'static str) -> Self {
        self.column(name, Kind::Bytes, true)
    }

    /// Rows lie in the order of the primary key, on SQLite too; elsewhere this changes nothing.
    pub const fn without_rowid(mut self) -> Self {
        self.without_rowid = true;
        self
    }

    /// Its name.
    pub const fn name_of(&self) -> &'static str {
        self.name
    }

    /// The primary key.
    pub fn key(mut self, columns: &str) -> Self {
        self.constraints.push(format!("PRIMARY KEY ({columns})"));
        self
    }

    /// Columns that are unique together; absent values are not compared.
    pub fn unique(mut self, columns: &str) -> Self {
        self.constraints.push(format!("UNIQUE ({columns})"));
        self
    }

    /// A column that holds the key of a row in another table.
    pub fn references(mut self, column: &'static str, table: &'static str, key: &'static str) -> Self {
        self.references.push((column, table, key));
        self
    }

    /// A condition that holds for every row.
    pub fn check(mut self, condition: impl std::fmt::Display) -> Self {
        self.constraints.push(format!("CHECK ({condition})"));
        self
    }

    /// An index.
    pub fn index(mut self, name: &'static str, columns: &'static str) -> Self {
        self.indexes.push((name, columns));
        self
    }

    /// Its indexes, with their columns.
    pub fn indexes(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.indexes.iter().copied()
    }

    fn column(mut self, name: &'static str, kind: Kind, required: bool) -> Self {
        self.columns.push(Column { name, kind, required });
        self
    }

    fn within_bound(self, name: &str) -> Self {
        self.check(format!("{name} BETWEEN -{BOUND} AND {BOUND}"))
    }

    fn one_of(self, name: &str, allowed: &[&str]) -> Self {
        let allowed: Vec<String> = allowed.iter().map(|word| format!("'{word}'")).collect();
        self.check(format!("{name} IN ({})", allowed.join(", ")))
    }

    /// Creates it with its indexes.
    pub fn create(&self, plan: &mut Plan) {
        plan.create(self);
    }

    /// The statement that creates it, without its indexes.
    pub(crate) fn statement(&self, backend: DbBackend) -> String {
        let mut lines: Vec<String> = self.columns.iter().map(|column| column.render(backend)).collect();
        lines.extend(self.constraints.iter().cloned());
        lines.extend(self.references.iter().map(|(column, table, key)| {
            format!("FOREIGN KEY ({column}) REFERENCES {} ({key})", quoted(table, backend))
        }));
        // SQLite accepts any value in any column unless the table is STRICT; MariaDB folds case by default.
        let ending = match backend {
            DbBackend::Sqlite if self.without_rowid => " STRICT, WITHOUT ROWID",
            DbBackend::Sqlite => " STRICT",
            DbBackend::MySql => " ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            _ => "",
        };
        let name = quoted(self.name, backend);
        format!("CREATE TABLE {name} ({}){ending}", lines.join(", "))
    }
}

impl Kind {
    /// The type of a column; for a counter with all that belongs to it.
    pub(crate) const fn render(self, backend: DbBackend) -> &'static str {
        match (self, backend) {
            (Self::Counter, DbBackend::Sqlite) => "INTEGER PRIMARY KEY AUTOINCREMENT",
            (Self::Counter, DbBackend::MySql) => "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
            (Self::Counter, _) => "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            (Self::Number, DbBackend::Sqlite) => "INTEGER",
            (Self::Number, _) => "BIGINT",
            (Self::Digest | Self::Address | Self::Bytes, DbBackend::Sqlite) => "BLOB",
            (Self::Digest, DbBackend::MySql) => "BINARY(32)",
            (Self::Address, DbBackend::MySql) => "BINARY(20)",
            (Self::Bytes, DbBackend::MySql) => "MEDIUMBLOB",
            (Self::Digest | Self::Address | Self::Bytes, _) => "BYTEA",
            (Self::Name | Self::Text, DbBackend::Sqlite) => "TEXT",
            (Self::Name, DbBackend::MySql) => "VARCHAR(190)",
            (Self::Text, DbBackend::MySql) => "MEDIUMTEXT",
            (Self::Name, _) => "VARCHAR(190) COLLATE \"C\"",
            (Self::Text, _) => "TEXT",
        }
    }
}

impl Column {
    fn render(&self, backend: DbBackend) -> String {
        let required = if self.required { " NOT NULL" } else { "" };
        let kind = self.kind.render(backend);
        if self.kind == Kind::Counter {
            return format!("{} {kind}", self.name);
        }
        let longest = match (self.kind, backend) {
            (Kind::Name, DbBackend::Sqlite) => format!(" CHECK (length({}) <= 190)", self.name),
            (Kind::Digest, DbBackend::Sqlite | DbBackend::Postgres) => format!(" CHECK (length({}) = 32)", self.name),
            (Kind::Address, DbBackend::Sqlite | DbBackend::Postgres) => format!(" CHECK (length({}) = 20)", self.name),
            _ => String::new(),
        };
        format!("{} {kind}{required}{longest}", self.name)
    }
}

/// A table's name as an identifier: MariaDB takes `position (` for a function.
pub(crate) fn quoted(table: &str, backend: DbBackend) -> String {
    match backend {
        DbBackend::MySql => format!("`{table}`"),
        _ => format!("\"{table}\""),
    }
}
