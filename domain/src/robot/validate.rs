//! The rules of a robot's fields; all wrong ones are told at once.

use serde::Serialize;

use crate::fixed::Amount;
use crate::instrument::Instrument;
use crate::robot::{Limits, Robot, Strategy};

/// A field and the rule that it breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field as the sender named it, such as `limits.max_notional`.
    pub field: String,
    /// The rule, in words.
    pub rule: String,
}

impl FieldError {
    /// This field breaks this rule.
    pub fn new(field: &str, rule: &str) -> Self {
        Self {
            field: field.to_owned(),
            rule: rule.to_owned(),
        }
    }
}

/// Longest window in seconds: a day.
pub const LONGEST_WINDOW: u32 = 86_400;

/// Every field of `robot` that breaks a rule on this market.
pub fn check(robot: &Robot, instrument: &Instrument) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, rule: &str| errors.push(FieldError::new(field, rule));
    if robot.symbol != instrument.symbol {
        wrong("symbol", "must be the market that the robot is checked on");
    }
    match &robot.strategy {
        Strategy::WindowBreakout { window_seconds } => {
            if !(1..=LONGEST_WINDOW).contains(window_seconds) {
                wrong("window_seconds", "must be 1 to 86400");
            }
        }
    }
    let leverage_fits = (1..=instrument.max_leverage).contains(&robot.leverage);
    if !leverage_fits {
        wrong("leverage", &format!("must be 1 to {}", instrument.max_leverage));
    }
    if !robot.stake.is_positive() {
        wrong("stake", "must be above zero");
    } else if leverage_fits {
        check_notional(robot, instrument, &mut wrong);
    }
    check_limits(&robot.limits, &mut wrong);
    errors
}

fn check_notional(robot: &Robot, instrument: &Instrument, wrong: &mut impl FnMut(&str, &str)) {
    let notional = i128::from(robot.stake.units()) * i128::from(robot.leverage);
    match Amount::from_wide(notional) {
        Err(_) => wrong("stake", "times leverage is out of range"),
        Ok(notional) => {
            let minimum = instrument.min_notional;
            if notional < minimum {
                wrong("stake", &format!("times leverage must be at least {minimum}"));
            }
            if robot.limits.max_notional.is_some_and(|limit| limit < minimum) {
                wrong("limits.max_notional", &format!("must be at least {minimum}"));
            }
        }
    }
}

fn check_limits(limits: &Limits, wrong: &mut impl FnMut(&str, &str)) {
    let amounts = [
        ("limits.max_daily_loss", limits.max_daily_loss),
        ("limits.max_run_loss", limits.max_run_loss),
        ("limits.max_run_profit", limits.max_run_profit),
        ("limits.max_notional", limits.max_notional),
    ];
    for (field, limit) in amounts {
        if limit.is_some_and(|limit| !limit.is_positive()) {
            wrong(field, "must be above zero");
        }
    }
    let counts = [
        ("limits.max_consecutive_stop_losses", limits.max_consecutive_stop_losses),
        ("limits.max_orders_per_minute", limits.max_orders_per_minute),
    ];
    for (field, limit) in counts {
        if limit == Some(0) {
            wrong(field, "must be above zero");
        }
    }
}
