//! Signing: a transaction is on record before anybody has it.

use domain::chain::Address;
use domain::change::{Change, ChangeSet};
use domain::payout::fees::{self, Fees};
use domain::payout::{Attempt, Payout, PayoutEvent};

use super::cashier::Cashier;
use super::deps::{PayoutDeps, PayoutError};
use super::flight::cost;
use super::round::{Parcel, Round};
use super::told;
use crate::crash;
use crate::ports::chain::{SignError, Unsigned};
use crate::ports::store::StoreError;

/// Gas of a transfer of nothing (EIP-2028 leaves the base cost of a transaction at 21 000).
const TRANSFER_GAS: u64 = 21_000;

/// What a transaction does: the same for every transaction of a payout.
pub(super) struct Call {
    to: Address,
    data: Vec<u8>,
    gas: u64,
}

impl Call {
    /// The call that pays a payout.
    pub fn paying(deps: &PayoutDeps, payout: &Payout, gas: u64) -> Self {
        Self {
            to: payout.vault,
            data: deps.abi.payout_call(payout),
            gas,
        }
    }

    /// A transfer of nothing from the payer to itself.
    pub fn nothing(deps: &PayoutDeps) -> Self {
        Self {
            to: deps.payer(),
            data: Vec::new(),
            gas: TRANSFER_GAS,
        }
    }
}

impl Cashier {
    /// Signs a payout that nothing is signed for.
    pub(super) async fn sign_first(
        &mut self,
        round: &mut Round,
        payout: Payout,
        gas: u64,
        fees: Fees,
    ) -> Result<(), PayoutError> {
        let nonce = next_nonce(round)?;
        let call = Call::paying(&self.deps, &payout, gas);
        let attempt = self.signed(call, nonce, 1, fees, Some(&payout), round).await?;
        self.keep(round, payout, PayoutEvent::Signed { nonce }, attempt, Vec::new())
            .await
    }

    /// Signs the same call at a fresh nonce, because somebody else used the one before and the vault has not paid.
    pub(super) async fn sign_anew(
        &mut self,
        round: &mut Round,
        payout: Payout,
        attempts: &[Attempt],
    ) -> Result<(), PayoutError> {
        round.wanted.foreign_nonce(&payout);
        if round.is_blind {
            return Ok(());
        }
        let (Some(last), Some(market)) = (attempts.last(), round.market) else {
            return Ok(());
        };
        let nonce = next_nonce(round)?;
        told::foreign_nonce(&payout, last.nonce, nonce);
        let call = Call::paying(&self.deps, &payout, last.gas);
        let fees = fees::first(market, &self.deps.rules.fees);
        let attempt = self.signed(call, nonce, 1, fees, Some(&payout), round).await?;
        self.memory.passed.remove(&(payout.id, last.nonce));
        self.keep(round, payout, PayoutEvent::SignedAnew { nonce }, attempt, Vec::new())
            .await
    }

    /// Signs the same call at the same nonce, with fees that are as high as these at least, and higher than whatever was signed with it.
    pub(super) async fn replace(
        &mut self,
        round: &mut Round,
        payout: Payout,
        fees: Fees,
        beside: Option<Change>,
    ) -> Result<(), PayoutError> {
        let nonce = payout.state.nonce();
        let nonce = nonce.ok_or_else(|| PayoutError::Missing(format!("the nonce of payout {}", payout.id)))?;
        let (chain, payer) = (self.deps.chain.id(), self.deps.payer());
        let there = self.deps.store.attempts_at(chain, payer, &[nonce]).await?;
        let number = there.iter().map(|attempt| attempt.number).max().unwrap_or(0);
        let own = there.iter().filter(|attempt| attempt.payout == Some(payout.id));
        let gas = own.map(|attempt| attempt.gas).max();
        let gas = gas.ok_or_else(|| PayoutError::Missing(format!("what was signed for payout {}", payout.id)))?;
        let call = Call::paying(&self.deps, &payout, gas);
        let number = number.saturating_add(1);
        let attempt = self.signed(call, nonce, number, fees, Some(&payout), round).await?;
        metrics::counter!("bursar_payouts_replaced_total").increment(1);
        self.keep(
            round,
            payout,
            PayoutEvent::Signed { nonce },
            attempt,
            beside.into_iter().collect(),
        )
        .await
    }

