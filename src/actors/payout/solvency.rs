//! Solvency: the ledger beside the vaults, the share tokens and the stock venue, compared again and again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix::Recipient;
use domain::alert::AlertKind;
use domain::chain::{Address, RawAmount};
use domain::fixed::{Amount, Quantity};
use domain::id::SubscriptionId;
use domain::ledger::{AccountKey, AccountKind, Asset};
use domain::market::Symbol;
use domain::trigger::Listing;
use domain::trigger::solvency::{
    self, Compared, Differences, Lasting, Measure, SolvencyReport, VaultFacts, VenueFacts,
};

use super::deps::PayoutError;
use crate::actors::mail::{Raise, Resolve};
use crate::actors::spawn::poke;
use crate::clock::Clock;
use crate::event;
use crate::ports::chain::{Abi, Chain, ChainError};
use crate::ports::stocks::StockVenue;
use crate::ports::store::Store;

/// What was there before the ledger began to follow; it is no difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Beginning {
    /// Money in the vault.
    pub vault_money: Amount,
    /// Shares given out.
    pub shares: Amount,
    /// Shares of the stock at the venue.
    pub venue_shares: Amount,
}

/// What the comparison needs.
#[derive(Clone)]
pub struct SolvencyDeps {
    /// What is on record.
    pub store: Arc<dyn Store>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// The vaults' words.
    pub abi: Arc<dyn Abi>,
    /// Each vault with its chain and what was there before.
    pub vaults: Vec<(Arc<dyn Chain>, Listing, Beginning)>,
    /// The stock venue with the money that its cash is in, and the cash that was there before; nothing is compared there when absent.
    pub stocks: Option<(Arc<dyn StockVenue>, Asset, Amount)>,
    /// Longest wait for an answer.
    pub call_deadline: Duration,
    /// A difference is told when it is there for longer.
    pub tolerated: Duration,
    /// Who is told that something is wrong.
    pub raises: Recipient<Raise>,
    /// Who is told that it is over.
    pub resolves: Recipient<Resolve>,
    /// Differences that were seen, and alerts that were raised. Starts empty.
    pub seen: Arc<Mutex<(Differences, BTreeSet<String>)>>,
}

impl SolvencyDeps {
    async fn ask<T>(&self, call: impl Future<Output = Result<T, ChainError>>) -> Result<T, ChainError> {
        let answer = tokio::time::timeout(self.call_deadline, call).await;
        answer.unwrap_or_else(|_| Err(ChainError::Unreachable("no answer in time".to_owned())))
    }
}

/// Compares everything once.
///
/// # Errors
/// When the store does not answer; what the world does not answer is named in the report.
pub async fn compare(deps: &SolvencyDeps) -> Result<SolvencyReport, PayoutError> {
    let mut report = SolvencyReport {
        at: deps.clock.now(),
        ..SolvencyReport::default()
    };
    for (chain, listing, began) in &deps.vaults {
        match outside(deps, chain.as_ref(), listing).await {
            Ok((vault_money, total_supply)) => {
                let facts = vault_facts(deps, listing, began, vault_money, total_supply).await?;
                report.compared.extend(solvency::vault(&facts)?);
            }
            Err(error) => report.unasked.push(format!("vault of {}: {error}", listing.name)),
        }
    }
    if let Some((stocks, money, cash)) = &deps.stocks {
        let asked = tokio::time::timeout(deps.call_deadline, stocks.holdings()).await;
        match asked {
            Ok(Ok(held)) => {
                let cash_held = VenueFacts {
                    measure: Measure::VenueCash,
                    asset: money.clone(),
                    clearing: clearing(deps, money).await?,
                    began_with: *cash,
                    held: held.cash,
                };
                report.compared.push(solvency::venue(&cash_held)?);
                report.compared.extend(venue_shares(deps, &held.shares).await?);
            }
            Ok(Err(error)) => report.unasked.push(format!("{}: {error}", stocks.name())),
            Err(_) => report.unasked.push(format!("{}: no answer in time", stocks.name())),
        }
    }
    Ok(report)
}

/// Compares everything once, and raises an alert on each difference that lasts.
///
/// # Errors
/// When the store does not answer.
pub async fn watch_solvency(deps: &SolvencyDeps) -> Result<SolvencyReport, PayoutError> {
    describe();
    let report = compare(deps).await?;
    let mut seen = deps.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let (differences, told) = &mut *seen;
    let lasting = differences.take(&report, deps.tolerated);
    let open: BTreeSet<String> = lasting.iter().map(|lasting| subject(&lasting.compared)).collect();
    for lasting in &lasting {
        let (kind, subject) = (AlertKind::SolvencyDifference, subject(&lasting.compared));
        let message = message(lasting);
        poke(&deps.raises, Raise { kind, subject, message });
    }
    // What could not be asked is not over.
    let asked: BTreeSet<String> = report.compared.iter().map(subject).collect();
    for subject in told.difference(&open).filter(|subject| asked.contains(*subject)) {
        let (kind, subject) = (AlertKind::SolvencyDifference, subject.clone());
        poke(&deps.resolves, Resolve { kind, subject });
    }
    let unasked: BTreeSet<String> = told.difference(&asked).cloned().collect();
    *told = open.union(&unasked).cloned().collect();
    show(&report);
    Ok(report)
}

