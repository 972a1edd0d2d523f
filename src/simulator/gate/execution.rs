//! Trades as Gate tells them.
//!
//! The paper venue tells a trade that turns a position as two fills: what it closed, and what it opened. Here it is one.

use domain::fixed::{Amount, Quantity};
use domain::paper::PaperFill;

/// A trade.
#[derive(Debug, Clone)]
pub(super) struct Execution {
    /// The fill that it is, or the first of the two; the trade has its number.
    pub first: PaperFill,
    pub quantity: Quantity,
    /// How much of a position it closed.
    pub closed: Quantity,
    pub fee: Amount,
    pub realised: Amount,
    /// The fill that opened the other side, where there is one.
    pub second: Option<PaperFill>,
}

impl Execution {
    /// A trade that is this fill alone, so far.
    pub fn of(fill: &PaperFill) -> Self {
        Self {
            first: fill.clone(),
            quantity: fill.quantity,
            closed: if fill.reducing { fill.quantity } else { Quantity::ZERO },
            fee: fill.fee,
            realised: fill.realised,
            second: None,
        }
    }

    /// Whether this fill is the other half of a trade that turned the position.
    fn goes_on_with(&self, fill: &PaperFill) -> bool {
        let first = &self.first;
        self.second.is_none()
            && first.reducing
            && !fill.reducing
            && (first.order, first.at, first.price) == (fill.order, fill.at, fill.price)
            && first.number + 1 == fill.number
    }

    /// Takes the next fill in, where it is the other half of this trade.
    pub fn take(&mut self, fill: &PaperFill) -> bool {
        let is_half = self.goes_on_with(fill);
        if is_half {
            self.quantity = self.quantity.plus(fill.quantity).unwrap_or(self.quantity);
            self.fee = self.fee.plus(fill.fee).unwrap_or(self.fee);
            self.second = Some(fill.clone());
        }
        is_half
    }
}

/// Fills as trades, in their order.
pub(super) fn executions<'a>(fills: impl Iterator<Item = &'a PaperFill>) -> Vec<Execution> {
    let mut trades: Vec<Execution> = Vec::new();
    for fill in fills {
        if !trades.last_mut().is_some_and(|last| last.take(fill)) {
            trades.push(Execution::of(fill));
        }
    }
    trades
}
