//! Errors in Binance's codes and words.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures/error-code>.

use domain::instrument::FilterError;
use domain::paper::Refused;
use serde_json::json;

use crate::simulator::dialect::Answer;
use crate::simulator::exchange::Denied;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub status: u16,
    pub code: i64,
    pub words: String,
}

impl Problem {
    /// With HTTP 400.
    pub fn new(code: i64, words: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            words: words.into(),
        }
    }

    /// With HTTP 401.
    pub fn denied(code: i64, words: &str) -> Self {
        Self {
            status: 401,
            ..Self::new(code, words)
        }
    }

    /// A parameter is missing or not what it must be.
    pub fn mandatory(name: &str) -> Self {
        let words = format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed.");
        Self::new(-1102, words)
    }

    /// A parameter that must not be there.
    pub fn needless(name: &str) -> Self {
        Self::new(-1106, format!("Parameter '{name}' sent when not required."))
    }

    /// An order that is not on record.
    pub fn absent() -> Self {
        Self::new(-2013, "Order does not exist.")
    }

    /// A cancel of what is not open.
    pub fn not_open() -> Self {
        Self::new(-2011, "Unknown order sent.")
    }

    /// As JSON, within a list of answers or alone.
    pub fn json(&self) -> serde_json::Value {
        json!({ "code": self.code, "msg": self.words })
    }

    /// As an answer.
    pub fn answer(&self) -> Answer {
        Answer::new(self.status, self.json().to_string())
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refused) => Self::from(&refused),
            Denied::Lost(_) => Self {
                status: 503,
                ..Self::new(
                    -1007,
                    "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
                )
            },
        }
    }
}

impl From<&Refused> for Problem {
    fn from(refused: &Refused) -> Self {
        let words = match refused {
            Refused::UnknownAccount => "Invalid API-key, IP, or permissions for action.",
            Refused::UnknownSymbol => "Invalid symbol.",
            Refused::DuplicateClientId => "ClientOrderId is duplicated.",
            Refused::Filter(FilterError::Lot { .. }) => "Qty not increased by step size.",
            Refused::Filter(FilterError::MinQuantity { .. }) => "Quantity less than or equal to zero.",
            Refused::Filter(FilterError::MinNotional { minimum, .. }) => {
                let words =
                    format!("Order's notional must be no smaller than {minimum} (unless you choose reduce only).");
                return Self::new(-4164, words);
            }
            Refused::Filter(FilterError::Tick { .. }) => "Price not increased by tick size.",
            Refused::Filter(FilterError::Number(_)) | Refused::Number(_) => {
                "Precision is over the maximum defined for this asset."
            }
            Refused::Leverage(_) => "Leverage is not valid.",
            Refused::LeverageReduction => {
                "Leverage reduction is not supported in Isolated Margin Mode with open positions."
            }
            Refused::MarginModeWithPosition => "Margin type cannot be changed if there exists position.",
            Refused::MarginModeWithOrders => "Margin type cannot be changed if there exists open orders.",
            Refused::PositionModeWithPosition => "Position side cannot be changed if there exists position.",
            Refused::PositionModeWithOrders => "Position side cannot be changed if there exists open orders.",
            Refused::Margin => "Margin is insufficient.",
            Refused::ReduceOnly => "ReduceOnly Order is rejected.",
            Refused::PostOnly => {
                "Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history"
            }
            Refused::FillOrKill => {
                "Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history"
            }
            Refused::WouldTrigger => "Order would immediately trigger.",
            Refused::MarginOnCross => "Add margin only support for isolated position.",
            Refused::MarginWithoutPosition => "Cannot add position margin: position is 0.",
            Refused::IsolatedMargin => "Isolated balance insufficient.",
            Refused::LeverageMargin => "Leverage is smaller than permitted: insufficient margin balance.",
            Refused::UnknownOrder => "Unknown order sent.",
            Refused::NoPrice => "The counterparty's best price does not meet the PERCENT_PRICE filter limit",
            Refused::Overloaded => {
                "Server is currently overloaded with other requests. Please try again in a few minutes."
            }
            Refused::Told => "An unknown error occured while processing the request.",
        };
        Self::new(refused.code().parse().unwrap_or(-1000), words)
    }
}
