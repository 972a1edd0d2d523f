//! Users, venue accounts, rates, pauses, tokens and the audit trail, as the outside sees them.

use domain::access::{Audit, Token};
use domain::pause::Pause;
use domain::time::Timestamp;
use domain::user::{PowerRate, User, VenueAccount};
use serde::Serialize;
use utoipa::ToSchema;

/// A user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserView {
    /// Identity.
    pub id: i64,
    /// The platform's own name for the user.
    pub name: String,
    /// When the user was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.0,
            name: user.name,
            created_at: user.created_at,
        }
    }
}

/// A user's account at a venue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VenueAccountView {
    /// Identity.
    pub id: i64,
    /// Owner.
    pub user: i64,
    /// Where.
    pub venue: &'static str,
    /// The operator's label.
    pub label: String,
    /// `one_way` or `hedge`.
    pub mode: &'static str,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<VenueAccount> for VenueAccountView {
    fn from(account: VenueAccount) -> Self {
        Self {
            id: account.id.0,
            user: account.user.0,
            venue: account.venue.as_str(),
            label: account.label,
            mode: account.mode.as_str(),
            created_at: account.created_at,
        }
    }
}

/// The rate of power on profit from a point in time on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RateView {
    /// Whose; everyone's when absent.
    pub user: Option<i64>,
    /// Share of the profit.
    pub rate: String,
    /// From which close time on it counts.
    #[schema(value_type = String, format = DateTime)]
    pub effective_from: Timestamp,
}

impl From<PowerRate> for RateView {
    fn from(rate: PowerRate) -> Self {
        Self {
            user: rate.user.map(|user| user.0),
            rate: rate.rate.to_string(),
            effective_from: rate.effective_from,
        }
    }
}

/// The last word on one scope.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PauseView {
    /// `global`, `venue:NAME`, `user:ID` or `robot:ID`.
    pub scope: String,
    /// Whether it is paused now.
    pub paused: bool,
    /// Who said so.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl From<Pause> for PauseView {
    fn from(pause: Pause) -> Self {
        Self {
            scope: pause.scope.to_string(),
            paused: pause.paused,
            by: pause.by,
            reason: pause.reason,
            at: pause.at,
        }
    }
}

/// What is paused.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PauseStatus {
    /// Whether anything is paused now.
    pub paused: bool,
    /// The last word on every scope that was ever paused.
    pub scopes: Vec<PauseView>,
}

/// A token, without anything that could be used as one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenView {
    /// Identity.
    pub id: i64,
    /// Its holder.
    pub name: String,
    /// What it may do.
    pub role: &'static str,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<&Token> for TokenView {
    fn from(token: &Token) -> Self {
        Self {
            id: token.id.0,
            name: token.name.clone(),
            role: token.role.as_str(),
            created_at: token.created_at,
        }
    }
}

/// One line of the audit trail.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditView {
    /// Identity.
    pub id: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The token's name, or the local user as `cli:NAME`.
    pub by: String,
    /// What, such as `robot.start`.
    pub action: String,
    /// On what, such as `robot:7`.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// From where: the peer's address, or `cli uid=0 host=NAME`; absent in lines from before it was kept.
    pub origin: Option<String>,
}

impl From<Audit> for AuditView {
    fn from(audit: Audit) -> Self {
        Self {
            id: audit.id.0,
            at: audit.at,
            by: audit.by,
            action: audit.action,
            subject: audit.subject,
            reason: audit.reason,
            origin: audit.origin,
        }
    }
}
