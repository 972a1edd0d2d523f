//! Keys of venue accounts as they are kept: sealed, with what may be known of them by everybody.

use serde::{Deserialize, Serialize};

use crate::id::VenueAccountId;
use crate::time::Timestamp;

/// What a key may do at its venue, as far as the venue tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeyRights {
    /// Whether it may place and cancel orders.
    pub may_trade: bool,
    /// Whether it may take assets out of the account.
    pub may_withdraw: bool,
    /// Whether the venue takes it from certain addresses only; `None` where the venue does not tell.
    pub bound_to_addresses: Option<bool>,
}

impl KeyRights {
    /// Why such a key is not kept, if it is not: whoever held the database and its master key could empty the account.
    pub const fn refusal(self) -> Option<&'static str> {
        match self.may_withdraw {
            true => Some("the key may withdraw: make one at the venue that may trade and not withdraw"),
            false => None,
        }
    }
}

/// The two seals of a key: the key itself under a data key of its own, and that data key under a master key. Nobody but
/// the keyring can open either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seals {
    /// How they were made; 1 so far.
    pub format: u32,
    /// The fingerprint of the master key.
    pub master: String,
    /// The data key under the master key, in base64; random, so that no two seals are alike.
    pub data_key: String,
    /// The key under the data key, in base64.
    pub content: String,
}

/// The key of a venue account, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// Whose.
    pub account: VenueAccountId,
    /// What only the keyring can open.
    pub seals: Seals,
    /// Of the key's name: the first 16 hexadecimal digits of its SHA-256.
    pub fingerprint: String,
    /// The last four characters of the key's name, by which its owner knows it.
    pub ending: String,
    /// What it may do; `None` where the venue does not tell.
    pub rights: Option<KeyRights>,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: Timestamp,
}

/// A data key that was sealed under another master key; what it opens stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealed {
    /// Whose.
    pub account: VenueAccountId,
    /// The seal of the data key that it replaces; refused when it is another one by now.
    pub from: String,
    /// The seal of the data key from now on.
    pub data_key: String,
    /// The fingerprint of the master key that it is under.
    pub master: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_key_that_may_withdraw_is_refused() {
        for bound_to_addresses in [None, Some(false), Some(true)] {
            for may_trade in [false, true] {
                let rights = |may_withdraw| KeyRights {
                    may_trade,
                    may_withdraw,
                    bound_to_addresses,
                };
                assert_eq!(rights(false).refusal(), None);
                assert!(rights(true).refusal().is_some_and(|why| why.contains("withdraw")));
            }
        }
    }
}
