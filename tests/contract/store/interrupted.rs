//! Migrations that were interrupted after any of their statements, and what the next run makes of what they left.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;

use bursar::adapters::store::schema::{self, SchemaError};
use migration::{MigrationError, Runner, Sent, Way};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};

use super::databases::Ground;
use super::tables::{old_ledger, old_rows};

/// Rows are of the time before this one.
const DEEPER: &str = "m0011_deepen_ledger";

/// A connection that is one session, as that of a writer is.
async fn session(ground: &Ground) -> DatabaseConnection {
    // SQLite's file is made by whoever opens it first as Bursar does.
    schema::status(&ground.secret_url()).await.unwrap();
    let mut options = ConnectOptions::new(ground.url());
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

async fn texts(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await;
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// What the database says of its tables, columns, indexes and rules.
async fn shape(connection: &DatabaseConnection) -> Vec<String> {
    let questions: &[&str] = match connection.get_database_backend() {
        DbBackend::MySql => &[
            "SELECT CAST(CONCAT_WS(' ', table_name, engine, table_collation) AS CHAR) \
             FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1",
            "SELECT CAST(CONCAT_WS(' ', table_name, column_name, ordinal_position, column_type, is_nullable, \
             column_default, collation_name, extra) AS CHAR) \
             FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY 1",
            "SELECT CAST(CONCAT_WS(' ', table_name, index_name, seq_in_index, column_name, non_unique) AS CHAR) \
             FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY 1",
            "SELECT CAST(CONCAT_WS(' ', table_name, constraint_name, check_clause) AS CHAR) \
             FROM information_schema.check_constraints WHERE constraint_schema = DATABASE() ORDER BY 1",
            "SELECT CAST(CONCAT_WS(' ', table_name, constraint_name, column_name, referenced_table_name, \
             referenced_column_name) AS CHAR) \
             FROM information_schema.key_column_usage WHERE table_schema = DATABASE() ORDER BY 1",
        ],
        DbBackend::Postgres => &[
            "SELECT concat_ws(' ', table_name, column_name, ordinal_position, data_type, is_nullable, column_default, \
             collation_name)::text FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1",
            "SELECT indexdef::text FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1",
            "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))::text FROM pg_constraint \
             WHERE connamespace = current_schema()::regnamespace ORDER BY 1",
            "SELECT pg_get_triggerdef(t.oid)::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
             WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal ORDER BY 1",
            "SELECT pg_get_functiondef(oid)::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace ORDER BY 1",
        ],
        _ => &["SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1"],
    };
    let mut shape = Vec::new();
    for question in questions {
        shape.extend(texts(connection, question).await);
    }
    shape
}

/// Every row of every table, with its table; of the record of migrations not when.
async fn rows(connection: &DatabaseConnection) -> Vec<String> {
    let (columns, join): (&str, fn(&[String]) -> String) = match connection.get_database_backend() {
        DbBackend::MySql => (
            "SELECT CAST(CONCAT(table_name, '.', column_name) AS CHAR) FROM information_schema.columns \
             WHERE table_schema = DATABASE() ORDER BY 1",
            |columns| {
                let columns = columns.iter().map(|name| format!("COALESCE(HEX({name}), '-')"));
                format!("CONCAT_WS(' ', {})", columns.collect::<Vec<_>>().join(", "))
            },
        ),
        DbBackend::Postgres => (
            "SELECT concat(table_name, '.', column_name)::text FROM information_schema.columns \
             WHERE table_schema = current_schema() ORDER BY 1",
            |columns| {
                let columns = columns.iter().map(|name| format!("coalesce({name}::text, '-')"));
                format!("concat_ws(' ', {})", columns.collect::<Vec<_>>().join(", "))
            },
        ),
        _ => (
            "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' \
             AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
            |columns| {
                let columns = columns.iter().map(|name| format!("quote({name})"));
                columns.collect::<Vec<_>>().join(" || ' ' || ")
            },
        ),
    };
    let mut rows = Vec::new();
    for (table, columns) in by_table(texts(connection, columns).await) {
        let quote = if connection.get_database_backend() == DbBackend::MySql {
            '`'
        } else {
            '"'
        };
        let sql = format!("SELECT {} FROM {quote}{table}{quote} ORDER BY 1", join(&columns));
        rows.extend(
            texts(connection, &sql)
                .await
                .iter()
                .map(|row| format!("{table}: {row}")),
        );
    }
    rows
}

/// Columns by their tables; when a migration was made is no matter.
fn by_table(columns: Vec<String>) -> Vec<(String, Vec<String>)> {
    let mut tables: Vec<(String, Vec<String>)> = Vec::new();
    for column in columns {
        let (table, column) = column.split_once('.').unwrap();
        if column == "applied_at" {
            continue;
        }
        match tables.last_mut() {
            Some((name, columns)) if name == table => columns.push(column.to_owned()),
            _ => tables.push((table.to_owned(), vec![column.to_owned()])),
        }
    }
    tables
}

/// How many migrations are on record.
async fn applied(connection: &DatabaseConnection) -> usize {
    match connection.execute_unprepared("SELECT 1 FROM seaql_migrations").await {
        Ok(_) => texts(connection, "SELECT version FROM seaql_migrations").await.len(),
        Err(_) => 0,
    }
}

/// Runs again and again, each time to the first statement that no run was interrupted after yet. Gives their number.
async fn stumble(connection: &DatabaseConnection, way: Way, to: usize) -> usize {
    let mut seen = BTreeSet::new();
    loop {
        let left = applied(connection).await.abs_diff(to);
        let mut stop = |sent: Sent<'_>| {
            let fresh = seen.insert((sent.migration.to_owned(), sent.step, sent.sql.to_owned()));
            if fresh {
                Err(DbErr::Custom("stopped".to_owned()))
            } else {
                Ok(())
            }
        };
        let mut runner = Runner::new(connection, 1, &mut stop);
        let left = u32::try_from(left).unwrap();
        let done = match way {
            Way::Up => runner.up(Some(left)).await,
            Way::Down => runner.down(Some(left)).await,
        };
        // One that was taken back to where nothing of it was undone is on record again.
        let Err(error) = done else {
            if applied(connection).await == to {
                return seen.len();
            }
            continue;
        };
        let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        assert!(
            why.contains("stopped"),
            "after {} statements: {error}: {why}",
            seen.len()
        );
    }
}

async fn straight(connection: &DatabaseConnection, way: Way, count: usize) {
    let mut unwatched = |_: Sent<'_>| Ok(());
    let mut runner = Runner::new(connection, 1, &mut unwatched);
    let count = Some(u32::try_from(count).unwrap());
    match way {
        Way::Up => runner.up(count).await.unwrap(),
        Way::Down => runner.down(count).await.unwrap(),
    }
}

/// T26, T1: with the rows of a ledger that is rebuilt on the way.
pub async fn t26_interrupted_after_every_statement_migrations_lose_and_double_nothing(ground: Arc<Ground>) {
    let names = migration::names();
    let before = names.iter().position(|name| name == DEEPER).unwrap();
    let connection = session(&ground).await;
    straight(&connection, Way::Up, before).await;
    old_rows(&ground).await;
    old_ledger(&ground).await;
    let old = rows(&connection).await;
    straight(&connection, Way::Up, names.len() - before).await;
    let whole = (shape(&connection).await, rows(&connection).await);
    straight(&connection, Way::Down, names.len()).await;

    let mut statements = stumble(&connection, Way::Up, before).await;
    old_rows(&ground).await;
    old_ledger(&ground).await;
    statements += stumble(&connection, Way::Up, names.len()).await;
    assert_eq!(shape(&connection).await, whole.0);
    assert_eq!(rows(&connection).await, whole.1);
    let open = ground.open_sql().await;
    open.close().await;

    let back = stumble(&connection, Way::Down, before).await;
    assert_eq!(rows(&connection).await, old);
    stumble(&connection, Way::Down, 0).await;
    assert_eq!(applied(&connection).await, 0);
    assert!(statements > 90 && back > 30, "{statements} statements, {back} back");
    connection.close().await.unwrap();
}

/// Stops a run after the first statement that begins so.
async fn stopped_after(connection: &DatabaseConnection, way: Way, beginning: &str) {
    let mut stop = |sent: Sent<'_>| match sent.sql.starts_with(beginning) {
        true => Err(DbErr::Custom("stopped".to_owned())),
        false => Ok(()),
    };
    let mut runner = Runner::new(connection, 1, &mut stop);
    let done = match way {
        Way::Up => runner.up(None).await,
        Way::Down => runner.down(None).await,
    };
    assert!(done.is_err(), "no statement begins with {beginning}");
}

