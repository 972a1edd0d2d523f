//! What is unusual in closes: users who close everything by hand, and profits far above the usual.

use std::collections::BTreeSet;

use super::Verdict;
use crate::alert::AlertKind;
use crate::fixed::{Amount, Ratio};
use crate::id::{PositionId, RobotId, UserId};
use crate::position::{CloseReason, ClosedBy};
use crate::time::Timestamp;

/// A close of a position that a robot had opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close {
    /// Of which position.
    pub position: PositionId,
    /// Whose.
    pub user: UserId,
    /// The robot that had opened it, where it is known.
    pub robot: Option<RobotId>,
    /// When, by the venue's clock.
    pub at: Timestamp,
    /// Why.
    pub reason: CloseReason,
    /// Profit by the position's basis.
    pub profit: Amount,
}

/// When closes by hand are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandLimits {
    /// How many of a user's last closes are looked at.
    pub closes: u32,
    /// Fewer than this say nothing.
    pub least: u32,
    /// This share of them, or more, is too many.
    pub share: Ratio,
}

/// When a profit is a spike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpikeLimits {
    /// How many other profitable closes the usual profit is taken from.
    pub closes: u32,
    /// Fewer than this say nothing.
    pub least: u32,
    /// More than this many times the usual profit,
    pub factor: Ratio,
    /// and more than this.
    pub floor: Amount,
}

/// A profit far above the usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spike {
    /// Of which position.
    pub position: PositionId,
    /// What was seen.
    pub message: String,
}

/// Judges whether a user closes nearly everything by hand, from the user's closes, newest first.
pub fn by_hand(closes: &[Close], limits: &HandLimits) -> Verdict {
    let looked_at = usize::try_from(limits.closes).unwrap_or(usize::MAX);
    let last = closes.get(..looked_at).unwrap_or(closes);
    let manual = last
        .iter()
        .filter(|close| close.reason.by() == ClosedBy::Manual)
        .count();
    let wide = |count: usize| i128::try_from(count).unwrap_or(i128::MAX);
    let enough = wide(last.len()) >= i128::from(limits.least.max(1));
    let share = wide(manual).saturating_mul(i128::from(Ratio::ONE_UNITS));
    let limit = wide(last.len()).saturating_mul(i128::from(limits.share.units()));
    let message = || {
        format!(
            "{manual} of the last {} closes were by hand, a share of {} or more",
            last.len(),
            limits.share
        )
    };
    Verdict {
        kind: AlertKind::ManualCloser,
        raised: (enough && share >= limit).then(message),
    }
}

/// The spikes among `judged`, given the last closes of the same user, newest first. The usual profit is the median of the
/// robot's other profitable closes, or where it has too few, of the user's.
pub fn spikes(judged: &[Close], last: &[Close], limits: &SpikeLimits) -> Vec<Spike> {
    let mut seen = BTreeSet::new();
    judged
        .iter()
        .filter(|close| seen.insert(close.position))
        .filter_map(|close| spike(close, last, limits))
        .collect()
}

fn spike(close: &Close, last: &[Close], limits: &SpikeLimits) -> Option<Spike> {
    if close.profit <= limits.floor || !close.profit.is_positive() {
        return None;
    }
    let others = |robot_only: bool| -> Vec<Amount> {
        let others = last.iter().filter(|other| other.position != close.position);
        let same = others.filter(|other| !robot_only || (close.robot.is_some() && other.robot == close.robot));
        let profits = same.map(|other| other.profit).filter(|profit| profit.is_positive());
        profits
            .take(usize::try_from(limits.closes).unwrap_or(usize::MAX))
            .collect()
    };
    let enough = |profits: &Vec<Amount>| profits.len() >= usize::try_from(limits.least.max(1)).unwrap_or(usize::MAX);
    let of_robot = Some(others(true)).filter(enough);
    let (whose, profits) = match of_robot {
        Some(profits) => ("its robot", profits),
        None => ("its user", Some(others(false)).filter(enough)?),
    };
    let usual = median(profits)?;
    let profit = i128::from(close.profit.units()) * i128::from(Ratio::ONE_UNITS);
    let limit = i128::from(usual.units()) * i128::from(limits.factor.units());
    (profit > limit).then(|| Spike {
        position: close.position,
        message: format!(
            "position {} of user {} closed with a profit of {}, more than {} times the usual {usual} of {whose}",
            close.position, close.user, close.profit, limits.factor
        ),
    })
}

