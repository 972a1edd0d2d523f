//! Keys of venue accounts: set after their rights were checked, shown by their endings, removed, and resealed.

use std::fmt;
use std::time::Duration;

use domain::change::{Change, ChangeSet};
use domain::credential::{KeyRights, SealedKey};
use domain::id::VenueAccountId;
use domain::page::Page;
use domain::user::VenueAccount;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::desk::{Asker, Desk, DeskError, WrongField, digest_of};
use crate::ports::keyring::{Credential, Keyring, KeyringError, ending};
use crate::ports::store::StoreError;
use crate::ports::venue::VenueError;
use crate::view::KeyView;

/// How long a venue may take to tell what a key may do.
const VENUE_DEADLINE: Duration = Duration::from_secs(5);
/// Digits of a fingerprint.
const FINGERPRINT: usize = 16;
/// Keys that are resealed in one commit.
const PAGE: u32 = 200;
/// How often a page is read anew when a key on it was set or removed meanwhile.
const ATTEMPTS: u32 = 5;

/// Text that is never shown, also not when it is of the wrong type.
#[derive(Clone)]
pub struct Unread(SecretString);

impl<'de> Deserialize<'de> for Unread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // serde's own error would quote what it found instead of a text.
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text.into())),
            _ => Err(serde::de::Error::custom("must be text (value not shown)")),
        }
    }
}

impl From<String> for Unread {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A key to set.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// The key's name, as its venue gave it: 8 to 256 visible characters.
    #[schema(value_type = String)]
    pub key: Unread,
    /// What signs: 8 to 1 024 visible characters.
    #[schema(value_type = String)]
    pub secret: Unread,
    /// The passphrase, where the venue wants one: 1 to 256 characters.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub passphrase: Option<Unread>,
}

impl NewKey {
    fn into_credential(self) -> Result<Credential, DeskError> {
        let visible = |text: &Unread, most: usize| {
            let text = text.0.expose_secret();
            (8..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let passes = self.passphrase.as_ref().is_none_or(|text| {
            let text = text.0.expose_secret();
            (1..=256).contains(&text.len()) && !text.chars().any(char::is_control)
        });
        let rules = [
            (
                visible(&self.key, 256),
                "key",
                "must be 8 to 256 visible characters (value not shown)",
            ),
            (
                visible(&self.secret, 1_024),
                "secret",
                "must be 8 to 1024 visible characters (value not shown)",
            ),
            (
                passes,
                "passphrase",
                "must be 1 to 256 characters without line breaks (value not shown)",
            ),
        ];
        let broken = rules.into_iter().filter(|(holds, ..)| !holds);
        let wrong: Vec<WrongField> = broken.map(|(_, field, rule)| WrongField::new(field, rule)).collect();
        if !wrong.is_empty() {
            return Err(DeskError::Invalid(wrong));
        }
        Ok(Credential {
            key: self.key.0.expose_secret().to_owned(),
            secret: self.secret.0,
            passphrase: self.passphrase.map(|text| text.0),
        })
    }
}

/// What a rotation did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Rotation {
    /// The fingerprint of the master key that is the newest.
    pub master: String,
    /// Keys that are set.
    pub keys: u64,
    /// Those that were resealed now; the others were under the newest master key already.
    pub resealed: u64,
    /// Accounts whose keys do not open, and were left as they are.
    pub unopened: Vec<i64>,
}

impl Desk {
    /// Sets or replaces the key of a venue account, after its venue was asked what it may do.
    ///
    /// # Errors
    /// When there is no master key, the key may withdraw, or its rights could not be checked now; nothing was set.
    pub async fn set_key(&self, id: VenueAccountId, new: NewKey, asker: &Asker) -> Result<KeyView, DeskError> {
        let account = self.account_row(id).await?;
        let credential = new.into_credential()?;
        let seals = self.keyring()?.seal(id, account.venue, &credential)?;
        let (action, subject) = ("account.key.set", subject(id));
        let rights = match self.checked_rights(&account, &credential).await {
            Ok(rights) => rights,
            Err(error) => {
                self.note_refusal(asker, action, subject, &error.to_string()).await?;
                return Err(error);
            }
        };
        let now = self.clock.now();
        let key = SealedKey {
            account: id,
            seals,
            fingerprint: digest_of(&credential.key)[..FINGERPRINT].to_owned(),
            ending: ending(&credential.key),
            rights,
            set_by: asker.by.clone(),
            set_at: now,
        };
        let audit = self.audit(asker, action, subject, now).await?;
        let changes = vec![Change::SetKey(Box::new(key.clone())), audit];
        self.commit(ChangeSet { changes }).await?;
        Ok(key.into())
    }

    /// What may be known of the key of a venue account.
    ///
    /// # Errors
    /// When there is no such account, or it has no key.
    pub async fn key(&self, id: VenueAccountId) -> Result<KeyView, DeskError> {
        Ok(self.key_row(id).await?.into())
    }

