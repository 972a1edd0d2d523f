//! What a subscription's actor is born with, and its limits.

use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::chain::follow::{Finality, PaceRules};
use domain::id::SubscriptionId;
use domain::trigger::Listing;

use super::ChainSights;
use crate::actors::mail::{HowAreYou, Left, Look, Post, Raise, Resolve, ResumeSubscription, Stop};
use crate::actors::spawn::Generation;
use crate::clock::Clock;
use crate::ports::chain::{Abi, Chain};
use crate::ports::store::Store;

/// How a subscription follows its chain.
#[derive(Debug, Clone, Copy)]
pub struct FollowOptions {
    /// When a block counts.
    pub finality: Finality,
    /// How many blocks are asked for at once.
    pub pace: PaceRules,
    /// Logs per commit, where a block has not more than that; at least one.
    pub most_logs: usize,
    /// Time between two looks while no socket tells of new heads.
    pub look_every: Duration,
    /// Time between two looks while one does, in which nobody pokes.
    pub audit_every: Duration,
    /// Time between two searches for logs that were not told at first.
    pub scan_every: Duration,
    /// Blocks below the cursor that are searched: more than come between two searches. What is further below the last block that
    /// counts when it is read is asked of two nodes at once.
    pub scan_blocks: u64,
    /// Blocks that may be unread when it calls itself ready.
    pub ready_lag: u64,
    /// Blocks that may be unread without an alert.
    pub alert_lag: u64,
    /// How long the head may stand still, or too much may be unread, without an alert.
    pub silent_after: Duration,
    /// Wait after the first failed look; doubles up to `retry_max`.
    pub retry_first: Duration,
    /// Longest wait after a failed look.
    pub retry_max: Duration,
    /// Longest wait for the ledger's receipt.
    pub post_deadline: Duration,
    /// Failed looks in a row until an alert, at least one.
    pub failures_until_alert: u32,
    /// After so long without another log that is not understood, its alert is over.
    pub malformed_quiet: Duration,
}

/// What a subscription's actor needs.
#[derive(Clone)]
pub struct FollowDeps {
    /// Where subscriptions and logs are on record.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// The chain.
    pub chain: Arc<dyn Chain>,
    /// Words between us and the vault.
    pub abi: Arc<dyn Abi>,
    /// Who writes.
    pub ledger: Recipient<Post>,
    /// Who deals with triggers; poked after each commit.
    pub triggers: Recipient<Look>,
    /// Who is told that something is wrong.
    pub raises: Recipient<Raise>,
    /// Who is told that it is over.
    pub resolves: Recipient<Resolve>,
    /// What others may know of it.
    pub sights: ChainSights,
    /// The terms, with the subscription's id.
    pub listing: Arc<Listing>,
    /// Limits.
    pub options: FollowOptions,
}

/// What tells one life of a subscription's actor from another.
#[derive(Debug, Clone)]
pub struct SubscriptionBirth {
    /// Which subscription.
    pub subscription: SubscriptionId,
    /// Which life of it.
    pub generation: Generation,
    /// Whom its end is told.
    pub exits: Recipient<Left>,
}

/// A living subscription: where its mail goes.
#[derive(Debug, Clone)]
pub struct SubscriptionChild {
    /// The chain or its rows may have changed.
    pub look: Recipient<Look>,
    /// Go on after a halt.
    pub resume: Recipient<ResumeSubscription>,
    /// How it is.
    pub health: Recipient<HowAreYou>,
    /// Stop.
    pub stop: Recipient<Stop>,
}