/// Half way back, nothing goes forward or opens the database before it is back; half way forward, nothing goes back.
pub async fn a_migration_that_is_half_made_is_finished_in_its_own_direction(ground: Arc<Ground>) {
    let connection = session(&ground).await;
    stopped_after(&connection, Way::Up, "CREATE TABLE `position`").await;
    let refused = schema::down(&ground.secret_url(), 1).await;
    let half_up = |error: &SchemaError| matches!(error, SchemaError::Migration(MigrationError::HalfUp(name)) if name == "m0003_create_positions");
    assert!(refused.as_ref().is_err_and(half_up), "{refused:?}");
    schema::up(&ground.secret_url(), None).await.unwrap();

    stopped_after(&connection, Way::Down, "ALTER TABLE audit DROP").await;
    let refused = schema::up(&ground.secret_url(), None).await;
    let half_down = |error: &SchemaError| matches!(error, SchemaError::Migration(MigrationError::HalfDown(name)) if name == "m0015_add_reports");
    assert!(refused.as_ref().is_err_and(half_down), "{refused:?}");
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("bursar migrate down --lose-data")
    );
    assert!(bursar::adapters::store::SqlStore::open(ground.options()).await.is_err());
    schema::down(&ground.secret_url(), 1).await.unwrap();
    let steps = schema::status(&ground.secret_url()).await.unwrap();
    let applied: Vec<bool> = steps.iter().map(|step| step.applied).collect();
    assert_eq!(applied[12..16], [true, true, false, false]);
    schema::up(&ground.secret_url(), None).await.unwrap();
    ground.open_sql().await.close().await;
    connection.close().await.unwrap();
}

