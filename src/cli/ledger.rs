//! `bursar ledger`: accounts, entries, figures, debts, recharges, sweeps, and the proof that all of it holds.

use std::str::FromStr;

use domain::fixed::Ratio;
use domain::id::{LedgerAccountId, UserId};
use domain::ledger::verify::Verified;
use serde_json::{Map, Value, json};

use crate::cli::answer::{Form, Pages};
use crate::cli::reach::desk;
use crate::cli::robot::Why;
use crate::cli::table::{self, Column};
use crate::cli::{CliError, Exit, Global, print};
use crate::desk::Desk;
use crate::jobs::verify_ledger::verify_ledger;

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
    /// Bring assets in for a user, and collect the user's debts from them (the daemon must run)
    Recharge(Recharge),
    /// Settle now all that waits for it, however old (the daemon must run)
    Sweep {
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Derive every balance, debt, settlement and digest anew from the entries; exit code 1 when anything differs
    Verify {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Recharge {
    /// For whom
    user: i64,
    /// How much
    amount: String,
    /// power, gift_power, or wallet:ASSET
    #[arg(long, default_value = "power")]
    purse: String,
    /// The payer's own reference: the same reference is the same recharge, however often it is sent
    #[arg(long, value_name = "WORD")]
    reference: String,
    /// Words for people
    #[arg(long, default_value = "", value_name = "WORDS")]
    remark: String,
    #[command(flatten)]
    why: Why,
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

const DEBTS: &[Column] = &[
    ("ID", "id"),
    ("USER", "user"),
    ("POSITION", "position"),
    ("OWED", "owed"),
    ("STATE", "state"),
    ("RECORDED", "created_at"),
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
        Act::Statistics { form } => {
            let rate = global.settings()?.settlement.power_rate.to_string();
            let rate = Ratio::from_str(&rate).map_err(|error| CliError::BadInput(error.to_string()))?;
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
        Act::Recharge(recharge) => recharge.ask(global).await?,
        Act::Sweep { why, form } => form.act(global, "/ledger/sweep", &why.body(Map::new())).await?,
        Act::Verify { json } => return verify(*json, global).await,
    }
    Ok(Exit::Done)
}

impl Recharge {
    async fn ask(&self, global: &Global) -> Result<(), CliError> {
        let fields = Map::from_iter([
            ("user".to_owned(), json!(self.user)),
            ("purse".to_owned(), json!(self.purse)),
            ("amount".to_owned(), json!(self.amount)),
            ("reference".to_owned(), json!(self.reference)),
            ("remark".to_owned(), json!(self.remark)),
        ]);
        self.form.act(global, "/ledger/recharge", &self.why.body(fields)).await
    }
}

/// Audits the database itself, also while the daemon writes to it.
async fn verify(as_json: bool, global: &Global) -> Result<Exit, CliError> {
    let desk = desk(&global.settings()?).await?;
    let verified = verify_ledger(desk.store.as_ref()).await?;
    if as_json {
        let mut value = json!(verified);
        value["ok"] = json!(verified.finding.is_none());
        print(&format!("{value}\n"))?;
    } else {
        print(&told(&verified))?;
    }
    Ok(match verified.finding {
        None => Exit::Done,
        Some(_) => Exit::Failed,
    })
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
