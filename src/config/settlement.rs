//! Section `settlement`: charging power for profits.

use std::time::Duration;

use domain::position::ProfitBasis;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::form::{choice, decimal, duration, flag, whole};
use super::wrong::WrongKeys;

/// Charging power for profits.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementSettings {
    /// Share of the profit that is owed, between 0 and 1.
    #[serde(with = "decimal")]
    pub power_rate: Decimal,
    /// Which profit.
    #[serde(deserialize_with = "choice::deserialize")]
    pub profit_basis: ProfitBasis,
    /// Which wallets pay, in this order.
    #[serde(deserialize_with = "choice::list")]
    pub pay_order: Vec<PayFrom>,
    /// How often everything that is still unsettled is looked at.
    #[serde(with = "duration")]
    pub sweep_interval: Duration,
    /// Rows per page of the sweep.
    #[serde(deserialize_with = "whole::deserialize")]
    pub sweep_page: u32,
    /// Whether positions that the daemon did not open are charged too.
    #[serde(deserialize_with = "flag::deserialize")]
    pub charge_external: bool,
    /// Debt above which a user may not open positions, in power.
    #[serde(with = "decimal")]
    pub debt_limit: Decimal,
    /// Power that is reserved when a position opens.
    pub hold: HoldSettings,
}

/// Power that is reserved when a position opens.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HoldSettings {
    /// Whether it is.
    #[serde(deserialize_with = "choice::deserialize")]
    pub mode: HoldChoice,
    /// Expected profit as a share of the margin, where a strategy's exits name none.
    #[serde(with = "decimal")]
    pub expected_profit: Decimal,
    /// After this a hold may be given back, unless its position lives.
    #[serde(with = "duration")]
    pub expires_after: Duration,
    /// How often holds are looked at.
    #[serde(with = "duration")]
    pub release_interval: Duration,
    /// How long after its hold a position may come to be.
    #[serde(with = "duration")]
    pub grace: Duration,
}

/// Whether power is reserved when a position opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldChoice {
    /// Without it nothing is opened.
    Required,
    /// Where it cannot be had, the position opens without it.
    BestEffort,
    /// It is not.
    Off,
}

/// A wallet that power is paid from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PayFrom {
    /// Power that was given.
    Gift,
    /// Power that was bought.
    Power,
}

impl SettlementSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        wrong.share("settlement.power_rate", self.power_rate);
        let once = match self.pay_order.as_slice() {
            [_] => true,
            [first, second] => first != second,
            _ => false,
        };
        let given = format!("{:?}", self.pay_order).to_lowercase();
        let rule = "must name gift, power or both, each once";
        wrong.unless(once, "settlement.pay_order", given, rule);
        wrong.between("settlement.sweep_page", self.sweep_page, 1, 10_000);
        wrong.money("settlement.debt_limit", self.debt_limit);
        wrong.share("settlement.hold.expected_profit", self.hold.expected_profit);
    }
}
