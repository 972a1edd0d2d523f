//! `bursar chain`: subscriptions to contracts, and the orders that their logs set off.

use domain::chain::Address;
use domain::id::SubscriptionId;
use domain::trigger::{TRIGGER_STATES, TriggerKind};
use serde_json::Map;

use crate::cli::answer::{Form, Pages};
use crate::cli::robot::Why;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::Desk;
use crate::ports::store::TriggerFilter;

/// What to look at.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the subscriptions: how far each has read
    Subscriptions {
        #[command(flatten)]
        form: Form,
    },
    /// List the orders that deposits and redemptions set off; `bursar order show` tells all about one
    Orders {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Let a halted subscription go on: what a reorg took off the chain is told, what it moved acts no second time (the daemon must run)
    Resume {
        /// The subscription
        id: i64,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Compare the ledger with vaults, share tokens and the stock venue now (the daemon must run)
    Solvency {
        #[command(flatten)]
        form: Form,
    },
    /// List the newest logs that were not understood
    Malformed {
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
}

/// Which orders.
#[derive(Debug, clap::Args)]
struct Which {
    /// Only of this subscription
    #[arg(long)]
    subscription: Option<i64>,
    /// Only of this address
    #[arg(long, value_parser = address)]
    user: Option<Address>,
    /// Only deposits, or only redemptions
    #[arg(long, value_parser = kind)]
    kind: Option<TriggerKind>,
    /// Only in this exact state
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(TRIGGER_STATES))]
    state: Option<String>,
    /// Only those that are not over (true, also without a value), or only those that are (false)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    live: Option<bool>,
}

impl Which {
    fn filter(&self) -> TriggerFilter {
        let state = TRIGGER_STATES
            .into_iter()
            .find(|name| Some(*name) == self.state.as_deref());
        TriggerFilter {
            subscription: self.subscription.map(SubscriptionId),
            user: self.user,
            kind: self.kind,
            live: self.live,
            state,
        }
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("subscription", self.subscription.map(|id| id.to_string())),
            ("user", self.user.map(|user| user.to_string())),
            ("kind", self.kind.map(|kind| kind.as_str().to_owned())),
            ("state", self.state.clone()),
            ("live", self.live.map(|live| live.to_string())),
        ];
        let given = pairs
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| (name, value)));
        given.collect()
    }
}

fn address(text: &str) -> Result<Address, &'static str> {
    Address::parse(text).ok_or("must be an address: 0x and 40 hex digits")
}

fn kind(text: &str) -> Result<TriggerKind, &'static str> {
    TriggerKind::parse(text).ok_or("must be `deposit` or `redeem`")
}

const SUBSCRIPTIONS: &[Column] = &[
    ("ID", "id"),
    ("NAME", "name"),
    ("CHAIN", "chain"),
    ("CONTRACT", "contract"),
    ("STATE", "state"),
    ("CURSOR", "cursor"),
    ("HEAD", "head"),
    ("LAG", "lag"),
    ("REORGS", "reorgs"),
    ("LATE", "late_logs"),
    ("MALFORMED", "malformed"),
];

const ORDERS: &[Column] = &[
    ("ID", "id"),
    ("SIDE", "side"),
    ("STATUS", "status"),
    ("STATE", "state"),
    ("SYMBOL", "symbol"),
    ("USER", "user"),
    ("AMOUNT", "amount"),
    ("PRICE", "price"),
    ("FILLED", "filled"),
    ("VALUE", "value"),
    ("RETRIES", "retries"),
    ("ERROR", "error"),
];

const COMPARED: &[Column] = &[
    ("SUBSCRIPTION", "subscription"),
    ("WHAT", "measure"),
    ("ASSET", "asset"),
    ("LEDGER", "ledger"),
    ("THERE", "outside"),
    ("DIFFERENCE", "difference"),
];

const MALFORMED: &[Column] = &[
    ("BLOCK", "block"),
    ("TRANSACTION", "tx_hash"),
    ("INDEX", "log_index"),
    ("REASON", "reason"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::Subscriptions { form } => {
            let direct = async |desk: &Desk| Ok(desk.subscriptions(None).await?);
            form.list(global, ("/chain/subscriptions", Vec::new()), SUBSCRIPTIONS, direct)
                .await?;
        }
        Act::Orders { which, pages, form } => {
            let (ask, filter) = (pages.ask()?, which.filter());
            let mut query = pages.query();
            query.extend(which.query());
            let direct = async |desk: &Desk| Ok(desk.triggers(filter, ask).await?);
            form.list(global, ("/triggers", query), ORDERS, direct).await?;
        }
        Act::Resume { id, why, form } => {
            let path = format!("/chain/subscriptions/{id}/resume");
            form.act(global, &path, &why.body(Map::new())).await?;
        }
        Act::Solvency { form } => form.ask(global, "/chain/solvency", COMPARED).await?,
        Act::Malformed { pages, form } => {
            let ask = pages.ask()?;
            let direct = async |desk: &Desk| Ok(desk.malformed_logs(ask).await?);
            form.list(global, ("/chain/malformed", pages.query()), MALFORMED, direct)
                .await?;
        }
    }
    Ok(Exit::Done)
}
