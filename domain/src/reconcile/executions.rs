//! Fills: to which order and position each belongs, and what it does to them.

use crate::change::Fill;
use crate::fixed::{Amount, NumberError, Quantity, Rounding};
use crate::id::PositionId;
use crate::market::{Side, Symbol};
use crate::order::{OrderEvent, OrderState};
use crate::position::{CloseReason, FillEffect, Origin, PositionEvent, PositionState};
use crate::time::Timestamp;
use crate::venue::{FillCause, FillReport, OrderReport, ReportedState};

use super::Mismatch;
use super::desk::Desk;
use super::share;

/// A part of a fill, and the position that it goes to.
struct Part {
    position: Option<usize>,
    quantity: Quantity,
}

impl Desk<'_> {
    pub(super) fn apply_fill(&mut self, fill: &FillReport) {
        let order = self.order_of(fill);
        let parts = if fill.reducing {
            self.parts_that_shrink(fill, order)
        } else {
            vec![Part {
                position: Some(self.position_that_grows(fill, order)),
                quantity: fill.quantity,
            }]
        };
        if let Err(error) = self.record(fill, order, &parts) {
            let subject = format!("fill:{}:{}", self.records.account.id, fill.venue_fill_id);
            self.contradiction(subject, error.to_string());
        }
        if let Some(order) = order {
            self.execute(order, fill);
        }
    }

    fn order_of(&self, fill: &FillReport) -> Option<usize> {
        self.orders.iter().position(|held| {
            let by_client = fill.client_id.as_ref() == Some(&held.now.client_id);
            by_client || held.now.venue_id.as_ref() == Some(&fill.venue_order_id)
        })
    }

    /// Our order's own position, or the external one.
    fn position_that_grows(&mut self, fill: &FillReport, order: Option<usize>) -> usize {
        let Some(order) = order else {
            return self.external(&fill.symbol, fill.position_side);
        };
        let order = &self.orders[order].now;
        let (id, position) = (order.id, order.position);
        let own = self.position_index(position);
        let own = own.filter(|index| self.positions[*index].now.closed_profit().is_none());
        own.unwrap_or_else(|| {
            self.mismatches.push(Mismatch::LateFill {
                order: id,
                fill: fill.venue_fill_id.clone(),
            });
            self.external(&fill.symbol, fill.position_side)
        })
    }

    /// Our order's own position first, then whatever is held on that side, oldest first. A rest belongs to our order's
    /// own position if that has closed, and else to nobody.
    fn parts_that_shrink(&self, fill: &FillReport, order: Option<usize>) -> Vec<Part> {
        let holding = self.holding(&fill.symbol, fill.position_side);
        let named = order.and_then(|order| self.position_index(self.orders[order].now.position));
        let own = named.filter(|index| holding.contains(index));
        let closed = named.filter(|index| self.positions[*index].now.closed_profit().is_some());
        let others = holding.iter().copied().filter(|index| Some(*index) != own);
        let mut rest = fill.quantity;
        let mut parts = Vec::new();
        for index in own.into_iter().chain(others) {
            let quantity = rest.min(self.positions[index].now.quantity);
            if quantity.is_zero() {
                break;
            }
            parts.push(Part {
                position: Some(index),
                quantity,
            });
            rest = rest.minus(quantity).unwrap_or(Quantity::ZERO);
        }
        if rest.is_positive() {
            parts.push(Part {
                position: closed,
                quantity: rest,
            });
        }
        parts
    }

    /// Puts the parts on record, and moves their positions.
    fn record(&mut self, fill: &FillReport, order: Option<usize>, parts: &[Part]) -> Result<(), NumberError> {
        let quantities: Vec<Quantity> = parts.iter().map(|part| part.quantity).collect();
        let fees = share::by_quantity(fill.fee, &quantities)?;
        let realised = share::by_quantity(fill.realised, &quantities)?;
        let notional = fill.price.notional(fill.quantity, Rounding::HalfUp)?;
        let notionals = share::by_quantity(notional, &quantities)?;
        for (index, part) in parts.iter().enumerate() {
            let id = share::part_id(&fill.venue_fill_id, index);
            let effect = FillEffect {
                venue_fill: Some(id.clone()),
                reducing: fill.reducing,
                quantity: part.quantity,
                notional: notionals[index],
                fee: fees[index],
                realised: realised[index],
                reason: self.reason(fill, order),
                at: fill.at,
            };
            let position = part.position.and_then(|held| self.effect(held, effect));
            let mut report = fill.clone();
            report.venue_fill_id = id;
            report.quantity = part.quantity;
            report.fee = fees[index];
            report.realised = realised[index];
            self.fills.push(Fill {
                account: self.records.account.id,
                order: order.map(|order| self.orders[order].now.id),
                position,
                report,
            });
        }
        Ok(())
    }

    /// Lets a position take a fill; answers the position that took it.
    fn effect(&mut self, index: usize, effect: FillEffect) -> Option<PositionId> {
        let position = &self.positions[index].now;
        let id = position.id;
        // An external position that was recorded from a report already holds what was filled before that.
        let is_counted = position.origin == Origin::External
            && !effect.reducing
            && position.opened_at.is_some_and(|opened_at| effect.at < opened_at);
        if is_counted || self.move_position(index, PositionEvent::Filled(effect)) {
            return Some(id);
        }
        None
    }

    fn reason(&self, fill: &FillReport, order: Option<usize>) -> CloseReason {
        match (fill.cause, order) {
            (FillCause::Liquidation, _) => CloseReason::Liquidation,
            (FillCause::Venue, _) => CloseReason::Venue,
            (FillCause::Order, None) => CloseReason::Manual,
            (FillCause::Order, Some(order)) => {
                let own = self.position_index(self.orders[order].now.position);
                match own.map(|index| self.positions[index].now.state) {
                    Some(PositionState::Closing { reason }) => reason,
                    _ => CloseReason::Requested,
                }
            }
        }
    }

    /// Adds a fill to what is on record of our order, and moves the order by it.
    fn execute(&mut self, index: usize, fill: &FillReport) {
        let held = &mut self.orders[index];
        let notional = fill.price.notional(fill.quantity, Rounding::HalfUp);
        let sum = notional.and_then(|notional| {
            let quantity = held.executed.quantity.plus(fill.quantity)?;
            let notional = held.executed.notional.plus(notional)?;
            let average = crate::fixed::Price::average(notional, quantity, Rounding::HalfUp)?;
            Ok((super::Executed { quantity, notional }, average))
        });
        let (executed, average) = match sum {
            Ok(sum) => sum,
            Err(error) => {
                let subject = format!("order:{}", held.now.id);
                return self.contradiction(subject, error.to_string());
            }
        };
        held.executed = executed;
        held.now.average_price = Some(average);
        held.now.updated_at = self.context.now.max(held.now.updated_at);
        let state = if executed.quantity == held.now.quantity {
            ReportedState::Filled
        } else {
            ReportedState::Open
        };
        let told = OrderReport {
            venue_id: fill.venue_order_id.clone(),
            client_id: fill.client_id.clone(),
            symbol: fill.symbol.clone(),
            action: fill.action,
            state,
            quantity: held.now.quantity,
            filled: executed.quantity,
            updated_at: fill.at,
        };
        self.move_order(index, OrderEvent::Reported(told));
        self.doubt_refusal(index);
    }

    /// A fill of an order that counts as never placed contradicts that.
    fn doubt_refusal(&mut self, index: usize) {
        let order = &self.orders[index].now;
        if let OrderState::Refused { reason } = &order.state {
            let subject = format!("order:{}", order.id);
            let what = format!("order {} was filled although it counts as refused: {reason}", order.id);
            self.contradiction(subject, what);
        }
    }

    /// Grows the external position on a side by what the venue holds beyond the records.
    pub(super) fn adopt(&mut self, symbol: &Symbol, side: Side, quantity: Quantity, notional: Amount, at: Timestamp) {
        let index = self.external(symbol, side);
        let effect = FillEffect {
            venue_fill: None,
            reducing: false,
            quantity,
            notional,
            fee: Amount::ZERO,
            realised: Amount::ZERO,
            reason: CloseReason::Manual,
            at,
        };
        self.move_position(index, PositionEvent::Filled(effect));
    }
}
