//! Whether too much of the power that came due is owed instead of charged.

use super::Verdict;
use crate::alert::AlertKind;
use crate::fixed::{Amount, Ratio};

/// When too much is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DebtLimits {
    /// More than this share of the power that came due.
    pub share: Ratio,
    /// Less power than this says nothing.
    pub least: Amount,
}

/// Judges what was charged and what is still owed of the power that came due in one window; both not negative.
pub fn owed_share(charged: Amount, owed: Amount, limits: &DebtLimits) -> Verdict {
    let due = i128::from(charged.units()) + i128::from(owed.units());
    let enough = due > 0 && due >= i128::from(limits.least.units());
    let share = i128::from(owed.units()) * i128::from(Ratio::ONE_UNITS);
    let limit = due * i128::from(limits.share.units());
    let message = || {
        format!(
            "{owed} power is owed and {charged} was charged, a share above {}",
            limits.share
        )
    };
    Verdict {
        kind: AlertKind::DebtRatio,
        raised: (enough && share > limit).then(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(charged: &str, owed: &str) -> Option<String> {
        let limits = DebtLimits {
            share: "0.25".parse().unwrap(),
            least: "100".parse().unwrap(),
        };
        owed_share(charged.parse().unwrap(), owed.parse().unwrap(), &limits).raised
    }

    #[test]
    fn a_share_is_told_above_its_limit_and_not_at_it() {
        assert_eq!(judged("75", "25"), None);
        assert_eq!(
            judged("75", "25.00000001").as_deref(),
            Some("25.00000001 power is owed and 75 was charged, a share above 0.25")
        );
    }

    #[test]
    fn little_power_says_nothing_and_no_power_is_no_division_by_zero() {
        assert_eq!(judged("0", "99.99999999"), None);
        assert!(judged("0", "100").is_some());
        let none = DebtLimits {
            share: Ratio::ZERO,
            least: Amount::ZERO,
        };
        assert_eq!(owed_share(Amount::ZERO, Amount::ZERO, &none).raised, None);
    }

    #[test]
    fn the_largest_sums_are_compared_without_overflow() {
        let most = Amount::from_units(crate::fixed::BOUND).unwrap();
        let limits = DebtLimits {
            share: "0.5".parse().unwrap(),
            least: Amount::ZERO,
        };
        assert_eq!(owed_share(most, most, &limits).raised, None);
        assert!(owed_share(Amount::ZERO, most, &limits).raised.is_some());
    }
}
