//! A holding: what one subscription is worth, how far it has earned, and what of that is paid.

use serde::Serialize;

use crate::fixed::{Amount, NumberError, Ratio};
use crate::id::{HoldingId, ProductId, UserId};
use crate::pool::day::PoolDay;
use crate::time::Timestamp;

/// Where a holding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum HoldingState {
    /// It has principal.
    Held,
    /// Its holder took everything out.
    Redeemed {
        /// When.
        at: Timestamp,
    },
    /// Everything was given back after its last day, or the product's.
    Matured {
        /// When.
        at: Timestamp,
    },
}

impl HoldingState {
    /// Name in the database and the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Redeemed { .. } => "redeemed",
            Self::Matured { .. } => "matured",
        }
    }

    /// Whether it has principal.
    pub const fn is_held(&self) -> bool {
        matches!(self, Self::Held)
    }

    /// When it ended.
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Held => None,
            Self::Redeemed { at } | Self::Matured { at } => Some(*at),
        }
    }
}

/// What one subscription has become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// Identity.
    pub id: HoldingId,
    /// Of which product.
    pub product: ProductId,
    /// Whose.
    pub user: UserId,
    /// Who gets a commission on its yield.
    pub referrer: Option<UserId>,
    /// The commission's part of the yield, as it was at the subscription.
    pub commission: Ratio,
    /// Where it stands.
    #[serde(flatten)]
    pub state: HoldingState,
    /// What counts against the quota: put in and not taken out; compounded yield is taken out first.
    pub subscribed: Amount,
    /// Principal that earns on the day after `accrued_through`.
    pub earning: Amount,
    /// Principal that earns from the day after that.
    pub pending: Amount,
    /// The day before the first that earns, of this term.
    pub opened_on: PoolDay,
    /// The last day that earns, of this term; `None` without one.
    pub last_day: Option<PoolDay>,
    /// Whether another term follows the last day.
    pub renews: bool,
    /// Days up to this one have accrued.
    pub accrued_through: PoolDay,
    /// What accrued and is finer than an amount: units of 10⁻¹⁸, 0 to 10¹⁰ − 1.
    pub residue: i64,
    /// All that accrued, in whole units: paid + unpaid + forfeited.
    pub earned: Amount,
    /// What accrued and is not paid; below zero where a correction took more than was left to pay.
    pub unpaid: Amount,
    /// What was paid.
    pub paid: Amount,
    /// What was lost by leaving early.
    pub forfeited: Amount,
    /// What its referrer got.
    pub commissioned: Amount,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with every change.
    pub version: u32,
}

impl Holding {
    /// Principal, whether it earns already or not.
    pub fn principal(&self) -> Result<Amount, NumberError> {
        self.earning.plus(self.pending)
    }

    /// Whether it has principal, or is owed something still.
    pub const fn is_live(&self) -> bool {
        self.state.is_held() || self.unpaid.is_positive()
    }

    /// Whether its last day has ended before `today`.
    pub fn is_mature(&self, today: PoolDay) -> bool {
        self.last_day.is_some_and(|last| last < today)
    }

    /// Takes principal out: what does not earn yet first, and compounded yield before what was put in. Returns how much less it counts against the
    /// quota.
    pub(super) fn take_out(&mut self, part: Amount) -> Result<Amount, NumberError> {
        let from_pending = part.min(self.pending);
        self.pending = self.pending.minus(from_pending)?;
        self.earning = self.earning.minus(part.minus(from_pending)?)?;
        let counts = self.subscribed.min(self.principal()?);
        let freed = self.subscribed.minus(counts)?;
        self.subscribed = counts;
        Ok(freed)
    }
}
