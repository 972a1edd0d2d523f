//! Sending: what is on record goes out, in order of nonces and several at once; what came of it is put on record.

use domain::chain::Hash;
use domain::outcome::Outcome;
use domain::payout::{Payout, PayoutEvent};
use futures::StreamExt;

use super::cashier::Cashier;
use super::deps::{PayoutDeps, PayoutError};
use super::round::{Parcel, Round};
use super::told;
use crate::crash;
use crate::ports::chain::Sent;

impl Cashier {
    /// Sends every transaction that this look has found to be sent. An answer that did not come says nothing: the next look
    /// finds out, and sends the same bytes again where nobody has them.
    pub(super) async fn send_all(&mut self, round: &mut Round) {
        let mut parcels = std::mem::take(&mut round.parcels);
        parcels.sort_by_key(|parcel| (parcel.attempt.nonce, parcel.attempt.number));
        let deps = self.deps.clone();
        let sending = parcels.into_iter().map(|parcel| {
            let deps = deps.clone();
            async move {
                let outcome = send(&deps, &parcel).await;
                (parcel, outcome)
            }
        });
        let mut answers = futures::stream::iter(sending).buffered(deps.options.parallel.max(1));
        while let Some((parcel, outcome)) = answers.next().await {
            crash::point("payout.sent");
            self.answered(round, parcel, outcome).await;
        }
    }

    async fn answered(&mut self, round: &mut Round, parcel: Parcel, outcome: Outcome<Sent>) {
        let hash = parcel.attempt.hash;
        told::answered(&parcel.attempt, &outcome);
        match outcome {
            Outcome::Done(Sent::Accepted) => {
                self.memory.underpriced.remove(&hash);
                round.looked.sent += 1;
                let Some(payout) = parcel.payout else {
                    return;
                };
                self.memory.too_low.remove(&payout.id);
                if let Err(error) = self.taken(round, &payout, hash).await {
                    told::blind(&payout, &error);
                }
            }
            Outcome::Done(Sent::NonceTooLow) => {
                if let Some(payout) = parcel.payout {
                    *self.memory.too_low.entry(payout.id).or_default() += 1;
                }
            }
            Outcome::Done(Sent::Underpriced) => {
                self.memory.underpriced.insert(hash);
            }
            Outcome::Done(Sent::InsufficientFunds) => {
                let why = "a node says that the account cannot pay for what is signed";
                round.wanted.no_gas(&self.deps, why);
            }
            // It waits for those before it, and is sent again when nobody knows it.
            Outcome::Done(Sent::NonceTooHigh) | Outcome::Refused(_) | Outcome::Unknown(_) => {}
        }
    }

    /// Puts on record that a node took a transaction.
    async fn taken(&mut self, round: &mut Round, payout: &Payout, hash: Hash) -> Result<(), PayoutError> {
        let next = payout.on(PayoutEvent::Sent { hash }, round.now)?;
        if next == *payout {
            return Ok(());
        }
        let what = format!("payout {} broadcast", payout.id);
        let line = self.line(payout.trigger, what, hash.to_string(), None).await?;
        let sent = self.write(next, vec![line]).await?;
        round.replace(&sent);
        Ok(())
    }
}

async fn send(deps: &PayoutDeps, parcel: &Parcel) -> Outcome<Sent> {
    let limit = deps.options.call_deadline;
    match tokio::time::timeout(limit, deps.chain.send(&parcel.attempt.raw)).await {
        Ok(outcome) => outcome,
        Err(_) => Outcome::Unknown(format!("no answer in {}ms", limit.as_millis())),
    }
}
