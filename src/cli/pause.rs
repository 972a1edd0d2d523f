//! `bursar pause`, `resume` and `status`: what may open positions, and what may not.

use domain::id::{RobotId, SubscriptionId, UserId};
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
    #[command(flatten)]
    scope: Where,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    form: Form,
}

/// Where; everywhere when nothing is said.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(super) struct Where {
    /// Only at this venue
    #[arg(long, value_name = "NAME", value_parser = venue)]
    venue: Option<VenueName>,
    /// Only robots of this user
    #[arg(long, value_name = "USER")]
    user: Option<UserId>,
    /// Only this robot
    #[arg(long, value_name = "ROBOT")]
    robot: Option<RobotId>,
    /// Only what this subscription's logs set off
    #[arg(long, value_name = "SUBSCRIPTION")]
    subscription: Option<SubscriptionId>,
}

impl Where {
    /// The scope.
    pub(super) fn scope(&self) -> PauseScope {
        let venue = self.venue.map(PauseScope::Venue);
        let scope = venue
            .or(self.user.map(PauseScope::User))
            .or(self.robot.map(PauseScope::Robot))
            .or(self.subscription.map(PauseScope::Subscription));
        scope.unwrap_or(PauseScope::Global)
    }
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
    let scope = args.scope.scope();
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
