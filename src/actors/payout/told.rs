//! What is told of payouts: log lines and figures.

use domain::chain::Hash;
use domain::id::SubscriptionId;
use domain::outcome::Outcome;
use domain::payout::{Attempt, Payout, PayoutState};

use super::deps::PayoutError;
use crate::event;
use crate::ports::chain::Sent;

/// Names the figures.
pub(super) fn describe() {
    use metrics::{describe_counter, describe_gauge};
    describe_gauge!("bursar_payouts", "Payouts that are not final, by chain and state");
    describe_gauge!(
        "bursar_payouts_oldest_seconds",
        "Age of the oldest payout that is not final"
    );
    describe_gauge!(
        "bursar_payout_nonces_open",
        "Nonces that were signed with and are not on the chain"
    );
    describe_counter!(
        "bursar_payouts_signed_total",
        "Transactions that were signed for payouts, by kind"
    );
    describe_counter!("bursar_payouts_sent_total", "Answers to broadcasts, by answer");
    describe_counter!("bursar_payouts_confirmed_total", "Payouts that were booked, by kind");
    describe_counter!("bursar_payouts_halted_total", "Payouts that halted");
    describe_counter!(
        "bursar_payouts_replaced_total",
        "Transactions that replaced another at its nonce"
    );
    describe_counter!(
        "bursar_payout_gaps_total",
        "Nonces that held up others and were sent again or filled"
    );
    describe_counter!(
        "bursar_payout_foreign_nonces_total",
        "Nonces of the payer that somebody else used"
    );
    describe_counter!(
        "bursar_payout_looks_failed_total",
        "Looks at payouts that failed, by why"
    );
}

pub(super) fn signed(payout: &Payout, attempt: &Attempt) {
    metrics::counter!("bursar_payouts_signed_total", "kind" => payout.kind.as_str()).increment(1);
    tracing::info!(event = event::PAYOUT_SIGNED, payout.id = %payout.id, nonce = attempt.nonce, tx = %attempt.hash,
        "payout {} is signed with nonce {} as {}", payout.id, attempt.nonce, attempt.hash);
}

pub(super) fn answered(attempt: &Attempt, outcome: &Outcome<Sent>) {
    let word = match outcome {
        Outcome::Done(Sent::Accepted) => "accepted",
        Outcome::Done(Sent::NonceTooLow) => "nonce_too_low",
        Outcome::Done(Sent::NonceTooHigh) => "nonce_too_high",
        Outcome::Done(Sent::Underpriced) => "underpriced",
        Outcome::Done(Sent::InsufficientFunds) => "insufficient_funds",
        Outcome::Refused(_) => "refused",
        Outcome::Unknown(_) => "unknown",
    };
    metrics::counter!("bursar_payouts_sent_total", "answer" => word).increment(1);
    let (nonce, tx) = (attempt.nonce, attempt.hash);
    match outcome {
        Outcome::Done(Sent::Accepted) => {
            tracing::info!(event = event::PAYOUT_SENT, nonce, %tx, "{tx} with nonce {nonce} is on its way");
        }
        Outcome::Done(_) => {
            tracing::warn!(event = event::PAYOUT_NOT_SENT, nonce, %tx, answer = word, "{tx} with nonce {nonce}: {word}");
        }
        Outcome::Refused(why) => {
            tracing::warn!(event = event::PAYOUT_NOT_SENT, nonce, %tx, answer = word, %why,
                "{tx} with nonce {nonce} was refused: {why}");
        }
        Outcome::Unknown(why) => {
            tracing::warn!(event = event::PAYOUT_NOT_SENT, nonce, %tx, answer = word, why,
                "whether {tx} with nonce {nonce} was taken is not known: {why}");
        }
    }
}

pub(super) fn confirmed(payout: &Payout, tx: Hash) {
    metrics::counter!("bursar_payouts_confirmed_total", "kind" => payout.kind.as_str()).increment(1);
    tracing::info!(event = event::PAYOUT_CONFIRMED, payout.id = %payout.id, %tx,
        "payout {} ({} of {}) is confirmed by {tx}", payout.id, payout.kind, payout.amount);
}

pub(super) fn halted(payout: &Payout) {
    if let PayoutState::Halted { reason, .. } = &payout.state {
        metrics::counter!("bursar_payouts_halted_total").increment(1);
        tracing::error!(event = event::PAYOUT_HALTED, payout.id = %payout.id, reason,
            "payout {} halted: {reason}", payout.id);
    }
}

pub(super) fn gap(nonce: u64, what: &str) {
    metrics::counter!("bursar_payout_gaps_total").increment(1);
    tracing::warn!(
        event = event::PAYOUT_GAP,
        nonce,
        "nonce {nonce} holds up others, and {what}"
    );
}

pub(super) fn foreign_nonce(payout: &Payout, used: u64, fresh: u64) {
    metrics::counter!("bursar_payout_foreign_nonces_total").increment(1);
    tracing::error!(event = event::PAYOUT_FOREIGN_NONCE, payout.id = %payout.id, nonce = used,
        "nonce {used} of payout {} was used by somebody else; it is signed anew with {fresh}", payout.id);
}

pub(super) fn blind(payout: &Payout, error: &PayoutError) {
    metrics::counter!("bursar_payout_looks_failed_total", "why" => "payout").increment(1);
    tracing::warn!(event = event::PAYOUT_BLIND, payout.id = %payout.id, %error,
        "payout {} is looked at again: {error}", payout.id);
}

pub(super) fn gap_blind(error: &PayoutError) {
    metrics::counter!("bursar_payout_looks_failed_total", "why" => "gap").increment(1);
    tracing::warn!(event = event::PAYOUT_BLIND, %error, "nonces that hold up others are looked at again: {error}");
}

pub(super) fn alerts_blind(error: &PayoutError) {
    metrics::counter!("bursar_payout_looks_failed_total", "why" => "alerts").increment(1);
    tracing::warn!(event = event::PAYOUT_BLIND, %error, "which alerts on payouts are open is not known: {error}");
}

pub(super) fn reserve_blind(subscription: SubscriptionId, error: &PayoutError) {
    metrics::counter!("bursar_payout_looks_failed_total", "why" => "reserve").increment(1);
    tracing::warn!(event = event::PAYOUT_BLIND, subscription.id = %subscription, %error,
        "the reserve of subscription {subscription} is looked at again: {error}");
}

pub(super) fn reserve_low(subscription: SubscriptionId, why: &str) {
    tracing::error!(event = event::PAYOUT_RESERVE_LOW, subscription.id = %subscription, why,
        "subscription {subscription} is paused: {why}");
}

pub(super) fn look_failed(error: &PayoutError) {
    metrics::counter!("bursar_payout_looks_failed_total", "why" => "look").increment(1);
    tracing::warn!(event = event::PAYOUT_BLIND, %error, "payouts are looked at again: {error}");
}

pub(super) fn panicked() {
    metrics::counter!("bursar_payout_looks_failed_total", "why" => "panic").increment(1);
    tracing::error!(
        event = event::PAYOUT_PANICKED,
        "a look at the payouts panicked; the next begins from what is on record"
    );
}

pub(super) fn by_hand(payout: &Payout, by: &str, what: &str) {
    tracing::warn!(event = event::PAYOUT_BY_HAND, payout.id = %payout.id, by, "payout {} {what} by {by}", payout.id);
}
