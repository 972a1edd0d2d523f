//! What outlives a simulator: accounts without their orders, and where the numbers of orders have got to, since a venue never gives one twice.

use std::collections::BTreeMap;

use domain::fixed::{Amount, Quantity};
use serde::{Deserialize, Serialize};

use super::World;

/// Cash and shares of each account, for the next simulator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    last_id: u64,
    accounts: Vec<(u64, Amount, BTreeMap<String, Quantity>)>,
}

impl World {
    /// What another world may go on from. What its orders hold is free again there.
    pub fn carried(&self) -> Carried {
        let accounts = self.accounts.iter();
        Carried {
            last_id: self.last_id,
            accounts: accounts
                .map(|account| (account.id, account.cash, account.shares.clone()))
                .collect(),
        }
    }

    /// Goes on from what another world had.
    pub fn go_on_from(&mut self, before: Carried) {
        self.last_id = before.last_id;
        for (id, cash, shares) in before.accounts {
            if let Some(account) = self.accounts.iter_mut().find(|account| account.id == id) {
                (account.cash, account.shares) = (cash, shares);
            }
        }
    }
}
