//! The proof that the chain still contains the ends that were kept outside.

use domain::ledger::EntrySeq;
use domain::ledger::verify::anchor::{Anchor, BrokenAnchor};
use domain::page::Page;

use crate::jobs::JobError;
use crate::ports::store::{EntryFilter, Store};

/// Looks each anchor up. Whole only together with the audit, which proves that digests are those of the entries.
pub async fn check_anchors(store: &dyn Store, anchors: &[Anchor]) -> Result<Vec<BrokenAnchor>, JobError> {
    let head = store.ledger_head().await?;
    let mut broken = Vec::new();
    for anchor in anchors {
        let EntrySeq(seq) = anchor.seq;
        let page = store
            .entries(EntryFilter::default(), Page::after(seq.saturating_sub(1), 1))
            .await?;
        let entry = page.into_iter().find(|entry| entry.seq == anchor.seq);
        broken.extend(anchor.check(entry.map(|entry| entry.digest), head).err());
    }
    Ok(broken)
}
