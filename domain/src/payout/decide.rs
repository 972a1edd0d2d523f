//! What is done about a payout, from its row, what was signed for it, and what the chain says.

use std::time::Duration;

use crate::chain::{BlockNumber, FollowState, Hash};
use crate::payout::fees::{self, FeeRules, Fees, Market};
use crate::payout::{Attempt, Payout, PayoutState};
use crate::time::Timestamp;

/// Answers that a nonce is used, while the account says that it is free, after which a person has to look.
pub const CONTRADICTIONS: u32 = 10;

/// How payouts are sent and believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutRules {
    /// Blocks on top of the one that a transaction is in, before it counts.
    pub confirmations: u64,
    /// A transaction that has waited so long is replaced.
    pub stuck_after: Duration,
    /// Fees.
    pub fees: FeeRules,
    /// Gas beside what a call was estimated to take, in thousandths of that.
    pub gas_margin_permille: u32,
    /// Nonces that may wait to be in a block at once.
    pub window: u64,
    /// Wei that the payer is to hold at least; below, a person is told, and payouts go on as long as they can be paid for.
    pub gas_floor: u128,
    /// Nothing is signed or sent: it is only noted what would be.
    pub dry_run: bool,
}

impl PayoutRules {
    /// Gas at most of a call that was estimated to take so much.
    pub fn gas_limit(&self, estimated: u64) -> u64 {
        let more = u128::from(estimated) * u128::from(self.gas_margin_permille) / 1_000;
        estimated.saturating_add(u64::try_from(more).unwrap_or(u64::MAX))
    }
}

/// A transaction of ours in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mined {
    /// Its hash.
    pub tx: Hash,
    /// Its block.
    pub block: BlockNumber,
    /// Whether it did what it was made for, rather than being reverted.
    pub succeeded: bool,
    /// Blocks on top of its block; `None` while the chain has another block there.
    pub depth: Option<u64>,
}

/// What the vault says of a payout's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paid {
    /// It was not asked.
    NotAsked,
    /// Nobody answered.
    Unanswered,
    /// It cannot be asked: what answers is no vault of ours.
    Unaskable(String),
    /// It has not done it, and has said so for so many blocks without a break.
    No {
        /// Blocks since that was first seen.
        blocks: u64,
    },
    /// It has done it, and has said so for so many blocks without a break.
    Yes {
        /// Blocks since that was first seen.
        blocks: u64,
        /// The block at which it was first seen.
        since: BlockNumber,
    },
}

/// What the chain says of a payout that something was signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The transaction of it that is in a block: one that succeeded before one that was reverted.
    pub mined: Option<Mined>,
    /// The first nonce of the payer that is free on the chain.
    pub latest: u64,
    /// Blocks since its nonce was first seen to be used, without a break.
    pub passed_for: u64,
    /// Answers in a row that its nonce is used, while the account says that it is free.
    pub too_low: u32,
    /// Whether a node said that its fees are too low.
    pub is_underpriced: bool,
    /// Whether any node knows the newest transaction of it.
    pub is_known: bool,
    /// What the vault says.
    pub paid: Paid,
    /// What gas costs; `None` while nobody tells.
    pub market: Option<Market>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing, for the reason given.
    Wait(String),
    /// The vault is asked, and it is decided again.
    Ask,
    /// The newest transaction goes out, byte for byte as it is on record.
    Send,
    /// The same call is signed at the same nonce with these fees.
    Replace(Fees),
    /// It waits too long and the caps leave no room: a person is told.
    Stuck(String),
    /// Somebody else used its nonce and the vault has not paid: the same call is signed at a fresh nonce, and a person is told.
    Anew,
    /// It is done.
    Confirm {
        /// The transaction; all zero when it is not known.
        tx: Hash,
        /// Its block.
        block: BlockNumber,
    },
    /// A person has to look.
    Halt(String),
}

/// What is done about a payout that something was signed for; `attempts` in the order in which they were signed.
pub fn in_flight(payout: &Payout, attempts: &[Attempt], seen: &Seen, rules: &PayoutRules, now: Timestamp) -> Step {
    let (Some(nonce), Some(newest)) = (payout.state.nonce(), attempts.last()) else {
        return Step::Halt("it is signed, and what was signed is not on record".to_owned());
    };
    match seen.mined {
        Some(mined) => in_a_block(mined, seen, rules),
        None if seen.latest > nonce => passed(nonce, seen, rules),
        None if seen.too_low >= CONTRADICTIONS => contradicted(nonce, seen),
        None => waiting(payout, nonce, newest, seen, rules, now),
    }
}

fn in_a_block(mined: Mined, seen: &Seen, rules: &PayoutRules) -> Step {
    let Mined { tx, block, .. } = mined;
    match mined.depth {
        None => Step::Wait(format!("its block {block} is not on the chain at the moment")),
        Some(depth) if depth < rules.confirmations => {
            let needed = rules.confirmations;
            Step::Wait(format!("it is in block {block}, {depth} of {needed} blocks deep"))
        }
        Some(_) if mined.succeeded => Step::Confirm { tx, block },
        Some(_) => match &seen.paid {
            Paid::No { .. } => Step::Halt(format!("its transaction {tx} was reverted")),
            paid => told(paid, rules).unwrap_or(Step::Ask),
        },
    }
}

/// Its nonce is used, and none of its transactions is in a block.
fn passed(nonce: u64, seen: &Seen, rules: &PayoutRules) -> Step {
    match &seen.paid {
        Paid::No { blocks } if *blocks >= rules.confirmations && seen.passed_for >= rules.confirmations => Step::Anew,
        Paid::No { .. } => Step::Wait(format!(
            "nonce {nonce} was used by somebody else, and the vault has not paid; it is watched for {} blocks",
            rules.confirmations
        )),
        paid => told(paid, rules).unwrap_or(Step::Ask),
    }
}

