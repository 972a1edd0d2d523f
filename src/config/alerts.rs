//! Section `alerts`: when an operator is told.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::form::{decimal, duration, whole};
use super::wrong::WrongKeys;

/// When an operator is told.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AlertSettings {
    /// More unsettled positions than this.
    #[serde(deserialize_with = "whole::deserialize")]
    pub unsettled_count: u64,
    /// More unsettled power than this, as estimated.
    #[serde(with = "decimal")]
    pub unsettled_power: Decimal,
    /// A job that failed this often in a row.
    #[serde(deserialize_with = "whole::deserialize")]
    pub job_failures: u32,
    /// An unsettled position older than this.
    #[serde(with = "duration")]
    pub oldest_unsettled: Duration,
}

impl AlertSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        wrong.money("alerts.unsettled_power", self.unsettled_power);
        wrong.between("alerts.job_failures", self.job_failures, 1, 1_000);
    }
}
