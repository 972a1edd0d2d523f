//! Pools as operators keep them: products, their states and rates, and what is on record of holdings.

use domain::change::{Change, ChangeSet};
use domain::fixed::{Amount, Ratio};
use domain::id::{HoldingId, IdKind, ProductId};
use domain::pool::{Limits, PoolChange, PoolDay, PoolRefusal, Product, ProductBook, ProductDraft, Rates, funding_of};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::desk::{Asker, Desk, DeskError, Listing, PageAsk, WrongField};
use crate::ports::store::HoldingFilter;
use crate::view::{AccrualView, BookView, HoldingView, PoolDayView, PoolProgressView, PoolRateView, ProductView};

/// Days of a holder's statement at most.
const STATEMENT_DAYS: i64 = 400;

/// A product to create, as a draft.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    /// Its name, 1 to 60 characters; unique.
    pub name: String,
    /// The asset that is put in and earned; not POWER.
    #[schema(example = "USDT")]
    pub asset: String,
    /// What one unit earns a day, 0 to 1.
    #[schema(value_type = String, example = "0.0002")]
    pub rate: Ratio,
    /// Days of its term, 1 to 3,650; flexible when absent.
    #[serde(default)]
    pub term_days: Option<u32>,
    /// The part of the principal that leaving early costs, 0 to 1; when absent nobody leaves a term early.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub early_penalty: Option<Ratio>,
    /// Whether leaving early loses what was not paid yet.
    #[serde(default)]
    pub early_forfeits: bool,
    /// IANA name of the zone whose dates its days are; UTC when absent.
    #[serde(default = "utc")]
    pub zone: String,
    /// When a day begins by the zone's clocks; 00:00 when absent.
    #[serde(default = "midnight")]
    pub cut_off: String,
    /// `daily` (when absent), or the day of the week after which yield is paid, such as `mon`.
    #[serde(default = "daily")]
    pub payday: String,
    /// Whether yield is added to the principal; only without a term.
    #[serde(default)]
    pub compounds: bool,
    /// A referrer's part of a yield, on top of it, 0 to 1; 0 when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub commission: Option<Ratio>,
    /// How much may be held at once.
    #[schema(value_type = String, example = "1000000")]
    pub quota: Amount,
    /// Least of one subscription; the smallest amount when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub least_once: Option<Amount>,
    /// Most of one subscription; the quota when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub most_once: Option<Amount>,
    /// Least that a user who holds anything must hold; 0 when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub least_held: Option<Amount>,
    /// Most that a user may hold; the quota when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub most_held: Option<Amount>,
    /// It takes money from then on; at once when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opens_at: Option<Timestamp>,
    /// It takes money before that.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closes_at: Option<Timestamp>,
    /// The last day that earns.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub last_day: Option<PoolDay>,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn midnight() -> String {
    "00:00".to_owned()
}

fn daily() -> String {
    "daily".to_owned()
}

impl From<NewProduct> for ProductDraft {
    fn from(new: NewProduct) -> Self {
        let smallest = Amount::from_units(1).unwrap_or(Amount::ZERO);
        Self {
            name: new.name,
            asset: new.asset,
            term_days: new.term_days,
            early_penalty: new.early_penalty,
            early_forfeits: new.early_forfeits,
            zone: new.zone,
            cut_off: new.cut_off,
            payday: new.payday,
            compounds: new.compounds,
            commission: new.commission.unwrap_or(Ratio::ZERO),
            quota: new.quota,
            limits: Limits {
                least_once: new.least_once.unwrap_or(smallest),
                most_once: new.most_once.unwrap_or(new.quota),
                least_held: new.least_held.unwrap_or(Amount::ZERO),
                most_held: new.most_held.unwrap_or(new.quota),
            },
            opens_at: new.opens_at,
            closes_at: new.closes_at,
            last_day: new.last_day,
        }
    }
}

/// A daily rate to set.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPoolRate {
    /// What one unit earns a day, 0 to 1.
    #[schema(value_type = String, example = "0.0002")]
    pub rate: Ratio,
    /// The first day that it is for; tomorrow when absent. Days that have accrued are corrected.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub from_day: Option<PoolDay>,
}

/// The end of a product.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnd {
    /// The last day that earns; today when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub last_day: Option<PoolDay>,
}

/// A field that breaks a rule is named; anything else contradicts what is on record.
impl From<PoolRefusal> for DeskError {
    fn from(refusal: PoolRefusal) -> Self {
        match refusal {
            PoolRefusal::Field { field, rule } => WrongField::new(field, rule).into(),
            other => Self::Conflict { why: other.to_string() },
        }
    }
}

