//! The listings of the settings, each with the subscription that is on record for its name: rows are made for new names, and what
//! makes a subscription one never changes under an old name.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use domain::chain::{Address, BlockNumber, ChainId, FollowState, Subscription};
use domain::change::{Change, ChangeSet};
use domain::fixed::{Amount, NumberError, Quantity, Ratio};
use domain::id::{IdKind, SubscriptionId};
use domain::ledger::Asset;
use domain::market::Symbol;
use domain::time::Timestamp;
use domain::trigger::{Fees, Listing};
use rust_decimal::Decimal;

use crate::config::{SubscriptionSettings, SubscriptionsSettings};
use crate::ports::store::{Store, StoreError};

/// Why the listings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ListingError {
    /// A setting cannot be used.
    #[error("setting subscriptions.{name}.{field}: value \"{value}\" {rule}")]
    Setting {
        /// The subscription.
        name: String,
        /// Its field.
        field: &'static str,
        /// What was given.
        value: String,
        /// What it must be.
        rule: String,
    },
    /// The rows cannot be read or written.
    #[error("could not read or write subscriptions")]
    Store(#[from] StoreError),
}

/// The listings of these settings, by subscription. `chains` are the chains that are set, by name. Rows of names that are not in the
/// settings stay as they are.
///
/// # Errors
/// A chain that is not set, a number that does not fit, or another chain, vault or start under a name that is on record.
pub async fn listings(
    settings: &SubscriptionsSettings,
    chains: &BTreeMap<String, ChainId>,
    store: &dyn Store,
    now: Timestamp,
) -> Result<BTreeMap<SubscriptionId, Listing>, ListingError> {
    let rows = store.subscriptions().await?;
    let known: HashMap<&str, &Subscription> = rows.iter().map(|row| (row.name.as_str(), row)).collect();
    let mut listings = BTreeMap::new();
    for (name, own) in settings {
        let chain = chains.get(&own.chain).copied();
        let rule = "must be the name of a section under chains";
        let chain = chain.ok_or_else(|| wrong(name, "chain", &own.chain, rule))?;
        let listing = listing(name, own, chain)?;
        let id = match known.get(name.as_str()) {
            Some(row) => same(row, own, &listing)?,
            None => added(own, &listing, store, now).await?,
        };
        let subscription = id;
        listings.insert(
            id,
            Listing {
                subscription,
                ..listing
            },
        );
    }
    Ok(listings)
}

/// The subscription on record, when it is the one that the settings mean.
fn same(row: &Subscription, own: &SubscriptionSettings, listing: &Listing) -> Result<SubscriptionId, ListingError> {
    let differs = |field: &'static str, value: &str, stored: String| {
        let rule = format!("must stay {stored}: another one needs a name of its own");
        Err(wrong(&row.name, field, value, &rule))
    };
    if row.chain != listing.chain {
        return differs("chain", &own.chain, format!("the chain with id {}", row.chain));
    }
    if row.contract != listing.vault {
        return differs("vault", &own.vault, row.contract.to_string());
    }
    if row.start.0 != own.start_block {
        return differs("start_block", &own.start_block.to_string(), row.start.to_string());
    }
    Ok(row.id)
}

/// The subscription of a new name, on record from now on.
async fn added(
    own: &SubscriptionSettings,
    listing: &Listing,
    store: &dyn Store,
    now: Timestamp,
) -> Result<SubscriptionId, ListingError> {
    let id = SubscriptionId(store.reserve_ids(IdKind::Subscription, 1).await?);
    let start = BlockNumber(own.start_block);
    let row = Subscription {
        id,
        name: listing.name.clone(),
        chain: listing.chain,
        contract: listing.vault,
        start,
        cursor: start,
        cursor_hash: None,
        genesis: None,
        follow: FollowState::Following,
        reorgs: 0,
        late_logs: 0,
        malformed: 0,
        updated_at: now,
        version: 0,
    };
    let added = store
        .commit(ChangeSet::of(Change::AddSubscription(Box::new(row))))
        .await;
    match added {
        Ok(()) => Ok(id),
        Err(StoreError::Conflict { .. }) => {
            let rule = "must not be the vault of another subscription on record";
            Err(wrong(&listing.name, "vault", &own.vault, rule))
        }
        Err(error) => Err(error.into()),
    }
}

/// The listing of a subscription that has no identity yet.
fn listing(name: &str, own: &SubscriptionSettings, chain: ChainId) -> Result<Listing, ListingError> {
    let address = |field, text: &str| {
        let rule = "must be an address: 0x and 40 hex digits";
        Address::parse(text).ok_or_else(|| wrong(name, field, text, rule))
    };
    let asset = |field, text: &str| {
        let rule = "must be 1 to 12 of A-Z and 0-9";
        Asset::new(text).ok_or_else(|| wrong(name, field, text, rule))
    };
    let number = |field, value: Decimal| Number { name, field, value };
    let feed = match own.feed.as_str() {
        "" => None,
        text => Some((address("feed", text)?, own.feed_decimals)),
    };
    Ok(Listing {
        subscription: SubscriptionId(0),
        name: name.to_owned(),
        chain,
        vault: address("vault", &own.vault)?,
        money_token: address("money.token", &own.money.token)?,
        money_decimals: own.money.decimals,
        money: asset("money.asset", &own.money.asset)?,
        share_token: address("share.token", &own.share.token)?,
        share_decimals: own.share.decimals,
        share: asset("share.asset", &own.share.asset)?,
        venue: own.venue,
        symbol: Symbol::new(&own.symbol),
        lot: number("lot", own.lot).read(Quantity::from_decimal)?,
        min_deposit: number("min_deposit", own.min_deposit).read(Amount::from_decimal)?,
        min_redeem: number("min_redeem", own.min_redeem).read(Amount::from_decimal)?,
        slippage: number("slippage", own.slippage).read(Ratio::from_decimal)?,
        fees: Fees {
            buy: number("buy_fee", own.buy_fee).read(Ratio::from_decimal)?,
            sell: number("sell_fee", own.sell_fee).read(Ratio::from_decimal)?,
            venue_reserve: number("venue_reserve", own.venue_reserve).read(Ratio::from_decimal)?,
        },
        price_source: own.price_source,
        feed,
        max_price_age_ms: millis(own.max_price_age),
        max_deviation: number("max_deviation", own.max_deviation).read(Ratio::from_decimal)?,
        late_after_ms: millis(own.late_after),
        late: own.late,
        patience_ms: millis(own.patience),
    })
}

/// A number of the settings.
struct Number<'a> {
    name: &'a str,
    field: &'static str,
    value: Decimal,
}

impl Number<'_> {
    fn read<T>(&self, exactly: impl FnOnce(Decimal) -> Result<T, NumberError>) -> Result<T, ListingError> {
        let Self { name, field, value } = *self;
        exactly(value).map_err(|error| wrong(name, field, &value.to_string(), &format!("does not fit: {error}")))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn wrong(name: &str, field: &'static str, value: &str, rule: &str) -> ListingError {
    ListingError::Setting {
        name: name.to_owned(),
        field,
        value: value.to_owned(),
        rule: rule.to_owned(),
    }
}

#[cfg(test)]
mod tests;
