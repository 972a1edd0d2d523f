//! Table `paper.faults`: how often the paper venue misbehaves, for rehearsals.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::form::{duration, whole};
use super::super::wrong::WrongKeys;

/// How often the paper venue misbehaves, each in one of a thousand calls; all zero for a well-behaved venue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PaperFaults {
    /// A call never arrives, and its sender does not learn that.
    #[serde(deserialize_with = "whole::deserialize")]
    pub lose_before_accept: u32,
    /// An order is accepted, and the answer is lost.
    #[serde(deserialize_with = "whole::deserialize")]
    pub lose_after_accept: u32,
    /// An order is refused.
    #[serde(deserialize_with = "whole::deserialize")]
    pub reject: u32,
    /// A poll is told to come again later.
    #[serde(deserialize_with = "whole::deserialize")]
    pub rate_limited: u32,
    /// A poll repeats fills that were reported before.
    #[serde(deserialize_with = "whole::deserialize")]
    pub duplicate_fills: u32,
    /// A poll shows the positions of the poll before.
    #[serde(deserialize_with = "whole::deserialize")]
    pub stale_positions: u32,
    /// An answer is late.
    #[serde(deserialize_with = "whole::deserialize")]
    pub delayed: u32,
    /// Longest such delay.
    #[serde(with = "duration")]
    pub longest_delay: Duration,
}

impl PaperFaults {
    pub(super) fn check(self, wrong: &mut WrongKeys) {
        for (name, value) in self.shares() {
            wrong.between(&format!("paper.faults.{name}"), value, 0, 1_000);
        }
    }

    /// Whether it misbehaves at all.
    #[must_use]
    pub fn any(self) -> bool {
        self.shares().into_iter().any(|(_, share)| share > 0)
    }

    fn shares(self) -> [(&'static str, u32); 7] {
        [
            ("lose_before_accept", self.lose_before_accept),
            ("lose_after_accept", self.lose_after_accept),
            ("reject", self.reject),
            ("rate_limited", self.rate_limited),
            ("duplicate_fills", self.duplicate_fills),
            ("stale_positions", self.stale_positions),
            ("delayed", self.delayed),
        ]
    }
}
