//! `bursar pool …`: books, days and holders' statements, as a table, JSON or CSV.

use domain::id::{HoldingId, ProductId};
use domain::pool::PoolDay;
use serde::Serialize;
use serde_json::Value;

use crate::cli::answer::{Form, Pages};
use crate::cli::table::Column;
use crate::cli::{CliError, Global, print_bytes};
use crate::desk::Desk;
use crate::view::{AccrualView, BookView, PoolDayView, csv_rows};

/// Which report.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Act {
    /// The books of all products: principal, earned, paid, owed, funding
    Book {
        #[command(flatten)]
        shape: Shape,
    },
    /// The days of a product, newest first: what they came to, and whether they agreed
    Days {
        /// The product
        product: i64,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        shape: Shape,
    },
    /// What a holding earned, day by day
    Statement {
        /// The holding
        holding: i64,
        /// The first day; the last 400 days without it
        #[arg(long, value_name = "DAY", value_parser = super::day, requires = "to")]
        from: Option<PoolDay>,
        /// The last day
        #[arg(long, value_name = "DAY", value_parser = super::day, requires = "from")]
        to: Option<PoolDay>,
        #[command(flatten)]
        shape: Shape,
    },
}

/// The form of a report.
#[derive(Debug, clap::Args)]
pub(super) struct Shape {
    /// Print CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    form: Form,
}

const BOOK: &[Column] = &[
    ("PRODUCT", "product"),
    ("NAME", "name"),
    ("ASSET", "asset"),
    ("HELD", "held"),
    ("PRINCIPAL", "principal"),
    ("EARNED", "earned"),
    ("PAID", "paid"),
    ("OWED", "owed"),
    ("FUNDING", "funding"),
    ("SHORT", "shortfall"),
    ("LIABILITIES", "liabilities"),
];

const DAYS: &[Column] = &[
    ("DAY", "day"),
    ("STATE", "state"),
    ("HOLDINGS", "holdings"),
    ("PRINCIPAL", "principal"),
    ("EARNED", "earned"),
    ("PAYMENTS", "payments"),
    ("PAID", "paid"),
    ("COMMISSION", "commission"),
    ("NOTE", "note"),
];

const STATEMENT: &[Column] = &[
    ("DAY", "day"),
    ("NUMBER", "number"),
    ("PRINCIPAL", "principal"),
    ("RATE", "rate"),
    ("EARNED", "earned"),
    ("CARRIED", "residue"),
];

pub(super) async fn run(act: &Act, global: &Global) -> Result<(), CliError> {
    match act {
        Act::Book { shape } => {
            let asked = ("/pool/reports/book", Vec::new());
            let direct = async |desk: &Desk| Ok(desk.pool_books().await?);
            shape.write(global, asked, (BOOK, BookView::COLUMNS), direct).await
        }
        Act::Days { product, pages, shape } => {
            let (ask, path) = (pages.ask()?, format!("/pool/reports/days/{product}"));
            let direct = async |desk: &Desk| Ok(desk.pool_days(ProductId(*product), ask).await?);
            let asked = (path.as_str(), pages.query());
            shape.write(global, asked, (DAYS, PoolDayView::COLUMNS), direct).await
        }
        Act::Statement {
            holding,
            from,
            to,
            shape,
        } => {
            let days = from.zip(*to);
            let path = format!("/pool/reports/statements/{holding}");
            let query = days.map(|(from, to)| vec![("from", from.to_string()), ("to", to.to_string())]);
            let direct = async |desk: &Desk| Ok(desk.accruals(HoldingId(*holding), days).await?);
            let asked = (path.as_str(), query.unwrap_or_default());
            shape
                .write(global, asked, (STATEMENT, AccrualView::COLUMNS), direct)
                .await
        }
    }
}

impl Shape {
    async fn write<T: Serialize>(
        &self,
        global: &Global,
        asked: (&str, Vec<(&'static str, String)>),
        (columns, fields): (&[Column], &[&str]),
        direct: impl AsyncFnOnce(&Desk) -> Result<T, CliError>,
    ) -> Result<(), CliError> {
        if !self.csv {
            return self.form.list(global, asked, columns, direct).await;
        }
        let value = self.form.value(global, asked, direct).await?;
        let items = value.get("items").and_then(Value::as_array);
        let text = csv_rows(items.map_or(&[][..], Vec::as_slice), fields);
        print_bytes(&text.map_err(|error| CliError::BadInput(error.to_string()))?)
    }
}
