//! `bursar pause`, `resume` and `status`: what may open positions, and what may not.

use domain::pause::PauseScope;
use serde_json::{Map, json};

use crate::cli::answer::Form;
use crate::cli::reach::asker;
use crate::cli::robot::Why;
use crate::cli::table::Column;
use crate::cli::{CliError, Exit, Global};
use crate::desk::Desk;

/// What to pause or resume.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// global, or venue:NAME
    #[arg(long, default_value = "global", value_parser = scope)]
    scope: PauseScope,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

/// How to look at it.
#[derive(Debug, clap::Args)]
pub(super) struct Status {
    #[command(flatten)]
    form: Form,
}

const COLUMNS: &[Column] = &[
    ("SCOPE", "scope"),
    ("PAUSED", "paused"),
    ("BY", "by"),
    ("SINCE", "at"),
    ("REASON", "reason"),
];

fn scope(text: &str) -> Result<PauseScope, &'static str> {
    PauseScope::parse(text).ok_or("must be global, or venue:NAME of a venue that Bursar knows")
}

/// Pauses or resumes.
pub(super) async fn run(args: &Args, paused: bool, global: &Global) -> Result<Exit, CliError> {
    let body = args.why.body(Map::from_iter([("scope".to_owned(), json!(args.scope))]));
    let path = if paused { "/control/pause" } else { "/control/resume" };
    let direct = async |desk: &Desk| {
        let asker = asker(args.why.reason.as_deref())?;
        Ok(desk.set_pause(args.scope, paused, &asker).await?)
    };
    args.form.write(global, (path, body), direct).await?;
    Ok(Exit::Done)
}

/// Shows every scope that was ever paused.
pub(super) async fn status(args: &Status, global: &Global) -> Result<Exit, CliError> {
    let direct = async |desk: &Desk| Ok(desk.pause_status().await?);
    args.form
        .list(global, ("/status/pause", Vec::new()), COLUMNS, direct)
        .await?;
    Ok(Exit::Done)
}
