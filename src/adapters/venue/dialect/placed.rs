//! The word of a venue that it took an order, where that is all it says.

use domain::fixed::Quantity;
use domain::time::Timestamp;
use domain::venue::{OrderIntent, OrderReport, ReportedState, VenueOrderId};

/// An order was taken. What becomes of it the venue tells by a push, or when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The venue's id of it.
    pub venue_id: VenueOrderId,
    /// When, by the venue's clock, where it tells.
    pub at: Option<Timestamp>,
}

/// The answer to an order that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// That it was, and under which id.
    Named(Placed),
    /// What has become of it by then, too.
    Whole(OrderReport),
}

impl Taken {
    /// As a report.
    pub fn report(self, intent: &OrderIntent, now: Timestamp) -> OrderReport {
        match self {
            Self::Named(placed) => placed.report(intent, now),
            Self::Whole(report) => report,
        }
    }
}

impl Placed {
    /// As a report: resting, with nothing filled yet that is known.
    pub fn report(&self, intent: &OrderIntent, now: Timestamp) -> OrderReport {
        OrderReport {
            venue_id: self.venue_id.clone(),
            client_id: Some(intent.client_id.clone()),
            symbol: intent.symbol.clone(),
            action: intent.action,
            state: ReportedState::Open,
            quantity: intent.quantity,
            filled: Quantity::ZERO,
            updated_at: self.at.unwrap_or(now),
        }
    }
}
