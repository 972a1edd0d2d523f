//! Rows that are written beside entries, with the guards that a store has.

use std::sync::Arc;

use domain::change::Change;
use domain::ledger::verify::Verifier;
use domain::ledger::{EscrowPosting, GuardedRow, Request};

use super::Shelf;

/// Entries and rows that are true together.
pub fn escrow(posting: EscrowPosting) -> Request {
    Request::Escrow(Arc::new(posting))
}

impl Shelf {
    pub(super) fn versions(&self) -> Vec<(GuardedRow, u32)> {
        let triggers = self.triggers.values();
        let triggers = triggers.map(|trigger| (GuardedRow::Trigger(trigger.id), trigger.version));
        let payouts = self.payouts.values();
        let payouts = payouts.map(|payout| (GuardedRow::Payout(payout.id), payout.version));
        triggers.chain(payouts).collect()
    }

    /// Keeps rows that are written beside entries, and panics where a store would refuse them.
    pub(super) fn keep_beside(&mut self, posting: &EscrowPosting) {
        for row in &posting.rows {
            match row {
                Change::AddTriggers(triggers) => {
                    for trigger in triggers {
                        assert!(self.triggers.insert(trigger.id, trigger.clone()).is_none());
                    }
                }
                Change::UpdateTrigger(trigger) => {
                    let stored = self.triggers.get_mut(&trigger.id).unwrap();
                    assert_eq!(stored.version, trigger.version);
                    *stored = (**trigger).clone();
                    stored.version += 1;
                }
                Change::AddPayouts(payouts) => {
                    for payout in payouts {
                        assert!(self.payouts.insert(payout.id, payout.clone()).is_none());
                    }
                }
                Change::UpdatePayout(payout) => {
                    let stored = self.payouts.get_mut(&payout.id).unwrap();
                    assert_eq!(stored.version, payout.version);
                    *stored = (**payout).clone();
                    stored.version += 1;
                }
                _ => {}
            }
            self.beside.push(row.clone());
        }
    }

    /// Feeds every trigger with its payouts to the auditor.
    pub fn show_triggers(&self, verifier: &mut Verifier) {
        for trigger in self.triggers.values() {
            let payouts = self.payouts.values().filter(|payout| payout.trigger == trigger.id);
            verifier.trigger(trigger, &payouts.cloned().collect::<Vec<_>>());
        }
    }
}
