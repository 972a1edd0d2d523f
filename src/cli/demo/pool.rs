//! A pool with three holders, beside the robots: books of its own, whose days pass in seconds.
//!
//! Ledger, desk and job are the daemon's; only the clock is another. What is paid stands in `pool.sqlite` in the demo's folder.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Addr};
use domain::fixed::{Amount, NumberError};
use domain::id::{HoldingId, ProductId, UserId};
use domain::ledger::{Asset, PostAnswer, Purse, Request};
use domain::page::Page;
use domain::pool::{DayState, Product};
use serde::Serialize;
use serde_json::json;
use tokio::sync::watch;
use tracing::warn;

use super::seats::asker;
use crate::actors::alert::{AlertActor, AlertDeps};
use crate::actors::ledger::{LedgerActor, LedgerDeps};
use crate::actors::mail::{MailError, Post, Recharge, Stop};
use crate::adapters::store::{SqlStore, StoreOptions, schema};
use crate::assemble::options;
use crate::clock::{Clock, ScaledClock, SystemClock};
use crate::config::Settings;
use crate::desk::{
    Desk, DeskError, Markets, NewAddition, NewFunding, NewRedemption, NewSubscription, NewUser, Prepared, read,
};
use crate::jobs::JobError;
use crate::jobs::judge_closes::Ears;
use crate::jobs::pools::PoolRun;
use crate::jobs::pools::distribute_yield::distribute_yield;
use crate::jobs::pools::progress::Progress;
use crate::jobs::verify_ledger::verify_ledger;
use crate::ports::store::{HoldingFilter, Store, StoreError};

/// What the product is called, and by this name found again.
const NAME: &str = "demo pool";
/// How many times as fast as life its days pass: one in four seconds.
const SPEED: u32 = 21_600;
/// How often it is looked for days that have ended.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Who holds, and how much each puts in.
const HOLDERS: [(&str, &str); 3] = [("ada", "1000"), ("bea", "2500"), ("cem", "400")];
/// Days until the first of them puts more in, and the last takes some out.
const ADDS_ON: i64 = 2;
const REDEEMS_ON: i64 = 4;
/// Days that are read at once.
const PAGE: u32 = 200;

