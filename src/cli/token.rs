//! `bursar token`: makes, lists and revokes tokens, straight in the database.

use domain::access::Role;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::assemble::state_files;
use crate::cli::reach::{asker, desk};
use crate::cli::robot::Why;
use crate::cli::table::{self, Column};
use crate::cli::{CliError, Exit, Global, print};
use crate::desk::NewToken;
use crate::view::TokenView;

/// What to do about tokens.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Make a token and print its secret, once
    Create {
        /// Its holder; unique among valid tokens
        name: String,
        /// viewer, operator or admin
        #[arg(long, value_parser = role)]
        role: Role,
        /// Keep the secret in the state directory for later commands instead of printing it
        #[arg(long)]
        save: bool,
        #[command(flatten)]
        why: Why,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the valid tokens
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token; the daemon refuses it within seconds
    Revoke {
        /// Its holder
        name: String,
        #[command(flatten)]
        why: Why,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

const COLUMNS: &[Column] = &[
    ("ID", "id"),
    ("NAME", "name"),
    ("ROLE", "role"),
    ("CREATED", "created_at"),
];

fn role(text: &str) -> Result<Role, &'static str> {
    Role::parse(text).ok_or("must be viewer, operator or admin")
}

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let settings = global.settings()?;
    let desk = desk(&settings).await?;
    match &args.act {
        Act::Create {
            name,
            role,
            save,
            why,
            json,
        } => {
            let new = NewToken {
                name: name.clone(),
                role: *role,
            };
            let minted = desk.mint_token(new, &asker(why.reason.as_deref())?).await?;
            let mut shown = json!(TokenView::from(&minted.token));
            if *save {
                let directory = &settings.daemon.state_directory;
                let file = state_files::write(directory, state_files::TOKEN_FILE, minted.secret.expose_secret())?;
                shown["saved_in"] = json!(file);
            } else {
                shown["secret"] = json!(minted.secret.expose_secret());
            }
            show(&shown, *json)?;
        }
        Act::List { json } => {
            let tokens = desk.tokens().await?;
            let items: Vec<Value> = tokens.iter().map(|token| json!(TokenView::from(token))).collect();
            if *json {
                print(&format!("{}\n", json!({ "items": items })))?;
            } else {
                print(&table::rows(&items, COLUMNS))?;
            }
        }
        Act::Revoke { name, why, json } => {
            let revoked = desk.revoke_token(name, &asker(why.reason.as_deref())?).await?;
            show(&json!(TokenView::from(&revoked)), *json)?;
        }
    }
    Ok(Exit::Done)
}

fn show(value: &Value, json: bool) -> Result<(), CliError> {
    if json {
        print(&format!("{value}\n"))
    } else {
        print(&table::fields(value))
    }
}
