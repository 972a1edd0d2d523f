//! Where a payer's key is: which fields that needs, and which it must not have.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::form::choice;
use crate::config::form::secret::SecretText;
use crate::config::wrong::WrongKeys;

/// The only environment with a key in the clear.
const DEMO: &str = "demo";

/// Where a key can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPlace {
    /// In an encrypted keystore file.
    #[default]
    Keystore,
    /// In HashiCorp Vault.
    Vault,
    /// In a PKCS#11 token.
    Pkcs11,
    /// In the settings themselves, for the environment `demo`.
    Raw,
}

/// Where a payer's key is.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PayerKeySettings {
    /// Which kind of place.
    #[serde(deserialize_with = "choice::deserialize")]
    pub place: KeyPlace,
    /// The keystore file.
    pub file: PathBuf,
    /// The file with its password, or the name of a credential that systemd passes.
    pub password_file: PathBuf,
    /// Vault's address.
    pub address: String,
    /// The file with the token for Vault, or the name of a credential.
    pub token_file: PathBuf,
    /// Where Vault's KV engine (version 2) is mounted.
    pub mount: String,
    /// The path of the secret in it.
    pub path: String,
    /// The field that holds the key.
    pub field: String,
    /// The token's library.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The key's label in the token.
    pub label: String,
    /// The file with the user's PIN, or the name of a credential.
    pub pin_file: PathBuf,
    /// The key itself. A secret.
    pub secret: SecretText,
    /// Whether the files with secrets are credentials of systemd; found out, never set.
    #[serde(skip)]
    pub credentials: Option<PathBuf>,
}

impl PayerKeySettings {
    /// Whether this file is a credential that systemd passes.
    #[must_use]
    pub fn is_credential(&self, file: &Path) -> bool {
        self.credentials
            .as_deref()
            .is_some_and(|folder| file.parent() == Some(folder))
    }

    pub(super) fn resolve(&mut self, credentials: Option<&Path>) {
        let Some(folder) = credentials else { return };
        for file in [&mut self.password_file, &mut self.token_file, &mut self.pin_file] {
            if file.components().count() == 1 && file.is_relative() {
                *file = folder.join(&*file);
            }
        }
        self.credentials = Some(folder.to_owned());
    }

    pub(super) fn check(&self, key: &str, environment: &str, wrong: &mut WrongKeys) {
        let raw = KeyPlace::Raw;
        for (name, place, value) in self.fields() {
            let key = format!("{key}.{name}");
            if place == self.place {
                let rule = format!("must be set for a key in {}", word(place));
                wrong.unless(!value.is_empty(), &key, &value, &rule);
            } else {
                let rule = format!("must be empty but for a key in {}", word(place));
                wrong.unless(value.is_empty(), &key, &value, &rule);
            }
        }
        for (name, file) in [
            ("password_file", &self.password_file),
            ("token_file", &self.token_file),
            ("pin_file", &self.pin_file),
        ] {
            let rule = "must be a whole path, or the name of a credential that systemd passes";
            let fits = file.as_os_str().is_empty() || file.is_absolute();
            wrong.unless(fits, &format!("{key}.{name}"), file.display(), rule);
        }
        let set = !self.secret.is_empty();
        let rule = "must be set for a key in raw, and only there (value not shown)";
        wrong.unless_secret(set == (self.place == raw), &format!("{key}.secret"), rule);
        let rule =
            "must not be raw but in the environment demo: a key in the clear is read by whoever reads the settings";
        let allowed = self.place != raw || environment == DEMO;
        wrong.unless(allowed, &format!("{key}.place"), word(self.place), rule);
        let rule = "must be a URL that starts with https://, or with http:// and a loopback address";
        let safe = self.address.is_empty() || is_safe(&self.address);
        wrong.unless(safe, &format!("{key}.address"), &self.address, rule);
    }

    /// Each field with the place that needs it, but for the secret.
    fn fields(&self) -> [(&'static str, KeyPlace, String); 11] {
        let path = |path: &Path| path.display().to_string();
        [
            ("file", KeyPlace::Keystore, path(&self.file)),
            ("password_file", KeyPlace::Keystore, path(&self.password_file)),
            ("address", KeyPlace::Vault, self.address.clone()),
            ("token_file", KeyPlace::Vault, path(&self.token_file)),
            ("mount", KeyPlace::Vault, self.mount.clone()),
            ("path", KeyPlace::Vault, self.path.clone()),
            ("field", KeyPlace::Vault, self.field.clone()),
            ("module", KeyPlace::Pkcs11, path(&self.module)),
            ("token", KeyPlace::Pkcs11, self.token.clone()),
            ("label", KeyPlace::Pkcs11, self.label.clone()),
            ("pin_file", KeyPlace::Pkcs11, path(&self.pin_file)),
        ]
    }
}

const fn word(place: KeyPlace) -> &'static str {
    match place {
        KeyPlace::Keystore => "keystore",
        KeyPlace::Vault => "vault",
        KeyPlace::Pkcs11 => "pkcs11",
        KeyPlace::Raw => "raw",
    }
}

/// Nobody reads along: TLS, or this machine itself.
fn is_safe(url: &str) -> bool {
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains(['?', '#', '@']);
    let host = |rest: &str| rest.split('/').next().unwrap_or_default().to_owned();
    let tls = url.strip_prefix("https://").is_some_and(|rest| !host(rest).is_empty());
    let local = url.strip_prefix("http://").map(host).is_some_and(|host| {
        let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
        ["127.0.0.1", "[::1]", "localhost"].contains(&name)
    });
    plain && (tls || local)
}
