//! How the daemon comes to its end: told by a signal, or because it cannot go on.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing::{error, info};

use crate::event;

/// Why the daemon ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was told to.
    Asked,
    /// An actor that must not panic did, or the disk failed: the process ends with a code that is not zero, and is started again.
    Broken,
}

/// Waits for SIGTERM, SIGINT or what the daemon cannot survive. A further signal during the stop is harmless.
pub async fn until_told(mut fatal: watch::Receiver<bool>) -> Ending {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        error!(event = event::DAEMON_BROKEN, "signals cannot be received");
        return Ending::Broken;
    };
    let name = tokio::select! {
        _ = term.recv() => "SIGTERM",
        _ = int.recv() => "SIGINT",
        _ = fatal.wait_for(|broken| *broken) => {
            error!(event = event::DAEMON_BROKEN, "the daemon cannot go on; the process ends");
            return Ending::Broken;
        }
    };
    info!(event = event::DAEMON_STOPPING, "{name}: stopping");
    Ending::Asked
}
