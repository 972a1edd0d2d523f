//! Several entries at once, and rows that are written beside them.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Book, BookError, Draft, balanced, moved_balance};
use crate::fixed::Amount;
use crate::ledger::account::AccountKey;
use crate::ledger::entry::EntrySeq;
use crate::ledger::escrow::{EscrowPosting, GuardedRow};

impl Book {
    /// Posts all of these entries, or none; the last one, when there are any.
    pub fn post_all(&mut self, drafts: Vec<Draft>) -> Result<Option<EntrySeq>, BookError> {
        self.try_out(&drafts)?;
        let mut last = None;
        for draft in drafts {
            last = Some(self.post(draft)?);
        }
        Ok(last)
    }

    /// Whether all of them can be posted, one after another.
    fn try_out(&self, drafts: &[Draft]) -> Result<(), BookError> {
        let mut balances: HashMap<&AccountKey, Amount> = HashMap::new();
        let mut fresh = self.fresh.accounts.clone();
        for draft in drafts {
            balanced(&draft.lines)?;
            for (account, amount) in draft.lines.iter().filter(|(_, amount)| !amount.is_zero()) {
                if !balances.contains_key(account) && !self.slots.contains_key(account) {
                    fresh.next().ok_or(BookError::NoId("an account"))?;
                }
                let before = balances.get(account).copied();
                let before = before.unwrap_or_else(|| self.balance(account));
                balances.insert(account, moved_balance(account, before, *amount)?);
            }
        }
        Ok(())
    }

    /// The version that a row has by now; `None` where there is none.
    pub fn version(&self, row: GuardedRow) -> Option<u32> {
        self.versions.get(&row).copied()
    }

    /// Writes a posting's rows in the same commit.
    pub fn write_beside(&mut self, posting: Arc<EscrowPosting>) {
        for (row, version) in &posting.guards {
            self.versions.insert(*row, version.saturating_add(1));
        }
        self.escrow.push(posting);
    }
}
