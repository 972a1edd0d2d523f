//! What operators do to payouts, each with its line on the audit trail in the same commit.

use domain::access::Audit;
use domain::change::{Change, ChangeSet};
use domain::id::{AuditId, IdKind, PayoutId};
use domain::payout::fees::{self, Fees};
use domain::payout::{Payout, PayoutEvent, PayoutState, retry};

use super::cashier::Cashier;
use super::deps::PayoutError;
use super::round::Round;
use super::told;
use crate::actors::mail::{ByHand, MailError};

/// What an operator asks for.
#[derive(Debug, Clone)]
pub enum Order {
    /// Try a halted payout again, or let a waiting one pass over the limits.
    Retry {
        /// Whether limits do not hold for it.
        over_limits: bool,
    },
    /// Hold it back.
    Hold,
    /// Replace what waits by what pays more for gas.
    Replace,
}

impl Order {
    const fn action(&self) -> &'static str {
        match self {
            Self::Retry { .. } => "payout.retry",
            Self::Hold => "payout.hold",
            Self::Replace => "payout.replace",
        }
    }
}

impl Cashier {
    /// Does what an operator asks for, and answers what follows.
    ///
    /// # Errors
    /// Why it is not done.
    pub async fn obey(&mut self, id: PayoutId, order: Order, hand: &ByHand) -> Result<String, MailError> {
        let payout = self.deps.store.payout(id).await.map_err(|error| failed(error.into()))?;
        let payout = payout.filter(|payout| payout.chain == self.deps.chain.id());
        let Some(payout) = payout else {
            return Err(MailError::Failed(format!("there is no payout {id} on this chain")));
        };
        match &order {
            Order::Retry { over_limits } => self.retry(payout, *over_limits, hand, &order).await,
            Order::Hold => self.hold(payout, hand, &order).await,
            Order::Replace => self.replace_now(payout, hand, &order).await,
        }
    }

    async fn retry(
        &mut self,
        payout: Payout,
        over_limits: bool,
        hand: &ByHand,
        order: &Order,
    ) -> Result<String, MailError> {
        if over_limits && payout.state == PayoutState::Queued {
            let audit = self.audit(&payout, order, hand).await.map_err(failed)?;
            let written = self.deps.store.commit(ChangeSet::of(audit)).await;
            written.map_err(|error| failed(error.into()))?;
            self.memory.over_limits.insert(payout.id);
            told::by_hand(&payout, &hand.by, "may pass over the limits");
            return Ok("limits do not hold for it".to_owned());
        }
        let round = Round::read(&self.deps).await.map_err(failed)?;
        self.memory.attempts.remove(&payout.id);
        let attempts = self.attempts(payout.id).await.map_err(|error| failed(error.into()))?;
        let paid = self.paid(&round, &payout).await;
        let answer = retry::retry(&payout, &attempts, round.nonces.latest, &paid);
        let answer = answer.map_err(|why| MailError::Failed(why.to_string()))?;
        let next = payout
            .on(PayoutEvent::Retried, round.now)
            .map_err(|error| failed(error.into()))?;
        let what = format!("payout {} retried", payout.id);
        self.write_by_hand(next, what, hand, order).await.map_err(failed)?;
        if over_limits {
            self.memory.over_limits.insert(payout.id);
        }
        Ok(answer.to_owned())
    }

    async fn hold(&mut self, payout: Payout, hand: &ByHand, order: &Order) -> Result<String, MailError> {
        retry::hold(&payout).map_err(|why| MailError::Failed(why.to_string()))?;
        let reason = format!("held by {}: {}", hand.by, hand.reason);
        let now = self.deps.clock.now();
        let next = payout.on(PayoutEvent::Halted { reason }, now);
        let next = next.map_err(|error| failed(error.into()))?;
        let what = format!("payout {} halted", payout.id);
        self.write_by_hand(next, what, hand, order).await.map_err(failed)?;
        Ok("it is held back until it is retried".to_owned())
    }

    async fn replace_now(&mut self, payout: Payout, hand: &ByHand, order: &Order) -> Result<String, MailError> {
        let not_now = |why: String| MailError::Failed(format!("payout {} is not replaced: {why}", payout.id));
        let mut round = Round::read(&self.deps).await.map_err(failed)?;
        if let Some(why) = round.barred(&payout, &self.deps) {
            return Err(not_now(why));
        }
        let attempts = self.attempts(payout.id).await.map_err(|error| failed(error.into()))?;
        let (nonce, newest) = match (&payout.state, attempts.last()) {
            (PayoutState::Signed { nonce } | PayoutState::Broadcast { nonce, .. }, Some(newest)) => (*nonce, newest),
            (state, _) => return Err(not_now(format!("it is {}", state.as_str()))),
        };
        if round.nonces.latest > nonce {
            return Err(not_now(format!("nonce {nonce} is on the chain already")));
        }
        let Some(market) = round.market else {
            return Err(not_now("nobody tells what gas costs".to_owned()));
        };
        let offered = Fees {
            max_fee: newest.max_fee,
            tip: newest.tip,
        };
        let Some(fees) = fees::replacement(offered, market, &self.deps.rules.fees) else {
            let fee = offered.max_fee;
            return Err(not_now(format!(
                "it offers {fee} wei per gas, and the caps leave no room for more"
            )));
        };
        let audit = self.audit(&payout, order, hand).await.map_err(failed)?;
        let replaced = self.replace(&mut round, payout.clone(), fees, Some(audit)).await;
        replaced.map_err(failed)?;
        told::by_hand(&payout, &hand.by, "is replaced");
        self.send_all(&mut round).await;
        Ok(format!(
            "it offers {} wei per gas now, at the same nonce {nonce}",
            fees.max_fee
        ))
    }

    async fn write_by_hand(
        &mut self,
        next: Payout,
        what: String,
        hand: &ByHand,
        order: &Order,
    ) -> Result<(), PayoutError> {
        let audit = self.audit(&next, order, hand).await?;
        let by = Some(hand.by.clone());
        let line = self.line(next.trigger, what, hand.reason.clone(), by).await?;
        let written = self.write(next, vec![line, audit]).await?;
        told::by_hand(&written, &hand.by, written.state.as_str());
        Ok(())
    }

    async fn audit(&self, payout: &Payout, order: &Order, hand: &ByHand) -> Result<Change, PayoutError> {
        let id = AuditId(self.deps.store.reserve_ids(IdKind::Audit, 1).await?);
        let words = match order {
            Order::Retry { over_limits: true } => " (over the limits)",
            Order::Retry { over_limits: false } | Order::Hold | Order::Replace => "",
        };
        Ok(Change::AddAudit(Audit {
            id,
            at: self.deps.clock.now(),
            by: hand.by.clone(),
            action: order.action().to_owned(),
            subject: format!("payout:{}", payout.id),
            reason: format!("{}{words}", hand.reason),
            origin: hand.from.clone(),
        }))
    }
}

fn failed(error: PayoutError) -> MailError {
    MailError::Failed(error.to_string())
}
