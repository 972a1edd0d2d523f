//! Branches: what became of logs that acted, after a reorg that was deeper than the confirmations.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::chain::{Block, BlockNumber, FollowState, Hash, LogKey, MovedLog, SeenLog, StoredLog, Subscription};
use crate::change::Change;
use crate::id::TriggerId;
use crate::ledger::{EntryKey, EntryKind, EscrowEntry, EscrowPosting};
use crate::time::Timestamp;
use crate::trigger::{Listing, Trigger, TriggerState};

use super::receive::lines;

/// Longest reason of a halt, in characters.
const REASON: usize = 200;

/// What the logs on record and those of a branch are to each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SortedOut {
    /// On the branch at another place, or back on it: the same transaction, the same event.
    pub moved: Vec<MovedLog>,
    /// At a place of the branch where the same transaction says something else. They stand for what is there now, and the
    /// difference is a person's to make good.
    pub changed: Vec<(StoredLog, SeenLog)>,
    /// On the branch no more.
    pub vanished: Vec<StoredLog>,
    /// On the branch and on record under no name.
    pub fresh: Vec<SeenLog>,
    /// On the branch, not on record, but at a place whose name another log of the transaction has had: they are not received.
    pub nameless: Vec<SeenLog>,
}

impl SortedOut {
    /// Everything that is to be written of logs that are on record.
    pub fn moves(&self) -> Vec<MovedLog> {
        let changed = self.changed.iter().map(|(from, to)| moved(from, to));
        let gone = self.vanished.iter().filter(|log| !log.orphaned).map(|log| MovedLog {
            from: log.seen.log.key,
            index: log.seen.log.key.index,
            block: None,
        });
        gone.chain(self.moved.iter().cloned()).chain(changed).collect()
    }

    /// What a person has to look at; `None` when nothing is.
    pub fn told(&self) -> Option<String> {
        let trigger = |log: &StoredLog| log.trigger.map_or_else(|| "none".to_owned(), |id| id.to_string());
        let gone = self.vanished.iter().filter(|log| !log.orphaned).map(trigger);
        let gone: Vec<String> = gone.collect();
        let changed: Vec<String> = self.changed.iter().map(|(log, _)| trigger(log)).collect();
        let nameless: Vec<String> = self.nameless.iter().map(|seen| seen.log.key.to_string()).collect();
        let parts = [
            ("triggers whose logs are gone", gone),
            ("triggers whose logs say something else now", changed),
            ("logs that are not received", nameless),
        ];
        let words: Vec<String> = parts
            .into_iter()
            .filter(|(_, ids)| !ids.is_empty())
            .map(|(what, ids)| format!("{what}: {}", ids.join(", ")))
            .collect();
        (!words.is_empty()).then(|| words.join("; "))
    }
}

/// Sorts logs on record of blocks that may be gone, and orphaned ones that may be back, against the logs of a branch. A log is the same
/// one when it is of the same transaction, the same place among the vault's logs of it, and says the same.
pub fn sort_out(recorded: &[StoredLog], branch: Vec<SeenLog>) -> SortedOut {
    let mut known: BTreeMap<Hash, Vec<&StoredLog>> = BTreeMap::new();
    for log in recorded {
        known.entry(log.seen.log.key.tx).or_default().push(log);
    }
    known
        .values_mut()
        .for_each(|logs| logs.sort_by_key(|log| log.seen.log.key.index));
    let names: HashSet<LogKey> = recorded.iter().map(|log| log.seen.log.key).collect();
    let mut ordinals: BTreeMap<Hash, usize> = BTreeMap::new();
    let mut matched: HashSet<LogKey> = HashSet::new();
    let mut sorted = SortedOut::default();
    for seen in branch {
        let tx = seen.log.key.tx;
        let ordinal = ordinals.entry(tx).or_default();
        let log = known.get(&tx).and_then(|logs| logs.get(*ordinal)).copied();
        *ordinal += 1;
        match log {
            Some(log) => {
                matched.insert(log.seen.log.key);
                if !says_the_same(log, &seen) {
                    sorted.changed.push((log.clone(), seen));
                } else if log.orphaned
                    || log.seen.log.key != seen.log.key
                    || log.seen.log.block_hash != seen.log.block_hash
                {
                    sorted.moved.push(moved(log, &seen));
                }
            }
            None if names.contains(&seen.log.key) => sorted.nameless.push(seen),
            None => sorted.fresh.push(seen),
        }
    }
    let vanished = recorded.iter().filter(|log| !matched.contains(&log.seen.log.key));
    sorted.vanished = vanished.cloned().collect();
    sorted
}

