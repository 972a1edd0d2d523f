//! `bursar order`: lists and shows orders of robots and of chains.

use domain::id::{PositionId, RobotId, UserId, VenueAccountId};

use crate::cli::answer::{Form, Pages};
use crate::cli::position::Whose;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::{AnyOrders, Desk};
use crate::ports::store::{OrderFilter, TriggerFilter};

/// What to look at.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the orders
    List {
        #[command(flatten)]
        whose: Whose,
        /// Only of this position
        #[arg(long)]
        position: Option<i64>,
        /// Only of this origin; both when nothing is said
        #[arg(long, value_enum)]
        origin: Option<Origin>,
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Show one order with its fills, or one of a chain with its history
    Show {
        /// The order
        id: i64,
        #[command(flatten)]
        form: Form,
    },
}

/// Where an order came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Origin {
    /// A robot, or an operator on a robot's position
    Robot,
    /// A deposit or a redemption on a chain
    Chain,
}

impl Origin {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Robot => "robot",
            Self::Chain => "chain",
        }
    }
}

const COLUMNS: &[Column] = &[
    ("ID", "id"),
    ("ORIGIN", "origin"),
    ("POSITION", "position"),
    ("ROBOT", "robot"),
    ("SYMBOL", "symbol"),
    ("PURPOSE", "purpose"),
    ("ACTION", "action"),
    ("SIDE", "side"),
    ("QUANTITY", "quantity"),
    ("AMOUNT", "amount"),
    ("FILLED", "filled"),
    ("PRICE", "average_price"),
    ("STATE", "state"),
    ("UPDATED", "updated_at"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::List {
            whose,
            position,
            origin,
            pages,
            form,
        } => {
            let ask = pages.ask()?;
            let filter = OrderFilter {
                user: whose.user.map(UserId),
                robot: whose.robot.map(RobotId),
                account: whose.account.map(VenueAccountId),
                position: position.map(PositionId),
                live: whose.live,
                ..OrderFilter::default()
            };
            let mut query = pages.query();
            query.extend(whose.query());
            query.extend(position.map(|id| ("position", id.to_string())));
            query.extend(origin.map(|origin| ("origin", origin.as_str().to_owned())));
            let chain = TriggerFilter {
                live: whose.live,
                ..TriggerFilter::default()
            };
            let of_robots = filter.user.is_some()
                || filter.robot.is_some()
                || filter.account.is_some()
                || filter.position.is_some();
            let which = AnyOrders {
                robots: Some(filter).filter(|_| *origin != Some(Origin::Chain)),
                chain: Some(chain).filter(|_| *origin != Some(Origin::Robot) && !of_robots),
            };
            let direct = async |desk: &Desk| Ok(desk.any_orders(which, ask).await?);
            form.list(global, ("/orders", query), COLUMNS, direct).await?;
        }
        Act::Show { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.any_order(*id).await?);
            form.one(global, &format!("/orders/{id}"), direct).await?;
        }
    }
    Ok(Exit::Done)
}
