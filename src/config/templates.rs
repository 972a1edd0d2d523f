//! Section `templates`: thresholds and exits by market state and risk preference.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::form::{decimal, whole};
use super::wrong::WrongKeys;

/// Thresholds and exits, by market state, and how the state is told.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateSettings {
    /// How the market state is told from hourly bars.
    pub classifier: Classifier,
    /// Prices that go somewhere.
    pub trend: RiskTemplates,
    /// Prices that go to and fro.
    pub ranging: RiskTemplates,
    /// Prices that jump.
    pub high_volatility: RiskTemplates,
    /// Prices that hardly move.
    pub low_volatility: RiskTemplates,
}

/// How the market state is told from hourly bars.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Classifier {
    /// How many bars of each horizon are looked at, 2 to 60.
    #[serde(deserialize_with = "whole::deserialize")]
    pub bars: u32,
    /// How many of the four horizons must agree on a trend, 1 to 4.
    #[serde(deserialize_with = "whole::deserialize")]
    pub trend_votes: u32,
    /// Net move as a share of the summed moves that makes a trend, between 0 and 1.
    #[serde(with = "decimal")]
    pub trend_strength: Decimal,
    /// Average range of a bar that makes high volatility, in percent of the price.
    #[serde(with = "decimal")]
    pub high_volatility_percent: Decimal,
    /// Average range of a bar that makes low volatility, in percent of the price.
    #[serde(with = "decimal")]
    pub low_volatility_percent: Decimal,
}

/// The templates of one market state, by risk preference.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RiskTemplates {
    /// For those who want few, safe trades.
    pub conservative: ExitTemplate,
    /// Between the two.
    pub balanced: ExitTemplate,
    /// For those who want many trades.
    pub aggressive: ExitTemplate,
}

/// When a position is opened and closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExitTemplate {
    /// Breakout distance from the window's low or high, in percent of the price.
    #[serde(with = "decimal")]
    pub threshold_percent: Decimal,
    /// Loss that closes, in percent of the margin.
    #[serde(with = "decimal")]
    pub stop_loss_percent: Decimal,
    /// Profit that arms the trailing take-profit, in percent of the margin.
    #[serde(with = "decimal")]
    pub arm_percent: Decimal,
    /// Fall from the peak that closes once armed, in percent of the peak profit.
    #[serde(with = "decimal")]
    pub give_back_percent: Decimal,
}

impl TemplateSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        self.classifier.check(wrong);
        for (state, templates) in [
            ("trend", &self.trend),
            ("ranging", &self.ranging),
            ("high_volatility", &self.high_volatility),
            ("low_volatility", &self.low_volatility),
        ] {
            for (risk, template) in [
                ("conservative", &templates.conservative),
                ("balanced", &templates.balanced),
                ("aggressive", &templates.aggressive),
            ] {
                template.check(&format!("templates.{state}.{risk}"), wrong);
            }
        }
    }
}

impl Classifier {
    fn check(&self, wrong: &mut WrongKeys) {
        wrong.between("templates.classifier.bars", self.bars, 2, 60);
        wrong.between("templates.classifier.trend_votes", self.trend_votes, 1, 4);
        wrong.share("templates.classifier.trend_strength", self.trend_strength);
        wrong.positive(
            "templates.classifier.low_volatility_percent",
            self.low_volatility_percent,
        );
        let key = "templates.classifier.high_volatility_percent";
        let holds = self.high_volatility_percent > self.low_volatility_percent;
        let rule = "must be more than templates.classifier.low_volatility_percent";
        wrong.unless(holds, key, self.high_volatility_percent, rule);
    }
}

impl ExitTemplate {
    fn check(&self, key: &str, wrong: &mut WrongKeys) {
        for (name, value) in [
            ("threshold_percent", self.threshold_percent),
            ("stop_loss_percent", self.stop_loss_percent),
            ("arm_percent", self.arm_percent),
            ("give_back_percent", self.give_back_percent),
        ] {
            wrong.positive(&format!("{key}.{name}"), value);
        }
        let holds = self.give_back_percent < Decimal::ONE_HUNDRED;
        wrong.unless(
            holds,
            &format!("{key}.give_back_percent"),
            self.give_back_percent,
            "must be less than 100",
        );
    }
}
