//! How the daemon comes to its end: told by a signal, or because it cannot go on.

use tokio::signal::unix::{Signal, SignalKind, signal};
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

/// Hears SIGTERM and SIGINT from now on, and keeps what it heard: opened before a start, it lets no signal kill the process
/// in the middle of it.
pub struct Ear {
    term: Signal,
    int: Signal,
}

impl Ear {
    /// `None` where signals cannot be received.
    pub fn open() -> Option<Self> {
        Some(Self {
            term: signal(SignalKind::terminate()).ok()?,
            int: signal(SignalKind::interrupt()).ok()?,
        })
    }

    /// Waits for one, and names it.
    pub(super) async fn told(&mut self) -> &'static str {
        tokio::select! {
            _ = self.term.recv() => "SIGTERM",
            _ = self.int.recv() => "SIGINT",
        }
    }
}

/// Waits for SIGTERM, SIGINT or what the daemon cannot survive. A further signal during the stop is harmless.
pub async fn until_told(ear: Option<Ear>, mut fatal: watch::Receiver<bool>) -> Ending {
    let Some(mut ear) = ear else {
        error!(event = event::DAEMON_BROKEN, "signals cannot be received");
        return Ending::Broken;
    };
    let name = tokio::select! {
        name = ear.told() => name,
        _ = fatal.wait_for(|broken| *broken) => {
            error!(event = event::DAEMON_BROKEN, "the daemon cannot go on; the process ends");
            return Ending::Broken;
        }
    };
    info!(event = event::DAEMON_STOPPING, "{name}: stopping");
    Ending::Asked
}
