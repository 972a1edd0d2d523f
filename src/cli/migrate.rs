//! `bursar migrate`: the schema of the database.

use serde_json::{Value, json};

use crate::adapters::store::schema;
use crate::cli::table::{self, Column};
use crate::cli::{CliError, Exit, Global, print};

/// What to do about the schema.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the migrations, and whether the database has them
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Apply the migrations that the database lacks
    Up {
        /// Only the next so many
        #[arg(long)]
        count: Option<u32>,
    },
    /// Take back the last migrations with all that their tables hold
    Down {
        /// How many
        #[arg(long, default_value_t = 1)]
        count: u32,
        /// Yes, what these tables hold may be lost
        #[arg(long, required = true)]
        lose_data: bool,
    },
}

const COLUMNS: &[Column] = &[("MIGRATION", "name"), ("APPLIED", "applied")];

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let url = global.settings()?.database_url();
    let json = match &args.act {
        Act::Status { json } => *json,
        Act::Up { count } => {
            schema::up(&url, *count).await?;
            false
        }
        Act::Down { count, lose_data: _ } => {
            schema::down(&url, *count).await?;
            false
        }
    };
    let steps = schema::status(&url).await?;
    let items: Vec<Value> = steps
        .iter()
        .map(|step| json!({ "name": step.name, "applied": step.applied }))
        .collect();
    if json {
        print(&format!("{}\n", json!({ "items": items })))?;
    } else {
        print(&table::rows(&items, COLUMNS))?;
    }
    Ok(Exit::Done)
}
