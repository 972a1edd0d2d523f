//! Pools as the outside sees them: products, rates and holdings.

use domain::pool::{Holding, Product, RateRow, Rates, Term, apr, apy};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductView {
    /// Identity.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The asset that is put in and earned.
    pub asset: String,
    /// `draft`, `open`, `closed` or `ended`.
    pub state: &'static str,
    /// Days of its term; absent without one.
    pub term_days: Option<u32>,
    /// The part of the principal that leaving early costs; absent where nobody leaves early.
    pub early_penalty: Option<String>,
    /// Whether leaving early loses what was not paid yet.
    pub early_forfeits: bool,
    /// The zone whose dates its days are.
    pub zone: String,
    /// When a day begins, by the zone's clocks.
    pub cut_off: String,
    /// `daily`, or the day of the week after which yield is paid.
    pub payday: &'static str,
    /// Whether yield is compounded.
    pub compounds: bool,
    /// A referrer's part of a yield, on top of it.
    pub commission: String,
    /// The daily rate that counts today.
    pub rate: String,
    /// Annual percentage rate: daily × 365, not compounded.
    pub apr: Option<String>,
    /// Annual percentage yield: (1 + daily)³⁶⁵ − 1.
    pub apy: Option<String>,
    /// How much may be held at once.
    pub quota: String,
    /// How much is held, of what was put in.
    pub sold: String,
    /// Least of one subscription.
    pub least_once: String,
    /// Most of one subscription.
    pub most_once: String,
    /// Least that a user who holds anything must hold.
    pub least_held: String,
    /// Most that a user may hold.
    pub most_held: String,
    /// When it begins to take money.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opens_at: Option<Timestamp>,
    /// When it ceases to.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closes_at: Option<Timestamp>,
    /// The last day that earns.
    pub last_day: Option<String>,
    /// All holdings were brought up to the end of this day.
    pub distributed_through: String,
    /// Days from this one on are being compared with their rates again.
    pub correct_from: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Rises with every change.
    pub version: u32,
}

impl ProductView {
    /// A product at a point in time, with the rate that counts then.
    pub fn new(product: Product, rates: &Rates, now: Timestamp) -> Self {
        let rate = rates.on(product.today(now));
        let (term_days, early) = match product.term {
            Term::Flexible => (None, None),
            Term::Fixed { days, early } => (Some(days), early),
        };
        let cut_off = product.calendar.cut_off();
        Self {
            id: product.id.0,
            name: product.name,
            asset: product.asset.to_string(),
            state: product.state.as_str(),
            term_days,
            early_penalty: early.map(|early| early.penalty.to_string()),
            early_forfeits: early.is_some_and(|early| early.forfeits),
            zone: product.calendar.zone().to_owned(),
            cut_off: format!("{:02}:{:02}", cut_off / 60, cut_off % 60),
            payday: product.payday.as_str(),
            compounds: product.compounds,
            commission: product.commission.to_string(),
            rate: rate.to_string(),
            apr: apr(rate).ok().map(|rate| rate.to_string()),
            apy: apy(rate).map(|rate| rate.to_string()),
            quota: product.quota.to_string(),
            sold: product.sold.to_string(),
            least_once: product.limits.least_once.to_string(),
            most_once: product.limits.most_once.to_string(),
            least_held: product.limits.least_held.to_string(),
            most_held: product.limits.most_held.to_string(),
            opens_at: product.opens_at,
            closes_at: product.closes_at,
            last_day: product.last_day.map(|day| day.to_string()),
            distributed_through: product.distributed_through.to_string(),
            correct_from: product.correct_from.map(|day| day.to_string()),
            created_at: product.created_at,
            updated_at: product.updated_at,
            version: product.version,
        }
    }
}

/// A daily rate from a day on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PoolRateView {
    /// Its place among the product's.
    pub number: u32,
    /// The first day that it is for.
    pub from_day: String,
    /// What one unit earns a day.
    pub rate: String,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who recorded it.
    pub by: String,
}

impl From<RateRow> for PoolRateView {
    fn from(row: RateRow) -> Self {
        Self {
            number: row.number,
            from_day: row.from_day.to_string(),
            rate: row.rate.to_string(),
            at: row.at,
            by: row.by,
        }
    }
}

/// A holding.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HoldingView {
    /// Identity.
    pub id: i64,
    /// Of which product.
    pub product: i64,
    /// Whose.
    pub user: i64,
    /// Who gets a commission on its yield.
    pub referrer: Option<i64>,
    /// `held`, `redeemed` or `matured`.
    pub state: &'static str,
    /// Principal, with what was compounded.
    pub principal: String,
    /// What of it was put in: it counts against the quota.
    pub subscribed: String,
    /// What of it does not earn yet.
    pub pending: String,
    /// The day before the first that earns, of this term.
    pub opened_on: String,
    /// The last day of the term.
    pub last_day: Option<String>,
    /// Whether another term follows.
    pub renews: bool,
    /// Days up to this one have accrued.
    pub accrued_through: String,
    /// All that accrued.
    pub earned: String,
    /// What was paid.
    pub paid: String,
    /// What is to be paid; below zero where a correction took more than was left to pay.
    pub unpaid: String,
    /// What was lost by leaving early.
    pub forfeited: String,
    /// What its referrer got.
    pub commissioned: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Rises with every change.
    pub version: u32,
}

impl From<Holding> for HoldingView {
    fn from(holding: Holding) -> Self {
        Self {
            principal: holding.principal().unwrap_or_default().to_string(),
            id: holding.id.0,
            product: holding.product.0,
            user: holding.user.0,
            referrer: holding.referrer.map(|user| user.0),
            state: holding.state.as_str(),
            subscribed: holding.subscribed.to_string(),
            pending: holding.pending.to_string(),
            opened_on: holding.opened_on.to_string(),
            last_day: holding.last_day.map(|day| day.to_string()),
            renews: holding.renews,
            accrued_through: holding.accrued_through.to_string(),
            earned: holding.earned.to_string(),
            paid: holding.paid.to_string(),
            unpaid: holding.unpaid.to_string(),
            forfeited: holding.forfeited.to_string(),
            commissioned: holding.commissioned.to_string(),
            created_at: holding.created_at,
            ended_at: holding.state.ended_at(),
            version: holding.version,
        }
    }
}
