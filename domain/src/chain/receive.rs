//! Receiving logs: what a page of them puts on record, in one commit with how far it was read.

use std::sync::Arc;

use crate::chain::follow::SoundPage;
use crate::chain::{
    Address, Anchor, Block, BlockNumber, ChainEvent, ChainLog, LogKey, MovedLog, RawAmount, SeenLog, StoredLog,
    Subscription,
};
use crate::change::Change;
use crate::fixed::Amount;
use crate::id::TriggerId;
use crate::ledger::{AccountKey, AccountKind, Asset, EntryKey, EntryKind, EscrowEntry, EscrowPosting};
use crate::time::Timestamp;
use crate::trigger::{Listing, Trigger, TriggerKind, TriggerState};

use super::subscription::ANCHORS;

/// Longest reason for which a log is not understood, in characters.
const REASON: usize = 200;

/// Under which circumstances logs are received.
#[derive(Debug, Clone, Copy)]
pub struct Reception<'a> {
    /// The subscription as it is on record.
    pub subscription: &'a Subscription,
    /// The terms.
    pub listing: &'a Listing,
    /// Whether a pause covers what the logs set off: they are recorded all the same, and act after the resume.
    pub is_paused: bool,
    /// Trigger ids from this one on are free: as many as there are logs.
    pub first_trigger: TriggerId,
    /// Now.
    pub now: Timestamp,
}

/// Which blocks a page of logs stands for.
#[derive(Debug, Clone)]
pub enum Reach {
    /// Everything above the cursor up to this block, and the hashes of blocks on the way.
    To {
        /// The cursor from now on.
        last: Block,
        /// Blocks to remember.
        blocks: Vec<Block>,
        /// Logs on record, of an earlier branch, that are back.
        back: Vec<MovedLog>,
    },
    /// Blocks below the cursor, of which these logs were not on record.
    Below,
}

/// What is to be written.
#[derive(Debug, Clone)]
pub struct Received {
    /// All of it, for one commit.
    pub posting: Arc<EscrowPosting>,
    /// The subscription as it is after the commit.
    pub subscription: Subscription,
    /// Triggers in it.
    pub triggers: u32,
    /// Logs in it that were not understood.
    pub malformed: u32,
}

/// Parts of one commit, as they come together.
#[derive(Default)]
struct Gathered {
    entries: Vec<EscrowEntry>,
    logs: Vec<StoredLog>,
    triggers: Vec<Trigger>,
    malformed: u32,
}

/// Logs with what they are, each once.
pub fn seen(page: &SoundPage, event: impl Fn(&ChainLog) -> Result<ChainEvent, String>) -> Vec<SeenLog> {
    let logs = page.logs.iter().map(|(log, block)| SeenLog {
        log: log.clone(),
        block: *block,
        event: event(log).map_err(|why| why.chars().take(REASON).collect()),
    });
    logs.collect()
}

/// What these logs put on record: each understood one an entry and a trigger, each other one only itself with the reason. None of
/// them is on record yet.
pub fn receive(reception: Reception<'_>, seen: Vec<SeenLog>, reach: Reach) -> Received {
    let mut gathered = Gathered::default();
    let is_late = matches!(reach, Reach::Below);
    let count = u32::try_from(seen.len()).unwrap_or(u32::MAX);
    for log in seen {
        take(&reception, log, &mut gathered);
    }
    let mut changed = reception.subscription.clone();
    changed.malformed = changed.malformed.saturating_add(gathered.malformed);
    changed.updated_at = reception.now;
    if is_late {
        changed.late_logs = changed.late_logs.saturating_add(count);
    }
    let triggers = u32::try_from(gathered.triggers.len()).unwrap_or(u32::MAX);
    let mut posting = EscrowPosting {
        entries: gathered.entries,
        ..EscrowPosting::default()
    };
    if !gathered.logs.is_empty() {
        posting = posting.with(Change::AddLogs(gathered.logs));
    }
    if !gathered.triggers.is_empty() {
        posting = posting.with(Change::AddTriggers(gathered.triggers));
    }
    if let Reach::To { last, blocks, back } = reach {
        if !back.is_empty() {
            posting = posting.with(Change::MoveLogs(back));
        }
        changed.cursor = last.number;
        changed.cursor_hash = Some(last.hash);
        posting = posting.with(remembered(&changed, last, &blocks));
    }
    let posting = posting.with_subscription(changed.clone());
    changed.version = changed.version.saturating_add(1);
    Received {
        posting: Arc::new(posting),
        subscription: changed,
        triggers,
        malformed: gathered.malformed,
    }
}

