//! Revisions: the venue repeats a fill or a payment that is on record and says that it was worth something else.

use std::collections::BTreeSet;

use crate::change::{Fill, Income};
use crate::fixed::{Amount, NumberError, Quantity};
use crate::position::PositionEvent;
use crate::venue::{FillReport, IncomeReport};

use super::desk::Desk;
use super::share;

/// By how much the venue's word differs from what is on record.
#[derive(Clone, Copy)]
struct Delta {
    realised: Amount,
    fee: Amount,
}

impl Desk<'_> {
    /// Rows are never changed: what a revision is worth becomes a row of its own beside the fill, so that the rows of a
    /// position always sum to its figures. Of an old report nobody knows whether its word came first or last.
    pub(super) fn revise_known(&mut self) {
        if self.is_stale() || self.records.repeated.is_empty() {
            return;
        }
        let mut seen = BTreeSet::new();
        let report = self.report;
        let known = report.fills.iter().filter(|fill| {
            let id = &fill.venue_fill_id;
            self.records.known_fills.contains(id) && seen.insert(id)
        });
        for fill in known.collect::<Vec<_>>() {
            if let Err(error) = self.revise(fill) {
                let subject = format!("fill:{}:{}", self.records.account.id, fill.venue_fill_id);
                self.contradiction(subject, error.to_string());
            }
        }
    }

    fn revise(&mut self, fill: &FillReport) -> Result<(), NumberError> {
        let repeated = self.records.repeated.iter();
        let rows: Vec<&Fill> = repeated
            .filter(|row| share::is_of(&row.report.venue_fill_id, &fill.venue_fill_id))
            .collect();
        let delta = Delta {
            realised: fill
                .realised
                .minus(Amount::sum(rows.iter().map(|row| row.report.realised))?)?,
            fee: fill.fee.minus(Amount::sum(rows.iter().map(|row| row.report.fee))?)?,
        };
        let is_revision = |row: &&&Fill| share::is_revision(&row.report.venue_fill_id, &fill.venue_fill_id);
        let parts: Vec<&Fill> = rows.iter().copied().filter(|row| !is_revision(&row)).collect();
        if parts.is_empty() || (delta.realised.is_zero() && delta.fee.is_zero()) {
            return Ok(());
        }
        let number = 1 + rows.iter().filter(is_revision).count() / parts.len();
        let id = share::revision_id(&fill.venue_fill_id, number);
        self.share_revision(fill, &id, &parts, delta)
    }

    /// By quantity, as the fill itself was shared.
    fn share_revision(
        &mut self,
        fill: &FillReport,
        id: &str,
        parts: &[&Fill],
        delta: Delta,
    ) -> Result<(), NumberError> {
        let quantities: Vec<Quantity> = parts.iter().map(|row| row.report.quantity).collect();
        let realised = share::by_quantity(delta.realised, &quantities)?;
        let fees = share::by_quantity(delta.fee, &quantities)?;
        for (index, row) in parts.iter().enumerate() {
            let (realised, fee) = (realised[index], fees[index]);
            let held = row.position.and_then(|position| self.position_index(position));
            let taken = held.is_some_and(|held| self.move_position(held, PositionEvent::Revised { realised, fee }));
            self.fills.push(Fill {
                account: self.records.account.id,
                order: row.order,
                position: row.position.filter(|_| taken),
                report: FillReport {
                    venue_fill_id: share::part_id(id, index),
                    quantity: Quantity::ZERO,
                    realised,
                    fee,
                    price: row.report.price,
                    position_side: row.report.position_side,
                    reducing: row.report.reducing,
                    ..fill.clone()
                },
            });
        }
        Ok(())
    }

    /// Whether a payment is on record.
    pub(super) fn is_paid(&self, id: &str) -> bool {
        self.records.paid.iter().any(|row| row.report.venue_income_id == id)
    }

    /// The same for payments.
    pub(super) fn revise_paid(&mut self) {
        if self.is_stale() || self.records.paid.is_empty() {
            return;
        }
        let mut seen = BTreeSet::new();
        let report = self.report;
        let known = report.incomes.iter().filter(|income| {
            let id = &income.venue_income_id;
            self.is_paid(id) && seen.insert(id)
        });
        for income in known.collect::<Vec<_>>() {
            if let Err(error) = self.revise_income(income) {
                self.doubt_income(income, error.to_string());
            }
        }
    }

    fn revise_income(&mut self, income: &IncomeReport) -> Result<(), NumberError> {
        let known = self.records.paid.iter();
        let rows: Vec<&Income> = known
            .filter(|row| share::is_of(&row.report.venue_income_id, &income.venue_income_id))
            .collect();
        let is_revision = |row: &&&Income| share::is_revision(&row.report.venue_income_id, &income.venue_income_id);
        let parts: Vec<&Income> = rows.iter().copied().filter(|row| !is_revision(&row)).collect();
        let delta = income
            .amount
            .minus(Amount::sum(rows.iter().map(|row| row.report.amount))?)?;
        if parts.is_empty() || delta.is_zero() {
            return Ok(());
        }
        if parts.iter().any(|row| row.report.symbol != income.symbol) {
            let was = &parts[0].report.symbol;
            let what = format!(
                "payment {} was on {was} and is told on {}",
                income.venue_income_id, income.symbol
            );
            self.doubt_income(income, what);
            return Ok(());
        }
        let number = 1 + rows.iter().filter(is_revision).count() / parts.len();
        let id = share::revision_id(&income.venue_income_id, number);
        self.share_income_revision(income, &id, &parts, delta)
    }

    /// As the payment itself was shared.
    fn share_income_revision(
        &mut self,
        income: &IncomeReport,
        id: &str,
        parts: &[&Income],
        delta: Amount,
    ) -> Result<(), NumberError> {
        let amounts: Vec<Amount> = parts.iter().map(|row| row.report.amount).collect();
        for (index, (row, amount)) in parts.iter().zip(share::by_amount(delta, &amounts)?).enumerate() {
            let held = row.position.and_then(|position| self.position_index(position));
            let taken = held.is_some_and(|held| self.move_position(held, PositionEvent::FundingRevised(amount)));
            self.incomes.push(Income {
                account: self.records.account.id,
                position: row.position.filter(|_| taken),
                report: IncomeReport {
                    venue_income_id: share::part_id(id, index),
                    amount,
                    ..income.clone()
                },
            });
        }
        Ok(())
    }

    fn doubt_income(&mut self, income: &IncomeReport, what: String) {
        let subject = format!("income:{}:{}", self.records.account.id, income.venue_income_id);
        self.contradiction(subject, what);
    }
}
