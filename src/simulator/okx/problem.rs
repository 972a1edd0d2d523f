//! Errors in OKX's codes and words.
//!
//! Source: <https://www.okx.com/docs-v5/en/#error-code>.

use domain::instrument::FilterError;
use domain::paper::Refused;
use serde_json::json;

use crate::simulator::dialect::Answer;
use crate::simulator::exchange::Denied;
use crate::simulator::fields::WrongField;

const TOO_FINE: &str = "The precision of the number of trades or the price exceeds the limit.";
const TOO_LOW: &str = "Account margin is insufficient and leverage is too low. Please increase the leverage.";
const NOTHING_HELD: &str =
    "Order failed because you don't have any positions in this direction for this contract to reduce or close.";
const WOULD_TAKE: &str = "Modification failed as the order price did not meet the requirement for Post Only.";

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub status: u16,
    pub code: &'static str,
    pub words: String,
}

impl Problem {
    /// With HTTP 200, as the trading class has it.
    pub fn new(code: &'static str, words: impl Into<String>) -> Self {
        Self {
            status: 200,
            code,
            words: words.into(),
        }
    }

    /// With another status of HTTP.
    pub fn with(status: u16, code: &'static str, words: impl Into<String>) -> Self {
        Self {
            status,
            ..Self::new(code, words)
        }
    }

    /// A parameter that is not what it must be.
    pub fn wrong(name: &str) -> Self {
        Self::with(400, "51000", format!("Parameter {name} error"))
    }

    /// A parameter that is missing.
    pub fn empty(name: &str) -> Self {
        Self::with(400, "50014", format!("Parameter {name} cannot be empty."))
    }

    /// One of two parameters is needed.
    pub fn either(one: &str, other: &str) -> Self {
        Self::with(400, "50015", format!("Either parameter {one} or {other} is required."))
    }

    /// A market that is not listed.
    pub fn unlisted() -> Self {
        Self::new("51001", "Instrument ID, Instrument ID code or Spread ID doesn't exist.")
    }

    /// An order that is not on record.
    pub fn absent() -> Self {
        Self::new("51603", "Order does not exist.")
    }

    /// A cancel of what is not open.
    pub fn not_open() -> Self {
        Self::new(
            "51400",
            "Cancellation failed as the order has been filled, canceled or does not exist.",
        )
    }

    /// Something of the account stands in the way of a setting.
    pub fn held() -> Self {
        Self::new(
            "59000",
            "Settings failed. Close any open positions or orders before modifying settings.",
        )
    }

    /// A position that is not there.
    pub fn no_position() -> Self {
        Self::new("51023", "Position doesn't exist.")
    }

    /// No price yet.
    pub fn no_data() -> Self {
        Self::new("52000", "No market data found.")
    }

    /// As an answer.
    pub fn answer(&self) -> Answer {
        let body = json!({ "code": self.code, "msg": self.words, "data": [] });
        Answer::new(self.status, body.to_string())
    }
}

impl From<WrongField> for Problem {
    fn from(wrong: WrongField) -> Self {
        match wrong {
            WrongField::Unreadable => Self::with(400, "50002", "JSON syntax error"),
            WrongField::Missing(name) => Self::empty(&name),
            WrongField::Malformed(name) | WrongField::Twice(name) => Self::wrong(&name),
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refused) => Self::from(&refused),
            Denied::Lost(_) => Self::with(
                400,
                "50004",
                "API endpoint request timeout (does not mean that the request was successful or failed, please check the request result).",
            ),
        }
    }
}

impl From<&Refused> for Problem {
    fn from(refused: &Refused) -> Self {
        let (code, words) = match refused {
            Refused::UnknownAccount => return Self::with(401, "50111", "Invalid OK-ACCESS-KEY"),
            Refused::UnknownSymbol => return Self::unlisted(),
            Refused::Overloaded => {
                return Self::with(429, "50013", "Systems are busy. Please try again later.");
            }
            Refused::UnknownOrder => return Self::not_open(),
            Refused::MarginModeWithPosition
            | Refused::MarginModeWithOrders
            | Refused::PositionModeWithPosition
            | Refused::PositionModeWithOrders => return Self::held(),
            Refused::DuplicateClientId => ("51016", "Client order ID already exists."),
            Refused::Filter(FilterError::Lot { .. }) => ("51121", "Order quantity must be a multiple of the lot size."),
            Refused::Filter(FilterError::MinQuantity { .. } | FilterError::MinNotional { .. }) => {
                ("51020", "Your order should meet or exceed the minimum order amount.")
            }
            Refused::Filter(FilterError::Tick { .. }) => ("51150", TOO_FINE),
            Refused::Filter(FilterError::Number(_)) | Refused::Number(_) => {
                ("51005", "Your order amount exceeds the max order amount.")
            }
            Refused::Leverage(_) => (
                "59102",
                "Leverage exceeds the maximum limit. Please lower the leverage.",
            ),
            Refused::LeverageReduction => ("59103", TOO_LOW),
            Refused::LeverageMargin => (
                "59108",
                "Your account leverage is too low and has insufficient margins.",
            ),
            Refused::Margin => ("51008", "Order failed. Insufficient USDT margin in account"),
            Refused::ReduceOnly => ("51169", NOTHING_HELD),
            Refused::PostOnly => ("51511", WOULD_TAKE),
            Refused::FillOrKill | Refused::NoPrice => ("51109", "No available offers."),
            Refused::WouldTrigger => ("51280", "SL trigger price cannot be higher than the last price."),
            Refused::MarginOnCross | Refused::MarginWithoutPosition => {
                ("59300", "Margin call failed. Position doesn't exist.")
            }
            Refused::IsolatedMargin => ("59301", "Margin adjustment failed for exceeding the max limit."),
            Refused::Told => ("51022", "Contract suspended."),
        };
        Self::new(code, words)
    }
}