/// The vault's balance of money and the shares given out, at the ledger's scale.
async fn outside(deps: &SolvencyDeps, chain: &dyn Chain, listing: &Listing) -> Result<(Amount, Amount), ChainError> {
    let number = async |token: Address, call: Vec<u8>, decimals: u32| -> Result<Amount, ChainError> {
        let answer = deps.ask(chain.call(token, &call)).await?;
        let raw: RawAmount = deps.abi.number(&answer)?;
        let (amount, _) = raw
            .to_ledger(decimals)
            .map_err(|error| ChainError::Malformed(error.to_string()))?;
        Ok(amount)
    };
    let balance = deps.abi.balance_call(listing.vault);
    let money = number(listing.money_token, balance, listing.money_decimals).await?;
    let supply = number(listing.share_token, deps.abi.supply_call(), listing.share_decimals).await?;
    Ok((money, supply))
}

async fn vault_facts(
    deps: &SolvencyDeps,
    listing: &Listing,
    began: &Beginning,
    vault_money: Amount,
    total_supply: Amount,
) -> Result<VaultFacts, PayoutError> {
    let SubscriptionId(owner) = listing.subscription;
    let of = |kind, asset: &Asset| AccountKey {
        kind,
        owner,
        asset: asset.clone(),
    };
    let keys = [
        of(AccountKind::ChainCustody, &listing.money),
        of(AccountKind::ChainEscrow, &listing.money),
        of(AccountKind::RefundReserve, &listing.money),
        of(AccountKind::ShareSupply, &listing.share),
    ];
    let [custody, escrow, reserve, supply] = balances(deps, &keys).await?;
    Ok(VaultFacts {
        subscription: listing.subscription,
        money: listing.money.clone(),
        share: listing.share.clone(),
        custody,
        escrow,
        reserve,
        supply,
        vault_money,
        total_supply,
        began_with: (began.vault_money, began.shares),
    })
}

/// Shares of every listed stock at the venue; a stock that several vaults deal in is compared once.
async fn venue_shares(deps: &SolvencyDeps, held: &[(Symbol, Quantity)]) -> Result<Vec<Compared>, PayoutError> {
    let mut compared = Vec::new();
    let mut seen = BTreeSet::new();
    for (_, listing, began) in &deps.vaults {
        if !seen.insert(&listing.share) {
            continue;
        }
        let here = held.iter().find(|(symbol, _)| *symbol == listing.symbol);
        let units = here.map_or(0, |(_, quantity)| quantity.units());
        compared.push(solvency::venue(&VenueFacts {
            measure: Measure::VenueShares,
            asset: listing.share.clone(),
            clearing: clearing(deps, &listing.share).await?,
            began_with: began.venue_shares,
            held: Amount::from_units(units)?,
        })?);
    }
    Ok(compared)
}

async fn clearing(deps: &SolvencyDeps, asset: &Asset) -> Result<Amount, PayoutError> {
    let key = AccountKey {
        kind: AccountKind::VenueClearing,
        owner: 0,
        asset: asset.clone(),
    };
    let [balance] = balances(deps, &[key]).await?;
    Ok(balance)
}

async fn balances<const N: usize>(deps: &SolvencyDeps, keys: &[AccountKey; N]) -> Result<[Amount; N], PayoutError> {
    let accounts = deps.store.accounts_by_key(keys).await?;
    let balance = |key: &AccountKey| {
        let account = accounts.iter().find(|account| account.key == *key);
        account.map_or(Amount::ZERO, |account| account.balance)
    };
    Ok(keys.each_ref().map(balance))
}

fn subject(compared: &Compared) -> String {
    let whose = compared.subscription.map_or_else(
        || "venue".to_owned(),
        |subscription| format!("subscription:{subscription}"),
    );
    format!("{whose}:{}:{}", compared.measure.as_str(), compared.asset)
}

fn message(lasting: &Lasting) -> String {
    let Compared {
        ledger,
        outside,
        difference,
        asset,
        ..
    } = &lasting.compared;
    format!(
        "the ledger says {ledger} {asset}, there is {outside}: a difference of {difference}, since {}, never smaller than {}",
        lasting.since, lasting.least
    )
}

fn describe() {
    metrics::describe_gauge!(
        "bursar_solvency_differences",
        "Comparisons of ledger and world that differ at the last look, by what is compared"
    );
}

fn show(report: &SolvencyReport) {
    let measures = [
        Measure::VaultMoney,
        Measure::VaultCover,
        Measure::ShareSupply,
        Measure::VenueCash,
        Measure::VenueShares,
    ];
    for measure in measures {
        let differ = report.compared.iter();
        let differ = differ.filter(|compared| compared.measure == measure && !compared.difference.is_zero());
        let count = u32::try_from(differ.count()).unwrap_or(u32::MAX);
        metrics::gauge!("bursar_solvency_differences", "measure" => measure.as_str()).set(count);
    }
    for compared in report.compared.iter().filter(|compared| !compared.difference.is_zero()) {
        tracing::info!(event = event::SOLVENCY_COMPARED, subject = subject(compared), difference = %compared.difference,
            "{}: the ledger says {}, there is {}", subject(compared), compared.ledger, compared.outside);
    }
    for unasked in &report.unasked {
        tracing::warn!(event = event::SOLVENCY_COMPARED, "not compared: {unasked}");
    }
}
