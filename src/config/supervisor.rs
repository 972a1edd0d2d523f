//! Section `supervisor`: restarts and quarantine of actors.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::form::{duration, whole};
use super::wrong::WrongKeys;

/// Restarts and quarantine of actors.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SupervisorSettings {
    /// How often wanted and living actors are compared.
    #[serde(with = "duration")]
    pub tick: Duration,
    /// How often the wanted robots are read without being asked to.
    #[serde(with = "duration")]
    pub read_every: Duration,
    /// Robots that are started per tick.
    #[serde(deserialize_with = "whole::deserialize")]
    pub spawns_per_tick: usize,
    /// Longest wait for a robot to take a close.
    #[serde(with = "duration")]
    pub close_deadline: Duration,
    /// Wait before the first restart.
    #[serde(with = "duration")]
    pub backoff_first: Duration,
    /// Longest wait before a restart.
    #[serde(with = "duration")]
    pub backoff_max: Duration,
    /// Crashes within `crash_window` that end in quarantine.
    #[serde(deserialize_with = "whole::deserialize")]
    pub crashes_until_quarantine: u32,
    /// Over which time crashes are counted.
    #[serde(with = "duration")]
    pub crash_window: Duration,
}

impl SupervisorSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let max = duration::text(self.backoff_max);
        let rule = "must be at least supervisor.backoff_first";
        wrong.unless(
            self.backoff_max >= self.backoff_first,
            "supervisor.backoff_max",
            max,
            rule,
        );
        wrong.between(
            "supervisor.crashes_until_quarantine",
            self.crashes_until_quarantine,
            1,
            1_000,
        );
    }
}
