//! The auditor: re-derives chain, balances, debts and settlements from the entries alone, page by page.

pub mod anchor;
mod escrow;
mod pool;
mod projection;
mod trace;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::Serialize;

use crate::fixed::Amount;
use crate::id::{DebtId, HoldingId, LedgerAccountId, PositionId, ProductId, TriggerId, UserId};
use crate::invariant::{Invariant, Violation};
use crate::ledger::account::{Account, AccountKey, Asset};
use crate::ledger::chain;
use crate::ledger::debt::Debt;
use crate::ledger::entry::{Entry, EntryKey, EntrySeq, Head};
use crate::ledger::facts::PositionFact;
use crate::ledger::hold::Hold;
use crate::payout::Payout;
use crate::settlement::Settlement;
use crate::trigger::Trigger;
use escrow::EscrowAuditor;
use pool::{HoldingFact, PoolTrace, ProductFact};
use trace::Trace;

/// Pending positions that are named at most.
const PENDING_NAMED: usize = 100;

/// The first thing that is wrong, with the entries around it where it is an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub violation: Violation,
    /// The entry before it.
    pub before: Option<(EntrySeq, EntryKey)>,
    /// The entry after it.
    pub after: Option<(EntrySeq, EntryKey)>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.violation.fmt(f)?;
        if let Some((seq, key)) = &self.before {
            write!(f, "; entry {seq} `{key}` is before it")?;
        }
        if let Some((seq, key)) = &self.after {
            write!(f, "; entry {seq} `{key}` is after it")?;
        }
        Ok(())
    }
}

/// What the auditor says at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Entries read.
    pub entries: u64,
    /// Accounts compared.
    pub accounts: u64,
    /// Debts compared.
    pub debts: u64,
    /// Holds compared.
    pub holds: u64,
    /// Positions compared.
    pub positions: u64,
    /// Triggers compared.
    pub triggers: u64,
    /// The end of the chain.
    pub head: Head,
    /// The first thing that is wrong; `None` when all holds.
    #[serde(serialize_with = "finding_as_text")]
    pub finding: Option<Finding>,
    /// Profitable closed positions that await settlement (SET-2).
    pub pending: u64,
    /// The oldest of them by id, at most 100.
    pub pending_first: Vec<PositionId>,
    /// Users with an open debt, in order.
    pub debtors: Vec<UserId>,
}

fn finding_as_text<S: serde::Serializer>(finding: &Option<Finding>, serializer: S) -> Result<S::Ok, S::Error> {
    match finding {
        Some(finding) => serializer.collect_str(finding),
        None => serializer.serialize_none(),
    }
}

/// The auditor. Feed it, in this order: [`account`](Self::account) for all, so that it knows them;
/// [`accounts_are_read`](Self::accounts_are_read) after each time;
/// [`entry`](Self::entry) for all up to a head; [`open_window`](Self::open_window) with that head; accounts, debts,
/// holds, positions and triggers as they are now; the entries written meanwhile; [`finish`](Self::finish). So it can audit a ledger
/// that is being written: a row may be as new as the last entry fed, and must be as new as the window.
#[derive(Debug, Default)]
pub struct Verifier {
    known: HashMap<LedgerAccountId, AccountKey>,
    stored: BTreeMap<LedgerAccountId, Amount>,
    balances: HashMap<LedgerAccountId, Amount>,
    last: Option<(Head, EntryKey)>,
    entries: u64,
    traces: HashMap<PositionId, Trace>,
    /// Corrections that made or changed a debt.
    corrections: HashMap<(PositionId, u32), EntrySeq>,
    /// Debts that were collected or waived: by which entry, and how much.
    ended: HashMap<DebtId, (EntrySeq, Amount)>,
    /// Entries on accounts that were opened after the accounts were read.
    unknown: Vec<Entry>,
    window: Option<EntrySeq>,
    /// Balances that accounts passed through since the window was opened.
    passed: HashMap<LedgerAccountId, Vec<Amount>>,
    debts: BTreeMap<DebtId, Debt>,
    holds: BTreeMap<PositionId, Hold>,
    /// Positions fed.
    positions: u64,
    /// Those that await settlement.
    pending: Vec<PositionId>,
    /// Those that the entries up to then did not explain: entries written meanwhile may.
    doubtful: Vec<PositionFact>,
    /// What the entries say of holdings of the pools.
    pools: HashMap<HoldingId, PoolTrace>,
    /// The newest entry about a pool.
    pool_newest: EntrySeq,
    /// What holdings that were fed count against their product's quota, in units.
    sold: HashMap<ProductId, i128>,
    products: Vec<ProductFact>,
    doubtful_holdings: Vec<HoldingFact>,
    escrow: EscrowAuditor,
    finding: Option<Finding>,
}

impl Verifier {
    /// An auditor that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The last entry fed.
    pub fn last(&self) -> EntrySeq {
        self.head().seq
    }

    /// Takes an account: what it is for, and the balance that is stored.
    pub fn account(&mut self, account: &Account) {
        self.known.insert(account.id, account.key.clone());
        self.stored.insert(account.id, account.balance);
        self.escrow.account(account);
    }

    /// Says that all accounts were fed since the last entry.
    pub fn accounts_are_read(&mut self) {
        for entry in std::mem::take(&mut self.unknown) {
            let checked = self.check_content(&entry);
            self.note(checked, false);
        }
    }

