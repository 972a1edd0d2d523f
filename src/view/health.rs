//! Health, as the outside sees it: what each actor says of itself.

use std::collections::BTreeMap;

use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::Listing;

/// How the daemon is as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Vitality {
    /// All that must live answers.
    Ok,
    /// The ledger, the store or the supervisor's tick is dead.
    Down,
}

/// One actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActorView {
    /// Such as `ledger` or `robot:7`.
    pub name: String,
    /// One word; `silent` when it did not answer in time.
    pub state: String,
    /// When it last took mail.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_mail: Option<Timestamp>,
    /// How often it was restarted.
    pub restarts: u32,
    /// Age in milliseconds of the oldest that waits in front of it.
    pub lag_ms: u64,
}

impl ActorView {
    /// An actor that did not answer in time.
    pub fn silent(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            state: "silent".to_owned(),
            last_mail: None,
            restarts: 0,
            lag_ms: 0,
        }
    }
}

/// The store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StoreHealth {
    /// Whether it answered in time.
    pub answers: bool,
    /// How long that took, in milliseconds.
    pub took_ms: u64,
}

/// All robots in figures, and one page of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RobotsHealth {
    /// How many the supervisor has.
    pub total: u64,
    /// How many in each state.
    pub by_state: BTreeMap<String, u64>,
    /// Σ of their restarts.
    pub restarts: u64,
    /// The largest lag among them, in milliseconds.
    pub largest_lag_ms: u64,
    /// A page of them, by id.
    #[serde(flatten)]
    #[schema(inline)]
    pub page: Listing<ActorView>,
}

/// The answer of `/health`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HealthView {
    /// As a whole.
    pub status: Vitality,
    /// What is dead: `ledger`, `store`, `supervisor`.
    pub dead: Vec<&'static str>,
    /// Whether the daemon takes work.
    pub ready: bool,
    /// Version of the program.
    pub version: &'static str,
    /// Now, by the daemon's clock.
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
    /// The store.
    pub store: StoreHealth,
    /// The actors of which there is one.
    pub actors: Vec<ActorView>,
    /// The robots.
    pub robots: RobotsHealth,
}
