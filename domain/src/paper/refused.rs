//! Why the paper venue says no, in the codes and words of Binance's futures API.

use crate::fixed::NumberError;
use crate::instrument::FilterError;
use crate::outcome::Refusal;

/// A definite no: nothing was changed. Codes are those of <https://developers.binance.com/docs/derivatives/usds-margined-futures/error-code>.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The account is not known here.
    #[error("invalid API key, no such account")]
    UnknownAccount,
    /// The market is not listed.
    #[error("invalid symbol")]
    UnknownSymbol,
    /// The client order id was used before.
    #[error("client order id is duplicated")]
    DuplicateClientId,
    /// A filter of the market.
    #[error("{0}")]
    Filter(FilterError),
    /// Leverage is zero or above the maximum.
    #[error("leverage {0} is not valid")]
    Leverage(u32),
    /// Leverage of an open isolated position cannot be lowered.
    #[error("leverage reduction is not supported in isolated margin mode with open positions")]
    LeverageReduction,
    /// Margin mode cannot change while a position exists.
    #[error("margin type cannot be changed if there exists position")]
    MarginModeWithPosition,
    /// Margin mode cannot change while orders rest.
    #[error("margin type cannot be changed if there exists open orders")]
    MarginModeWithOrders,
    /// Position mode cannot change while a position exists.
    #[error("position side cannot be changed if there exists position")]
    PositionModeWithPosition,
    /// Position mode cannot change while orders rest.
    #[error("position side cannot be changed if there exists open orders")]
    PositionModeWithOrders,
    /// Available margin does not suffice.
    #[error("margin is insufficient")]
    Margin,
    /// There is nothing to reduce.
    #[error("reduce-only order is rejected")]
    ReduceOnly,
    /// A post-only order would take.
    #[error("due to the order could not be executed as maker, the post only order will be rejected")]
    PostOnly,
    /// An order that must be filled whole at once would not be.
    #[error("due to the order could not be filled immediately, the FOK order has been rejected")]
    FillOrKill,
    /// A conditional order whose trigger the price has reached already.
    #[error("order would immediately trigger")]
    WouldTrigger,
    /// Margin can be moved on isolated positions only.
    #[error("add margin only support for isolated position")]
    MarginOnCross,
    /// There is no position to move margin to or from.
    #[error("cannot add position margin: position is 0")]
    MarginWithoutPosition,
    /// An isolated position does not have this much margin to spare.
    #[error("isolated balance insufficient")]
    IsolatedMargin,
    /// The leverage does not suffice for what is held and ordered.
    #[error("leverage is smaller than permitted: insufficient margin balance")]
    LeverageMargin,
    /// No such resting order.
    #[error("unknown order sent")]
    UnknownOrder,
    /// The market has no price yet.
    #[error("no counterparty price")]
    NoPrice,
    /// Too much is in flight for a definite answer on duplicates.
    #[error("server is currently overloaded, please try again later")]
    Overloaded,
    /// The tester said so.
    #[error("rejected as told")]
    Told,
    /// A number left its range.
    #[error("a number of the order left its range")]
    Number(#[from] NumberError),
}

impl Refused {
    /// The code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownAccount => "-2015",
            Self::UnknownSymbol => "-1121",
            Self::DuplicateClientId => "-4116",
            Self::Filter(FilterError::Lot { .. }) => "-4023",
            Self::Filter(FilterError::MinQuantity { .. }) => "-4003",
            Self::Filter(FilterError::MinNotional { .. }) => "-4164",
            Self::Filter(FilterError::Tick { .. }) => "-4014",
            Self::Filter(FilterError::Number(_)) | Self::Number(_) => "-1111",
            Self::Leverage(_) => "-4028",
            Self::LeverageReduction => "-4161",
            Self::MarginModeWithPosition => "-4048",
            Self::MarginModeWithOrders => "-4047",
            Self::PositionModeWithPosition => "-4068",
            Self::PositionModeWithOrders => "-4067",
            Self::Margin => "-2019",
            Self::ReduceOnly => "-2022",
            Self::PostOnly => "-5022",
            Self::FillOrKill => "-5021",
            Self::WouldTrigger => "-2021",
            Self::MarginOnCross => "-4049",
            Self::MarginWithoutPosition => "-4054",
            Self::IsolatedMargin => "-4051",
            Self::LeverageMargin => "-2028",
            Self::UnknownOrder => "-2011",
            Self::NoPrice => "-4131",
            Self::Overloaded => "-1008",
            Self::Told => "-1000",
        }
    }
}

impl From<FilterError> for Refused {
    fn from(error: FilterError) -> Self {
        Self::Filter(error)
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self {
            code: refused.code().to_owned(),
            reason: refused.to_string(),
        }
    }
}
