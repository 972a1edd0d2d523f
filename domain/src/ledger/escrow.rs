//! Postings of what happens at vaults, with the rows that must be true together with them.

use std::collections::HashSet;
use std::sync::Arc;

use crate::chain::Subscription;
use crate::change::Change;
use crate::fixed::Amount;
use crate::id::{HoldingId, PayoutId, ProductId, SubscriptionId, TriggerId};
use crate::ledger::account::AccountKey;
use crate::ledger::book::{Book, Draft};
use crate::ledger::entry::{Entry, EntryKey, EntryKind};
use crate::ledger::settle::reject;
use crate::ledger::write::PostAnswer;
use crate::payout::Payout;
use crate::pool::{Holding, PoolChange, Product};
use crate::trigger::Trigger;

/// One entry to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscrowEntry {
    /// The fact.
    pub key: EntryKey,
    /// What it is about.
    pub kind: EntryKind,
    /// What it refers to, such as `trigger:12`.
    pub reference: String,
    /// Words for people.
    pub remark: String,
    /// Balanced lines.
    pub lines: Vec<(AccountKey, Amount)>,
}

/// A row that the posting was decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuardedRow {
    /// A subscription.
    Subscription(SubscriptionId),
    /// A trigger.
    Trigger(TriggerId),
    /// A payout.
    Payout(PayoutId),
    /// A product of the pools.
    Product(ProductId),
    /// A holding of a product.
    Holding(HoldingId),
}

/// Entries and rows, all of them in one commit or none of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EscrowPosting {
    /// Entries, at least one unless only rows move.
    pub entries: Vec<EscrowEntry>,
    /// Rows that it was decided on, with their versions: it is refused when one of them has another.
    pub guards: Vec<(GuardedRow, u32)>,
    /// What else is written in the same commit, in this order; nothing of the ledger's own.
    pub rows: Vec<Change>,
}

/// How a refusal ends that is only about a row which changed meanwhile.
const STALE: &str = "was changed by somebody else";

impl EscrowPosting {
    /// Whether a refusal is only about a row that changed meanwhile: decided anew, it may be taken.
    pub fn is_stale(reason: &str) -> bool {
        reason.ends_with(STALE)
    }

    /// Every account that it touches.
    pub fn accounts(&self) -> Vec<AccountKey> {
        let lines = self.entries.iter().flat_map(|entry| &entry.lines);
        lines.map(|(account, _)| account.clone()).collect()
    }

    /// Guards a changed subscription and writes it.
    #[must_use]
    pub fn with_subscription(mut self, changed: Subscription) -> Self {
        self.guards
            .push((GuardedRow::Subscription(changed.id), changed.version));
        self.rows.push(Change::UpdateSubscription(Box::new(changed)));
        self
    }

    /// Guards a changed trigger and writes it.
    #[must_use]
    pub fn with_trigger(mut self, changed: Trigger) -> Self {
        self.guards.push((GuardedRow::Trigger(changed.id), changed.version));
        self.rows.push(Change::UpdateTrigger(Box::new(changed)));
        self
    }

    /// Guards a changed payout and writes it.
    #[must_use]
    pub fn with_payout(mut self, changed: Payout) -> Self {
        self.guards.push((GuardedRow::Payout(changed.id), changed.version));
        self.rows.push(Change::UpdatePayout(Box::new(changed)));
        self
    }

    /// Guards a changed product and writes it.
    #[must_use]
    pub fn with_product(mut self, changed: Product) -> Self {
        self.guards.push((GuardedRow::Product(changed.id), changed.version));
        self.rows
            .push(Change::Pool(PoolChange::UpdateProduct(Box::new(changed))));
        self
    }

    /// Guards changed holdings and writes them.
    #[must_use]
    pub fn with_holdings(mut self, changed: Vec<Holding>) -> Self {
        let guards = changed.iter().map(|row| (GuardedRow::Holding(row.id), row.version));
        self.guards.extend(guards);
        self.rows.push(Change::Pool(PoolChange::UpdateHoldings(changed)));
        self
    }

    /// Adds another row.
    #[must_use]
    pub fn with(mut self, row: Change) -> Self {
        self.rows.push(row);
        self
    }
}

/// Posts all of it, or says why nothing was posted. What was posted before is told as such: then its rows were written with it.
pub(super) fn escrow(book: &mut Book, posting: &Arc<EscrowPosting>) -> PostAnswer {
    let keys: HashSet<&EntryKey> = posting.entries.iter().map(|entry| &entry.key).collect();
    if keys.len() < posting.entries.len() {
        return reject("two of its entries are about the same fact".to_owned());
    }
    let posted = posting.entries.iter().filter_map(|entry| book.entry(&entry.key));
    let posted: Vec<&Entry> = posted.collect();
    if let Some(entry) = posted.first() {
        // With one half of it written there are rows that nobody knows to be there.
        return if posted.len() == posting.entries.len() {
            PostAnswer::Exists { entry: entry.seq }
        } else {
            reject(format!(
                "`{}` was posted before, and not with all of the others",
                entry.key
            ))
        };
    }
    for (row, version) in &posting.guards {
        if book.version(*row) != Some(*version) {
            return reject(format!("{row:?} {STALE}"));
        }
    }
    let drafts = posting.entries.iter().map(|entry| Draft {
        key: entry.key.clone(),
        kind: entry.kind,
        reference: entry.reference.clone(),
        remark: entry.remark.clone(),
        by: None,
        lines: entry.lines.clone(),
    });
    match book.post_all(drafts.collect()) {
        Ok(last) => {
            book.write_beside(Arc::clone(posting));
            last.map_or(PostAnswer::NothingDue, |entry| PostAnswer::Created { entry })
        }
        Err(error) => reject(error.to_string()),
    }
}
