//! Templates: threshold and exits by market state and risk preference.

use serde::{Deserialize, Serialize};

use crate::fixed::Ratio;
use crate::position::Exits;
use crate::robot::RiskPreference;
use crate::robot::validate::FieldError;
use crate::strategy::market_state::MarketState;

/// When to enter and when to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Share of the price by which it must have left the window's low or high.
    pub threshold: Ratio,
    /// Exits of a position that is opened by it.
    pub exits: Exits,
}

/// The templates of one market state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplatesByRisk {
    /// For conservative robots.
    pub conservative: Template,
    /// For balanced robots.
    pub balanced: Template,
    /// For aggressive robots.
    pub aggressive: Template,
}

/// A template for each market state and risk preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templates {
    /// While the market goes one way.
    pub trend: TemplatesByRisk,
    /// While it does not.
    pub ranging: TemplatesByRisk,
    /// While it moves much.
    pub high_volatility: TemplatesByRisk,
    /// While it hardly moves.
    pub low_volatility: TemplatesByRisk,
}

impl TemplatesByRisk {
    /// The one for a preference.
    pub const fn of(&self, risk: RiskPreference) -> &Template {
        match risk {
            RiskPreference::Conservative => &self.conservative,
            RiskPreference::Balanced => &self.balanced,
            RiskPreference::Aggressive => &self.aggressive,
        }
    }
}

impl Templates {
    /// The one for a market state and a preference.
    pub const fn of(&self, state: MarketState, risk: RiskPreference) -> &Template {
        let by_risk = match state {
            MarketState::Trend => &self.trend,
            MarketState::Ranging => &self.ranging,
            MarketState::HighVolatility => &self.high_volatility,
            MarketState::LowVolatility => &self.low_volatility,
        };
        by_risk.of(risk)
    }

    /// Every field that breaks a rule, such as `trend.balanced.exits.give_back`.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for state in MarketState::ALL {
            for risk in RiskPreference::ALL {
                let at = format!("{}.{}", state.as_str(), risk.as_str());
                self.of(state, risk).check(&at, &mut errors);
            }
        }
        errors
    }
}

impl Template {
    fn check(&self, at: &str, errors: &mut Vec<FieldError>) {
        let Exits {
            stop_loss,
            arm,
            give_back,
        } = self.exits;
        let named = [
            ("threshold", self.threshold, true),
            ("exits.stop_loss", stop_loss, false),
            ("exits.arm", arm, false),
            ("exits.give_back", give_back, true),
        ];
        for (field, share, below_one) in named {
            if !share.is_positive() {
                errors.push(FieldError::new(&format!("{at}.{field}"), "must be above zero"));
            }
            if below_one && share >= Ratio::ONE {
                errors.push(FieldError::new(&format!("{at}.{field}"), "must be below one"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(threshold: &str, give_back: &str) -> Template {
        Template {
            threshold: threshold.parse().unwrap(),
            exits: Exits {
                stop_loss: "0.2".parse().unwrap(),
                arm: "0.1".parse().unwrap(),
                give_back: give_back.parse().unwrap(),
            },
        }
    }

    fn by_risk(base: i64) -> TemplatesByRisk {
        let numbered = |number: i64| template(&format!("0.00{}", base + number), "0.3");
        TemplatesByRisk {
            conservative: numbered(3),
            balanced: numbered(2),
            aggressive: numbered(1),
        }
    }

    fn templates() -> Templates {
        Templates {
            trend: by_risk(0),
            ranging: by_risk(10),
            high_volatility: by_risk(20),
            low_volatility: by_risk(30),
        }
    }

    #[test]
    fn each_state_and_preference_has_its_own_template() {
        let threshold = |state, risk| templates().of(state, risk).threshold.to_string();
        assert_eq!(threshold(MarketState::Trend, RiskPreference::Conservative), "0.003");
        assert_eq!(threshold(MarketState::Ranging, RiskPreference::Balanced), "0.0012");
        assert_eq!(
            threshold(MarketState::HighVolatility, RiskPreference::Aggressive),
            "0.0021"
        );
        assert_eq!(
            threshold(MarketState::LowVolatility, RiskPreference::Balanced),
            "0.0032"
        );
        assert_eq!(templates().check(), []);
    }

    #[test]
    fn every_wrong_field_is_named_with_its_rule() {
        let mut wrong = templates();
        wrong.trend.balanced = template("0", "1");
        wrong.low_volatility.aggressive.exits.arm = "-0.1".parse().unwrap();
        assert_eq!(
            wrong.check(),
            [
                FieldError::new("trend.balanced.threshold", "must be above zero"),
                FieldError::new("trend.balanced.exits.give_back", "must be below one"),
                FieldError::new("low_volatility.aggressive.exits.arm", "must be above zero"),
            ]
        );
    }

    #[test]
    fn templates_are_read_from_settings_with_every_key_named() {
        let text = serde_json::to_string(&templates()).unwrap();
        assert_eq!(serde_json::from_str::<Templates>(&text).unwrap(), templates());
        let unknown = text.replacen("\"threshold\"", "\"treshold\"", 1);
        assert!(
            serde_json::from_str::<Templates>(&unknown)
                .unwrap_err()
                .to_string()
                .contains("treshold")
        );
    }
}
