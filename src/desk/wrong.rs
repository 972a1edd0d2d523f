//! Why the desk could not do what was asked.

use domain::statement::StatementError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ports::store::StoreError;
use crate::ports::venue::VenueError;

/// A field that broke a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WrongField {
    /// The field as it was sent, such as `limits.max_notional`.
    pub field: String,
    /// What it must be.
    pub rule: String,
}

impl WrongField {
    /// A field and the rule that it broke.
    pub fn new(field: &str, rule: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            rule: rule.into(),
        }
    }
}

/// Why the desk could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Fields that broke rules, all of them; nothing was done.
    #[error("{}", sentence(.0))]
    Invalid(Vec<WrongField>),
    /// There is no such thing.
    #[error("there is no {what}")]
    Absent {
        /// Such as `robot 7`.
        what: String,
    },
    /// It contradicts what is on record; nothing was done.
    #[error("{why}")]
    Conflict {
        /// What stands against it.
        why: String,
    },
    /// The ledger contradicts itself.
    #[error("the ledger is not sound")]
    Unsound(#[from] StatementError),
    /// The store did not do it.
    #[error(transparent)]
    Store(StoreError),
    /// A key's rights could not be checked now; it was not set.
    #[error("the key was not set, because its rights could not be checked now: {0}")]
    NotChecked(#[source] VenueError),
    /// The venue did not answer what has to be known first; nothing was done.
    #[error(transparent)]
    Venue(#[from] VenueError),
}

impl DeskError {
    /// Something of this name does not exist.
    pub fn absent(what: &str, id: impl std::fmt::Display) -> Self {
        Self::Absent {
            what: format!("{what} {id}"),
        }
    }
}

impl From<WrongField> for DeskError {
    fn from(wrong: WrongField) -> Self {
        Self::Invalid(vec![wrong])
    }
}

fn sentence(wrong: &[WrongField]) -> String {
    let each: Vec<String> = wrong
        .iter()
        .map(|wrong| format!("{} {}", wrong.field, wrong.rule))
        .collect();
    each.join("; ")
}
