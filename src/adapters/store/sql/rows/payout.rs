//! Rows of payouts and of what was signed for them.

use domain::chain::{BlockNumber, ChainId};
use domain::fixed::Amount;
use domain::id::{PayoutId, SubscriptionId, TriggerId};
use domain::payout::{Attempt, Payout, PayoutKind, PayoutState};
use domain::time::Timestamp;
use entity::{payout, payout_attempt};

use super::super::super::failure::Failure;
use super::{Row, narrow};
use crate::ports::store::StoreError;

/// What the columns of a payout's state hold.
#[derive(Default)]
struct StateColumns {
    nonce: Option<i64>,
    tx: Option<Vec<u8>>,
    block: Option<i64>,
    at: Option<i64>,
    reason: Option<String>,
}

impl StateColumns {
    fn of(state: &PayoutState) -> Result<Self, Failure> {
        let nonce = state.nonce().map(|nonce| narrow("nonce", nonce)).transpose()?;
        let none = Self {
            nonce,
            ..Self::default()
        };
        Ok(match state {
            PayoutState::Queued | PayoutState::Signed { .. } => none,
            PayoutState::Broadcast { hash, since, .. } => Self {
                tx: Some(hash.0.to_vec()),
                at: Some(since.0),
                ..none
            },
            PayoutState::Confirmed { tx, block, at } => Self {
                tx: Some(tx.0.to_vec()),
                block: Some(narrow("block", block.0)?),
                at: Some(at.0),
                ..none
            },
            PayoutState::Halted { reason, at, .. } => Self {
                at: Some(at.0),
                reason: Some(reason.clone()),
                ..none
            },
        })
    }
}

pub fn payout_row(payout: &Payout) -> Result<payout::Model, Failure> {
    let state = StateColumns::of(&payout.state)?;
    Ok(payout::Model {
        id: payout.id.0,
        kind: payout.kind.as_str().to_owned(),
        trigger_id: payout.trigger.0,
        subscription_id: payout.subscription.0,
        chain_id: narrow("chain", payout.chain.0)?,
        vault: payout.vault.0.to_vec(),
        recipient: payout.recipient.0.to_vec(),
        raw_amount: payout.raw.to_string(),
        amount: payout.amount.units(),
        contract_key: payout.key.0.to_vec(),
        attempts: payout.attempts.into(),
        state: payout.state.as_str().to_owned(),
        nonce: state.nonce,
        tx: state.tx,
        block: state.block,
        state_at: state.at,
        reason: state.reason,
        note: payout.note.clone(),
        live: (!payout.state.is_final()).into(),
        created_at: payout.created_at.0,
        updated_at: payout.updated_at.0,
        version: payout.version.into(),
    })
}

pub fn payout(row: payout::Model) -> Result<Payout, StoreError> {
    let name = Row::new("payout", row.id);
    Ok(Payout {
        state: state(&name, &row)?,
        id: PayoutId(row.id),
        kind: name.word("kind", &row.kind, PayoutKind::parse)?,
        trigger: TriggerId(row.trigger_id),
        subscription: SubscriptionId(row.subscription_id),
        chain: ChainId(name.wide("chain_id", row.chain_id)?),
        vault: name.address("vault", &row.vault)?,
        recipient: name.address("recipient", &row.recipient)?,
        raw: name.raw("raw_amount", &row.raw_amount)?,
        amount: name.fixed("amount", row.amount, Amount::from_units)?,
        key: name.hash("contract_key", &row.contract_key)?,
        attempts: name.count("attempts", row.attempts)?,
        note: row.note,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: name.count("version", row.version)?,
    })
}

fn state(name: &Row, row: &payout::Model) -> Result<PayoutState, StoreError> {
    let nonce = row.nonce.map(|nonce| name.wide("nonce", nonce)).transpose()?;
    let tx = name.maybe_hash("tx", row.tx.as_deref())?;
    let at = row.state_at.map(Timestamp);
    Ok(match row.state.as_str() {
        "queued" => PayoutState::Queued,
        "signed" => PayoutState::Signed {
            nonce: name.present("nonce", nonce)?,
        },
        "broadcast" => PayoutState::Broadcast {
            nonce: name.present("nonce", nonce)?,
            hash: name.present("tx", tx)?,
            since: name.present("state_at", at)?,
        },
        "confirmed" => PayoutState::Confirmed {
            tx: name.present("tx", tx)?,
            block: BlockNumber(name.wide("block", name.present("block", row.block)?)?),
            at: name.present("state_at", at)?,
        },
        "halted" => PayoutState::Halted {
            reason: name.present("reason", row.reason.clone())?,
            at: name.present("state_at", at)?,
            nonce,
        },
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    })
}

pub fn attempt_row(attempt: &Attempt) -> Result<payout_attempt::Model, Failure> {
    Ok(payout_attempt::Model {
        chain_id: narrow("chain", attempt.chain.0)?,
        payer: attempt.payer.0.to_vec(),
        nonce: narrow("nonce", attempt.nonce)?,
        number: attempt.number.into(),
        payout_id: attempt.payout.map(|payout| payout.0),
        hash: attempt.hash.0.to_vec(),
        content: attempt.raw.clone(),
        gas: narrow("gas", attempt.gas)?,
        max_fee: attempt.max_fee.to_string(),
        tip: attempt.tip.to_string(),
        signed_at: attempt.signed_at.0,
    })
}

pub fn attempt(row: payout_attempt::Model) -> Result<Attempt, StoreError> {
    let name = Row::new("transaction with nonce", row.nonce);
    Ok(Attempt {
        chain: ChainId(name.wide("chain_id", row.chain_id)?),
        payer: name.address("payer", &row.payer)?,
        payout: row.payout_id.map(PayoutId),
        nonce: name.wide("nonce", row.nonce)?,
        number: name.count("number", row.number)?,
        hash: name.hash("hash", &row.hash)?,
        raw: row.content,
        gas: name.wide("gas", row.gas)?,
        max_fee: name.word("max_fee", &row.max_fee, wei)?,
        tip: name.word("tip", &row.tip, wei)?,
        signed_at: Timestamp(row.signed_at),
    })
}

fn wei(digits: &str) -> Option<u128> {
    digits.parse().ok()
}
