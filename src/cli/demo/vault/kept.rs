//! What is kept of the vault's world in the demo's folder, so that a demo that is continued goes on with the same chain and the same stock account.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use domain::chain::Address;
use serde::{Deserialize, Serialize};

use crate::assemble::state_files;
use crate::simulator::opend::Carried;

const FILE: &str = "vault.json";
/// Why there is no vault in a folder whose chain is lost.
pub const LOST: &str =
    "no vault: the demo of this folder did not end in order, and its chain is lost; a new folder has one again";

/// The chain, our contracts on it, and the stock account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// Chain id.
    pub chain: u64,
    /// The token of money.
    pub money: Address,
    /// The token of shares.
    pub share: Address,
    /// The vault.
    pub vault: Address,
    /// The stock account; `None` while a demo plays, and after one that did not end in order.
    pub stocks: Option<Carried>,
}

/// Where the node keeps its chain.
pub fn chain_file(folder: &Path) -> PathBuf {
    folder.join("chain.json")
}

impl Kept {
    /// What a demo in this folder has left; `None` where none had a vault.
    pub fn read(folder: &Path) -> io::Result<Option<Self>> {
        match fs::read(folder.join(FILE)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Leaves it for the next one.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let text = serde_json::to_string(self).map_err(io::Error::other)?;
        state_files::write(folder, FILE, &text).map(drop)
    }
}
