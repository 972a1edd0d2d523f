//! Reserved power as the outside sees it.

use domain::ledger::Hold;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Power that is or was reserved for a position.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HoldView {
    /// For which position.
    pub position: i64,
    /// Whose power.
    pub user: i64,
    /// How much of it is gift power.
    pub gift: String,
    /// How much of it is power.
    pub power: String,
    /// The entry that reserved it.
    pub entry: i64,
    /// `held`, `posted`, `voided` or `expired`.
    pub state: &'static str,
    /// The entry that ended it.
    pub ended_by: Option<i64>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// After this it may be given back, unless its position still lives.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<Hold> for HoldView {
    fn from(hold: Hold) -> Self {
        let end = hold.state.end();
        Self {
            position: hold.position.0,
            user: hold.user.0,
            gift: hold.gift.to_string(),
            power: hold.power.to_string(),
            entry: hold.entry.0,
            state: hold.state.as_str(),
            ended_by: end.map(|(entry, _)| entry.0),
            ended_at: end.map(|(_, at)| at),
            expires_at: hold.expires_at,
            created_at: hold.created_at,
        }
    }
}
