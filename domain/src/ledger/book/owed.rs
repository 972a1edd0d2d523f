//! Debts, holds and settlements in the book, beside its balances.

use super::{Book, BookError};
use crate::fixed::Amount;
use crate::id::{DebtId, PositionId};
use crate::ledger::debt::{Debt, DebtState};
use crate::ledger::hold::{Hold, HoldState};
use crate::ledger::write::{ChangedDebt, SettledPosition};
use crate::settlement::Settlement;

impl Book {
    /// The id that the next debt gets.
    pub fn next_debt(&self) -> Result<DebtId, BookError> {
        let mut fresh = self.fresh.debts.clone();
        fresh.next().map(DebtId).ok_or(BookError::NoId("a debt"))
    }

    /// Records a debt under [`Book::next_debt`]'s id.
    pub fn owe(&mut self, debt: Debt) {
        self.fresh.debts.start = debt.id.0.saturating_add(1);
        self.open_debts.insert((debt.user, debt.id), debt.clone());
        self.debts.insert(debt.id, debt.clone());
        self.new_debts.insert(debt.id, debt);
    }

    /// A debt that was looked up or made, as it stands now.
    pub fn debt(&self, debt: DebtId) -> Option<&Debt> {
        self.debts.get(&debt)
    }

    /// Replaces an open debt by what it has become.
    pub fn change_debt(&mut self, debt: Debt) {
        let place = (debt.user, debt.id);
        let before = match debt.state {
            DebtState::Owed => self.open_debts.insert(place, debt.clone()),
            DebtState::Repaid { .. } | DebtState::Waived { .. } | DebtState::Cancelled { .. } => {
                self.open_debts.remove(&place)
            }
        };
        let owed_before = before.map_or(debt.owed, |debt| debt.owed);
        self.debts.insert(debt.id, debt.clone());
        match self.new_debts.get_mut(&debt.id) {
            Some(new) => *new = debt,
            None => {
                let changed = self.changed_debts.entry(debt.id);
                let to = debt.clone();
                changed
                    .and_modify(|changed| changed.debt = to)
                    .or_insert(ChangedDebt { owed_before, debt });
            }
        }
    }

    /// The hold for a position while it is held.
    pub fn held(&self, position: PositionId) -> Option<&Hold> {
        self.hold(position).filter(|hold| hold.state == HoldState::Held)
    }

    /// The hold for a position in whatever state.
    pub fn hold(&self, position: PositionId) -> Option<&Hold> {
        self.holds.get(&position)
    }

    /// Records a hold.
    pub fn reserve(&mut self, hold: Hold) {
        self.holds.insert(hold.position, hold.clone());
        self.new_holds.insert(hold.position, hold);
    }

    /// Ends the hold of a position.
    pub fn end_hold(&mut self, position: PositionId, state: HoldState) {
        let Some(hold) = self.holds.get_mut(&position) else {
            return;
        };
        hold.state = state;
        match self.new_holds.get_mut(&position) {
            Some(new) => new.state = state,
            None => {
                self.ended_holds.insert(position, hold.clone());
            }
        }
    }

    /// Decides the settlement of a position that is in the book, on its profit as it is now.
    pub fn settle(&mut self, position: PositionId, to: Settlement) {
        self.settle_on(position, to, None, 0);
    }

    /// Changes the settlement without deciding anew what is due.
    pub fn move_settlement(&mut self, position: PositionId, to: Settlement) {
        let settled = self.positions.get(&position).and_then(|row| row.settled_profit);
        self.settle_on(position, to, settled, 0);
    }

    /// Decides the settlement again, on the position's profit as it is now, and counts the correction that was posted.
    pub fn correct(&mut self, position: PositionId, to: Settlement, posted: bool) {
        self.settle_on(position, to, None, u32::from(posted));
    }

    fn settle_on(&mut self, position: PositionId, to: Settlement, settled: Option<Amount>, more: u32) {
        let Some(row) = self.positions.get_mut(&position) else {
            return;
        };
        let from = row.settlement;
        let profit = row.closed.map_or(Amount::ZERO, |(_, profit)| profit);
        let settled_profit = settled.unwrap_or(profit);
        row.settlement = to;
        row.settled_profit = Some(settled_profit);
        row.corrections = row.corrections.saturating_add(more);
        let corrections = row.corrections;
        self.settled
            .entry(position)
            .and_modify(|settled| {
                settled.to = to;
                settled.settled_profit = settled_profit;
                settled.corrections = corrections;
            })
            .or_insert(SettledPosition {
                position,
                from,
                to,
                profit,
                settled_profit,
                corrections,
            });
    }
}
