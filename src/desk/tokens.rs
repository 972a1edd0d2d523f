//! Tokens: made from the system's random numbers, shown once, kept as a digest.

use domain::access::{Role, Token};
use domain::change::{Change, ChangeSet};
use domain::id::{IdKind, TokenId};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::desk::{Asker, Desk, DeskError, WrongField};

/// Names by which the program itself stands in the trail.
const OURS: [&str; 3] = ["cli", "bursar", "demo"];

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Name of its holder; unique among valid tokens.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

/// A new token with its secret, which is known only now.
#[derive(Debug)]
pub struct MintedToken {
    /// What is on record.
    pub token: Token,
    /// The secret.
    pub secret: SecretString,
}

/// Lower-case hex SHA-256 of a secret: what is kept of it.
pub fn digest_of(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

impl Desk {
    /// Makes a token.
    ///
    /// # Errors
    /// When the name is unfit or taken, or the store does not take it.
    pub async fn mint_token(&self, new: NewToken, asker: &Asker) -> Result<MintedToken, DeskError> {
        check_name(&new.name)?;
        if self.store.tokens().await?.iter().any(|token| token.name == new.name) {
            let rule = "must not be the name of another valid token; revoke that one first";
            return Err(WrongField::new("name", rule).into());
        }
        let secret = format!("bursar_{}_{}", new.role.as_str(), hex(&random()?));
        let now = self.clock.now();
        let token = Token {
            id: TokenId(self.next_id(IdKind::Token).await?),
            name: new.name,
            role: new.role,
            digest: digest_of(&secret),
            created_at: now,
            revoked_at: None,
        };
        let audit = self
            .audit(asker, "token.create", format!("token:{}", token.id), now)
            .await?;
        let changes = vec![Change::AddToken(token.clone()), audit];
        self.commit(ChangeSet { changes }).await?;
        Ok(MintedToken {
            token,
            secret: secret.into(),
        })
    }

    /// The valid tokens.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn tokens(&self) -> Result<Vec<Token>, DeskError> {
        Ok(self.store.tokens().await?)
    }

    /// Revokes the valid token of this name.
    ///
    /// # Errors
    /// When there is none, or the store does not take it.
    pub async fn revoke_token(&self, name: &str, asker: &Asker) -> Result<Token, DeskError> {
        let tokens = self.store.tokens().await?;
        let found = tokens.into_iter().find(|token| token.name == name);
        let token = found.ok_or_else(|| DeskError::absent("valid token named", name))?;
        let now = self.clock.now();
        let revoked = Token {
            revoked_at: Some(now),
            ..token
        };
        let audit = self
            .audit(asker, "token.revoke", format!("token:{}", revoked.id), now)
            .await?;
        let changes = vec![Change::RevokeToken(revoked.clone()), audit];
        self.commit(ChangeSet { changes }).await?;
        Ok(revoked)
    }
}

fn check_name(name: &str) -> Result<(), WrongField> {
    let fits = (1..=40).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte));
    if fits && !OURS.contains(&name) {
        return Ok(());
    }
    let rule = "must be 1 to 40 letters, digits, or one of - _ . @, and not `cli`, `bursar` or `demo`";
    Err(WrongField::new("name", rule))
}

/// 256 bits from the one TLS provider's generator, which is seeded by the system.
fn random() -> Result<[u8; 32], DeskError> {
    let mut bytes = [0; 32];
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| DeskError::Conflict {
            why: "the system has no random numbers now".to_owned(),
        })?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_the_published_one() {
        assert_eq!(
            digest_of("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn names_that_could_mislead_the_trail_are_refused() {
        for name in ["", "cli", "bursar", "two words", "line\nbreak", &"x".repeat(41)] {
            assert_eq!(check_name(name).unwrap_err().field, "name", "{name:?}");
        }
        assert_eq!(check_name("night-shift@ops"), Ok(()));
    }
}
