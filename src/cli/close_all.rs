//! `bursar close-all`: closes everything in a scope, tells how far that is, and calls it off.

use domain::id::CloseAllId;
use serde_json::{Map, json};

use crate::cli::answer::{Form, Pages};
use crate::cli::pause::Where;
use crate::cli::reach::asker;
use crate::cli::robot::Why;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::{Desk, NewCloseAll};

/// What to do about orders to close all.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Open nothing more in a scope, and close what is live there, until it is flat. While the daemon is down it is written
    /// down, and done when it starts
    Ask {
        #[command(flatten)]
        scope: Where,
        /// Everywhere
        #[arg(long, conflicts_with_all = ["venue", "user", "robot"], required_unless_present_any = ["venue", "user", "robot"])]
        everywhere: bool,
        /// Whether positions that no robot opened are closed, too; without it as the settings say
        #[arg(long, value_name = "BOOL")]
        external: Option<bool>,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// List the orders to close all
    List {
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Show how far one is
    Show {
        /// The order to close all
        id: i64,
        #[command(flatten)]
        form: Form,
    },
    /// Call one off; its scope stays paused until `bursar resume`
    CallOff {
        /// The order to close all
        id: i64,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
}

const COLUMNS: &[Column] = &[
    ("ID", "id"),
    ("SCOPE", "scope"),
    ("STATE", "state"),
    ("STANDS", "stands"),
    ("BY", "by"),
    ("ASKED", "asked_at"),
    ("FLAT", "flat_at"),
    ("REASON", "reason"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::Ask {
            scope,
            everywhere: _,
            external,
            why,
            form,
        } => {
            let scope = scope.scope();
            let mut fields = Map::from_iter([("scope".to_owned(), json!(scope))]);
            if let Some(external) = external {
                fields.insert("external".to_owned(), json!(external));
            }
            let direct = async |desk: &Desk| {
                let external = *external;
                let asker = asker(why.reason.as_deref())?;
                Ok(desk.close_all(NewCloseAll { scope, external }, &asker).await?)
            };
            form.write(global, ("/control/close-all", why.body(fields)), direct)
                .await?;
        }
        Act::List { pages, form } => {
            let ask = pages.ask()?;
            let direct = async |desk: &Desk| Ok(desk.close_alls(ask).await?);
            form.list(global, ("/control/close-all", pages.query()), COLUMNS, direct)
                .await?;
        }
        Act::Show { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.close_all_progress(CloseAllId(*id)).await?);
            form.one(global, &format!("/control/close-all/{id}"), direct).await?;
        }
        Act::CallOff { id, why, form } => {
            let path = format!("/control/close-all/{id}/call-off");
            let direct = async |desk: &Desk| {
                let asker = asker(why.reason.as_deref())?;
                Ok(desk.call_off(CloseAllId(*id), &asker).await?)
            };
            form.write(global, (&path, why.body(Map::new())), direct).await?;
        }
    }
    Ok(Exit::Done)
}
