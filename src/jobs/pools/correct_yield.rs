//! Posting what a rate that was set for days gone by makes of them.

use std::collections::HashMap;

use domain::change::{Change, ChangeSet};
use domain::id::HoldingId;
use domain::pool::{Accrual, PoolChange, PoolDay, Product, Rates, Recorded, correct};

use super::reconcile_pools::reconcile_day;
use super::{Distributed, PoolRun, Posted, TRIES, tell_page};
use crate::jobs::JobError;
use crate::ports::store::{HoldingFilter, StoreError};

/// Accruals that are read for one page, about.
const LINES: i64 = 4_000;

/// Compares what has accrued since the product's mark with the rates, posts the differences, and takes the mark away.
/// What was corrected before differs no more, so that it can be ended anywhere.
pub(super) async fn correct_product(
    run: &PoolRun,
    product: &Product,
    report: &mut Distributed,
) -> Result<(), JobError> {
    let Some(from) = product.correct_from else {
        return Ok(());
    };
    let rates = run.rates(product.id).await?;
    let to = product.today(run.clock.now()).max(product.distributed_through);
    let days = to.since(from).max(0) + 1;
    let fits = (LINES / days).clamp(1, i64::from(run.page));
    let limit = u32::try_from(fits).unwrap_or(1);
    let filter = HoldingFilter {
        product: Some(product.id),
        accrued: Some(from),
        ..HoldingFilter::default()
    };
    let (mut after, mut tries) = (0, 0);
    while let Some((last, recorded)) = recorded(run, product, filter, (after, limit), (from, to)).await? {
        let funding = run.funding(product).await?;
        let batch = correct(product, &rates, recorded, funding, run.clock.now());
        let batch = batch.map_err(|error| JobError::Mail(format!("days since {from} cannot be corrected: {error}")))?;
        if batch.is_short() {
            let short = format!(
                "the correction from {from} on needs {}, but only {funding} is there",
                batch.due
            );
            run.tell_funding(product, Some(short.clone()))?;
            return Err(JobError::Mail(short));
        }
        let count = batch.holdings;
        if batch.is_empty() {
            after = last;
            continue;
        }
        match run.post(batch.posting).await? {
            Posted::Written => {
                report.corrected += count;
                tell_page(product, "correction", count);
                (after, tries) = (last, 0);
            }
            Posted::Refused(_) if tries < TRIES => tries += 1,
            Posted::Refused(why) => return Err(JobError::Mail(format!("a correction is refused: {why}"))),
        }
    }
    compare_again(run, product, &rates, from, report).await?;
    unmark(run, product, &rates).await
}

/// The next page of holdings with what is on record of them; nothing after the last.
async fn recorded(
    run: &PoolRun,
    product: &Product,
    filter: HoldingFilter,
    (after, limit): (i64, u32),
    days: (PoolDay, PoolDay),
) -> Result<Option<(i64, Vec<Recorded>)>, JobError> {
    let holdings = run.holdings(filter, after, limit).await?;
    let (Some(first), Some(last)) = (holdings.first().map(|row| row.id), holdings.last().map(|row| row.id)) else {
        return Ok(None);
    };
    let mut lines: HashMap<HoldingId, Vec<Accrual>> = HashMap::new();
    for line in run.store.accruals(product.id, days, (first, last)).await? {
        lines.entry(line.holding).or_default().push(line);
    }
    let with_lines = holdings.into_iter().map(|holding| Recorded {
        accruals: lines.remove(&holding.id).unwrap_or_default(),
        holding,
    });
    Ok(Some((last.0, with_lines.collect())))
}

async fn compare_again(
    run: &PoolRun,
    product: &Product,
    rates: &Rates,
    from: PoolDay,
    report: &mut Distributed,
) -> Result<(), JobError> {
    let mut day = from.max(product.calendar.day_of(product.created_at));
    while day <= product.distributed_through && day < PoolDay::LAST && rates.row(day).is_some() {
        if run.store.pool_day(product.id, day).await?.is_some() {
            report.unreconciled += usize::from(!reconcile_day(run, product, day).await?);
        }
        day = day.next();
    }
    Ok(())
}

/// Takes the mark away, unless a rate was set meanwhile: then the next run compares again.
async fn unmark(run: &PoolRun, product: &Product, rates: &Rates) -> Result<(), JobError> {
    loop {
        let mut changed = run.fresh(product).await?;
        // Whoever sets a rate changes the product in the same commit.
        if run.rates(product.id).await? != *rates {
            return Ok(());
        }
        changed.correct_from = None;
        changed.updated_at = run.clock.now();
        let changes = ChangeSet::of(Change::Pool(PoolChange::UpdateProduct(Box::new(changed))));
        match run.store.commit(changes).await {
            Err(StoreError::Conflict { .. }) => {}
            answer => return Ok(answer?),
        }
    }
}
