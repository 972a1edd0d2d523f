//! The book: the balances, debts and chain's end that a group is decided on, including what it has staged so far.

mod beside;
mod owed;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::fixed::{Amount, NumberError};
use crate::id::{DebtId, LedgerAccountId, PositionId, UserId};
use crate::ledger::account::{Account, AccountKey, Asset};
use crate::ledger::chain;
use crate::ledger::debt::{Debt, DebtState};
use crate::ledger::entry::{Digest, Entry, EntryKey, EntryKind, EntrySeq, Head, Posting};
use crate::ledger::escrow::{EscrowPosting, GuardedRow};
use crate::ledger::facts::{Facts, FreshIds, PositionFact};
use crate::ledger::hold::Hold;
use crate::ledger::request::debt_of;
use crate::ledger::write::{BalanceMove, ChangedDebt, LedgerWrite, Refused, SettledPosition};
use crate::time::Timestamp;
use crate::user::PowerRate;

/// Why an entry cannot be posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BookError {
    /// Its lines do not sum to zero (LED-1).
    #[error("entry does not balance in {0}")]
    Unbalanced(Asset),
    /// A balance that may not fall below zero would (LED-2).
    #[error("{account} holds {balance}, too little for {amount}")]
    Short {
        account: AccountKey,
        balance: Amount,
        amount: Amount,
    },
    /// A balance would leave the range of numbers.
    #[error("the balance of {account} would leave its range")]
    Range {
        account: AccountKey,
        #[source]
        source: NumberError,
    },
    /// The caller did not bring an account that the entry needs.
    #[error("account {0} was not looked up")]
    Unknown(LedgerAccountId),
    /// The caller brought too few fresh ids.
    #[error("no fresh id for {0}")]
    NoId(&'static str),
}

/// An entry before it has a place in the chain.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub key: EntryKey,
    pub kind: EntryKind,
    pub reference: String,
    pub remark: String,
    pub by: Option<String>,
    pub lines: Vec<(AccountKey, Amount)>,
}

#[derive(Debug)]
struct Slot {
    id: LedgerAccountId,
    balance: Amount,
    /// The balance that the store holds; `None` when the account is opened by this group.
    stored: Option<Amount>,
    touched: bool,
}

/// An account, its id, and its balance after a line.
type Moved = (AccountKey, LedgerAccountId, Amount);

/// See the file's sentence.
#[derive(Debug)]
pub(super) struct Book {
    pub rates: Vec<PowerRate>,
    pub users: HashSet<UserId>,
    pub positions: HashMap<PositionId, PositionFact>,
    now: Timestamp,
    head: Head,
    fresh: FreshIds,
    slots: HashMap<AccountKey, Slot>,
    entries: HashMap<EntryKey, Entry>,
    refused: HashMap<EntryKey, Refused>,
    open_debts: BTreeMap<(UserId, DebtId), Debt>,
    posted: Vec<EntryKey>,
    /// Debts that were looked up, as they stand now.
    debts: HashMap<DebtId, Debt>,
    new_debts: BTreeMap<DebtId, Debt>,
    changed_debts: BTreeMap<DebtId, ChangedDebt>,
    holds: HashMap<PositionId, Hold>,
    new_holds: BTreeMap<PositionId, Hold>,
    ended_holds: BTreeMap<PositionId, Hold>,
    settled: BTreeMap<PositionId, SettledPosition>,
    new_refused: Vec<Refused>,
    versions: HashMap<GuardedRow, u32>,
    escrow: Vec<Arc<EscrowPosting>>,
}

