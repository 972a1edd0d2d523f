//! How much may leave: per payout, per user and day, per day; and what a vault must keep.

use std::time::Duration;

use crate::chain::Address;
use crate::fixed::{Amount, NumberError};
use crate::payout::{Payout, PayoutState};
use crate::time::Timestamp;

/// What counts as a day, whenever it begins.
pub const DAY: Duration = Duration::from_secs(86_400);

/// How much money, or how many shares, of a subscription may leave; `None`: as much as there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// By one payout.
    pub each: Option<Amount>,
    /// To one recipient within a day.
    pub user_day: Option<Amount>,
    /// Within a day.
    pub day: Option<Amount>,
}

/// What left already, or is signed to leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// To this recipient within the day.
    pub user_day: Amount,
    /// To all within the day.
    pub day: Amount,
}

/// Which limit a payout of `amount` is over; `None` when it may go.
///
/// # Errors
/// Sums beyond what an amount can be.
pub fn over(limits: &Limits, amount: Amount, spent: &Spent) -> Result<Option<String>, NumberError> {
    let user_day = spent.user_day.plus(amount)?;
    let day = spent.day.plus(amount)?;
    let checks = [
        ("of one payout", limits.each, amount),
        ("of a recipient's day", limits.user_day, user_day),
        ("of a day", limits.day, day),
    ];
    let broken = checks.into_iter().find_map(|(what, limit, sum)| {
        let limit = limit?;
        (sum > limit).then(|| format!("the limit {what} is {limit}, and this makes {sum}"))
    });
    Ok(broken)
}

/// What of a sum over payouts that were made since `since` has not left: payouts that nothing is signed for.
///
/// # Errors
/// Sums beyond what an amount can be.
pub fn unspent<'a>(
    queued: impl IntoIterator<Item = &'a Payout>,
    alike: &Payout,
    recipient: Option<Address>,
    since: Timestamp,
) -> Result<Amount, NumberError> {
    let counted = queued.into_iter().filter(|payout| {
        payout.subscription == alike.subscription
            && payout.kind.is_money() == alike.kind.is_money()
            && recipient.is_none_or(|recipient| payout.recipient == recipient)
            && payout.created_at >= since
            && is_unsigned(&payout.state)
    });
    Amount::sum(counted.map(|payout| payout.amount))
}

/// Whether nothing is signed for it that may have left.
const fn is_unsigned(state: &PayoutState) -> bool {
    match state {
        PayoutState::Queued => true,
        PayoutState::Halted { nonce, .. } => nonce.is_none(),
        PayoutState::Signed { .. } | PayoutState::Broadcast { .. } | PayoutState::Confirmed { .. } => false,
    }
}

/// Why a vault that holds `balance` must not take deposits, with `open` to pay from it; `None` when it may. All in the token's units.
pub fn below_floor(balance: u128, open: u128, floor: u128) -> Option<String> {
    let needed = open.saturating_add(floor);
    (balance < needed).then(|| {
        format!("the vault holds {balance} units, {open} are to be paid from it, and {floor} are to be left in it")
    })
}

/// Whether a vault that holds `balance`, of which `committed` is signed away, can pay `amount`. All in the token's units.
pub const fn is_covered(balance: u128, committed: u128, amount: u128) -> bool {
    match balance.checked_sub(committed) {
        Some(free) => free >= amount,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::moves::tests::payout;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn s3_28_each_limit_holds_what_is_over_it_and_nothing_else() {
        let limits = Limits {
            each: Some(amount("10")),
            user_day: Some(amount("20")),
            day: Some(amount("100")),
        };
        let spent = |user, day| Spent {
            user_day: amount(user),
            day: amount(day),
        };
        assert_eq!(over(&limits, amount("10"), &spent("10", "90")), Ok(None));
        let broken = |by: &str, spent| over(&limits, amount(by), &spent).unwrap().unwrap();
        assert!(broken("10.00000001", spent("0", "0")).contains("one payout"));
        assert!(broken("10", spent("10.00000001", "90")).contains("recipient's day"));
        assert!(broken("10", spent("10", "90.00000001")).contains("of a day"));
        assert_eq!(over(&Limits::default(), amount("1000000"), &Spent::default()), Ok(None));
    }

    #[test]
    fn s3_28_what_waits_does_not_count_as_left() {
        let queued = payout(PayoutState::Queued);
        let signed = payout(PayoutState::Signed { nonce: 1 });
        let old = Payout {
            created_at: Timestamp(10),
            ..queued.clone()
        };
        let other = Payout {
            recipient: Address([7; 20]),
            ..queued.clone()
        };
        let all = [queued.clone(), signed, old, other];
        let sum = |recipient| unspent(&all, &queued, recipient, Timestamp(500)).unwrap();
        assert_eq!(sum(Some(queued.recipient)), amount("1.5"));
        assert_eq!(sum(None), amount("3"));
    }

    #[test]
    fn s3_28_a_vault_keeps_its_floor_beside_what_is_to_be_paid() {
        assert_eq!(below_floor(150, 100, 50), None);
        assert!(below_floor(149, 100, 50).unwrap().contains("149"));
        assert!(is_covered(100, 40, 60) && !is_covered(100, 40, 61) && !is_covered(10, 40, 0));
    }
}
