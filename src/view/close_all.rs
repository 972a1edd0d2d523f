//! Orders to close all, and how far they are, as the outside sees them.

use domain::close_all::{CloseAll, CloseAllState};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An order to close all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CloseAllView {
    /// Identity.
    pub id: i64,
    /// `global`, `venue:NAME`, `user:ID` or `robot:ID`.
    pub scope: String,
    /// Whether positions that no robot opened are closed, too.
    pub external: bool,
    /// `closing`, `flat` or `called_off`.
    pub state: &'static str,
    /// Whether it stands: what is live in its scope is closed.
    pub stands: bool,
    /// Who asked for it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// When all was seen flat.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub flat_at: Option<Timestamp>,
    /// When it was called off, or its scope resumed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Who did that.
    pub ended_by: Option<String>,
}

impl From<CloseAll> for CloseAllView {
    fn from(close_all: CloseAll) -> Self {
        let flat_at = match close_all.state {
            CloseAllState::Flat { at } => Some(at),
            CloseAllState::Closing | CloseAllState::CalledOff => None,
        };
        Self {
            id: close_all.id.0,
            scope: close_all.scope.to_string(),
            external: close_all.external,
            state: close_all.state.as_str(),
            stands: close_all.stands(),
            by: close_all.by,
            reason: close_all.reason,
            asked_at: close_all.asked_at,
            flat_at,
            ended_at: close_all.ended.as_ref().map(|ended| ended.at),
            ended_by: close_all.ended.map(|ended| ended.by),
        }
    }
}

/// A live position in the scope of an order to close all, and what is known of its close.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LiveView {
    /// The position.
    pub position: i64,
    /// Its robot; absent where no robot opened it.
    pub robot: Option<i64>,
    /// Its account.
    pub account: i64,
    /// Market.
    pub symbol: String,
    /// Side.
    pub side: &'static str,
    /// Open quantity.
    pub quantity: String,
    /// `opening`, `open` or `closing`; `in_doubt` where the outcome of its order is not known; `external` where no robot
    /// opened it and it is left alone.
    pub state: &'static str,
    /// Its last order.
    pub order: Option<i64>,
    /// Why its last close was refused.
    pub refused: Option<String>,
}

/// How far an order to close all is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProgressView {
    /// The order.
    #[serde(flatten)]
    pub close_all: CloseAllView,
    /// Positions that it was or is about.
    pub positions: u64,
    /// Those of them that are flat.
    pub flat: u64,
    /// The same in words: `7 of 9 positions flat`.
    pub progress: String,
    /// Those whose order's outcome is not known, among the ones that are listed.
    pub in_doubt: u64,
    /// Those whose last close was refused, among the ones that are listed.
    pub refused: u64,
    /// Positions in its scope that no robot opened and that it leaves alone, among the ones that are listed.
    pub external_left: u64,
    /// The first hundred live positions in its scope.
    pub live: Vec<LiveView>,
}
