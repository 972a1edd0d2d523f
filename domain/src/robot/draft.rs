//! What is given to create or change a robot.

use serde::{Deserialize, Serialize};

use crate::fixed::Amount;
use crate::id::{RobotId, UserId, VenueAccountId};
use crate::instrument::Instrument;
use crate::market::Symbol;
use crate::robot::validate::{self, FieldError};
use crate::robot::{Limits, RiskPreference, Robot, Strategy, Wanted};
use crate::time::Timestamp;
use crate::venue::MarginMode;

/// The strategies by name; each has its own parameters beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrategyName {
    /// Needs `window_seconds`.
    WindowBreakout,
}

/// A robot to be created. It is created stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RobotDraft {
    /// Owner.
    pub user: UserId,
    /// Where it is to trade; an account of the owner.
    pub account: VenueAccountId,
    /// Market.
    pub symbol: Symbol,
    /// How it is to find entries.
    pub strategy: StrategyName,
    /// Length of the window in seconds, for `window_breakout`.
    #[serde(default)]
    pub window_seconds: Option<u32>,
    /// How much risk.
    #[serde(default = "balanced")]
    pub risk: RiskPreference,
    /// Margin of one position.
    pub stake: Amount,
    /// Leverage.
    pub leverage: u32,
    /// Isolated or cross.
    #[serde(default = "isolated")]
    pub margin_mode: MarginMode,
    /// Whether it opens by itself.
    #[serde(default = "yes")]
    pub auto_open: bool,
    /// Whether its exits close by themselves.
    #[serde(default = "yes")]
    pub auto_close: bool,
    /// Limits.
    #[serde(default)]
    pub limits: Limits,
}

/// What is to change on a robot; what is absent stays. User, account and market never change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RobotPatch {
    /// How it is to find entries.
    pub strategy: Option<StrategyName>,
    /// Length of the window in seconds.
    pub window_seconds: Option<u32>,
    /// How much risk.
    pub risk: Option<RiskPreference>,
    /// Margin of one position; an open position keeps its own.
    pub stake: Option<Amount>,
    /// Leverage; an open position keeps its own.
    pub leverage: Option<u32>,
    /// Isolated or cross; an open position keeps its own.
    pub margin_mode: Option<MarginMode>,
    /// Whether it opens by itself.
    pub auto_open: Option<bool>,
    /// Whether its exits close by themselves.
    pub auto_close: Option<bool>,
    /// All limits anew.
    pub limits: Option<Limits>,
}

const fn balanced() -> RiskPreference {
    RiskPreference::Balanced
}

const fn isolated() -> MarginMode {
    MarginMode::Isolated
}

const fn yes() -> bool {
    true
}

impl StrategyName {
    /// The strategy with its parameters; a missing parameter is out of its range and fails the check.
    fn with(self, window_seconds: Option<u32>) -> Strategy {
        match self {
            Self::WindowBreakout => Strategy::WindowBreakout {
                window_seconds: window_seconds.unwrap_or_default(),
            },
        }
    }
}

impl RobotDraft {
    /// Every field that breaks a rule on this market.
    pub fn check(&self, instrument: &Instrument) -> Vec<FieldError> {
        validate::check(&self.to_robot(RobotId(0), Timestamp(0)), instrument)
    }

    /// The robot, stopped.
    pub fn to_robot(&self, id: RobotId, now: Timestamp) -> Robot {
        Robot {
            id,
            user: self.user,
            account: self.account,
            symbol: self.symbol.clone(),
            strategy: self.strategy.with(self.window_seconds),
            risk: self.risk,
            stake: self.stake,
            leverage: self.leverage,
            margin_mode: self.margin_mode,
            auto_open: self.auto_open,
            auto_close: self.auto_close,
            limits: self.limits.clone(),
            wanted: Wanted::Stopped,
            run_started_at: None,
            quarantined_at: None,
            created_at: now,
            updated_at: now,
            version: 0,
        }
    }
}

impl RobotPatch {
    /// Every field that would break a rule on this market.
    pub fn check(&self, robot: &Robot, instrument: &Instrument) -> Vec<FieldError> {
        validate::check(&self.apply(robot, robot.updated_at), instrument)
    }

