//! What is done for the pools again and again: days are paid, what matures is given back, corrections are posted, and all of it is compared.
//!
//! Each step is a page that is committed whole, and finds by the rows themselves what is left to do: it may be ended anywhere, and goes on there.

pub mod correct_yield;
pub mod distribute_yield;
pub mod mature_holdings;
pub mod progress;
pub mod reconcile_pools;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::alert::AlertKind;
use domain::fixed::Amount;
use domain::id::ProductId;
use domain::ledger::{EscrowPosting, PostAnswer, Request};
use domain::page::Page;
use domain::pool::{Batch, Holding, Product, ProductState, Rates, funding_of};
use tracing::{info, warn};

use crate::actors::job_scheduler::Job;
use crate::actors::mail::{MailError, Post, Raise, Resolve};
use crate::clock::Clock;
use crate::event;
use crate::jobs::judge_closes::Ears;
use crate::jobs::{Every, JobError, JobReport, tell};
use crate::ports::store::{HoldingFilter, Store, StoreError};
use progress::Progress;

/// Name of the job that pays.
pub const NAME: &str = "distribute_yield";
/// Name of the job that compares.
pub const COMPARE: &str = "reconcile_pools";
/// How often it is compared, where the settings do not say.
pub const COMPARE_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Longest run.
const LONG_RUN: Duration = Duration::from_secs(4 * 3_600);
/// How often a page is decided anew before its holdings are taken one by one.
const TRIES: u32 = 5;
/// How long the ledger is left alone when it has no time.
const PAUSE: Duration = Duration::from_millis(200);

/// With what the pools are looked after.
#[derive(Clone)]
pub struct PoolRun {
    /// What is on record.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Who posts.
    pub ledger: Recipient<Post>,
    /// Who keeps alerts.
    pub ears: Ears,
    /// Holdings per page, at least one.
    pub page: u32,
    /// How far it is.
    pub progress: Progress,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distributed {
    /// Products that were looked at.
    pub products: usize,
    /// Days that were paid.
    pub days: usize,
    /// Holdings that accrued, each as often as it did.
    pub holdings: i64,
    /// What was paid.
    pub paid: Amount,
    /// Holdings that matured or began another term.
    pub matured: usize,
    /// Holdings that were corrected.
    pub corrected: usize,
    /// Products whose yield is not funded: they wait.
    pub waiting: usize,
    /// Days that do not agree.
    pub unreconciled: usize,
    /// Holdings, or products, that something failed for; they are tried again by the next run.
    pub failed: usize,
    /// The first of these failures.
    pub first_failure: Option<String>,
}

impl fmt::Display for Distributed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} products: {} days paid, {} accruals, {} paid, {} matured, {} corrected, {} wait for funding, {} days unreconciled, {} failed",
            self.products,
            self.days,
            self.holdings,
            self.paid,
            self.matured,
            self.corrected,
            self.waiting,
            self.unreconciled,
            self.failed
        )?;
        match &self.first_failure {
            Some(why) => write!(f, " (first: {why})"),
            None => Ok(()),
        }
    }
}

impl Distributed {
    fn fail(&mut self, why: String) {
        self.failed += 1;
        self.first_failure.get_or_insert(why);
    }

    fn take(&mut self, batch: &Batch) {
        self.holdings = self.holdings.saturating_add(batch.total.holdings);
        self.paid = self.paid.plus(batch.total.paid).unwrap_or(self.paid);
    }
}

/// What became of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Posted {
    /// It is written, now or before.
    Written,
    /// It is not written: what it was decided on has changed, or the ledger refused it for this reason.
    Refused(String),
}

/// The jobs.
pub fn jobs(run: PoolRun, every: Every<'_>) -> Vec<Job> {
    progress::describe();
    let compare = run.clone();
    vec![
        Job::new(NAME, every(NAME), LONG_RUN, move || {
            let run = run.clone();
            async move {
                Ok(JobReport::Distributed(Box::new(
                    distribute_yield::distribute_yield(&run).await?,
                )))
            }
        }),
        Job::new(COMPARE, every(COMPARE), LONG_RUN, move || {
            let run = compare.clone();
            async move { reconcile_pools::reconcile_pools(&run).await.map(JobReport::Judged) }
        }),
    ]
}

impl PoolRun {
    async fn rates(&self, product: ProductId) -> Result<Rates, StoreError> {
        Ok(Rates::new(self.store.pool_rates(product).await?))
    }

    /// What a product's yield can be paid from.
    async fn funding(&self, product: &Product) -> Result<Amount, StoreError> {
        let key = funding_of(product.id, &product.asset);
        let found = self.store.accounts_by_key(&[key]).await?;
        Ok(found.first().map_or(Amount::ZERO, |account| account.balance))
    }

    /// The product as it is stored now.
    async fn fresh(&self, product: &Product) -> Result<Product, StoreError> {
        let found = self.store.product(product.id).await?;
        Ok(found.unwrap_or_else(|| product.clone()))
    }

    async fn holdings(&self, filter: HoldingFilter, after: i64, limit: u32) -> Result<Vec<Holding>, StoreError> {
        self.store.holdings(filter, Page::after(after, limit.max(1))).await
    }

    /// Asks the ledger until it has an answer, or has had no time too often.
    async fn post(&self, posting: EscrowPosting) -> Result<Posted, JobError> {
        let posting = Arc::new(posting);
        let mut tries = 0;
        loop {
            tries += 1;
            let request = Request::Escrow(Arc::clone(&posting));
            let answer = match self.ledger.send(Post { request }).await {
                Ok(answer) => answer,
                Err(error) => return Err(JobError::Mail(format!("could not ask the ledger: {error}"))),
            };
            match answer {
                Ok(receipt) => return Ok(posted(receipt.answer)),
                Err(MailError::Busy(_)) if tries < TRIES * 10 => tokio::time::sleep(PAUSE).await,
                Err(_) if tries < TRIES => tokio::time::sleep(PAUSE).await,
                Err(error) => return Err(JobError::Mail(error.to_string())),
            }
        }
    }

    fn tell_funding(&self, product: &Product, short: Option<String>) -> Result<(), JobError> {
        self.tell_alert(AlertKind::PoolFunding, product, short)
    }

    fn tell_alert(&self, kind: AlertKind, product: &Product, message: Option<String>) -> Result<(), JobError> {
        let subject = format!("product:{}", product.id);
        match message {
            Some(message) => {
                warn!(event = event::POOL_WAITS, product.id = %product.id, "{}: {message}", product.name);
                tell(&self.ears.raises, kind, Raise { kind, subject, message })
            }
            None => tell(&self.ears.resolves, kind, Resolve { kind, subject }),
        }
    }
}

fn posted(answer: PostAnswer) -> Posted {
    match answer {
        PostAnswer::Created { .. } | PostAnswer::NothingDue | PostAnswer::Exists { .. } => Posted::Written,
        PostAnswer::ExistsDifferent { field } => Posted::Refused(format!("it was posted before with another {field}")),
        PostAnswer::AlreadyFailed { reason } | PostAnswer::Rejected { reason } => Posted::Refused(reason),
    }
}

/// Whether anything can be due for it.
fn is_live(product: &Product) -> bool {
    product.state != ProductState::Draft
}

fn tell_page(product: &Product, what: &str, holdings: usize) {
    info!(event = event::POOL_PAGE, product.id = %product.id, holdings, "{what}: {holdings} holdings of {}", product.name);
}
