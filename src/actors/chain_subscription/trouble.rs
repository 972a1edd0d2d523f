//! Why a look at a chain came to nothing, or not to its end.

use domain::chain::follow::{Refusal, Unsound};

use crate::actors::mail::MailError;
use crate::ports::chain::ChainError;
use crate::ports::store::StoreError;

/// Why a look did not come to its end. What it committed stands; the next one goes on from there.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The store did not answer.
    #[error("the store did not do it")]
    Store(#[from] StoreError),
    /// The ledger did not take it.
    #[error("the ledger did not take it: {0}")]
    Ledger(String),
    /// No node could be asked.
    #[error("the chain could not be read: {0}")]
    Chain(String),
    /// What was read was not of one branch.
    #[error("what was read is unsound: {0}")]
    Unsound(#[from] Unsound),
    /// The node has not got as far as was read.
    #[error("the node is behind what was read of it: its head is {head}")]
    Behind {
        /// Its head.
        head: u64,
    },
    /// The subscription is not on record.
    #[error("the subscription is not on record")]
    Unknown,
}

impl Trouble {
    /// Its name among what is measured.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Store(_) => "store",
            Self::Ledger(_) => "ledger",
            Self::Chain(_) => "chain",
            Self::Unsound(_) => "unsound",
            Self::Behind { .. } => "behind",
            Self::Unknown => "unknown",
        }
    }
}

impl From<ChainError> for Trouble {
    fn from(error: ChainError) -> Self {
        Self::Chain(error.to_string())
    }
}

impl From<MailError> for Trouble {
    fn from(error: MailError) -> Self {
        Self::Ledger(error.to_string())
    }
}

/// What a node's error means for the pace of reading.
pub(super) fn refusal(error: ChainError) -> Refusal {
    match error {
        ChainError::TooMuch { proposed } => Refusal::TooMuch { proposed },
        ChainError::Unreachable(why) => Refusal::Silent(why),
        ChainError::RateLimited { retry_after } => Refusal::Limited { after: retry_after },
        ChainError::Pruned(_) | ChainError::Refused(_) | ChainError::Malformed(_) => {
            Refusal::Hopeless(error.to_string())
        }
    }
}