    /// Removes the key of a venue account, and tells what it was.
    ///
    /// # Errors
    /// When there is no such account, or it has no key.
    pub async fn remove_key(&self, id: VenueAccountId, asker: &Asker) -> Result<KeyView, DeskError> {
        let key = self.key_row(id).await?;
        let audit = self
            .audit(asker, "account.key.remove", subject(id), self.clock.now())
            .await?;
        let changes = vec![Change::RemoveKey(Box::new(key.clone())), audit];
        self.commit(ChangeSet { changes }).await?;
        Ok(key.into())
    }

    /// Seals the data keys of all keys under the newest master key, a page per commit. It may break off anywhere and be
    /// repeated: what is done is done.
    ///
    /// # Errors
    /// When there is no master key, or the store does not take it.
    pub async fn rotate_keys(&self, asker: &Asker) -> Result<Rotation, DeskError> {
        let keyring = self.keyring()?;
        let master = keyring.newest_master().ok_or(KeyringError::NoMaster)?;
        self.note(asker, "keys.rotate", format!("master:{master}")).await?;
        let mut rotation = Rotation {
            master,
            keys: 0,
            resealed: 0,
            unopened: Vec::new(),
        };
        let mut after = 0;
        while let Some(last) = self.rotate_page(keyring, after, &mut rotation).await? {
            after = last;
        }
        Ok(rotation)
    }

    /// Answers the last account on the page; nothing behind the last page.
    async fn rotate_page(
        &self,
        keyring: &dyn Keyring,
        after: i64,
        rotation: &mut Rotation,
    ) -> Result<Option<i64>, DeskError> {
        let mut attempt = 1;
        loop {
            let keys = self.store.keys(Page::after(after, PAGE)).await?;
            let Some(last) = keys.last().map(|key| key.account.0) else {
                return Ok(None);
            };
            let (changes, unopened) = self.resealed(keyring, &keys).await?;
            let resealed = changes.changes.len() as u64;
            if resealed > 0 {
                match self.store.commit(changes).await {
                    Err(StoreError::Conflict { .. }) if attempt < ATTEMPTS => {
                        attempt += 1;
                        continue;
                    }
                    committed => committed?,
                }
            }
            rotation.keys += keys.len() as u64;
            rotation.resealed += resealed;
            rotation.unopened.extend(unopened);
            return Ok(Some(last));
        }
    }

    async fn resealed(&self, keyring: &dyn Keyring, keys: &[SealedKey]) -> Result<(ChangeSet, Vec<i64>), DeskError> {
        let (mut changes, mut unopened) = (ChangeSet::new(), Vec::new());
        for key in keys {
            let account = self.account_row(key.account).await?;
            match keyring.reseal(account.venue, key) {
                Ok(Some(resealed)) => changes.push(Change::ResealKey(resealed)),
                Ok(None) => {}
                Err(KeyringError::NoMaster | KeyringError::NotSealed | KeyringError::Store(_)) => {
                    return Err(KeyringError::NotSealed.into());
                }
                Err(
                    KeyringError::UnknownMaster { .. }
                    | KeyringError::Broken { .. }
                    | KeyringError::UnknownFormat { .. },
                ) => unopened.push(key.account.0),
            }
        }
        Ok((changes, unopened))
    }

    async fn checked_rights(
        &self,
        account: &VenueAccount,
        credential: &Credential,
    ) -> Result<Option<KeyRights>, DeskError> {
        let asked = self.markets.rights(account.venue, credential);
        let told = match tokio::time::timeout(VENUE_DEADLINE, asked).await {
            Ok(told) => told,
            Err(_) => Err(VenueError::Unreachable(format!(
                "no answer in {}s",
                VENUE_DEADLINE.as_secs()
            ))),
        };
        let rights = told.map_err(|error| match error {
            VenueError::Refused(_) => DeskError::Conflict {
                why: format!("the key was not set: {error}"),
            },
            error => DeskError::NotChecked(error),
        })?;
        match rights.and_then(KeyRights::refusal) {
            Some(why) => Err(DeskError::Conflict {
                why: format!("the key was not set: {why}"),
            }),
            None => Ok(rights),
        }
    }

    fn keyring(&self) -> Result<&dyn Keyring, DeskError> {
        Ok(self.keyring.as_deref().ok_or(KeyringError::NoMaster)?)
    }

    async fn account_row(&self, id: VenueAccountId) -> Result<VenueAccount, DeskError> {
        let row = self.store.venue_account(id).await?;
        row.ok_or_else(|| DeskError::absent("venue account", id))
    }

    async fn key_row(&self, id: VenueAccountId) -> Result<SealedKey, DeskError> {
        self.account_row(id).await?;
        let key = self.store.key(id).await?;
        key.ok_or_else(|| DeskError::absent("key of venue account", id))
    }
}

impl From<KeyringError> for DeskError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Store(error) => error.into(),
            error => Self::Conflict { why: error.to_string() },
        }
    }
}

fn subject(id: VenueAccountId) -> String {
    format!("account:{id}")
}
