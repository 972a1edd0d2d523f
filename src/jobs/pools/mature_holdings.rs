//! Giving back what had its last day, or beginning another term; and paying what ended holdings are owed.

use domain::pool::{PoolDay, Product, Rates, arrears, mature};

use super::{Distributed, PoolRun, Posted, TRIES, tell_page};
use crate::jobs::JobError;
use crate::ports::store::HoldingFilter;

/// Ends or renews all holdings whose last day, or whose product's last day, is before `today`.
pub(super) async fn mature_product(
    run: &PoolRun,
    product: &Product,
    rates: &Rates,
    today: PoolDay,
    report: &mut Distributed,
) -> Result<(), JobError> {
    let is_over = product.last_day.is_some_and(|last| last < today);
    let mut filter = HoldingFilter {
        product: Some(product.id),
        live: true,
        held: Some(true),
        ..HoldingFilter::default()
    };
    if !is_over {
        filter.mature = Some(today.before());
    }
    let (mut after, mut tries) = (0, 0);
    loop {
        let holdings = run.holdings(filter, after, run.page).await?;
        let Some(last) = holdings.last().map(|row| row.id.0) else {
            return Ok(());
        };
        let fresh = run.fresh(product).await?;
        let funding = run.funding(product).await?;
        let batch = mature(&fresh, rates, today, holdings, funding, run.clock.now());
        let batch = batch.map_err(|error| JobError::Mail(format!("holdings up to {last} cannot mature: {error}")))?;
        if batch.is_empty() {
            (after, tries) = (last, 0);
            continue;
        }
        if batch.is_short() {
            let short = "what matured was given back, but its last yield is not funded: add funding, and it is paid";
            run.tell_funding(product, Some(short.to_owned()))?;
        }
        let count = batch.holdings;
        match run.post(batch.posting).await? {
            Posted::Written => {
                report.matured += count;
                tell_page(product, "matured", count);
                (after, tries) = (last, 0);
            }
            Posted::Refused(why) => {
                tries += 1;
                if tries >= TRIES {
                    report.fail(format!("holdings up to {last} did not mature: {why}"));
                    (after, tries) = (last, 0);
                }
            }
        }
    }
}

/// Pays holdings that ended with something unpaid, as far as there is funding.
pub(super) async fn pay_arrears(run: &PoolRun, product: &Product) -> Result<(), JobError> {
    let filter = HoldingFilter {
        product: Some(product.id),
        held: Some(false),
        live: true,
        owed: true,
        ..HoldingFilter::default()
    };
    let (mut after, mut tries) = (0, 0);
    loop {
        let holdings = run.holdings(filter, after, run.page).await?;
        let Some(last) = holdings.last().map(|row| row.id.0) else {
            return Ok(());
        };
        let funding = run.funding(product).await?;
        let batch = arrears(product, holdings, funding, run.clock.now());
        let batch = batch.map_err(|error| JobError::Mail(format!("arrears cannot be paid: {error}")))?;
        if batch.is_short() {
            let short = format!(
                "holdings that have ended are owed {}, but only {funding} is there: add funding, and it is paid",
                batch.due
            );
            run.tell_funding(product, Some(short))?;
        }
        let written = batch.is_empty() || run.post(batch.posting).await? == Posted::Written;
        tries += 1;
        if written || tries >= TRIES {
            (after, tries) = (last, 0);
        }
    }
}
