//! The audit: the whole ledger is re-derived from its entries and compared with what is stored.

use domain::id::PositionId;
use domain::ledger::EntrySeq;
use domain::ledger::verify::{Verified, Verifier};
use domain::page::Page;

use crate::jobs::JobError;
use crate::ports::store::{EntryFilter, PositionFilter, Store};

/// Name of the job.
pub const NAME: &str = "verify_ledger";
/// Rows read at once.
const PAGE: u32 = 500;

/// Audits the ledger, page by page; it may be written meanwhile.
pub async fn verify_ledger(store: &dyn Store) -> Result<Verified, JobError> {
    let mut verifier = Verifier::new();
    accounts(store, &mut verifier).await?;
    let head = store.ledger_head().await?;
    entries(store, &mut verifier, head.seq).await?;
    verifier.open_window(head);
    accounts(store, &mut verifier).await?;
    debts(store, &mut verifier).await?;
    positions(store, &mut verifier).await?;
    let end = store.ledger_head().await?;
    entries(store, &mut verifier, end.seq).await?;
    accounts(store, &mut verifier).await?;
    let last = store.ledger_head().await?;
    entries(store, &mut verifier, last.seq).await?;
    Ok(verifier.finish())
}

async fn entries(store: &dyn Store, verifier: &mut Verifier, to: EntrySeq) -> Result<(), JobError> {
    let mut after = verifier.last().0;
    while after < to.0 {
        let page = store.entries(EntryFilter::default(), Page::after(after, PAGE)).await?;
        let Some(last) = page.last().map(|entry| entry.seq.0) else {
            return Ok(());
        };
        for entry in page.iter().filter(|entry| entry.seq <= to) {
            verifier.entry(entry);
        }
        after = last;
    }
    Ok(())
}

async fn accounts(store: &dyn Store, verifier: &mut Verifier) -> Result<(), JobError> {
    let mut after = 0;
    loop {
        let page = store.accounts(Page::after(after, PAGE)).await?;
        let Some(last) = page.last().map(|account| account.id.0) else {
            verifier.accounts_are_read();
            return Ok(());
        };
        page.iter().for_each(|account| verifier.account(account));
        after = last;
    }
}

async fn debts(store: &dyn Store, verifier: &mut Verifier) -> Result<(), JobError> {
    let mut after = 0;
    loop {
        let page = store.debts(None, Page::after(after, PAGE)).await?;
        let Some(last) = page.last().map(|debt| debt.id.0) else {
            return Ok(());
        };
        page.iter().for_each(|debt| verifier.debt(debt));
        after = last;
    }
}

async fn positions(store: &dyn Store, verifier: &mut Verifier) -> Result<(), JobError> {
    let mut after = PositionId(0);
    loop {
        let page = store
            .positions(PositionFilter::default(), Page::after(after.0, PAGE))
            .await?;
        let Some(last) = page.last().map(|position| position.id) else {
            return Ok(());
        };
        page.iter().for_each(|position| verifier.position(position));
        after = last;
    }
}
