//! `bursar token`: makes, lists and revokes tokens, through the daemon or, while it is down, in the database.

use domain::access::Role;
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

use crate::assemble::state_files;
use crate::cli::answer::Form;
use crate::cli::reach::{Reached, asker, desk};
use crate::cli::robot::Why;
use crate::cli::table::{self, Column};
use crate::cli::{CliError, Exit, Global, print};
use crate::desk::{Desk, NewToken};
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
        #[command(flatten)]
        form: Form,
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
        #[command(flatten)]
        form: Form,
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
    match &args.act {
        Act::Create {
            name,
            role,
            save,
            why,
            form,
        } => {
            let mut shown = mint(name, *role, why, form, global).await?;
            if *save {
                let directory = &global.settings()?.daemon.state_directory;
                let secret = shown["secret"].take();
                let file = state_files::write(directory, state_files::TOKEN_FILE, secret.as_str().unwrap_or_default())?;
                shown["saved_in"] = json!(file);
                if let Some(fields) = shown.as_object_mut() {
                    fields.remove("secret");
                }
            }
            form.show(&shown)?;
        }
        Act::List { json } => {
            let tokens = desk(&global.settings()?).await?.tokens().await?;
            let items: Vec<Value> = tokens.iter().map(|token| json!(TokenView::from(token))).collect();
            if *json {
                print(&format!("{}\n", json!({ "items": items })))?;
            } else {
                print(&table::rows(&items, COLUMNS))?;
            }
        }
        Act::Revoke { name, why, form } => {
            let body = why.body(Map::from_iter([("name".to_owned(), json!(name))]));
            let direct = async |desk: &Desk| {
                let revoked = desk.revoke_token(name, &asker(why.reason.as_deref())?).await?;
                Ok(TokenView::from(&revoked))
            };
            form.write(global, ("/tokens/revoke", body), direct).await?;
        }
    }
    Ok(Exit::Done)
}

/// Makes a token; the answer has its secret.
async fn mint(name: &str, role: Role, why: &Why, form: &Form, global: &Global) -> Result<Value, CliError> {
    match form.reach.any(global).await? {
        Reached::Daemon(client) => {
            let fields = [("name", json!(name)), ("role", json!(role.as_str()))];
            let fields = fields.map(|(name, value)| (name.to_owned(), value));
            Ok(client.post("/tokens", &why.body(Map::from_iter(fields))).await?)
        }
        Reached::Database(desk) => {
            let new = NewToken {
                name: name.to_owned(),
                role,
            };
            let minted = desk.mint_token(new, &asker(why.reason.as_deref())?).await?;
            let mut shown = json!(TokenView::from(&minted.token));
            shown["secret"] = json!(minted.secret.expose_secret());
            Ok(shown)
        }
    }
}
