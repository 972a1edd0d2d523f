//! The audit of what triggers gave: each has the entries that its rows speak of, with their amounts, and no other ones.
//!
//! Since every line on an account of escrow belongs to a trigger that accounts for it, what such an account holds is what
//! live triggers have in escrow still.

mod sums;

use std::collections::{HashMap, HashSet};

use crate::fixed::Amount;
use crate::id::{LedgerAccountId, TriggerId};
use crate::invariant::{Invariant, Violation};
use crate::ledger::account::{Account, AccountKey, AccountKind};
use crate::ledger::entry::{Entry, EntryKey, EntryKind, EntrySeq, Posting};
use crate::payout::{Payout, PayoutKind, PayoutState};
use crate::trigger::{Trigger, TriggerKind, TriggerState};
use sums::Sums;

/// What an entry moved on accounts that hold escrow, or that were not known.
#[derive(Debug, Clone)]
struct Kept {
    seq: EntrySeq,
    key: EntryKey,
    kind: EntryKind,
    lines: Vec<(LedgerAccountId, Amount)>,
}

/// A trigger with its payouts, as they were read.
#[derive(Debug, Clone)]
struct Case {
    trigger: Trigger,
    payouts: Vec<Payout>,
}

/// The auditor. A trigger and its payouts must be read so that nothing of the trigger changed in between, and not before the
/// entries up to the window were fed.
#[derive(Debug, Default)]
pub(super) struct EscrowAuditor {
    accounts: HashMap<LedgerAccountId, AccountKey>,
    traces: HashMap<TriggerId, Vec<Kept>>,
    /// Entries about no trigger that may have touched escrow.
    strangers: Vec<Kept>,
    /// Cases that the entries fed before did not explain: entries written meanwhile may.
    doubtful: Vec<Case>,
    moving: HashSet<TriggerId>,
    window: Option<EntrySeq>,
    /// Triggers fed.
    pub triggers: u64,
}

impl EscrowAuditor {
    /// Takes an account.
    pub fn account(&mut self, account: &Account) {
        self.accounts.insert(account.id, account.key.clone());
    }

    /// Takes the next entry.
    pub fn entry(&mut self, entry: &Entry) {
        let concerns = |line: &&Posting| {
            let key = self.accounts.get(&line.account);
            key.is_none_or(|key| key.kind == AccountKind::ChainEscrow)
        };
        let is_ours = is_about_triggers(entry.kind);
        if !is_ours && !entry.postings.iter().any(|line| concerns(&line)) {
            return;
        }
        let lines = entry.postings.iter().filter(concerns);
        let kept = Kept {
            seq: entry.seq,
            key: entry.key.clone(),
            kind: entry.kind,
            lines: lines.map(|line| (line.account, line.amount)).collect(),
        };
        let named = entry.reference.strip_prefix("trigger:");
        match named.and_then(|id| id.parse().ok()).filter(|_| is_ours) {
            Some(trigger) => self.traces.entry(TriggerId(trigger)).or_default().push(kept),
            None => self.strangers.push(kept),
        }
    }

    /// Rows from now on were read after this entry.
    pub fn open_window(&mut self, last: EntrySeq) {
        self.window = Some(last);
    }

    /// Takes a trigger with its payouts. One that ended and agrees with the entries is not kept: nothing changes it any more.
    pub fn trigger(&mut self, trigger: &Trigger, payouts: &[Payout]) {
        self.triggers += 1;
        let entries = self.traces.get(&trigger.id).map(Vec::as_slice).unwrap_or_default();
        let explained = self.check(trigger, payouts, entries).is_ok();
        if explained && trigger.state.is_final() {
            self.traces.remove(&trigger.id);
        } else {
            self.doubtful.push(Case {
                trigger: trigger.clone(),
                payouts: payouts.to_vec(),
            });
        }
    }

    /// Leaves a trigger, and whatever the entries say of it, to the next audit.
    pub fn moving(&mut self, trigger: TriggerId) {
        self.moving.insert(trigger);
    }

