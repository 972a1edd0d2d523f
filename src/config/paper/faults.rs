//! Table `paper.faults`: how often the paper venue misbehaves, for rehearsals.

use serde::{Deserialize, Serialize};

use super::super::form::whole;
use super::super::wrong::WrongKeys;

/// How often the paper venue misbehaves, each in one of a thousand calls; all zero for a well-behaved venue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PaperFaults {
    /// An order's answer is lost, and the venue does not have the order.
    #[serde(deserialize_with = "whole::deserialize")]
    pub lose_before_accept: u32,
    /// An order's answer is lost, and the venue has the order.
    #[serde(deserialize_with = "whole::deserialize")]
    pub lose_after_accept: u32,
    /// An order is refused.
    #[serde(deserialize_with = "whole::deserialize")]
    pub reject: u32,
    /// A poll has no answer.
    #[serde(deserialize_with = "whole::deserialize")]
    pub fail_poll: u32,
    /// A poll reports fills that were reported before.
    #[serde(deserialize_with = "whole::deserialize")]
    pub duplicate_fills: u32,
    /// A poll shows the positions of the poll before.
    #[serde(deserialize_with = "whole::deserialize")]
    pub stale_poll: u32,
}

impl PaperFaults {
    pub(super) fn check(self, wrong: &mut WrongKeys) {
        for (name, value) in [
            ("lose_before_accept", self.lose_before_accept),
            ("lose_after_accept", self.lose_after_accept),
            ("reject", self.reject),
            ("fail_poll", self.fail_poll),
            ("duplicate_fills", self.duplicate_fills),
            ("stale_poll", self.stale_poll),
        ] {
            wrong.between(&format!("paper.faults.{name}"), value, 0, 1_000);
        }
    }
}
