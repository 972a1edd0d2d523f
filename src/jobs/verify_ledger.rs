//! The audit: the whole ledger is re-derived from its entries and compared with what is stored.

use std::collections::HashMap;

use domain::id::TriggerId;
use domain::ledger::verify::{Verified, Verifier};
use domain::ledger::{Entry, EntrySeq, GuardedRow};
use domain::page::Page;
use domain::payout::Payout;

use crate::jobs::JobError;
use crate::ports::store::{HoldFilter, HoldingFilter, Store, TriggerFilter};

/// Name of the job.
pub const NAME: &str = "verify_ledger";
/// Entries read at once.
const ENTRIES: u32 = 2_000;
/// Other rows read at once.
const PAGE: u32 = 2_000;

/// Audits the ledger, page by page; it may be written meanwhile.
pub async fn verify_ledger(store: &dyn Store) -> Result<Verified, JobError> {
    let mut verifier = Verifier::new();
    accounts(store, &mut verifier).await?;
    let head = store.ledger_head().await?;
    entries(store, &mut verifier, head.seq).await?;
    verifier.open_window(head);
    accounts(store, &mut verifier).await?;
    debts(store, &mut verifier).await?;
    holds(store, &mut verifier).await?;
    positions(store, &mut verifier).await?;
    triggers(store, &mut verifier).await?;
    pools(store, &mut verifier).await?;
    let end = store.ledger_head().await?;
    entries(store, &mut verifier, end.seq).await?;
    accounts(store, &mut verifier).await?;
    let last = store.ledger_head().await?;
    entries(store, &mut verifier, last.seq).await?;
    Ok(verifier.finish())
}

/// Feeds the entries up to `to`; each page is read while the one before it is checked.
async fn entries(store: &dyn Store, verifier: &mut Verifier, to: EntrySeq) -> Result<(), JobError> {
    let mut page: Vec<Entry> = Vec::new();
    let mut after = verifier.last();
    loop {
        let until = EntrySeq(to.0.min(after.0.saturating_add(i64::from(ENTRIES))));
        let next = async {
            if after < to {
                store.entries_between(after, until).await
            } else {
                Ok(Vec::new())
            }
        };
        let check = async { page.iter().for_each(|entry| verifier.entry(entry)) };
        let (next, ()) = tokio::join!(biased; next, check);
        page = next?;
        if page.is_empty() && until >= to {
            return Ok(());
        }
        after = until;
    }
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

async fn holds(store: &dyn Store, verifier: &mut Verifier) -> Result<(), JobError> {
    let mut after = 0;
    loop {
        let page = store.holds(HoldFilter::default(), Page::after(after, PAGE)).await?;
        let Some(last) = page.last().map(|hold| hold.position.0) else {
            return Ok(());
        };
        page.iter().for_each(|hold| verifier.hold(hold));
        after = last;
    }
}

async fn positions(store: &dyn Store, verifier: &mut Verifier) -> Result<(), JobError> {
    let mut after = 0;
    loop {
        let page = store.position_facts(Page::after(after, PAGE)).await?;
        let Some(last) = page.last().map(|position| position.id.0) else {
            return Ok(());
        };
        page.into_iter().for_each(|position| verifier.position(position));
        after = last;
    }
}

async fn pools(store: &dyn Store, verifier: &mut Verifier) -> Result<(), JobError> {
    let mut after = 0;
    loop {
        let page = store
            .holdings(HoldingFilter::default(), Page::after(after, PAGE))
            .await?;
        let Some(last) = page.last().map(|holding| holding.id.0) else {
            break;
        };
        page.iter().for_each(|holding| verifier.pool_holding(holding));
        after = last;
    }
    let products = store.products().await?;
    products.iter().for_each(|product| verifier.pool_product(product));
    Ok(())
}

/// Feeds triggers with their payouts; those that changed while they were read are left to the next audit.
async fn triggers(store: &dyn Store, verifier: &mut Verifier) -> Result<(), JobError> {
    let mut after = 0;
    loop {
        let page = store
            .triggers(TriggerFilter::default(), Page::after(after, PAGE))
            .await?;
        let Some(last) = page.last().map(|trigger| trigger.id.0) else {
            return Ok(());
        };
        let ids: Vec<TriggerId> = page.iter().map(|trigger| trigger.id).collect();
        let mut payouts: HashMap<TriggerId, Vec<Payout>> = HashMap::new();
        for payout in store.payouts_of(&ids).await? {
            payouts.entry(payout.trigger).or_default().push(payout);
        }
        let rows: Vec<GuardedRow> = ids.into_iter().map(GuardedRow::Trigger).collect();
        let versions: HashMap<GuardedRow, u32> = store.versions(&rows).await?.into_iter().collect();
        for trigger in &page {
            let now = versions.get(&GuardedRow::Trigger(trigger.id));
            match now == Some(&trigger.version) {
                true => verifier.trigger(trigger, &payouts.remove(&trigger.id).unwrap_or_default()),
                false => verifier.moving_trigger(trigger.id),
            }
        }
        after = last;
    }
}