/// One node says that its nonce is used, another that it is free.
fn contradicted(nonce: u64, seen: &Seen) -> Step {
    match &seen.paid {
        Paid::No { .. } => Step::Halt(format!(
            "nodes say that nonce {nonce} is used, and that it is free; no transaction of it is in a block, and the vault has not paid"
        )),
        Paid::Yes { .. } => Step::Wait("the vault has paid; its transaction is looked for".to_owned()),
        Paid::Unaskable(why) => Step::Halt(why.clone()),
        Paid::NotAsked => Step::Ask,
        Paid::Unanswered => Step::Wait("the vault does not answer".to_owned()),
    }
}

/// What follows from the vault's word where it has paid, or gives none.
fn told(paid: &Paid, rules: &PayoutRules) -> Option<Step> {
    match paid {
        Paid::Yes { blocks, since } if *blocks >= rules.confirmations => Some(Step::Confirm {
            tx: Hash([0; 32]),
            block: *since,
        }),
        Paid::Yes { blocks, .. } => Some(Step::Wait(format!(
            "the vault has paid by a transaction that is not known here, seen for {blocks} of {} blocks",
            rules.confirmations
        ))),
        Paid::Unaskable(why) => Some(Step::Halt(why.clone())),
        Paid::Unanswered => Some(Step::Wait("the vault does not answer".to_owned())),
        Paid::NotAsked | Paid::No { .. } => None,
    }
}

/// Its nonce is free: it is to get into a block.
fn waiting(payout: &Payout, nonce: u64, newest: &Attempt, seen: &Seen, rules: &PayoutRules, now: Timestamp) -> Step {
    let since = match payout.state {
        PayoutState::Broadcast { since, .. } => since,
        _ => newest.signed_at,
    };
    let is_unsent = matches!(payout.state, PayoutState::Signed { .. }) && !seen.is_underpriced;
    // What waits behind another nonce does not wait for its fees.
    let is_stuck = nonce == seen.latest && (seen.is_underpriced || now.since(since) >= rules.stuck_after);
    if !is_stuck || is_unsent {
        return match seen.is_known && !is_unsent {
            true => Step::Wait(format!("it waits to be in a block, with nonce {nonce}")),
            false => Step::Send,
        };
    }
    let Some(market) = seen.market else {
        return Step::Wait("nobody tells what gas costs".to_owned());
    };
    let offered = Fees {
        max_fee: newest.max_fee,
        tip: newest.tip,
    };
    match fees::replacement(offered, market, &rules.fees) {
        Some(fees) => Step::Replace(fees),
        None if !seen.is_known => Step::Send,
        None => Step::Stuck(format!(
            "it waits with nonce {nonce} at {} wei per gas, and the caps leave no room for more",
            newest.max_fee
        )),
    }
}

/// What is known of a payout that nothing waits for, before anything is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedSeen {
    /// What the vault says.
    pub paid: Paid,
    /// Which limit it is over, and is not to be passed over.
    pub over: Option<String>,
    /// Whether the vault can cover it, where money leaves.
    pub is_covered: bool,
    /// Gas that it would take; refused when it would be reverted.
    pub estimate: Estimate,
}

/// What a node says that a call would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Estimate {
    /// It was not asked, or does not answer.
    Unknown(String),
    /// It takes so much gas.
    Gas(u64),
    /// It would be reverted.
    Reverted(String),
}

/// What is done about a payout that nothing waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueuedStep {
    /// Nothing, for the reason given.
    Wait(String),
    /// Nothing, because of a limit: a person is told.
    Limited(String),
    /// Nothing, because the vault has too little: a person is told.
    Uncovered,
    /// It is signed, with gas at most.
    Sign {
        /// Gas at most.
        gas: u64,
    },
    /// The vault has done it already.
    Confirm {
        /// The block at which that was first seen.
        block: BlockNumber,
    },
    /// It would be reverted: no nonce is spent on it, and a person has to look.
    Halt(String),
}

/// What is done about a payout that nothing is signed for.
pub fn queued(seen: &QueuedSeen, rules: &PayoutRules) -> QueuedStep {
    match told(&seen.paid, rules) {
        Some(Step::Confirm { block, .. }) => return QueuedStep::Confirm { block },
        Some(Step::Halt(why)) => return QueuedStep::Halt(why),
        Some(Step::Wait(why)) => return QueuedStep::Wait(why),
        Some(_) | None => {}
    }
    if let Some(why) = &seen.over {
        return QueuedStep::Limited(why.clone());
    }
    if !seen.is_covered {
        return QueuedStep::Uncovered;
    }
    if seen.paid == Paid::NotAsked {
        return QueuedStep::Wait("the vault was not asked whether it has paid".to_owned());
    }
    match &seen.estimate {
        Estimate::Unknown(why) => QueuedStep::Wait(why.clone()),
        Estimate::Reverted(why) => QueuedStep::Halt(format!("it would be reverted: {why}")),
        Estimate::Gas(gas) => QueuedStep::Sign {
            gas: rules.gas_limit(*gas),
        },
    }
}

/// Why nothing is signed or sent for payouts of a subscription; `None` when something may be.
pub fn barred(subscription: Option<&FollowState>, rules: &PayoutRules) -> Option<String> {
    match subscription {
        None => Some("its subscription is not in the settings".to_owned()),
        Some(FollowState::Halted { .. }) => Some("its subscription is halted".to_owned()),
        Some(FollowState::Following) if rules.dry_run => Some("a dry run: it would be signed and sent now".to_owned()),
        Some(FollowState::Following) => None,
    }
}

#[cfg(test)]
mod tests;
