//! An order and its executions.

use domain::fixed::{Amount, Price, Quantity, Rounding};
use domain::time::Timestamp;

use super::stock::StockName;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator::opend) enum Status {
    /// It waits for the session.
    WaitingSubmit,
    /// It rests.
    Submitted,
    /// Nobody knows what became of it.
    TimedOut,
    /// All of it was executed.
    Filled,
    /// What was left of it is cancelled.
    Cancelled,
    /// The exchange refused it.
    Failed,
    /// Its executions were taken back.
    FillCancelled,
}

/// What a fault makes of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator::opend) enum Fate {
    /// Nobody knows what became of it; it trades all the same, or it never does.
    TimedOut {
        /// Whether it trades.
        trades: bool,
    },
    /// Once all of it was executed, that is taken back.
    FillCancelled,
    /// The exchange refuses it after it was taken.
    Rejected,
}

/// An execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator::opend) struct Fill {
    /// Its number.
    pub id: u64,
    /// Shares.
    pub quantity: Quantity,
    /// At this price.
    pub price: Price,
    /// When.
    pub at: Timestamp,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator::opend) struct Order {
    /// Its number.
    pub id: u64,
    /// Whose.
    pub account: u64,
    /// For what.
    pub stock: StockName,
    /// Buys, or sells.
    pub buys: bool,
    /// Shares.
    pub quantity: Quantity,
    /// The worst price.
    pub limit: Price,
    /// The client's mark.
    pub remark: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// What went wrong.
    pub error: Option<String>,
    /// What a fault makes of it.
    pub fate: Option<Fate>,
    /// Its executions.
    pub fills: Vec<Fill>,
    /// Fees so far.
    pub fee: Amount,
    /// When it was made.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Whether it is among the orders of today.
    pub is_of_today: bool,
}

impl Order {
    /// Its name at the servers.
    pub fn name(&self) -> String {
        format!("SIM{}", self.id)
    }

    /// Shares that were executed.
    pub fn filled(&self) -> Quantity {
        Quantity::sum(self.fills.iter().map(|fill| fill.quantity)).unwrap_or(Quantity::ZERO)
    }

    /// Shares that were not.
    pub fn rest(&self) -> Quantity {
        self.quantity.minus(self.filled()).unwrap_or(Quantity::ZERO)
    }

    /// What was paid, or received.
    pub fn turnover(&self) -> Amount {
        let each = self.fills.iter().map(|fill| {
            let cost = fill.price.notional(fill.quantity, Rounding::HalfUp);
            cost.unwrap_or(Amount::ZERO)
        });
        Amount::sum(each).unwrap_or(Amount::ZERO)
    }

    /// The average price of its executions.
    pub fn average(&self) -> Option<Price> {
        Price::average(self.turnover(), self.filled(), Rounding::HalfUp).ok()
    }

    /// Whether it can be executed or cancelled.
    pub fn is_live(&self) -> bool {
        match self.status {
            Status::WaitingSubmit | Status::Submitted => true,
            Status::TimedOut => self.fate == Some(Fate::TimedOut { trades: true }) && self.rest().is_positive(),
            Status::Filled | Status::Cancelled | Status::Failed | Status::FillCancelled => false,
        }
    }
}
