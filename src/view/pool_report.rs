//! Reports about pools as the outside sees them: what was earned, days, books, and how far the distribution is.

use domain::pool::{Accrual, DayState, PoolDayRow, Product, ProductBook};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What a holding earned on a day: a line of its holder's statement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccrualView {
    /// The day.
    pub day: String,
    /// 0, or which correction of it.
    pub number: u32,
    /// Principal that earned.
    pub principal: String,
    /// At which daily rate.
    pub rate: String,
    /// Whole units that earnings rose by.
    pub earned: String,
    /// What is carried on that is finer, in units of 10⁻¹⁸.
    pub residue: i64,
}

impl From<Accrual> for AccrualView {
    fn from(line: Accrual) -> Self {
        Self {
            day: line.day.to_string(),
            number: line.number,
            principal: line.principal.to_string(),
            rate: line.rate.to_string(),
            earned: line.earned.to_string(),
            residue: line.residue,
        }
    }
}

impl AccrualView {
    /// Columns as CSV.
    pub const COLUMNS: &'static [&'static str] = &["day", "number", "principal", "rate", "earned", "residue"];
}

/// What a day of a product came to, and whether it agreed: the report of its reconciliation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PoolDayView {
    /// Key of the page.
    pub key: i64,
    /// The day.
    pub day: String,
    /// `open`, `reconciled` or `unreconciled`.
    pub state: &'static str,
    /// Holdings that accrued it.
    pub holdings: i64,
    /// Their principal that earned.
    pub principal: String,
    /// What earnings rose by.
    pub earned: String,
    /// Payments in its name.
    pub payments: i64,
    /// Their sum.
    pub paid: String,
    /// Commissions on them.
    pub commission: String,
    /// When it was compared.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub compared_at: Option<Timestamp>,
    /// What differed.
    pub note: Option<String>,
}

impl PoolDayView {
    /// Columns as CSV.
    pub const COLUMNS: &'static [&'static str] = &[
        "day",
        "state",
        "holdings",
        "principal",
        "earned",
        "payments",
        "paid",
        "commission",
        "compared_at",
        "note",
    ];
}

impl From<PoolDayRow> for PoolDayView {
    fn from(row: PoolDayRow) -> Self {
        let state: &DayState = &row.state;
        Self {
            key: row.day.number(),
            day: row.day.to_string(),
            state: state.as_str(),
            holdings: row.figures.holdings,
            principal: row.figures.principal.to_string(),
            earned: row.figures.earned.to_string(),
            payments: row.figures.payments,
            paid: row.figures.paid.to_string(),
            commission: row.figures.commission.to_string(),
            compared_at: state.at(),
            note: state.note().map(str::to_owned),
        }
    }
}

/// The book of a product: what is held, earned, paid and owed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BookView {
    /// Which.
    pub product: i64,
    /// Its name.
    pub name: String,
    /// Its asset.
    pub asset: String,
    /// Holdings with principal.
    pub held: i64,
    /// Holdings that ended.
    pub ended: i64,
    /// Principal.
    pub principal: String,
    /// What counts against the quota.
    pub subscribed: String,
    /// All that accrued.
    pub earned: String,
    /// What was paid.
    pub paid: String,
    /// What is to be paid.
    pub owed: String,
    /// What was paid too much, and is worked off.
    pub overpaid: String,
    /// What was lost by leaving early.
    pub forfeited: String,
    /// Commissions.
    pub commissioned: String,
    /// What yield can be paid from.
    pub funding: String,
    /// Principal and what is to be paid.
    pub liabilities: String,
    /// What of the yield that is to be paid is not funded.
    pub shortfall: String,
}

impl BookView {
    /// Columns as CSV.
    pub const COLUMNS: &'static [&'static str] = &[
        "product",
        "name",
        "asset",
        "held",
        "ended",
        "principal",
        "subscribed",
        "earned",
        "paid",
        "owed",
        "overpaid",
        "forfeited",
        "commissioned",
        "funding",
        "liabilities",
        "shortfall",
    ];

    /// The book of this product.
    pub fn new(product: &Product, book: &ProductBook) -> Self {
        let sums = &book.sums;
        Self {
            product: product.id.0,
            name: product.name.clone(),
            asset: product.asset.to_string(),
            held: sums.held,
            ended: sums.ended,
            principal: sums.principal.to_string(),
            subscribed: sums.subscribed.to_string(),
            earned: sums.earned.to_string(),
            paid: sums.paid.to_string(),
            owed: sums.owed.to_string(),
            overpaid: sums.overpaid.to_string(),
            forfeited: sums.forfeited.to_string(),
            commissioned: sums.commissioned.to_string(),
            funding: book.funding.to_string(),
            liabilities: book.liabilities.to_string(),
            shortfall: book.shortfall.to_string(),
        }
    }
}

/// How far the day of a product is that is paid now, or was paid last since the start.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PoolProgressView {
    /// Which product.
    pub product: i64,
    /// Which day.
    pub day: String,
    /// Holdings that were to accrue it.
    pub all: i64,
    /// Those that have.
    pub done: i64,
}
