//! Incomes: funding goes to the positions that were open when it was paid, whether or not they have closed since.

use std::cmp::Ordering;

use crate::change::Income;
use crate::fixed::{NumberError, Quantity};
use crate::market::{Side, Symbol};
use crate::position::{Position, PositionEvent, PositionState};
use crate::time::Timestamp;
use crate::venue::IncomeReport;

use super::desk::Desk;
use super::share;

impl Desk<'_> {
    pub(super) fn apply_income(&mut self, income: &IncomeReport) {
        if let Err(error) = self.share_income(income) {
            let subject = format!("income:{}:{}", self.records.account.id, income.venue_income_id);
            self.contradiction(subject, error.to_string());
        }
    }

    /// By the quantity that each held when it was paid, whether or not it has closed since; a payment that fits nobody is
    /// kept without a position.
    fn share_income(&mut self, income: &IncomeReport) -> Result<(), NumberError> {
        let open = self.open_at(income)?;
        if open.is_empty() {
            self.keep(income, 0, None, income.amount);
            return Ok(());
        }
        let quantities: Vec<Quantity> = open.iter().map(|(_, quantity)| *quantity).collect();
        let shares = share::by_quantity(income.amount, &quantities)?;
        for (part, ((held, _), amount)) in open.into_iter().zip(shares).enumerate() {
            let taken = self.move_position(held, PositionEvent::Funded(amount));
            self.keep(income, part, taken.then_some(held), amount);
        }
        Ok(())
    }

    /// Who held how much of what the payment was for: of the side that the venue names, else of both; on a one-way
    /// account, where it pays on the net, of the side that outweighed the other.
    fn open_at(&self, income: &IncomeReport) -> Result<Vec<(usize, Quantity)>, NumberError> {
        let of = |side| self.held_at(&income.symbol, side, income.at);
        if let Some(side) = income.position_side {
            return of(side);
        }
        let (mut long, mut short) = (of(Side::Long)?, of(Side::Short)?);
        if self.is_one_way() {
            let sum = |held: &[(usize, Quantity)]| Quantity::sum(held.iter().map(|(_, quantity)| *quantity));
            match sum(&long)?.cmp(&sum(&short)?) {
                Ordering::Greater => short.clear(),
                Ordering::Less => long.clear(),
                Ordering::Equal => {}
            }
        }
        long.append(&mut short);
        Ok(long)
    }

    /// Those that have closed since in order of id, then those that hold something, oldest first.
    fn held_at(&self, symbol: &Symbol, side: Side, at: Timestamp) -> Result<Vec<(usize, Quantity)>, NumberError> {
        let closed = self.closed_since(symbol, side, at).into_iter();
        let mut found = Vec::new();
        for held in closed.chain(self.holding(symbol, side)) {
            let position = &self.positions[held].now;
            if position.opened_at.is_none_or(|opened_at| opened_at > at) {
                continue;
            }
            let quantity = self.quantity_at(position, at)?;
            if quantity.is_positive() {
                found.push((held, quantity));
            }
        }
        Ok(found)
    }

    /// Positions that closed at this time or later, in order of id.
    fn closed_since(&self, symbol: &Symbol, side: Side, at: Timestamp) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.positions.len())
            .filter(|held| {
                let position = &self.positions[*held].now;
                let is_late = matches!(position.state, PositionState::Closed { at: closed_at, .. } if closed_at >= at);
                is_late && position.symbol == *symbol && position.side == side
            })
            .collect();
        found.sort_by_key(|held| self.positions[*held].now.id);
        found
    }

    /// What it holds now, with the fills taken back that came at this time or later. Of a closed one whose fills are not at
    /// hand, all that it had entered.
    fn quantity_at(&self, position: &Position, at: Timestamp) -> Result<Quantity, NumberError> {
        let recorded = self.records.histories.get(&position.id);
        let fresh = self.fills.iter().filter(|fill| fill.position == Some(position.id));
        let rows = recorded.into_iter().flatten().chain(fresh);
        let mut quantity = position.quantity;
        for fill in rows.filter(|fill| fill.report.at >= at) {
            quantity = if fill.report.reducing {
                quantity.plus(fill.report.quantity)?
            } else {
                // An external position that was only seen may have held less than what is on record of it.
                quantity.max(fill.report.quantity).minus(fill.report.quantity)?
            };
        }
        let is_unknown = position.closed_profit().is_some() && quantity.is_zero();
        Ok(if is_unknown { position.entered } else { quantity })
    }

    fn keep(&mut self, income: &IncomeReport, part: usize, held: Option<usize>, amount: crate::fixed::Amount) {
        let mut report = income.clone();
        report.venue_income_id = share::part_id(&income.venue_income_id, part);
        report.amount = amount;
        self.incomes.push(Income {
            account: self.records.account.id,
            position: held.map(|held| self.positions[held].now.id),
            report,
        });
    }
}
