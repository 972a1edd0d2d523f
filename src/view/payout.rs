//! Payouts, as the outside sees them.

use domain::payout::{Attempt, Payout, PayoutState};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::chain_order::transaction;

/// One thing that is paid.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayoutView {
    /// Identity.
    pub id: i64,
    /// `mint`, `refund`, `proceeds` or `remint`.
    pub kind: &'static str,
    /// The chain order that it is for.
    pub order: i64,
    /// Its subscription.
    pub subscription: i64,
    /// Chain id.
    pub chain: u64,
    /// The vault that pays or mints.
    pub vault: String,
    /// Who is paid.
    pub recipient: String,
    /// How much, in units of the token.
    pub raw_amount: String,
    /// The same as decimal text at the ledger's scale.
    pub amount: String,
    /// The contract's own name of it.
    pub key: String,
    /// `queued`, `signed`, `broadcast`, `confirmed` or `halted`.
    pub state: &'static str,
    /// The nonce of its transactions.
    pub nonce: Option<u64>,
    /// The latest transaction.
    pub tx_hash: Option<String>,
    /// Transactions that were signed for it.
    pub attempts: u32,
    /// Why it waits, or why it was halted.
    pub note: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last moved.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Raised by each change.
    pub version: u32,
}

impl From<Payout> for PayoutView {
    fn from(payout: Payout) -> Self {
        let note = match &payout.state {
            PayoutState::Halted { reason, .. } => Some(reason.clone()),
            PayoutState::Queued
            | PayoutState::Signed { .. }
            | PayoutState::Broadcast { .. }
            | PayoutState::Confirmed { .. } => payout.note.clone(),
        };
        Self {
            id: payout.id.0,
            kind: payout.kind.as_str(),
            order: payout.trigger.0,
            subscription: payout.subscription.0,
            chain: payout.chain.0,
            vault: payout.vault.to_string(),
            recipient: payout.recipient.to_string(),
            raw_amount: payout.raw.to_string(),
            amount: payout.amount.to_string(),
            key: payout.key.to_string(),
            state: payout.state.as_str(),
            nonce: payout.state.nonce(),
            tx_hash: transaction(&payout),
            attempts: payout.attempts,
            note,
            created_at: payout.created_at,
            updated_at: payout.updated_at,
            version: payout.version,
        }
    }
}

/// One signed transaction; its bytes stay in the house.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttemptView {
    /// Place among those with its nonce, from 1.
    pub number: u32,
    /// Nonce.
    pub nonce: u64,
    /// Hash.
    pub tx_hash: String,
    /// Who pays for the gas.
    pub payer: String,
    /// Gas at most.
    pub gas: u64,
    /// Wei per gas at most.
    pub max_fee: String,
    /// Wei per gas for whoever makes the block.
    pub tip: String,
    /// When it was signed.
    #[schema(value_type = String, format = DateTime)]
    pub signed_at: Timestamp,
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.number,
            nonce: attempt.nonce,
            tx_hash: attempt.hash.to_string(),
            payer: attempt.payer.to_string(),
            gas: attempt.gas,
            max_fee: attempt.max_fee.to_string(),
            tip: attempt.tip.to_string(),
            signed_at: attempt.signed_at,
        }
    }
}

/// A payout with its transactions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayoutDetail {
    /// The payout.
    #[serde(flatten)]
    pub payout: PayoutView,
    /// Its transactions, oldest first.
    pub transactions: Vec<AttemptView>,
}
