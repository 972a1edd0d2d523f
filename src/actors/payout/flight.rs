//! Payouts that something is signed for: what the chain says of them, and what follows.

use std::collections::{BTreeSet, HashMap};

use domain::chain::{BlockNumber, Hash};
use domain::payout::decide::{self, Mined, Paid, Seen, Step};
use domain::payout::{Attempt, Payout, PayoutEvent, PayoutState};
use futures::StreamExt;

use super::cashier::Cashier;
use super::deps::PayoutError;
use super::round::{Done, Parcel, Round};
use super::told;
use crate::crash;
use crate::ports::chain::{ChainError, Receipt};

/// Blocks per request.
const BLOCKS: usize = 100;

/// What the chain said of transactions.
#[derive(Default)]
struct Sights {
    /// Receipts by transaction; those that nobody answered for are left out.
    receipts: HashMap<Hash, Option<Receipt>>,
    /// Hashes of the blocks that receipts name; those that nobody answered for are left out.
    blocks: HashMap<BlockNumber, Hash>,
    /// Whether a node knows a transaction; those that nobody answered for are left out.
    known: HashMap<Hash, bool>,
}

impl Cashier {
    /// Looks at every payout that something is signed for.
    pub(super) async fn watch(&mut self, round: &mut Round) {
        let flying = round.flying();
        let mut signed = Vec::with_capacity(flying.len());
        for payout in flying {
            match self.attempts(payout.id).await {
                Ok(attempts) => signed.push((payout, attempts)),
                Err(error) => told::blind(&payout, &error.into()),
            }
        }
        let sights = self.see(round, &signed).await;
        for (payout, attempts) in signed {
            if let Err(error) = self.mind(round, payout.clone(), attempts, &sights).await {
                told::blind(&payout, &error);
            }
        }
    }

    async fn see(&self, round: &Round, signed: &[(Payout, Vec<Attempt>)]) -> Sights {
        let hashes: BTreeSet<Hash> = signed
            .iter()
            .flat_map(|(_, attempts)| attempts.iter().map(|attempt| attempt.hash))
            .collect();
        let receipts = self.receipts(hashes).await;
        if receipts.values().any(Option::is_some) {
            crash::point("payout.receipt");
        }
        let numbers: BTreeSet<BlockNumber> = receipts.values().flatten().map(|receipt| receipt.block).collect();
        let blocks = self.blocks(numbers.into_iter().collect()).await;
        let waiting = signed.iter().filter_map(|(payout, attempts)| {
            let newest = attempts.last()?;
            let waits = attempts
                .iter()
                .all(|attempt| matches!(receipts.get(&attempt.hash), Some(None)));
            let is_free = payout.state.nonce()? >= round.nonces.latest;
            let was_sent = matches!(payout.state, PayoutState::Broadcast { .. });
            (waits && is_free && was_sent).then_some(newest.hash)
        });
        let known = self.known(waiting.collect()).await;
        Sights {
            receipts,
            blocks,
            known,
        }
    }

    async fn receipts(&self, hashes: BTreeSet<Hash>) -> HashMap<Hash, Option<Receipt>> {
        let asked = hashes.into_iter().map(|hash| async move {
            let answer = self.deps.ask(self.deps.chain.receipt(hash)).await;
            answer.ok().map(|receipt| (hash, receipt))
        });
        let answers = futures::stream::iter(asked).buffer_unordered(self.deps.options.parallel.max(1));
        answers.filter_map(async |answer| answer).collect().await
    }

    pub(super) async fn known(&self, hashes: Vec<Hash>) -> HashMap<Hash, bool> {
        let asked = hashes.into_iter().map(|hash| async move {
            let answer = self.deps.ask(self.deps.chain.knows(hash)).await;
            answer.ok().map(|known| (hash, known))
        });
        let answers = futures::stream::iter(asked).buffer_unordered(self.deps.options.parallel.max(1));
        answers.filter_map(async |answer| answer).collect().await
    }

    async fn blocks(&self, numbers: Vec<BlockNumber>) -> HashMap<BlockNumber, Hash> {
        let mut found = HashMap::new();
        for some in numbers.chunks(BLOCKS) {
            if let Ok(blocks) = self.deps.ask(self.deps.chain.blocks(some)).await {
                found.extend(blocks.into_iter().flatten().map(|block| (block.number, block.hash)));
            }
        }
        found
    }

    /// Decides about one payout, and does it or notes it to be done.
    async fn mind(
        &mut self,
        round: &mut Round,
        payout: Payout,
        attempts: Vec<Attempt>,
        sights: &Sights,
    ) -> Result<(), PayoutError> {
        let Some(mut seen) = self.seen(round, &payout, &attempts, sights) else {
            // Nobody answered whether one of its transactions is in a block: nothing can be concluded.
            self.promise(round, &attempts);
            return Ok(());
        };
        let mut step = decide::in_flight(&payout, &attempts, &seen, &self.deps.rules, round.now);
        if step == Step::Ask {
            seen.paid = self.paid(round, &payout).await;
            step = decide::in_flight(&payout, &attempts, &seen, &self.deps.rules, round.now);
        }
        match seen.mined {
            // One that was reverted has paid nothing.
            Some(mined) if mined.succeeded => {
                round.mined.insert(payout.id);
            }
            Some(_) => {}
            None => self.promise(round, &attempts),
        }
        self.take(round, payout, attempts, step).await
    }