    /// Signs what fills a nonce that nobody needs.
    pub(super) async fn fill(
        &mut self,
        round: &mut Round,
        nonce: u64,
        number: u32,
        fees: Fees,
    ) -> Result<(), PayoutError> {
        let call = Call::nothing(&self.deps);
        let attempt = self.signed(call, nonce, number, fees, None, round).await?;
        let changes = ChangeSet::of(Change::AddAttempt(Box::new(attempt.clone())));
        crash::point("payout.before_signed");
        self.deps
            .store
            .commit(changes)
            .await
            .inspect_err(|error| blind(round, error))?;
        crash::point("payout.signed");
        told::gap(nonce, "is filled");
        round.looked.signed += 1;
        round.parcels.push(Parcel { payout: None, attempt });
        Ok(())
    }

    async fn signed(
        &self,
        call: Call,
        nonce: u64,
        number: u32,
        fees: Fees,
        payout: Option<&Payout>,
        round: &Round,
    ) -> Result<Attempt, PayoutError> {
        let unsigned = Unsigned {
            chain: self.deps.chain.id(),
            nonce,
            to: call.to,
            data: call.data,
            gas: call.gas,
            max_fee: fees.max_fee,
            tip: fees.tip,
        };
        let limit = self.deps.options.call_deadline;
        let signing = tokio::time::timeout(limit, self.deps.signer.sign(&unsigned)).await;
        let signed = signing.unwrap_or_else(|_| {
            let why = format!("the key did not answer in {}ms", limit.as_millis());
            Err(SignError(why))
        })?;
        Ok(Attempt {
            chain: unsigned.chain,
            payer: self.deps.payer(),
            payout: payout.map(|payout| payout.id),
            nonce,
            number,
            hash: signed.hash,
            raw: signed.raw,
            gas: call.gas,
            max_fee: fees.max_fee,
            tip: fees.tip,
            signed_at: round.now,
        })
    }

    /// Puts a signed transaction on record with its payout, and has it sent only then.
    async fn keep(
        &mut self,
        round: &mut Round,
        payout: Payout,
        event: PayoutEvent,
        attempt: Attempt,
        mut beside: Vec<Change>,
    ) -> Result<(), PayoutError> {
        let next = payout.on(event, round.now)?;
        beside.push(Change::AddAttempt(Box::new(attempt.clone())));
        let what = format!("payout {} signed", payout.id);
        let note = format!("{} with nonce {}", attempt.hash, attempt.nonce);
        beside.push(self.line(payout.trigger, what, note, None).await?);
        crash::point("payout.before_signed");
        let written = self.write(next, beside).await;
        let kept = written.inspect_err(|error| blind(round, error))?;
        crash::point("payout.signed");
        told::signed(&kept, &attempt);
        let known = self.memory.attempts.entry(kept.id).or_default();
        known.retain(|old| old.hash != attempt.hash);
        known.push(attempt.clone());
        let newest = round
            .nonces
            .signed
            .map_or(attempt.nonce, |signed| signed.max(attempt.nonce));
        round.nonces.signed = Some(newest);
        round.gas_promised = round.gas_promised.saturating_add(cost(attempt.gas, attempt.max_fee));
        round.looked.signed += 1;
        round.replace(&kept);
        round.parcels.push(Parcel {
            payout: Some(kept),
            attempt,
        });
        Ok(())
    }
}

fn next_nonce(round: &Round) -> Result<u64, PayoutError> {
    let next = round.nonces.next();
    next.ok_or_else(|| PayoutError::Missing("a nonce that was never used".to_owned()))
}

/// After a commit that may or may not be written, nonces are read again before anything is signed. A conflict is another writer's
/// doing, of which the same is to be said.
fn blind(round: &mut Round, error: &StoreError) {
    round.is_blind = true;
    tracing::debug!(%error, "nothing more is signed in this look");
}
