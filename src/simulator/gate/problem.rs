//! Errors in Gate's labels and words.
//!
//! Source: <https://www.gate.com/docs/developers/apiv4/en/#error-handling>.

use domain::instrument::FilterError;
use domain::paper::Refused;
use serde_json::{Value, json};

use crate::simulator::dialect::Answer;
use crate::simulator::exchange::Denied;
use crate::simulator::fields::WrongField;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub status: u16,
    pub label: &'static str,
    pub words: String,
}

impl Problem {
    /// With a status of HTTP.
    pub fn new(status: u16, label: &'static str, words: impl Into<String>) -> Self {
        Self {
            status,
            label,
            words: words.into(),
        }
    }

    /// With HTTP 400.
    pub fn bad(label: &'static str, words: impl Into<String>) -> Self {
        Self::new(400, label, words)
    }

    /// A parameter is not what it must be.
    pub fn value(name: &str) -> Self {
        Self::bad("INVALID_PARAM_VALUE", format!("invalid argument: {name}"))
    }

    /// A size that is no size here.
    pub fn size() -> Self {
        Self::bad("INVALID_ARGUMENT", "invalid size")
    }

    /// An order that is not on record, or not told of any longer.
    pub fn absent() -> Self {
        Self::new(404, "ORDER_NOT_FOUND", "Order not found")
    }

    /// An order that has ended.
    pub fn finished() -> Self {
        Self::bad("ORDER_FINISHED", "Order has been finished")
    }

    /// A market that is not listed.
    pub fn contract() -> Self {
        Self::bad("CONTRACT_NOT_FOUND", "Contract not found")
    }

    /// What hedge mode does not allow.
    pub fn dual() -> Self {
        Self::bad("POSITION_DUAL_MODE", "Operation forbidden in dual-mode")
    }

    /// There is no position to close.
    pub fn empty() -> Self {
        Self::bad("POSITION_EMPTY", "Position is empty")
    }

    /// Nothing would change.
    pub fn no_change() -> Self {
        Self::bad("NO_CHANGE", "No change is made")
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        json!({ "label": self.label, "message": self.words })
    }

    /// As an answer.
    pub fn answer(&self) -> Answer {
        Answer::new(self.status, self.json().to_string())
    }
}

impl From<WrongField> for Problem {
    fn from(wrong: WrongField) -> Self {
        match wrong {
            WrongField::Unreadable => Self::bad("INVALID_REQUEST_BODY", "Invalid request body"),
            WrongField::Missing(name) => {
                Self::bad("MISSING_REQUIRED_PARAM", format!("Missing required parameter: {name}"))
            }
            WrongField::Malformed(name) | WrongField::Twice(name) => Self::value(&name),
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refused) => Self::from(&refused),
            Denied::Lost(_) => Self::new(500, "SERVER_ERROR", "Internal server error"),
        }
    }
}

impl From<&Refused> for Problem {
    fn from(refused: &Refused) -> Self {
        let (label, words) = match refused {
            Refused::UnknownAccount => (
                "USER_NOT_FOUND",
                "please transfer funds first to create futures account",
            ),
            Refused::UnknownSymbol => ("CONTRACT_NOT_FOUND", "Contract not found"),
            Refused::DuplicateClientId | Refused::Told => ("INVALID_PARAM_VALUE", "invalid argument: text"),
            Refused::Filter(FilterError::Lot { .. }) => ("INVALID_ARGUMENT", "invalid size"),
            Refused::Filter(FilterError::MinQuantity { .. } | FilterError::MinNotional { .. }) => {
                ("SIZE_TOO_SMALL", "Order size is too small")
            }
            Refused::Filter(FilterError::Tick { .. }) => ("INVALID_ARGUMENT", "invalid price"),
            Refused::Filter(FilterError::Number(_)) | Refused::Number(_) => ("INVALID_ARGUMENT", "invalid number"),
            Refused::Leverage(0) | Refused::LeverageReduction => ("LEVERAGE_TOO_LOW", "Leverage is too low"),
            Refused::Leverage(_) => ("LEVERAGE_TOO_HIGH", "Leverage is too high"),
            Refused::MarginModeWithPosition | Refused::PositionModeWithPosition => {
                ("POSITION_HOLDING", "Operation forbidden with holding position")
            }
            Refused::MarginModeWithOrders | Refused::PositionModeWithOrders => {
                ("ORDER_PENDING", "Operation forbidden with pending orders")
            }
            Refused::Margin | Refused::LeverageMargin => ("INSUFFICIENT_AVAILABLE", "Insufficient available balance"),
            Refused::ReduceOnly => ("INCREASE_POSITION", "Reduce-only order will increase position"),
            Refused::PostOnly => ("ORDER_POC_IMMEDIATE", "POC order will be finished immediately"),
            Refused::FillOrKill => ("ORDER_FOK", "FOK order cannot be filled completely"),
            Refused::WouldTrigger => ("INVALID_PARAM_VALUE", "invalid argument: Trigger.Price"),
            Refused::MarginOnCross => ("POSITION_CROSS_MARGIN", "Cross margin does not allow changing margin"),
            Refused::MarginWithoutPosition => ("POSITION_EMPTY", "Position is empty"),
            Refused::IsolatedMargin => ("REMOVE_TOO_MUCH", "Margin removed exceeds what is allowed"),
            Refused::UnknownOrder => ("ORDER_FINISHED", "Order has been finished"),
            Refused::NoPrice => ("CONTRACT_NO_COUNTER", "No orders in this contract"),
            Refused::Overloaded => return Self::new(503, "TOO_BUSY", "System is busy, please try again later"),
        };
        Self::bad(label, words)
    }
}
