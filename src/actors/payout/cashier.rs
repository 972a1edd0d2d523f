//! The cashier: one look at everything that a payer has to pay, from what is on record and what the chain says.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use domain::chain::{BlockNumber, Hash};
use domain::change::{Change, ChangeSet};
use domain::id::{PayoutId, TriggerId};
use domain::payout::{Attempt, Payout};
use domain::time::Timestamp;
use domain::trigger::TriggerMove;

use super::alerts::Told;
use super::deps::{PayoutDeps, PayoutError};
use super::round::Round;
use crate::ports::store::StoreError;

/// Looks after the payouts of one payer. All that it remembers can be found out again: one that is dropped in the middle of a look
/// and made anew does the same as one that was not.
pub struct Cashier {
    pub(super) deps: Arc<PayoutDeps>,
    pub(super) memory: Memory,
}

/// What was seen before; after a start, nothing.
#[derive(Default)]
pub(super) struct Memory {
    /// Transactions that were signed for payouts, as they are on record.
    pub attempts: HashMap<PayoutId, Vec<Attempt>>,
    /// What a vault last said of a payout, and since which block without a break.
    pub paid: HashMap<PayoutId, (bool, BlockNumber)>,
    /// Since which block the nonce of a payout was seen to be used.
    pub passed: HashMap<(PayoutId, u64), BlockNumber>,
    /// Answers in a row that a nonce is used while it was free.
    pub too_low: HashMap<PayoutId, u32>,
    /// Transactions whose fees a node said were too low.
    pub underpriced: HashSet<Hash>,
    /// Since when a nonce is open without anybody to look after it.
    pub open_since: HashMap<u64, Timestamp>,
    /// Payouts that a person let pass over the limits.
    pub over_limits: BTreeSet<PayoutId>,
    /// Alerts that are open.
    pub told: Told,
}

/// What a look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Payouts that are not final.
    pub live: usize,
    /// Transactions that were signed.
    pub signed: usize,
    /// Transactions that a node took.
    pub sent: usize,
    /// Payouts that were booked.
    pub confirmed: usize,
}

impl Cashier {
    /// A cashier that has seen nothing yet.
    pub fn new(deps: Arc<PayoutDeps>) -> Self {
        Self {
            deps,
            memory: Memory::default(),
        }
    }

    /// Looks once at everything.
    ///
    /// # Errors
    /// When what is on record, or where the chain stands, could not be read: nothing was done then.
    pub async fn look(&mut self) -> Result<Looked, PayoutError> {
        let mut round = Round::read(&self.deps).await?;
        self.forget_others(&round);
        self.read_balances(&mut round).await;
        self.watch(&mut round).await;
        self.book(&mut round).await;
        self.fill_gaps(&mut round).await;
        self.sign_queued(&mut round).await;
        self.send_all(&mut round).await;
        self.keep_reserves(&mut round).await;
        self.tell_alerts(&round).await;
        round.show(&self.deps);
        Ok(round.looked)
    }

    /// What is final needs no memory.
    fn forget_others(&mut self, round: &Round) {
        let live: HashSet<PayoutId> = round.payouts.iter().map(|payout| payout.id).collect();
        let memory = &mut self.memory;
        memory.attempts.retain(|id, _| live.contains(id));
        memory.paid.retain(|id, _| live.contains(id));
        memory.passed.retain(|(id, _), _| live.contains(id));
        memory.too_low.retain(|id, _| live.contains(id));
        memory.over_limits.retain(|id| live.contains(id));
        memory.open_since.retain(|nonce, _| *nonce >= round.nonces.latest);
        if live.is_empty() {
            memory.underpriced.clear();
        }
    }

    /// Transactions that were signed for a payout, oldest first.
    pub(super) async fn attempts(&mut self, payout: PayoutId) -> Result<Vec<Attempt>, StoreError> {
        if let Some(known) = self.memory.attempts.get(&payout) {
            return Ok(known.clone());
        }
        let read = self.deps.store.attempts_of(payout).await?;
        self.memory.attempts.insert(payout, read.clone());
        Ok(read)
    }

    /// Writes a changed payout together with what belongs to it.
    pub(super) async fn write(&mut self, next: Payout, beside: Vec<Change>) -> Result<Payout, StoreError> {
        let mut changes = ChangeSet::of(Change::UpdatePayout(Box::new(next.clone())));
        changes.changes.extend(beside);
        match self.deps.store.commit(changes).await {
            Ok(()) => Ok(Payout {
                version: next.version.saturating_add(1),
                ..next
            }),
            Err(error) => {
                // Whatever is on record by now, it is read again.
                self.memory.attempts.remove(&next.id);
                Err(error)
            }
        }
    }

    /// The next line of a trigger's history.
    pub(super) async fn line(
        &self,
        trigger: TriggerId,
        what: String,
        note: String,
        by: Option<String>,
    ) -> Result<Change, StoreError> {
        let number = self.lines_of(trigger).await?.saturating_add(1);
        let note = domain::payout::moves::cut(&note);
        Ok(Change::AddTriggerMoves(vec![TriggerMove {
            trigger,
            number,
            what,
            note,
            at: self.deps.clock.now(),
            by,
        }]))
    }

    /// How many lines a trigger's history has.
    pub(super) async fn lines_of(&self, trigger: TriggerId) -> Result<u32, StoreError> {
        let moves = self.deps.store.moves_of(trigger).await?;
        Ok(moves.last().map_or(0, |line| line.number))
    }
}
