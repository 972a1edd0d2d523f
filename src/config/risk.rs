//! Section `risk`: what is checked before an open.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::form::{choice, decimal, duration, whole};
use super::wrong::WrongKeys;

/// What is checked before an open.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RiskSettings {
    /// Positions that one venue account may have open at once.
    #[serde(deserialize_with = "whole::deserialize")]
    pub max_open_positions_per_account: u32,
    /// Largest notional of one order, in the quote coin.
    #[serde(with = "decimal")]
    pub max_notional: Decimal,
    /// Largest notional that one account may hold on one market, all its robots and both sides together, in the quote coin.
    #[serde(with = "decimal")]
    pub max_symbol_notional: Decimal,
    /// Whether robots may hold opposite sides of one market of a one-way account.
    #[serde(deserialize_with = "choice::deserialize")]
    pub opposite_robots: OppositeChoice,
    /// Oldest price that may be opened on.
    #[serde(with = "duration")]
    pub price_max_age: Duration,
    /// Orders that one robot may place per minute.
    #[serde(deserialize_with = "whole::deserialize")]
    pub max_orders_per_minute: u32,
}

/// Whether robots may hold opposite sides of one market of a one-way account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OppositeChoice {
    /// Who comes second does not open.
    Refuse,
    /// The venue nets them.
    Net,
}

impl RiskSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let key = "risk.max_open_positions_per_account";
        wrong.between(key, self.max_open_positions_per_account, 1, 100_000);
        wrong.positive("risk.max_notional", self.max_notional);
        wrong.positive("risk.max_symbol_notional", self.max_symbol_notional);
        wrong.between("risk.max_orders_per_minute", self.max_orders_per_minute, 1, 6_000);
    }
}
