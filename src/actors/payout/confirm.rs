//! Booking: a payout that is deep enough becomes an entry, in the commit that says that it is confirmed.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use domain::id::{PayoutId, TriggerId};
use domain::ledger::{PostAnswer, Request};
use domain::payout::money::{self, Confirmation};
use futures::StreamExt;

use super::cashier::Cashier;
use super::deps::{PayoutDeps, PayoutError};
use super::round::{Done, Round};
use super::told;
use crate::actors::mail::Post;
use crate::crash;

impl Cashier {
    /// Books everything that is deep enough: the payouts of one trigger one after the other, those of several at once.
    pub(super) async fn book(&mut self, round: &mut Round) {
        let mut by_trigger: BTreeMap<TriggerId, Vec<Done>> = BTreeMap::new();
        for done in round.done.drain(..) {
            by_trigger.entry(done.payout.trigger).or_default().push(done);
        }
        let deps = &self.deps;
        let booking = by_trigger.into_values().map(|all| async move {
            let mut booked = Vec::new();
            for done in all {
                match book(deps, &done).await {
                    Ok(()) => booked.push(done.payout.id),
                    Err(error) => told::blind(&done.payout, &error),
                }
            }
            booked
        });
        let booking = futures::stream::iter(booking).buffer_unordered(deps.options.parallel.max(1));
        let booked: HashSet<PayoutId> = booking.concat().await.into_iter().collect();
        round.looked.confirmed += booked.len();
        round.payouts.retain(|payout| !booked.contains(&payout.id));
    }

    /// Books one payout.
    pub(super) async fn book_one(&mut self, round: &mut Round, done: Done) -> Result<(), PayoutError> {
        book(&self.deps, &done).await?;
        round.looked.confirmed += 1;
        round.payouts.retain(|payout| payout.id != done.payout.id);
        Ok(())
    }
}

async fn book(deps: &PayoutDeps, done: &Done) -> Result<(), PayoutError> {
    let payout = &done.payout;
    let missing = |what: String| PayoutError::Missing(what);
    let vault = deps.vault(payout.subscription);
    let vault = vault.ok_or_else(|| missing(format!("subscription {} in the settings", payout.subscription)))?;
    let trigger = deps.store.trigger(payout.trigger).await?;
    let trigger = trigger.ok_or_else(|| missing(format!("trigger {}", payout.trigger)))?;
    let siblings = deps.store.payouts_of(&[payout.trigger]).await?;
    let moves = deps.store.moves_of(payout.trigger).await?;
    let assets = vault.assets();
    let seen = Confirmation {
        payout,
        tx: done.tx,
        block: done.block,
        trigger: &trigger,
        siblings: &siblings,
        moves: moves.last().map_or(0, |line| line.number),
        assets: &assets,
    };
    let posting = money::confirmed(&seen, deps.clock.now())?;
    crash::point("payout.before_confirmed");
    let request = Request::Escrow(Arc::new(posting));
    let asked = tokio::time::timeout(deps.options.ledger_deadline, deps.ledger.send(Post { request }));
    let answer = match asked.await {
        Ok(Ok(receipt)) => receipt.map_err(|error| PayoutError::Ledger(error.to_string()))?.answer,
        Ok(Err(_)) | Err(_) => return Err(PayoutError::Ledger("it did not answer".to_owned())),
    };
    crash::point("payout.confirmed");
    match answer {
        PostAnswer::Created { .. } | PostAnswer::NothingDue => {
            told::confirmed(payout, done.tx);
            Ok(())
        }
        PostAnswer::Exists { .. } => Ok(()),
        PostAnswer::ExistsDifferent { field } => Err(PayoutError::Ledger(format!("an entry differs in {field}"))),
        PostAnswer::AlreadyFailed { reason } | PostAnswer::Rejected { reason } => Err(PayoutError::Ledger(reason)),
    }
}