impl Book {
    pub fn open(facts: Facts) -> Self {
        let slot = |account: Account| {
            let slot = Slot {
                id: account.id,
                balance: account.balance,
                stored: Some(account.balance),
                touched: false,
            };
            (account.key, slot)
        };
        let open = facts.debts.iter().filter(|row| row.state == DebtState::Owed);
        Self {
            rates: facts.rates,
            users: facts.users.into_iter().collect(),
            positions: facts.positions.into_iter().map(|row| (row.id, row)).collect(),
            now: facts.now,
            head: facts.head.unwrap_or(Head::EMPTY),
            fresh: facts.fresh,
            slots: facts.accounts.into_iter().map(slot).collect(),
            entries: facts.entries.into_iter().map(|row| (row.key.clone(), row)).collect(),
            refused: facts.refused.into_iter().map(|row| (row.key.clone(), row)).collect(),
            open_debts: open.map(|row| ((row.user, row.id), row.clone())).collect(),
            posted: Vec::new(),
            debts: facts.debts.into_iter().map(|row| (row.id, row)).collect(),
            new_debts: BTreeMap::new(),
            changed_debts: BTreeMap::new(),
            holds: facts.holds.into_iter().map(|row| (row.position, row)).collect(),
            new_holds: BTreeMap::new(),
            ended_holds: BTreeMap::new(),
            settled: BTreeMap::new(),
            new_refused: Vec::new(),
            versions: facts.versions.into_iter().collect(),
            escrow: Vec::new(),
        }
    }

    /// Booking time: the time of day, but never before the entry before (T12).
    pub fn at(&self) -> Timestamp {
        self.now.max(self.head.at)
    }

    pub fn balance(&self, account: &AccountKey) -> Amount {
        self.slots.get(account).map_or(Amount::ZERO, |slot| slot.balance)
    }

    pub fn account_id(&self, account: &AccountKey) -> Option<LedgerAccountId> {
        self.slots.get(account).map(|slot| slot.id)
    }

    pub fn entry(&self, key: &EntryKey) -> Option<&Entry> {
        self.entries.get(key)
    }

    pub fn refusal(&self, key: &EntryKey) -> Option<&Refused> {
        self.refused.get(key)
    }

    /// Remembers that a key was refused.
    pub fn refuse(&mut self, key: EntryKey, reason: String) {
        let refused = Refused {
            key: key.clone(),
            reason,
            at: self.at(),
        };
        self.new_refused.push(refused.clone());
        self.refused.insert(key, refused);
    }

    /// Whether the user owes anything: by the balance of what is owed, so that not every debt has to be looked up.
    pub fn owes(&self, user: UserId) -> bool {
        self.balance(&debt_of(user)).is_positive()
    }

    /// The user's oldest open debt, of those that were looked up.
    pub fn oldest_debt(&self, user: UserId) -> Option<&Debt> {
        let all = (user, DebtId(i64::MIN))..=(user, DebtId(i64::MAX));
        self.open_debts.range(all).next().map(|(_, debt)| debt)
    }

    /// Posts a balanced entry whole, or nothing.
    pub fn post(&mut self, draft: Draft) -> Result<EntrySeq, BookError> {
        balanced(&draft.lines)?;
        let (postings, moved) = self.place(draft.lines)?;
        for (account, id, balance) in moved {
            let slot = self.slots.entry(account).or_insert_with(|| {
                self.fresh.accounts.start = id.0.saturating_add(1);
                Slot {
                    id,
                    balance,
                    stored: None,
                    touched: true,
                }
            });
            slot.balance = balance;
            slot.touched = true;
        }
        let entry = chain::sealed(Entry {
            seq: EntrySeq(self.head.seq.0 + 1),
            key: draft.key.clone(),
            kind: draft.kind,
            at: self.at(),
            reference: draft.reference,
            remark: draft.remark,
            by: draft.by,
            postings,
            previous: self.head.digest,
            digest: Digest::default(),
        });
        self.head = Head {
            seq: entry.seq,
            digest: entry.digest,
            at: entry.at,
        };
        self.posted.push(draft.key.clone());
        self.entries.insert(draft.key, entry);
        Ok(self.head.seq)
    }

