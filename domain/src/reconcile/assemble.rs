//! The outcome of the desk: one change set, and what follows from it.

use std::collections::BTreeSet;

use crate::change::{Change, ChangeSet};
use crate::id::{OrderId, RobotId};
use crate::position::Position;

use super::desk::{Desk, HeldPosition};
use super::{ReconcileError, Reconciled, Revised};

impl HeldPosition {
    fn is_changed(&self) -> bool {
        self.before.as_ref() != Some(&self.now)
    }

    /// For the first time, and with nothing to settle.
    fn has_ended(&self) -> bool {
        let was_over = self.before.as_ref().is_some_and(|before| before.state.is_final());
        self.now.state.is_final() && !was_over && !self.now.is_unsettled()
    }

    fn revised(&self) -> Option<Revised> {
        let before = self.before.as_ref().and_then(Position::closed_profit)?;
        let now = self.now.closed_profit()?;
        (now != before).then_some(Revised {
            position: self.now.id,
            before,
            now,
        })
    }
}

impl Desk<'_> {
    pub(super) fn assemble(self) -> Result<Reconciled, ReconcileError> {
        if self.created > self.context.spare.len() {
            return Err(ReconcileError::ShortOfIds { needed: self.created });
        }
        let has_position = self.has_position();
        let unconfirmed = self.unconfirmed();
        let closed = self.positions.iter().filter(|held| held.is_changed());
        let closed = closed.filter(|held| held.now.is_unsettled());
        let ended = self.positions.iter().filter(|held| held.has_ended());
        Ok(Reconciled {
            ended: ended.map(|held| held.now.id).collect(),
            closed: closed.map(|held| held.now.id).collect(),
            revised: self.positions.iter().filter_map(HeldPosition::revised).collect(),
            robots: self.robots(),
            changes: self.changes(),
            has_position,
            unresolved: self.unresolved || !unconfirmed.is_empty() || !self.lookups.is_empty(),
            unconfirmed,
            lookups: self.lookups,
            unexplained: self.unexplained,
            mismatches: self.mismatches,
        })
    }

    fn has_position(&self) -> bool {
        let open = self.positions.iter().any(|held| !held.now.state.is_final());
        let pending = self.orders.iter().any(|held| !held.now.state.is_final());
        open || pending || !self.report.positions.is_empty()
    }

    fn unconfirmed(&self) -> BTreeSet<OrderId> {
        let orders = self.orders.iter().filter(|held| held.now.state.is_unconfirmed());
        orders.map(|held| held.now.id).collect()
    }

    fn robots(&self) -> BTreeSet<RobotId> {
        let positions = self.positions.iter().filter(|held| held.is_changed());
        let orders = self.orders.iter().filter(|held| held.before != held.now);
        let of_positions = positions.filter_map(|held| held.now.robot);
        of_positions.chain(orders.filter_map(|held| held.now.robot)).collect()
    }

    /// Positions first, so that fills and incomes refer to rows that exist.
    fn changes(&self) -> ChangeSet {
        let mut changes = ChangeSet::new();
        for held in self.positions.iter().filter(|held| held.is_changed()) {
            let position = Box::new(held.now.clone());
            changes.push(match held.before {
                None => Change::AddPosition(position),
                Some(_) => Change::UpdatePosition(position),
            });
        }
        for held in self.orders.iter().filter(|held| held.before != held.now) {
            changes.push(Change::UpdateOrder(Box::new(held.now.clone())));
        }
        for fill in &self.fills {
            changes.push(Change::AddFill(Box::new(fill.clone())));
        }
        for income in &self.incomes {
            changes.push(Change::AddIncome(Box::new(income.clone())));
        }
        if self.report.cursor != self.records.cursor {
            changes.push(Change::MoveCursor {
                account: self.records.account.id,
                from: self.records.cursor.clone(),
                to: self.report.cursor.clone(),
            });
        }
        changes
    }
}
