//! `bursar user`: lists and creates users, and sets their power rates.

use domain::id::UserId;
use serde_json::{Map, json};

use crate::cli::answer::{Form, Pages};
use crate::cli::reach::asker;
use crate::cli::robot::Why;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::{Desk, NewRate, NewUser};

/// What to do about users.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the users
    List {
        #[command(flatten)]
        pages: Pages,
        #[command(flatten)]
        form: Form,
    },
    /// Add a user
    Create {
        /// The platform's own name for the user; unique
        name: String,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Set a user's power rate from now on
    Rate {
        /// The user
        id: i64,
        /// Share of the profit, such as 0.10
        rate: String,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
}

const COLUMNS: &[Column] = &[("ID", "id"), ("NAME", "name"), ("CREATED", "created_at")];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::List { pages, form } => {
            let ask = pages.ask()?;
            let direct = async |desk: &Desk| Ok(desk.users(ask).await?);
            form.list(global, ("/users", pages.query()), COLUMNS, direct).await?;
        }
        Act::Create { name, why, form } => {
            let body = why.body(Map::from_iter([("name".to_owned(), json!(name))]));
            let direct = async |desk: &Desk| {
                let new = NewUser { name: name.clone() };
                Ok(desk.create_user(new, &asker(why.reason.as_deref())?).await?)
            };
            form.write(global, ("/users", body), direct).await?;
        }
        Act::Rate { id, rate, why, form } => {
            let body = why.body(Map::from_iter([("rate".to_owned(), json!(rate))]));
            let direct = async |desk: &Desk| {
                let new = NewRate {
                    rate: rate.clone(),
                    effective_from: None,
                };
                let asker = asker(why.reason.as_deref())?;
                Ok(desk.set_rate(Some(UserId(*id)), new, &asker).await?)
            };
            form.write(global, (&format!("/users/{id}/rate"), body), direct).await?;
        }
    }
    Ok(Exit::Done)
}
