//! Comparing what the pools come to: a day by its postings, accruals and totals, and a product by its holdings (S4-16).

use domain::alert::AlertKind;
use domain::change::{Change, ChangeSet};
use domain::pool::audit::{PostedSums, day_differs, product_differs};
use domain::pool::{DayFigures, DayState, PoolChange, PoolDay, PoolDayRow, Product, funding_of};
use tracing::error;

use super::{PoolRun, is_live};
use crate::event;
use crate::jobs::JobError;
use crate::ports::store::StoreError;

/// How often it is compared before a difference counts: somebody may act in between two reads.
const LOOKS: u32 = 3;
/// Longest note, in characters.
const NOTE: usize = 400;

/// Compares the last day of every product again, and the products themselves; how many do not agree.
///
/// # Errors
/// When something cannot be read.
pub async fn reconcile_pools(run: &PoolRun) -> Result<usize, JobError> {
    let mut wrong = 0;
    for product in run.store.products().await?.into_iter().filter(is_live) {
        let day = product.distributed_through;
        let is_paid = run.store.pool_day(product.id, day).await?.is_some();
        let agrees = !is_paid || reconcile_day(run, &product, day).await?;
        if !reconcile_product(run, &product).await? || !agrees {
            wrong += 1;
        }
    }
    Ok(wrong)
}

/// Compares a day, and writes down whether it agrees.
pub(super) async fn reconcile_day(run: &PoolRun, product: &Product, day: PoolDay) -> Result<bool, JobError> {
    let mut difference = None;
    for _ in 0..LOOKS {
        difference = difference_of_day(run, product, day).await?;
        if difference.is_none() {
            break;
        }
    }
    let (at, agrees) = (run.clock.now(), difference.is_none());
    let state = match &difference {
        None => DayState::Reconciled { at },
        Some(why) => DayState::Unreconciled {
            at,
            note: why.chars().take(NOTE).collect(),
        },
    };
    let row = PoolDayRow {
        product: product.id,
        day,
        figures: DayFigures::default(),
        state,
    };
    run.store
        .commit(ChangeSet::of(Change::Pool(PoolChange::CloseDay(Box::new(row)))))
        .await?;
    let result = if agrees { "reconciled" } else { "unreconciled" };
    metrics::counter!("bursar_pool_days_total", "result" => result).increment(1);
    if let Some(why) = difference {
        let message = format!("{day} does not agree: {why}");
        error!(event = event::POOL_FAILED, product.id = %product.id, "{}: {message}", product.name);
        run.tell_alert(AlertKind::PoolUnreconciled, product, Some(message))?;
    }
    Ok(agrees)
}

async fn difference_of_day(run: &PoolRun, product: &Product, day: PoolDay) -> Result<Option<String>, StoreError> {
    let store = &run.store;
    let accrued = store.accrued_sums(product.id, day).await?;
    let funding = funding_of(product.id, &product.asset);
    let funding = store.accounts_by_key(&[funding]).await?;
    let posted = match funding.first() {
        Some(account) => {
            // Nothing is paid in the name of a day before it has ended.
            let from = store.first_entry_from(product.calendar.begins(day.next())).await?;
            store.posted_sums(account.id, day, from).await?
        }
        None => PostedSums::default(),
    };
    let behind = match product.last_day {
        Some(last) if last < day => 0,
        Some(_) | None => store.behind(product.id, day).await?,
    };
    let totals = store.pool_day(product.id, day).await?;
    let totals = totals.map_or(DayFigures::default(), |row| row.figures);
    Ok(day_differs(&totals, &accrued, &posted, behind))
}

/// Compares a product with its holdings and all its days; where it agrees, and its last day does, an alert is over.
pub(super) async fn reconcile_product(run: &PoolRun, product: &Product) -> Result<bool, JobError> {
    let mut difference = None;
    for _ in 0..LOOKS {
        let fresh = run.fresh(product).await?;
        let (sums, days) = (
            run.store.holding_sums(product.id).await?,
            run.store.pool_totals(product.id).await?,
        );
        difference = product_differs(&fresh, &sums, &days);
        if difference.is_none() {
            break;
        }
    }
    let kind = AlertKind::PoolUnreconciled;
    match difference {
        Some(why) => {
            error!(event = event::POOL_FAILED, product.id = %product.id, "{} does not agree: {why}", product.name);
            run.tell_alert(kind, product, Some(format!("the product does not agree: {why}")))?;
            Ok(false)
        }
        None => {
            let last = run.fresh(product).await?.distributed_through;
            let row = run.store.pool_day(product.id, last).await?;
            let agrees = !row.is_some_and(|row| matches!(row.state, DayState::Unreconciled { .. }));
            if agrees {
                run.tell_alert(kind, product, None)?;
            }
            Ok(agrees)
        }
    }
}
