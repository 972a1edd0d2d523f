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
                sqlx::Error::Database(_) => Self::Server(Cause::new(error)),
                _ => Self::Lost(Cause::new(error)),
            },
            DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => Self::Lost(Cause::new(error)),
            _ => Self::Server(Cause::new(error)),
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

/// Whether an error says that the disk could not be read or written.
pub fn is_disk_failure(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    // SQLite: SQLITE_IOERR is 10; the rest of the extended code says where.
    let code = cause.as_database_error().and_then(|answer| {
        let sqlite = answer.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
        sqlx::error::DatabaseError::code(sqlite)?.parse::<u32>().ok()
    });
    code.is_some_and(|code| code & 0xff == 10)
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
