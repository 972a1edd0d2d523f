//! Section `sync`: polling and reconciling venue accounts.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::venue::VenueName;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::form::whole::Count;
use super::form::{duration, whole};
use super::wrong::WrongKeys;

/// The venues whose requests are counted by the scheduler; the others count their own.
const COUNTED: [VenueName; 1] = [VenueName::Paper];
/// What a venue that is not listed may spend per minute.
const UNLISTED_WEIGHT: u32 = 2_400;

/// Polling and reconciling venue accounts.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SyncSettings {
    /// How often an account with an open position is polled.
    #[serde(with = "duration")]
    pub open_interval: Duration,
    /// How often an account without one is polled.
    #[serde(with = "duration")]
    pub flat_interval: Duration,
    /// How often an account with an open position is polled while its venue tells at once what happens on it.
    #[serde(with = "duration")]
    pub heard_open_interval: Duration,
    /// The same for an account without one.
    #[serde(with = "duration")]
    pub heard_flat_interval: Duration,
    /// Longest time for one poll.
    #[serde(with = "duration")]
    pub poll_deadline: Duration,
    /// Polls in flight at once.
    #[serde(deserialize_with = "whole::deserialize")]
    pub parallel_polls: usize,
    /// How long an unknown order must be absent before it counts as never placed.
    #[serde(with = "duration")]
    pub lookup_grace: Duration,
    /// Fills that are asked for per page.
    #[serde(deserialize_with = "whole::deserialize")]
    pub fills_page: u32,
    /// How often the whole history since the cursor is compared.
    #[serde(with = "duration")]
    pub full_pass_interval: Duration,
    /// Request weight per minute, by venue.
    #[serde(deserialize_with = "weights")]
    pub weight_per_minute: BTreeMap<String, u32>,
}

fn weights<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, u32>, D::Error> {
    let counts = BTreeMap::<String, Count>::deserialize(deserializer)?;
    Ok(counts.into_iter().map(|(venue, count)| (venue, count.0)).collect())
}

impl SyncSettings {
    /// Request weight that this venue may spend per minute.
    #[must_use]
    pub fn weight_of(&self, venue: VenueName) -> u32 {
        self.weight_per_minute
            .get(venue.as_str())
            .copied()
            .unwrap_or(UNLISTED_WEIGHT)
    }

    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        for (key, interval, other, least) in [
            ("flat_interval", self.flat_interval, "open_interval", self.open_interval),
            (
                "heard_open_interval",
                self.heard_open_interval,
                "open_interval",
                self.open_interval,
            ),
            (
                "heard_flat_interval",
                self.heard_flat_interval,
                "flat_interval",
                self.flat_interval,
            ),
        ] {
            let (key, rule) = (format!("sync.{key}"), format!("must be at least sync.{other}"));
            wrong.unless(interval >= least, &key, duration::text(interval), &rule);
        }
        wrong.between("sync.parallel_polls", self.parallel_polls, 1, 10_000);
        wrong.between("sync.fills_page", self.fills_page, 1, 1_000);
        for (venue, weight) in &self.weight_per_minute {
            let key = format!("sync.weight_per_minute.{venue}");
            let known = COUNTED.map(VenueName::as_str).join(", ");
            let rule = format!("must belong to a venue whose requests are counted here: {known}");
            let is_counted = VenueName::parse(venue).is_some_and(|venue| COUNTED.contains(&venue));
            wrong.unless(is_counted, &key, weight, &rule);
            wrong.between(&key, *weight, 1, 100_000_000);
        }
    }
}
