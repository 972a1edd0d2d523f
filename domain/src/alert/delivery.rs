//! One message about an alert to one target: what was tried, when it is tried again, and when it is given up.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Severity;
use crate::id::{AlertId, DeliveryId};
use crate::time::Timestamp;

/// Longest error that is kept, in characters.
const ERROR_LENGTH: usize = 200;

/// What happened to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertEvent {
    /// It was raised.
    Raised,
    /// Somebody looks after it.
    Acknowledged,
    /// It is over.
    Resolved,
}

impl AlertEvent {
    /// Every event.
    pub const ALL: [Self; 3] = [Self::Raised, Self::Acknowledged, Self::Resolved];

    /// Name in the database and in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == text)
    }
}

/// Where a delivery stands. Moved only by [`Delivery::begin`], [`Delivery::end`] and [`Delivery::covered_by`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be tried, not before this time.
    Waiting {
        /// When.
        next_at: Timestamp,
    },
    /// The target took it.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// Another message says that there are more, and stands for this one.
    Summarised {
        /// Which.
        by: DeliveryId,
    },
    /// The target did not take it.
    GivenUp {
        /// When.
        at: Timestamp,
    },
}

impl DeliveryState {
    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Delivered { .. } => "delivered",
            Self::Summarised { .. } => "summarised",
            Self::GivenUp { .. } => "given_up",
        }
    }
}

/// What became of telling a target. Errors hold no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The target took it.
    Done,
    /// The target will never take this message.
    Refused {
        /// What was seen.
        why: String,
    },
    /// It may or may not have arrived: it is told again, under the same id.
    Unknown {
        /// What was seen.
        why: String,
        /// How long the target asks to be left alone.
        after: Option<Duration>,
    },
}

/// How often and how long a delivery is tried, and how much one target is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryRules {
    /// Attempts until it is given up, at least one.
    pub attempts: u32,
    /// Wait after the first attempt; doubles with each up to `longest`.
    pub first: Duration,
    /// Longest wait between two attempts, also where the target asks for a longer one.
    pub longest: Duration,
    /// Messages to one target within a minute, at least one.
    pub per_minute: u32,
    /// Failures of one target in a row until an alert, at least one.
    pub failures_until_alert: u32,
}

impl DeliveryRules {
    /// How long to wait after this many attempts: between half and the whole of the doubled wait, by `salt`, so that
    /// deliveries which failed together are not tried together.
    pub fn wait(&self, attempts: u32, salt: u64) -> Duration {
        let doubled = self
            .first
            .saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1)));
        let half = doubled.min(self.longest) / 2;
        let share = u32::try_from(salt % 1_000).unwrap_or(0);
        half + half * share / 999
    }
}

/// A message about an alert to one target. Its id never changes, so that a receiver can tell a repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Identity.
    pub id: DeliveryId,
    /// About which alert.
    pub alert: AlertId,
    /// To whom, by name.
    pub target: String,
    /// What happened.
    pub event: AlertEvent,
    /// How bad the alert is.
    pub severity: Severity,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// How many other messages it stands for; above zero it only says how many there are.
    pub covers: u32,
    /// What was seen at the last failure, without secrets.
    pub error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Optimistic lock.
    pub version: u32,
}

impl Delivery {
    /// The attempt that is about to be made: counted, and due again should its outcome never be known.
    pub fn begin(&self, rules: &DeliveryRules, salt: u64, now: Timestamp) -> Self {
        let attempts = self.attempts.saturating_add(1);
        let next_at = now.after(rules.wait(attempts, salt));
        Self {
            attempts,
            state: DeliveryState::Waiting { next_at },
            ..self.clone()
        }
    }

    /// What became of the attempt that was begun.
    pub fn end(&self, told: &Told, rules: &DeliveryRules, now: Timestamp) -> Self {
        let mut next = self.clone();
        match told {
            Told::Done => {
                next.state = DeliveryState::Delivered { at: now };
                next.error = None;
            }
            Told::Refused { why } => {
                next.state = DeliveryState::GivenUp { at: now };
                next.error = Some(short(why));
            }
            Told::Unknown { why, after } => {
                next.error = Some(short(why));
                if self.attempts >= rules.attempts {
                    next.state = DeliveryState::GivenUp { at: now };
                } else if let (DeliveryState::Waiting { next_at }, Some(after)) = (self.state, after) {
                    let asked = now.after((*after).min(rules.longest));
                    next.state = DeliveryState::Waiting {
                        next_at: next_at.max(asked),
                    };
                }
            }
        }
        next
    }

