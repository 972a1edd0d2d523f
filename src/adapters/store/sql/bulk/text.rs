//! The texts of statements that take many rows.

use sea_orm::DbBackend;

use super::cells::{HAS_TEXT, Kind, NO_NUMBER};

/// A guarded update of many rows; `v` names the row of values that belongs to a row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Update {
    /// The table.
    pub table: &'static str,
    /// The column, of the table and of the values, by which they belong together; unique in both.
    pub key: &'static str,
    /// Columns and what they become, such as `v.after` or `version + 1`.
    pub set: &'static [(&'static str, &'static str)],
    /// Columns and what they must hold, such as `v.before`; NULL equals NULL.
    pub guard: &'static [(&'static str, &'static str)],
}

type Columns<'a> = &'a [(&'static str, Kind)];

/// Inserts so many rows; parameters of PostgreSQL are numbered from `before` + 1.
pub fn insert(backend: DbBackend, table: &str, columns: Columns, rows: usize, before: usize) -> String {
    let names = names(columns);
    let table = quoted(backend, table);
    match backend {
        DbBackend::Postgres => format!("INSERT INTO {table} ({names}) {}", unnested(columns, before)),
        DbBackend::MySql => format!("INSERT INTO {table} ({names}) VALUES {}", marks(columns.len(), rows)),
        // Whoever is refused rolls the transaction or savepoint back, so the statement need not be able to do so alone:
        // SQLite would keep a copy of each page for that.
        _ => format!(
            "INSERT OR FAIL INTO {table} ({names}) VALUES {}",
            marks(columns.len(), rows)
        ),
    }
}

/// Updates so many rows; parameters of PostgreSQL are numbered from `before` + 1.
pub fn update(backend: DbBackend, update: &Update, columns: Columns, rows: usize, before: usize) -> String {
    let table = quoted(backend, update.table);
    let key = format!("{table}.{key} = v.{key}", key = update.key);
    let same = match backend {
        DbBackend::Postgres => "IS NOT DISTINCT FROM",
        DbBackend::MySql => "<=>",
        _ => "IS",
    };
    let guard: Vec<String> = update
        .guard
        .iter()
        .map(|(column, value)| format!("{table}.{column} {same} {value}"))
        .collect();
    let guard = guard.join(" AND ");
    let set: Vec<String> = update
        .set
        .iter()
        .map(|(column, value)| format!("{column} = {value}"))
        .collect();
    let set = set.join(", ");
    match backend {
        DbBackend::Postgres => {
            let values = unnested(columns, before);
            format!("UPDATE {table} SET {set} FROM ({values}) v WHERE {key} AND {guard}")
        }
        // The values come first, or a small table would be read whole and joined to them.
        DbBackend::MySql => {
            let values = json_table(columns);
            format!("UPDATE {values} v STRAIGHT_JOIN {table} ON {key} SET {set} WHERE {guard}")
        }
        _ => {
            let (names, marks) = (names(columns), marks(columns.len(), rows));
            format!(
                "WITH v({names}) AS (VALUES {marks}) UPDATE OR FAIL {table} SET {set} FROM v WHERE {key} AND {guard}"
            )
        }
    }
}

fn names(columns: Columns) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

/// `(?, ?), (?, ?)`
fn marks(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row.as_str(); rows].join(",")
}

/// PostgreSQL: all these statements in one, which answers how many rows each wrote.
pub fn counted(statements: &[String]) -> String {
    let number = |place: usize| format!("p{place}");
    let parts: Vec<String> = statements
        .iter()
        .enumerate()
        .map(|(place, statement)| format!("{} AS ({statement} RETURNING 1)", number(place)))
        .collect();
    let counts: Vec<String> = (0..statements.len())
        .map(|place| format!("(SELECT COUNT(*) FROM {})", number(place)))
        .collect();
    format!("WITH {} SELECT {}", parts.join(", "), counts.join(", "))
}

fn unnested(columns: Columns, before: usize) -> String {
    let (mut wanted, mut arrays, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (name, kind)) in (1..).zip(columns) {
        let cell = format!("c{number}");
        wanted.push(match kind {
            Kind::Number | Kind::Text | Kind::Bytes => format!("{cell} AS {name}"),
            Kind::MaybeNumber => format!("NULLIF({cell}, '{NO_NUMBER}'::bigint) AS {name}"),
            Kind::MaybeBytes => format!("NULLIF({cell}, ''::bytea) AS {name}"),
            Kind::MaybeText => {
                format!("CASE WHEN {cell} LIKE '{HAS_TEXT}%' THEN SUBSTR({cell}, 2) END AS {name}")
            }
        });
        let array = match kind {
            Kind::Number | Kind::MaybeNumber => "bigint",
            Kind::Text | Kind::MaybeText => "text",
            Kind::Bytes | Kind::MaybeBytes => "bytea",
        };
        arrays.push(format!("${}::{array}[]", before + number));
        cells.push(cell);
    }
    let (wanted, arrays, cells) = (wanted.join(", "), arrays.join(", "), cells.join(", "));
    format!("SELECT {wanted} FROM UNNEST({arrays}) u({cells})")
}

fn json_table(columns: Columns) -> String {
    let column = |(place, (name, kind)): (usize, &(&'static str, Kind))| {
        let kind = match kind {
            Kind::Number | Kind::MaybeNumber => "BIGINT",
            Kind::Text | Kind::MaybeText | Kind::Bytes | Kind::MaybeBytes => "MEDIUMTEXT",
        };
        format!("{name} {kind} PATH '$[{place}]'")
    };
    let columns: Vec<String> = columns.iter().enumerate().map(column).collect();
    format!("JSON_TABLE(?, '$[*]' COLUMNS({}))", columns.join(", "))
}

/// A table's name as an identifier: MariaDB takes `position` for a function.
fn quoted(backend: DbBackend, table: &str) -> String {
    match backend {
        DbBackend::MySql => format!("`{table}`"),
        _ => format!("\"{table}\""),
    }
}
