//! The keyring: keys of venue accounts in the store, each sealed under a data key of its own, and that under a master key.

mod content;
mod seal;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use domain::credential::{Resealed, SealedKey, Seals};
use domain::id::VenueAccountId;
use domain::venue::VenueName;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use self::seal::Seal;
use crate::ports::keyring::{Credential, Keyring, KeyringError};
use crate::ports::store::{Store, StoreError};

/// Bytes of a master key, and of a data key.
pub const KEY_BYTES: usize = 32;
/// How seals are made now; part of what they are bound to.
const FORMAT: u32 = 1;
/// Hexadecimal digits of a fingerprint.
const FINGERPRINT: usize = 16;

/// The master keys, the newest first: it seals, the others only open what they have sealed.
#[derive(Default)]
pub struct Masters(Vec<Master>);

struct Master {
    fingerprint: String,
    seal: Seal,
}

impl Masters {
    /// Of these keys, the newest first.
    ///
    /// # Errors
    /// Never, unless the cipher is not to be had.
    pub fn new(keys: &[Zeroizing<[u8; KEY_BYTES]>]) -> Result<Self, KeyringError> {
        let each = keys.iter().map(|key| {
            Ok(Master {
                fingerprint: fingerprint("bursar master key", key.as_slice()),
                seal: Seal::new(key.as_slice()).ok_or(KeyringError::NotSealed)?,
            })
        });
        each.collect::<Result<_, _>>().map(Self)
    }

    fn newest(&self) -> Result<&Master, KeyringError> {
        self.0.first().ok_or(KeyringError::NoMaster)
    }

    fn named(&self, key: &SealedKey) -> Result<&Master, KeyringError> {
        let named = self.0.iter().find(|master| master.fingerprint == key.seals.master);
        named.ok_or_else(|| KeyringError::UnknownMaster {
            account: key.account,
            master: key.seals.master.clone(),
        })
    }
}

impl fmt::Debug for Masters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|master| &master.fingerprint))
            .finish()
    }
}

/// A new master key, from the system's random numbers.
///
/// # Errors
/// When the system has none now.
pub fn generate() -> Result<Zeroizing<[u8; KEY_BYTES]>, KeyringError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let filled = provider.secure_random.fill(key.as_mut_slice());
    filled.map_err(|_| KeyringError::NotSealed)?;
    Ok(key)
}

/// The first digits of the SHA-256 of something and of what it is used for.
fn fingerprint(purpose: &str, bytes: &[u8]) -> String {
    let digest = Sha256::new().chain_update(purpose).chain_update(bytes).finalize();
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    digits[..FINGERPRINT].to_owned()
}

/// The keyring over a store.
pub struct StoredKeyring {
    store: Arc<dyn Store>,
    masters: Masters,
}

impl StoredKeyring {
    /// A keyring over this store with these master keys; without any it opens and seals nothing.
    pub fn new(store: Arc<dyn Store>, masters: Masters) -> Self {
        Self { store, masters }
    }

    /// The data key, opened.
    fn data_key(&self, venue: VenueName, key: &SealedKey) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let SealedKey { account, seals, .. } = key;
        if seals.format != FORMAT {
            return Err(KeyringError::UnknownFormat {
                account: *account,
                format: seals.format,
            });
        }
        let master = self.masters.named(key)?;
        let bound = bound("data-key", *account, venue, &seals.master);
        let opened = master.seal.open(&seals.data_key, &bound);
        opened.ok_or(KeyringError::Broken { account: *account })
    }

    fn open(&self, venue: VenueName, key: &SealedKey) -> Result<Credential, KeyringError> {
        let broken = || KeyringError::Broken { account: key.account };
        let data_key = self.data_key(venue, key)?;
        let seal = Seal::new(&data_key).ok_or_else(broken)?;
        let content = seal.open(&key.seals.content, &bound("content", key.account, venue, ""));
        content::read(&content.ok_or_else(broken)?).ok_or_else(broken)
    }

    /// The venue of an account: what a row says of itself must not decide where it opens.
    async fn venue(&self, account: VenueAccountId) -> Result<VenueName, KeyringError> {
        let row = self.store.venue_account(account).await?;
        let row = row.ok_or_else(|| StoreError::Corrupt {
            what: format!("key of account {account}"),
            why: "there is no such account".to_owned(),
        })?;
        Ok(row.venue)
    }
}

/// What a seal is bound to: it opens for this part of this account's key at this venue, in this format, and nowhere else.
fn bound(part: &str, account: VenueAccountId, venue: VenueName, master: &str) -> String {
    format!("bursar|{FORMAT}|{part}|{account}|{venue}|{master}")
}

#[async_trait]
impl Keyring for StoredKeyring {
    async fn credential(&self, account: VenueAccountId) -> Result<Option<Credential>, KeyringError> {
        let Some(key) = self.store.key(account).await? else {
            return Ok(None);
        };
        let venue = self.venue(account).await?;
        // Whose it claims to be is not what it is opened for.
        self.open(venue, &SealedKey { account, ..key }).map(Some)
    }

    fn seal(&self, account: VenueAccountId, venue: VenueName, credential: &Credential) -> Result<Seals, KeyringError> {
        let master = self.masters.newest()?;
        let data_key = generate()?;
        let seal = Seal::new(data_key.as_slice()).ok_or(KeyringError::NotSealed)?;
        let content = content::written(credential).ok_or(KeyringError::NotSealed)?;
        let content = seal.close(&content, &bound("content", account, venue, ""));
        let outer = bound("data-key", account, venue, &master.fingerprint);
        Ok(Seals {
            format: FORMAT,
            master: master.fingerprint.clone(),
            data_key: master
                .seal
                .close(data_key.as_slice(), &outer)
                .ok_or(KeyringError::NotSealed)?,
            content: content.ok_or(KeyringError::NotSealed)?,
        })
    }

    fn reseal(&self, venue: VenueName, key: &SealedKey) -> Result<Option<Resealed>, KeyringError> {
        let master = self.masters.newest()?;
        if master.fingerprint == key.seals.master {
            return Ok(None);
        }
        let data_key = self.data_key(venue, key)?;
        let outer = bound("data-key", key.account, venue, &master.fingerprint);
        Ok(Some(Resealed {
            account: key.account,
            from: key.seals.data_key.clone(),
            data_key: master.seal.close(&data_key, &outer).ok_or(KeyringError::NotSealed)?,
            master: master.fingerprint.clone(),
        }))
    }

    fn newest_master(&self) -> Option<String> {
        self.masters.0.first().map(|master| master.fingerprint.clone())
    }
}

#[cfg(test)]
mod tests;
