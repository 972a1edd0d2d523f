//! Accounts and the API keys that open them.

use std::collections::BTreeMap;

use domain::fixed::Amount;
use domain::id::VenueAccountId;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

/// The passphrase of every key, for dialects that want one.
pub const PASSPHRASE: &str = "simulator-passphrase";

/// What a key may do beside reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Trade.
    pub trade: bool,
    /// Withdraw.
    pub withdraw: bool,
}

/// An account with its one key.
#[derive(Debug, Clone)]
pub struct Account {
    /// Identity, made from the key: it is the same wherever the key stands in the list.
    pub id: VenueAccountId,
    /// The public half.
    pub key: String,
    /// What requests are signed with.
    pub secret: SecretString,
    /// What it starts with, in the settlement asset.
    pub balance: Amount,
    /// What the key may do.
    pub rights: Rights,
}

/// Why a text is no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not of the form.
    #[error("a key must be KEY:SECRET:BALANCE, with :withdraw or :read behind it for other rights")]
    Form,
    /// Key or secret with other characters, too short or too long.
    #[error("{0} must be 4 to 128 of letters, digits, - and _")]
    Word(&'static str),
    /// The balance is no amount.
    #[error("balance {0} must be a positive number with at most 8 places")]
    Balance(String),
    /// The key stands there twice.
    #[error("key {0} is given twice")]
    Twice(String),
}

/// All accounts by key.
#[derive(Debug, Default)]
pub struct Keyring(BTreeMap<String, Account>);

impl Account {
    /// From `KEY:SECRET:BALANCE`; `:withdraw` behind it lets the key withdraw, `:read` keeps it from trading.
    ///
    /// # Errors
    /// When the text is none; the secret is not repeated in the words.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let parts: Vec<&str> = text.split(':').collect();
        let (key, secret, balance, rights) = match parts.as_slice() {
            [key, secret, balance] => (*key, *secret, *balance, (true, false)),
            [key, secret, balance, "withdraw"] => (*key, *secret, *balance, (true, true)),
            [key, secret, balance, "read"] => (*key, *secret, *balance, (false, false)),
            _ => return Err(KeyError::Form),
        };
        for (word, name) in [(key, "the key"), (secret, "the secret")] {
            let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
            if !plain || !(4..=128).contains(&word.len()) {
                return Err(KeyError::Word(name));
            }
        }
        let amount: Option<Amount> = balance.parse().ok();
        let amount = amount.filter(|amount| amount.is_positive());
        let (trade, withdraw) = rights;
        Ok(Self {
            id: id_of(key),
            key: key.to_owned(),
            secret: SecretString::from(secret.to_owned()),
            balance: amount.ok_or_else(|| KeyError::Balance(balance.to_owned()))?,
            rights: Rights { trade, withdraw },
        })
    }
}

impl Keyring {
    /// From a list of accounts.
    ///
    /// # Errors
    /// When a key stands there twice.
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Result<Self, KeyError> {
        let mut keys = BTreeMap::new();
        for account in accounts {
            if let Some(twin) = keys.insert(account.key.clone(), account) {
                return Err(KeyError::Twice(twin.key));
            }
        }
        Ok(Self(keys))
    }

    /// The account of a key.
    pub fn account(&self, key: &str) -> Option<&Account> {
        self.0.get(key)
    }

    /// All accounts, by key.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.0.values()
    }
}

fn id_of(key: &str) -> VenueAccountId {
    let digest = Sha256::digest(key.as_bytes());
    // 48 bits: far from the ids of the daemon's own accounts, and exact in every client's numbers.
    let bytes = digest.iter().take(6);
    VenueAccountId(bytes.fold(0, |id, byte| id << 8 | i64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_is_read_and_keeps_its_secret_out_of_what_is_shown() {
        let account = Account::parse("alpha:s3cretword:1000.5").unwrap();
        assert_eq!(
            (account.key.as_str(), account.balance.to_string().as_str()),
            ("alpha", "1000.5")
        );
        assert_eq!(
            account.rights,
            Rights {
                trade: true,
                withdraw: false
            }
        );
        assert!(!format!("{account:?}").contains("s3cretword"));
        assert!(Account::parse("alpha:s3cretword:1:withdraw").unwrap().rights.withdraw);
        assert!(!Account::parse("alpha:s3cretword:1:read").unwrap().rights.trade);
    }

    #[test]
    fn text_that_is_no_account_is_told_without_its_secret() {
        for text in [
            "",
            "alpha",
            "alpha:secret",
            "alpha:secret:1:maybe",
            "a b c d:secret:1",
            "alpha:s:1",
            "alpha:secret:0",
        ] {
            let error = Account::parse(text).unwrap_err();
            assert!(!error.to_string().contains(":secret:1:maybe"), "{error}");
        }
        let twice = ["alpha:secret:1", "alpha:secret2:1"].map(|text| Account::parse(text).unwrap());
        assert_eq!(Keyring::new(twice).unwrap_err(), KeyError::Twice("alpha".to_owned()));
    }
}
