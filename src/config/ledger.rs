//! Section `ledger`: the single writer of money.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::form::{duration, whole};
use super::wrong::WrongKeys;

/// The single writer of money.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerSettings {
    /// Requests that are decided and written in one transaction.
    #[serde(deserialize_with = "whole::deserialize")]
    pub group_limit: usize,
    /// Requests that may wait.
    #[serde(deserialize_with = "whole::deserialize")]
    pub queue_limit: usize,
    /// Wait before a failed commit is tried again the first time.
    #[serde(with = "duration")]
    pub retry_first: Duration,
    /// Longest wait before a failed commit is tried again.
    #[serde(with = "duration")]
    pub retry_max: Duration,
    /// How long a sender waits for its receipt.
    #[serde(with = "duration")]
    pub deadline: Duration,
    /// How often the ledger shows that it lives.
    #[serde(with = "duration")]
    pub pulse_interval: Duration,
}

impl LedgerSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        wrong.between("ledger.group_limit", self.group_limit, 1, 1_000);
        let rule = "must be at least ledger.group_limit, and at most 1000000";
        let holds = (self.group_limit..=1_000_000).contains(&self.queue_limit);
        wrong.unless(holds, "ledger.queue_limit", self.queue_limit, rule);
        let max = duration::text(self.retry_max);
        let rule = "must be at least ledger.retry_first";
        wrong.unless(self.retry_max >= self.retry_first, "ledger.retry_max", max, rule);
    }
}