    /// Postings with balances before and after, and where each line leaves its account. Changes nothing.
    fn place(&self, lines: Vec<(AccountKey, Amount)>) -> Result<(Vec<Posting>, Vec<Moved>), BookError> {
        let mut fresh = self.fresh.accounts.clone();
        let mut postings = Vec::with_capacity(lines.len());
        let mut moved: Vec<Moved> = Vec::with_capacity(lines.len());
        for (key, amount) in lines.into_iter().filter(|(_, amount)| !amount.is_zero()) {
            let earlier = moved.iter().rev().find(|(moved, ..)| *moved == key);
            let (account, before) = match (earlier, self.slots.get(&key)) {
                (Some((_, id, balance)), _) => (*id, *balance),
                (None, Some(slot)) => (slot.id, slot.balance),
                (None, None) => {
                    let id = fresh.next().ok_or(BookError::NoId("an account"))?;
                    (LedgerAccountId(id), Amount::ZERO)
                }
            };
            let after = moved_balance(&key, before, amount)?;
            postings.push(Posting {
                account,
                amount,
                before,
                after,
            });
            moved.push((key, account, after));
        }
        Ok((postings, moved))
    }

    /// The account with this id, among those that were looked up.
    pub fn account_with(&self, id: LedgerAccountId) -> Option<&AccountKey> {
        self.slots.iter().find(|(_, slot)| slot.id == id).map(|(key, _)| key)
    }

    /// The entry at this place, among those that were looked up.
    pub fn entry_at(&self, seq: EntrySeq) -> Option<&Entry> {
        self.entries.values().find(|entry| entry.seq == seq)
    }

    /// Closes the book: what to write, the touched accounts with their new balances, and the chain's new end.
    pub fn close(mut self) -> (LedgerWrite, Vec<Account>, Head) {
        let mut touched = Vec::new();
        let mut opened = Vec::new();
        let mut balances = Vec::new();
        for (key, slot) in self.slots.into_iter().filter(|(_, slot)| slot.touched) {
            let account = |balance| Account {
                id: slot.id,
                key: key.clone(),
                balance,
            };
            if slot.stored.is_none() {
                opened.push(account(Amount::ZERO));
            }
            balances.push(BalanceMove {
                account: slot.id,
                before: slot.stored.unwrap_or(Amount::ZERO),
                after: slot.balance,
            });
            touched.push(account(slot.balance));
        }
        opened.sort_by_key(|account| account.id);
        balances.sort_by_key(|moved| moved.account);
        let entries = self.posted.iter().filter_map(|key| self.entries.remove(key));
        let write = LedgerWrite {
            opened,
            entries: entries.collect(),
            balances,
            debts: self.new_debts.into_values().collect(),
            changed_debts: self.changed_debts.into_values().collect(),
            holds: self.new_holds.into_values().collect(),
            ended_holds: self.ended_holds.into_values().collect(),
            settled: self.settled.into_values().collect(),
            refused: self.new_refused,
            escrow: self.escrow,
        };
        (write, touched, self.head)
    }
}

fn balanced(lines: &[(AccountKey, Amount)]) -> Result<(), BookError> {
    let mut sums: BTreeMap<&Asset, i128> = BTreeMap::new();
    for (account, amount) in lines {
        *sums.entry(&account.asset).or_default() += i128::from(amount.units());
    }
    match sums.into_iter().find(|(_, sum)| *sum != 0) {
        Some((asset, _)) => Err(BookError::Unbalanced(asset.clone())),
        None => Ok(()),
    }
}

fn moved_balance(account: &AccountKey, before: Amount, amount: Amount) -> Result<Amount, BookError> {
    let after = before.plus(amount).map_err(|source| BookError::Range {
        account: account.clone(),
        source,
    })?;
    if account.kind.is_floored() && after.is_negative() {
        return Err(BookError::Short {
            account: account.clone(),
            balance: before,
            amount: amount.negated(),
        });
    }
    Ok(after)
}

#[cfg(test)]
mod tests;
