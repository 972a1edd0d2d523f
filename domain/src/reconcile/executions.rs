//! Fills: to which order and position each belongs, and what it does to them.

use crate::change::Fill;
use crate::fixed::{Amount, NumberError, Quantity, Rounding};
use crate::id::PositionId;
use crate::market::{Side, Symbol};
use crate::order::{OrderEvent, OrderState, Purpose};
use crate::position::{CloseReason, FillEffect, Origin, PositionEvent, PositionState};
use crate::time::Timestamp;
use crate::venue::{FillCause, FillReport, OrderReport, ReportedState};

use super::Mismatch;
use super::desk::Desk;
use super::share;

/// A part of a fill, and the position that it goes to.
pub(super) struct Part {
    pub position: Option<usize>,
    pub quantity: Quantity,
    /// Whether it shrinks that position, whatever it did to the venue's net.
    pub reducing: bool,
}

impl Part {
    const fn growing(position: usize, quantity: Quantity) -> Self {
        Self {
            position: Some(position),
            quantity,
            reducing: false,
        }
    }
}

impl Desk<'_> {
    pub(super) fn apply_fill(&mut self, fill: &FillReport) {
        let order = self.order_of(fill);
        let parts = match order.map(|order| (order, self.orders[order].now.purpose)) {
            Some((order, Purpose::Open)) => self.parts_of_open(fill, order),
            Some((order, Purpose::Close)) => self.parts_of_close(fill, order),
            None if fill.reducing => self.parts_of_others(fill),
            None => {
                let external = self.external(&fill.symbol, fill.position_side);
                vec![Part::growing(external, fill.quantity)]
            }
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

    /// Our order's own position grows, also where the venue's net shrank by it. What a hand had opened against it on a
    /// one-way account is closed first, as it was at the venue.
    fn parts_of_open(&mut self, fill: &FillReport, order: usize) -> Vec<Part> {
        let (mut rest, mut parts) = (fill.quantity, Vec::new());
        if self.is_one_way() && fill.reducing {
            let against = self.holding(&fill.symbol, fill.action.closes()).into_iter();
            let external: Vec<usize> = against.filter(|index| self.is_external(*index)).collect();
            self.take(&external, &mut rest, &mut parts, None);
        }
        if rest.is_positive() {
            parts.push(Part::growing(self.position_that_grows(fill, order), rest));
        }
        parts
    }

    /// Our order's own position, or the external one.
    fn position_that_grows(&mut self, fill: &FillReport, order: usize) -> usize {
        let order = &self.orders[order].now;
        let (id, position, side) = (order.id, order.position, order.position_side);
        let own = self.position_index(position);
        let own = own.filter(|index| self.positions[*index].now.closed_profit().is_none());
        own.unwrap_or_else(|| {
            self.mismatches.push(Mismatch::LateFill {
                order: id,
                fill: fill.venue_fill_id.clone(),
            });
            self.external(&fill.symbol, side)
        })
    }

    /// Our order's own position first. What is more than that, because somebody else closed a part of it meanwhile, the
    /// venue took from the others on that side; an order that was not held to shrinking took it from nobody, and opened the
    /// other side, which is external. A rest belongs to our order's own position if that has closed, and else to nobody.
    fn parts_of_close(&mut self, fill: &FillReport, order: usize) -> Vec<Part> {
        let order = &self.orders[order].now;
        let (id, position, side, reduce_only) = (order.id, order.position, order.position_side, order.reduce_only);
        let named = self.position_index(position);
        let holding = self.holding(&fill.symbol, side);
        let own = named.filter(|index| holding.contains(index));
        let mut parts = Vec::new();
        let mut rest = fill.quantity;
        let own: Vec<usize> = own.into_iter().collect();
        self.take(&own, &mut rest, &mut parts, None);
        let others = holding.into_iter().filter(|index| !own.contains(index)).collect();
        if reduce_only || !self.is_one_way() {
            self.take_by_rule(fill, others, &mut rest, &mut parts);
        } else if rest.is_positive() {
            let external = others.into_iter().filter(|index| self.is_external(*index));
            self.take(&external.collect::<Vec<_>>(), &mut rest, &mut parts, None);
            if rest.is_positive() {
                self.mismatches.push(Mismatch::Overshot {
                    order: id,
                    fill: fill.venue_fill_id.clone(),
                });
                let external = self.external(&fill.symbol, fill.action.opens());
                parts.push(Part::growing(external, rest));
                rest = Quantity::ZERO;
            }
        }
        if rest.is_positive() {
            parts.push(Part {
                position: named.filter(|index| self.positions[*index].now.closed_profit().is_some()),
                quantity: rest,
                reducing: true,
            });
        }
        parts
    }

    /// What no order of ours did: shared out over what is held on that side.
    fn parts_of_others(&self, fill: &FillReport) -> Vec<Part> {
        let holding = self.holding(&fill.symbol, fill.position_side);
        let (mut rest, mut parts) = (fill.quantity, Vec::new());
        self.take_by_rule(fill, holding, &mut rest, &mut parts);
        if rest.is_positive() {
            parts.push(Part {
                position: None,
                quantity: rest,
                reducing: true,
            });
        }
        parts
    }

    /// A hand takes from what a hand opened, and then from all robots by what they hold; the venue takes from everybody by
    /// what they hold.
    fn take_by_rule(&self, fill: &FillReport, holding: Vec<usize>, rest: &mut Quantity, parts: &mut Vec<Part>) {
        let lot = self.records.lots.get(&fill.symbol).copied();
        match fill.cause {
            FillCause::Order => {
                let (external, robots): (Vec<usize>, Vec<usize>) =
                    holding.into_iter().partition(|index| self.is_external(*index));
                self.take(&external, rest, parts, lot);
                self.take(&robots, rest, parts, lot);
            }
            FillCause::Liquidation | FillCause::Venue => self.take(&holding, rest, parts, lot),
        }
    }

    /// Takes from these as much of the rest as they hold, by what each holds.
    fn take(&self, from: &[usize], rest: &mut Quantity, parts: &mut Vec<Part>, lot: Option<Quantity>) {
        let held: Vec<Quantity> = from.iter().map(|index| self.positions[*index].now.quantity).collect();
        // What one position holds is in range, and no share is more than that.
        let shares = share::lots(*rest, &held, lot).unwrap_or_default();
        for (index, quantity) in from.iter().zip(shares).filter(|(_, quantity)| quantity.is_positive()) {
            *rest = rest.minus(quantity).unwrap_or(Quantity::ZERO);
            parts.push(Part {
                position: Some(*index),
                quantity,
                reducing: true,
            });
        }
    }

    fn is_external(&self, index: usize) -> bool {
        self.positions[index].now.origin == Origin::External
    }

    /// Puts the parts on record, and moves their positions.
    fn record(&mut self, fill: &FillReport, order: Option<usize>, parts: &[Part]) -> Result<(), NumberError> {
        let quantities: Vec<Quantity> = parts.iter().map(|part| part.quantity).collect();
        let fees = share::by_quantity(fill.fee, &quantities)?;
        let notional = fill.price.notional(fill.quantity, Rounding::HalfUp)?;
        let notionals = share::by_quantity(notional, &quantities)?;
        let worth = self.worth(fill, parts, &notionals)?;
        for (index, part) in parts.iter().enumerate() {
            let mut report = fill.clone();
            report.venue_fill_id = share::part_id(&fill.venue_fill_id, index);
            report.quantity = part.quantity;
            report.fee = fees[index];
            report.realised = worth.realised[index];
            let effect = FillEffect {
                venue_fill: Some(report.venue_fill_id.clone()),
                reducing: part.reducing,
                quantity: part.quantity,
                notional: notionals[index],
                fee: report.fee,
                realised: report.realised,
                reason: self.reason(fill, order, part),
                at: fill.at,
            };
            let position = part.position.and_then(|held| self.effect(held, effect));
            if let Some(held) = part.position {
                report.position_side = self.positions[held].now.side;
                report.reducing = part.reducing;
            }
            self.fills.push(Fill {
                account: self.records.account.id,
                order: order.map(|order| self.orders[order].now.id),
                position,
                report,
            });
        }
        self.keep_carry(fill, worth.carried);
        Ok(())
    }

    /// Lets a position take a fill; answers the position that took it.
    fn effect(&mut self, index: usize, effect: FillEffect) -> Option<PositionId> {
        let id = self.positions[index].now.id;
        let is_counted = self.is_counted(index, effect.reducing, effect.at);
        if is_counted || self.move_position(index, PositionEvent::Filled(effect)) {
            return Some(id);
        }
        None
    }

    /// An external position that was recorded from a report already holds what was filled before that.
    pub(super) fn is_counted(&self, index: usize, reducing: bool, at: Timestamp) -> bool {
        let position = &self.positions[index].now;
        position.origin == Origin::External && !reducing && position.opened_at.is_some_and(|opened_at| at < opened_at)
    }

    fn reason(&self, fill: &FillReport, order: Option<usize>, part: &Part) -> CloseReason {
        match (fill.cause, order) {
            (FillCause::Liquidation, _) => CloseReason::Liquidation,
            (FillCause::Venue, _) => CloseReason::Venue,
            (FillCause::Order, None) => CloseReason::Manual,
            (FillCause::Order, Some(order)) => {
                let own = self.position_index(self.orders[order].now.position);
                if part.position != own {
                    // Its owner decided nothing: another one's order met what was left on that side.
                    return CloseReason::Venue;
                }
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
        self.share_net(symbol, side, index);
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