    /// Compares what is left, once the entries that were written meanwhile are fed.
    pub fn finish(&mut self) -> Result<(), Violation> {
        let cases = std::mem::take(&mut self.doubtful);
        for Case { trigger, payouts } in &cases {
            let entries = self.traces.remove(&trigger.id).unwrap_or_default();
            self.check_within(trigger, payouts, &entries)?;
        }
        self.check_strangers()?;
        let left = self.traces.iter().filter(|(trigger, _)| !self.moving.contains(trigger));
        let rest = left.flat_map(|(_, trace)| trace).filter(|kept| self.is_old(kept.seq));
        match rest.min_by_key(|kept| kept.seq) {
            Some(kept) => Err(broken(
                Invariant::LogActsOnce,
                format!("entry {} `{}` is of a trigger that does not exist", kept.seq, kept.key),
            )),
            None => Ok(()),
        }
    }

    fn is_old(&self, seq: EntrySeq) -> bool {
        self.window.is_none_or(|window| seq <= window)
    }

    /// The rows may be as new as any entry that was written since the window was opened.
    fn check_within(&self, trigger: &Trigger, payouts: &[Payout], entries: &[Kept]) -> Result<(), Violation> {
        let old = entries.iter().take_while(|kept| self.is_old(kept.seq)).count();
        let mut first = Ok(());
        for count in old..=entries.len() {
            let checked = self.check(trigger, payouts, entries.get(..count).unwrap_or_default());
            if checked.is_ok() {
                return Ok(());
            }
            if count == old {
                first = checked;
            }
        }
        first
    }

    fn check_strangers(&self) -> Result<(), Violation> {
        let touches = |kept: &&Kept| {
            let mut keys = kept.lines.iter().filter_map(|(account, _)| self.accounts.get(account));
            keys.any(|key| key.kind == AccountKind::ChainEscrow) || is_about_triggers(kept.kind)
        };
        match self.strangers.iter().find(touches) {
            Some(kept) => Err(broken(
                Invariant::TriggerEndsOnce,
                format!("entry {} `{}` moves escrow for no trigger", kept.seq, kept.key),
            )),
            None => Ok(()),
        }
    }

    /// Whether rows and entries say the same.
    fn check(&self, trigger: &Trigger, payouts: &[Payout], entries: &[Kept]) -> Result<(), Violation> {
        let mut sums = Sums::of(trigger, &self.accounts);
        let mut seen = Seen::default();
        for entry in entries {
            seen.take(trigger, payouts, entry)?;
            sums.add(entry)?;
        }
        seen.is_complete(trigger, payouts)?;
        sums.given(if seen.taken_back { Amount::ZERO } else { trigger.amount })?;
        sums.traded(trigger)?;
        sums.paid(payouts)?;
        planned(trigger, payouts, seen.taken_back)
    }
}

/// Entries of a trigger that were met.
#[derive(Debug, Default)]
struct Seen {
    log: u32,
    taken_back: bool,
    trade: u32,
    paid: Vec<EntryKey>,
}

impl Seen {
    /// Each entry is one of those that this trigger can have.
    fn take(&mut self, trigger: &Trigger, payouts: &[Payout], entry: &Kept) -> Result<(), Violation> {
        let log = EntryKey::log(&trigger.log);
        let is_of =
            |payout: &&Payout| EntryKey::payout(payout.id) == entry.key && entry_kind(payout.kind) == entry.kind;
        match entry.kind {
            EntryKind::Contract if entry.key == log => self.log += 1,
            EntryKind::Contract if entry.key.as_str() == format!("un{log}") => self.taken_back = true,
            EntryKind::Trade if entry.key == EntryKey::trade_of(trigger.id) => self.trade += 1,
            EntryKind::Mint | EntryKind::Payout if payouts.iter().any(|payout| is_of(&payout)) => {
                self.paid.push(entry.key.clone());
            }
            _ => {
                let detail = format!("entry {} `{}` is not of trigger {}", entry.seq, entry.key, trigger.id);
                return Err(broken(Invariant::TriggerEndsOnce, detail));
            }
        }
        Ok(())
    }

