//! Whom a subscription's actor tells: alerts, the log, measures, and what others may know of it.

use std::collections::HashMap;

use domain::alert::AlertKind;
use domain::chain::branch::SortedOut;
use domain::chain::follow::Dropped;
use domain::chain::{BlockNumber, FollowState, Subscription};
use domain::id::TriggerId;
use tokio::time::Instant;

use super::trouble::Trouble;
use super::{ChainSight, FollowDeps};
use crate::actors::mail::{Look, Raise, Resolve};
use crate::actors::spawn::poke;
use crate::event;

/// How a chain does.
pub(super) struct Vitals {
    /// The highest head that was told.
    pub head: Option<BlockNumber>,
    /// Since when it stands there.
    pub head_since: Instant,
    /// The last block that counts.
    pub last: BlockNumber,
    /// Blocks that are asked for at once.
    pub pace: u64,
    /// Looks in a row that failed.
    pub failures: u32,
}

/// Tells.
pub(super) struct Told {
    deps: FollowDeps,
    /// What was last said of each kind: raised or over.
    said: HashMap<AlertKind, bool>,
    lags_since: Option<Instant>,
    malformed: Option<(u32, Instant)>,
    is_halted: bool,
}

/// Names and units of what is measured.
pub(super) fn describe() {
    use metrics::describe_gauge;
    describe_counters();
    describe_gauge!(
        "bursar_chain_cursor_block",
        "Block up to which logs are on record, by subscription."
    );
    describe_gauge!(
        "bursar_chain_head_block",
        "Highest block that a node told, by subscription."
    );
    describe_gauge!(
        "bursar_chain_lag_blocks",
        "Blocks that count and are not read yet, by subscription."
    );
    describe_gauge!(
        "bursar_chain_range_blocks",
        "Blocks that are asked for at once, by subscription."
    );
    describe_gauge!("bursar_chain_reorgs", "Reorgs seen, of any depth, by subscription.");
    describe_gauge!(
        "bursar_chain_malformed_logs",
        "Logs that were not understood, by subscription."
    );
    describe_gauge!(
        "bursar_chain_late_logs",
        "Logs that were found below the cursor only by a later look, by subscription."
    );
}

fn describe_counters() {
    use metrics::describe_counter;
    describe_counter!(
        "bursar_chain_triggers_total",
        "Deposits and redemptions that were received."
    );
    describe_counter!(
        "bursar_chain_malformed_logs_total",
        "Logs that were received and not understood."
    );
    describe_counter!(
        "bursar_chain_dropped_logs_total",
        "Logs that nodes told and that were left out, by reason."
    );
    describe_counter!(
        "bursar_chain_refused_ranges_total",
        "Ranges of blocks that a node did not answer."
    );
    describe_counter!(
        "bursar_chain_withheld_logs_total",
        "Logs that one node told of a range that another called empty."
    );
    describe_counter!(
        "bursar_chain_unchecked_ranges_total",
        "Empty ranges that no other node could be asked about."
    );
    describe_counter!(
        "bursar_chain_failed_looks_total",
        "Looks at a chain that did not come to their end, by cause."
    );
}

impl Told {
    pub fn new(deps: FollowDeps) -> Self {
        Self {
            deps,
            said: HashMap::new(),
            lags_since: None,
            malformed: None,
            is_halted: false,
        }
    }

    /// Logs that were not understood before this life are nothing new.
    pub fn begins_with(&mut self, row: &Subscription) {
        self.malformed.get_or_insert((row.malformed, Instant::now()));
    }

    /// How a look went.
    pub fn tell(&mut self, row: Option<&Subscription>, trouble: Option<&Trouble>, vitals: &Vitals) {
        if let Some(trouble) = trouble {
            metrics::counter!("bursar_chain_failed_looks_total", "cause" => trouble.as_str()).increment(1);
            tracing::warn!(event = event::CHAIN_UNREAD, subscription.id = %self.deps.listing.subscription, error = %trouble,
                failures = vitals.failures, "the logs of subscription {} could not be read to their end", self.deps.listing.name);
        }
        let lasting = trouble.filter(|_| vitals.failures >= self.deps.options.failures_until_alert);
        let (behind, unreachable): (Option<&Trouble>, _) = match lasting {
            Some(Trouble::Behind { .. }) => (lasting, None),
            Some(_) | None => (None, lasting),
        };
        let is_over = trouble.is_none();
        self.say(
            AlertKind::ChainUnreachable,
            unreachable.map(ToString::to_string),
            is_over,
        );
        let Some(row) = row else {
            self.note_trouble(trouble);
            return;
        };
        self.tell_halt(row);
        self.tell_malformed(row);
        let lag = vitals.last.0.saturating_sub(row.cursor.0);
        self.tell_lag(lag, behind, vitals);
        let is_fresh = vitals.head_since.elapsed() < self.deps.options.silent_after;
        let is_ready = !self.is_halted && vitals.head.is_some() && is_fresh && lag <= self.deps.options.ready_lag;
        let before = self.deps.sights.of(row.id);
        self.deps
            .sights
            .note(row.id, self.sight(row, vitals, lag, is_ready, trouble));
        // What waited until it was known that nothing had left the chain need not wait for its next look.
        if !self.is_halted && before.is_none_or(|before| before.halted.is_some()) {
            poke(&self.deps.triggers, Look);
        }
        self.measure(row, vitals, lag);
    }

