//! Solvency: what the ledger says is in vaults, given out in shares and held at the stock venue, beside what is there.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::fixed::{Amount, NumberError};
use crate::id::SubscriptionId;
use crate::ledger::Asset;
use crate::time::Timestamp;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Money in the vault: what its custody account says, beside the token's balance.
    VaultMoney,
    /// Money that is owed from the vault or reserved in it, beside the token's balance: only too little is a difference.
    VaultCover,
    /// Shares given out: what the supply account says, beside the token's total supply.
    ShareSupply,
    /// Cash at the stock venue, beside what the clearing account says.
    VenueCash,
    /// Shares at the stock venue, beside what the clearing account says.
    VenueShares,
}

impl Measure {
    /// Name in the API and the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VaultMoney => "vault_money",
            Self::VaultCover => "vault_cover",
            Self::ShareSupply => "share_supply",
            Self::VenueCash => "venue_cash",
            Self::VenueShares => "venue_shares",
        }
    }
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Whose; `None` for what all subscriptions share at the stock venue.
    pub subscription: Option<SubscriptionId>,
    /// What.
    pub measure: Measure,
    /// In which asset.
    pub asset: Asset,
    /// What the ledger says.
    pub ledger: Amount,
    /// What is there.
    pub outside: Amount,
    /// What is there beyond what the ledger says; negative: it is missing.
    pub difference: Amount,
}

/// What the ledger and the world say of a vault, at the ledger's scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultFacts {
    /// Whose.
    pub subscription: SubscriptionId,
    /// The money in the ledger.
    pub money: Asset,
    /// The shares in the ledger.
    pub share: Asset,
    /// Balance of its custody account: negative by what the vault holds.
    pub custody: Amount,
    /// Balance of its escrow of money.
    pub escrow: Amount,
    /// Balance of its reserve.
    pub reserve: Amount,
    /// Balance of its supply account: negative by what was burned beyond what was given out here.
    pub supply: Amount,
    /// The vault's balance of the money token, without what is finer than the ledger's scale.
    pub vault_money: Amount,
    /// The share token's total supply, without what is finer than the ledger's scale.
    pub total_supply: Amount,
    /// What of both was there before the ledger began to follow: money, shares.
    pub began_with: (Amount, Amount),
}

/// What the ledger and the stock venue say of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenueFacts {
    /// Cash or shares.
    pub measure: Measure,
    /// Which.
    pub asset: Asset,
    /// Balance of the clearing account: negative by what is held beside what it began with.
    pub clearing: Amount,
    /// What the venue held before the ledger began to follow.
    pub began_with: Amount,
    /// What the venue holds.
    pub held: Amount,
}

/// Compares a vault.
///
/// # Errors
/// Sums beyond what an amount can be.
pub fn vault(facts: &VaultFacts) -> Result<[Compared; 3], NumberError> {
    let compared = |measure, asset: &Asset, ledger: Amount, outside: Amount| {
        Ok(Compared {
            subscription: Some(facts.subscription),
            measure,
            asset: asset.clone(),
            ledger,
            outside,
            difference: outside.minus(ledger)?,
        })
    };
    let in_custody = facts.began_with.0.minus(facts.custody)?;
    let owed = facts.escrow.plus(facts.reserve)?;
    let supplied = facts.began_with.1.plus(facts.supply)?;
    let mut cover = compared(Measure::VaultCover, &facts.money, owed, facts.vault_money)?;
    if cover.difference.is_positive() {
        cover.difference = Amount::ZERO;
    }
    Ok([
        compared(Measure::VaultMoney, &facts.money, in_custody, facts.vault_money)?,
        cover,
        compared(Measure::ShareSupply, &facts.share, supplied, facts.total_supply)?,
    ])
}

/// Compares an asset at the stock venue.
///
/// # Errors
/// Sums beyond what an amount can be.
pub fn venue(facts: &VenueFacts) -> Result<Compared, NumberError> {
    let ledger = facts.began_with.minus(facts.clearing)?;
    Ok(Compared {
        subscription: None,
        measure: facts.measure,
        asset: facts.asset.clone(),
        ledger,
        outside: facts.held,
        difference: facts.held.minus(ledger)?,
    })
}

/// All comparisons of one look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SolvencyReport {
    /// When.
    pub at: Timestamp,
    /// Vault by vault, then the stock venue.
    pub compared: Vec<Compared>,
    /// What could not be asked; no secrets.
    pub unasked: Vec<String>,
}

/// What makes a difference one: whose, of what, in which asset.
type Place = (Option<SubscriptionId>, Measure, Asset);

