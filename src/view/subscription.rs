//! Subscriptions to contracts, as the outside sees them.

use crate::actors::chain_subscription::ChainSight;
use domain::chain::{FollowState, StoredLog, Subscription};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A node that is asked; nothing secret of its address is here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EndpointView {
    /// Scheme, host and port.
    pub name: String,
    /// Whether it is the one that is asked now.
    pub in_use: bool,
    /// Whether its socket of heads is up.
    pub is_heard: bool,
    /// Failures in a row.
    pub failures: u32,
    /// The highest block that it told.
    pub head: Option<u64>,
}

/// How far a contract's logs were read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubscriptionView {
    /// Identity, as in the scope `subscription:ID` of a pause.
    pub id: i64,
    /// Its name in the settings.
    pub name: String,
    /// Chain id.
    pub chain: u64,
    /// The vault.
    pub contract: String,
    /// `following` or `halted`.
    pub state: &'static str,
    /// Why it was halted.
    pub halted_because: Option<String>,
    /// Everything up to this block was read and is on record.
    pub cursor: u64,
    /// That block's hash.
    pub cursor_hash: Option<String>,
    /// The newest block that a node told; absent while no daemon follows it.
    pub head: Option<u64>,
    /// Blocks from the cursor to the newest one that may be acted on.
    pub lag: Option<u64>,
    /// Whether it is not halted and close enough behind a head that moves; absent while no daemon follows it.
    pub is_ready: Option<bool>,
    /// Why the last look failed.
    pub trouble: Option<String>,
    /// Reorgs seen, of any depth.
    pub reorgs: u32,
    /// Logs that only a later look found.
    pub late_logs: u32,
    /// Logs that were not understood.
    pub malformed: u32,
    /// Nodes, without secrets.
    pub endpoints: Vec<EndpointView>,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<Subscription> for SubscriptionView {
    /// As it is on record, without what only the daemon that follows it knows.
    fn from(subscription: Subscription) -> Self {
        Self {
            id: subscription.id.0,
            chain: subscription.chain.0,
            contract: subscription.contract.to_string(),
            state: subscription.follow.as_str(),
            halted_because: match subscription.follow {
                FollowState::Halted { reason, .. } => Some(reason),
                FollowState::Following => None,
            },
            name: subscription.name,
            cursor: subscription.cursor.0,
            cursor_hash: subscription.cursor_hash.map(|hash| hash.to_string()),
            head: None,
            lag: None,
            is_ready: None,
            trouble: None,
            reorgs: subscription.reorgs,
            late_logs: subscription.late_logs,
            malformed: subscription.malformed,
            endpoints: Vec::new(),
            updated_at: subscription.updated_at,
        }
    }
}

impl SubscriptionView {
    /// With what the daemon that follows it last saw.
    pub fn with_sight(self, sight: &ChainSight) -> Self {
        let endpoints = sight.endpoints.iter().map(|endpoint| EndpointView {
            name: endpoint.name.clone(),
            in_use: endpoint.in_use,
            is_heard: endpoint.is_heard,
            failures: endpoint.failures,
            head: endpoint.head.map(|head| head.0),
        });
        Self {
            head: sight.head.map(|head| head.0),
            lag: Some(sight.lag),
            is_ready: Some(sight.is_ready),
            trouble: sight.trouble.clone(),
            endpoints: endpoints.collect(),
            ..self
        }
    }
}

/// A log that was not understood, kept for inspection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MalformedLogView {
    /// The subscription that read it.
    pub subscription: i64,
    /// Chain id.
    pub chain: u64,
    /// Its transaction.
    pub tx_hash: String,
    /// Its index in its block.
    pub log_index: u32,
    /// Its block.
    pub block: u64,
    /// The contract that wrote it.
    pub contract: String,
    /// Its topics.
    pub topics: Vec<String>,
    /// What is not indexed, in hex.
    pub data: String,
    /// Why it is not understood.
    pub reason: Option<String>,
    /// When it was read.
    #[schema(value_type = String, format = DateTime)]
    pub read_at: Timestamp,
}

impl From<StoredLog> for MalformedLogView {
    fn from(stored: StoredLog) -> Self {
        let log = stored.seen.log;
        let data: String = log.data.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            subscription: stored.subscription.0,
            chain: log.key.chain.0,
            tx_hash: log.key.tx.to_string(),
            log_index: log.key.index,
            block: log.block.0,
            contract: log.address.to_string(),
            topics: log.topics.iter().map(ToString::to_string).collect(),
            data: format!("0x{data}"),
            reason: stored.seen.event.err(),
            read_at: stored.read_at,
        }
    }
}
