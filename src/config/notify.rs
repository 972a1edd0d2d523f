//! Section `notify`: who is told of alerts, and how often it is tried.

mod target;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::form::{duration, whole};
use super::wrong::WrongKeys;

pub(super) use target::is_name;
pub use target::{TargetKind, TargetSettings};

/// Most targets.
const MOST_TARGETS: usize = 20;

/// Who is told of alerts, and how often it is tried.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NotifySettings {
    /// How this daemon is called in messages.
    pub sender: String,
    /// Longest time for one message.
    #[serde(with = "duration")]
    pub deadline: Duration,
    /// How often it is looked for messages that wait.
    #[serde(with = "duration")]
    pub look_every: Duration,
    /// Attempts until a message is given up.
    #[serde(deserialize_with = "whole::deserialize")]
    pub attempts: u32,
    /// Wait after the first attempt; doubles up to `retry_max`.
    #[serde(with = "duration")]
    pub retry_first: Duration,
    /// Longest wait between two attempts.
    #[serde(with = "duration")]
    pub retry_max: Duration,
    /// Messages to one target within a minute.
    #[serde(deserialize_with = "whole::deserialize")]
    pub per_minute: u32,
    /// Failures of one target in a row until an alert.
    #[serde(deserialize_with = "whole::deserialize")]
    pub failures_until_alert: u32,
    /// The targets.
    pub targets: Vec<TargetSettings>,
}

impl NotifySettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let sender = (1..=40).contains(&self.sender.chars().count()) && !self.sender.chars().any(char::is_control);
        let rule = "must be 1 to 40 characters without line breaks";
        wrong.unless(sender, "notify.sender", &self.sender, rule);
        let shown = |value: Duration| duration::text(value);
        let short = self.deadline <= Duration::from_secs(60);
        wrong.unless(short, "notify.deadline", shown(self.deadline), "must be at most 60s");
        let often = (Duration::from_millis(10)..=Duration::from_secs(60)).contains(&self.look_every);
        let rule = "must be between 10ms and 60s";
        wrong.unless(often, "notify.look_every", shown(self.look_every), rule);
        let rule = "must be at least notify.retry_first";
        let rising = self.retry_max >= self.retry_first;
        wrong.unless(rising, "notify.retry_max", shown(self.retry_max), rule);
        wrong.between("notify.attempts", self.attempts, 1, 1_000);
        wrong.between("notify.per_minute", self.per_minute, 1, 600);
        wrong.between("notify.failures_until_alert", self.failures_until_alert, 1, 1_000);
        let few = self.targets.len() <= MOST_TARGETS;
        wrong.unless(few, "notify.targets", self.targets.len(), "must be at most 20");
        let mut seen = BTreeSet::new();
        for (index, target) in self.targets.iter().enumerate() {
            let key = format!("notify.targets[{index}]");
            let new = seen.insert(&target.name);
            wrong.unless(new, &format!("{key}.name"), &target.name, "must be given once");
            target.check(&key, wrong);
        }
    }
}
