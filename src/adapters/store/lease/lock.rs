//! What truly excludes others: a lock of the session that writes, or of the operating system on a file.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::super::connect::{StoreOptions, sqlite_file};

/// The lock of one database.
#[derive(Debug)]
pub enum Lock {
    /// SQLite: `flock` on a file beside the database; ours for as long as it is open.
    File {
        /// The database's file.
        database: PathBuf,
        /// Open while the lock is ours.
        held: Option<File>,
    },
    /// PostgreSQL and MariaDB: an advisory lock of a session; gone with it.
    Session {
        /// The session that has it, in the server's own numbers.
        held: Option<i64>,
    },
}

impl Lock {
    /// The lock of this database, not taken.
    pub fn of(options: &StoreOptions) -> Self {
        match sqlite_file(&options.url) {
            Some(database) => Self::File { database, held: None },
            None => Self::Session { held: None },
        }
    }

    /// Whether the lock is ours as seen from this session.
    pub fn is_held_by(&self, session: i64) -> bool {
        match self {
            Self::File { held, .. } => held.is_some(),
            Self::Session { held } => *held == Some(session),
        }
    }

    /// Takes it without waiting, for the session of this connection; false when somebody else has it.
    pub async fn take<C: ConnectionTrait>(&mut self, connection: &C) -> Result<bool, DbErr> {
        match self {
            Self::File { held: Some(_), .. } => Ok(true),
            Self::File { database, held } => {
                *held = lock_file(database).map_err(|error| DbErr::Custom(error.to_string()))?;
                Ok(held.is_some())
            }
            Self::Session { held } => take_session(connection, held).await,
        }
    }

    /// Gives it back, where it is ours.
    pub async fn release<C: ConnectionTrait>(&mut self, connection: &C) -> Result<(), DbErr> {
        match self {
            Self::File { held, .. } => {
                *held = None;
                Ok(())
            }
            Self::Session { held: None } => Ok(()),
            Self::Session { held } => {
                *held = None;
                let backend = connection.get_database_backend();
                let unlock = match backend {
                    DbBackend::MySql => format!("SELECT RELEASE_LOCK({MYSQL_NAME})"),
                    _ => format!("SELECT pg_advisory_unlock({POSTGRES_KEY})"),
                };
                connection
                    .query_one_raw(Statement::from_string(backend, unlock))
                    .await
                    .map(|_| ())
            }
        }
    }
}

/// Advisory locks belong to the database; one schema of it is one Bursar.
const POSTGRES_KEY: &str = "1114993267, hashtext(coalesce(current_schema(), ''))";
/// User locks belong to the server, and their names are short.
const MYSQL_NAME: &str = "CONCAT('bursar.writer.', LEFT(SHA2(DATABASE(), 256), 40))";

async fn take_session<C: ConnectionTrait>(connection: &C, held: &mut Option<i64>) -> Result<bool, DbErr> {
    let backend = connection.get_database_backend();
    let session = match backend {
        DbBackend::MySql => "SELECT CAST(CONNECTION_ID() AS SIGNED)",
        _ => "SELECT pg_backend_pid()::bigint",
    };
    // Taken twice it would have to be given back twice.
    if held.is_some() && *held == first_number(connection, session).await?.map(|(session, _)| session) {
        return Ok(true);
    }
    let take = match backend {
        DbBackend::MySql => {
            format!("SELECT CAST(GET_LOCK({MYSQL_NAME}, 0) AS SIGNED), CAST(CONNECTION_ID() AS SIGNED)")
        }
        _ => format!("SELECT pg_try_advisory_lock({POSTGRES_KEY})::int::bigint, pg_backend_pid()::bigint"),
    };
    match first_number(connection, &take).await? {
        Some((1, session)) => {
            *held = session;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// The first number of the answer's row, and the second where there is one.
async fn first_number<C: ConnectionTrait>(connection: &C, sql: &str) -> Result<Option<(i64, Option<i64>)>, DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let Some(row) = connection.query_one_raw(statement).await? else {
        return Ok(None);
    };
    let first: Option<i64> = row.try_get_by_index(0)?;
    Ok(first.map(|first| (first, row.try_get_by_index(1).ok())))
}

/// The open and locked file, unless somebody else has the lock. The file stays for ever: were it removed, two processes
/// could each lock one of that name.
fn lock_file(database: &PathBuf) -> std::io::Result<Option<File>> {
    // One file, whatever the names by which it is reached.
    let mut name = std::fs::canonicalize(database)?.into_os_string();
    name.push(".lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(name)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
