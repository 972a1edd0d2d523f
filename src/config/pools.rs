//! Section `pools`: paying the yield of products.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::form::{duration, whole};
use super::wrong::WrongKeys;

/// Paying the yield of products.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PoolSettings {
    /// How often it is looked for days that have ended.
    #[serde(with = "duration")]
    pub look_every: Duration,
    /// Holdings that are written in one commit.
    #[serde(deserialize_with = "whole::deserialize")]
    pub page: u32,
}

impl PoolSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let often = (Duration::from_secs(1)..=Duration::from_secs(3_600)).contains(&self.look_every);
        let shown = duration::text(self.look_every);
        wrong.unless(often, "pools.look_every", shown, "must be between 1s and 1h");
        wrong.between("pools.page", self.page, 1, 2_000);
    }
}