fn says_the_same(log: &StoredLog, seen: &SeenLog) -> bool {
    match (&log.seen.event, &seen.event) {
        (Ok(event), Ok(other)) => event == other,
        // One that acted on nothing does not begin to.
        (Err(_), _) => true,
        (Ok(_), Err(_)) => false,
    }
}

fn moved(log: &StoredLog, to: &SeenLog) -> MovedLog {
    MovedLog {
        from: log.seen.log.key,
        index: to.log.key.index,
        block: Some(to.block),
    }
}

/// Why and since when a subscription is halted. Reasons are cut to 200 characters.
pub fn halt(subscription: &Subscription, reason: &str, now: Timestamp) -> EscrowPosting {
    let halted = Subscription {
        follow: FollowState::Halted {
            reason: reason.chars().take(REASON).collect(),
            at: now,
        },
        reorgs: subscription.reorgs.saturating_add(1),
        updated_at: now,
        ..subscription.clone()
    };
    EscrowPosting::default().with_subscription(halted)
}

/// Where a halted subscription goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoOn {
    /// The newest block that was read and is on the chain.
    pub fork: BlockNumber,
    /// Its hash, where it is known.
    pub hash: Option<Hash>,
}

/// What an operator's word to go on writes: logs are where they are now, and reading begins above the fork. Triggers of vanished logs for
/// which nothing was ordered end here, and what was booked for them is taken back; `waiting` are the triggers of vanished logs.
pub fn resume(
    subscription: &Subscription,
    listing: &Listing,
    go_on: GoOn,
    sorted: &SortedOut,
    waiting: Vec<Trigger>,
    now: Timestamp,
) -> Arc<EscrowPosting> {
    let mut posting = EscrowPosting::default();
    let moves = sorted.moves();
    if !moves.is_empty() {
        posting = posting.with(Change::MoveLogs(moves));
    }
    let gone: HashSet<TriggerId> = sorted.vanished.iter().filter_map(|log| log.trigger).collect();
    for trigger in waiting.into_iter().filter(|trigger| gone.contains(&trigger.id)) {
        if !matches!(trigger.state, TriggerState::Held | TriggerState::Ready) || trigger.orders > 0 {
            continue;
        }
        posting.entries.push(taken_back(listing, &trigger));
        posting = posting.with_trigger(Trigger {
            state: TriggerState::Returned { at: now },
            error: Some("its log is on the chain no more".to_owned()),
            next_at: None,
            updated_at: now,
            ..trigger
        });
    }
    let rewound = Subscription {
        cursor: go_on.fork,
        cursor_hash: go_on.hash,
        follow: FollowState::Following,
        updated_at: now,
        ..subscription.clone()
    };
    let anchors = Change::AddAnchors {
        anchors: Vec::new(),
        subscription: subscription.id,
        keep_from: BlockNumber(0),
        keep_to: go_on.fork,
    };
    Arc::new(posting.with(anchors).with_subscription(rewound))
}

fn taken_back(listing: &Listing, trigger: &Trigger) -> EscrowEntry {
    let lines = lines(listing, trigger.kind, trigger.amount.negated());
    EscrowEntry {
        key: EntryKey::unlog(&trigger.log),
        kind: EntryKind::Contract,
        reference: format!("trigger:{}", trigger.id),
        remark: format!(
            "taken off the chain again: {} of {}",
            trigger.kind.as_str(),
            trigger.user
        ),
        lines,
    }
}

/// The subscription with what its chain's first block is.
#[must_use]
pub fn with_genesis(subscription: &Subscription, genesis: &Block) -> Subscription {
    Subscription {
        genesis: Some(genesis.hash),
        ..subscription.clone()
    }
}

#[cfg(test)]
mod tests;
