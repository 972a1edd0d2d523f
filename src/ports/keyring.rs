//! The keys of venue accounts, as those who need them see them: sealed in the store, open only in the hand.

use std::fmt;

use async_trait::async_trait;
use domain::credential::{Resealed, SealedKey, Seals};
use domain::id::VenueAccountId;
use domain::venue::VenueName;
use secrecy::SecretString;

use crate::ports::store::StoreError;

/// A key of an account at a venue. What is secret in it is never shown, and is wiped when it is dropped.
#[derive(Clone)]
pub struct Credential {
    /// The key's name, which is sent.
    pub key: String,
    /// What signs, which never is.
    pub secret: SecretString,
    /// The passphrase that some venues want beside it.
    pub passphrase: Option<SecretString>,
}

/// The last four characters of a key's name, by which its owner knows it.
pub fn ending(key: &str) -> String {
    let at = key.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    key[at..].to_owned()
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential(…{})", ending(&self.key))
    }
}

/// Why a key cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// There is no master key to seal under.
    #[error("no master key is configured: give the daemon one as the credential `keys.master`, or in keys.master_file")]
    NoMaster,
    /// The master key that it is sealed under is not configured.
    #[error("the key of account {account} is sealed under master key {master}, which is not configured")]
    UnknownMaster {
        /// Whose key.
        account: VenueAccountId,
        /// The fingerprint of the master key.
        master: String,
    },
    /// It does not open: it was changed, or belongs to another account.
    #[error("the key of account {account} does not open: its row was changed, or moved from another account")]
    Broken {
        /// Whose key.
        account: VenueAccountId,
    },
    /// It was sealed by another version of this program.
    #[error("the key of account {account} has seals of format {format}, which this version does not know")]
    UnknownFormat {
        /// Whose key.
        account: VenueAccountId,
        /// How it was sealed.
        format: u32,
    },
    /// The system gave no random numbers, or the key is longer than any.
    #[error("the key could not be sealed")]
    NotSealed,
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The one who can seal and open keys.
#[async_trait]
pub trait Keyring: Send + Sync + 'static {
    /// The key of an account; `None` where none is set.
    ///
    /// # Errors
    /// When it cannot be read or does not open. Then nothing may be asked of the venue for this account.
    async fn credential(&self, account: VenueAccountId) -> Result<Option<Credential>, KeyringError>;

    /// Seals a key for an account at a venue: for no other account and no other venue does it ever open.
    ///
    /// # Errors
    /// When there is no master key.
    fn seal(&self, account: VenueAccountId, venue: VenueName, credential: &Credential) -> Result<Seals, KeyringError>;

    /// The same key with its data key under the newest master key; `None` when it is under that already.
    ///
    /// # Errors
    /// When there is no master key, or the key does not open.
    fn reseal(&self, venue: VenueName, key: &SealedKey) -> Result<Option<Resealed>, KeyringError>;

    /// The fingerprint of the newest master key; `None` where there is none.
    fn newest_master(&self) -> Option<String>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_its_ending_and_nothing_else() {
        let key = Credential {
            key: "the-name-of-the-key".to_owned(),
            secret: "hidden".to_owned().into(),
            passphrase: Some("veiled".to_owned().into()),
        };
        assert_eq!(format!("{key:?}"), "Credential(…-key)");
        assert_eq!((ending("ab").as_str(), ending("ÄÖÜ€ß").as_str()), ("ab", "ÖÜ€ß"));
    }
}
