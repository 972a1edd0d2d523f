//! `bursar position`: lists and shows positions.

use domain::id::{PositionId, RobotId, UserId, VenueAccountId};
use domain::market::Symbol;

use crate::cli::answer::{Form, Pages};
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::Desk;
use crate::ports::store::PositionFilter;

/// What to look at.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the positions
    List {
        #[command(flatten)]
        whose: Whose,
        /// Only closed profitable ones that wait for settlement
        #[arg(long)]
        unsettled: bool,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Show what the venue holds of a market, and the positions that this is made of
    Net {
        /// The venue account
        #[arg(long)]
        account: i64,
        /// The market, such as BTCUSDT
        #[arg(long)]
        symbol: String,
        #[command(flatten)]
        form: Form,
    },
    /// Show one position with its fills
    Show {
        /// The position
        id: i64,
        #[command(flatten)]
        form: Form,
    },
}

/// Whose rows to list.
#[derive(Debug, clap::Args)]
pub(super) struct Whose {
    /// Only of this user
    #[arg(long)]
    pub(super) user: Option<i64>,
    /// Only of this robot
    #[arg(long)]
    pub(super) robot: Option<i64>,
    /// Only of this venue account
    #[arg(long)]
    pub(super) account: Option<i64>,
    /// Only those that are not over (true, also without a value), or only those that are (false)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(super) live: Option<bool>,
}

impl Whose {
    /// As the daemon is asked.
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let ids = [("user", self.user), ("robot", self.robot), ("account", self.account)];
        let given = ids
            .into_iter()
            .filter_map(|(name, id)| id.map(|id| (name, id.to_string())));
        given.chain(self.live.map(|live| ("live", live.to_string()))).collect()
    }
}

const COLUMNS: &[Column] = &[
    ("ID", "id"),
    ("ROBOT", "robot"),
    ("USER", "user"),
    ("SYMBOL", "symbol"),
    ("SIDE", "side"),
    ("STATE", "state"),
    ("QUANTITY", "quantity"),
    ("ENTRY", "entry_price"),
    ("EXIT", "exit_price"),
    ("CLOSED BY", "close_reason"),
    ("PROFIT", "profit"),
    ("SETTLEMENT", "settlement"),
    ("POWER", "power"),
];

const NET_COLUMNS: &[Column] = &[
    ("WHAT", "what"),
    ("ROBOT", "robot"),
    ("POSITION", "position"),
    ("SIDE", "side"),
    ("QUANTITY", "quantity"),
    ("STATE", "state"),
    ("ENTRY", "entry_price"),
    ("REALISED", "realised"),
    ("CARRY", "carry"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::List {
            whose,
            unsettled,
            pages,
            form,
        } => {
            let ask = pages.ask()?;
            let filter = PositionFilter {
                user: whose.user.map(UserId),
                robot: whose.robot.map(RobotId),
                account: whose.account.map(VenueAccountId),
                live: whose.live,
                unsettled: *unsettled,
                ..PositionFilter::default()
            };
            let mut query = pages.query();
            query.extend(whose.query());
            query.extend(unsettled.then(|| ("unsettled", "true".to_owned())));
            let direct = async |desk: &Desk| Ok(desk.positions(filter, ask).await?);
            form.list(global, ("/positions", query), COLUMNS, direct).await?;
        }
        Act::Net { account, symbol, form } => {
            let query = vec![("account", account.to_string()), ("symbol", symbol.clone())];
            let direct = async |desk: &Desk| Ok(desk.net(VenueAccountId(*account), &Symbol::new(symbol)).await?);
            form.list(global, ("/nets", query), NET_COLUMNS, direct).await?;
        }
        Act::Show { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.position(PositionId(*id)).await?);
            form.one(global, &format!("/positions/{id}"), direct).await?;
        }
    }
    Ok(Exit::Done)
}
