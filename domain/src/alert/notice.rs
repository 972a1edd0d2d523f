//! What a target is told, and in which words for people.

use super::delivery::AlertEvent;
use super::{Alert, AlertState};
use crate::time::Timestamp;

/// A message to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The same for every attempt, and never used for another message.
    pub id: String,
    /// Which daemon speaks, as its operator named it.
    pub sender: String,
    /// When this attempt is made.
    pub at: Timestamp,
    /// What it says. It is the same for every attempt.
    pub content: Content,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Something happened to an alert.
    Alert {
        /// What.
        event: AlertEvent,
        /// The alert as it was then.
        alert: Alert,
    },
    /// There are so many more alerts that nobody wants a message for each.
    More {
        /// How many messages this one stands for.
        count: u32,
    },
    /// Somebody tries whether messages arrive.
    Test {
        /// Who.
        by: String,
    },
}

impl Content {
    /// An event of an alert, without what came after it.
    pub fn of(event: AlertEvent, alert: Alert) -> Self {
        let alert = match event {
            AlertEvent::Raised => Alert {
                acknowledged: None,
                resolved_at: None,
                ..alert
            },
            AlertEvent::Acknowledged => Alert {
                resolved_at: None,
                ..alert
            },
            AlertEvent::Resolved => alert,
        };
        Self::Alert { event, alert }
    }

    /// One word for what it is.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Alert { event, .. } => event.as_str(),
            Self::More { .. } => "more",
            Self::Test { .. } => "test",
        }
    }
}

impl Notice {
    /// The message in plain words, a few lines.
    pub fn text(&self) -> String {
        let sender = &self.sender;
        match &self.content {
            Content::Alert { event, alert } => {
                let mut text = format!(
                    "[{}] {sender}: {} {} on {}\n{}\n",
                    alert.kind.severity().as_str(),
                    alert.kind.as_str(),
                    event.as_str(),
                    alert.subject,
                    alert.message,
                );
                if let Some(taken) = &alert.acknowledged {
                    text.push_str(&format!("{} looks after it: {}\n", taken.by, taken.note));
                }
                text.push_str(&match (alert.state(), alert.resolved_at) {
                    (AlertState::Resolved, Some(over)) => {
                        format!("alert {}, from {} to {over}", alert.id, alert.raised_at)
                    }
                    _ => format!("alert {}, since {}", alert.id, alert.raised_at),
                });
                text
            }
            Content::More { count } => {
                format!("{sender}: {count} more alerts; `bursar alert list` has all of them")
            }
            Content::Test { by } => format!("{sender}: a test message, asked for by {by}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Acknowledgement, AlertKind};
    use crate::id::AlertId;

    fn notice(event: AlertEvent) -> Notice {
        let alert = Alert {
            id: AlertId(17),
            kind: AlertKind::UnsettledCount,
            subject: "settlement".to_owned(),
            message: "101 positions".to_owned(),
            raised_at: Timestamp(0),
            acknowledged: Some(Acknowledgement {
                by: "ann".to_owned(),
                note: "on it".to_owned(),
                at: Timestamp(1_000),
            }),
            resolved_at: Some(Timestamp(2_000)),
        };
        Notice {
            id: "x-1".to_owned(),
            sender: "live".to_owned(),
            at: Timestamp(9),
            content: Content::of(event, alert),
        }
    }

    #[test]
    fn each_event_says_what_was_so_then_however_late_it_is_told() {
        assert_eq!(
            notice(AlertEvent::Raised).text(),
            "[warning] live: unsettled_count raised on settlement\n101 positions\n\
             alert 17, since 1970-01-01T00:00:00.000Z"
        );
        assert_eq!(
            notice(AlertEvent::Acknowledged).text(),
            "[warning] live: unsettled_count acknowledged on settlement\n101 positions\nann looks after it: on it\n\
             alert 17, since 1970-01-01T00:00:00.000Z"
        );
        assert_eq!(
            notice(AlertEvent::Resolved).text(),
            "[warning] live: unsettled_count resolved on settlement\n101 positions\nann looks after it: on it\n\
             alert 17, from 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:02.000Z"
        );
    }

    #[test]
    fn a_summary_and_a_test_say_what_they_are() {
        let told = |content| Notice {
            content,
            ..notice(AlertEvent::Raised)
        };
        let more = told(Content::More { count: 12 });
        assert_eq!(more.text(), "live: 12 more alerts; `bursar alert list` has all of them");
        let by = "ann".to_owned();
        assert_eq!(
            told(Content::Test { by }).text(),
            "live: a test message, asked for by ann"
        );
    }
}
