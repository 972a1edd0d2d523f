//! Rows of the ledger: accounts, entries, postings, refused keys and debts.

use std::collections::HashMap;

use domain::fixed::{Amount, BOUND};
use domain::id::{DebtId, LedgerAccountId, PositionId, UserId};
use domain::ledger::{
    Account, AccountKey, AccountKind, Asset, Debt, DebtState, Digest, Entry, EntryKey, EntryKind, EntrySeq, Posting,
    Refused,
};
use domain::time::Timestamp;
use entity::{debt, entry, entry_refusal, ledger_account, posting};

use super::Row;
use crate::ports::store::StoreError;

pub fn account_row(account: &Account) -> ledger_account::Model {
    ledger_account::Model {
        id: account.id.0,
        kind: account.key.kind.as_str().to_owned(),
        owner: account.key.owner,
        asset: account.key.asset.as_str().to_owned(),
        balance: account.balance.units(),
        lowest: if account.key.kind.is_floored() { 0 } else { -BOUND },
    }
}

pub fn account(row: ledger_account::Model) -> Result<Account, StoreError> {
    let name = Row::new("ledger account", row.id);
    Ok(Account {
        id: LedgerAccountId(row.id),
        key: AccountKey {
            kind: name.word("kind", &row.kind, AccountKind::parse)?,
            owner: row.owner,
            asset: name.word("asset", &row.asset, Asset::new)?,
        },
        balance: name.fixed("balance", row.balance, Amount::from_units)?,
    })
}

pub fn posting_rows(entry: &Entry) -> impl Iterator<Item = posting::Model> {
    (0_i64..).zip(&entry.postings).map(|(line, posting)| posting::Model {
        entry_seq: entry.seq.0,
        line,
        account_id: posting.account.0,
        amount: posting.amount.units(),
        balance_before: posting.before.units(),
        balance_after: posting.after.units(),
    })
}

/// Puts entries and their postings, which come in order of entry and line, together.
pub fn entries(rows: Vec<entry::Model>, postings: Vec<posting::Model>) -> Result<Vec<Entry>, StoreError> {
    let mut lines: HashMap<i64, Vec<Posting>> = HashMap::new();
    for row in postings {
        lines.entry(row.entry_seq).or_default().push(posting(&row)?);
    }
    rows.into_iter()
        .map(|row| {
            let postings = lines.remove(&row.seq).unwrap_or_default();
            entry(row, postings)
        })
        .collect()
}

fn entry(row: entry::Model, postings: Vec<Posting>) -> Result<Entry, StoreError> {
    let name = Row::new("entry", row.seq);
    Ok(Entry {
        seq: EntrySeq(row.seq),
        key: EntryKey::stored(row.entry_key),
        kind: name.word("kind", &row.kind, EntryKind::parse)?,
        at: Timestamp(row.at),
        reference: row.reference,
        remark: row.remark,
        by: row.asked_by,
        postings,
        previous: digest(&name, "previous digest", &row.previous)?,
        digest: digest(&name, "digest", &row.digest)?,
    })
}

fn posting(row: &posting::Model) -> Result<Posting, StoreError> {
    let name = Row::new("posting of entry", row.entry_seq);
    Ok(Posting {
        account: LedgerAccountId(row.account_id),
        amount: name.fixed("amount", row.amount, Amount::from_units)?,
        before: name.fixed("balance before", row.balance_before, Amount::from_units)?,
        after: name.fixed("balance after", row.balance_after, Amount::from_units)?,
    })
}

pub fn refused(row: entry_refusal::Model) -> Refused {
    Refused {
        key: EntryKey::stored(row.entry_key),
        reason: row.reason,
        at: Timestamp(row.at),
    }
}

/// A digest from its bytes.
pub fn digest(name: &Row, field: &str, bytes: &[u8]) -> Result<Digest, StoreError> {
    match bytes.try_into() {
        Ok(bytes) => Ok(Digest(bytes)),
        Err(_) => Err(name.corrupt(format!("{field} has {} bytes, not 32", bytes.len()))),
    }
}

pub fn debt_row(debt: &Debt) -> debt::Model {
    let (ended_entry, ended_at, reason) = match &debt.state {
        DebtState::Owed => (None, None, None),
        DebtState::Repaid { entry, at } | DebtState::Cancelled { entry, at } => (Some(entry.0), Some(at.0), None),
        DebtState::Waived { entry, at, reason } => (Some(entry.0), Some(at.0), Some(reason.clone())),
    };
    debt::Model {
        id: debt.id.0,
        user_id: debt.user.0,
        position_id: debt.position.0,
        correction: debt.correction.into(),
        owed: debt.owed.units(),
        entry_seq: debt.entry.0,
        state: debt.state.as_str().to_owned(),
        ended_entry,
        ended_at,
        reason,
        created_at: debt.created_at.0,
    }
}

pub fn debt(row: debt::Model) -> Result<Debt, StoreError> {
    let name = Row::new("debt", row.id);
    let at = || name.present("end", row.ended_at).map(Timestamp);
    let entry = || name.present("entry", row.ended_entry).map(EntrySeq);
    let state = match row.state.as_str() {
        "owed" => DebtState::Owed,
        "repaid" => DebtState::Repaid {
            entry: entry()?,
            at: at()?,
        },
        "cancelled" => DebtState::Cancelled {
            entry: entry()?,
            at: at()?,
        },
        "waived" => DebtState::Waived {
            entry: entry()?,
            at: at()?,
            reason: name.present("reason", row.reason)?,
        },
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    };
    Ok(Debt {
        id: DebtId(row.id),
        user: UserId(row.user_id),
        position: PositionId(row.position_id),
        correction: name.count("correction", row.correction)?,
        owed: name.fixed("owed", row.owed, Amount::from_units)?,
        entry: EntrySeq(row.entry_seq),
        state,
        created_at: Timestamp(row.created_at),
    })
}
