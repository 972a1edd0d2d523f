//! What every request is answered with: the desk, the actors' mailboxes, the tokens and the limits.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix::Recipient;
use domain::chain::ChainId;
use domain::fixed::Ratio;
use domain::id::SubscriptionId;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::actors::chain_subscription::ChainSights;
use crate::actors::mail::{
    ClosePosition, HoldPayout, HowAreYou, JobsChanged, ListChildren, Look, Post, Pulse, ReplacePayout,
    ResumeSubscription, RetryPayout, RunJob, StartJob, SyncNow,
};
use crate::actors::payout::SolvencyDeps;
use crate::desk::Desk;
use crate::http::attempts::Attempts;
use crate::http::health::Vitals;
use crate::http::keyring::Keyring;

/// Where mail to the actors goes.
#[derive(Clone)]
pub struct Mailboxes {
    /// The supervisor: compare wanted and living children now.
    pub look: Recipient<Look>,
    /// The supervisor: all children.
    pub children: Recipient<ListChildren>,
    /// The supervisor: close what a robot holds.
    pub close: Recipient<ClosePosition>,
    /// The supervisor: how it is; `last_mail` is its last tick.
    pub supervisor: Recipient<HowAreYou>,
    /// The ledger: post.
    pub post: Recipient<Post>,
    /// The ledger: a sign of life through the writer.
    pub pulse: Recipient<Pulse>,
    /// The ledger: how it is.
    pub ledger: Recipient<HowAreYou>,
    /// The scheduler: sync an account now.
    pub sync: Recipient<SyncNow>,
    /// The scheduler: how it is.
    pub scheduler: Recipient<HowAreYou>,
    /// The job scheduler: run a job now.
    pub run_job: Recipient<RunJob>,
    /// The job scheduler: begin a run.
    pub start_job: Recipient<StartJob>,
    /// The job scheduler: jobs on record changed.
    pub jobs_changed: Recipient<JobsChanged>,
    /// The job scheduler: how it is.
    pub jobs: Recipient<HowAreYou>,
    /// Where vaults are followed, whoever does.
    pub vaults: Option<Vaults>,
}

/// What there is beside where vaults are followed.
#[derive(Clone)]
pub struct Vaults {
    /// What was last seen of each subscription.
    pub sights: ChainSights,
    /// The subscriptions that are followed.
    pub wanted: Vec<SubscriptionId>,
    /// The keeper: let a subscription go on.
    pub resume: Recipient<ResumeSubscription>,
    /// The keeper: how it is.
    pub keeper: Recipient<HowAreYou>,
    /// The keeper: how each subscription is.
    pub children: Recipient<ListChildren>,
    /// The actor of triggers: a pause may be over.
    pub look: Recipient<Look>,
    /// The actor of triggers: how it is.
    pub triggers: Recipient<HowAreYou>,
    /// Whoever pays, by chain.
    pub payouts: BTreeMap<ChainId, PayoutMail>,
    /// What the comparison with the world needs.
    pub solvency: SolvencyDeps,
}

/// Where mail to the actor of payouts on one chain goes.
#[derive(Clone)]
pub struct PayoutMail {
    /// Try again.
    pub retry: Recipient<RetryPayout>,
    /// Hold back.
    pub hold: Recipient<HoldPayout>,
    /// Sign anew for more.
    pub replace: Recipient<ReplacePayout>,
    /// How it is.
    pub health: Recipient<HowAreYou>,
}

/// Limits of the interface.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Address and port; port zero takes a free one.
    pub listen: SocketAddr,
    /// Threads.
    pub workers: usize,
    /// Largest request body in bytes.
    pub request_limit_bytes: usize,
    /// Longest time for one request.
    pub request_deadline: Duration,
    /// Largest page of any list.
    pub page_limit: u32,
    /// How long requests in flight may take at a stop.
    pub shutdown_deadline: Duration,
    /// A supervisor without a tick for so long is dead.
    pub tick_deadline: Duration,
    /// Power rate where none is set, for estimates.
    pub power_rate: Ratio,
}

/// Whether the daemon takes work: false until all is caught up, and again from the beginning of its end.
#[derive(Debug, Default)]
pub struct Ready(AtomicBool);

impl Ready {
    /// Says whether it takes work from now on.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    /// Whether it takes work.
    pub fn is(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What every request is answered with.
pub struct AppState {
    /// What operators ask for, decided and committed.
    pub desk: Desk,
    /// Where mail goes.
    pub mail: Mailboxes,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    /// Limits.
    pub options: Options,
    /// Whether the daemon takes work.
    pub ready: Ready,
    pub(super) keyring: Keyring,
    pub(super) attempts: Attempts,
    pub(super) vitals: Vitals,
}

impl AppState {
    /// A state that is not ready yet.
    pub fn new(desk: Desk, mail: Mailboxes, metrics: PrometheusHandle, options: Options) -> Self {
        Self {
            keyring: Keyring::new(desk.store.clone()),
            attempts: Attempts::default(),
            vitals: Vitals::default(),
            desk,
            mail,
            metrics,
            options,
            ready: Ready::default(),
        }
    }
}