    /// The log has its entry; there is a trade when something was executed; what is confirmed was booked, and nothing else.
    fn is_complete(&self, trigger: &Trigger, payouts: &[Payout]) -> Result<(), Violation> {
        let id = trigger.id;
        if self.log != 1 {
            let detail = format!("trigger {id} has {} entries of its log {}", self.log, trigger.log);
            return Err(broken(Invariant::LogActsOnce, detail));
        }
        let executed = trigger.filled.units() > 0;
        if self.trade != u32::from(executed) {
            let detail = format!(
                "trigger {id} executed {} and has {} entries of a trade",
                trigger.filled, self.trade
            );
            return Err(broken(Invariant::TriggerEndsOnce, detail));
        }
        if self.taken_back && !(matches!(trigger.state, TriggerState::Returned { .. }) && payouts.is_empty()) {
            let detail = format!(
                "the log of trigger {id} was taken back, and it is {}",
                trigger.state.as_str()
            );
            return Err(broken(Invariant::TriggerEndsOnce, detail));
        }
        for payout in payouts {
            let due = matches!(payout.state, PayoutState::Confirmed { .. }) && payout.amount.is_positive();
            let key = EntryKey::payout(payout.id);
            let booked = self.paid.iter().filter(|paid| **paid == key).count();
            if booked != usize::from(due) {
                let detail = format!(
                    "payout {} of trigger {id} is {} and has {booked} entries",
                    payout.id,
                    payout.state.as_str()
                );
                return Err(broken(Invariant::PaidOnce, detail));
            }
        }
        Ok(())
    }
}

/// What is paid, or is to be, is what was given and was not used, and what was got for the rest.
fn planned(trigger: &Trigger, payouts: &[Payout], taken_back: bool) -> Result<(), Violation> {
    let wrong = |what: String| {
        Err(broken(
            Invariant::TriggerEndsOnce,
            format!("trigger {}: {what}", trigger.id),
        ))
    };
    let decided = match trigger.state {
        TriggerState::Held | TriggerState::Ready | TriggerState::Ordering { .. } => false,
        TriggerState::Paying | TriggerState::Returning => true,
        TriggerState::Settled { .. } | TriggerState::Returned { .. } => true,
    };
    if !decided || taken_back {
        return match payouts.first() {
            Some(payout) => wrong(format!("payout {} was made before it was decided on", payout.id)),
            None => Ok(()),
        };
    }
    if let Some(open) = payouts.iter().find(|payout| !payout.state.is_final())
        && trigger.state.is_final()
    {
        return wrong(format!(
            "it is {}, and payout {} is not",
            trigger.state.as_str(),
            open.id
        ));
    }
    let (rest, got) = sums::due(trigger)
        .map_err(|error| broken(Invariant::TriggerEndsOnce, format!("trigger {}: {error}", trigger.id)))?;
    let (back, forth) = match trigger.kind {
        TriggerKind::Deposit => (PayoutKind::Refund, PayoutKind::Mint),
        TriggerKind::Redeem => (PayoutKind::Remint, PayoutKind::Proceeds),
    };
    let is_other = |payout: &&Payout| ![back, forth].contains(&payout.kind);
    if let Some(payout) = payouts.iter().find(is_other) {
        return wrong(format!("payout {} is a {}", payout.id, payout.kind));
    }
    for (kind, due) in [(back, rest), (forth, got)] {
        let paid = payouts
            .iter()
            .filter(|payout| payout.kind == kind)
            .map(|payout| payout.amount);
        let paid = Amount::sum(paid).unwrap_or_default();
        if paid != due {
            return wrong(format!("{due} is due as {kind}, and its payouts are {paid}"));
        }
    }
    Ok(())
}

const fn entry_kind(kind: PayoutKind) -> EntryKind {
    if kind.is_money() {
        EntryKind::Payout
    } else {
        EntryKind::Mint
    }
}

const fn is_about_triggers(kind: EntryKind) -> bool {
    match kind {
        EntryKind::Contract | EntryKind::Trade | EntryKind::Mint | EntryKind::Payout => true,
        EntryKind::Recharge
        | EntryKind::Withdraw
        | EntryKind::PowerSettle
        | EntryKind::PowerCorrect
        | EntryKind::DebtCollect
        | EntryKind::DebtWaive
        | EntryKind::PowerHold
        | EntryKind::HoldRelease
        | EntryKind::Adjust
        | EntryKind::Transfer
        | EntryKind::Refund
        | EntryKind::Import
        | EntryKind::Treasury
        | EntryKind::PoolIn
        | EntryKind::PoolOut
        | EntryKind::PoolYield
        | EntryKind::PoolPenalty
        | EntryKind::PoolFund
        | EntryKind::Commission => false,
    }
}

const fn broken(invariant: Invariant, detail: String) -> Violation {
    Violation { invariant, detail }
}
