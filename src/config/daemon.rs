//! Section `daemon`: the process itself.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::form::duration;
use super::wrong::WrongKeys;

/// The process: its folder, its environment, its end.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DaemonSettings {
    /// Folder for everything that the daemon writes.
    pub state_directory: PathBuf,
    /// Name of the settings file that was laid over the base.
    pub environment: String,
    /// How long a graceful stop may take.
    #[serde(with = "duration")]
    pub shutdown_deadline: Duration,
}

impl DaemonSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let set = !self.state_directory.as_os_str().is_empty();
        wrong.unless(
            set,
            "daemon.state_directory",
            self.state_directory.display(),
            "must name a folder",
        );
    }
}
