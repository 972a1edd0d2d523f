//! One fault script, as it is told in JSON.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::board::{self, LONGEST, ScriptError, Scripted, unless};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// The request never arrives: nothing is done, and the connection is cut.
    LoseRequest,
    /// The request is done, and the connection is cut instead of an answer.
    LoseReply,
    /// The same once the order that was placed has ended, or ten seconds have passed.
    LoseReplyAfterFill,
    /// The answer comes later, or the push.
    Delay {
        /// By so much.
        milliseconds: u64,
    },
    /// Too many requests: HTTP 429.
    Limited {
        /// To be waited.
        seconds: u64,
    },
    /// Banned for too many requests: HTTP 418.
    Banned {
        /// To be waited.
        seconds: u64,
    },
    /// An error inside: nothing is done.
    Broken {
        /// Status of HTTP, 500 to 599.
        status: u16,
    },
    /// The request is done, and the answer says that something went wrong inside.
    BrokenAfter {
        /// Status of HTTP, 500 to 599.
        status: u16,
    },
    /// What was answered to the same question before.
    Stale,
    /// The venue's clock is off, for as long as the script stands.
    Skew {
        /// By so much; positive is ahead.
        milliseconds: i64,
    },
    /// Nothing more is pushed over the socket for a while; what there is to push is lost.
    Silence {
        /// For so long.
        milliseconds: u64,
    },
    /// The push comes twice.
    Duplicate,
    /// The push comes after the next one.
    Reorder,
    /// The push is lost.
    LosePush,
    /// The socket is cut instead of the push.
    Cut,
}

/// What goes wrong, where and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Script {
    /// What.
    #[serde(flatten)]
    pub what: What,
    /// At this method and path, or this stream; with a star at its end, at all that begin so. Everywhere when absent.
    pub endpoint: Option<String>,
    /// With this key alone.
    pub key: Option<String>,
    /// So often; until it is cleared when null. Once when absent; a skew stands until it is cleared.
    pub times: Option<u32>,
    /// In so many of a thousand cases; in each when absent.
    pub per_mille: Option<u32>,
    /// Of the draws.
    pub seed: u64,
}

impl What {
    /// Whether it happens to requests.
    pub const fn is_of_requests(&self) -> bool {
        match self {
            Self::LoseRequest
            | Self::LoseReply
            | Self::LoseReplyAfterFill
            | Self::Delay { .. }
            | Self::Limited { .. }
            | Self::Banned { .. }
            | Self::Broken { .. }
            | Self::BrokenAfter { .. }
            | Self::Stale => true,
            Self::Skew { .. } | Self::Silence { .. } | Self::Duplicate | Self::Reorder | Self::LosePush | Self::Cut => {
                false
            }
        }
    }

    /// Whether it happens to pushes.
    pub const fn is_of_pushes(&self) -> bool {
        !self.is_of_requests() && !matches!(self, Self::Skew { .. })
    }

    /// How long it lasts.
    pub const fn length(&self) -> Duration {
        match self {
            Self::Delay { milliseconds } | Self::Silence { milliseconds } => Duration::from_millis(*milliseconds),
            _ => Duration::ZERO,
        }
    }
}

impl Scripted for Script {
    fn check(&self) -> Result<(), ScriptError> {
        match &self.what {
            What::Delay { milliseconds } | What::Silence { milliseconds } => {
                unless(*milliseconds <= LONGEST, "milliseconds", "at most 600000")
            }
            What::Limited { seconds } | What::Banned { seconds } => {
                unless(*seconds <= 86_400, "seconds", "at most 86400")
            }
            What::Broken { status } | What::BrokenAfter { status } => {
                unless((500..600).contains(status), "status", "500 to 599")
            }
            What::Skew { milliseconds } => {
                let within = milliseconds.unsigned_abs() <= 86_400_000;
                unless(within, "milliseconds", "within a day")
            }
            _ => Ok(()),
        }
    }

    fn per_mille(&self) -> Option<u32> {
        self.per_mille
    }

    fn seed(&self) -> u64 {
        self.seed
    }

    fn times(&mut self) -> &mut Option<u32> {
        &mut self.times
    }
}

impl Script {
    /// Whether it is aimed at this place and key.
    pub(super) fn is_at(&self, place: &str, key: Option<&str>) -> bool {
        board::is_at(self.endpoint.as_deref(), place) && self.key.as_deref().is_none_or(|own| key == Some(own))
    }
}

/// What is told beside the fault itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Aim {
    #[serde(default)]
    endpoint: Option<String>,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    per_mille: Option<u32>,
    #[serde(default)]
    seed: u64,
}

impl<'de> Deserialize<'de> for Script {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let mut fields = Map::<String, Value>::deserialize(deserializer)?;
        let mut aim = Map::new();
        for name in ["endpoint", "key", "per_mille", "seed"] {
            if let Some(value) = fields.remove(name) {
                aim.insert(name.to_owned(), value);
            }
        }
        let times = fields.remove("times");
        let names: Vec<String> = fields.keys().cloned().collect();
        let what: What = serde_json::from_value(Value::Object(fields)).map_err(D::Error::custom)?;
        let known = serde_json::to_value(&what).map_err(D::Error::custom)?;
        // A tagged variant without fields of its own would take any.
        if let Some(name) = names.iter().find(|name| known.get(name.as_str()).is_none()) {
            return Err(D::Error::custom(format!("unknown field `{name}`")));
        }
        let aim: Aim = serde_json::from_value(Value::Object(aim)).map_err(D::Error::custom)?;
        let times = match times {
            Some(Value::Null) => None,
            Some(times) => Some(serde_json::from_value(times).map_err(D::Error::custom)?),
            None if matches!(what, What::Skew { .. }) => None,
            None => Some(1),
        };
        Ok(Self {
            what,
            endpoint: aim.endpoint,
            key: aim.key,
            times,
            per_mille: aim.per_mille,
            seed: aim.seed,
        })
    }
}
