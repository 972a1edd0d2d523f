//! Files that hold a secret, which nobody but their owner may read.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::ports::chain::SignError;

/// The longest secret.
const LONGEST: u64 = 64 * 1024;
/// What group and others may do.
const OTHERS: u32 = 0o077;
/// What others may do: a credential of systemd may show its owner's access list in the place of the group's.
/// <https://systemd.io/CREDENTIALS/>
const WORLD: u32 = 0o007;

/// A file that holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    /// The file.
    pub path: PathBuf,
    /// Whether systemd passes it as a credential.
    pub is_credential: bool,
}

impl SecretFile {
    /// A file of ours.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            is_credential: false,
        }
    }

    /// Its text, without white space around it.
    ///
    /// # Errors
    /// When it cannot be read, others may read it too, it is empty, or it is no text.
    pub fn read(&self) -> Result<SecretString, SignError> {
        let refused = |why: &str| SignError(format!("the secret file {} {why}", self.path.display()));
        let file = File::open(&self.path).map_err(|error| refused(&format!("cannot be opened: {error}")))?;
        let found = file
            .metadata()
            .map_err(|error| refused(&format!("cannot be looked at: {error}")))?;
        if !found.is_file() {
            return Err(refused("is no file"));
        }
        check_mode(found.mode(), if self.is_credential { WORLD } else { OTHERS }).map_err(|mode| {
            refused(&format!(
                "has mode {mode:04o}; nobody but its owner may read or write it: chmod 600"
            ))
        })?;
        let mut text = Zeroizing::new(String::new());
        let read = file.take(LONGEST).read_to_string(&mut text);
        read.map_err(|_| refused("is no text"))?;
        match text.trim() {
            "" => Err(refused("is empty")),
            secret => Ok(secret.to_owned().into()),
        }
    }
}

/// Whether none of these may do anything; the mode where some may.
pub(super) fn check_mode(mode: u32, none: u32) -> Result<(), u32> {
    if mode & none == 0 { Ok(()) } else { Err(mode & 0o7777) }
}

/// The rule for files of keys.
pub(super) const NOBODY_ELSE: u32 = OTHERS;
