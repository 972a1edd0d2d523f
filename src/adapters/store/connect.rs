//! Connections: which database a URL names, and how each kind is opened.

use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{Connection, Executor, MySqlConnection, SqliteConnection};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::{doubt, nodelay};

/// Idle connections to a server are tested before use after this time.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(5);

/// A writer whose host is gone without a word holds its lock until the server sees that: here after 25 s.
const PG_KEEPALIVE: &str =
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/// The writer finds rows by key alone. A plan that was made while a table was small would read the whole of it for as long
/// as the plan is kept.
const PG_BY_KEY: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

/// As [`PG_KEEPALIVE`] for MariaDB, which only counts how long a session was idle; the writer says something every few seconds.
const MYSQL_PATIENCE: &str = "SET SESSION wait_timeout = 60";

/// Prepared statements that a connection keeps: the ledger's groups are of many sizes.
const STATEMENTS: usize = 256;
/// The same for each of SQLite's readers. A statement takes about 40 KiB there, and lists of ids make many of them.
const READER_STATEMENTS: usize = 32;
/// What SQLite's writer keeps in memory, in KiB (the minus says so): less than a large group touches would be written to
/// the log before the commit, and again at it.
const CACHE: &str = "-16000";
/// Pages in SQLite's log before they are copied to their places; often, the same pages are copied again and again.
const CHECKPOINT: &str = "4000";
/// Rows that SQLite's threads read before somebody takes them.
const ROWS_AHEAD: usize = 4_096;

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
        Some("postgres" | "postgresql") => postgres(url, options, purpose),
        Some("mysql") => mysql(url, options, purpose),
        Some("mariadb") => mysql(&url.replacen("mariadb", "mysql", 1), options, purpose),
        _ => return Err(ConnectError::UnknownScheme),
    };
    pool.max_connections(match purpose {
        Use::Write => 1,
        Use::Read => options.max_connections.saturating_sub(1).max(1),
    });
    if purpose == Use::Write {
        // The writer's lock belongs to its session, which must not be replaced for being old.
        pool.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    }
    pool.acquire_timeout(options.acquire_deadline);
    pool.sqlx_logging(false).record_stmt_in_spans(false);
    match Database::connect(pool).await {
        Ok(connection) => Ok(connection),
        Err(error) => Err(refusal(options).await.unwrap_or(error).into()),
    }
}

/// Why a server takes no connection. A pool tries again while a server is starting up or has no connection to spare, and
/// says in the end only that it took too long.
async fn refusal(options: &StoreOptions) -> Option<DbErr> {
    let url = options.url.expose_secret();
    let patience = options.acquire_deadline;
    let asked = match url.split_once(':')?.0 {
        "postgres" | "postgresql" => timeout(patience, PgConnection::connect(url)).await.ok()?.err(),
        "mysql" | "mariadb" => timeout(patience, MySqlConnection::connect(&url.replacen("mariadb", "mysql", 1)))
            .await
            .ok()?
            .err(),
        _ => None,
    };
    asked.map(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))
}

/// The file of an SQLite database; `None` for a server's.
pub fn sqlite_file(url: &SecretString) -> Option<PathBuf> {
    let url = url.expose_secret();
    let parsed = SqliteConnectOptions::from_str(url).ok()?;
    url.starts_with("sqlite:").then(|| parsed.get_filename().to_owned())
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
            .busy_timeout(patience)
            .row_buffer_size(ROWS_AHEAD);
        match purpose {
            Use::Write => sqlite
                .statement_cache_capacity(STATEMENTS)
                .pragma("cache_size", CACHE)
                .pragma("wal_autocheckpoint", CHECKPOINT),
            Use::Read => sqlite
                .statement_cache_capacity(READER_STATEMENTS)
                .pragma("query_only", "ON"),
        }
    });
    pool.test_before_acquire(false);
    pool.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| Box::pin(async move { Ok(sqlite_is_free(connection).await) }))
    });
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

fn postgres(url: &str, options: &StoreOptions, purpose: Use) -> ConnectOptions {
    let mut pool = ConnectOptions::new(url);
    let patience = options.statement_deadline;
    pool.set_application_name("bursar");
    pool.test_before_acquire_if_idle_for(TEST_AFTER_IDLE);
    pool.map_sqlx_postgres_pool_opts(move |pool| {
        pool.after_connect(move |connection, _| {
            nodelay::send_at_once();
            Box::pin(async move {
                if purpose == Use::Write {
                    connection.execute(PG_KEEPALIVE).await?;
                    connection.execute(PG_BY_KEY).await?;
                }
                Ok(())
            })
        })
        .after_release(move |connection, _| Box::pin(async move { Ok(pg_answers(connection, patience).await) }))
    });
    pool
}

fn mysql(url: &str, options: &StoreOptions, purpose: Use) -> ConnectOptions {
    let mut pool = ConnectOptions::new(url);
    let patience = options.statement_deadline;
    pool.test_before_acquire_if_idle_for(TEST_AFTER_IDLE);
    pool.map_sqlx_mysql_opts(|mysql| mysql.statement_cache_capacity(STATEMENTS));
    pool.map_sqlx_mysql_pool_opts(move |pool| {
        // Strict, or text that is too long would be cut; read committed, or a retry would see the old rows.
        pool.after_connect(move |connection, _| {
            nodelay::send_at_once();
            Box::pin(async move {
                if purpose == Use::Write {
                    connection.execute(MYSQL_PATIENCE).await?;
                }
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

// After some errors, such as that of a full disk, SQLite rolls back by itself, and the driver counts on as if the
// transaction were open: nothing could begin on that connection any more.
async fn sqlite_is_free(connection: &mut SqliteConnection) -> bool {
    // What was dropped is rolled back when the connection is next asked something.
    !connection.is_in_transaction() || (connection.ping().await.is_ok() && !connection.is_in_transaction())
}

// A connection whose server went silent in the middle of a statement would keep its place in the pool for ever:
// while there is doubt it must answer within the deadline when it is given back, or it is dropped.
async fn pg_answers(connection: &mut PgConnection, patience: Duration) -> bool {
    !doubt::is_fresh() || matches!(tokio::time::timeout(patience, connection.ping()).await, Ok(Ok(())))
}

async fn mysql_answers(connection: &mut MySqlConnection, patience: Duration) -> bool {
    !doubt::is_fresh() || matches!(tokio::time::timeout(patience, connection.ping()).await, Ok(Ok(())))
}