    fn sight(
        &self,
        row: &Subscription,
        vitals: &Vitals,
        lag: u64,
        is_ready: bool,
        trouble: Option<&Trouble>,
    ) -> ChainSight {
        ChainSight {
            name: row.name.clone(),
            chain: row.chain,
            cursor: row.cursor,
            head: vitals.head,
            lag,
            reorgs: row.reorgs,
            halted: match &row.follow {
                FollowState::Following => None,
                FollowState::Halted { reason, .. } => Some(reason.clone()),
            },
            is_ready,
            trouble: trouble.map(ToString::to_string),
            endpoints: self.deps.chain.endpoints(),
            at: self.deps.clock.now(),
        }
    }

    /// Without rows, what was seen last is still so, and no longer a reason to call it ready.
    fn note_trouble(&self, trouble: Option<&Trouble>) {
        let id = self.deps.listing.subscription;
        if let Some(last) = self.deps.sights.of(id) {
            let sight = ChainSight {
                is_ready: false,
                trouble: trouble.map(ToString::to_string),
                ..(*last).clone()
            };
            self.deps.sights.note(id, sight);
        }
    }

    fn tell_halt(&mut self, row: &Subscription) {
        self.is_halted = matches!(row.follow, FollowState::Halted { .. });
        let reason = match &row.follow {
            FollowState::Following => None,
            FollowState::Halted { reason, .. } => Some(reason.clone()),
        };
        self.say(AlertKind::ChainReorg, reason, true);
    }

    fn tell_malformed(&mut self, row: &Subscription) {
        let now = Instant::now();
        let (before, at) = self.malformed.unwrap_or((row.malformed, now));
        let is_more = row.malformed > before;
        self.malformed = Some((row.malformed, if is_more { now } else { at }));
        let message = is_more.then(|| format!("{} logs are not understood by now; they act on nothing", row.malformed));
        let is_over = now.saturating_duration_since(at) >= self.deps.options.malformed_quiet;
        self.say(AlertKind::ChainMalformed, message, is_over && !is_more);
    }

    fn tell_lag(&mut self, lag: u64, behind: Option<&Trouble>, vitals: &Vitals) {
        let options = &self.deps.options;
        let lags = lag > options.alert_lag;
        self.lags_since = if lags {
            self.lags_since.or(Some(Instant::now()))
        } else {
            None
        };
        let lagged = self
            .lags_since
            .is_some_and(|since| since.elapsed() >= options.silent_after);
        let message = if self.is_halted {
            None
        } else if let Some(behind) = behind {
            Some(behind.to_string())
        } else if vitals.head_since.elapsed() >= options.silent_after {
            let seconds = vitals.head_since.elapsed().as_secs();
            Some(format!("no node told of a new block for {seconds} s"))
        } else {
            lagged.then(|| format!("{lag} blocks that count are not read yet"))
        };
        self.say(AlertKind::ChainLag, message, !lags && vitals.failures == 0);
    }

    /// Raises with a message; without one resolves, when it is over. What was said already is not said again.
    fn say(&mut self, kind: AlertKind, message: Option<String>, is_over: bool) {
        let raised = message.is_some();
        if (!raised && !is_over) || self.said.get(&kind) == Some(&raised) {
            return;
        }
        let subject = format!("subscription:{}", self.deps.listing.subscription);
        let sent = match message {
            Some(message) => {
                let message = format!("{}: {message}", self.deps.listing.name);
                let raised = self.deps.raises.try_send(Raise { kind, subject, message });
                raised.map_err(|error| error.to_string())
            }
            None => {
                let resolved = self.deps.resolves.try_send(Resolve { kind, subject });
                resolved.map_err(|error| error.to_string())
            }
        };
        match sent {
            Ok(()) => drop(self.said.insert(kind, raised)),
            Err(error) => {
                tracing::error!(event = event::ALERT_LOST, %error, "the alert actor could not be told of a chain; it is told again");
            }
        }
    }

