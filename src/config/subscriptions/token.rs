//! A token of a vault: its contract, its scale, and what it is called in the ledger.

use domain::chain::Address;
use domain::ledger::Asset;
use serde::{Deserialize, Serialize};

use crate::config::form::whole;
use crate::config::wrong::WrongKeys;

/// Most decimals: amounts of tokens are brought to the ledger's 8 places and back within 128 bits.
const DECIMALS: u32 = 27;

/// A token.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenSettings {
    /// Its contract.
    pub token: String,
    /// Its decimals.
    #[serde(deserialize_with = "whole::deserialize")]
    pub decimals: u32,
    /// Its code in the ledger.
    pub asset: String,
}

impl TokenSettings {
    pub(super) fn check(&self, key: &str, wrong: &mut WrongKeys) {
        address(&format!("{key}.token"), &self.token, wrong);
        wrong.between(&format!("{key}.decimals"), self.decimals, 0, DECIMALS);
        let fits = Asset::new(&self.asset).is_some() && self.asset != Asset::POWER;
        let rule = "must be 1 to 12 of A-Z and 0-9, and not POWER";
        wrong.unless(fits, &format!("{key}.asset"), &self.asset, rule);
    }
}

/// Notes the key unless it is the address of something.
pub(super) fn address(key: &str, text: &str, wrong: &mut WrongKeys) {
    let address = Address::parse(text).filter(|address| *address != Address([0; 20]));
    wrong.unless(
        address.is_some(),
        key,
        text,
        "must be an address: 0x and 40 hex digits, not all zero",
    );
}
