//! What tables a database has and how they hang together, told by the database itself.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};

use super::schema::{MIGRATIONS, UNDER_WAY, UNVERIFIED};

/// What is of the database and not of what it holds.
const OWN: [&str; 4] = [MIGRATIONS, UNVERIFIED, UNDER_WAY, "writer_lease"];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number of 64 bits.
    Number,
    /// Text.
    Text,
    /// Bytes; in hex where they must be text.
    Bytes,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether the database counts it up by itself, from a counter of its own.
    pub counted: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, by name.
    pub columns: Vec<Column>,
    /// The columns of its primary key, in their order.
    pub key: Vec<String>,
    /// Tables that its rows refer to.
    parents: BTreeSet<String>,
}

/// The names of all tables in the schema that is in use.
pub async fn tables<C: ConnectionTrait>(connection: &C) -> Result<BTreeSet<String>, DbErr> {
    let sql = match connection.get_database_backend() {
        DbBackend::MySql => {
            "SELECT CAST(table_name AS CHAR) FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
        }
        DbBackend::Postgres => "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = current_schema()",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    };
    texts(connection, sql).await.map(BTreeSet::from_iter)
}

/// All tables that hold something, each after those that it refers to.
pub async fn shape<C: ConnectionTrait>(connection: &C) -> Result<Vec<Table>, DbErr> {
    let mut waiting = Vec::new();
    for name in tables(connection)
        .await?
        .into_iter()
        .filter(|name| !OWN.contains(&name.as_str()))
    {
        waiting.push(table(connection, name).await?);
    }
    let mut sorted: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let names: BTreeSet<String> = waiting.iter().map(|table| table.name.clone()).collect();
        let (ready, rest): (Vec<Table>, Vec<Table>) =
            waiting.into_iter().partition(|table| table.parents.is_disjoint(&names));
        if ready.is_empty() {
            let names: Vec<String> = names.into_iter().collect();
            return Err(unknown(&names.join(", "), "they refer to each other in a circle"));
        }
        sorted.extend(ready);
        waiting = rest;
    }
    Ok(sorted)
}

/// All rows of a question.
pub async fn rows<C: ConnectionTrait>(connection: &C, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_all_raw(statement).await
}

async fn table<C: ConnectionTrait>(connection: &C, name: String) -> Result<Table, DbErr> {
    let [columns, key, parents] = questions(connection.get_database_backend(), &name);
    let columns = rows(connection, &columns).await?;
    let columns = columns.iter().map(|row| column(&name, row));
    let mut columns = columns.collect::<Result<Vec<_>, _>>()?;
    // However their order came about, it is the same everywhere.
    columns.sort_by(|one, other| one.name.cmp(&other.name));
    let key = texts(connection, &key).await?;
    if key.is_empty() {
        return Err(unknown(&name, "it has no primary key"));
    }
    let mut parents = BTreeSet::from_iter(texts(connection, &parents).await?);
    // Its own rows are in the order of the key, in which they were made.
    parents.remove(&name);
    Ok(Table {
        name,
        columns,
        key,
        parents,
    })
}

fn column(table: &str, row: &QueryResult) -> Result<Column, DbErr> {
    let (name, kind): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let counted: i64 = row.try_get_by_index(2)?;
    let kind = match kind.to_ascii_lowercase().as_str() {
        "integer" | "bigint" => Kind::Number,
        "text" | "character varying" | "varchar" | "mediumtext" | "longtext" => Kind::Text,
        "blob" | "mediumblob" | "bytea" | "binary" => Kind::Bytes,
        other => {
            return Err(unknown(
                table,
                &format!("column `{name}` is of the unknown kind `{other}`"),
            ));
        }
    };
    Ok(Column {
        name,
        kind,
        counted: counted == 1,
    })
}

fn unknown(table: &str, why: &str) -> DbErr {
    DbErr::Custom(format!("table `{table}` cannot be read as a whole: {why}"))
}

/// The questions for a table's columns, for its key, and for the tables that it refers to: by a foreign key, or on
/// PostgreSQL by a trigger that names them.
fn questions(backend: DbBackend, table: &str) -> [String; 3] {
    match backend {
        DbBackend::MySql => [
            format!(
                "SELECT CAST(column_name AS CHAR), CAST(data_type AS CHAR), 0 FROM information_schema.columns \
                 WHERE table_schema = DATABASE() AND table_name = '{table}' ORDER BY ordinal_position"
            ),
            format!(
                "SELECT CAST(column_name AS CHAR) FROM information_schema.statistics WHERE table_schema = DATABASE() \
                 AND table_name = '{table}' AND index_name = 'PRIMARY' ORDER BY seq_in_index"
            ),
            format!(
                "SELECT CAST(referenced_table_name AS CHAR) FROM information_schema.key_column_usage \
                 WHERE table_schema = DATABASE() AND table_name = '{table}' AND referenced_table_name IS NOT NULL"
            ),
        ],
        DbBackend::Postgres => [
            format!(
                "SELECT a.attname::text, format_type(a.atttypid, NULL)::text, (a.attidentity <> '')::int::bigint \
                 FROM pg_attribute a WHERE a.attrelid = '\"{table}\"'::regclass AND a.attnum > 0 AND NOT a.attisdropped \
                 ORDER BY a.attnum"
            ),
            format!(
                "SELECT a.attname::text FROM pg_index i \
                 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) \
                 WHERE i.indrelid = '\"{table}\"'::regclass AND i.indisprimary \
                 ORDER BY array_position(i.indkey::int2[], a.attnum)"
            ),
            format!(
                "SELECT c.relname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid \
                 WHERE k.contype = 'f' AND k.conrelid = '\"{table}\"'::regclass \
                 UNION SELECT parent FROM pg_trigger t, UNNEST(string_to_array(encode(t.tgargs, 'escape'), '\\000')) parent \
                 WHERE t.tgrelid = '\"{table}\"'::regclass AND NOT t.tgisinternal AND parent <> ''"
            ),
        ],
        _ => [
            format!("SELECT name, type, 0 FROM pragma_table_info('{table}') ORDER BY cid"),
            format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk"),
            format!("SELECT \"table\" FROM pragma_foreign_key_list('{table}')"),
        ],
    }
}

async fn texts<C: ConnectionTrait>(connection: &C, sql: &str) -> Result<Vec<String>, DbErr> {
    let rows = rows(connection, sql).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
