//! Pauses: paused opens nothing, still syncs, still closes, still settles.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;
use crate::venue::VenueName;

/// What a pause covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PauseScope {
    /// Everything.
    Global,
    /// One venue.
    Venue(VenueName),
}

impl fmt::Display for PauseScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => f.write_str("global"),
            Self::Venue(venue) => write!(f, "venue:{venue}"),
        }
    }
}

impl PauseScope {
    /// From `global` or `venue:NAME`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "global" => Some(Self::Global),
            Some(("venue", name)) => VenueName::parse(name).map(Self::Venue),
            _ => None,
        }
    }
}

impl Serialize for PauseScope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PauseScope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("scope must be `global` or `venue:NAME`"))
    }
}

/// The last word on one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What it covers.
    pub scope: PauseScope,
    /// Whether it is paused now.
    pub paused: bool,
    /// Who said so.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Whether anything among `pauses` forbids opening at this venue.
pub fn is_paused(pauses: &[Pause], venue: VenueName) -> bool {
    pauses.iter().any(|pause| {
        pause.paused
            && match pause.scope {
                PauseScope::Global => true,
                PauseScope::Venue(name) => name == venue,
            }
    })
}
