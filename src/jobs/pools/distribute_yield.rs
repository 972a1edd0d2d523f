//! Paying the yield of days: all that are due, in order, page by page.

use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::pool::figure::needed;
use domain::pool::{Batch, Holding, PoolChange, PoolDay, Product, Rates, distribute};
use tracing::error;

use super::correct_yield::correct_product;
use super::mature_holdings::{mature_product, pay_arrears};
use super::reconcile_pools::{reconcile_day, reconcile_product};
use super::{Distributed, PoolRun, Posted, TRIES, is_live, tell_page};
use crate::event;
use crate::jobs::JobError;
use crate::ports::store::{HoldingFilter, StoreError};

/// Brings every product up to the last day that has ended (S4-06). What fails for one product does not keep the others.
///
/// # Errors
/// When the products cannot be listed.
pub async fn distribute_yield(run: &PoolRun) -> Result<Distributed, JobError> {
    let mut report = Distributed::default();
    for product in run.store.products().await?.into_iter().filter(is_live) {
        report.products += 1;
        if let Err(error) = product_up_to_date(run, &product, &mut report).await {
            let (id, name) = (product.id, &product.name);
            error!(event = event::POOL_FAILED, product.id = %id, "product {id} ({name}) is not up to date: {error}");
            report.fail(format!("product {id}: {error}"));
        }
    }
    Ok(report)
}

/// Corrections first, then each day with what matures after it, then what is owed to holdings that have ended.
async fn product_up_to_date(run: &PoolRun, product: &Product, report: &mut Distributed) -> Result<(), JobError> {
    correct_product(run, product, report).await?;
    let product = run.fresh(product).await?;
    let rates = run.rates(product.id).await?;
    let now = run.clock.now();
    let today = product.today(now);
    let mut paid = false;
    for day in product.due(now) {
        if !pay_day(run, &product, &rates, day, report).await? {
            report.waiting += 1;
            return Ok(());
        }
        mature_product(run, &product, &rates, day.next(), report).await?;
        let agrees = reconcile_day(run, &product, day).await?;
        report.unreconciled += usize::from(!agrees);
        report.days += 1;
        paid = true;
        passed(run, &product, day).await?;
    }
    mature_product(run, &product, &rates, today, report).await?;
    pay_arrears(run, &product).await?;
    if paid && !reconcile_product(run, &product).await? {
        report.unreconciled += 1;
    }
    Ok(())
}

/// Holdings of the product on which the day has not accrued.
fn behind(product: &Product, day: PoolDay) -> HoldingFilter {
    HoldingFilter {
        product: Some(product.id),
        live: true,
        behind: Some(day),
        ..HoldingFilter::default()
    }
}

/// Pays one day; `false` when that is not funded: nothing more is paid then.
async fn pay_day(
    run: &PoolRun,
    product: &Product,
    rates: &Rates,
    day: PoolDay,
    report: &mut Distributed,
) -> Result<bool, JobError> {
    let all = run.store.behind(product.id, day).await?;
    run.progress.begin(product.id, day, all);
    if let Some(short) = shortage(run, product, rates, day).await? {
        run.tell_funding(product, Some(short))?;
        return Ok(false);
    }
    let filter = behind(product, day);
    let pages = Pages {
        run,
        product,
        rates,
        day,
    };
    let mut funding = run.funding(product).await?;
    let mut holdings = run.holdings(filter, 0, run.page).await?;
    let mut tries = 0;
    while let (Some(first), Some(last)) = (
        holdings.first().map(|row| row.id.0),
        holdings.last().map(|row| row.id.0),
    ) {
        let batch = match pages.decide(&holdings, funding) {
            Ok(batch) if batch.is_short() => return pages.wait(&batch, funding),
            Ok(batch) => batch,
            Err(_) => Batch::empty(),
        };
        // The next page is read while this one is committed.
        let (posted, next) = tokio::join!(pages.post(&batch), run.holdings(filter, last, run.page));
        if posted? == Posted::Written && !batch.is_empty() {
            funding = funding.minus(batch.due).unwrap_or(Amount::ZERO);
            pages.done(&batch, report);
            (holdings, tries) = (next?, 0);
            continue;
        }
        tries += 1;
        if tries >= TRIES || batch.is_empty() {
            if !pages.one_by_one(&holdings, report).await? {
                return Ok(false);
            }
            (holdings, tries) = (next?, 0);
        } else {
            holdings = run.holdings(filter, first - 1, run.page).await?;
        }
        funding = run.funding(product).await?;
    }
    run.tell_funding(product, None)?;
    Ok(true)
}