    /// The same message, for which another one stands.
    pub fn covered_by(&self, other: DeliveryId) -> Self {
        Self {
            state: DeliveryState::Summarised { by: other },
            ..self.clone()
        }
    }

    /// Whether it may be tried now. A time further away than any wait is the work of a clock that was set back.
    pub fn is_due(&self, rules: &DeliveryRules, now: Timestamp) -> bool {
        match self.state {
            DeliveryState::Waiting { next_at } => next_at <= now || next_at > now.after(rules.longest),
            DeliveryState::Delivered { .. } | DeliveryState::Summarised { .. } | DeliveryState::GivenUp { .. } => false,
        }
    }
}

fn short(why: &str) -> String {
    why.chars().filter(|c| !c.is_control()).take(ERROR_LENGTH).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub const RULES: DeliveryRules = DeliveryRules {
        attempts: 3,
        first: Duration::from_secs(10),
        longest: Duration::from_secs(60),
        per_minute: 5,
        failures_until_alert: 2,
    };

    pub fn delivery(id: i64) -> Delivery {
        Delivery {
            id: DeliveryId(id),
            alert: AlertId(id),
            target: "ops".to_owned(),
            event: AlertEvent::Raised,
            severity: Severity::Warning,
            state: DeliveryState::Waiting { next_at: Timestamp(0) },
            attempts: 0,
            covers: 0,
            error: None,
            created_at: Timestamp(0),
            version: 0,
        }
    }

    fn unknown(after: Option<u64>) -> Told {
        Told::Unknown {
            why: "it took\ntoo long".to_owned(),
            after: after.map(Duration::from_secs),
        }
    }

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread_over_their_upper_half() {
        let secs = |attempts, salt| RULES.wait(attempts, salt).as_secs();
        assert_eq!(
            [1, 2, 3, 4, 40].map(|attempts| secs(attempts, 999)),
            [10, 20, 40, 60, 60]
        );
        assert_eq!(
            [1, 2, 3, 4, 40].map(|attempts| secs(attempts, 1_000)),
            [5, 10, 20, 30, 30]
        );
    }

    #[test]
    fn an_attempt_is_counted_before_it_is_made_and_its_outcome_ends_it() {
        let begun = delivery(1).begin(&RULES, 999, Timestamp(1_000));
        assert_eq!(begun.attempts, 1);
        assert_eq!(
            begun.state,
            DeliveryState::Waiting {
                next_at: Timestamp(11_000)
            }
        );
        assert!(!begun.is_due(&RULES, Timestamp(10_999)));
        assert!(begun.is_due(&RULES, Timestamp(11_000)));
        let done = begun.end(&Told::Done, &RULES, Timestamp(2_000));
        assert_eq!(done.state, DeliveryState::Delivered { at: Timestamp(2_000) });
        let why = "status 400".to_owned();
        let refused = begun.end(&Told::Refused { why: why.clone() }, &RULES, Timestamp(2_000));
        assert_eq!(refused.state, DeliveryState::GivenUp { at: Timestamp(2_000) });
        assert_eq!(refused.error, Some(why));
    }

    #[test]
    fn what_is_unknown_is_tried_again_until_the_limit() {
        let mut row = delivery(1);
        for attempt in 1..=3 {
            row = row
                .begin(&RULES, 999, Timestamp(0))
                .end(&unknown(None), &RULES, Timestamp(5));
            assert_eq!(row.attempts, attempt);
            assert_eq!(row.error.as_deref(), Some("it tooktoo long"));
        }
        assert_eq!(row.state, DeliveryState::GivenUp { at: Timestamp(5) });
    }

    #[test]
    fn a_target_is_left_alone_for_as_long_as_it_asks_but_not_longer_than_the_longest_wait() {
        let begun = delivery(1).begin(&RULES, 999, Timestamp(0));
        let next = |after| begun.end(&unknown(after), &RULES, Timestamp(1_000)).state;
        let waiting = |at| DeliveryState::Waiting { next_at: Timestamp(at) };
        assert_eq!(next(Some(5)), waiting(10_000));
        assert_eq!(next(Some(30)), waiting(31_000));
        assert_eq!(next(Some(3_600)), waiting(61_000));
    }

    #[test]
    fn a_clock_that_was_set_back_delays_nothing_for_longer_than_the_longest_wait() {
        let begun = delivery(1).begin(&RULES, 999, Timestamp(10_000_000));
        assert!(!begun.is_due(&RULES, Timestamp(10_009_999)));
        assert!(!begun.is_due(&RULES, Timestamp(9_950_000)));
        assert!(begun.is_due(&RULES, Timestamp(9_949_999)));
    }
}
