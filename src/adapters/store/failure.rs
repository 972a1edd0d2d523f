//! What a failed statement means: a guard that did not hold, a server that said no, or a server that is gone.

use std::fmt;
use std::sync::Arc;

use sea_orm::sqlx::error::ErrorKind;
use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::ports::store::StoreError;

/// An error that several senders are told of.
#[derive(Debug, Clone)]
pub struct Cause(Arc<dyn std::error::Error + Send + Sync>);

impl Cause {
    /// Shares an error.
    pub fn new(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// A statement was not answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("database did not answer within the deadline")]
pub struct DeadlinePassed;

/// There was no room on the disk. Whoever deletes something makes it work again.
#[derive(Debug, thiserror::Error)]
#[error("the disk under the database is full")]
pub struct DiskFull(#[source] Option<DbErr>);

/// Writing stopped for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriterStopped {
    /// The store was closed, or its writer is gone.
    #[error("store is closed")]
    Closed,
    /// After a failed write to disk it is unknown what is on it; only a restart can tell.
    #[error("disk failed during a commit, restart to see what was written")]
    DiskFailed,
}

/// Why a statement inside a transaction failed.
#[derive(Debug, Clone)]
pub enum Failure {
    /// A guard did not hold: a row exists, is missing, has another version, or breaks a rule of its table.
    Refused(String),
    /// The server answered with an error that has nothing to do with the rows' content.
    Server(Cause),
    /// The server did not answer.
    Lost(Cause),
    /// The commit itself was not confirmed.
    Unknown(Cause),
}

impl Failure {
    /// What an error means for a statement that writes `what`.
    pub fn of(error: DbErr, what: &str) -> Self {
        match &error {
            DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => match &**cause {
                sqlx::Error::Database(answer) if is_refusal(&**answer) => Self::Refused(what.to_owned()),
                // SQLite gave the transaction up by itself; to try it in parts would find the disk as full.
                sqlx::Error::Database(_) if is_disk_full(&error) => Self::Lost(Cause::new(DiskFull(Some(error)))),
                sqlx::Error::Database(_) => Self::Server(Cause::new(error)),
                _ => Self::Lost(Cause::new(error)),
            },
            DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => Self::Lost(Cause::new(error)),
            _ => Self::Server(Cause::new(error)),
        }
    }

    /// What an error of the commit itself means. SQLite has written nothing when it says that there is no room for it;
    /// when there is none for its index, the commit may show after a crash.
    pub fn of_commit(error: DbErr) -> Self {
        match sqlite_code(&error) {
            Some(SQLITE_FULL) => Self::Lost(Cause::new(DiskFull(Some(error)))),
            Some(SQLITE_IOERR_SHMSIZE) => Self::Unknown(Cause::new(DiskFull(Some(error)))),
            Some(_) | None => Self::Unknown(Cause::new(error)),
        }
    }

    /// The disk was full a moment ago.
    pub fn full_disk() -> Self {
        Self::Lost(Cause::new(DiskFull(None)))
    }

    /// Whether it is that the disk is full.
    pub fn is_full_disk(&self) -> bool {
        match self {
            Self::Lost(cause) | Self::Unknown(cause) | Self::Server(cause) => cause.0.is::<DiskFull>(),
            Self::Refused(_) => false,
        }
    }

    /// What the sender is told.
    pub fn into_error(self) -> StoreError {
        match self {
            Self::Refused(what) => StoreError::Conflict { what },
            Self::Server(cause) | Self::Lost(cause) => StoreError::Unavailable(Box::new(cause)),
            Self::Unknown(cause) => StoreError::Ambiguous(Box::new(cause)),
        }
    }
}

/// Whether what a sender was told is that the disk is full.
pub fn says_full_disk(error: &StoreError) -> bool {
    let (StoreError::Unavailable(cause) | StoreError::Ambiguous(cause)) = error else {
        return false;
    };
    cause
        .downcast_ref::<Cause>()
        .is_some_and(|cause| cause.0.is::<DiskFull>())
}

/// SQLite: a write found no room.
const SQLITE_FULL: u32 = 13;
/// SQLite: the index of its log, a file of its own, found no room to grow.
const SQLITE_IOERR_SHMSIZE: u32 = 10 | (19 << 8);

/// Whether an error says that the disk could not be read or written, for another reason than that it is full.
pub fn is_disk_failure(error: &DbErr) -> bool {
    // SQLITE_IOERR is 10; the rest of the extended code says where.
    sqlite_code(error).is_some_and(|code| code & 0xff == 10 && code != SQLITE_IOERR_SHMSIZE)
}

fn is_disk_full(error: &DbErr) -> bool {
    matches!(sqlite_code(error), Some(SQLITE_FULL | SQLITE_IOERR_SHMSIZE))
}

/// The extended code of an error of SQLite.
fn sqlite_code(error: &DbErr) -> Option<u32> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return None;
    };
    let answer = cause.as_database_error()?;
    let sqlite = answer.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    sqlx::error::DatabaseError::code(sqlite)?.parse().ok()
}

fn is_refusal(answer: &dyn sqlx::error::DatabaseError) -> bool {
    match answer.kind() {
        ErrorKind::UniqueViolation
        | ErrorKind::ForeignKeyViolation
        | ErrorKind::NotNullViolation
        | ErrorKind::CheckViolation
        | ErrorKind::ExclusionViolation => true,
        // PostgreSQL and MariaDB: value out of range or too long. SQLite: SQLITE_CONSTRAINT_DATATYPE.
        _ => matches!(answer.code().as_deref(), Some("22001" | "22003" | "3091")),
    }
}