/// The newest of these blocks are remembered, and no other ones above the cursor.
fn remembered(subscription: &Subscription, last: Block, blocks: &[Block]) -> Change {
    let keep_from = last.number.minus(ANCHORS - 1);
    let anchor = |block: &Block| Anchor {
        subscription: subscription.id,
        number: block.number,
        hash: block.hash,
    };
    let kept = blocks
        .iter()
        .filter(|block| block.number >= keep_from && block.number < last.number);
    Change::AddAnchors {
        anchors: kept.chain([&last]).map(anchor).collect(),
        subscription: subscription.id,
        keep_from,
        keep_to: last.number,
    }
}

/// What was given, when it can be counted.
struct Given {
    kind: TriggerKind,
    user: Address,
    raw: RawAmount,
    amount: Amount,
    dust: RawAmount,
}

fn given(event: &ChainEvent, listing: &Listing) -> Result<Given, String> {
    let (kind, user, raw, decimals) = match event {
        ChainEvent::Deposit { user, amount } => (TriggerKind::Deposit, *user, amount, listing.money_decimals),
        ChainEvent::Redeem { user, shares } => (TriggerKind::Redeem, *user, shares, listing.share_decimals),
    };
    if raw.is_zero() {
        return Err("the amount is zero".to_owned());
    }
    let (amount, dust) = raw
        .to_ledger(decimals)
        .map_err(|_| format!("the amount {raw} is beyond the ledger's range"))?;
    if amount.is_zero() {
        return Err(format!("the amount {raw} is finer than the ledger counts"));
    }
    Ok(Given {
        kind,
        user,
        raw: raw.clone(),
        amount,
        dust,
    })
}

fn take(reception: &Reception<'_>, mut seen: SeenLog, gathered: &mut Gathered) {
    let known = seen.event.clone().and_then(|event| given(&event, reception.listing));
    let trigger = match known {
        Ok(given) => {
            let taken = i64::try_from(gathered.triggers.len()).unwrap_or(i64::MAX);
            let id = TriggerId(reception.first_trigger.0.saturating_add(taken));
            gathered.entries.push(entry(reception, &given, id, &seen.log.key));
            gathered.triggers.push(trigger(reception, given, id, &seen));
            Some(id)
        }
        Err(why) => {
            gathered.malformed += 1;
            seen.event = Err(why.chars().take(REASON).collect());
            None
        }
    };
    gathered.logs.push(StoredLog {
        subscription: reception.subscription.id,
        seen,
        trigger,
        read_at: reception.now,
        orphaned: false,
    });
}

fn entry(reception: &Reception<'_>, given: &Given, id: TriggerId, log: &LogKey) -> EscrowEntry {
    let remark = match given.kind {
        TriggerKind::Deposit => format!("deposit of {}", given.user),
        TriggerKind::Redeem => format!("redemption of {}", given.user),
    };
    EscrowEntry {
        key: EntryKey::log(log),
        kind: EntryKind::Contract,
        reference: format!("trigger:{id}"),
        remark,
        lines: lines(reception.listing, given.kind, given.amount),
    }
}

/// The lines of what was given: into escrow, against what the vault holds or the shares that are out.
pub(super) fn lines(listing: &Listing, kind: TriggerKind, amount: Amount) -> Vec<(AccountKey, Amount)> {
    let account = |kind, asset: &Asset| AccountKey {
        kind,
        owner: listing.subscription.0,
        asset: asset.clone(),
    };
    let (asset, counterpart) = match kind {
        TriggerKind::Deposit => (&listing.money, AccountKind::ChainCustody),
        TriggerKind::Redeem => (&listing.share, AccountKind::ShareSupply),
    };
    vec![
        (account(AccountKind::ChainEscrow, asset), amount),
        (account(counterpart, asset), amount.negated()),
    ]
}

fn trigger(reception: &Reception<'_>, given: Given, id: TriggerId, seen: &SeenLog) -> Trigger {
    let Reception { listing, now, .. } = *reception;
    Trigger {
        id,
        log: seen.log.key,
        subscription: reception.subscription.id,
        kind: given.kind,
        user: given.user,
        symbol: listing.symbol.clone(),
        block: seen.log.block,
        block_hash: seen.log.block_hash,
        block_at: seen.block.at,
        raw: given.raw,
        amount: given.amount,
        dust: given.dust,
        price: None,
        filled: crate::fixed::Quantity::ZERO,
        value: Amount::ZERO,
        fee: Amount::ZERO,
        orders: 0,
        state: if reception.is_paused {
            TriggerState::Held
        } else {
            TriggerState::Ready
        },
        error: None,
        next_at: None,
        expires_at: Timestamp(now.0.saturating_add(listing.patience_ms)),
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

/// The first block that is read again below a cursor by a search for logs that were not told at first; `None` when nothing was read.
pub fn scan_from(subscription: &Subscription, blocks: u64) -> Option<BlockNumber> {
    let first = subscription
        .start
        .plus(1)
        .max(subscription.cursor.minus(blocks.saturating_sub(1)));
    (first <= subscription.cursor && subscription.cursor_hash.is_some()).then_some(first)
}

#[cfg(test)]
pub(super) mod tests;
