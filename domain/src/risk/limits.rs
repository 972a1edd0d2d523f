//! The limits of one robot over time: the day, the run, the last minute.

use crate::fixed::Amount;
use crate::position::CloseReason;
use crate::robot::{PastClose, Robot};
use crate::time::Timestamp;

use super::{OpenFacts, RiskRefusal, RiskRules};

const DAY: i64 = 86_400_000;

/// Since when the closes of a robot matter: the run's beginning or the UTC day's, whichever is earlier.
pub(super) fn closes_since(robot: &Robot, now: Timestamp) -> Timestamp {
    let day = day_began(now);
    robot.run_started_at.map_or(day, |run| run.min(day))
}

fn day_began(now: Timestamp) -> Timestamp {
    Timestamp(now.0.div_euclid(DAY) * DAY)
}

pub(super) fn check(facts: &OpenFacts<'_>, rules: &RiskRules) -> Result<(), RiskRefusal> {
    let limits = &facts.robot.limits;
    let today = closes_after(facts.closes, Some(day_began(facts.now)));
    let run = closes_after(facts.closes, facts.robot.run_started_at);
    let today_profit = Amount::sum(today.iter().map(|close| close.profit))?;
    let run_profit = Amount::sum(run.iter().map(|close| close.profit))?;
    if let Some(limit) = limits.max_daily_loss
        && today_profit.negated() >= limit
    {
        let loss = today_profit.negated();
        return Err(RiskRefusal::DailyLoss { loss, limit });
    }
    if let Some(limit) = limits.max_run_loss
        && run_profit.negated() >= limit
    {
        let loss = run_profit.negated();
        return Err(RiskRefusal::RunLoss { loss, limit });
    }
    if let Some(limit) = limits.max_run_profit
        && run_profit >= limit
    {
        return Err(RiskRefusal::RunProfit {
            profit: run_profit,
            limit,
        });
    }
    check_counts(facts, run, rules)
}

fn check_counts(facts: &OpenFacts<'_>, run: &[PastClose], rules: &RiskRules) -> Result<(), RiskRefusal> {
    let limits = &facts.robot.limits;
    let in_a_row = run
        .iter()
        .rev()
        .take_while(|close| close.reason == CloseReason::StopLoss)
        .count();
    let count = u32::try_from(in_a_row).unwrap_or(u32::MAX);
    if let Some(limit) = limits.max_consecutive_stop_losses
        && count >= limit
    {
        return Err(RiskRefusal::StopLosses { count, limit });
    }
    let count = facts.recent_orders;
    let limit = limits
        .max_orders_per_minute
        .map_or(rules.max_orders_per_minute, |own| own.min(rules.max_orders_per_minute));
    if count >= limit {
        return Err(RiskRefusal::OrderRate { count, limit });
    }
    Ok(())
}

/// The closes since then, which are at the end of the list.
fn closes_after(closes: &[PastClose], since: Option<Timestamp>) -> &[PastClose] {
    let first = closes.partition_point(|close| since.is_some_and(|since| close.at < since));
    &closes[first..]
}