    /// What a resume found.
    pub fn resumed(&mut self, sorted: &SortedOut) {
        self.say(AlertKind::ChainReorg, None, true);
        if let Some(message) = sorted.told() {
            self.said.remove(&AlertKind::ChainOrphans);
            self.say(AlertKind::ChainOrphans, Some(message), false);
        }
    }

    /// A person has seen to what was orphaned.
    pub fn orphans_seen_to(&mut self) {
        self.said.remove(&AlertKind::ChainOrphans);
        self.say(AlertKind::ChainOrphans, None, true);
    }

    /// A page was committed.
    pub fn progress(&self, row: &Subscription, pace: u64) {
        let name = self.deps.listing.name.clone();
        metrics::gauge!("bursar_chain_cursor_block", "subscription" => name.clone()).set(wide(row.cursor.0));
        metrics::gauge!("bursar_chain_range_blocks", "subscription" => name).set(wide(pace));
    }

    fn measure(&self, row: &Subscription, vitals: &Vitals, lag: u64) {
        self.progress(row, vitals.pace);
        let name = || self.deps.listing.name.clone();
        if let Some(head) = vitals.head {
            metrics::gauge!("bursar_chain_head_block", "subscription" => name()).set(wide(head.0));
        }
        metrics::gauge!("bursar_chain_lag_blocks", "subscription" => name()).set(wide(lag));
        metrics::gauge!("bursar_chain_reorgs", "subscription" => name()).set(row.reorgs);
        metrics::gauge!("bursar_chain_malformed_logs", "subscription" => name()).set(row.malformed);
        metrics::gauge!("bursar_chain_late_logs", "subscription" => name()).set(row.late_logs);
    }

    /// Logs were received.
    pub fn received(triggers: u32, malformed: u32) {
        metrics::counter!("bursar_chain_triggers_total").increment(u64::from(triggers));
        metrics::counter!("bursar_chain_malformed_logs_total").increment(u64::from(malformed));
    }

    /// Logs were left out.
    pub fn dropped(dropped: &Dropped) {
        let Dropped {
            foreign,
            removed,
            repeated,
            disordered,
        } = *dropped;
        let counts = [
            ("foreign", foreign),
            ("removed", removed),
            ("repeated", repeated),
            ("disordered", disordered),
        ];
        for (reason, count) in counts {
            metrics::counter!("bursar_chain_dropped_logs_total", "reason" => reason).increment(u64::from(count));
        }
    }

    /// The search below the cursor has ended.
    pub fn searched(row: &Subscription, found: usize) {
        if found > 0 {
            tracing::warn!(event = event::CHAIN_LOGS_LATE, subscription.id = %row.id, found,
                "{found} logs of subscription {} were told only now", row.name);
        }
    }

    /// Blocks above the last one that counts are on the chain no more.
    pub fn shallow(row: &Subscription, gone: usize) {
        tracing::info!(event = event::CHAIN_REORG, subscription.id = %row.id, depth = gone,
            "a reorg took back {gone} blocks that had not acted");
    }

    /// The subscription is halted.
    pub fn halted(row: &Subscription, reason: &str) {
        tracing::error!(event = event::SUBSCRIPTION_HALTED, subscription.id = %row.id, "subscription {} is halted: {reason}", row.name);
    }

    /// Logs that had acted and were gone are on the chain again. They do not act again; what was done for them a person has to judge.
    pub fn came_back(deps: &FollowDeps, triggers: impl Iterator<Item = TriggerId>) {
        let ids: Vec<String> = triggers.map(|id| id.to_string()).collect();
        if ids.is_empty() {
            return;
        }
        let message = format!(
            "{}: logs are back of the triggers {}",
            deps.listing.name,
            ids.join(", ")
        );
        tracing::error!(event = event::CHAIN_CONTRADICTION, subscription.id = %deps.listing.subscription, "{message}");
        let (kind, subject) = (
            AlertKind::ChainOrphans,
            format!("subscription:{}", deps.listing.subscription),
        );
        poke(&deps.raises, Raise { kind, subject, message });
    }

    /// Logs that came back say something else.
    pub fn contradiction(row: &Subscription, words: &str) {
        tracing::error!(event = event::CHAIN_CONTRADICTION, subscription.id = %row.id, "subscription {}: {words}", row.name);
    }
}

/// A number for a gauge; exact for every block below 2^32.
fn wide(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