/// What stands against beginning: the day needs more than there is (S4-12). A day that was begun is looked at page by page.
async fn shortage(run: &PoolRun, product: &Product, rates: &Rates, day: PoolDay) -> Result<Option<String>, JobError> {
    let begun = run.store.pool_day(product.id, day).await?;
    if begun.is_some_and(|row| row.figures.holdings > 0) || !product.payday.is_after(day) {
        return Ok(None);
    }
    let sums = run.store.holding_sums(product.id).await?;
    let funding = run.funding(product).await?;
    let needed = needed(product, rates.on(day), &sums).map_err(|error| JobError::Mail(error.to_string()))?;
    let nothing = sums.earning.is_zero() && sums.owed.is_zero();
    Ok((needed > funding && !nothing).then(|| too_little(day, needed, funding)))
}

fn too_little(day: PoolDay, needed: Amount, funding: Amount) -> String {
    format!("the yield of {day} needs up to {needed}, but only {funding} is there: add funding, and it is paid")
}

/// The pages of one day.
struct Pages<'a> {
    run: &'a PoolRun,
    product: &'a Product,
    rates: &'a Rates,
    day: PoolDay,
}

impl Pages<'_> {
    fn decide(&self, holdings: &[Holding], funding: Amount) -> Result<Batch, domain::fixed::NumberError> {
        let now = self.run.clock.now();
        distribute(self.product, self.rates, self.day, holdings.to_vec(), funding, now)
    }

    async fn post(&self, batch: &Batch) -> Result<Posted, JobError> {
        match batch.is_empty() {
            true => Ok(Posted::Written),
            false => self.run.post(batch.posting.clone()).await,
        }
    }

    fn done(&self, batch: &Batch, report: &mut Distributed) {
        report.take(batch);
        self.run.progress.add(self.product.id, batch.total.holdings);
        let accruals = u64::try_from(batch.total.holdings).unwrap_or_default();
        metrics::counter!("bursar_pool_accruals_total").increment(accruals);
        tell_page(self.product, "yield", batch.holdings);
    }

    fn wait(&self, batch: &Batch, funding: Amount) -> Result<bool, JobError> {
        let short = too_little(self.day, batch.due, funding);
        self.run.tell_funding(self.product, Some(short))?;
        Ok(false)
    }

    /// One holding that spoils a page does not keep the others from their yield; `false` when one cannot be paid for lack of funding.
    async fn one_by_one(&self, holdings: &[Holding], report: &mut Distributed) -> Result<bool, JobError> {
        for holding in holdings {
            let id = holding.id;
            let Some(holding) = self.run.store.holding(id).await? else {
                continue;
            };
            if holding.accrued_through >= self.day || !holding.state.is_held() {
                continue;
            }
            let funding = self.run.funding(self.product).await?;
            let why = match self.decide(&[holding], funding) {
                Ok(batch) if batch.is_short() => return self.wait(&batch, funding),
                Ok(batch) => match self.post(&batch).await? {
                    Posted::Written => {
                        self.done(&batch, report);
                        continue;
                    }
                    Posted::Refused(why) => why,
                },
                Err(error) => error.to_string(),
            };
            error!(event = event::POOL_FAILED, holding.id = %id, "holding {id} did not accrue {}: {why}", self.day);
            report.fail(format!("holding {id}: {why}"));
        }
        Ok(true)
    }
}

/// The product's mark moves on.
async fn passed(run: &PoolRun, product: &Product, day: PoolDay) -> Result<(), JobError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let mut changed = run.fresh(product).await?;
        changed.distributed_through = changed.distributed_through.max(day);
        changed.updated_at = run.clock.now();
        let changes = ChangeSet::of(Change::Pool(PoolChange::UpdateProduct(Box::new(changed))));
        match run.store.commit(changes).await {
            Err(StoreError::Conflict { .. }) if tries < TRIES * 10 => {}
            answer => return Ok(answer?),
        }
    }
}
