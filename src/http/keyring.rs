//! The valid tokens, remembered for two seconds, so that a revoked one is refused soon after.

use std::sync::Arc;
use std::time::Duration;

use domain::access::{Role, Token};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::desk::digest_of;
use crate::ports::store::{Store, StoreError};

/// How long the tokens are remembered: the longest time that a revoked token still works.
const FRESH: Duration = Duration::from_secs(2);
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
    read_at: Option<Instant>,
    tokens: Arc<[Token]>,
}

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
        let age = remembered.read_at.map(|at| at.elapsed());
        if age.is_some_and(|age| age < FRESH) {
            return Ok(Arc::clone(&remembered.tokens));
        }
        match self.store.tokens().await {
            Ok(tokens) => {
                *remembered = Remembered {
                    read_at: Some(Instant::now()),
                    tokens: tokens.into(),
                };
                Ok(Arc::clone(&remembered.tokens))
            }
            Err(error) => match age {
                // What is wrong must be visible while the store is away, but nothing is written on old rights.
                Some(age) if looks && age < STALE => Ok(Arc::clone(&remembered.tokens)),
                _ => Err(error),
            },
        }
    }
}
