//! Connections: which database a URL names, and how each kind is opened.

use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{Connection, Executor, MySqlConnection};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use secrecy::{ExposeSecret, SecretString};

/// Idle connections to a server are tested before use after this time.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(5);

/// How to reach the database, and how long to wait for it.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// `sqlite:PATH`, `postgres://…`, `mysql://…` or `mariadb://…`; may hold a password.
    pub url: SecretString,
    /// Connections in all, one of which writes; at least two.
    pub max_connections: u32,
    /// Longest wait for a free connection or a place in the writer's queue.
    pub acquire_deadline: Duration,
    /// Longest wait for one statement.
    pub statement_deadline: Duration,
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL names no database that Bursar knows.
    #[error("database url must begin with sqlite:, postgres://, mysql:// or mariadb://")]
    UnknownScheme,
    /// A database in memory would be gone with the process.
    #[error("an SQLite database must be a file")]
    NotAFile,
    /// The file could not be made.
    #[error("could not create the database file")]
    File(#[source] std::io::Error),
    /// The database did not answer, or not as expected.
    #[error("could not connect to the database")]
    Database(#[from] DbErr),
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// The one connection that writes.
    Write,
    /// Connections that only read.
    Read,
}

/// Opens connections for one use.
pub async fn connect(options: &StoreOptions, purpose: Use) -> Result<DatabaseConnection, ConnectError> {
    let url = options.url.expose_secret();
    let scheme = url.split_once(':').map(|(scheme, _)| scheme);
    let mut pool = match scheme {
        Some("sqlite") => sqlite(url, options, purpose)?,
        Some("postgres" | "postgresql") => postgres(url, options),
        Some("mysql") => mysql(url, options),
        Some("mariadb") => mysql(&url.replacen("mariadb", "mysql", 1), options),
        _ => return Err(ConnectError::UnknownScheme),
    };
    pool.max_connections(match purpose {
        Use::Write => 1,
        Use::Read => options.max_connections.saturating_sub(1).max(1),
    });
    pool.acquire_timeout(options.acquire_deadline);
    pool.sqlx_logging(false).record_stmt_in_spans(false);
    Ok(Database::connect(pool).await?)
}

fn sqlite(url: &str, options: &StoreOptions, purpose: Use) -> Result<ConnectOptions, ConnectError> {
    let parsed = SqliteConnectOptions::from_str(url).map_err(|error| DbErr::Custom(error.to_string()))?;
    if url.contains(":memory:") || url.contains("mode=memory") || url == "sqlite:" || url == "sqlite://" {
        return Err(ConnectError::NotAFile);
    }
    create_private(parsed.get_filename()).map_err(ConnectError::File)?;
    let patience = options.statement_deadline;
    let mut pool = ConnectOptions::new(url);
    pool.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .create_if_missing(false)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(patience);
        match purpose {
            Use::Write => sqlite,
            Use::Read => sqlite.pragma("query_only", "ON"),
        }
    });
    pool.test_before_acquire(false);
    pool.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    Ok(pool)
}

/// Makes the file for nobody else to read, when there is none; SQLite gives its side files the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn postgres(url: &str, options: &StoreOptions) -> ConnectOptions {
    let mut pool = ConnectOptions::new(url);
    let patience = options.statement_deadline;
    pool.set_application_name("bursar");
    pool.test_before_acquire_if_idle_for(TEST_AFTER_IDLE);
    pool.map_sqlx_postgres_pool_opts(move |pool| {
        pool.after_release(move |connection, _| Box::pin(async move { Ok(pg_answers(connection, patience).await) }))
    });
    pool
}

fn mysql(url: &str, options: &StoreOptions) -> ConnectOptions {
    let mut pool = ConnectOptions::new(url);
    let patience = options.statement_deadline;
    pool.test_before_acquire_if_idle_for(TEST_AFTER_IDLE);
    pool.map_sqlx_mysql_pool_opts(move |pool| {
        // Strict, or text that is too long would be cut; read committed, or a retry would see the old rows.
        pool.after_connect(|connection, _| {
            Box::pin(async move {
                connection
                    .execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')")
                    .await?;
                connection
                    .execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
                    .await?;
                Ok(())
            })
        })
        .after_release(move |connection, _| Box::pin(async move { Ok(mysql_answers(connection, patience).await) }))
    });
    pool
}

// A connection whose server went silent in the middle of a statement would keep its place in the pool for ever:
// it must answer within the deadline when it is given back, or it is dropped.
async fn pg_answers(connection: &mut PgConnection, patience: Duration) -> bool {
    matches!(tokio::time::timeout(patience, connection.ping()).await, Ok(Ok(())))
}

async fn mysql_answers(connection: &mut MySqlConnection, patience: Duration) -> bool {
    matches!(tokio::time::timeout(patience, connection.ping()).await, Ok(Ok(())))
}
