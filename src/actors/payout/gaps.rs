//! Nonces that hold up those behind them, and that no payout looks after any more.

use std::collections::HashMap;

use domain::chain::Hash;
use domain::payout::Attempt;
use domain::payout::nonces::{self, Gap, GapSeen, Need};

use super::cashier::Cashier;
use super::deps::PayoutError;
use super::round::{Parcel, Round};
use super::told;

impl Cashier {
    /// Has every open nonce sent again or filled that nobody looks after.
    pub(super) async fn fill_gaps(&mut self, round: &mut Round) {
        if self.deps.rules.dry_run || round.is_blind {
            return;
        }
        let open = round.nonces.open(self.deps.rules.window.max(1));
        let orphans: Vec<u64> = open
            .into_iter()
            .filter(|nonce| !self.is_minded(round, *nonce))
            .collect();
        if orphans.is_empty() {
            return self.memory.open_since.clear();
        }
        if let Err(error) = self.mind_gaps(round, &orphans).await {
            told::gap_blind(&error);
        }
    }

    /// Whether a payout looks after a nonce. One of a subscription that is halted does so only while nothing waits behind it.
    fn is_minded(&self, round: &Round, nonce: u64) -> bool {
        let Some(holder) = round
            .payouts
            .iter()
            .find(|payout| nonces::is_held_by(&payout.state, nonce))
        else {
            return false;
        };
        if round.barred(holder, &self.deps).is_none() {
            return true;
        }
        let is_behind = |held: Option<u64>| held.is_some_and(|held| held > nonce);
        let mut others = round.payouts.iter();
        !others.any(|other| is_behind(other.state.nonce()) && round.barred(other, &self.deps).is_none())
    }

    async fn mind_gaps(&mut self, round: &mut Round, orphans: &[u64]) -> Result<(), PayoutError> {
        let Some(market) = round.market else {
            return Ok(());
        };
        let (chain, payer) = (self.deps.chain.id(), self.deps.payer());
        let signed = self.deps.store.attempts_at(chain, payer, orphans).await?;
        let mut last: HashMap<u64, Attempt> = HashMap::new();
        for attempt in signed {
            last.insert(attempt.nonce, attempt);
        }
        let hashes: Vec<Hash> = last.values().map(|attempt| attempt.hash).collect();
        let known = self.known(hashes).await;
        for nonce in orphans {
            let newest = last.get(nonce);
            let seen = GapSeen {
                is_known: newest.is_some_and(|newest| known.get(&newest.hash).copied().unwrap_or(true)),
                since: *self.memory.open_since.entry(*nonce).or_insert(round.now),
                market,
            };
            let need = newest.map_or(Need::Unsigned, Need::Nobody);
            let rules = &self.deps.rules;
            let gap = nonces::gap(
                need,
                *nonce,
                &round.nonces,
                seen,
                &rules.fees,
                rules.stuck_after,
                round.now,
            );
            let number = newest.map_or(0, |newest| newest.number).saturating_add(1);
            match gap {
                Gap::Leave => {}
                Gap::Fill(fees) => self.fill(round, *nonce, number, fees).await?,
                Gap::Resend => {
                    told::gap(*nonce, "is sent again");
                    round.parcels.extend(newest.map(|newest| Parcel {
                        payout: None,
                        attempt: newest.clone(),
                    }));
                }
            }
        }
        Ok(())
    }
}
