//! `bursar order`: lists and shows orders.

use domain::id::{OrderId, PositionId, RobotId, UserId, VenueAccountId};

use crate::cli::answer::{Form, Pages};
use crate::cli::position::Whose;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::Desk;
use crate::ports::store::OrderFilter;

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
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Show one order with its fills
    Show {
        /// The order
        id: i64,
        #[command(flatten)]
        form: Form,
    },
}

const COLUMNS: &[Column] = &[
    ("ID", "id"),
    ("POSITION", "position"),
    ("ROBOT", "robot"),
    ("SYMBOL", "symbol"),
    ("PURPOSE", "purpose"),
    ("ACTION", "action"),
    ("QUANTITY", "quantity"),
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
            let direct = async |desk: &Desk| Ok(desk.orders(filter, ask).await?);
            form.list(global, ("/orders", query), COLUMNS, direct).await?;
        }
        Act::Show { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.order(OrderId(*id)).await?);
            form.one(global, &format!("/orders/{id}"), direct).await?;
        }
    }
    Ok(Exit::Done)
}
