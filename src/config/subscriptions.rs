//! Section `subscriptions`: the vaults whose logs are read, the stock that each stands for, and the terms on which it is dealt with.

mod terms;
mod token;

use std::collections::BTreeMap;
use std::time::Duration;

use domain::chain::Address;
use domain::trigger::{Late, PriceSource};
use domain::venue::VenueName;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::form::{choice, decimal, duration, whole};
use super::notify::is_name;
use super::wrong::WrongKeys;
pub use token::TokenSettings;

/// The vaults, by the names that operators call them.
pub type SubscriptionsSettings = BTreeMap<String, SubscriptionSettings>;

/// One vault with its stock.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SubscriptionSettings {
    /// The chain, by its name in `chains`.
    pub chain: String,
    /// The vault.
    pub vault: String,
    /// The block below the first that is read.
    #[serde(deserialize_with = "whole::deserialize")]
    pub start_block: u64,
    /// The money token.
    pub money: TokenSettings,
    /// The share token.
    pub share: TokenSettings,
    /// The stock venue.
    #[serde(deserialize_with = "choice::deserialize")]
    pub venue: VenueName,
    /// The stock, as the venue names it.
    pub symbol: String,
    /// Orders are for a multiple of this, in shares.
    #[serde(with = "decimal")]
    pub lot: Decimal,
    /// Deposits below are returned.
    #[serde(with = "decimal")]
    pub min_deposit: Decimal,
    /// Redemptions below are returned, in shares.
    #[serde(with = "decimal")]
    pub min_redeem: Decimal,
    /// How far from its price an order may go, as a share of it.
    #[serde(with = "decimal")]
    pub slippage: Decimal,
    /// The platform's fee, as a share of what a buy cost.
    #[serde(with = "decimal")]
    pub buy_fee: Decimal,
    /// The platform's fee, as a share of what a sell brought.
    #[serde(with = "decimal")]
    pub sell_fee: Decimal,
    /// Kept free of a deposit for the venue's own fees, as a share of what a buy costs.
    #[serde(with = "decimal")]
    pub venue_reserve: Decimal,
    /// Who tells the price.
    #[serde(deserialize_with = "choice::deserialize")]
    pub price_source: PriceSource,
    /// The aggregator contract on the chain; empty for none.
    pub feed: String,
    /// Decimals of what it answers.
    #[serde(deserialize_with = "whole::deserialize")]
    pub feed_decimals: u32,
    /// A price older than this is not taken.
    #[serde(with = "duration")]
    pub max_price_age: Duration,
    /// How far feed and venue may be apart, as a share; zero: they are not compared.
    #[serde(with = "decimal")]
    pub max_deviation: Decimal,
    /// A log whose block is older than this when it is read is late.
    #[serde(with = "duration")]
    pub late_after: Duration,
    /// What becomes of a late log.
    #[serde(deserialize_with = "choice::deserialize")]
    pub late: Late,
    /// How long a trigger may wait for an open market and its order before it is returned.
    #[serde(with = "duration")]
    pub patience: Duration,
    /// Money in the vault before the ledger began to follow it; with it solvency begins.
    #[serde(with = "decimal")]
    pub vault_money_before: Decimal,
    /// Shares given out before.
    #[serde(with = "decimal")]
    pub shares_before: Decimal,
    /// Shares of the stock at the venue before.
    #[serde(with = "decimal")]
    pub venue_shares_before: Decimal,
}

impl Default for SubscriptionSettings {
    fn default() -> Self {
        Self {
            chain: String::new(),
            vault: String::new(),
            start_block: 0,
            money: TokenSettings::default(),
            share: TokenSettings::default(),
            venue: VenueName::Futu,
            symbol: String::new(),
            lot: Decimal::ONE,
            min_deposit: Decimal::ZERO,
            min_redeem: Decimal::ZERO,
            slippage: Decimal::new(1, 2),
            buy_fee: Decimal::ZERO,
            sell_fee: Decimal::ZERO,
            venue_reserve: Decimal::new(5, 3),
            price_source: PriceSource::Venue,
            feed: String::new(),
            feed_decimals: 8,
            max_price_age: Duration::from_secs(60),
            max_deviation: Decimal::ZERO,
            late_after: Duration::from_secs(3_600),
            late: Late::Return,
            patience: Duration::from_secs(3 * 86_400),
            vault_money_before: Decimal::ZERO,
            shares_before: Decimal::ZERO,
            venue_shares_before: Decimal::ZERO,
        }
    }
}

/// Notes every wrong key. Whether a chain of the name is set is seen by whoever has the chains.
pub(super) fn check(subscriptions: &SubscriptionsSettings, wrong: &mut WrongKeys) {
    let mut vaults = BTreeMap::new();
    for (name, own) in subscriptions {
        let key = format!("subscriptions.{name}");
        let rule = "must be named with 1 to 40 of a-z, 0-9, - and _";
        wrong.unless(is_name(name), &key, name, rule);
        own.check(&key, wrong);
        let vault = (own.chain.as_str(), Address::parse(&own.vault));
        if let Some(other) = vaults.insert(vault, name) {
            let rule = format!("must not be the vault of subscriptions.{other}, too");
            wrong.unless(vault.1.is_none(), &format!("{key}.vault"), &own.vault, &rule);
        }
    }
}

impl SubscriptionSettings {
    fn check(&self, key: &str, wrong: &mut WrongKeys) {
        let field = |name: &str| format!("{key}.{name}");
        let rule = "must be the name of a section under chains";
        wrong.unless(is_name(&self.chain), &field("chain"), &self.chain, rule);
        token::address(&field("vault"), &self.vault, wrong);
        self.money.check(&field("money"), wrong);
        self.share.check(&field("share"), wrong);
        let differs = self.money.asset != self.share.asset || self.money.asset.is_empty();
        let rule = "must be another asset than the money's";
        wrong.unless(differs, &field("share.asset"), &self.share.asset, rule);
        let known = self.venue == VenueName::Futu;
        wrong.unless(known, &field("venue"), self.venue, "must be futu, the one stock venue");
        let plain = self.symbol.bytes().all(|byte| byte.is_ascii_graphic());
        let rule = "must be 1 to 40 visible characters, such as US.AAPL";
        let fits = plain && (1..=40).contains(&self.symbol.len());
        wrong.unless(fits, &field("symbol"), &self.symbol, rule);
        self.check_terms(key, wrong);
    }
}

#[cfg(test)]
mod tests;
