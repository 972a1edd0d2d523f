//! When what is on record deserves an operator's attention: facts in, verdicts out.

mod closes;
mod debts;
mod disks;
mod jobs;

use std::time::Duration;

use crate::alert::AlertKind;
use crate::fixed::{Amount, Ratio, Rounding};
use crate::time::Timestamp;

pub use closes::{Close, HandLimits, Spike, SpikeLimits, by_hand, spikes};
pub use debts::{DebtLimits, owed_share};
pub use disks::room_left;
pub use jobs::judge_runs;

/// What waits for settlement, as the rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Closed profitable positions whose settlement is pending.
    pub count: u64,
    /// Σ of their profit.
    pub profit: Amount,
    /// Close time of the oldest.
    pub oldest: Option<Timestamp>,
}

/// Above which an alert is raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BacklogLimits {
    /// Positions.
    pub count: u64,
    /// Power that they would owe at `rate`.
    pub power: Amount,
    /// Age of the oldest.
    pub age: Duration,
    /// The rate that power is estimated with.
    pub rate: Ratio,
}

/// What a rule says: raised with a message, or over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Which alert.
    pub kind: AlertKind,
    /// What was seen, when it is to be raised; `None` when it is over.
    pub raised: Option<String>,
}

/// Power that a profit would owe at `rate`, for people: saturates at the largest amount.
pub fn estimated_power(profit: Amount, rate: Ratio) -> Amount {
    rate.of(profit, Rounding::HalfUp).unwrap_or(profit)
}

/// Age of the oldest; zero when nothing waits.
pub fn oldest_age(backlog: &Backlog, now: Timestamp) -> Duration {
    backlog.oldest.map_or(Duration::ZERO, |oldest| now.since(oldest))
}

/// Judges the backlog: one verdict per rule.
pub fn judge(backlog: &Backlog, limits: &BacklogLimits, now: Timestamp) -> [Verdict; 3] {
    let power = estimated_power(backlog.profit, limits.rate);
    let age = oldest_age(backlog, now);
    let count = (backlog.count > limits.count).then(|| {
        format!(
            "{} closed profitable positions are unsettled, more than {}",
            backlog.count, limits.count
        )
    });
    let owed = (power > limits.power).then(|| format!("about {power} power is unsettled, more than {}", limits.power));
    let old = (age > limits.age).then(|| {
        format!(
            "the oldest unsettled position closed {} s ago, more than {} s",
            age.as_secs(),
            limits.age.as_secs()
        )
    });
    [
        (AlertKind::UnsettledCount, count),
        (AlertKind::UnsettledPower, owed),
        (AlertKind::UnsettledAge, old),
    ]
    .map(|(kind, raised)| Verdict { kind, raised })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: BacklogLimits = BacklogLimits {
        count: 100,
        power: Amount::ZERO,
        age: Duration::from_secs(3_600),
        rate: Ratio::ZERO,
    };

    fn judged(count: u64, profit: &str, oldest: Option<i64>) -> [Option<String>; 3] {
        let backlog = Backlog {
            count,
            profit: profit.parse().unwrap(),
            oldest: oldest.map(Timestamp),
        };
        let limits = BacklogLimits {
            power: "1000".parse().unwrap(),
            rate: "0.1".parse().unwrap(),
            ..LIMITS
        };
        judge(&backlog, &limits, Timestamp(10_000_000)).map(|verdict| verdict.raised)
    }

    #[test]
    fn nothing_is_raised_at_the_limits() {
        assert_eq!(judged(100, "10000", Some(6_400_000)), [None, None, None]);
        assert_eq!(judged(0, "0", None), [None, None, None]);
    }

    #[test]
    fn s0_12_count_power_and_age_each_raise_their_own_alert() {
        let [count, power, age] = judged(101, "10000.0000001", Some(6_399_000));
        assert_eq!(
            count.as_deref(),
            Some("101 closed profitable positions are unsettled, more than 100")
        );
        assert_eq!(
            power.as_deref(),
            Some("about 1000.00000001 power is unsettled, more than 1000")
        );
        assert_eq!(
            age.as_deref(),
            Some("the oldest unsettled position closed 3601 s ago, more than 3600 s")
        );
    }
}
