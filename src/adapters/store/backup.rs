//! Backups: all tables at one moment, in one checksummed file that any of the three databases can be restored from.

mod archive;
mod dump;
mod restore;

use std::path::PathBuf;

use sea_orm::DbErr;

use super::connect::ConnectError;
use super::schema::SchemaError;

pub use archive::{ArchiveError, ArchivedHead, Counted, Manifest};
pub use dump::back_up;
pub use restore::{Restoration, restore};

/// Why a backup was not made, or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file cannot be written or read, or is not what it was.
    #[error("backup file {}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What is wrong.
        #[source]
        why: ArchiveError,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The schema does not fit.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The database refused, or did not answer.
    #[error("the database did not do it")]
    Database(#[from] DbErr),
    /// The database did not answer within store.statement_deadline.
    #[error("the database did not answer within store.statement_deadline")]
    Deadline,
    /// There is nothing to back up.
    #[error("the database holds no tables of bursar")]
    Nothing,
    /// A table that backups do not understand; a defect of this binary.
    #[error("table `{table}`: {why}")]
    Table {
        /// Which.
        table: String,
        /// What is not understood.
        why: String,
    },
    /// Restoring never overwrites anything.
    #[error("the database is not empty: it holds the table `{0}`; restore into an empty one, beside the old one")]
    NotEmpty(String),
    /// The backup is of another schema than this binary knows.
    #[error(
        "the backup has migration `{0}`, which this binary does not know in this place: use the binary that made it"
    )]
    Unknown(String),
    /// What was read back is not what was in the backup.
    #[error("table `{0}` does not hold what the backup holds; the database was emptied again")]
    Differs(String),
}

impl BackupError {
    fn file(file: &std::path::Path, why: impl Into<ArchiveError>) -> Self {
        Self::File {
            file: file.to_owned(),
            why: why.into(),
        }
    }
}
