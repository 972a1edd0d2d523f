//! Payouts and what was signed for them, guarded as in the SQL store.

use domain::chain::{Address, ChainId};
use domain::fixed::Amount;
use domain::id::{PayoutId, SubscriptionId};
use domain::page::Page;
use domain::payout::{Attempt, Payout};
use domain::time::Timestamp;

use super::chain_rules::{is_attempt, is_payout};
use super::journal::{Journal, Refusal};
use super::read::sum;
use super::state::State;
use crate::ports::store::{PayoutFilter, StoreError};

impl Journal<'_> {
    pub fn add_payout(&mut self, payout: &Payout) -> Result<(), Refusal> {
        let (id, chains) = (payout.id.0, &self.state.chains);
        self.require(chains.triggers.contains_key(&payout.trigger.0))?;
        self.require(chains.subscriptions.contains_key(&payout.subscription.0))?;
        self.require(is_payout(payout) && !chains.payouts.contains_key(&id))?;
        self.add(
            |state| &mut state.chains.payout_kinds,
            (payout.trigger.0, payout.kind),
            id,
        )?;
        self.add(|state| &mut state.chains.payout_keys, payout.key, id)?;
        self.put_payout(payout.clone());
        Ok(())
    }

    pub fn update_payout(&mut self, payout: &Payout) -> Result<(), Refusal> {
        let stored = self.state.chains.payouts.get(&payout.id.0);
        self.require(stored.is_some_and(|stored| stored.version == payout.version && is_same(stored, payout)))?;
        self.require(is_payout(payout))?;
        self.put_payout(Payout {
            version: payout.version + 1,
            ..payout.clone()
        });
        Ok(())
    }

    fn put_payout(&mut self, payout: Payout) {
        let id = payout.id.0;
        if payout.state.is_final() {
            self.remove(|state| &mut state.chains.live_payouts, id);
        } else {
            self.put(|state| &mut state.chains.live_payouts, id, ());
        }
        self.put(|state| &mut state.chains.payouts, id, payout);
    }

    /// One nonce, one payout (PAY-1).
    pub fn add_attempt(&mut self, attempt: &Attempt) -> Result<(), Refusal> {
        self.require(is_attempt(attempt))?;
        if let Some(payout) = attempt.payout {
            self.require(self.state.chains.payouts.contains_key(&payout.0))?;
            let mut others = at(self.state, attempt.chain, attempt.payer, attempt.nonce);
            let taken = others.any(|other| other.payout.is_some_and(|other| other != payout));
            self.require(!taken)?;
        }
        let key = (attempt.chain, attempt.payer, attempt.nonce, attempt.number);
        self.add(|state| &mut state.chains.attempt_hashes, attempt.hash, ())?;
        self.add(|state| &mut state.chains.attempts, key, attempt.clone())
    }
}

/// What is paid, to whom and under which name never changes.
fn is_same(one: &Payout, other: &Payout) -> bool {
    (one.trigger, one.kind, one.subscription, one.chain, one.vault)
        == (other.trigger, other.kind, other.subscription, other.chain, other.vault)
        && (one.recipient, &one.raw, one.amount, one.key) == (other.recipient, &other.raw, other.amount, other.key)
}

fn at(state: &State, chain: ChainId, payer: Address, nonce: u64) -> impl Iterator<Item = &Attempt> {
    let numbers = (chain, payer, nonce, 0)..=(chain, payer, nonce, u32::MAX);
    state.chains.attempts.range(numbers).map(|(_, attempt)| attempt)
}

/// Payouts of a page.
pub fn list(state: &State, filter: PayoutFilter, page: Page) -> Vec<Payout> {
    let fits = |payout: &&Payout| {
        filter.subscription.is_none_or(|id| payout.subscription == id)
            && filter.chain.is_none_or(|chain| payout.chain == chain)
            && filter.live.is_none_or(|live| payout.state.is_final() != live)
            && filter.state.is_none_or(|state| payout.state.as_str() == state)
    };
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let chains = &state.chains;
    if filter.live == Some(true) {
        let live = chains.live_payouts.keys().filter(|id| **id > page.after);
        let live = live.filter_map(|id| chains.payouts.get(id));
        return live.filter(fits).take(limit).cloned().collect();
    }
    let beyond = chains.payouts.values().filter(|payout| payout.id.0 > page.after);
    beyond.filter(fits).take(limit).cloned().collect()
}

/// Σ of payouts that were made at this time or later.
pub fn paid_since(
    state: &State,
    subscription: SubscriptionId,
    is_money: bool,
    recipient: Option<Address>,
    since: Timestamp,
) -> Result<Amount, StoreError> {
    let payouts = state.chains.payouts.values();
    let own = payouts.filter(|payout| payout.subscription == subscription && payout.kind.is_money() == is_money);
    let recent = own.filter(|payout| payout.created_at >= since);
    let theirs = recent.filter(|payout| recipient.is_none_or(|recipient| payout.recipient == recipient));
    sum(theirs.map(|payout| payout.amount).collect(), "paid")
}

/// Transactions for a payout, oldest first.
pub fn attempts_of(state: &State, payout: PayoutId) -> Vec<Attempt> {
    let attempts = state.chains.attempts.values();
    let mut own: Vec<Attempt> = attempts
        .filter(|attempt| attempt.payout == Some(payout))
        .cloned()
        .collect();
    own.sort_by_key(|attempt| (attempt.nonce, attempt.number));
    own
}

/// Transactions with these nonces.
pub fn attempts_at(state: &State, chain: ChainId, payer: Address, nonces: &[u64]) -> Vec<Attempt> {
    let mut nonces = nonces.to_vec();
    nonces.sort_unstable();
    nonces.dedup();
    let found = nonces.into_iter().flat_map(|nonce| at(state, chain, payer, nonce));
    found.cloned().collect()
}

/// The highest nonce that was used.
pub fn last_nonce(state: &State, chain: ChainId, payer: Address) -> Option<u64> {
    let own = (chain, payer, 0, 0)..=(chain, payer, u64::MAX, u32::MAX);
    let last = state.chains.attempts.range(own).next_back();
    last.map(|(_, attempt)| attempt.nonce)
}
