//! `bursar pool`: products, their rates and states, holdings, acts on their money, and reports.

mod money;
mod report;

use domain::id::{HoldingId, ProductId, UserId};
use domain::pool::PoolDay;
use serde_json::{Map, Value, json};

use crate::cli::answer::{Form, Pages};
use crate::cli::reach::asker;
use crate::cli::robot::Why;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::{Desk, DeskError, NewEnd, NewPoolRate, read};
use crate::ports::store::HoldingFilter;

/// What to do about pools.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the products
    Products {
        #[command(flatten)]
        form: Form,
    },
    /// Show one product
    Product {
        /// The product
        id: i64,
        #[command(flatten)]
        form: Form,
    },
    /// Create a product, as a draft
    Create(Box<Create>),
    /// Let a product take money
    Open(One),
    /// Let a product take no more money; what it holds earns on
    Close(One),
    /// End a product: nothing earns after its last day, and everything is given back
    End {
        /// The last day that earns; today without it
        #[arg(long, value_name = "DAY", value_parser = day)]
        last_day: Option<PoolDay>,
        #[command(flatten)]
        one: One,
    },
    /// Set a daily rate from a day on; days that have accrued are corrected
    Rate {
        /// What one unit earns a day, such as 0.0002
        rate: String,
        /// The first day that it is for; tomorrow without it
        #[arg(long, value_name = "DAY", value_parser = day)]
        from_day: Option<PoolDay>,
        #[command(flatten)]
        one: One,
    },
    /// List the rates of a product
    Rates {
        /// The product
        id: i64,
        #[command(flatten)]
        form: Form,
    },
    /// List holdings
    Holdings(Holdings),
    /// Show one holding
    Holding {
        /// The holding
        id: i64,
        #[command(flatten)]
        form: Form,
    },
    #[command(flatten)]
    Money(money::Act),
    #[command(flatten)]
    Report(report::Act),
}

#[derive(Debug, clap::Args)]
struct One {
    /// The product
    id: i64,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Args)]
struct Holdings {
    /// Only of this product
    #[arg(long)]
    product: Option<i64>,
    /// Only of this user
    #[arg(long)]
    user: Option<i64>,
    /// Only those with principal (true), or only those that have ended (false)
    #[arg(long, value_name = "BOOL")]
    held: Option<bool>,
    #[command(flatten)]
    pages: Pages,
    #[command(flatten)]
    form: Form,
}

