//! A trigger at work: its rows as they are, and the rows of its next step, with the lines of its history that tell it.

use crate::change::{Change, ChangeSet};
use crate::id::PayoutId;
use crate::ledger::{EntryKey, EntryKind, EscrowEntry, EscrowPosting, GuardedRow};
use crate::pause::PauseScope;
use crate::payout::{Payout, PayoutState, payout_key};
use crate::time::Timestamp;
use crate::trigger::money::{Due, Executed};
use crate::trigger::moves::clip;
use crate::trigger::{Listing, StockOrder, StockOrderState, Trigger, TriggerKind, TriggerMove};

/// A trigger with what belongs to it, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The trigger.
    pub trigger: Trigger,
    /// Its last order, when it has one.
    pub order: Option<StockOrder>,
    /// Lines that its history has.
    pub lines: u32,
}

/// What one step changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// The trigger, when it moves.
    pub trigger: Option<Trigger>,
    /// Its order, when one moves or is new.
    pub order: Option<StockOrder>,
    /// What is paid from now on.
    pub payouts: Vec<Payout>,
    /// Scopes of which none may be paused.
    pub not_paused: Vec<PauseScope>,
}

impl Case {
    /// The rows of a step, for one commit.
    pub fn rows(&self, step: &Step, now: Timestamp) -> ChangeSet {
        let mut changes = ChangeSet::new();
        if !step.not_paused.is_empty() {
            changes.push(Change::NotPaused(step.not_paused.clone()));
        }
        if let Some(trigger) = &step.trigger {
            changes.push(Change::UpdateTrigger(Box::new(trigger.clone())));
        }
        if let Some(order) = &step.order {
            let row = Box::new(order.clone());
            changes.push(if self.is_known(order) {
                Change::UpdateStockOrder(row)
            } else {
                Change::AddStockOrder(row)
            });
        }
        if !step.payouts.is_empty() {
            changes.push(Change::AddPayouts(step.payouts.clone()));
        }
        let lines = self.told(step, now);
        if !lines.is_empty() {
            changes.push(Change::AddTriggerMoves(lines));
        }
        changes
    }

    /// The same rows with the entry of a trade, for one commit of the ledger.
    pub fn posting(&self, step: &Step, executed: &Executed, now: Timestamp) -> EscrowPosting {
        let id = self.trigger.id;
        let verb = match self.trigger.kind {
            TriggerKind::Deposit => "bought",
            TriggerKind::Redeem => "sold",
        };
        let (filled, symbol) = (executed.filled, &self.trigger.symbol);
        let entry = EscrowEntry {
            key: EntryKey::trade_of(id),
            kind: EntryKind::Trade,
            reference: format!("trigger:{id}"),
            remark: clip(&format!("{verb} {filled} of {symbol} for trigger {id}")),
            lines: executed.lines.clone(),
        };
        EscrowPosting {
            entries: vec![entry],
            guards: vec![(GuardedRow::Trigger(id), self.trigger.version)],
            rows: self.rows(step, now).changes,
        }
    }

    /// The case once the step is committed.
    #[must_use]
    pub fn after(&self, step: Step, now: Timestamp) -> Self {
        let lines = u32::try_from(self.told(&step, now).len()).unwrap_or(u32::MAX);
        let known = step.order.as_ref().is_some_and(|order| self.is_known(order));
        let order = step.order.map(|order| StockOrder {
            version: order.version.saturating_add(u32::from(known)),
            ..order
        });
        let trigger = step.trigger.map(|trigger| Trigger {
            version: trigger.version.saturating_add(1),
            ..trigger
        });
        Self {
            trigger: trigger.unwrap_or_else(|| self.trigger.clone()),
            order: order.or_else(|| self.order.clone()),
            lines: self.lines.saturating_add(lines),
        }
    }

    fn is_known(&self, order: &StockOrder) -> bool {
        self.order.as_ref().is_some_and(|known| known.id == order.id)
    }

    /// A line for whatever comes into another state, or waits for something else.
    fn told(&self, step: &Step, now: Timestamp) -> Vec<TriggerMove> {
        let mut lines = Vec::new();
        if let Some(after) = &step.trigger {
            let before = &self.trigger;
            if before.state.as_str() != after.state.as_str() || before.error != after.error {
                let note = after.error.clone().unwrap_or_default();
                lines.push((format!("trigger {}", after.state.as_str()), note));
            }
        }
        if let Some(after) = &step.order {
            let known = self.order.as_ref().filter(|known| known.id == after.id);
            if known.is_none_or(|before| before.state.as_str() != after.state.as_str()) {
                lines.push((format!("order {} {}", after.id, after.state.as_str()), told_of(after)));
            }
        }
        for payout in &step.payouts {
            let what = format!("payout {} {}", payout.id, payout.state.as_str());
            lines.push((what, format!("{} {}", payout.kind, payout.amount)));
        }
        let numbered = (self.lines.saturating_add(1)..).zip(lines);
        let line = |(number, (what, note))| TriggerMove {
            trigger: self.trigger.id,
            number,
            what,
            note,
            at: now,
            by: None,
        };
        numbered.map(line).collect()
    }
}

fn told_of(order: &StockOrder) -> String {
    let asked = format!("{} {} at {}", order.action.as_str(), order.quantity, order.limit);
    match &order.state {
        StockOrderState::Submitting => asked,
        StockOrderState::InDoubt { why, .. } => why.clone(),
        StockOrderState::Open | StockOrderState::Cancelling | StockOrderState::FillCancelled => {
            format!("{} of {} executed", order.filled, order.quantity)
        }
        StockOrderState::Ended { why } => clip(&format!("{} of {} executed; {why}", order.filled, order.quantity)),
    }
}

/// The payouts of what is due, under ids that were reserved for them: as many as there are dues, or more.
pub fn payouts(
    trigger: &Trigger,
    listing: &Listing,
    dues: &[Due],
    first: PayoutId,
    installation: &str,
    now: Timestamp,
) -> Vec<Payout> {
    let ids = (first.0..).map(PayoutId);
    let payout = |(id, due): (PayoutId, &Due)| Payout {
        id,
        kind: due.kind,
        trigger: trigger.id,
        subscription: trigger.subscription,
        chain: listing.chain,
        vault: listing.vault,
        recipient: trigger.user,
        raw: due.raw.clone(),
        amount: due.amount,
        key: payout_key(installation, trigger.id, due.kind),
        attempts: 0,
        state: PayoutState::Queued,
        note: None,
        created_at: now,
        updated_at: now,
        version: 0,
    };
    ids.zip(dues).map(payout).collect()
}