/// What an older version left half made, or another program owns, is never taken for a step of ours.
pub async fn a_table_that_nobody_announced_is_refused_with_the_step_and_the_way_out(ground: Arc<Ground>) {
    let connection = session(&ground).await;
    schema::up(&ground.secret_url(), Some(2)).await.unwrap();
    connection
        .execute_unprepared("CREATE TABLE `position` (id INT)")
        .await
        .unwrap();
    for _ in 0..2 {
        let refused = schema::up(&ground.secret_url(), None).await.unwrap_err().to_string();
        let step = "step 1 of 5 of migration `m0003_create_positions` (CREATE TABLE `position` (id BIGINT NOT NULL";
        assert!(refused.starts_with(step), "{refused}");
        assert!(refused.contains("restore the backup into an empty one"), "{refused}");
    }
    connection.execute_unprepared("DROP TABLE `position`").await.unwrap();
    schema::up(&ground.secret_url(), None).await.unwrap();
    ground.open_sql().await.close().await;
    connection.close().await.unwrap();
}

/// Another version's half-made migration is not continued with other steps.
pub async fn a_migration_that_another_version_began_is_left_to_it(ground: Arc<Ground>) {
    let connection = session(&ground).await;
    stopped_after(&connection, Way::Up, "CREATE TABLE `position`").await;
    let other = "UPDATE migration_journal SET statement = 'CREATE TABLE other (id INT)'";
    connection.execute_unprepared(other).await.unwrap();
    let refused = schema::up(&ground.secret_url(), None).await;
    let another = |error: &SchemaError| matches!(error, SchemaError::Migration(MigrationError::Another(name)) if name == "m0003_create_positions");
    assert!(refused.as_ref().is_err_and(another), "{refused:?}");
    connection.close().await.unwrap();
}
