//! Why something about a pool is refused.

use crate::fixed::{Amount, NumberError};
use crate::pool::day::PoolDay;

/// Why nothing was done. Its words are for the one who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolRefusal {
    /// A field breaks a rule.
    #[error("`{field}` {rule}")]
    Field {
        /// Which.
        field: &'static str,
        /// Which rule.
        rule: &'static str,
    },
    /// Nothing is taken by the product now.
    #[error("the product is {state}: nothing can be put into it")]
    NotOpen {
        /// The state of the product.
        state: &'static str,
    },
    /// Now is outside the time in which the product takes money.
    #[error("the product takes nothing at this time")]
    NotNow,
    /// What is put in would earn nothing, or could not stay for its term.
    #[error("the product's last day is {last_day}, too soon")]
    TooLate {
        /// The last day on which the product pays.
        last_day: PoolDay,
    },
    /// The quota is too small.
    #[error("only {left} of the quota is left")]
    Quota {
        /// What is left.
        left: Amount,
    },
    /// The amount is outside what one subscription may be.
    #[error("`amount` must be between {least} and {most}")]
    Once {
        /// The least.
        least: Amount,
        /// The most.
        most: Amount,
    },
    /// What the user would hold is outside what one may hold.
    #[error("a user must hold between {least} and {most} of the product, and would hold {would}")]
    Held {
        /// The least.
        least: Amount,
        /// The most.
        most: Amount,
        /// What would be held.
        would: Amount,
    },
    /// The holding has ended.
    #[error("the holding has ended")]
    Ended,
    /// More is asked for than the holding holds.
    #[error("the holding holds {principal}")]
    TooMuch {
        /// What it holds.
        principal: Amount,
    },
    /// A fixed holding takes no more money.
    #[error("money is added to a product with a term by another subscription")]
    HasTerm,
    /// A fixed holding is redeemed whole.
    #[error("a holding with a term is redeemed as a whole")]
    OnlyWhole,
    /// Before the end of the term nothing is given back.
    #[error("the holding matures after {last_day}; the product gives nothing back before")]
    NotMature {
        /// The last day of the term.
        last_day: PoolDay,
    },
    /// Too many days are to be caught up at once.
    #[error("the holding is {days} days behind; it can be redeemed when the distribution has caught up")]
    Behind {
        /// How many.
        days: i64,
    },
    /// A number would leave its range.
    #[error(transparent)]
    Number(#[from] NumberError),
}

impl PoolRefusal {
    /// A field breaks a rule.
    pub const fn field(field: &'static str, rule: &'static str) -> Self {
        Self::Field { field, rule }
    }
}