/// The middle of the numbers; between two middle ones, half their sum rounded down.
fn median(mut numbers: Vec<Amount>) -> Option<Amount> {
    numbers.sort_unstable();
    let upper = *numbers.get(numbers.len() / 2)?;
    if numbers.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *numbers.get(numbers.len() / 2 - 1)?;
    Amount::from_wide((i128::from(lower.units()) + i128::from(upper.units())) / 2).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAND: HandLimits = HandLimits {
        closes: 10,
        least: 5,
        share: Ratio::ZERO,
    };

    fn close(id: i64, reason: CloseReason, profit: &str) -> Close {
        Close {
            position: PositionId(id),
            user: UserId(7),
            robot: Some(RobotId(1)),
            at: Timestamp(id),
            reason,
            profit: profit.parse().unwrap(),
        }
    }

    fn closes(reasons: &[CloseReason]) -> Vec<Close> {
        (1..).zip(reasons).map(|(id, reason)| close(id, *reason, "1")).collect()
    }

    fn judged(manual: usize, others: usize, share: &str) -> Option<String> {
        let limits = HandLimits {
            share: share.parse().unwrap(),
            ..HAND
        };
        let reasons = [vec![CloseReason::Manual; manual], vec![CloseReason::StopLoss; others]].concat();
        by_hand(&closes(&reasons), &limits).raised
    }

    #[test]
    fn a_user_who_closes_nearly_all_by_hand_is_told_at_the_share_and_not_below() {
        assert_eq!(
            judged(9, 1, "0.9").as_deref(),
            Some("9 of the last 10 closes were by hand, a share of 0.9 or more")
        );
        assert_eq!(judged(8, 2, "0.9"), None);
        // A third of nine: exactly at the share, and a hair above it.
        assert!(judged(3, 6, "0.3333333333").is_some());
        assert_eq!(judged(3, 6, "0.3333333334"), None);
    }

    #[test]
    fn few_closes_say_nothing_and_older_ones_are_not_looked_at() {
        assert_eq!(judged(4, 0, "0.5"), None);
        assert!(judged(5, 0, "0.5").is_some());
        // Ten newest by hand, the older ones not: only the ten count.
        assert!(judged(10, 30, "1").is_some());
        assert_eq!(by_hand(&[], &HAND).raised, None);
    }

    #[test]
    fn every_reason_of_a_person_counts_as_by_hand_and_no_other_does() {
        let limits = HandLimits {
            share: Ratio::ONE,
            ..HAND
        };
        for reason in CloseReason::ALL {
            let raised = by_hand(&closes(&[reason; 5]), &limits).raised.is_some();
            let person = matches!(reason, CloseReason::Manual | CloseReason::Requested);
            assert_eq!(raised, person, "{}", reason.as_str());
        }
    }

    fn limits() -> SpikeLimits {
        SpikeLimits {
            closes: 5,
            least: 3,
            factor: "10".parse().unwrap(),
            floor: "100".parse().unwrap(),
        }
    }

    fn usual(profits: &[&str]) -> Vec<Close> {
        let usual = (100..).zip(profits);
        usual
            .map(|(id, profit)| close(id, CloseReason::TakeProfit, profit))
            .collect()
    }

    fn told(profit: &str, last: &[Close]) -> Vec<String> {
        let judged = [close(1, CloseReason::TakeProfit, profit)];
        let spikes = spikes(&judged, last, &limits());
        spikes.into_iter().map(|spike| spike.message).collect()
    }

    #[test]
    fn a_profit_is_a_spike_above_the_factor_and_not_at_it() {
        let last = usual(&["20", "30", "25"]);
        assert_eq!(told("250", &last), Vec::<String>::new());
        assert_eq!(
            told("250.00000001", &last),
            ["position 1 of user 7 closed with a profit of 250.00000001, more than 10 times the usual 25 of its robot"]
        );
    }

    #[test]
    fn a_profit_at_the_floor_is_no_spike_however_small_the_usual_is() {
        let last = usual(&["0.1", "0.1", "0.1"]);
        assert_eq!(told("100", &last), Vec::<String>::new());
        assert_eq!(told("100.00000001", &last).len(), 1);
        assert_eq!(told("-500", &last), Vec::<String>::new());
    }

    #[test]
    fn losses_and_the_close_itself_say_nothing_of_the_usual_profit() {
        let mut last = usual(&["-900", "20", "30", "-900", "25"]);
        last.insert(0, close(1, CloseReason::TakeProfit, "9000"));
        assert!(told("251", &last)[0].contains("usual 25 of its robot"));
        assert_eq!(told("251", &last[..3]), Vec::<String>::new());
    }

    #[test]
    fn a_robot_with_few_closes_is_compared_with_its_user() {
        let mut last = usual(&["20", "30", "25"]);
        last.iter_mut().for_each(|close| close.robot = Some(RobotId(2)));
        assert!(told("251", &last)[0].ends_with("the usual 25 of its user"));
        last.extend(usual(&["1", "1", "1"]));
        assert!(told("251", &last)[0].ends_with("the usual 1 of its robot"));
    }

    #[test]
    fn the_median_of_an_even_number_is_half_the_sum_of_the_middle_two() {
        let median = |numbers: &[&str]| {
            let numbers = numbers.iter().map(|number| number.parse().unwrap()).collect();
            median(numbers).map(|median| median.to_string())
        };
        assert_eq!(median(&["4", "1", "3", "2"]), Some("2.5".to_owned()));
        assert_eq!(median(&["0.00000001", "0.00000002"]), Some("0.00000001".to_owned()));
        assert_eq!(median(&["90000000000", "90000000000"]), Some("90000000000".to_owned()));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn the_largest_numbers_are_compared_without_overflow() {
        let largest = Amount::from_units(crate::fixed::BOUND).unwrap();
        let mut last = usual(&["1", "1", "1"]);
        last.iter_mut().for_each(|close| close.profit = largest);
        let judged = [Close {
            profit: largest,
            ..close(1, CloseReason::TakeProfit, "1")
        }];
        let factor = Ratio::from_units(crate::fixed::BOUND).unwrap();
        assert_eq!(spikes(&judged, &last, &SpikeLimits { factor, ..limits() }), []);
    }
}
