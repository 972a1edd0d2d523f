//! `bursar pause`, `resume` and `status`: what may open positions, and what may not.

use domain::pause::PauseScope;
use domain::venue::VenueName;
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
    /// Only at this venue; without it everywhere
    #[arg(long, value_name = "NAME", value_parser = venue)]
    venue: Option<VenueName>,
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

fn venue(text: &str) -> Result<VenueName, &'static str> {
    VenueName::parse(text).ok_or("must be a venue that Bursar knows")
}

/// Pauses or resumes.
pub(super) async fn run(args: &Args, paused: bool, global: &Global) -> Result<Exit, CliError> {
    let scope = args.venue.map_or(PauseScope::Global, PauseScope::Venue);
    let body = args.why.body(Map::from_iter([("scope".to_owned(), json!(scope))]));
    let path = if paused { "/control/pause" } else { "/control/resume" };
    let direct = async |desk: &Desk| {
        let asker = asker(args.why.reason.as_deref())?;
        Ok(desk.set_pause(scope, paused, &asker).await?)
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
