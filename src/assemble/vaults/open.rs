//! What the actors of vaults are built on: chains, keys, the stock venue and the listings, each opened from its settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::chain::ChainId;
use domain::fixed::{Amount, NumberError};
use domain::id::SubscriptionId;
use domain::ledger::Asset;
use domain::payout::decide::PayoutRules;
use domain::trigger::Listing;
use rust_decimal::Decimal;

use super::limits;
use crate::actors::chain_subscription::FollowOptions;
use crate::actors::payout::{Beginning, Vault};
use crate::adapters::chain::{EvmChain, OpenError, Words, signer};
use crate::assemble::chains::{chain_options, key_source};
use crate::assemble::listings::{ListingError, listings};
use crate::assemble::options::{UnfitSetting, unfit};
use crate::assemble::stocks::{self, StocksError};
use crate::clock::Clock;
use crate::config::{PayoutSettings, Settings, SubscriptionSettings};
use crate::ports::chain::{Abi, Chain, PayoutSigner, SignError};
use crate::ports::stocks::StockVenue;
use crate::ports::store::Store;

/// Vaults are set that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum VaultsError {
    /// The listings cannot be used.
    #[error(transparent)]
    Listing(#[from] ListingError),
    /// A chain cannot be opened.
    #[error("could not open chains.{name}")]
    Chain {
        /// Which.
        name: String,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// The key that pays on a chain cannot be opened.
    #[error("could not open payouts.{name}.key")]
    Key {
        /// Which chain.
        name: String,
        /// Why.
        #[source]
        source: SignError,
    },
    /// Nobody pays on a chain that a vault is on.
    #[error("subscriptions.{subscription}.chain is {chain}, and there is no payouts.{chain}: nobody could be paid")]
    NobodyPays {
        /// Which vault.
        subscription: String,
        /// Which chain.
        chain: String,
    },
    /// The stock venue cannot be opened.
    #[error(transparent)]
    Stocks(#[from] StocksError),
    /// The stock venue is not switched on.
    #[error("there are subscriptions, and their stock venue is not switched on: set stocks.futu.enabled")]
    NoStocks,
    /// A setting's number does not fit.
    #[error(transparent)]
    Setting(#[from] UnfitSetting),
}

/// A chain, and how it is followed.
pub struct Followed {
    pub chain: Arc<dyn Chain>,
    pub follow: FollowOptions,
}

/// A vault with its chain's name and what was there before.
pub struct Listed {
    pub listing: Listing,
    pub chain: String,
    pub before: Beginning,
}

/// Who pays on a chain.
pub struct Payer {
    pub chain: Arc<dyn Chain>,
    pub abi: Arc<dyn Abi>,
    pub signer: Arc<dyn PayoutSigner>,
    pub vaults: Vec<Vault>,
    pub rules: PayoutRules,
}

/// Everything that is asked by the actors of vaults.
pub struct Opened {
    pub abi: Arc<dyn Abi>,
    pub chains: BTreeMap<String, Followed>,
    pub listings: BTreeMap<SubscriptionId, Listed>,
    pub payers: Vec<Payer>,
    pub stocks: Arc<dyn StockVenue>,
    /// The asset of the stock venue's cash, and how much was there before.
    pub cash: (Asset, Amount),
}

/// Opens what the settings name; `None` where no vault is set.
pub async fn open(
    settings: &Settings,
    store: &dyn Store,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Opened>, VaultsError> {
    if settings.subscriptions.is_empty() {
        return Ok(None);
    }
    let chains = chains(settings)?;
    let stocks = stocks::futu(&settings.stocks.futu, clock)?.ok_or(VaultsError::NoStocks)?;
    let ids: BTreeMap<String, ChainId> = chains
        .iter()
        .map(|(name, own)| (name.clone(), own.chain.id()))
        .collect();
    let listed = listings(&settings.subscriptions, &ids, store, clock.now()).await?;
    let mut vaults = BTreeMap::new();
    for (id, listing) in listed {
        if let Some(own) = settings.subscriptions.get(&listing.name) {
            let (chain, before) = (own.chain.clone(), beginning(own)?);
            vaults.insert(id, Listed { listing, chain, before });
        }
    }
    let abi: Arc<dyn Abi> = Arc::new(Words::new());
    let payers = payers(settings, &chains, &vaults, &abi).await?;
    Ok(Some(Opened {
        abi,
        chains,
        listings: vaults,
        payers,
        stocks,
        cash: cash(settings)?,
    }))
}

fn chains(settings: &Settings) -> Result<BTreeMap<String, Followed>, VaultsError> {
    let used = |name: &&String| settings.subscriptions.values().any(|own| &own.chain == *name);
    let mut chains = BTreeMap::new();
    for name in settings.chains.keys().filter(used) {
        let own = &settings.chains[name];
        let chain = EvmChain::open(chain_options(name, own)).map_err(|source| VaultsError::Chain {
            name: name.clone(),
            source,
        })?;
        let follow = limits::follow(own);
        chains.insert(name.clone(), Followed { chain, follow });
    }
    Ok(chains)
}

async fn payers(
    settings: &Settings,
    chains: &BTreeMap<String, Followed>,
    vaults: &BTreeMap<SubscriptionId, Listed>,
    abi: &Arc<dyn Abi>,
) -> Result<Vec<Payer>, VaultsError> {
    let mut payers = Vec::new();
    for (name, followed) in chains {
        let own: Vec<&Listed> = vaults.values().filter(|vault| &vault.chain == name).collect();
        let Some(first) = own.first() else {
            continue;
        };
        let payout = settings.payouts.get(name).ok_or_else(|| VaultsError::NobodyPays {
            subscription: first.listing.name.clone(),
            chain: name.clone(),
        })?;
        let opened = signer::open(&key_source(&payout.key)).await;
        let signer = opened.map_err(|source| VaultsError::Key {
            name: name.clone(),
            source,
        })?;
        let each = own.iter().map(|vault| vault_of(&vault.listing, payout));
        payers.push(Payer {
            chain: Arc::clone(&followed.chain),
            abi: Arc::clone(abi),
            signer,
            vaults: each.collect::<Result<_, _>>()?,
            rules: limits::rules(payout)?,
        });
    }
    Ok(payers)
}

fn vault_of(listing: &Listing, payout: &PayoutSettings) -> Result<Vault, UnfitSetting> {
    Ok(Vault {
        listing: listing.clone(),
        money: limits::money(payout)?,
        shares: domain::payout::limits::Limits {
            each: None,
            user_day: None,
            day: None,
        },
        floor: amount("payouts.*.reserve_floor", payout.reserve_floor)?,
    })
}

fn beginning(own: &SubscriptionSettings) -> Result<Beginning, UnfitSetting> {
    Ok(Beginning {
        vault_money: amount("subscriptions.*.vault_money_before", own.vault_money_before)?,
        shares: amount("subscriptions.*.shares_before", own.shares_before)?,
        venue_shares: amount("subscriptions.*.venue_shares_before", own.venue_shares_before)?,
    })
}

fn cash(settings: &Settings) -> Result<(Asset, Amount), UnfitSetting> {
    let own = &settings.stocks.futu;
    let asset = unfit(
        "stocks.futu.cash_asset",
        Asset::new(&own.cash_asset).ok_or(NumberError::NotANumber),
    )?;
    Ok((asset, amount("stocks.futu.cash_before", own.cash_before)?))
}

fn amount(key: &'static str, value: Decimal) -> Result<Amount, UnfitSetting> {
    unfit(key, Amount::from_decimal(value))
}
