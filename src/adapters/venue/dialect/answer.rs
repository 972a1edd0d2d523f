//! What an answer means: done, refused, limited, absent, or nothing that anything can be concluded from.

use std::time::Duration;

use domain::outcome::{Outcome, Refusal};
use domain::time::Timestamp;

use super::read::ParseError;
use crate::ports::venue::{Lookup, VenueError};

/// How long to wait when a venue limits us and does not say for how long.
const DEFAULT_WAIT: Duration = Duration::from_secs(10);
/// The longest wait that is taken from an answer: Binance bans for up to three days.
const LONGEST_WAIT: Duration = Duration::from_secs(3 * 24 * 3600);
/// The longest text of a venue that is passed on.
const WORDS: usize = 200;

/// An answer over HTTP, as far as it says what became of a call.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The venue's wish to wait, from `Retry-After` or the venue's own header.
    pub retry_after: Option<Duration>,
    /// The body, whole.
    pub body: &'a [u8],
}

/// What was asked of a venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// To place an order.
    Place,
    /// To cancel one.
    Cancel,
    /// To set leverage, margin mode or position mode.
    Set,
    /// To look something up, which changes nothing.
    Look,
}

/// What an error code of a venue means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The venue looked at the request and said no. It did not happen.
    Refused,
    /// The key, its rights or its address were not accepted. It did not happen.
    Denied,
    /// Our clock is off. It did not happen; with the clock set right it may be sent again.
    Clock,
    /// Too many requests. It did not happen.
    Limited,
    /// The order does not exist, or no longer.
    Absent,
    /// An order with this client id is on record already: an earlier attempt arrived.
    Duplicate,
    /// What was to be set stands already.
    Already,
    /// Whether it happened is not known.
    Unknown,
}

impl Class {
    /// Name in docs/venues.md.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Denied => "denied",
            Self::Clock => "clock",
            Self::Limited => "limited",
            Self::Absent => "absent",
            Self::Duplicate => "duplicate",
            Self::Already => "already",
            Self::Unknown => "unknown",
        }
    }
}

/// A line of a venue's table of codes.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// The venue's code.
    pub code: &'static str,
    /// What it means.
    pub class: Class,
    /// In our words.
    pub words: &'static str,
}

impl Code {
    /// A line.
    pub const fn new(code: &'static str, class: Class, words: &'static str) -> Self {
        Self { code, class, words }
    }

    /// The class of a code; what is not in the table is unknown.
    pub fn class_of(table: &[Self], code: &str) -> Class {
        let line = table.iter().find(|line| line.code == code);
        line.map_or(Class::Unknown, |line| line.class)
    }
}

/// What an answer means for the call that it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The venue did, or answers, what was asked; the body says the rest.
    Done,
    /// What was to be set stands already.
    Already,
    /// It did not happen. `class` tells a refusal from a key or a clock that was not accepted.
    Refused {
        /// [`Class::Refused`], [`Class::Denied`] or [`Class::Clock`].
        class: Class,
        /// The venue's code and words.
        refusal: Refusal,
    },
    /// Too many requests; it did not happen.
    Limited {
        /// How long to wait.
        retry_after: Duration,
        /// The venue's code and words.
        refusal: Refusal,
    },
    /// There is no such order now.
    Absent(Refusal),
    /// An order with this client id is on record.
    Duplicate(Refusal),
    /// Nothing can be concluded.
    Unknown(String),
}

impl Verdict {
    /// What an error of this class means for a call.
    pub fn of(class: Class, call: Call, refusal: Refusal, retry_after: Option<Duration>) -> Self {
        let refusal = Refusal {
            code: clipped(&refusal.code),
            reason: clipped(&refusal.reason),
        };
        match (class, call) {
            (Class::Refused | Class::Denied | Class::Clock, _) => Self::Refused { class, refusal },
            (Class::Limited, _) => Self::Limited {
                retry_after: retry_after.unwrap_or(DEFAULT_WAIT).min(LONGEST_WAIT),
                refusal,
            },
            (Class::Absent, Call::Cancel | Call::Look) => Self::Absent(refusal),
            (Class::Duplicate, Call::Place) => Self::Duplicate(refusal),
            (Class::Already, Call::Set) => Self::Already,
            // A code at a call where it makes no sense says nothing that may be relied on.
            (Class::Unknown | Class::Absent | Class::Duplicate | Class::Already, _) => {
                Self::Unknown(refusal.to_string())
            }
        }
    }

