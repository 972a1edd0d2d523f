//! `bursar payout`: what is paid on chains.

use domain::chain::ChainId;
use domain::id::{PayoutId, SubscriptionId};
use domain::payout::PAYOUT_STATES;
use serde_json::{Map, Value, json};

use crate::cli::answer::{Form, Pages};
use crate::cli::robot::Why;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::Desk;
use crate::ports::store::PayoutFilter;

/// What to do.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the payouts
    List {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Try a halted payout again, or let a waiting one pass over the limits (the daemon must run)
    Retry {
        /// The payout
        id: i64,
        /// Whether limits do not hold for it
        #[arg(long)]
        over_limits: bool,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Hold a payout back that nothing is signed for; `retry` lets it go on (the daemon must run)
    Cancel {
        /// The payout
        id: i64,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Sign a payout that waits anew at its nonce, for higher fees within the caps (the daemon must run)
    Replace {
        /// The payout
        id: i64,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Show one payout with its transactions
    Show {
        /// The payout
        id: i64,
        #[command(flatten)]
        form: Form,
    },
}

/// Which payouts.
#[derive(Debug, clap::Args)]
struct Which {
    /// Only of this subscription
    #[arg(long)]
    subscription: Option<i64>,
    /// Only on the chain with this id
    #[arg(long)]
    chain: Option<u64>,
    /// Only in this state
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(PAYOUT_STATES))]
    state: Option<String>,
    /// Only those that are not over (true, also without a value), or only those that are (false)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    live: Option<bool>,
}

impl Which {
    fn filter(&self) -> PayoutFilter {
        PayoutFilter {
            subscription: self.subscription.map(SubscriptionId),
            chain: self.chain.map(ChainId),
            live: self.live,
            state: PAYOUT_STATES
                .into_iter()
                .find(|name| Some(*name) == self.state.as_deref()),
        }
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("subscription", self.subscription.map(|id| id.to_string())),
            ("chain", self.chain.map(|id| id.to_string())),
            ("state", self.state.clone()),
            ("live", self.live.map(|live| live.to_string())),
        ];
        let given = pairs
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| (name, value)));
        given.collect()
    }
}

const COLUMNS: &[Column] = &[
    ("ID", "id"),
    ("KIND", "kind"),
    ("ORDER", "order"),
    ("RECIPIENT", "recipient"),
    ("AMOUNT", "amount"),
    ("STATE", "state"),
    ("NONCE", "nonce"),
    ("ATTEMPTS", "attempts"),
    ("TRANSACTION", "tx_hash"),
    ("NOTE", "note"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::List { which, pages, form } => {
            let (ask, filter) = (pages.ask()?, which.filter());
            let mut query = pages.query();
            query.extend(which.query());
            let direct = async |desk: &Desk| Ok(desk.payouts(filter, ask).await?);
            form.list(global, ("/payouts", query), COLUMNS, direct).await?;
        }
        Act::Retry {
            id,
            over_limits,
            why,
            form,
        } => {
            let fields = Map::from_iter([("over_limits".to_owned(), json!(over_limits))]);
            act(global, (*id, "retry"), why.body(fields), form).await?;
        }
        Act::Cancel { id, why, form } => act(global, (*id, "cancel"), why.body(Map::new()), form).await?,
        Act::Replace { id, why, form } => act(global, (*id, "replace"), why.body(Map::new()), form).await?,
        Act::Show { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.payout(PayoutId(*id)).await?);
            form.one(global, &format!("/payouts/{id}"), direct).await?;
        }
    }
    Ok(Exit::Done)
}

async fn act(global: &Global, (id, what): (i64, &str), body: Value, form: &Form) -> Result<(), CliError> {
    form.act(global, &format!("/payouts/{id}/{what}"), &body).await
}
