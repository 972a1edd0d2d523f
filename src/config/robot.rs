//! Section `robot`: one robot's own limits.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::form::{decimal, duration, whole};
use super::wrong::WrongKeys;

/// Most commits take less, also on a busy machine.
const LEAST_SEND_WITHIN: Duration = Duration::from_millis(250);

/// One robot's own limits.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RobotSettings {
    /// Mails that may wait.
    #[serde(deserialize_with = "whole::deserialize")]
    pub mailbox: usize,
    /// Longest wait for the sync that precedes an open.
    #[serde(with = "duration")]
    pub forced_sync_deadline: Duration,
    /// Longest wait for the venue's answer to an order; after it the outcome is unknown.
    #[serde(with = "duration")]
    pub place_deadline: Duration,
    /// Wait before a failed close is tried again the first time.
    #[serde(with = "duration")]
    pub close_retry_first: Duration,
    /// Longest wait before a failed close is tried again.
    #[serde(with = "duration")]
    pub close_retry_max: Duration,
    /// Share of the give-back by which a peak must move before it is written down, in percent.
    #[serde(with = "decimal")]
    pub peak_step_percent: Decimal,
    /// Share of the way to liquidation at which a position is closed, in percent.
    #[serde(with = "decimal")]
    pub liquidation_guard_percent: Decimal,
    /// Maintenance margin where the venue does not tell its liquidation price, in percent of the notional.
    #[serde(with = "decimal")]
    pub maintenance_margin_percent: Decimal,
}

impl RobotSettings {
    /// An order that is still being sent must not count as never placed: hence the sync's grace. What is left of it is how
    /// old an intent may be when it is sent.
    pub(super) fn check(&self, lookup_grace: Duration, wrong: &mut WrongKeys) {
        wrong.between("robot.mailbox", self.mailbox, 1, 65_536);
        let deadline = duration::text(self.place_deadline);
        wrong.unless(
            self.place_deadline.saturating_add(LEAST_SEND_WITHIN) <= lookup_grace,
            "robot.place_deadline",
            deadline,
            "must be at least 250ms below sync.lookup_grace",
        );
        let max = duration::text(self.close_retry_max);
        let rule = "must be at least robot.close_retry_first";
        wrong.unless(
            self.close_retry_max >= self.close_retry_first,
            "robot.close_retry_max",
            max,
            rule,
        );
        for (name, value) in [
            ("peak_step_percent", self.peak_step_percent),
            ("liquidation_guard_percent", self.liquidation_guard_percent),
            ("maintenance_margin_percent", self.maintenance_margin_percent),
        ] {
            wrong.between(&format!("robot.{name}"), value, Decimal::ZERO, Decimal::ONE_HUNDRED);
        }
    }
}
