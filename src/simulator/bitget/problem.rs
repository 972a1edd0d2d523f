//! Errors in Bitget's codes and words.
//!
//! Source: <https://www.bitget.com/api-doc/contract/error-code/restapi>.

use domain::instrument::FilterError;
use domain::paper::Refused;
use domain::time::Timestamp;
use serde_json::{Value, json};

use crate::simulator::dialect::Answer;
use crate::simulator::exchange::Denied;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub status: u16,
    pub code: &'static str,
    pub words: String,
}

impl Problem {
    /// With HTTP 400, as nearly all are.
    pub fn new(code: &'static str, words: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            words: words.into(),
        }
    }

    /// A parameter is missing.
    pub fn empty(name: &str) -> Self {
        Self::new("40019", format!("Parameter {name} cannot be empty"))
    }

    /// A parameter is not what it must be.
    pub fn wrong(name: &str) -> Self {
        Self::new("40020", format!("Parameter {name} error"))
    }

    /// An order that is not on record.
    pub fn absent() -> Self {
        let words = "The data of the order cannot be found, please confirm the order number";
        Self::new("40109", words)
    }

    /// A cancel of what is not open.
    pub fn not_open() -> Self {
        Self::new("40768", "Order does not exist")
    }

    /// Nothing to close.
    pub fn no_position() -> Self {
        Self::new("22002", "No position to close")
    }

    /// As an entry in a list of what failed.
    pub fn entry(&self, order_id: &str, client_id: &str) -> Value {
        json!({ "orderId": order_id, "clientOid": client_id, "errorMsg": self.words, "errorCode": self.code })
    }

    /// As an answer.
    pub fn answer(&self, now: Timestamp) -> Answer {
        let body = json!({ "code": self.code, "msg": self.words, "requestTime": now.0, "data": null });
        Answer::new(self.status, body.to_string())
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refused) => Self::from(&refused),
            Denied::Lost(_) => Self::new("40010", "Request timed out"),
        }
    }
}

impl From<&Refused> for Problem {
    fn from(refused: &Refused) -> Self {
        let (code, words) = match refused {
            Refused::Filter(filter) => return of_filter(filter),
            Refused::UnknownAccount => ("40037", "Apikey does not exist"),
            Refused::UnknownSymbol => ("40034", "Parameter symbol does not exist"),
            Refused::DuplicateClientId => ("40786", "Duplicate clientOid"),
            Refused::Number(_) => ("40808", "Parameter verification exception size"),
            Refused::Leverage(_) => ("40797", "Exceeded the maximum settable leverage"),
            Refused::LeverageReduction => ("40104", "Lever adjustment failure"),
            Refused::MarginModeWithPosition | Refused::MarginModeWithOrders => (
                "45117",
                "Currently holding positions or orders, the margin mode cannot be adjusted",
            ),
            Refused::PositionModeWithPosition | Refused::PositionModeWithOrders => (
                "40920",
                "Position or order exists, the position mode cannot be switched",
            ),
            Refused::Margin => ("40762", "The order amount exceeds the balance"),
            Refused::ReduceOnly => return Self::no_position(),
            Refused::PostOnly => ("43011", "The parameter does not meet the specification force post_only"),
            Refused::FillOrKill => ("43011", "The parameter does not meet the specification force fok"),
            Refused::WouldTrigger => ("43011", "The parameter does not meet the specification triggerPrice"),
            Refused::MarginOnCross => ("40714", "No direct margin call is allowed"),
            Refused::MarginWithoutPosition => ("40709", "There is no position in this position"),
            Refused::IsolatedMargin => ("40713", "Cannot exceed the maximum transferable margin amount"),
            Refused::LeverageMargin => ("40800", "Insufficient amount of margin"),
            Refused::UnknownOrder => return Self::not_open(),
            Refused::NoPrice | Refused::Told => ("40725", "service return an error"),
            Refused::Overloaded => ("40015", "System is abnormal, please try again later"),
        };
        Self::new(code, words)
    }
}

fn of_filter(filter: &FilterError) -> Problem {
    match filter {
        FilterError::MinNotional { minimum, .. } => {
            Problem::new("45110", format!("less than the minimum amount {minimum} USDT"))
        }
        FilterError::MinQuantity { .. } => {
            Problem::new("43006", "The order quantity is less than the minimum order quantity")
        }
        FilterError::Lot { quantity, lot } => {
            let words = format!("Parameter verification exception size {quantity} is not a multiple of {lot}");
            Problem::new("40808", words)
        }
        FilterError::Tick { tick, .. } => {
            Problem::new("45115", format!("The price you enter should be a multiple of {tick}"))
        }
        FilterError::Number(_) => Problem::new("40808", "Parameter verification exception size"),
    }
}