/// What a product offers; amounts and parts are decimal text.
#[derive(Debug, clap::Args)]
struct Create {
    /// Its name
    name: String,
    /// The asset that is put in and earned
    #[arg(long)]
    asset: String,
    /// What one unit earns a day, such as 0.0002
    #[arg(long)]
    rate: String,
    /// How much may be held at once
    #[arg(long, value_name = "AMOUNT")]
    quota: String,
    /// Days of its term; flexible without it
    #[arg(long, value_name = "DAYS")]
    term_days: Option<u32>,
    /// The part of the principal that leaving early costs; without it nobody leaves a term early
    #[arg(long, value_name = "PART")]
    early_penalty: Option<String>,
    /// Leaving early loses what was not paid yet
    #[arg(long)]
    early_forfeits: bool,
    /// The zone whose dates its days are
    #[arg(long, default_value = "UTC")]
    zone: String,
    /// When a day begins by the zone's clocks
    #[arg(long, default_value = "00:00", value_name = "TIME")]
    cut_off: String,
    /// daily, or the day of the week after which yield is paid, such as mon
    #[arg(long, default_value = "daily")]
    payday: String,
    /// Yield is added to the principal
    #[arg(long)]
    compounds: bool,
    /// A referrer's part of a yield, on top of it
    #[arg(long, value_name = "PART")]
    commission: Option<String>,
    /// Least of one subscription
    #[arg(long, value_name = "AMOUNT")]
    least_once: Option<String>,
    /// Most of one subscription
    #[arg(long, value_name = "AMOUNT")]
    most_once: Option<String>,
    /// Least that a user who holds anything must hold
    #[arg(long, value_name = "AMOUNT")]
    least_held: Option<String>,
    /// Most that a user may hold
    #[arg(long, value_name = "AMOUNT")]
    most_held: Option<String>,
    /// It takes money from then on (RFC 3339)
    #[arg(long, value_name = "TIME")]
    opens_at: Option<String>,
    /// It takes money before that (RFC 3339)
    #[arg(long, value_name = "TIME")]
    closes_at: Option<String>,
    /// The last day that earns
    #[arg(long, value_name = "DAY")]
    last_day: Option<String>,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

impl Create {
    fn fields(&self) -> Map<String, Value> {
        let all = [
            ("name", json!(self.name)),
            ("asset", json!(self.asset)),
            ("rate", json!(self.rate)),
            ("quota", json!(self.quota)),
            ("term_days", json!(self.term_days)),
            ("early_penalty", json!(self.early_penalty)),
            ("early_forfeits", json!(self.early_forfeits)),
            ("zone", json!(self.zone)),
            ("cut_off", json!(self.cut_off)),
            ("payday", json!(self.payday)),
            ("compounds", json!(self.compounds)),
            ("commission", json!(self.commission)),
            ("least_once", json!(self.least_once)),
            ("most_once", json!(self.most_once)),
            ("least_held", json!(self.least_held)),
            ("most_held", json!(self.most_held)),
            ("opens_at", json!(self.opens_at)),
            ("closes_at", json!(self.closes_at)),
            ("last_day", json!(self.last_day)),
        ];
        let given = all.into_iter().filter(|(_, value)| !value.is_null());
        given.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    async fn run(&self, global: &Global) -> Result<(), CliError> {
        let fields = self.fields();
        let direct = async |desk: &Desk| {
            let new = read(Value::Object(fields.clone())).map_err(DeskError::from)?;
            let asker = asker(self.why.reason.as_deref())?;
            Ok(desk.create_product(new, &asker).await?)
        };
        let body = self.why.body(fields.clone());
        self.form.write(global, ("/pool/products", body), direct).await
    }
}

const PRODUCTS: &[Column] = &[
    ("ID", "id"),
    ("NAME", "name"),
    ("ASSET", "asset"),
    ("STATE", "state"),
    ("TERM", "term_days"),
    ("RATE", "rate"),
    ("APR", "apr"),
    ("APY", "apy"),
    ("SOLD", "sold"),
    ("QUOTA", "quota"),
    ("PAID THROUGH", "distributed_through"),
];

const RATES: &[Column] = &[
    ("NUMBER", "number"),
    ("FROM", "from_day"),
    ("RATE", "rate"),
    ("AT", "at"),
    ("BY", "by"),
];

const HOLDINGS: &[Column] = &[
    ("ID", "id"),
    ("PRODUCT", "product"),
    ("USER", "user"),
    ("STATE", "state"),
    ("PRINCIPAL", "principal"),
    ("EARNED", "earned"),
    ("PAID", "paid"),
    ("UNPAID", "unpaid"),
    ("ACCRUED", "accrued_through"),
    ("LAST DAY", "last_day"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::Products { form } => {
            let direct = async |desk: &Desk| Ok(desk.products().await?);
            form.list(global, ("/pool/products", Vec::new()), PRODUCTS, direct)
                .await?;
        }
        Act::Product { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.product(ProductId(*id)).await?);
            form.one(global, &format!("/pool/products/{id}"), direct).await?;
        }
        Act::Create(create) => create.run(global).await?,
        Act::Open(one) => {
            let direct = async |desk: &Desk| Ok(desk.open_product(one.product(), &one.asker()?).await?);
            one.form
                .write(global, (&one.path("open"), one.body(&[])), direct)
                .await?;
        }
        Act::Close(one) => {
            let direct = async |desk: &Desk| Ok(desk.close_product(one.product(), &one.asker()?).await?);
            one.form
                .write(global, (&one.path("close"), one.body(&[])), direct)
                .await?;
        }
        Act::End { last_day, one } => {
            let last_day = *last_day;
            let direct = async |desk: &Desk| {
                let asker = one.asker()?;
                Ok(desk.end_product(one.product(), NewEnd { last_day }, &asker).await?)
            };
            let body = one.body(&[("last_day", json!(last_day))]);
            one.form.write(global, (&one.path("end"), body), direct).await?;
        }
        Act::Rate { rate, from_day, one } => set_rate(rate, *from_day, one, global).await?,
        Act::Rates { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.pool_rates(ProductId(*id)).await?);
            let path = format!("/pool/products/{id}/rates");
            form.list(global, (&path, Vec::new()), RATES, direct).await?;
        }
        Act::Holdings(holdings) => holdings.list(global).await?,
        Act::Holding { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.pool_holding(HoldingId(*id)).await?);
            form.one(global, &format!("/pool/holdings/{id}"), direct).await?;
        }
        Act::Money(act) => money::run(act, global).await?,
        Act::Report(act) => report::run(act, global).await?,
    }
    Ok(Exit::Done)
}

async fn set_rate(rate: &str, from_day: Option<PoolDay>, one: &One, global: &Global) -> Result<(), CliError> {
    let direct = async |desk: &Desk| {
        let rate = rate
            .parse()
            .map_err(|error| CliError::BadInput(format!("rate: {error}")))?;
        let new = NewPoolRate { rate, from_day };
        Ok(desk.set_pool_rate(one.product(), new, &one.asker()?).await?)
    };
    let body = one.body(&[("rate", json!(rate)), ("from_day", json!(from_day))]);
    one.form.write(global, (&one.path("rates"), body), direct).await
}

impl One {
    fn product(&self) -> ProductId {
        ProductId(self.id)
    }

    fn asker(&self) -> Result<crate::desk::Asker, CliError> {
        asker(self.why.reason.as_deref())
    }

    fn path(&self, act: &str) -> String {
        format!("/pool/products/{}/{act}", self.id)
    }

    fn body(&self, fields: &[(&str, Value)]) -> Value {
        let given = fields.iter().filter(|(_, value)| !value.is_null());
        let given = given.map(|(name, value)| ((*name).to_owned(), value.clone()));
        self.why.body(given.collect())
    }
}

impl Holdings {
    async fn list(&self, global: &Global) -> Result<(), CliError> {
        let ask = self.pages.ask()?;
        let filter = HoldingFilter {
            product: self.product.map(ProductId),
            user: self.user.map(UserId),
            held: self.held,
            ..HoldingFilter::default()
        };
        let mut query = self.pages.query();
        query.extend(self.product.map(|id| ("product", id.to_string())));
        query.extend(self.user.map(|id| ("user", id.to_string())));
        query.extend(self.held.map(|held| ("held", held.to_string())));
        let direct = async |desk: &Desk| Ok(desk.holdings(filter, ask).await?);
        self.form
            .list(global, ("/pool/holdings", query), HOLDINGS, direct)
            .await
    }
}

fn day(text: &str) -> Result<PoolDay, &'static str> {
    PoolDay::parse(text).ok_or("must be a date such as 2026-11-29")
}
