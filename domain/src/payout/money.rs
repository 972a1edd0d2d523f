//! What a confirmed payout does to the ledger and to its trigger, in one posting.

use crate::chain::{BlockNumber, Hash};
use crate::change::Change;
use crate::fixed::Amount;
use crate::ledger::{AccountKey, AccountKind, Asset, EntryKey, EntryKind, EscrowEntry, EscrowPosting};
use crate::payout::{IllegalMove, Payout, PayoutEvent, PayoutState};
use crate::time::Timestamp;
use crate::trigger::{Trigger, TriggerMove, TriggerState};

/// Which assets a vault deals in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultAssets {
    /// The money in the ledger.
    pub money: Asset,
    /// The shares in the ledger.
    pub share: Asset,
}

/// All that the confirmation of a payout is decided on.
#[derive(Debug, Clone, Copy)]
pub struct Confirmation<'a> {
    /// The payout.
    pub payout: &'a Payout,
    /// The transaction; all zero when it is not known.
    pub tx: Hash,
    /// Its block.
    pub block: BlockNumber,
    /// The payout's trigger.
    pub trigger: &'a Trigger,
    /// Every payout of the trigger.
    pub siblings: &'a [Payout],
    /// Lines of the trigger's history so far.
    pub moves: u32,
    /// What the vault deals in.
    pub assets: &'a VaultAssets,
}

/// Why a confirmation cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmError {
    /// The payout cannot move.
    #[error(transparent)]
    Move(#[from] IllegalMove),
    /// The trigger does not wait for payouts.
    #[error("trigger {trigger} is {state}, and payout {payout} of it is on the chain")]
    Trigger {
        /// Which.
        trigger: crate::id::TriggerId,
        /// Where it stands.
        state: &'static str,
        /// Which payout.
        payout: crate::id::PayoutId,
    },
}

/// The posting of a payout that is on the chain, deep enough: its entry, itself confirmed, and its trigger at its end when
/// nothing else of it is to be paid. A payout of dust alone moves no money in the ledger.
///
/// # Errors
/// When payout or trigger stand where that cannot be.
pub fn confirmed(seen: &Confirmation<'_>, now: Timestamp) -> Result<EscrowPosting, ConfirmError> {
    let Confirmation { payout, tx, block, .. } = *seen;
    let done = payout.on(PayoutEvent::Confirmed { tx, block }, now)?;
    let mut posting = EscrowPosting::default();
    if payout.amount.is_positive() {
        posting.entries.push(entry(payout, tx, seen.assets));
    }
    let others = seen.siblings.iter().filter(|other| other.id != payout.id);
    let is_last = others.into_iter().all(|other| other.state.is_final());
    let mut lines = vec![line(
        seen,
        format!("payout {} confirmed", payout.id),
        told(payout, tx, block),
        now,
    )];
    let ended = ended(seen, now)?;
    posting = posting.with_payout(done);
    if is_last {
        let what = format!("trigger {}", ended.state.as_str());
        let mut last = line(seen, what, "all of it is paid".to_owned(), now);
        last.number = last.number.saturating_add(1);
        lines.push(last);
        posting = posting.with_trigger(ended);
    }
    Ok(posting.with(Change::AddTriggerMoves(lines)))
}

/// The trigger at its end.
fn ended(seen: &Confirmation<'_>, now: Timestamp) -> Result<Trigger, ConfirmError> {
    let state = match seen.trigger.state {
        TriggerState::Paying => TriggerState::Settled { at: now },
        TriggerState::Returning => TriggerState::Returned { at: now },
        TriggerState::Held
        | TriggerState::Ready
        | TriggerState::Ordering { .. }
        | TriggerState::Settled { .. }
        | TriggerState::Returned { .. } => {
            return Err(ConfirmError::Trigger {
                trigger: seen.trigger.id,
                state: seen.trigger.state.as_str(),
                payout: seen.payout.id,
            });
        }
    };
    Ok(Trigger {
        state,
        updated_at: now.max(seen.trigger.updated_at),
        ..seen.trigger.clone()
    })
}

fn line(seen: &Confirmation<'_>, what: String, note: String, now: Timestamp) -> TriggerMove {
    TriggerMove {
        trigger: seen.trigger.id,
        number: seen.moves.saturating_add(1),
        what,
        note,
        at: now,
        by: None,
    }
}

fn told(payout: &Payout, tx: Hash, block: BlockNumber) -> String {
    if tx == Hash([0; 32]) {
        return format!(
            "{} of {}: the vault has done it, seen at block {block}",
            payout.kind, payout.amount
        );
    }
    format!("{} of {} by {tx} in block {block}", payout.kind, payout.amount)
}

fn entry(payout: &Payout, tx: Hash, assets: &VaultAssets) -> EscrowEntry {
    let is_money = payout.kind.is_money();
    let (kind, counter, asset) = match is_money {
        true => (EntryKind::Payout, AccountKind::ChainCustody, &assets.money),
        false => (EntryKind::Mint, AccountKind::ShareSupply, &assets.share),
    };
    let account = |kind| AccountKey {
        kind,
        owner: payout.subscription.0,
        asset: asset.clone(),
    };
    EscrowEntry {
        key: EntryKey::payout(payout.id),
        kind,
        reference: format!("trigger:{}", payout.trigger),
        remark: format!("{} to {} by {tx}", payout.kind, payout.recipient),
        lines: vec![
            (account(AccountKind::ChainEscrow), payout.amount.negated()),
            (account(counter), payout.amount),
        ],
    }
}

/// Σ of what is to be paid in money by these payouts, in the token's units; what is not below 2^128 counts as the most there is.
pub fn open_money<'a>(payouts: impl IntoIterator<Item = &'a Payout>) -> u128 {
    let owed = payouts
        .into_iter()
        .filter(|payout| payout.kind.is_money() && !matches!(payout.state, PayoutState::Confirmed { .. }));
    owed.fold(0, |sum: u128, payout| {
        sum.saturating_add(payout.raw.units().unwrap_or(u128::MAX))
    })
}

/// Σ of what these payouts pay at the ledger's scale, of money or of shares; `None` when that is more than an amount can be.
pub fn open_amount<'a>(payouts: impl IntoIterator<Item = &'a Payout>, is_money: bool) -> Option<Amount> {
    let open = payouts
        .into_iter()
        .filter(|payout| payout.kind.is_money() == is_money && !payout.state.is_final());
    Amount::sum(open.map(|payout| payout.amount)).ok()
}

#[cfg(test)]
mod tests;