impl Desk {
    /// Creates a product as a draft, with its first rate.
    ///
    /// # Errors
    /// Names the field that broke a rule; or the name is taken.
    pub async fn create_product(&self, new: NewProduct, asker: &Asker) -> Result<ProductView, DeskError> {
        let now = self.clock.now();
        let (id, rate) = (ProductId(self.next_id(IdKind::Product).await?), new.rate);
        let product = ProductDraft::from(new).into_product(id, now)?;
        let (row, product) = product.rated(&Rates::default(), product.today(now), rate, &asker.by, now)?;
        let rates = Rates::new(vec![row.clone()]);
        let audit = self.audit(asker, "pool.create", subject(id), now).await?;
        let changes = vec![
            Change::Pool(PoolChange::AddProduct(Box::new(product.clone()))),
            Change::Pool(PoolChange::AddRate(row)),
            audit,
        ];
        match self.store.commit(ChangeSet { changes }).await {
            Err(crate::ports::store::StoreError::Conflict { .. }) => Err(DeskError::Conflict {
                why: "name must not be taken".to_owned(),
            }),
            other => {
                other?;
                Ok(ProductView::new(product, &rates, now))
            }
        }
    }

    /// Lets a product take money.
    ///
    /// # Errors
    /// When it cannot be opened, or somebody changed it at the same time.
    pub async fn open_product(&self, id: ProductId, asker: &Asker) -> Result<ProductView, DeskError> {
        let rates = self.rates_of(id).await?;
        let opened = self.product_row(id).await?.opened(&rates, self.clock.now())?;
        self.change_product(opened, "pool.open", Vec::new(), asker).await
    }

    /// Lets a product take no more money.
    ///
    /// # Errors
    /// When it is not open, or somebody changed it at the same time.
    pub async fn close_product(&self, id: ProductId, asker: &Asker) -> Result<ProductView, DeskError> {
        let closed = self.product_row(id).await?.closed(self.clock.now())?;
        self.change_product(closed, "pool.close", Vec::new(), asker).await
    }

    /// Ends a product after a day: everything is given back then.
    ///
    /// # Errors
    /// When it has ended, the day is unfit, or somebody changed it at the same time.
    pub async fn end_product(&self, id: ProductId, new: NewEnd, asker: &Asker) -> Result<ProductView, DeskError> {
        let ended = self.product_row(id).await?.ended(new.last_day, self.clock.now())?;
        self.change_product(ended, "pool.end", Vec::new(), asker).await
    }

    /// Sets a daily rate from a day on.
    ///
    /// # Errors
    /// When the rate is unfit, or somebody changed the product at the same time.
    pub async fn set_pool_rate(
        &self,
        id: ProductId,
        new: NewPoolRate,
        asker: &Asker,
    ) -> Result<ProductView, DeskError> {
        let (product, rates, now) = (self.product_row(id).await?, self.rates_of(id).await?, self.clock.now());
        let from_day = new.from_day.unwrap_or(product.today(now).next());
        let (row, changed) = product.rated(&rates, from_day, new.rate, &asker.by, now)?;
        self.change_product(
            changed,
            "pool.rate",
            vec![Change::Pool(PoolChange::AddRate(row))],
            asker,
        )
        .await
    }

    async fn change_product(
        &self,
        changed: Product,
        action: &str,
        mut changes: Vec<Change>,
        asker: &Asker,
    ) -> Result<ProductView, DeskError> {
        let (id, now) = (changed.id, self.clock.now());
        changes.push(Change::Pool(PoolChange::UpdateProduct(Box::new(changed))));
        changes.push(self.audit(asker, action, subject(id), now).await?);
        self.commit(ChangeSet { changes }).await?;
        self.product(id).await
    }