    /// Nothing can be concluded, with what was seen.
    pub fn unknown(seen: &str) -> Self {
        Self::Unknown(clipped(seen))
    }

    /// What became of an act. An answer that reads as done and cannot be understood is not known to be done.
    pub fn outcome<T>(self, done: impl FnOnce() -> Result<T, ParseError>) -> Outcome<T> {
        match self {
            Self::Done => match done() {
                Ok(done) => Outcome::Done(done),
                Err(error) => Outcome::Unknown(error.to_string()),
            },
            Self::Refused { refusal, .. } | Self::Limited { refusal, .. } | Self::Absent(refusal) => {
                Outcome::Refused(refusal)
            }
            Self::Duplicate(refusal) => {
                Outcome::Unknown(format!("an order with this client id is on record: {refusal}"))
            }
            Self::Already => Outcome::Unknown("it stands already".to_owned()),
            Self::Unknown(seen) => Outcome::Unknown(seen),
        }
    }

    /// What a question found.
    ///
    /// # Errors
    /// When it has no answer.
    pub fn answer<T>(self, done: impl FnOnce() -> Result<T, ParseError>) -> Result<T, VenueError> {
        match self {
            Self::Done => done().map_err(VenueError::from),
            other => Err(other.error()),
        }
    }

    /// What a question after one order found. Only the venue's own word for it makes an order absent.
    ///
    /// # Errors
    /// When it has no answer.
    pub fn lookup(self, done: impl FnOnce() -> Result<Lookup, ParseError>) -> Result<Lookup, VenueError> {
        match self {
            Self::Absent(_) => Ok(Lookup::Absent),
            other => other.answer(done),
        }
    }

    /// Whether a setting stands now.
    ///
    /// # Errors
    /// When that is not known, or it was refused.
    pub fn stands(self) -> Result<(), VenueError> {
        match self {
            Self::Done | Self::Already => Ok(()),
            other => Err(other.error()),
        }
    }

    fn error(self) -> VenueError {
        match self {
            Self::Refused { refusal, .. } | Self::Absent(refusal) | Self::Duplicate(refusal) => {
                VenueError::Refused(refusal.to_string())
            }
            Self::Limited { retry_after, .. } => VenueError::RateLimited { retry_after },
            Self::Unknown(seen) => VenueError::Unreachable(seen),
            Self::Done | Self::Already => VenueError::Malformed("done, where there is nothing to do".to_owned()),
        }
    }
}

impl Reply<'_> {
    /// What the HTTP status alone says, where the body is not the venue's: an error page of a proxy, or nothing.
    pub fn by_status(&self, call: Call) -> Verdict {
        let seen = format!("HTTP {}", self.status);
        let refusal = Refusal {
            code: self.status.to_string(),
            reason: seen.clone(),
        };
        match self.status {
            // Whoever stands before the venue turned us away: the request went no further. A 403 without the venue's own
            // words comes from a firewall that counts requests, and says nothing about the key.
            403 | 418 | 429 => Verdict::of(Class::Limited, call, refusal, self.retry_after),
            401 => Verdict::of(Class::Denied, call, refusal, self.retry_after),
            _ => Verdict::Unknown(seen),
        }
    }

    /// Whether the status says that the body is an answer, and no error.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// Headers in which venues say when to ask again, in small letters: seconds to wait, or a point in time.
pub const WAIT_HEADERS: [&str; 3] = [
    "retry-after",
    "x-bapi-limit-reset-timestamp",
    "x-gate-ratelimit-reset-timestamp",
];

/// How long such a header wishes us to wait: its number is a wait in seconds when it is small, else a point in time in
/// seconds or milliseconds. What is no number says nothing.
pub fn wait(header: &str, now: Timestamp) -> Option<Duration> {
    /// Four months: no wait is longer.
    const LONGEST_SECONDS: u64 = 10_000_000;
    /// In seconds the year 5138, in milliseconds 1973: no point in time of ours is between.
    const EARLIEST_MILLIS: u64 = 100_000_000_000;
    let number: u64 = header.trim().parse().ok()?;
    if number < LONGEST_SECONDS {
        return Some(Duration::from_secs(number));
    }
    let millis = if number < EARLIEST_MILLIS {
        number * 1000
    } else {
        number
    };
    Some(Timestamp(i64::try_from(millis).ok()?).since(now))
}

