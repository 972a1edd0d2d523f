//! The key of the account that pays: where it comes from, and how it signs.

pub mod keystore;
mod local;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod secret_file;
mod transaction;
mod vault;

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

pub use local::LocalSigner;
pub use secret_file::SecretFile;
pub use vault::VaultPath;

use crate::ports::chain::{PayoutSigner, SignError};

/// Where the key is.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// In an encrypted keystore file (version 3).
    Keystore {
        /// The file.
        file: PathBuf,
        /// Its password.
        password: SecretFile,
    },
    /// In HashiCorp Vault, as a field of a secret of its KV engine, version 2.
    Vault(VaultPath),
    /// In a PKCS#11 token, which it never leaves.
    Token(TokenKey),
    /// Here, in the clear: for demonstrations.
    Clear(SecretString),
}

/// A key in a PKCS#11 token.
#[derive(Debug, Clone)]
pub struct TokenKey {
    /// The token's library.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The key's label; private and public key share it.
    pub label: String,
    /// The user's PIN.
    pub pin: SecretFile,
}

/// Opens the key.
///
/// # Errors
/// Says what is wrong with it, without any part of it.
pub async fn open(source: &KeySource) -> Result<Arc<dyn PayoutSigner>, SignError> {
    match source {
        KeySource::Keystore { file, password } => {
            let (file, password) = (file.clone(), password.read()?);
            let opened = tokio::task::spawn_blocking(move || keystore::open(&file, &password)).await;
            let signer = opened.map_err(|_| SignError("the keystore could not be opened".to_owned()))??;
            Ok(Arc::new(signer))
        }
        KeySource::Vault(path) => Ok(Arc::new(LocalSigner::from_text(path.read().await?.expose_secret())?)),
        KeySource::Token(key) => token(key).await,
        KeySource::Clear(key) => Ok(Arc::new(LocalSigner::from_text(key.expose_secret())?)),
    }
}

#[cfg(feature = "pkcs11")]
async fn token(key: &TokenKey) -> Result<Arc<dyn PayoutSigner>, SignError> {
    Ok(Arc::new(pkcs11::TokenSigner::open(key).await?))
}

#[cfg(not(feature = "pkcs11"))]
async fn token(_: &TokenKey) -> Result<Arc<dyn PayoutSigner>, SignError> {
    Err(SignError(
        "this build has no PKCS#11: build it with the feature pkcs11".to_owned(),
    ))
}
