//! Incomes: funding goes to the positions that were open when it was paid, whether or not they have closed since.

use crate::change::Income;
use crate::fixed::{NumberError, Quantity};
use crate::market::{Side, Symbol};
use crate::position::{PositionEvent, PositionState};
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

    /// By quantity, over the positions that were open then; a payment that fits none is kept without a position. What
    /// has closed since counts with all that it had entered.
    fn share_income(&mut self, income: &IncomeReport) -> Result<(), NumberError> {
        let open = self.open_at(income);
        if open.is_empty() {
            self.keep(income, 0, None, income.amount);
            return Ok(());
        }
        let quantities: Vec<Quantity> = open.iter().map(|held| self.weight(*held)).collect();
        let shares = share::by_quantity(income.amount, &quantities)?;
        for (part, (held, amount)) in open.into_iter().zip(shares).enumerate() {
            let taken = self.move_position(held, PositionEvent::Funded(amount));
            self.keep(income, part, taken.then_some(held), amount);
        }
        Ok(())
    }

    fn open_at(&self, income: &IncomeReport) -> Vec<usize> {
        let sides = match income.position_side {
            Some(side) => vec![side],
            None => vec![Side::Long, Side::Short],
        };
        let side_by_side = sides.into_iter().flat_map(|side| {
            let closed = self.closed_since(&income.symbol, side, income.at);
            closed.into_iter().chain(self.holding(&income.symbol, side))
        });
        let was_open = |held: &usize| {
            let opened_at = self.positions[*held].now.opened_at;
            opened_at.is_some_and(|opened_at| opened_at <= income.at)
        };
        side_by_side.filter(was_open).collect()
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

    fn weight(&self, held: usize) -> Quantity {
        let position = &self.positions[held].now;
        if position.closed_profit().is_some() {
            position.entered
        } else {
            position.quantity
        }
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