    /// The changed robot.
    pub fn apply(&self, robot: &Robot, now: Timestamp) -> Robot {
        let window_seconds = self.window_seconds.or(match robot.strategy {
            Strategy::WindowBreakout { window_seconds } => Some(window_seconds),
        });
        let name = self.strategy.unwrap_or(match robot.strategy {
            Strategy::WindowBreakout { .. } => StrategyName::WindowBreakout,
        });
        Robot {
            strategy: name.with(window_seconds),
            risk: self.risk.unwrap_or(robot.risk),
            stake: self.stake.unwrap_or(robot.stake),
            leverage: self.leverage.unwrap_or(robot.leverage),
            margin_mode: self.margin_mode.unwrap_or(robot.margin_mode),
            auto_open: self.auto_open.unwrap_or(robot.auto_open),
            auto_close: self.auto_close.unwrap_or(robot.auto_close),
            limits: self.limits.clone().unwrap_or_else(|| robot.limits.clone()),
            updated_at: now.max(robot.updated_at),
            ..robot.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instrument() -> Instrument {
        Instrument {
            symbol: Symbol::new("BTCUSDT"),
            tick: "0.1".parse().unwrap(),
            lot: "0.001".parse().unwrap(),
            min_quantity: "0.001".parse().unwrap(),
            min_notional: "100".parse().unwrap(),
            max_leverage: 125,
        }
    }

    fn draft(text: &str) -> RobotDraft {
        serde_json::from_str(text).unwrap()
    }

    const LEAST: &str = r#"{"user": 1, "account": 2, "symbol": "BTCUSDT", "strategy": "window_breakout",
        "window_seconds": 300, "stake": "10", "leverage": 10}"#;

    #[test]
    fn the_least_draft_is_a_stopped_balanced_robot_on_isolated_margin() {
        let draft = draft(LEAST);
        assert_eq!(draft.check(&instrument()), []);
        let robot = draft.to_robot(RobotId(7), Timestamp(5));
        assert_eq!(robot.strategy, Strategy::WindowBreakout { window_seconds: 300 });
        assert_eq!(
            (robot.risk, robot.margin_mode),
            (RiskPreference::Balanced, MarginMode::Isolated)
        );
        assert_eq!((robot.auto_open, robot.auto_close), (true, true));
        assert_eq!(
            (robot.wanted, robot.id, robot.limits),
            (Wanted::Stopped, RobotId(7), Limits::default())
        );
    }

    #[test]
    fn every_wrong_field_is_told_at_once() {
        let text = r#"{"user": 1, "account": 2, "symbol": "BTCUSDT", "strategy": "window_breakout",
            "window_seconds": 86401, "stake": "0", "leverage": 126,
            "limits": {"max_daily_loss": "0", "max_orders_per_minute": 0, "max_run_profit": "-1"}}"#;
        let expected = [
            FieldError::new("window_seconds", "must be 1 to 86400"),
            FieldError::new("leverage", "must be 1 to 125"),
            FieldError::new("stake", "must be above zero"),
            FieldError::new("limits.max_daily_loss", "must be above zero"),
            FieldError::new("limits.max_run_profit", "must be above zero"),
            FieldError::new("limits.max_orders_per_minute", "must be above zero"),
        ];
        assert_eq!(draft(text).check(&instrument()), expected);
    }

    #[test]
    fn a_missing_window_is_told() {
        let text = LEAST.replace(r#""window_seconds": 300,"#, "");
        assert_eq!(
            draft(&text).check(&instrument()),
            [FieldError::new("window_seconds", "must be 1 to 86400")]
        );
    }

    #[test]
    fn stake_times_leverage_must_reach_the_least_notional() {
        let text = LEAST.replace(r#""10""#, r#""9.99999999""#);
        assert_eq!(
            draft(&text).check(&instrument()),
            [FieldError::new("stake", "times leverage must be at least 100")]
        );
    }

    #[test]
    fn an_unknown_field_is_refused_by_name() {
        let text = LEAST.replace("leverage", "leverige");
        let error = serde_json::from_str::<RobotDraft>(&text).unwrap_err().to_string();
        assert!(error.contains("leverige"), "{error}");
        let error = serde_json::from_str::<RobotPatch>(r#"{"symbol": "ETHUSDT"}"#)
            .unwrap_err()
            .to_string();
        assert!(error.contains("symbol"), "{error}");
    }

    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else() {
        let robot = draft(LEAST).to_robot(RobotId(7), Timestamp(5));
        let patch: RobotPatch = serde_json::from_str(r#"{"stake": "25.5", "auto_open": false}"#).unwrap();
        assert_eq!(patch.check(&robot, &instrument()), []);
        let changed = patch.apply(&robot, Timestamp(9));
        let expected = Robot {
            stake: "25.5".parse().unwrap(),
            auto_open: false,
            updated_at: Timestamp(9),
            ..robot.clone()
        };
        assert_eq!(changed, expected);
        let wrong: RobotPatch = serde_json::from_str(r#"{"leverage": 0, "window_seconds": 0}"#).unwrap();
        let fields: Vec<String> = wrong
            .check(&robot, &instrument())
            .into_iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(fields, ["window_seconds", "leverage"]);
    }
}
