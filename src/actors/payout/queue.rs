//! Payouts that nothing is signed for: which of them are signed now, and why not the others.

use std::collections::HashMap;

use domain::id::SubscriptionId;
use domain::payout::decide::{self, Estimate, Paid, QueuedSeen, QueuedStep};
use domain::payout::limits::{self, DAY, Spent};
use domain::payout::{Payout, fees};
use futures::StreamExt;

use super::cashier::Cashier;
use super::deps::{PayoutDeps, PayoutError};
use super::flight::cost;
use super::round::{Done, Round};
use super::told;
use crate::ports::chain::ChainError;

/// A payout with what keeps it from being signed, as far as that is known from what is on record.
struct Candidate {
    payout: Payout,
    over: Option<String>,
    is_covered: bool,
    /// Whether the vault is asked: it may be signed, or something was signed for it before.
    is_asked: bool,
}

impl Cashier {
    /// Signs what may be signed, in order, as far as nonces may wait.
    pub(super) async fn sign_queued(&mut self, round: &mut Round) {
        let candidates = self.candidates(round).await;
        let estimates = self.estimates(&candidates).await;
        for candidate in candidates {
            let payout = candidate.payout.clone();
            let estimate = estimates.get(&payout.id.0).cloned();
            if let Err(error) = self.consider(round, candidate, estimate).await {
                told::blind(&payout, &error);
            }
        }
    }

    /// Every payout that nothing is signed for and that is not barred, with its limits. Only as many as may be signed are asked for
    /// further.
    async fn candidates(&mut self, round: &mut Round) -> Vec<Candidate> {
        let queued = round.queued();
        let mut room = round.nonces.room(self.deps.rules.window);
        let mut committed = self.committed(round);
        let mut chosen: Vec<Payout> = Vec::new();
        let mut candidates = Vec::new();
        for payout in &queued {
            if let Some(why) = round.barred(payout, &self.deps) {
                if let Err(error) = self.note(round, payout, Some(why)).await {
                    told::blind(payout, &error);
                }
                continue;
            }
            let over = match self.over(round, payout, &chosen).await {
                Ok(over) => over,
                Err(error) => {
                    told::blind(payout, &error);
                    continue;
                }
            };
            let is_covered = self.is_covered(round, payout, &committed);
            let is_ready = over.is_none() && is_covered && room > 0;
            if is_ready {
                room -= 1;
                chosen.push(payout.clone());
                let units = payout.raw.units().unwrap_or(u128::MAX);
                let sum = committed.entry(payout.subscription).or_default();
                *sum = sum.saturating_add(if payout.kind.is_money() { units } else { 0 });
            } else if over.is_none() && is_covered {
                // There is no room for it now.
                continue;
            }
            candidates.push(Candidate {
                payout: payout.clone(),
                over,
                is_covered,
                is_asked: is_ready || payout.attempts > 0,
            });
        }
        candidates
    }

    /// Units of money that are signed away and not in a block yet, by subscription.
    fn committed(&self, round: &Round) -> HashMap<SubscriptionId, u128> {
        let mut sums = HashMap::new();
        let flying = round.flying();
        for payout in flying
            .iter()
            .filter(|payout| payout.kind.is_money() && !round.mined.contains(&payout.id))
        {
            let sum: &mut u128 = sums.entry(payout.subscription).or_default();
            *sum = sum.saturating_add(payout.raw.units().unwrap_or(u128::MAX));
        }
        sums
    }

    fn is_covered(&self, round: &Round, payout: &Payout, committed: &HashMap<SubscriptionId, u128>) -> bool {
        if !payout.kind.is_money() {
            return true;
        }
        let balance = round.balances.get(&payout.subscription).copied().unwrap_or(0);
        let committed = committed.get(&payout.subscription).copied().unwrap_or(0);
        limits::is_covered(balance, committed, payout.raw.units().unwrap_or(u128::MAX))
    }

