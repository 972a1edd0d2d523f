//! What came of deposits and redemptions, counted from the store.

use std::collections::VecDeque;

use domain::fixed::Amount;
use domain::page::Page;
use domain::payout::{Payout, PayoutKind, PayoutState};
use domain::trigger::{Trigger, TriggerKind, TriggerState};
use serde::Serialize;

use crate::ports::store::{PayoutFilter, Store, StoreError, TriggerFilter};

/// Largest page that is counted at once.
const PAGE: u32 = 500;
/// How many of the newest triggers are shown.
const NEWEST: usize = 5;

/// What came of deposits and redemptions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VaultSummary {
    /// Deposits and redemptions on record.
    pub triggers: u64,
    /// Those that ended in shares or money.
    pub settled: u64,
    /// Those that were given back.
    pub returned: u64,
    /// Shares bought and sold for them.
    pub shares: Amount,
    /// Shares that users gave up.
    pub redeemed: Amount,
    /// Shares that were minted for deposits.
    pub minted: Amount,
    /// Shares of redemptions that were not sold, minted again.
    pub reminted: Amount,
    /// Money of deposits that went back.
    pub refunded: Amount,
    /// Money that was paid for sold shares.
    pub proceeds: Amount,
    /// Shares that the users have on the chain; `None` where nobody could ask it.
    pub on_chain: Option<Amount>,
}

/// The same, with the newest triggers and what was paid for each.
#[derive(Debug, Default)]
pub struct Outcome {
    /// In numbers.
    pub summary: VaultSummary,
    /// Newest last.
    pub newest: Vec<(Trigger, Vec<Payout>)>,
}

impl VaultSummary {
    /// Whether all has come to its end, and the chain has the shares that the store says.
    pub fn is_right(&self) -> bool {
        let issued = Amount::sum([self.minted, self.reminted]);
        let held = issued.and_then(|issued| issued.minus(self.redeemed));
        let agrees = self.on_chain.is_none_or(|on_chain| held == Ok(on_chain));
        self.triggers == self.settled + self.returned && agrees
    }

    /// For people; nothing where nobody paid in.
    pub fn text(&self) -> String {
        if self.triggers == 0 {
            return String::new();
        }
        let on_chain = match self.on_chain {
            Some(shares) => format!("users have {shares} shares on the chain"),
            None => "the chain was not asked".to_owned(),
        };
        format!(
            "vault       {} deposits and redemptions, {} settled, {} returned, {} shares traded\n\
             on chain    {} shares minted, {} given up, {} minted again; {} USDT refunded, {} paid for shares; {on_chain}\n",
            self.triggers,
            self.settled,
            self.returned,
            self.shares,
            self.minted,
            self.redeemed,
            self.reminted,
            self.refunded,
            self.proceeds,
        )
    }

    fn count(&mut self, trigger: &Trigger) {
        self.triggers += 1;
        self.settled += u64::from(matches!(trigger.state, TriggerState::Settled { .. }));
        self.returned += u64::from(matches!(trigger.state, TriggerState::Returned { .. }));
        let shares = Amount::from_units(trigger.filled.units()).unwrap_or_default();
        add(&mut self.shares, shares);
        match trigger.kind {
            TriggerKind::Deposit => {}
            TriggerKind::Redeem => add(&mut self.redeemed, trigger.amount),
        }
    }

    fn pay(&mut self, payout: &Payout) {
        if !matches!(payout.state, PayoutState::Confirmed { .. }) {
            return;
        }
        let sum = match payout.kind {
            PayoutKind::Mint => &mut self.minted,
            PayoutKind::Refund => &mut self.refunded,
            PayoutKind::Proceeds => &mut self.proceeds,
            PayoutKind::Remint => &mut self.reminted,
        };
        add(sum, payout.amount);
    }
}

fn add(sum: &mut Amount, amount: Amount) {
    *sum = sum.plus(amount).unwrap_or(*sum);
}

/// Counts what came of deposits and redemptions.
pub async fn outcome(store: &dyn Store) -> Result<Outcome, StoreError> {
    let mut summary = VaultSummary::default();
    let newest = count_triggers(store, &mut summary).await?;
    let mut page = Page::first(PAGE);
    loop {
        let payouts = store.payouts(PayoutFilter::default(), page).await?;
        payouts.iter().for_each(|payout| summary.pay(payout));
        match payouts.last() {
            Some(last) if payouts.len() == PAGE as usize => page = Page::after(last.id.0, PAGE),
            _ => break,
        }
    }
    let ids: Vec<_> = newest.iter().map(|trigger| trigger.id).collect();
    let paid = store.payouts_of(&ids).await?;
    let newest = newest.into_iter().map(|trigger| {
        let own = paid.iter().filter(|payout| payout.trigger == trigger.id);
        let own = own.cloned().collect();
        (trigger, own)
    });
    Ok(Outcome {
        summary,
        newest: newest.collect(),
    })
}

async fn count_triggers(store: &dyn Store, summary: &mut VaultSummary) -> Result<VecDeque<Trigger>, StoreError> {
    let mut newest = VecDeque::new();
    let mut page = Page::first(PAGE);
    loop {
        let triggers = store.triggers(TriggerFilter::default(), page).await?;
        let (count, last) = (triggers.len(), triggers.last().map(|trigger| trigger.id.0));
        for trigger in triggers {
            summary.count(&trigger);
            newest.push_back(trigger);
            if newest.len() > NEWEST {
                newest.pop_front();
            }
        }
        match last {
            Some(last) if count == PAGE as usize => page = Page::after(last, PAGE),
            _ => return Ok(newest),
        }
    }
}
