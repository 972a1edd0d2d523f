//! Orders: what resting lists and lookups say about them, and which purposes are over.

use crate::order::{OrderEvent, Purpose};
use crate::position::{PositionEvent, PositionState};
use crate::venue::{OrderReport, ReportedState, VenueOrderId};

use super::LookedUp;
use super::desk::{Desk, HeldOrder};

impl Desk<'_> {
    /// Moves each order by the resting list and by its lookup, and finds those that need a lookup.
    pub(super) fn move_orders(&mut self) {
        for index in 0..self.orders.len() {
            if self.orders[index].now.state.is_final() {
                continue;
            }
            let resting = self.resting(index).cloned();
            let is_resting = resting.is_some();
            if let Some(report) = resting.filter(|_| !self.is_stale()) {
                self.move_order(index, OrderEvent::Reported(report));
            }
            match self.context.lookups.get(&self.orders[index].now.id) {
                Some(LookedUp::Found(report)) => self.move_order(index, OrderEvent::Reported(report.clone())),
                // Its fills may wait behind the cursor, however long the venue has forgotten the order itself.
                Some(LookedUp::Absent { since }) if *since >= self.context.rules.lookup_grace && !self.report.more => {
                    self.give_up(index);
                }
                Some(LookedUp::Absent { .. }) => {}
                None => self.ask(index, is_resting),
            }
        }
    }

    fn resting(&self, index: usize) -> Option<&OrderReport> {
        let order = &self.orders[index].now;
        self.report.open_orders.iter().find(|report| {
            let by_client = report.client_id.as_ref() == Some(&order.client_id);
            by_client || order.venue_id.as_ref() == Some(&report.venue_id)
        })
    }

    /// The venue has been asked for long enough: an unconfirmed order never was, another is over.
    fn give_up(&mut self, index: usize) {
        let held = &self.orders[index];
        if held.now.state.is_final() {
            return;
        }
        if held.now.state.is_unconfirmed() {
            return self.move_order(index, OrderEvent::ProvenAbsent);
        }
        let ended = expired(held);
        self.move_order(index, OrderEvent::Reported(ended));
    }

    fn ask(&mut self, index: usize, is_resting: bool) {
        let order = &self.orders[index].now;
        let is_gone = !is_resting && !self.is_stale() && !self.report.more;
        if !order.state.is_final() && (order.state.is_unconfirmed() || is_gone) {
            let id = order.id;
            self.lookups.push(id);
        }
    }

    /// Ends the opening or the closing of positions whose orders for it are over and accounted for.
    pub(super) fn end_purposes(&mut self) {
        for index in 0..self.positions.len() {
            let position = &self.positions[index].now;
            let (purpose, event) = match position.state {
                PositionState::Opening => (Purpose::Open, PositionEvent::OpeningEnded),
                PositionState::Closing { .. } => (Purpose::Close, PositionEvent::CloseEnded),
                PositionState::Open | PositionState::Closed { .. } | PositionState::Abandoned { .. } => continue,
            };
            let id = position.id;
            let orders = self.orders.iter().filter(|held| held.now.position == id);
            let orders: Vec<&HeldOrder> = orders.filter(|held| held.now.purpose == purpose).collect();
            let is_over = orders.iter().all(|held| held.now.state.is_final());
            let is_accounted = orders.iter().all(|held| held.is_accounted());
            if orders.is_empty() || !is_over {
                continue;
            }
            if is_accounted {
                self.move_position(index, event);
            } else {
                self.unresolved = true;
            }
        }
    }
}

/// What a venue would have said of an order that it no longer knows.
fn expired(held: &HeldOrder) -> OrderReport {
    let order = &held.now;
    let venue_id = order.venue_id.clone();
    OrderReport {
        venue_id: venue_id.unwrap_or_else(|| VenueOrderId(String::new())),
        client_id: Some(order.client_id.clone()),
        symbol: order.symbol.clone(),
        action: order.action,
        state: ReportedState::Expired,
        quantity: order.quantity,
        filled: order.filled.max(held.executed.quantity),
        updated_at: order.updated_at,
    }
}
