//! `bursar ledger`: accounts, entries, statements, figures, debts, holds, sweeps, and the proof that all of it holds.

mod head;

use std::str::FromStr;

use domain::fixed::Ratio;
use domain::id::{LedgerAccountId, UserId};
use domain::ledger::verify::Verified;
use serde_json::{Map, Value, json};

use crate::cli::answer::{Form, Pages};
use crate::cli::money;
use crate::cli::reach::desk;
use crate::cli::robot::Why;
use crate::cli::statement;
use crate::cli::table::{self, Column};
use crate::cli::{CliError, Exit, Global, print};
use crate::desk::Desk;
use crate::jobs::verify_ledger::verify_ledger;
use crate::ports::store::HoldFilter;

/// What to do about the ledger.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the accounts of the ledger
    Accounts {
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// List the entries of the ledger
    Entries {
        /// Only with a posting on this account of the ledger
        #[arg(long)]
        account: Option<i64>,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Print a user's statement between two dates, with opening and closing balances
    Statement(statement::Args),
    /// Show what waits for settlement: how much, since when, and the positions
    Unsettled {
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Show what waits for settlement and what was settled
    Statistics {
        #[command(flatten)]
        form: Form,
    },
    /// List the debts, in the order of their collection
    Debts {
        /// Only of this user
        #[arg(long)]
        user: Option<i64>,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// List the power that is or was reserved for positions
    Holds(Holds),
    #[command(flatten)]
    Money(money::Act),
    /// Settle now all that waits for it, however old (the daemon must run)
    Sweep {
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Show the end of the digest chain, to be kept outside
    Head(head::Args),
    /// Derive every balance, debt, settlement and digest anew from the entries; exit code 1 when anything differs
    Verify {
        #[command(flatten)]
        anchors: head::Anchors,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Holds {
    /// Only of this user
    #[arg(long)]
    user: Option<i64>,
    /// Only what is held now
    #[arg(long)]
    held: bool,
    #[command(flatten)]
    pages: Pages,
    #[command(flatten)]
    form: Form,
}

const ACCOUNTS: &[Column] = &[
    ("ID", "id"),
    ("KIND", "kind"),
    ("OWNER", "owner"),
    ("ASSET", "asset"),
    ("BALANCE", "balance"),
];

const ENTRIES: &[Column] = &[
    ("SEQ", "seq"),
    ("AT", "at"),
    ("KIND", "kind"),
    ("KEY", "key"),
    ("REFERENCE", "reference"),
    ("BY", "by"),
    ("REMARK", "remark"),
];

const UNSETTLED: &[Column] = &[
    ("ID", "id"),
    ("USER", "user"),
    ("ROBOT", "robot"),
    ("SYMBOL", "symbol"),
    ("CLOSED", "closed_at"),
    ("PROFIT", "profit"),
    ("POWER ABOUT", "power_estimate"),
];

const DEBTS: &[Column] = &[
    ("ID", "id"),
    ("USER", "user"),
    ("POSITION", "position"),
    ("OWED", "owed"),
    ("STATE", "state"),
    ("RECORDED", "created_at"),
    ("ENDED", "ended_at"),
];

const HOLDS: &[Column] = &[
    ("POSITION", "position"),
    ("USER", "user"),
    ("GIFT", "gift"),
    ("POWER", "power"),
    ("STATE", "state"),
    ("EXPIRES", "expires_at"),
    ("ENDED", "ended_at"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::Accounts { pages, form } => {
            let ask = pages.ask()?;
            let direct = async |desk: &Desk| Ok(desk.ledger_accounts(ask).await?);
            form.list(global, ("/ledger/accounts", pages.query()), ACCOUNTS, direct)
                .await?;
        }
        Act::Entries { account, pages, form } => {
            let ask = pages.ask()?;
            let mut query = pages.query();
            query.extend(account.map(|id| ("account", id.to_string())));
            let direct = async |desk: &Desk| Ok(desk.entries(account.map(LedgerAccountId), ask).await?);
            form.list(global, ("/ledger/entries", query), ENTRIES, direct).await?;
        }
        Act::Statement(args) => statement::run(args, global).await?,
        Act::Unsettled { pages, form } => {
            let (ask, rate) = (pages.ask()?, default_rate(global)?);
            let direct = async |desk: &Desk| Ok(desk.unsettled(rate, ask).await?);
            form.list(global, ("/ledger/unsettled", pages.query()), UNSETTLED, direct)
                .await?;
        }
        Act::Statistics { form } => {
            let rate = default_rate(global)?;
            let direct = async |desk: &Desk| Ok(desk.statistics(rate).await?);
            form.one(global, "/ledger/statistics", direct).await?;
        }
        Act::Debts { user, pages, form } => {
            let ask = pages.ask()?;
            let mut query = pages.query();
            query.extend(user.map(|id| ("user", id.to_string())));
            let direct = async |desk: &Desk| Ok(desk.debts(user.map(UserId), ask).await?);
            form.list(global, ("/ledger/debts", query), DEBTS, direct).await?;
        }
        Act::Holds(holds) => holds.list(global).await?,
        Act::Money(act) => money::run(act, global).await?,
        Act::Sweep { why, form } => form.act(global, "/ledger/sweep", &why.body(Map::new())).await?,
        Act::Head(args) => head::run(args, global).await?,
        Act::Verify { anchors, json } => return verify(anchors, *json, global).await,
    }
    Ok(Exit::Done)
}

impl Holds {
    async fn list(&self, global: &Global) -> Result<(), CliError> {
        let ask = self.pages.ask()?;
        let filter = HoldFilter {
            user: self.user.map(UserId),
            held: self.held,
        };
        let mut query = self.pages.query();
        query.extend(self.user.map(|id| ("user", id.to_string())));
        query.extend(self.held.then(|| ("held", "true".to_owned())));
        let direct = async |desk: &Desk| Ok(desk.holds(filter, ask).await?);
        self.form.list(global, ("/ledger/holds", query), HOLDS, direct).await
    }
}

/// The rate where none is set, by the settings.
fn default_rate(global: &Global) -> Result<Ratio, CliError> {
    let rate = global.settings()?.settlement.power_rate.to_string();
    Ratio::from_str(&rate).map_err(|error| CliError::BadInput(error.to_string()))
}

/// Audits the database itself, also while the daemon writes to it.
async fn verify(anchors: &head::Anchors, as_json: bool, global: &Global) -> Result<Exit, CliError> {
    let anchors = anchors.read()?;
    let desk = desk(&global.settings()?).await?;
    let verified = verify_ledger(desk.store.as_ref()).await?;
    let anchored = head::Anchored::check(desk.store.as_ref(), &anchors).await?;
    let ok = verified.finding.is_none() && anchored.holds();
    if as_json {
        let mut value = json!(verified);
        value["ok"] = json!(ok);
        value["anchors"] = anchored.value();
        print(&format!("{value}\n"))?;
    } else {
        print(&format!("{}{}", told(&verified), anchored.text()))?;
    }
    Ok(if ok { Exit::Done } else { Exit::Failed })
}

fn told(verified: &Verified) -> String {
    let verdict = match &verified.finding {
        None => "the ledger holds".to_owned(),
        Some(finding) => format!("the ledger is broken: {finding}"),
    };
    let mut figures = json!(verified);
    if let Value::Object(fields) = &mut figures {
        fields.remove("finding");
    }
    format!("{}\n{verdict}\n", table::fields(&figures))
}
