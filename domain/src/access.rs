//! Access: roles of tokens, and the trail of who did what.

use serde::{Deserialize, Serialize};

use crate::id::{AuditId, TokenId};
use crate::time::Timestamp;

/// What a token may do; each role may do all that the earlier ones may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Pauses, resumes, starts, stops and closes.
    Operator,
    /// Creates and changes robots and users, moves money.
    Admin,
}

impl Role {
    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Viewer, Self::Operator, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// A bearer token; only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Identity.
    pub id: TokenId,
    /// The operator's name for its holder; unique among valid tokens.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Lower-case hex SHA-256 of the secret.
    pub digest: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Identity.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// The token's name, or the local user as `cli:NAME`, who is no token's holder.
    pub by: String,
    /// What, such as `robot.start`.
    pub action: String,
    /// On what, such as `robot:7`.
    pub subject: String,
    /// Why; in lines from before `origin` was kept, also from where.
    pub reason: String,
    /// From where: the peer's address, or `cli uid=0 host=NAME`; none in lines from before it was kept.
    pub origin: Option<String>,
}
