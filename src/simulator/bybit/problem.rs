//! Errors in Bybit's codes and words.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/error>.

use domain::instrument::FilterError;
use domain::paper::Refused;
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::routes::Good;
use crate::simulator::dialect::Answer;
use crate::simulator::exchange::Denied;

/// A refusal. The status of HTTP is 200 for nearly all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub status: u16,
    pub code: i64,
    pub words: String,
    /// What is told of it beside.
    pub result: Value,
}

impl Problem {
    /// With HTTP 200.
    pub fn new(code: i64, words: impl Into<String>) -> Self {
        Self {
            status: 200,
            code,
            words: words.into(),
            result: json!({}),
        }
    }

    /// A parameter is not what it must be.
    pub fn invalid(name: &str) -> Self {
        Self::new(10001, format!("params error: {name} invalid"))
    }

    /// Too many requests of an account.
    pub fn too_many() -> Self {
        Self::new(10006, "Too many visits. Exceeded the API Rate Limit.")
    }

    /// The sender's id of an order was used before.
    pub fn duplicate() -> Self {
        Self::new(110_072, "OrderLinkedID is duplicate")
    }

    /// An order that cannot be cancelled or changed, as it is not open.
    pub fn absent(act: &str) -> Self {
        Self::new(110_001, format!("order not exists or too late to {act}"))
    }

    /// The margin mode cannot change, and why.
    pub fn margin_mode(reason: i64, words: &str) -> Self {
        let reasons = json!({ "reasons": [{ "reasonCode": reason.to_string(), "reasonMsg": words }] });
        Self {
            result: reasons,
            ..Self::new(3_400_045, "Set margin mode failed")
        }
    }

    /// As an answer.
    pub fn answer(self, now: Timestamp) -> Answer {
        let body = super::envelope(self.code, &self.words, Good::from(self.result), now);
        Answer::new(self.status, body.to_string())
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refused) => Self::from(&refused),
            Denied::Lost(_) => Self::new(10016, "Server error."),
        }
    }
}

impl From<&Refused> for Problem {
    fn from(refused: &Refused) -> Self {
        let (code, words) = match refused {
            Refused::UnknownAccount => (10003, "API key is invalid."),
            Refused::UnknownSymbol => return Self::invalid("symbol"),
            Refused::DuplicateClientId => return Self::duplicate(),
            Refused::Filter(FilterError::Lot { .. }) => (10001, "Qty invalid"),
            Refused::Filter(FilterError::MinQuantity { .. }) => {
                (10001, "The number of contracts exceeds minimum limit allowed")
            }
            Refused::Filter(FilterError::MinNotional { minimum, .. }) => {
                let words = format!("Order does not meet minimum order value {minimum}USDT");
                return Self::new(110_094, words);
            }
            Refused::Filter(FilterError::Tick { .. }) => return Self::invalid("price"),
            Refused::Filter(FilterError::Number(_)) | Refused::Number(_) => {
                (110_003, "Order price exceeds the allowable range.")
            }
            Refused::Leverage(leverage) => {
                let words = format!("cannot set leverage [{leverage}] gt maxLeverage by risk limit");
                return Self::new(110_013, words);
            }
            Refused::LeverageReduction | Refused::LeverageMargin => (110_044, "Available margin is insufficient."),
            Refused::MarginModeWithPosition | Refused::MarginModeWithOrders => {
                return Self::margin_mode(3_400_093, "there are positions or orders");
            }
            Refused::PositionModeWithPosition => (
                110_024,
                "You have an existing position, so the position mode cannot be switched.",
            ),
            Refused::PositionModeWithOrders => (
                110_028,
                "You have existing open orders, so the position mode cannot be switched.",
            ),
            Refused::Margin => (110_007, "ab not enough for new order"),
            Refused::ReduceOnly => (110_017, "current position is zero, cannot fix reduce-only order qty"),
            Refused::PostOnly | Refused::FillOrKill | Refused::Told => (110_032, "Illegal order"),
            Refused::WouldTrigger => (110_092, "expect Rising or Falling, but the trigger price is reached"),
            Refused::MarginOnCross => (110_015, "The position is in cross_margin."),
            Refused::MarginWithoutPosition => (
                110_033,
                "You can't set margin without an open position. Margin can only be added to an open position.",
            ),
            Refused::IsolatedMargin => (110_014, "Insufficient available balance to add additional margin."),
            Refused::UnknownOrder => return Self::absent("cancel"),
            Refused::NoPrice => (110_066, "Trading is currently not allowed."),
            Refused::Overloaded => return Self::too_many(),
        };
        Self::new(code, words)
    }
}
