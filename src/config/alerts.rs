//! Section `alerts`: when an operator is told.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::form::{decimal, duration, whole};
use super::wrong::WrongKeys;

/// Most closes of a user that are looked at.
const MOST_CLOSES: u32 = 200;

/// Most room that may be asked for: a pebibyte.
const MOST_MIB: u64 = 1024 * 1024 * 1024;

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
    /// How far back new closes are looked for.
    #[serde(with = "duration")]
    pub close_window: Duration,
    /// How many of a user's last closes are looked at for closes by hand.
    #[serde(deserialize_with = "whole::deserialize")]
    pub hand_closes: u32,
    /// Fewer closes than this say nothing.
    #[serde(deserialize_with = "whole::deserialize")]
    pub hand_closes_least: u32,
    /// A share of closes by hand of this or more.
    #[serde(with = "decimal")]
    pub hand_share: Decimal,
    /// How many other profitable closes the usual profit is taken from.
    #[serde(deserialize_with = "whole::deserialize")]
    pub spike_closes: u32,
    /// Fewer than this say nothing.
    #[serde(deserialize_with = "whole::deserialize")]
    pub spike_closes_least: u32,
    /// A profit above this many times the usual one,
    #[serde(with = "decimal")]
    pub spike_factor: Decimal,
    /// and above this.
    #[serde(with = "decimal")]
    pub spike_floor: Decimal,
    /// How long an alert on a spike stays open.
    #[serde(with = "duration")]
    pub spike_open_for: Duration,
    /// How far back it is looked at what was charged and what is owed.
    #[serde(with = "duration")]
    pub debt_window: Duration,
    /// A share of owed power above this.
    #[serde(with = "decimal")]
    pub debt_share: Decimal,
    /// Less power than this says nothing.
    #[serde(with = "decimal")]
    pub debt_least: Decimal,
    /// Less room than this on the disk of the database or of the state directory, in MiB; zero for never.
    #[serde(deserialize_with = "whole::deserialize")]
    pub disk_low_mib: u64,
}

impl AlertSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        wrong.money("alerts.unsettled_power", self.unsettled_power);
        wrong.between("alerts.job_failures", self.job_failures, 1, 1_000);
        self.check_closes(wrong);
        wrong.share("alerts.debt_share", self.debt_share);
        wrong.money("alerts.debt_least", self.debt_least);
        wrong.between("alerts.disk_low_mib", self.disk_low_mib, 0, MOST_MIB);
    }

    fn check_closes(&self, wrong: &mut WrongKeys) {
        let longest = Duration::from_secs(24 * 3_600);
        let window = duration::text(self.close_window);
        wrong.unless(
            self.close_window <= longest,
            "alerts.close_window",
            window,
            "must be at most 1d",
        );
        wrong.between("alerts.hand_closes", self.hand_closes, 1, MOST_CLOSES);
        let (key, most) = ("alerts.hand_closes_least", self.hand_closes.max(1));
        wrong.between(key, self.hand_closes_least, 1, most);
        wrong.share("alerts.hand_share", self.hand_share);
        wrong.between("alerts.spike_closes", self.spike_closes, 1, MOST_CLOSES);
        let (key, most) = ("alerts.spike_closes_least", self.spike_closes.max(1));
        wrong.between(key, self.spike_closes_least, 1, most);
        wrong.between(
            "alerts.spike_factor",
            self.spike_factor,
            Decimal::ONE,
            Decimal::from(1_000_000),
        );
        wrong.money("alerts.spike_floor", self.spike_floor);
        let open = duration::text(self.spike_open_for);
        let rule = "must be at least alerts.close_window, or a spike would be told again and again";
        wrong.unless(
            self.spike_open_for >= self.close_window,
            "alerts.spike_open_for",
            open,
            rule,
        );
    }
}
