//! The process of the demo's node: started apart from the terminal, and ended so that its chain is kept.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::VaultError;

/// Longest wait for the node to write its chain down.
const PATIENCE: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_millis(20);
/// When the chain's first block was made, in seconds. anvil makes one at each start and keeps it beside the one of the chain that it reads; with
/// the hour in it they differed, and whichever came last of them was the first block afterwards.
const GENESIS: &str = "1700000000";

/// A running anvil; it is killed with this.
pub struct Node {
    process: Child,
    /// Where it listens.
    pub port: u16,
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.process.kill().and_then(|()| self.process.wait()).is_err() {
            tracing::debug!("anvil had ended");
        }
    }
}

/// On the PATH, or where npm puts it.
pub fn program() -> Option<PathBuf> {
    let on_path = Command::new("anvil").arg("--version").output();
    if on_path.is_ok_and(|output| output.status.success()) {
        return Some(PathBuf::from("anvil"));
    }
    let local = PathBuf::from("node_modules/.bin/anvil");
    local.exists().then_some(local)
}

impl Node {
    /// Starts a chain, or goes on with the one that is kept in this file.
    pub fn start(program: &Path, chain: u64, kept: &Path) -> Result<Self, VaultError> {
        let mut process = Command::new(program)
            .args(["--port", "0", "--chain-id", &chain.to_string()])
            .args(["--timestamp", GENESIS, "--state"])
            .arg(kept)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C is for the demo, which still needs its chain to bring everything to an end.
            .process_group(0)
            .spawn()
            .map_err(VaultError::Start)?;
        let out = process.stdout.take();
        let mut node = Self { process, port: 0 };
        let mut lines = BufReader::new(out.ok_or(VaultError::Silent)?).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("Listening on 127.0.0.1:")?.1.trim().parse().ok());
        // Who no longer reads would block it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        node.port = port.ok_or(VaultError::Silent)?;
        Ok(node)
    }

    /// Lets it write its chain down and end; whether it did so in time.
    pub async fn end(&mut self) -> bool {
        let id = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
        if id.is_none_or(|id| kill_process(id, Signal::TERM).is_err()) {
            return false;
        }
        let ended = async {
            loop {
                match self.process.try_wait() {
                    Ok(Some(status)) => return status.success(),
                    Ok(None) => tokio::time::sleep(STEP).await,
                    Err(_) => return false,
                }
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.unwrap_or_default()
    }
}