/// Differences, and since when each is there without a break.
#[derive(Debug, Clone, Default)]
pub struct Differences {
    /// Since when, and the smallest magnitude since, with its sign.
    open: BTreeMap<Place, (Timestamp, Amount)>,
}

/// A difference that is there for longer than it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lasting {
    /// The last comparison.
    pub compared: Compared,
    /// Since when.
    pub since: Timestamp,
    /// The smallest that it was since: what is on its way explains no more than the rest.
    pub least: Amount,
}

impl Differences {
    /// Takes in a look, and tells what is there for longer than `tolerated`. A difference that was zero or had the other sign in
    /// between is a new one: what is on its way comes and goes. What was not asked this time neither begins nor ends.
    pub fn take(&mut self, report: &SolvencyReport, tolerated: Duration) -> Vec<Lasting> {
        let mut lasting = Vec::new();
        for compared in &report.compared {
            let place = (compared.subscription, compared.measure, compared.asset.clone());
            let now = compared.difference;
            if now.is_zero() {
                self.open.remove(&place);
                continue;
            }
            let known = self.open.get(&place).copied();
            let (since, least) = match known {
                Some((since, least)) if least.is_positive() == now.is_positive() => {
                    (since, if now.abs() < least.abs() { now } else { least })
                }
                Some(_) | None => (report.at, now),
            };
            self.open.insert(place, (since, least));
            if report.at.since(since) >= tolerated {
                lasting.push(Lasting {
                    compared: compared.clone(),
                    since,
                    least,
                });
            }
        }
        lasting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn facts() -> VaultFacts {
        VaultFacts {
            subscription: SubscriptionId(2),
            money: Asset::new("USDT").unwrap(),
            share: Asset::new("AAPL").unwrap(),
            custody: amount("-150"),
            escrow: amount("100"),
            reserve: amount("20"),
            supply: amount("7.5"),
            vault_money: amount("150"),
            total_supply: amount("7.5"),
            began_with: (Amount::ZERO, Amount::ZERO),
        }
    }

    fn differences(facts: &VaultFacts) -> [String; 3] {
        vault(facts).unwrap().map(|compared| compared.difference.to_string())
    }

    #[test]
    fn s3_28_each_difference_between_ledger_and_vault_is_named_with_its_sign() {
        assert_eq!(differences(&facts()), ["0", "0", "0"]);
        let robbed = VaultFacts {
            vault_money: amount("110"),
            ..facts()
        };
        assert_eq!(differences(&robbed), ["-40", "-10", "0"]);
        let minted = VaultFacts {
            total_supply: amount("8"),
            ..facts()
        };
        assert_eq!(differences(&minted), ["0", "0", "0.5"]);
        let older = VaultFacts {
            vault_money: amount("151"),
            total_supply: amount("107.5"),
            began_with: (amount("1"), amount("100")),
            ..facts()
        };
        assert_eq!(differences(&older), ["0", "0", "0"]);
    }

    #[test]
    fn what_the_venue_holds_is_compared_beside_what_it_began_with() {
        let facts = VenueFacts {
            measure: Measure::VenueShares,
            asset: Asset::new("AAPL").unwrap(),
            clearing: amount("-7.5"),
            began_with: amount("10"),
            held: amount("17"),
        };
        assert_eq!(venue(&facts).unwrap().difference, amount("-0.5"));
    }

    #[test]
    fn s3_28_a_difference_counts_only_when_it_lasts_and_what_comes_and_goes_does_not() {
        let look = |seconds: i64, vault_money: &str| SolvencyReport {
            at: Timestamp(seconds * 1_000),
            compared: vault(&VaultFacts {
                vault_money: amount(vault_money),
                ..facts()
            })
            .unwrap()
            .to_vec(),
            unasked: Vec::new(),
        };
        let (mut differences, tolerated) = (Differences::default(), Duration::from_secs(60));
        assert!(differences.take(&look(0, "155"), tolerated).is_empty());
        assert!(differences.take(&look(40, "145"), tolerated).is_empty());
        assert!(differences.take(&look(80, "150"), tolerated).is_empty());
        assert!(differences.take(&look(100, "160"), tolerated).is_empty());
        assert!(differences.take(&look(130, "152"), tolerated).is_empty());
        let lasting = differences.take(&look(160, "155"), tolerated);
        assert_eq!(lasting.len(), 1);
        assert_eq!((lasting[0].since, lasting[0].least), (Timestamp(100_000), amount("2")));
        assert_eq!(lasting[0].compared.measure, Measure::VaultMoney);
    }
}
