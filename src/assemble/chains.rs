//! Chains and payers' keys, as their adapters are opened, from the settings.

use std::path::Path;

use domain::chain::ChainId;
use secrecy::{ExposeSecret, SecretString};

use crate::adapters::chain::EvmOptions;
use crate::adapters::chain::signer::{KeySource, SecretFile, TokenKey, VaultPath};
use crate::config::{ChainSettings, KeyPlace, PayerKeySettings, SecretText};

/// What a chain of this name is opened with.
#[must_use]
pub fn chain_options(name: &str, settings: &ChainSettings) -> EvmOptions {
    EvmOptions {
        deadline: settings.deadline,
        silence: settings.silence,
        failures: settings.failures,
        lag: u64::from(settings.lag),
        probe: settings.probe,
        ..EvmOptions::new(
            name,
            ChainId(settings.id),
            settings.endpoints.iter().map(secret).collect(),
        )
    }
}

/// Where the payer's key is.
#[must_use]
pub fn key_source(settings: &PayerKeySettings) -> KeySource {
    let file = |path: &Path| SecretFile {
        path: path.to_owned(),
        is_credential: settings.is_credential(path),
    };
    match settings.place {
        KeyPlace::Keystore => KeySource::Keystore {
            file: settings.file.clone(),
            password: file(&settings.password_file),
        },
        KeyPlace::Vault => KeySource::Vault(VaultPath {
            address: settings.address.clone(),
            token: file(&settings.token_file),
            mount: settings.mount.clone(),
            path: settings.path.clone(),
            field: settings.field.clone(),
        }),
        KeyPlace::Pkcs11 => KeySource::Token(TokenKey {
            module: settings.module.clone(),
            token: settings.token.clone(),
            label: settings.label.clone(),
            pin: file(&settings.pin_file),
        }),
        KeyPlace::Raw => KeySource::Clear(secret(&settings.secret)),
    }
}

fn secret(text: &SecretText) -> SecretString {
    text.expose_secret().to_owned().into()
}