fn clipped(text: &str) -> String {
    text.chars().take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal() -> Refusal {
        Refusal {
            code: "7".to_owned(),
            reason: "no".to_owned(),
        }
    }

    fn verdict(class: Class, call: Call) -> Verdict {
        Verdict::of(class, call, refusal(), None)
    }

    #[test]
    fn only_the_venues_own_word_makes_an_order_absent() {
        let lookup = |class| verdict(class, Call::Look).lookup(|| Err(ParseError::new("t", ".", "bad")));
        assert_eq!(lookup(Class::Absent), Ok(Lookup::Absent));
        for class in [
            Class::Refused,
            Class::Denied,
            Class::Clock,
            Class::Limited,
            Class::Unknown,
        ] {
            assert!(lookup(class).is_err(), "{class:?}");
        }
        for status in [400, 404, 500, 502, 503, 504] {
            let reply = Reply {
                status,
                retry_after: None,
                body: b"<html>",
            };
            let lookup = reply.by_status(Call::Look).lookup(|| Ok(Lookup::Absent));
            assert!(lookup.is_err(), "{status} says nothing about an order");
        }
    }

    #[test]
    fn a_firewall_limits_and_does_not_judge_the_key() {
        let verdict = |status| {
            let body = b"<html>";
            let retry_after = None;
            Reply {
                status,
                retry_after,
                body,
            }
            .by_status(Call::Place)
        };
        for status in [403, 418, 429] {
            assert!(matches!(verdict(status), Verdict::Limited { .. }), "{status}");
        }
        assert!(matches!(
            verdict(401),
            Verdict::Refused {
                class: Class::Denied,
                ..
            }
        ));
    }

    #[test]
    fn a_placed_order_is_refused_only_by_a_code_that_says_so() {
        let place = |class| verdict(class, Call::Place).outcome(|| Ok(()));
        for class in [Class::Refused, Class::Denied, Class::Clock, Class::Limited] {
            assert_eq!(place(class), Outcome::Refused(refusal()), "{class:?}");
        }
        for class in [Class::Unknown, Class::Duplicate, Class::Absent, Class::Already] {
            assert!(matches!(place(class), Outcome::Unknown(_)), "{class:?}");
        }
        assert_eq!(Code::class_of(&[], "-1"), Class::Unknown);
    }

    #[test]
    fn an_answer_that_reads_as_done_and_is_not_understood_is_unknown() {
        let outcome = Verdict::Done.outcome::<()>(|| Err(ParseError::new("place", "orderId", "missing")));
        assert_eq!(outcome, Outcome::Unknown("place: orderId: missing".to_owned()));
    }

    #[test]
    fn the_wait_is_the_venues_within_reason() {
        let wait = |retry_after| match Verdict::of(Class::Limited, Call::Look, refusal(), retry_after) {
            Verdict::Limited { retry_after, .. } => retry_after,
            other => panic!("{other:?}"),
        };
        assert_eq!(wait(None), DEFAULT_WAIT);
        assert_eq!(wait(Some(Duration::from_secs(3))), Duration::from_secs(3));
        assert_eq!(wait(Some(Duration::MAX)), LONGEST_WAIT);
    }

    #[test]
    fn a_wait_is_read_in_every_unit() {
        let now = Timestamp(1_700_000_000_000);
        let wait = |header| wait(header, now);
        assert_eq!(wait("30"), Some(Duration::from_secs(30)));
        assert_eq!(wait(" 1700000005 "), Some(Duration::from_secs(5)));
        assert_eq!(wait("1700000000250"), Some(Duration::from_millis(250)));
        assert_eq!(wait("1699999999000"), Some(Duration::ZERO), "it is over");
        for none in [
            "",
            "-1",
            "soon",
            "Wed, 21 Oct 2026 07:28:00 GMT",
            "99999999999999999999",
        ] {
            assert_eq!(wait(none), None, "{none}");
        }
    }

    #[test]
    fn a_setting_that_stands_already_stands() {
        assert_eq!(verdict(Class::Already, Call::Set).stands(), Ok(()));
        assert!(verdict(Class::Refused, Call::Set).stands().is_err());
        assert!(verdict(Class::Already, Call::Place).stands().is_err());
    }
}
