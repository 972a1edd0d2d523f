//! What operators may do to the ledger besides moving assets: forgiving a debt, and taking an entry back.

use crate::fixed::{Amount, Ratio};
use crate::ledger::book::{Book, BookError, Draft};
use crate::ledger::collect::{mismatch, owed_on};
use crate::ledger::debt::{Debt, DebtState};
use crate::ledger::decide::Happened;
use crate::ledger::entry::{Entry, EntryKey, EntryKind, EntrySeq};
use crate::ledger::request::{Reversal, Waiver, clearing, debt_of};
use crate::ledger::settle::{contradiction, reference_of, reject};
use crate::ledger::transfer::{REMARK, fits, nobody};
use crate::ledger::write::PostAnswer;
use crate::settlement::Settlement;

/// Forgives an open debt, whole and for good.
pub(super) fn waive(book: &mut Book, waiver: &Waiver, happened: &mut Vec<Happened>) -> PostAnswer {
    let key = EntryKey::waiver_of(waiver.debt);
    if let Some(entry) = book.entry(&key) {
        let same = entry.kind == EntryKind::DebtWaive && entry.remark == waiver.reason;
        return if same {
            PostAnswer::Exists { entry: entry.seq }
        } else {
            PostAnswer::ExistsDifferent { field: "reason" }
        };
    }
    if let Some(reason) = unfounded(&waiver.by, &waiver.reason) {
        return reject(reason);
    }
    let owed = match open_debt(book, waiver) {
        Ok(debt) => debt,
        Err(reason) => return reject(reason),
    };
    let Some(of_position) = owed_on(book, &owed) else {
        let detail = mismatch(&owed);
        happened.push(contradiction(detail.clone()));
        return reject(detail);
    };
    match forgive(book, key, waiver, owed, of_position, happened) {
        Ok(entry) => PostAnswer::Created { entry },
        Err(error) => reject(error.to_string()),
    }
}

/// The debt to forgive, while it is owed.
fn open_debt(book: &Book, waiver: &Waiver) -> Result<Debt, String> {
    let debt = book.debt(waiver.debt).cloned();
    let debt = debt.ok_or_else(|| format!("debt {} does not exist", waiver.debt))?;
    match debt.state {
        DebtState::Owed => Ok(debt),
        DebtState::Repaid { .. } | DebtState::Waived { .. } | DebtState::Cancelled { .. } => {
            Err(format!("debt {} is {}, not owed", debt.id, debt.state.as_str()))
        }
    }
}

fn forgive(
    book: &mut Book,
    key: EntryKey,
    waiver: &Waiver,
    debt: Debt,
    (power, rate): (Amount, Ratio),
    happened: &mut Vec<Happened>,
) -> Result<EntrySeq, BookError> {
    let entry = book.post(Draft {
        key,
        kind: EntryKind::DebtWaive,
        reference: reference_of(debt.position),
        remark: waiver.reason.clone(),
        by: Some(waiver.by.clone()),
        lines: vec![(debt_of(debt.user), debt.owed.negated()), (clearing(), debt.owed)],
    })?;
    let (at, reason) = (book.at(), format!("{}: {}", waiver.by, waiver.reason));
    let (id, user, position, owed) = (debt.id, debt.user, debt.position, debt.owed);
    book.change_debt(Debt {
        state: DebtState::Waived { entry, at, reason },
        ..debt
    });
    book.move_settlement(position, Settlement::Waived { power, rate });
    happened.push(Happened::Waived {
        debt: id,
        position,
        user,
        power: owed,
    });
    if !book.owes(user) {
        happened.push(Happened::DebtFree { user });
    }
    Ok(entry)
}

/// Takes an entry back by one with the opposite lines, at most once, and only where nothing else is derived from it.
pub(super) fn reverse(book: &mut Book, reversal: &Reversal) -> PostAnswer {
    let key = EntryKey::reversal_of(reversal.entry);
    if let Some(entry) = book.entry(&key) {
        let same = entry.kind == EntryKind::Refund && entry.remark == reversal.reason;
        return if same {
            PostAnswer::Exists { entry: entry.seq }
        } else {
            PostAnswer::ExistsDifferent { field: "reason" }
        };
    }
    if let Some(reason) = unfounded(&reversal.by, &reversal.reason) {
        return reject(reason);
    }
    let Some(entry) = book.entry_at(reversal.entry).cloned() else {
        return reject(format!("entry {} does not exist", reversal.entry));
    };
    if !entry.kind.is_reversible() {
        return reject(format!(
            "entry {} is of kind {}, which is not taken back by hand",
            entry.seq,
            entry.kind.as_str()
        ));
    }
    match take_back(book, key, &entry, reversal) {
        Ok(post) => post,
        Err(error) => reject(error.to_string()),
    }
}

fn take_back(book: &mut Book, key: EntryKey, entry: &Entry, reversal: &Reversal) -> Result<PostAnswer, BookError> {
    let mut lines = Vec::with_capacity(entry.postings.len());
    for posting in &entry.postings {
        let account = book.account_with(posting.account).cloned();
        let account = account.ok_or(BookError::Unknown(posting.account))?;
        lines.push((account, posting.amount.negated()));
    }
    let seq = book.post(Draft {
        key,
        kind: EntryKind::Refund,
        reference: format!("entry:{}", entry.seq),
        remark: reversal.reason.clone(),
        by: Some(reversal.by.clone()),
        lines,
    })?;
    Ok(PostAnswer::Created { entry: seq })
}

/// What is wrong with who asked, or why.
fn unfounded(by: &str, reason: &str) -> Option<String> {
    let wrong = reason.trim().is_empty() || !fits(reason, REMARK);
    let reason = wrong.then(|| format!("reason must be 1 to {REMARK} characters without control characters"));
    nobody(by).or(reason)
}
