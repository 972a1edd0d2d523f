//! Power that is reserved for a position: how much when it opens, and when what is reserved may be given back.

use std::time::Duration;

use crate::fixed::{Amount, NumberError, Ratio, Rounding, divide};
use crate::ledger::Hold;
use crate::position::Position;
use crate::settlement::Settlement;
use crate::time::Timestamp;

/// Power to reserve for a position that is about to open: margin × expected profit × rate, rounded half-up, not
/// negative. `expected_profit` is a share of the margin, which is `notional` / `leverage`.
///
/// # Errors
/// When a number leaves its range.
pub fn power_to_reserve(
    notional: Amount,
    leverage: u32,
    expected_profit: Ratio,
    rate: Ratio,
) -> Result<Amount, NumberError> {
    let margin = divide(notional.units().into(), i128::from(leverage.max(1)), Rounding::HalfUp)?;
    let profit = expected_profit.of(Amount::from_wide(margin)?, Rounding::HalfUp)?;
    Ok(rate.of(profit, Rounding::HalfUp)?.max(Amount::ZERO))
}

/// What is to be done with power that is reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// It is needed, or its settlement ends it.
    Keep,
    /// Its position is over without a settlement to come, or never came to be.
    GiveBack,
    /// Its time is over, and its position does not live.
    Expire,
}

impl Reserved {
    /// Judges a hold that is held. `position` is the one that it was made for, if it is on record; one that is not may
    /// still come within `grace` of the hold. A position that lives keeps its hold, however old.
    pub fn judge(hold: &Hold, position: Option<&Position>, now: Timestamp, grace: Duration) -> Self {
        let is_late = now > hold.expires_at;
        // A clock that was set back must not keep it for as long as it was set back.
        let age = now.since(hold.created_at).max(hold.created_at.since(now));
        match position {
            Some(position) if !position.state.is_final() => Self::Keep,
            Some(position) if position.settlement == Settlement::Pending && !is_late => Self::Keep,
            None if age < grace && !is_late => Self::Keep,
            Some(_) | None if is_late => Self::Expire,
            Some(_) | None => Self::GiveBack,
        }
    }
}
