//! Section `payouts`: who pays on a chain, with which key, for how much gas, and how much at most.

mod key;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::chains::ChainsSettings;
use super::form::{decimal, duration, flag, whole};
use super::wrong::WrongKeys;

pub use key::{KeyPlace, PayerKeySettings};

/// The payers, by the name of their chain.
pub type PayoutsSettings = BTreeMap<String, PayoutSettings>;

/// The payer of one chain.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PayoutSettings {
    /// Where its key is.
    pub key: PayerKeySettings,
    /// Blocks that a payout must be deep to count as done.
    #[serde(deserialize_with = "whole::deserialize")]
    pub confirmations: u32,
    /// Gas is never paid for with more, tip included, in gwei.
    #[serde(with = "decimal")]
    pub max_fee_gwei: Decimal,
    /// The tip is never less, in gwei.
    #[serde(with = "decimal")]
    pub tip_gwei: Decimal,
    /// What waits to be in a block for so long is sent again for more.
    #[serde(with = "duration")]
    pub stuck_after: Duration,
    /// So much more, in percent. Nodes take no replacement below 10 %.
    #[serde(deserialize_with = "whole::deserialize")]
    pub bump_percent: u32,
    /// Money that one user is paid within a day at most.
    #[serde(with = "decimal")]
    pub per_user_day: Decimal,
    /// Money that is paid within a day at most.
    #[serde(with = "decimal")]
    pub per_day: Decimal,
    /// Money that must be left in the vault.
    #[serde(with = "decimal")]
    pub reserve_floor: Decimal,
    /// The chain's own coin that must be left with the payer, in whole coins; below it an alert is raised.
    #[serde(with = "decimal")]
    pub gas_floor: Decimal,
    /// Whether payouts are made and signed, and not sent.
    #[serde(deserialize_with = "flag::deserialize")]
    pub dry_run: bool,
}

impl Default for PayoutSettings {
    fn default() -> Self {
        Self {
            key: PayerKeySettings::default(),
            confirmations: 12,
            max_fee_gwei: Decimal::from(200),
            tip_gwei: Decimal::ONE,
            stuck_after: Duration::from_secs(90),
            bump_percent: 15,
            per_user_day: Decimal::from(10_000),
            per_day: Decimal::from(100_000),
            reserve_floor: Decimal::ZERO,
            gas_floor: Decimal::new(5, 2),
            dry_run: false,
        }
    }
}

/// Names of secret files without a folder are credentials that systemd passes: they are looked for in its folder.
pub(super) fn resolve(payouts: &mut PayoutsSettings, credentials: Option<&Path>) {
    for payout in payouts.values_mut() {
        payout.key.resolve(credentials);
    }
}

pub(super) fn check(payouts: &PayoutsSettings, chains: &ChainsSettings, environment: &str, wrong: &mut WrongKeys) {
    for (name, payout) in payouts {
        let key = format!("payouts.{name}");
        let rule = "must be named as one of the chains";
        wrong.unless(chains.contains_key(name), &key, name, rule);
        payout.check(&key, environment, wrong);
    }
}

impl PayoutSettings {
    fn check(&self, key: &str, environment: &str, wrong: &mut WrongKeys) {
        self.key.check(&format!("{key}.key"), environment, wrong);
        let key = |name: &str| format!("{key}.{name}");
        wrong.between(&key("confirmations"), self.confirmations, 1, 100_000);
        let gwei = |wrong: &mut WrongKeys, name: &str, value: Decimal, low: Decimal| {
            wrong.between(&key(name), value, low, Decimal::from(100_000));
            let whole = value.normalize().scale() <= 9;
            wrong.unless(
                whole,
                &key(name),
                value,
                "must have at most 9 decimal places: a gwei is 10^9 wei",
            );
        };
        gwei(wrong, "max_fee_gwei", self.max_fee_gwei, Decimal::new(1, 9));
        gwei(wrong, "tip_gwei", self.tip_gwei, Decimal::ZERO);
        let rule = format!("must be at most {}", key("max_fee_gwei"));
        wrong.unless(
            self.tip_gwei <= self.max_fee_gwei,
            &key("tip_gwei"),
            self.tip_gwei,
            &rule,
        );
        let fits = (Duration::from_secs(1)..=Duration::from_secs(86_400)).contains(&self.stuck_after);
        let shown = duration::text(self.stuck_after);
        wrong.unless(fits, &key("stuck_after"), shown, "must be between 1s and 1d");
        wrong.between(&key("bump_percent"), self.bump_percent, 10, 100);
        wrong.positive(&key("per_user_day"), self.per_user_day);
        wrong.positive(&key("per_day"), self.per_day);
        let rule = format!("must be at most {}", key("per_day"));
        wrong.unless(
            self.per_user_day <= self.per_day,
            &key("per_user_day"),
            self.per_user_day,
            &rule,
        );
        wrong.money(&key("reserve_floor"), self.reserve_floor);
        wrong.money(&key("gas_floor"), self.gas_floor);
    }
}
