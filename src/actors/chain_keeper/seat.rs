//! One subscription's seat: how its actor stands, and what its crashes mean.

use std::collections::VecDeque;

use domain::id::SubscriptionId;
use tokio::time::Instant;

use crate::actors::chain_subscription::SubscriptionChild;
use crate::actors::mail::ActorHealth;
use crate::actors::spawn::Generation;
use crate::actors::supervisor::CrashRules;

/// How a child stands.
#[derive(Debug)]
pub(super) enum Standing {
    /// To be spawned.
    Wanted,
    /// It lives.
    Alive(SubscriptionChild),
    /// It crashed, and is spawned again then.
    BackingOff(Instant),
    /// It crashed too often.
    Quarantined,
}

/// One subscription's seat.
#[derive(Debug)]
pub(super) struct Seat {
    pub standing: Standing,
    pub generation: u64,
    pub restarts: u32,
    crashes: VecDeque<Instant>,
}

impl Seat {
    pub const fn new() -> Self {
        Self {
            standing: Standing::Wanted,
            generation: 0,
            restarts: 0,
            crashes: VecDeque::new(),
        }
    }

    /// Whether it is time to spawn the child.
    pub fn is_due(&self, now: Instant) -> bool {
        match self.standing {
            Standing::Wanted => true,
            Standing::BackingOff(until) => until <= now,
            Standing::Alive(_) | Standing::Quarantined => false,
        }
    }

    /// The child's next life begins: only where none lives (SUP-1).
    pub fn next_generation(&mut self) -> Generation {
        self.generation += 1;
        Generation(self.generation)
    }

    pub fn is_born(&mut self, child: SubscriptionChild) {
        self.standing = Standing::Alive(child);
    }

    /// The child of this life ended. Answers whether that was news: nobody asks a subscription to end, except with all of them.
    pub fn left(&mut self, generation: u64, rules: &CrashRules, now: Instant) -> bool {
        if generation != self.generation || !matches!(self.standing, Standing::Alive(_)) {
            return false;
        }
        self.restarts = self.restarts.saturating_add(1);
        self.crashes.push_back(now);
        self.crashes
            .retain(|crash| now.saturating_duration_since(*crash) <= rules.crash_window);
        let crashes = u32::try_from(self.crashes.len()).unwrap_or(u32::MAX);
        self.standing = if crashes >= rules.crashes_until_quarantine {
            Standing::Quarantined
        } else {
            let doubled = rules.backoff_first.saturating_mul(2_u32.saturating_pow(crashes - 1));
            Standing::BackingOff(now + doubled.min(rules.backoff_max))
        };
        true
    }

    /// An operator lets it live again. Answers whether it was quarantined.
    pub fn pardon(&mut self) -> bool {
        let was = matches!(self.standing, Standing::Quarantined);
        if was {
            self.crashes.clear();
            self.standing = Standing::Wanted;
        }
        was
    }

    /// One word on how it stands.
    pub const fn word(&self) -> &'static str {
        match self.standing {
            Standing::Wanted => "wanted",
            Standing::Alive(_) => "alive",
            Standing::BackingOff(_) => "backing_off",
            Standing::Quarantined => "quarantined",
        }
    }

    /// What is said of a child that does not answer itself.
    pub fn health(&self, id: SubscriptionId) -> ActorHealth {
        ActorHealth {
            name: format!("subscription:{id}"),
            state: self.word().to_owned(),
            last_mail: None,
            restarts: self.restarts,
            lag_ms: 0,
        }
    }
}
