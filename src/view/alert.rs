//! Alerts, as the outside sees them.

use domain::alert::Alert;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An alert.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertView {
    /// Identity.
    pub id: i64,
    /// What is wrong; the runbook has a page of this name.
    pub kind: &'static str,
    /// With what, such as `robot:7`.
    pub subject: String,
    /// What was seen.
    pub message: String,
    /// When it was raised.
    #[schema(value_type = String, format = DateTime)]
    pub raised_at: Timestamp,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
}

impl From<Alert> for AlertView {
    fn from(alert: Alert) -> Self {
        Self {
            id: alert.id.0,
            kind: alert.kind.as_str(),
            subject: alert.subject,
            message: alert.message,
            raised_at: alert.raised_at,
            resolved_at: alert.resolved_at,
        }
    }
}
