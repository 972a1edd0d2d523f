//! The keyring, built from the settings.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::adapters::keyring::{Masters, StoredKeyring};
use crate::config::{KeySettings, MasterKey, parse_master_keys};
use crate::ports::keyring::{Keyring, KeyringError};
use crate::ports::store::Store;

/// The master keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MasterError {
    /// The file cannot be read.
    #[error("could not read the master keys from {}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Others than its owner may read the file.
    #[error("keys.master_file {}: others may read it; set its mode to 0600 or 0400", file.display())]
    Open {
        /// Which.
        file: PathBuf,
    },
    /// There is something else in it.
    #[error("keys.master_file {}: must hold 1 to 8 different keys, each 32 bytes in hexadecimal or base64", file.display())]
    Malformed {
        /// Which.
        file: PathBuf,
    },
    /// The cipher is not to be had.
    #[error("the master keys cannot be used")]
    Unusable(#[from] KeyringError),
}

/// The keyring over a store, with the master keys of the settings; without any it opens and seals nothing.
///
/// # Errors
/// Names the file that cannot be used, and why.
pub fn open(settings: &KeySettings, store: Arc<dyn Store>) -> Result<Arc<dyn Keyring>, MasterError> {
    let masters = Masters::new(&masters(settings)?)?;
    Ok(Arc::new(StoredKeyring::new(store, masters)))
}

fn masters(settings: &KeySettings) -> Result<Vec<MasterKey>, MasterError> {
    if !settings.master.is_empty() {
        // The settings were checked, so that these are keys.
        return Ok(parse_master_keys(settings.master.expose_secret()).unwrap_or_default());
    }
    match settings.master_file.as_path() {
        none if none.as_os_str().is_empty() => Ok(Vec::new()),
        file => saved(file),
    }
}

fn saved(file: &Path) -> Result<Vec<MasterKey>, MasterError> {
    let unreadable = |source| MasterError::Unreadable {
        file: file.to_owned(),
        source,
    };
    let mode = fs::metadata(file).map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(MasterError::Open { file: file.to_owned() });
    }
    let text = Zeroizing::new(fs::read_to_string(file).map_err(unreadable)?);
    parse_master_keys(&text).ok_or_else(|| MasterError::Malformed { file: file.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, mode: u32) -> Result<usize, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        saved(&file).map(|keys| keys.len()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_of_master_keys_is_for_its_owner_alone() {
        let text = format!("{}\n{}\n", "0f".repeat(32), "1e".repeat(32));
        assert_eq!(told(&text, 0o600), Ok(2));
        assert_eq!(told(&text, 0o400), Ok(2));
        for mode in [0o640, 0o604, 0o644] {
            assert!(
                told(&text, mode).unwrap_err().contains("others may read it"),
                "{mode:o}"
            );
        }
        let malformed = told("canary", 0o600).unwrap_err();
        assert!(
            malformed.contains("must hold 1 to 8") && !malformed.contains("canary"),
            "{malformed}"
        );
        assert!(matches!(
            saved(Path::new("/nowhere/at/all")),
            Err(MasterError::Unreadable { .. })
        ));
    }
}
