//! `bursar run`: the daemon in the foreground, until it is told to stop.

use tracing::info;

use super::{CliError, Exit, Global};
use crate::assemble::{self, Ear, Ending, StartError};
use crate::{event, telemetry};

/// Options of `bursar run`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// Runs the daemon; returns when it has stopped.
pub(super) fn run(_args: &Args, global: &Global) -> Result<Exit, CliError> {
    let settings = global.settings()?;
    telemetry::install(&settings.log)?;
    super::system::with_actors(async {
        let ear = Ear::open();
        let daemon = match assemble::start(&settings).await {
            Err(StartError::Told) => return Ok(Exit::Done),
            started => started?,
        };
        info!(event = event::DAEMON_READY, "bursar takes work at {}", daemon.url());
        let ending = assemble::until_told(ear, daemon.fatal()).await;
        match daemon.stop(ending).await {
            Ending::Asked => Ok(Exit::Done),
            Ending::Broken => super::leave_broken(),
        }
    })
}
