//! The jobs: what is done again and again, one file per job.

pub mod evaluate_alerts;
pub mod sweep_unsettled;

use crate::ports::store::StoreError;

/// Why a run of a job did not do all that it should.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The store could not be read.
    #[error("could not read the store: {0}")]
    Store(#[from] StoreError),
    /// Part of the work was not done; says which.
    #[error("{0}")]
    Undone(String),
}