    async fn take(
        &mut self,
        round: &mut Round,
        payout: Payout,
        attempts: Vec<Attempt>,
        step: Step,
    ) -> Result<(), PayoutError> {
        let is_barred = round.barred(&payout, &self.deps).is_some();
        match step {
            Step::Wait(why) => {
                tracing::debug!(payout.id = %payout.id, "payout {} waits: {why}", payout.id);
                Ok(())
            }
            Step::Confirm { tx, block } => {
                round.done.push(Done { payout, tx, block });
                Ok(())
            }
            Step::Halt(reason) => self.halt(round, payout, reason).await,
            Step::Ask | Step::Send | Step::Replace(_) | Step::Anew if is_barred => Ok(()),
            Step::Ask => Ok(()),
            Step::Send => {
                let attempt = attempts.last().cloned();
                round.parcels.extend(attempt.map(|attempt| Parcel {
                    payout: Some(payout),
                    attempt,
                }));
                Ok(())
            }
            Step::Replace(fees) => self.replace(round, payout, fees, None).await,
            Step::Anew => self.sign_anew(round, payout, &attempts).await,
            Step::Stuck(why) => {
                round.wanted.stuck(&payout, &why);
                self.note(round, &payout, Some(why)).await
            }
        }
    }

    /// What the chain says of a payout; `None` when nobody answered.
    fn seen(&mut self, round: &Round, payout: &Payout, attempts: &[Attempt], sights: &Sights) -> Option<Seen> {
        let nonce = payout.state.nonce()?;
        let receipts: Option<Vec<Option<Receipt>>> = attempts
            .iter()
            .map(|attempt| sights.receipts.get(&attempt.hash).copied())
            .collect();
        let receipts: Vec<Receipt> = receipts?.into_iter().flatten().collect();
        let succeeded = receipts.iter().find(|receipt| receipt.succeeded);
        let mined = match succeeded.or(receipts.first()) {
            Some(receipt) => Some(in_block(round, receipt, sights)?),
            None => None,
        };
        let key = (payout.id, nonce);
        if mined.is_none() && round.nonces.latest > nonce {
            self.memory.passed.entry(key).or_insert(round.head.number);
        } else {
            self.memory.passed.remove(&key);
        }
        let newest = attempts.last().map(|attempt| attempt.hash);
        Some(Seen {
            mined,
            latest: round.nonces.latest,
            passed_for: self.memory.passed.get(&key).map_or(0, |since| round.since(*since)),
            too_low: self.memory.too_low.get(&payout.id).copied().unwrap_or(0),
            is_underpriced: newest.is_some_and(|hash| self.memory.underpriced.contains(&hash)),
            is_known: newest.is_some_and(|hash| sights.known.get(&hash).copied().unwrap_or(true)),
            paid: Paid::NotAsked,
            market: round.market,
        })
    }

    /// What the vault says of a payout.
    pub(super) async fn paid(&mut self, round: &Round, payout: &Payout) -> Paid {
        let call = self.deps.abi.is_paid_call(payout.key);
        let answer = self.deps.ask(self.deps.chain.call(payout.vault, &call)).await;
        let is_paid = match answer.and_then(|answer| self.deps.abi.flag(&answer)) {
            Ok(is_paid) => is_paid,
            Err(ChainError::Refused(why) | ChainError::Malformed(why)) => {
                return Paid::Unaskable(format!("the vault cannot be asked whether it has paid: {why}"));
            }
            Err(
                ChainError::Unreachable(_)
                | ChainError::RateLimited { .. }
                | ChainError::TooMuch { .. }
                | ChainError::Pruned(_),
            ) => return Paid::Unanswered,
        };
        let known = self.memory.paid.get(&payout.id).copied();
        let since = match known {
            Some((said, since)) if said == is_paid && since <= round.head.number => since,
            Some(_) | None => round.head.number,
        };
        self.memory.paid.insert(payout.id, (is_paid, since));
        let blocks = round.since(since);
        match is_paid {
            true => Paid::Yes { blocks, since },
            false => Paid::No { blocks },
        }
    }

    /// Counts what a transaction that waits may cost.
    fn promise(&self, round: &mut Round, attempts: &[Attempt]) {
        let most = attempts.last().map_or(0, |attempt| cost(attempt.gas, attempt.max_fee));
        round.gas_promised = round.gas_promised.saturating_add(most);
    }

    pub(super) async fn halt(&mut self, round: &mut Round, payout: Payout, reason: String) -> Result<(), PayoutError> {
        let event = PayoutEvent::Halted { reason: reason.clone() };
        let next = payout.on(event, round.now)?;
        let line = self
            .line(payout.trigger, format!("payout {} halted", payout.id), reason, None)
            .await?;
        let halted = self.write(next, vec![line]).await?;
        told::halted(&halted);
        round.replace(&halted);
        Ok(())
    }

    /// Notes why a payout waits, when that is something new.
    pub(super) async fn note(
        &mut self,
        round: &mut Round,
        payout: &Payout,
        note: Option<String>,
    ) -> Result<(), PayoutError> {
        let next = payout.on(PayoutEvent::Noted(note), round.now)?;
        if next != *payout {
            let noted = self.write(next, Vec::new()).await?;
            round.replace(&noted);
        }
        Ok(())
    }
}

/// A receipt beside the block that the chain has at its height; `None` when nobody answered for that.
fn in_block(round: &Round, receipt: &Receipt, sights: &Sights) -> Option<Mined> {
    let there = sights.blocks.get(&receipt.block)?;
    let is_there = *there == receipt.block_hash;
    Some(Mined {
        tx: receipt.tx,
        block: receipt.block,
        succeeded: receipt.succeeded,
        depth: is_there.then(|| round.since(receipt.block)),
    })
}

/// Wei that a transaction may cost at most.
pub(super) fn cost(gas: u64, max_fee: u128) -> u128 {
    u128::from(gas).saturating_mul(max_fee)
}
