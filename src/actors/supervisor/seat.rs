//! One child's seat: what is wanted of it, how it stands, and what its crashes mean.

use std::collections::VecDeque;
use std::time::Duration;

use domain::robot::{Robot, Wanted};
use tokio::time::Instant;

use crate::actors::spawn::{Child, Generation};

/// How crashes are answered.
#[derive(Debug, Clone, Copy)]
pub struct CrashRules {
    /// Wait before the first restart; doubles with each crash in the window, up to `backoff_max`.
    pub backoff_first: Duration,
    /// Longest wait before a restart.
    pub backoff_max: Duration,
    /// Crashes within the window that end in quarantine.
    pub crashes_until_quarantine: u32,
    /// Over which time crashes are counted.
    pub crash_window: Duration,
}

/// How a child stands.
#[derive(Debug)]
pub(super) enum Standing {
    /// Nothing lives and nothing is to.
    Empty,
    /// To be spawned as soon as the pace allows.
    Wanted { since: Instant },
    /// It lives.
    Alive {
        /// Where its mail goes.
        child: Child,
        /// The version of the row that it was born with.
        version: u32,
        /// Whether it was asked to stop.
        stopping: bool,
    },
    /// It crashed, and is spawned again then.
    BackingOff { until: Instant },
    /// It crashed too often; its quarantine is not on record yet.
    Condemned { writing: bool },
    /// It is quarantined.
    Quarantined,
}

/// What is to be done about a child now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing.
    Nothing,
    /// Ask it to stop.
    Stop,
    /// Tell that its quarantine is over.
    Pardon,
}

/// One child's seat.
#[derive(Debug)]
pub(super) struct Seat {
    pub row: Robot,
    pub wanted: bool,
    pub standing: Standing,
    pub generation: u64,
    pub restarts: u32,
    crashes: VecDeque<Instant>,
}

impl Seat {
    pub fn new(row: Robot) -> Self {
        Self {
            row,
            wanted: false,
            standing: Standing::Empty,
            generation: 0,
            restarts: 0,
            crashes: VecDeque::new(),
        }
    }

    /// Takes the row as it is on record now, and whether the robot holds a position.
    pub fn consider(&mut self, row: Robot, holds: bool, now: Instant) -> Need {
        let is_free = row.quarantined_at.is_none();
        self.wanted = is_free && (row.wanted == Wanted::Running || holds);
        self.row = row;
        match &self.standing {
            // What was summoned to close a position in quarantine lives until that is done.
            Standing::Alive { version, .. } if self.wanted || holds => {
                if *version == self.row.version {
                    Need::Nothing
                } else {
                    Need::Stop
                }
            }
            Standing::Alive { .. } => Need::Stop,
            Standing::Empty if !is_free => self.stand(Standing::Quarantined),
            Standing::Empty if self.wanted => self.stand(Standing::Wanted { since: now }),
            Standing::Wanted { .. } | Standing::BackingOff { .. } if !self.wanted => self.stand(Standing::Empty),
            Standing::Condemned { .. } if !is_free => self.stand(Standing::Quarantined),
            Standing::Quarantined if is_free => {
                self.crashes.clear();
                let next = if self.wanted {
                    Standing::Wanted { since: now }
                } else {
                    Standing::Empty
                };
                self.stand(next);
                Need::Pardon
            }
            Standing::Empty
            | Standing::Wanted { .. }
            | Standing::BackingOff { .. }
            | Standing::Condemned { .. }
            | Standing::Quarantined => Need::Nothing,
        }
    }

    fn stand(&mut self, standing: Standing) -> Need {
        self.standing = standing;
        Need::Nothing
    }

    /// Whether it is time to spawn the child.
    pub fn is_due(&self, now: Instant) -> bool {
        match &self.standing {
            Standing::Wanted { .. } => true,
            Standing::BackingOff { until } => *until <= now,
            Standing::Empty | Standing::Alive { .. } | Standing::Condemned { .. } | Standing::Quarantined => false,
        }
    }

    /// The child's next life begins: only where none lives (SUP-1).
    pub fn next_generation(&mut self) -> Generation {
        assert!(
            !matches!(self.standing, Standing::Alive { .. }),
            "SUP-1: robot {} lives already",
            self.row.id
        );
        self.generation += 1;
        Generation(self.generation)
    }

    /// The child lives.
    pub fn is_born(&mut self, child: Child) {
        self.standing = Standing::Alive {
            child,
            version: self.row.version,
            stopping: false,
        };
    }

    /// The child of this life ended. Answers whether that was news and a crash.
    pub fn exited(&mut self, generation: u64, panicked: bool, rules: &CrashRules, now: Instant) -> Option<bool> {
        let Standing::Alive { stopping, .. } = self.standing else {
            return None;
        };
        if generation != self.generation {
            return None;
        }
        if stopping && !panicked {
            self.standing = if self.wanted {
                Standing::Wanted { since: now }
            } else {
                Standing::Empty
            };
            return Some(false);
        }
        self.restarts = self.restarts.saturating_add(1);
        self.crashes.push_back(now);
        self.crashes
            .retain(|crash| now.saturating_duration_since(*crash) <= rules.crash_window);
        let crashes = u32::try_from(self.crashes.len()).unwrap_or(u32::MAX);
        self.standing = if crashes >= rules.crashes_until_quarantine {
            Standing::Condemned { writing: false }
        } else {
            let doubled = rules.backoff_first.saturating_mul(2_u32.saturating_pow(crashes - 1));
            let until = now + doubled.min(rules.backoff_max);
            Standing::BackingOff { until }
        };
        Some(true)
    }

    /// One word on how it stands, for a child that does not live.
    pub const fn word(&self) -> &'static str {
        match self.standing {
            Standing::Empty => "stopped",
            Standing::Wanted { .. } => "wanted",
            Standing::Alive { stopping: true, .. } => "stopping",
            Standing::Alive { stopping: false, .. } => "alive",
            Standing::BackingOff { .. } => "backing_off",
            Standing::Condemned { .. } => "crashed",
            Standing::Quarantined => "quarantined",
        }
    }
}
