//! `bursar robot`: lists, shows, creates, changes, starts, stops and closes robots.

use domain::id::RobotId;
use domain::robot::Wanted;
use serde_json::{Map, Value, json};

use crate::cli::answer::{Form, Pages};
use crate::cli::reach::{Reached, asker};
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::{Desk, DeskError, read};

/// What to do about robots.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the robots
    List {
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Show one robot
    Show {
        /// The robot
        id: i64,
        #[command(flatten)]
        form: Form,
    },
    /// Create a robot, stopped
    Create {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        terms: Terms,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Change a robot; what is not named stays
    Change {
        /// The robot
        id: i64,
        /// Only when it still has this version; without it the version that it has now
        #[arg(long)]
        version: Option<u32>,
        #[command(flatten)]
        terms: Terms,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Start a robot: a new run begins, and a quarantine is over
    Start(One),
    /// Stop a robot: it opens nothing more; what is open is still closed by its exits and settled
    Stop(One),
    /// Close what a robot holds (the daemon must run)
    Close(One),
}

#[derive(Debug, clap::Args)]
struct One {
    /// The robot
    id: i64,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

/// Why, for the trail.
#[derive(Debug, clap::Args)]
pub(super) struct Why {
    /// Why, for the audit trail
    #[arg(long, value_name = "WORDS")]
    pub(super) reason: Option<String>,
}

/// Who trades what and where; never changes.
#[derive(Debug, clap::Args)]
struct Place {
    /// Owner
    #[arg(long, value_name = "USER")]
    user: i64,
    /// Venue account of the owner
    #[arg(long, value_name = "ACCOUNT")]
    account: i64,
    /// Market, such as BTCUSDT
    #[arg(long)]
    symbol: String,
}

/// What may change on a robot.
#[derive(Debug, clap::Args)]
struct Terms {
    /// How it finds entries: window_breakout
    #[arg(long, value_name = "NAME")]
    strategy: Option<String>,
    /// Length of the window in seconds
    #[arg(long, value_name = "SECONDS")]
    window_seconds: Option<u32>,
    /// conservative, balanced or aggressive
    #[arg(long)]
    risk: Option<String>,
    /// Margin of one position
    #[arg(long, value_name = "AMOUNT")]
    stake: Option<String>,
    /// Leverage
    #[arg(long)]
    leverage: Option<u32>,
    /// isolated or cross
    #[arg(long, value_name = "MODE")]
    margin_mode: Option<String>,
    /// Whether it opens by itself
    #[arg(long, value_name = "BOOL")]
    auto_open: Option<bool>,
    /// Whether its exits close by themselves
    #[arg(long, value_name = "BOOL")]
    auto_close: Option<bool>,
    #[command(flatten)]
    limits: Limits,
}

#[derive(Debug, clap::Args)]
struct Limits {
    /// Open nothing more on the UTC day at this loss
    #[arg(long, value_name = "AMOUNT")]
    max_daily_loss: Option<String>,
    /// Open nothing more in the run at this loss
    #[arg(long, value_name = "AMOUNT")]
    max_run_loss: Option<String>,
    /// Open nothing more in the run at this profit
    #[arg(long, value_name = "AMOUNT")]
    max_run_profit: Option<String>,
    /// Open nothing more in the run after so many stop-losses in a row
    #[arg(long, value_name = "COUNT")]
    max_consecutive_stop_losses: Option<u32>,
    /// Largest notional of one position
    #[arg(long, value_name = "AMOUNT")]
    max_notional: Option<String>,
    /// Most orders in any 60 seconds
    #[arg(long, value_name = "COUNT")]
    max_orders_per_minute: Option<u32>,
}

const COLUMNS: &[Column] = &[
    ("ID", "id"),
    ("USER", "user"),
    ("ACCOUNT", "account"),
    ("SYMBOL", "symbol"),
    ("STRATEGY", "strategy"),
    ("RISK", "risk"),
    ("STAKE", "stake"),
    ("LEVERAGE", "leverage"),
    ("WANTED", "wanted"),
    ("QUARANTINED", "quarantined_at"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::List { pages, form } => {
            let ask = pages.ask()?;
            let direct = async |desk: &Desk| Ok(desk.robots(ask).await?);
            form.list(global, ("/robots", pages.query()), COLUMNS, direct).await?;
        }
        Act::Show { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.robot(RobotId(*id)).await?);
            form.one(global, &format!("/robots/{id}"), direct).await?;
        }
        Act::Create {
            place,
            terms,
            why,
            form,
        } => create(place, terms, why, form, global).await?,
        Act::Change {
            id,
            version,
            terms,
            why,
            form,
        } => change(RobotId(*id), *version, terms, why, form, global).await?,
        Act::Start(one) => want(one, Wanted::Running, global).await?,
        Act::Stop(one) => want(one, Wanted::Stopped, global).await?,
        Act::Close(one) => {
            let path = format!("/robots/{}/close", one.id);
            one.form.act(global, &path, &one.why.body(Map::new())).await?;
        }
    }
    Ok(Exit::Done)
}

async fn create(place: &Place, terms: &Terms, why: &Why, form: &Form, global: &Global) -> Result<(), CliError> {
    let mut fields = terms.fields();
    fields.insert("user".to_owned(), json!(place.user));
    fields.insert("account".to_owned(), json!(place.account));
    fields.insert("symbol".to_owned(), json!(place.symbol));
    fields.entry("strategy").or_insert(json!("window_breakout"));
    let body = why.body(fields.clone());
    let direct = async |desk: &Desk| {
        let draft = read(Value::Object(fields)).map_err(DeskError::from)?;
        Ok(desk.create_robot(draft, &asker(why.reason.as_deref())?).await?)
    };
    form.write(global, ("/robots", body), direct).await
}

async fn change(
    id: RobotId,
    version: Option<u32>,
    terms: &Terms,
    why: &Why,
    form: &Form,
    global: &Global,
) -> Result<(), CliError> {
    let fields = terms.fields();
    let path = format!("/robots/{id}");
    let value = match form.reach.any(global).await? {
        Reached::Daemon(client) => {
            let version = match version {
                Some(version) => json!(version),
                None => client.look(&path, &[]).await?["version"].clone(),
            };
            let mut body = fields;
            body.insert("version".to_owned(), version);
            client.patch(&path, &why.body(body)).await?
        }
        Reached::Database(desk) => {
            let version = match version {
                Some(version) => version,
                None => desk.robot(id).await?.version,
            };
            let patch = read(Value::Object(fields)).map_err(DeskError::from)?;
            json!(
                desk.change_robot(id, version, patch, &asker(why.reason.as_deref())?)
                    .await?
            )
        }
    };
    form.show(&value)
}

async fn want(one: &One, wanted: Wanted, global: &Global) -> Result<(), CliError> {
    let verb = match wanted {
        Wanted::Running => "start",
        Wanted::Stopped => "stop",
    };
    let path = format!("/robots/{}/{verb}", one.id);
    let direct = async |desk: &Desk| {
        let asker = asker(one.why.reason.as_deref())?;
        Ok(desk.want_robot(RobotId(one.id), wanted, &asker).await?)
    };
    one.form.write(global, (&path, one.why.body(Map::new())), direct).await
}

impl Why {
    /// These fields with the reason, if there is one.
    pub(super) fn body(&self, mut fields: Map<String, Value>) -> Value {
        if let Some(reason) = &self.reason {
            fields.insert("reason".to_owned(), json!(reason));
        }
        Value::Object(fields)
    }
}

impl Terms {
    /// The fields that were named.
    fn fields(&self) -> Map<String, Value> {
        let limits = self.limits.fields();
        named([
            ("strategy", json!(self.strategy)),
            ("window_seconds", json!(self.window_seconds)),
            ("risk", json!(self.risk)),
            ("stake", json!(self.stake)),
            ("leverage", json!(self.leverage)),
            ("margin_mode", json!(self.margin_mode)),
            ("auto_open", json!(self.auto_open)),
            ("auto_close", json!(self.auto_close)),
            (
                "limits",
                if limits.is_empty() {
                    Value::Null
                } else {
                    Value::Object(limits)
                },
            ),
        ])
    }
}

impl Limits {
    fn fields(&self) -> Map<String, Value> {
        named([
            ("max_daily_loss", json!(self.max_daily_loss)),
            ("max_run_loss", json!(self.max_run_loss)),
            ("max_run_profit", json!(self.max_run_profit)),
            ("max_consecutive_stop_losses", json!(self.max_consecutive_stop_losses)),
            ("max_notional", json!(self.max_notional)),
            ("max_orders_per_minute", json!(self.max_orders_per_minute)),
        ])
    }
}

fn named<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    let given = fields.into_iter().filter(|(_, value)| !value.is_null());
    given.map(|(name, value)| (name.to_owned(), value)).collect()
}
