//! Who is logged in on sockets, until it is ended from without.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::id::VenueAccountId;

use super::exchange::Account;

/// How often the logins of each account were ended.
#[derive(Debug, Default)]
pub struct Logins(Mutex<BTreeMap<VenueAccountId, u64>>);

/// A login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Whose account.
    pub account: VenueAccountId,
    /// The API key that it was made with.
    pub key: String,
    /// How often logins of the account had been ended before.
    ends: u64,
}

impl Logins {
    /// A login that begins now.
    pub fn begin(&self, account: &Account) -> Login {
        Login {
            account: account.id,
            key: account.key.clone(),
            ends: self.with(account.id, |ends| *ends),
        }
    }

    /// Whether it was ended.
    pub fn is_over(&self, login: &Login) -> bool {
        self.with(login.account, |ends| *ends != login.ends)
    }

    /// Ends all logins of an account.
    pub fn end(&self, account: VenueAccountId) {
        self.with(account, |ends| *ends += 1);
    }

    fn with<T>(&self, account: VenueAccountId, act: impl FnOnce(&mut u64) -> T) -> T {
        let mut ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(ends.entry(account).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_is_over_once_those_of_its_account_are_ended() {
        let logins = Logins::default();
        let [alpha, beta] = ["alpha:secret:1", "beta:secret:1"].map(|text| Account::parse(text).unwrap());
        let (one, other) = (logins.begin(&alpha), logins.begin(&beta));
        logins.end(alpha.id);
        assert_eq!((logins.is_over(&one), logins.is_over(&other)), (true, false));
        assert!(!logins.is_over(&logins.begin(&alpha)));
    }
}