    /// Takes the next entry.
    pub fn entry(&mut self, entry: &Entry) {
        match &mut self.finding {
            Some(finding) => {
                let is_next = finding.before.is_some() && finding.after.is_none();
                if is_next {
                    finding.after = Some((entry.seq, entry.key.clone()));
                }
                return;
            }
            None => {
                let checked = self.check_chain(entry).and_then(|()| self.check_balances(entry));
                let checked = checked.and_then(|()| {
                    if entry
                        .postings
                        .iter()
                        .all(|posting| self.known.contains_key(&posting.account))
                    {
                        self.check_content(entry)
                    } else {
                        self.unknown.push(entry.clone());
                        Ok(())
                    }
                });
                self.note(checked, true);
            }
        }
        self.escrow.entry(entry);
        self.entries += 1;
        let head = Head {
            seq: entry.seq,
            digest: entry.digest,
            at: entry.at,
        };
        self.last = Some((head, entry.key.clone()));
    }

    /// Says that rows fed from now on were read after the entries so far; `head` is the stored end of the chain.
    pub fn open_window(&mut self, head: Head) {
        let last = self.head();
        if self.finding.is_none() && last != head {
            let detail = format!(
                "the entries end at {} `{}`, but the stored head is {} `{}`",
                last.seq, last.digest, head.seq, head.digest
            );
            self.note(Err(violation(Invariant::ChainUnbroken, detail)), false);
        }
        self.window = Some(last.seq);
        self.escrow.open_window(last.seq);
    }

    /// Takes a debt.
    pub fn debt(&mut self, debt: &Debt) {
        self.debts.insert(debt.id, debt.clone());
    }

    /// Takes a hold.
    pub fn hold(&mut self, hold: &Hold) {
        self.holds.insert(hold.position, hold.clone());
    }

    /// Takes a position. One that agrees with the entries is not kept: only an entry about it could change that, and what
    /// that entry leaves is for the next audit.
    pub fn position(&mut self, position: PositionFact) {
        self.positions += 1;
        if position.settlement == Settlement::Pending {
            self.pending.push(position.id);
        }
        if let Some(trace) = self.traces.get_mut(&position.id) {
            trace.has_position = true;
        }
        if self.check_position(&position).is_err() {
            self.doubtful.push(position);
        }
    }

    /// Takes a trigger with all its payouts. Whoever reads them apart makes sure that the trigger was not changed in between.
    pub fn trigger(&mut self, trigger: &Trigger, payouts: &[Payout]) {
        self.escrow.trigger(trigger, payouts);
    }

    /// Takes note of a trigger that changed while it was read: it is left to the next audit.
    pub fn moving_trigger(&mut self, trigger: TriggerId) {
        self.escrow.moving(trigger);
    }

    fn head(&self) -> Head {
        self.last.as_ref().map_or(Head::EMPTY, |(head, _)| *head)
    }

    /// Keeps the first violation.
    fn note(&mut self, checked: Result<(), Violation>, is_entry: bool) {
        if let (Err(violation), None) = (checked, &self.finding) {
            let before = self.last.as_ref().filter(|_| is_entry);
            self.finding = Some(Finding {
                violation,
                before: before.map(|(head, key)| (head.seq, key.clone())),
                after: None,
            });
        }
    }

    fn check_chain(&self, entry: &Entry) -> Result<(), Violation> {
        let last = self.head();
        let broken = |what: String| Err(violation(Invariant::ChainUnbroken, format!("{}: {what}", name(entry))));
        if entry.seq.0 != last.seq.0 + 1 {
            return broken(format!("its place is not {}", last.seq.0 + 1));
        }
        if entry.previous != last.digest {
            return broken(format!("its previous digest is not that of entry {}", last.seq));
        }
        if entry.digest != chain::digest_of(entry) {
            return broken("its digest is not that of its content".to_owned());
        }
        if entry.at < last.at {
            return broken(format!("it was booked before entry {}", last.seq));
        }
        Ok(())
    }

    fn check_balances(&mut self, entry: &Entry) -> Result<(), Violation> {
        for posting in &entry.postings {
            let balance = self.balances.entry(posting.account).or_default();
            let adds_up = posting.before.plus(posting.amount) == Ok(posting.after);
            if posting.before != *balance || !adds_up {
                let detail = format!(
                    "{}: account {} holds {balance}, but its posting goes from {} by {} to {}",
                    name(entry),
                    posting.account,
                    posting.before,
                    posting.amount,
                    posting.after
                );
                return Err(violation(Invariant::BalanceIsSum, detail));
            }
            if self.window.is_some() {
                self.passed
                    .entry(posting.account)
                    .or_insert_with(|| vec![*balance])
                    .push(posting.after);
            }
            *balance = posting.after;
        }
        Ok(())
    }

    /// Checks what needs to know the accounts.
    fn check_content(&mut self, entry: &Entry) -> Result<(), Violation> {
        let mut sums: BTreeMap<&Asset, i128> = BTreeMap::new();
        for posting in &entry.postings {
            let Some(key) = self.known.get(&posting.account) else {
                let detail = format!("{}: account {} does not exist", name(entry), posting.account);
                return Err(violation(Invariant::BalanceIsSum, detail));
            };
            *sums.entry(&key.asset).or_default() += i128::from(posting.amount.units());
            if key.kind.is_floored() && posting.after.is_negative() {
                let detail = format!("{}: {key} falls to {}", name(entry), posting.after);
                return Err(violation(Invariant::NoNegativeBalance, detail));
            }
        }
        if let Some((asset, _)) = sums.into_iter().find(|(_, sum)| *sum != 0) {
            let detail = format!("{}: its postings in {asset} do not sum to zero", name(entry));
            return Err(violation(Invariant::EntriesBalance, detail));
        }
        self.trace(entry)
    }
}

fn name(entry: &Entry) -> String {
    format!("entry {} `{}`", entry.seq, entry.key)
}

const fn violation(invariant: Invariant, detail: String) -> Violation {
    Violation { invariant, detail }
}
