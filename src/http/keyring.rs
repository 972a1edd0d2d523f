//! The valid tokens, remembered for two seconds, so that a revoked one is refused soon after.

use std::sync::Arc;
use std::time::Duration;

use domain::access::{Role, Token};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::desk::digest_of;
use crate::ports::store::{Store, StoreError};

/// How long the tokens are remembered: the longest time that a revoked token still works.
const FRESH: Duration = Duration::from_secs(2);
/// How long the store may take to tell the tokens.
const PATIENCE: Duration = Duration::from_secs(1);
/// After it did not tell them, it is not asked again for so long.
const RETRY: Duration = Duration::from_secs(1);
/// How long remembered tokens may still look (but not write) while the store does not answer.
const STALE: Duration = Duration::from_secs(300);

/// Whose token was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) name: String,
    pub(super) role: Role,
}

/// The valid tokens.
pub(super) struct Keyring {
    store: Arc<dyn Store>,
    remembered: Mutex<Remembered>,
}

#[derive(Default)]
struct Remembered {
    /// When the tokens were read.
    read_at: Option<Instant>,
    /// When the store last did not tell them.
    failed_at: Option<Instant>,
    tokens: Arc<[Token]>,
}

/// The store did not tell the tokens.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("tokens could not be read in time")]
struct Unread;

impl Keyring {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            remembered: Mutex::default(),
        }
    }

    /// The holder of this secret; `looks` says that the request only reads.
    ///
    /// # Errors
    /// When the tokens cannot be read and those remembered are too old for the request.
    pub(super) async fn holder(&self, secret: &str, looks: bool) -> Result<Option<Holder>, StoreError> {
        let digest = digest_of(secret);
        let tokens = self.tokens(looks).await?;
        let mut found = None;
        // Every token is compared, each in constant time: the answer's time tells nothing.
        for token in tokens.iter() {
            if bool::from(token.digest.as_bytes().ct_eq(digest.as_bytes())) {
                found = Some(token);
            }
        }
        Ok(found.map(|token| Holder {
            name: token.name.clone(),
            role: token.role,
        }))
    }

    async fn tokens(&self, looks: bool) -> Result<Arc<[Token]>, StoreError> {
        let mut remembered = self.remembered.lock().await;
        let within = |at: Option<Instant>, time| at.is_some_and(|at| at.elapsed() < time);
        if within(remembered.read_at, FRESH) {
            return Ok(Arc::clone(&remembered.tokens));
        }
        // While the store is away not every request has to wait for it.
        if !within(remembered.failed_at, RETRY) {
            match timeout(PATIENCE, self.store.tokens()).await {
                Ok(Ok(tokens)) => {
                    *remembered = Remembered {
                        read_at: Some(Instant::now()),
                        failed_at: None,
                        tokens: tokens.into(),
                    };
                    return Ok(Arc::clone(&remembered.tokens));
                }
                Ok(Err(_)) | Err(_) => remembered.failed_at = Some(Instant::now()),
            }
        }
        // What is wrong must be visible while the store is away, but nothing is written on old rights.
        if looks && within(remembered.read_at, STALE) {
            return Ok(Arc::clone(&remembered.tokens));
        }
        Err(StoreError::Unavailable(Box::new(Unread)))
    }
}
