//! The right to post: whoever holds the pen is the ledger, and there is one.

use crate::change::{Change, ChangeSet};
use crate::ledger::write::LedgerWrite;

/// The right to post. Not `Clone`: the ledger's actor makes its one pen and hands it to the one group that is
/// being decided, so that two groups can never be written at once (LED-0).
#[derive(Debug)]
pub struct LedgerPen(());

impl LedgerPen {
    /// The pen. Only the ledger's actor may call this, once in its life.
    pub fn uncap() -> Self {
        Self(())
    }

    /// Makes a group of decisions into what the store commits. This is how every [`Change::Ledger`] is made.
    pub fn write(&mut self, group: LedgerWrite) -> ChangeSet {
        ChangeSet::of(Change::Ledger(Box::new(group)))
    }
}
