//! A key in HashiCorp Vault: one field of a secret of its KV engine, version 2, read once.
//! <https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version>

use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::secret_file::SecretFile;
use crate::ports::chain::SignError;

/// Longest wait for Vault.
const DEADLINE: Duration = Duration::from_secs(10);
/// The longest answer.
const LONGEST: usize = 64 * 1024;

/// Where in Vault the key is.
#[derive(Debug, Clone)]
pub struct VaultPath {
    /// Vault's address, such as `https://vault.example:8200`.
    pub address: String,
    /// The file with the token.
    pub token: SecretFile,
    /// Where the engine is mounted, such as `secret`.
    pub mount: String,
    /// The secret's path.
    pub path: String,
    /// The field that holds the key's 64 hexadecimal digits.
    pub field: String,
}

impl VaultPath {
    /// Reads the key.
    ///
    /// # Errors
    /// Says what Vault did, never what it answered.
    pub async fn read(&self) -> Result<SecretString, SignError> {
        let refused = |why: &str| SignError(format!("vault at {}: {why}", self.address));
        let url = self.url().ok_or_else(|| refused("the address or the path is none"))?;
        let mut token =
            HeaderValue::from_str(self.token.read()?.expose_secret()).map_err(|_| refused("the token is none"))?;
        token.set_sensitive(true);
        let client = Client::builder().redirect(Policy::none()).timeout(DEADLINE).build();
        let client = client.map_err(|_| refused("no HTTP client can be had"))?;
        let sent = client.get(url).header("X-Vault-Token", token).send().await;
        let mut response = sent.map_err(|error| {
            refused(if error.is_timeout() {
                "no answer in time"
            } else {
                "no connection"
            })
        })?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(refused(&match status {
                403 => "the token may not read this secret (HTTP 403)".to_owned(),
                404 => "there is no such secret (HTTP 404)".to_owned(),
                other => format!("HTTP {other}"),
            }));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| refused("the connection broke"))? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(refused("the answer is too long"));
            }
        }
        let answer: Value = serde_json::from_slice(&body).map_err(|_| refused("the answer is no JSON"))?;
        let field = answer.pointer("/data/data").and_then(|data| data.get(&self.field));
        let field = field
            .and_then(Value::as_str)
            .ok_or_else(|| refused("the secret has no such field with a text"))?;
        Ok(field.to_owned().into())
    }

    fn url(&self) -> Option<Url> {
        let mut url = Url::parse(&self.address).ok()?;
        let segments = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        let parts = [
            segments("v1"),
            segments(&self.mount),
            segments("data"),
            segments(&self.path),
        ]
        .concat();
        url.path_segments_mut().ok()?.pop_if_empty().extend(parts);
        matches!(url.scheme(), "http" | "https").then_some(url)
    }
}
