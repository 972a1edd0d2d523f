//! `bursar account`: lists, creates and syncs accounts at venues, and keeps their keys.

mod key;

use domain::user::PositionMode;
use domain::venue::VenueName;
use serde_json::{Map, Value, json};

use crate::cli::answer::{Form, Pages};
use crate::cli::reach::asker;
use crate::cli::robot::Why;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::{Desk, DeskError, read};

/// What to do about venue accounts.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the venue accounts
    List {
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Add a venue account
    Create {
        /// Owner
        #[arg(long, value_name = "USER")]
        user: i64,
        /// Where
        #[arg(long, value_name = "NAME", default_value = VenueName::Paper.as_str())]
        venue: String,
        /// Your own label; unique per venue
        #[arg(long, value_name = "WORDS")]
        label: String,
        /// one_way or hedge
        #[arg(long, default_value = PositionMode::OneWay.as_str())]
        mode: String,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Sync a venue account now instead of at its next turn (the daemon must run)
    Sync {
        /// The venue account
        id: i64,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// The key of a venue account: set, show, remove
    Key {
        #[command(subcommand)]
        act: key::Act,
    },
}

const COLUMNS: &[Column] = &[
    ("ID", "id"),
    ("USER", "user"),
    ("VENUE", "venue"),
    ("LABEL", "label"),
    ("MODE", "mode"),
    ("CREATED", "created_at"),
];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::List { pages, form } => {
            let ask = pages.ask()?;
            let direct = async |desk: &Desk| Ok(desk.venue_accounts(ask).await?);
            form.list(global, ("/venue-accounts", pages.query()), COLUMNS, direct)
                .await?;
        }
        Act::Create {
            user,
            venue,
            label,
            mode,
            why,
            form,
        } => {
            let fields = json!({ "user": user, "venue": venue, "label": label, "mode": mode });
            let body = match &fields {
                Value::Object(fields) => why.body(fields.clone()),
                _ => why.body(Map::new()),
            };
            let direct = async |desk: &Desk| {
                let new = read(fields).map_err(DeskError::from)?;
                Ok(desk.create_account(new, &asker(why.reason.as_deref())?).await?)
            };
            form.write(global, ("/venue-accounts", body), direct).await?;
        }
        Act::Sync { id, why, form } => {
            let path = format!("/venue-accounts/{id}/sync");
            form.act(global, &path, &why.body(Map::new())).await?;
        }
        Act::Key { act } => return key::run(act, global).await,
    }
    Ok(Exit::Done)
}