    /// Which limit a payout is over, beside those that are about to be signed.
    async fn over(&self, round: &Round, payout: &Payout, chosen: &[Payout]) -> Result<Option<String>, PayoutError> {
        let Some(vault) = self.deps.vault(payout.subscription) else {
            return Ok(None);
        };
        let limits = vault.limits(payout.kind.is_money());
        if self.memory.over_limits.contains(&payout.id) || *limits == limits::Limits::default() {
            return Ok(None);
        }
        let since = round.now.before(DAY);
        let (subscription, is_money) = (payout.subscription, payout.kind.is_money());
        let store = &self.deps.store;
        let of_user = store.paid_since(subscription, is_money, Some(payout.recipient), since);
        let of_all = store.paid_since(subscription, is_money, None, since);
        let (of_user, of_all) = futures::try_join!(of_user, of_all)?;
        // What waits has not left; what is about to be signed has, as good as.
        let waiting = || {
            round
                .payouts
                .iter()
                .filter(|other| !chosen.iter().any(|chosen| chosen.id == other.id))
        };
        let spent = Spent {
            user_day: of_user.minus(limits::unspent(waiting(), payout, Some(payout.recipient), since)?)?,
            day: of_all.minus(limits::unspent(waiting(), payout, None, since)?)?,
        };
        Ok(limits::over(limits, payout.amount, &spent)?)
    }

    /// What nodes say that the calls would do, of those that may be signed.
    async fn estimates(&self, candidates: &[Candidate]) -> HashMap<i64, Estimate> {
        let wanted = candidates
            .iter()
            .filter(|candidate| candidate.over.is_none() && candidate.is_covered);
        let asked = wanted.map(|candidate| {
            let (deps, payout) = (&self.deps, &candidate.payout);
            async move { (payout.id.0, estimate(deps, payout).await) }
        });
        let answers = futures::stream::iter(asked).buffer_unordered(self.deps.options.parallel.max(1));
        answers.collect().await
    }

    async fn consider(
        &mut self,
        round: &mut Round,
        candidate: Candidate,
        estimate: Option<Estimate>,
    ) -> Result<(), PayoutError> {
        let payout = candidate.payout;
        let paid = match candidate.is_asked {
            true => self.paid(round, &payout).await,
            false => Paid::NotAsked,
        };
        let seen = QueuedSeen {
            paid,
            over: candidate.over,
            is_covered: candidate.is_covered,
            estimate: estimate.unwrap_or_else(|| Estimate::Unknown("no node was asked what it would do".to_owned())),
        };
        match decide::queued(&seen, &self.deps.rules) {
            QueuedStep::Wait(why) => self.note(round, &payout, Some(why)).await,
            QueuedStep::Limited(why) => {
                round.wanted.limited(&payout, &why);
                self.note(round, &payout, Some(why)).await
            }
            QueuedStep::Uncovered => {
                let known = round.balances.get(&payout.subscription);
                let Some(balance) = known else {
                    let why = "the vault's balance is not known".to_owned();
                    return self.note(round, &payout, Some(why)).await;
                };
                let why = format!("the vault holds {balance} units, too few beside what is signed away");
                round.wanted.uncovered(&payout, &why);
                self.note(round, &payout, Some(why)).await
            }
            QueuedStep::Halt(reason) => self.halt(round, payout, reason).await,
            QueuedStep::Confirm { block } => {
                let tx = domain::chain::Hash([0; 32]);
                self.book_one(round, Done { payout, tx, block }).await
            }
            QueuedStep::Sign { gas } => self.sign_if_affordable(round, payout, gas).await,
        }
    }

    async fn sign_if_affordable(&mut self, round: &mut Round, payout: Payout, gas: u64) -> Result<(), PayoutError> {
        if round.is_blind || round.nonces.room(self.deps.rules.window) == 0 {
            return Ok(());
        }
        let Some(market) = round.market else {
            let why = "nobody tells what gas costs".to_owned();
            return self.note(round, &payout, Some(why)).await;
        };
        let fees = fees::first(market, &self.deps.rules.fees);
        let Some(funds) = round.funds else {
            let why = "what the payer holds to pay for gas is not known".to_owned();
            return self.note(round, &payout, Some(why)).await;
        };
        let needed = round.gas_promised.saturating_add(cost(gas, fees.max_fee));
        if funds < needed {
            let why = format!("the payer holds {funds} wei, and {needed} may be needed");
            round.wanted.no_gas(&self.deps, &why);
            return self.note(round, &payout, Some(why)).await;
        }
        self.sign_first(round, payout, gas, fees).await
    }
}

async fn estimate(deps: &PayoutDeps, payout: &Payout) -> Estimate {
    let call = deps.abi.payout_call(payout);
    match deps.ask(deps.chain.estimate(deps.payer(), payout.vault, &call)).await {
        Ok(gas) => Estimate::Gas(gas),
        Err(ChainError::Refused(why)) => Estimate::Reverted(why),
        Err(error) => Estimate::Unknown(format!("no node tells what it would do: {error}")),
    }
}
