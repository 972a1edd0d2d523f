//! `bursar backup`: all that the database holds at one moment, in one file.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::adapters::store::backup::{Manifest, back_up};
use crate::assemble::options;
use crate::cli::table::{self, Column};
use crate::cli::{CliError, Exit, Global, print};

/// Where to.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file to make; one that exists is not overwritten
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const TABLES: &[Column] = &[("TABLE", "name"), ("ROWS", "rows")];

/// Backs the database in the settings up.
pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let manifest = back_up(&options::store(&global.settings()?), &args.file).await?;
    show(&manifest, args.json)?;
    Ok(Exit::Done)
}

/// Prints what a backup holds.
pub(super) fn show(manifest: &Manifest, as_json: bool) -> Result<(), CliError> {
    let value = json!(manifest);
    if as_json {
        return print(&format!("{value}\n"));
    }
    let rows = value["tables"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let mut summary = value.clone();
    if let Some(fields) = summary.as_object_mut() {
        fields.remove("tables");
    }
    print(&format!("{}\n{}", table::rows(rows, TABLES), table::fields(&summary)))
}
