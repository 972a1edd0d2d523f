//! What a trigger's entries moved in and out of escrow, by asset and by what they are about.

use std::collections::{BTreeMap, HashMap};

use super::{Kept, broken};
use crate::fixed::{Amount, NumberError};
use crate::id::LedgerAccountId;
use crate::invariant::{Invariant, Violation};
use crate::ledger::account::{AccountKey, AccountKind, Asset};
use crate::ledger::entry::{EntryKey, EntryKind};
use crate::payout::{Payout, PayoutState};
use crate::trigger::{Trigger, TriggerKind};

/// See the file's sentence.
#[derive(Debug)]
pub(super) struct Sums<'a> {
    trigger: &'a Trigger,
    accounts: &'a HashMap<LedgerAccountId, AccountKey>,
    /// What was given, and in which asset.
    given: BTreeMap<&'a Asset, i128>,
    traded: BTreeMap<&'a Asset, i128>,
    paid: BTreeMap<EntryKey, BTreeMap<&'a Asset, i128>>,
}

impl<'a> Sums<'a> {
    /// None yet.
    pub fn of(trigger: &'a Trigger, accounts: &'a HashMap<LedgerAccountId, AccountKey>) -> Self {
        Self {
            trigger,
            accounts,
            given: BTreeMap::new(),
            traded: BTreeMap::new(),
            paid: BTreeMap::new(),
        }
    }

    /// Adds an entry of the trigger: what it moves is its subscription's.
    pub fn add(&mut self, entry: &Kept) -> Result<(), Violation> {
        for (account, amount) in &entry.lines {
            let Some(key) = self.accounts.get(account) else {
                return Err(self.wrong(format!("entry {} is on the unknown account {account}", entry.seq)));
            };
            if key.kind != AccountKind::ChainEscrow {
                continue;
            }
            if key.owner != self.trigger.subscription.0 {
                return Err(self.wrong(format!("entry {} `{}` moves {key}", entry.seq, entry.key)));
            }
            let sums = match entry.kind {
                EntryKind::Contract => &mut self.given,
                EntryKind::Trade => &mut self.traded,
                _ => self.paid.entry(entry.key.clone()).or_default(),
            };
            *sums.entry(&key.asset).or_default() += i128::from(amount.units());
        }
        Ok(())
    }

    /// So much was given, in one asset.
    pub fn given(&self, amount: Amount) -> Result<(), Violation> {
        let sums: Vec<i128> = self.given.values().copied().collect();
        if sums != [i128::from(amount.units())] {
            return Err(self.wrong(format!(
                "{amount} was given, and its log's entry says {}",
                told(&self.given)
            )));
        }
        Ok(())
    }

    /// What was traded left escrow in the one asset, and came into it in the other.
    pub fn traded(&self, trigger: &Trigger) -> Result<(), Violation> {
        let [out, into] = trade(trigger).map_err(|error| self.wrong(error.to_string()))?;
        let asset = self.given.keys().next();
        let moved = |own: bool| -> i128 {
            let of = self.traded.iter().filter(|(traded, _)| (Some(*traded) == asset) == own);
            of.map(|(_, sum)| *sum).sum()
        };
        if (moved(true), moved(false)) != (-i128::from(out.units()), i128::from(into.units())) {
            return Err(self.wrong(format!(
                "its trade took {out} and brought {into}, and the entry says {}",
                told(&self.traded)
            )));
        }
        Ok(())
    }

    /// Each payout's entry moves what was paid, in the asset that is paid.
    pub fn paid(&self, payouts: &[Payout]) -> Result<(), Violation> {
        let given_in = self.given.keys().next();
        for payout in payouts {
            let Some(sums) = self.paid.get(&EntryKey::payout(payout.id)) else {
                continue;
            };
            let is_back = payout.kind.is_money() == (self.trigger.kind == TriggerKind::Deposit);
            let fits = matches!(payout.state, PayoutState::Confirmed { .. })
                && sums.len() == 1
                && sums.iter().all(|(asset, sum)| {
                    (Some(asset) == given_in) == is_back && *sum == -i128::from(payout.amount.units())
                });
            if !fits {
                let detail = format!(
                    "payout {} of trigger {} paid {}, and its entry says {}",
                    payout.id,
                    self.trigger.id,
                    payout.amount,
                    told(sums)
                );
                return Err(broken(Invariant::PaidOnce, detail));
            }
        }
        Ok(())
    }

    fn wrong(&self, what: impl std::fmt::Display) -> Violation {
        let detail = format!("trigger {}: {what}", self.trigger.id);
        broken(Invariant::TriggerEndsOnce, detail)
    }
}

/// What its trade took out of escrow, and what it brought.
fn trade(trigger: &Trigger) -> Result<[Amount; 2], NumberError> {
    let shares = Amount::from_units(trigger.filled.units())?;
    Ok(match trigger.kind {
        TriggerKind::Deposit => [trigger.value.plus(trigger.fee)?, shares],
        TriggerKind::Redeem => [shares, trigger.value.minus(trigger.fee)?],
    })
}

/// What is due to the user: of what was given, and of what was got for it.
pub(super) fn due(trigger: &Trigger) -> Result<(Amount, Amount), NumberError> {
    let [out, into] = trade(trigger)?;
    Ok((trigger.amount.minus(out)?, into))
}

fn told(sums: &BTreeMap<&Asset, i128>) -> String {
    let lines = sums.iter().map(|(asset, sum)| match Amount::from_wide(*sum) {
        Ok(sum) => format!("{sum} {}", asset.as_str()),
        Err(_) => format!("too much {}", asset.as_str()),
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        "nothing".to_owned()
    } else {
        lines.join(" and ")
    }
}