    /// All products.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn products(&self) -> Result<Listing<ProductView>, DeskError> {
        let (mut items, now) = (Vec::new(), self.clock.now());
        for product in self.store.products().await? {
            let rates = self.rates_of(product.id).await?;
            items.push(ProductView::new(product, &rates, now));
        }
        Ok(Listing { items, next: None })
    }

    /// One product.
    ///
    /// # Errors
    /// When there is none, or the store does not answer.
    pub async fn product(&self, id: ProductId) -> Result<ProductView, DeskError> {
        let (product, rates) = (self.product_row(id).await?, self.rates_of(id).await?);
        Ok(ProductView::new(product, &rates, self.clock.now()))
    }

    /// The rates of a product, by number.
    ///
    /// # Errors
    /// When there is no such product, or the store does not answer.
    pub async fn pool_rates(&self, id: ProductId) -> Result<Listing<PoolRateView>, DeskError> {
        self.product_row(id).await?;
        let rows = self.store.pool_rates(id).await?;
        let items = rows.into_iter().map(PoolRateView::from).collect();
        Ok(Listing { items, next: None })
    }

    /// Holdings.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn holdings(&self, filter: HoldingFilter, ask: PageAsk) -> Result<Listing<HoldingView>, DeskError> {
        let rows = self.store.holdings(filter, ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.id.0, HoldingView::from))
    }

    /// One holding.
    ///
    /// # Errors
    /// When there is none, or the store does not answer.
    pub async fn pool_holding(&self, id: HoldingId) -> Result<HoldingView, DeskError> {
        let row = self.store.holding(id).await?;
        row.map(HoldingView::from)
            .ok_or_else(|| DeskError::absent("holding", id))
    }

    /// What a holding earned from one day to another, at most 400 days.
    ///
    /// # Errors
    /// When there is none, the days are unfit, or the store does not answer.
    pub async fn accruals(
        &self,
        id: HoldingId,
        days: Option<(PoolDay, PoolDay)>,
    ) -> Result<Listing<AccrualView>, DeskError> {
        let holding = self.store.holding(id).await?;
        let holding = holding.ok_or_else(|| DeskError::absent("holding", id))?;
        let to = holding.accrued_through;
        let first = PoolDay::new((to.number() - STATEMENT_DAYS + 1).max(0)).unwrap_or(PoolDay::FIRST);
        let (from, to) = days.unwrap_or((first, to));
        if to < from || to.since(from) >= STATEMENT_DAYS {
            let rule = format!("must be from `from` on, and within {STATEMENT_DAYS} days of it");
            return Err(WrongField::new("to", rule).into());
        }
        let lines = self.store.accruals(holding.product, (from, to), (id, id)).await?;
        let items = lines.into_iter().map(AccrualView::from).collect();
        Ok(Listing { items, next: None })
    }

    /// Days of a product, newest first, with what they came to and whether they agreed.
    ///
    /// # Errors
    /// When there is no such product, or the store does not answer.
    pub async fn pool_days(&self, id: ProductId, ask: PageAsk) -> Result<Listing<PoolDayView>, DeskError> {
        self.product_row(id).await?;
        let rows = self.store.pool_days(id, ask.with_one_more()).await?;
        Ok(ask.listing(rows, |row| row.day.number(), PoolDayView::from))
    }

    /// The books of all products.
    ///
    /// # Errors
    /// When the store does not answer, or a sum leaves its range.
    pub async fn pool_books(&self) -> Result<Listing<BookView>, DeskError> {
        let mut items = Vec::new();
        for product in self.store.products().await? {
            let sums = self.store.holding_sums(product.id).await?;
            let funding = self.pool_funding(&product).await?;
            let book = ProductBook::new(product.id, sums, funding).map_err(PoolRefusal::from)?;
            items.push(BookView::new(&product, &book));
        }
        Ok(Listing { items, next: None })
    }

    /// How far the distribution is, of each product that was paid since the start.
    pub fn pool_courses(&self) -> Listing<PoolProgressView> {
        let courses = self.pool_progress.courses().into_iter();
        let items = courses.map(|(product, course)| PoolProgressView {
            product: product.0,
            day: course.day.to_string(),
            all: course.all,
            done: course.done,
        });
        Listing {
            items: items.collect(),
            next: None,
        }
    }

    /// What a product's yield can be paid from.
    pub(super) async fn pool_funding(&self, product: &Product) -> Result<Amount, DeskError> {
        let key = funding_of(product.id, &product.asset);
        let found = self.store.accounts_by_key(&[key]).await?;
        Ok(found.first().map_or(Amount::ZERO, |account| account.balance))
    }

    pub(super) async fn product_row(&self, id: ProductId) -> Result<Product, DeskError> {
        let row = self.store.product(id).await?;
        row.ok_or_else(|| DeskError::absent("product", id))
    }

    pub(super) async fn rates_of(&self, id: ProductId) -> Result<Rates, DeskError> {
        Ok(Rates::new(self.store.pool_rates(id).await?))
    }
}

fn subject(id: ProductId) -> String {
    format!("product:{id}")
}
