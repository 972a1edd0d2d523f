//! Incomes: funding goes to the positions that were open when it was paid.

use crate::change::Income;
use crate::fixed::{NumberError, Quantity};
use crate::market::Side;
use crate::position::PositionEvent;
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

    /// By quantity, over the positions that were open then; a payment that fits none is kept without a position.
    fn share_income(&mut self, income: &IncomeReport) -> Result<(), NumberError> {
        let open = self.open_at(income);
        if open.is_empty() {
            self.keep(income, 0, None, income.amount);
            return Ok(());
        }
        let quantities: Vec<Quantity> = open.iter().map(|held| self.positions[*held].now.quantity).collect();
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
        let holding = sides.into_iter().flat_map(|side| self.holding(&income.symbol, side));
        holding
            .filter(|held| {
                self.positions[*held]
                    .now
                    .opened_at
                    .is_some_and(|opened_at| opened_at <= income.at)
            })
            .collect()
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
