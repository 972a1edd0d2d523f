//! `bursar payout`: what is paid on chains.

use domain::chain::ChainId;
use domain::id::{PayoutId, SubscriptionId};
use domain::payout::PAYOUT_STATES;

use crate::cli::answer::{Form, Pages};
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
        Act::Show { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.payout(PayoutId(*id)).await?);
            form.one(global, &format!("/payouts/{id}"), direct).await?;
        }
    }
    Ok(Exit::Done)
}