/// Why the pool cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The desk refused.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// An actor did not answer.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// A day could not be paid.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The books cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The books cannot be made.
    #[error(transparent)]
    Schema(#[from] schema::SchemaError),
    /// A setting does not fit.
    #[error(transparent)]
    Setting(#[from] options::UnfitSetting),
    /// A number of the plan does not fit.
    #[error("a number of the plan does not fit")]
    Number(#[from] NumberError),
    /// The ledger refused.
    #[error("the ledger refused: {0}")]
    Refused(String),
}

/// What came of the pool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PoolSummary {
    /// Holdings with principal.
    pub holdings: i64,
    /// Σ of their principal.
    pub principal: Amount,
    /// Days that were paid.
    pub days: u64,
    /// Of these, days whose postings, accruals and totals do not agree.
    pub unreconciled: u64,
    /// Σ of yield that was paid.
    pub paid: Amount,
    /// Σ of commissions that were paid on it.
    pub commission: Amount,
    /// Whether an invariant of its ledger is broken; looked at in the end.
    pub is_broken: bool,
}

impl PoolSummary {
    /// Whether each day agrees with the books, and these with themselves.
    pub fn is_right(&self) -> bool {
        self.unreconciled == 0 && !self.is_broken
    }

    /// For people.
    pub fn text(&self) -> String {
        format!(
            "pool        {} holdings of {} USDT, {} days paid: {} USDT to holders, {} to a referrer; {} days do not agree\n",
            self.holdings, self.principal, self.days, self.paid, self.commission, self.unreconciled
        )
    }
}

async fn found(store: &dyn Store) -> Result<Option<Product>, StoreError> {
    let products = store.products().await?;
    Ok(products.into_iter().find(|product| product.name == NAME))
}

/// Plays the pool, where there is one, for as long as it is not dropped.
pub async fn play(stage: Option<&PoolStage>) {
    if let Some(stage) = stage
        && let Err(error) = stage.play().await
    {
        warn!(%error, "the demo's pool came to a stop: {error}");
    }
    std::future::pending().await
}

/// The pool while it is played.
pub struct PoolStage {
    store: Arc<dyn Store>,
    desk: Desk,
    run: PoolRun,
    alerts: Addr<AlertActor>,
    ledger: Addr<LedgerActor>,
}

impl PoolStage {
    /// Opens its books in the demo's folder; those of an earlier demo go on after their last day.
    pub async fn open(directory: &Path, settings: &Settings) -> Result<Self, PoolError> {
        let url = format!("sqlite://{}?mode=rwc", directory.join("pool.sqlite").display());
        let of_daemon = options::store(settings);
        schema::up(&url.clone().into(), None).await?;
        let opened = SqlStore::open(StoreOptions {
            url: url.into(),
            ..of_daemon
        });
        let store: Arc<dyn Store> = Arc::new(opened.await?);
        let before = found(&*store).await?.map(|product| {
            let next = product.distributed_through.next();
            product.calendar.begins(next)
        });
        let start = before.unwrap_or_default().max(SystemClock.now());
        let clock: Arc<dyn Clock> = Arc::new(ScaledClock::new(start, SPEED));
        let alerts = alerts(&store, &clock, settings);
        let ledger = LedgerActor::new(LedgerDeps {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            raises: alerts.clone().recipient(),
            resolves: alerts.clone().recipient(),
            options: options::ledger(settings)?,
            fatal: watch::channel(false).0,
        });
        let ledger = ledger.start();
        let run = PoolRun {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            ledger: ledger.clone().recipient(),
            ears: Ears {
                raises: alerts.clone().recipient(),
                resolves: alerts.clone().recipient(),
            },
            page: settings.pools.page,
            progress: Progress::default(),
        };
        let desk = Desk::new(Arc::clone(&store), clock, Markets::listed(Vec::new()));
        Ok(Self {
            store,
            desk,
            run,
            alerts,
            ledger,
        })
    }

    /// What came of it so far.
    pub async fn outcome(&self) -> Result<PoolSummary, StoreError> {
        let Some(product) = found(&*self.store).await? else {
            return Ok(PoolSummary::default());
        };
        let sums = self.store.holding_sums(product.id).await?;
        let totals = self.store.pool_totals(product.id).await?;
        let days = self.store.pool_days(product.id, Page::first(PAGE)).await?;
        let count = |fits: fn(&DayState) -> bool| days.iter().filter(|day| fits(&day.state)).count() as u64;
        Ok(PoolSummary {
            holdings: sums.held,
            principal: sums.principal,
            days: count(|state| !matches!(state, DayState::Open)),
            unreconciled: count(|state| matches!(state, DayState::Unreconciled { .. })),
            paid: totals.paid,
            commission: totals.commission,
            is_broken: false,
        })
    }

    /// The same, with its ledger proved.
    pub async fn proved(&self) -> Result<PoolSummary, JobError> {
        let verified = verify_ledger(&*self.store).await?;
        Ok(PoolSummary {
            is_broken: verified.finding.is_some(),
            ..self.outcome().await?
        })
    }

    /// Ends its actors.
    pub async fn close(&self) {
        for gone in [self.ledger.send(Stop).await, self.alerts.send(Stop).await] {
            if gone.is_err() {
                warn!("an actor of the demo's pool was gone before it was stopped");
            }
        }
    }

    async fn play(&self) -> Result<(), PoolError> {
        let product = self.furnish().await?;
        let first = self.day(product).await?;
        loop {
            distribute_yield(&self.run).await?;
            match self.day(product).await? - first {
                ADDS_ON => self.add(product, first).await?,
                REDEEMS_ON => self.redeem(product, first).await?,
                _ => {}
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Makes what is not there yet.
    async fn furnish(&self) -> Result<ProductId, PoolError> {
        let product = match found(&*self.store).await? {
            Some(product) => product.id,
            None => self.product().await?,
        };
        let funding = NewFunding {
            reference: "demo-funding".to_owned(),
            amount: "1000".parse()?,
        };
        self.post(self.desk.funding(product, &funding, &asker()).await?).await?;
        let known = self.store.users(Page::first(PAGE)).await?;
        let mut referrer = None;
        for (name, puts_in) in HOLDERS {
            let user = match known.iter().find(|user| user.name == name) {
                Some(user) => user.id,
                None => UserId(
                    self.desk
                        .create_user(NewUser { name: name.to_owned() }, &asker())
                        .await?
                        .id,
                ),
            };
            self.pay_in(user, name).await?;
            let new = NewSubscription {
                reference: format!("demo-{name}"),
                user,
                amount: puts_in.parse()?,
                referrer,
                renews: false,
            };
            self.post(self.desk.subscription(product, &new).await?).await?;
            referrer = referrer.or(Some(user));
        }
        Ok(product)
    }

    async fn product(&self) -> Result<ProductId, PoolError> {
        let new = json!({ "name": NAME, "asset": "USDT", "rate": "0.0003", "quota": "1000000", "commission": "0.1" });
        let new = read(new).map_err(DeskError::from)?;
        let id = ProductId(self.desk.create_product(new, &asker()).await?.id);
        self.desk.open_product(id, &asker()).await?;
        Ok(id)
    }

    async fn pay_in(&self, user: UserId, name: &str) -> Result<(), PoolError> {
        let usdt = Asset::new("USDT").ok_or_else(|| PoolError::Refused("USDT".to_owned()))?;
        let recharge = Recharge {
            reference: format!("demo-{name}"),
            user,
            purse: Purse::Wallet(usdt),
            amount: "10000".parse()?,
            by: "demo".to_owned(),
            remark: "a recharge of the demo".to_owned(),
        };
        let answer = self.ledger.send(recharge).await;
        answer.map_err(|_| MailError::Silent("ledger"))??;
        Ok(())
    }

    /// The first puts more in.
    async fn add(&self, product: ProductId, life: i64) -> Result<(), PoolError> {
        let new = NewAddition {
            reference: format!("demo-more-{life}"),
            amount: "500".parse()?,
        };
        match self.holdings(product).await?.first() {
            Some(id) => self.post(self.desk.addition(*id, &new).await?).await,
            None => Ok(()),
        }
    }

    /// The last takes some out.
    async fn redeem(&self, product: ProductId, life: i64) -> Result<(), PoolError> {
        let new = NewRedemption {
            reference: format!("demo-out-{life}"),
            amount: Some("100".parse()?),
        };
        match self.holdings(product).await?.last() {
            Some(id) => self.post(self.desk.redemption(*id, &new).await?).await,
            None => Ok(()),
        }
    }

    async fn holdings(&self, product: ProductId) -> Result<Vec<HoldingId>, PoolError> {
        let filter = HoldingFilter {
            product: Some(product),
            held: Some(true),
            ..HoldingFilter::default()
        };
        let holdings = self.store.holdings(filter, Page::first(PAGE)).await?;
        Ok(holdings.iter().map(|holding| holding.id).collect())
    }

    /// The day through which it is paid.
    async fn day(&self, product: ProductId) -> Result<i64, PoolError> {
        let product = self.store.product(product).await?;
        Ok(product.map_or(0, |product| product.distributed_through.number()))
    }

    async fn post(&self, prepared: Prepared) -> Result<(), PoolError> {
        let Prepared::Now(ready) = prepared else {
            return Ok(());
        };
        let request = Request::Escrow(Arc::new(ready.0));
        let receipt = self.ledger.send(Post { request }).await;
        match receipt.map_err(|_| MailError::Silent("ledger"))??.answer {
            PostAnswer::Created { .. } | PostAnswer::Exists { .. } => Ok(()),
            other => Err(PoolError::Refused(format!("{other:?}"))),
        }
    }
}

/// Whoever keeps its alerts; nobody is told of them.
fn alerts(store: &Arc<dyn Store>, clock: &Arc<dyn Clock>, settings: &Settings) -> Addr<AlertActor> {
    let deps = AlertDeps {
        store: Arc::clone(store),
        clock: Arc::clone(clock),
        retry_first: settings.ledger.retry_first,
        retry_max: settings.ledger.retry_max,
        outbox: None,
    };
    AlertActor::new(deps).start()
}
