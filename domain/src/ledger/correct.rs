//! Settling the difference after the venue revised the profit of a close that the ledger had decided on.

use crate::fixed::{Amount, Ratio, Rounding};
use crate::id::UserId;
use crate::ledger::account::AccountKey;
use crate::ledger::book::{Book, BookError, Draft};
use crate::ledger::debt::{Debt, DebtState};
use crate::ledger::decide::Happened;
use crate::ledger::entry::{EntryKey, EntryKind, EntrySeq};
use crate::ledger::facts::PositionFact;
use crate::ledger::request::{Purse, Rules, clearing, debt_of, revenue};
use crate::ledger::reserve::paying_lines;
use crate::ledger::settle::{contradiction, reference_of, reject};
use crate::ledger::write::PostAnswer;
use crate::settlement::{Settlement, rate_at};

type Line = (AccountKey, Amount);

/// What becomes of the settlement, before it is posted.
struct Change {
    lines: Vec<Line>,
    /// The open debt after it: changed, made, or none.
    debt: Option<Debt>,
    remark: String,
}

/// Decides the difference of a position whose correction is due.
pub(super) fn correct(
    book: &mut Book,
    rules: &Rules,
    position: &PositionFact,
    happened: &mut Vec<Happened>,
) -> PostAnswer {
    let Some((closed, profit)) = position.closed else {
        return reject(format!("position {} is not closed", position.id));
    };
    let (old, rate) = match position.settlement {
        Settlement::Charged { power, rate, .. } | Settlement::Owed { power, rate, .. } => (power, rate),
        Settlement::NotYet
        | Settlement::Pending
        | Settlement::NothingDue
        | Settlement::Exempt
        | Settlement::Waived { .. } => (
            Amount::ZERO,
            rate_at(&book.rates, position.user, closed, rules.default_rate),
        ),
    };
    let new = match rate.of(profit.max(Amount::ZERO), Rounding::HalfUp) {
        Ok(new) => new,
        Err(error) => return reject(format!("power due on position {}: {error}", position.id)),
    };
    let Ok(delta) = new.minus(old) else {
        return reject(format!("power due on position {} left its range", position.id));
    };
    if delta.is_zero() {
        book.correct(position.id, position.settlement, false);
        return PostAnswer::NothingDue;
    }
    let change = match position.settlement {
        Settlement::Owed { debt, .. } => match book.debt(debt).filter(|debt| debt.state == DebtState::Owed).cloned() {
            Some(debt) => change_debt(debt, delta),
            None => {
                let detail = format!("position {} owes debt {debt}, which is not open", position.id);
                happened.push(contradiction(detail.clone()));
                return reject(detail);
            }
        },
        _ if delta.is_positive() => charge(book, rules, position, delta),
        _ => Ok(refund(position.user, delta.negated())),
    };
    let posted = change.and_then(|change| post(book, position, (new, rate), change));
    match posted {
        Ok(entry) => {
            happened.push(Happened::Corrected {
                position: position.id,
                user: position.user,
                power: delta,
            });
            PostAnswer::Created { entry }
        }
        Err(error) => reject(error.to_string()),
    }
}

/// More or less is owed; what is taken off beyond the debt was charged before and is refunded.
fn change_debt(debt: Debt, delta: Amount) -> Result<Change, BookError> {
    let range = |source| BookError::Range {
        account: debt_of(debt.user),
        source,
    };
    let wanted = debt.owed.plus(delta).map_err(range)?;
    let owed = wanted.max(Amount::ZERO);
    let moved = owed.minus(debt.owed).map_err(range)?;
    let back = owed.minus(wanted).map_err(range)?;
    let mut lines = vec![(debt_of(debt.user), moved), (clearing(), moved.negated())];
    if back.is_positive() {
        lines.extend(refund(debt.user, back).lines);
    }
    let remark = format!("profit revised: debt {} changes by {moved}", debt.id);
    let debt = Some(Debt { owed, ..debt });
    Ok(Change { lines, debt, remark })
}

fn charge(book: &Book, rules: &Rules, position: &PositionFact, delta: Amount) -> Result<Change, BookError> {
    if let Some(mut lines) = paying_lines(book, rules, position.user, delta, None) {
        lines.push((revenue(), delta));
        return Ok(Change {
            lines,
            debt: None,
            remark: format!("profit revised: {delta} more charged"),
        });
    }
    let id = book.next_debt()?;
    Ok(Change {
        lines: vec![(debt_of(position.user), delta), (clearing(), delta.negated())],
        debt: Some(Debt {
            id,
            user: position.user,
            position: position.id,
            correction: position.corrections.saturating_add(1),
            owed: delta,
            // Known once it is posted.
            entry: EntrySeq::default(),
            state: DebtState::Owed,
            created_at: book.at(),
        }),
        remark: format!("profit revised: {delta} more owed as debt {id}"),
    })
}

/// What was charged too much goes to the user's own power, whichever purse had paid.
fn refund(user: UserId, back: Amount) -> Change {
    Change {
        lines: vec![(revenue(), back.negated()), (Purse::Power.account(user), back)],
        debt: None,
        remark: format!("profit revised: {back} refunded"),
    }
}

fn post(
    book: &mut Book,
    position: &PositionFact,
    (power, rate): (Amount, Ratio),
    change: Change,
) -> Result<EntrySeq, BookError> {
    let entry = book.post(Draft {
        key: EntryKey::correction_of(position.id, position.corrections.saturating_add(1)),
        kind: EntryKind::PowerCorrect,
        reference: reference_of(position.id),
        remark: change.remark,
        by: None,
        lines: change.lines,
    })?;
    let at = book.at();
    let open = change.debt.map(|debt| keep_debt(book, debt, entry, at));
    let to = match open {
        Some(Some(debt)) => Settlement::Owed { power, rate, debt },
        Some(None) | None if power.is_zero() => Settlement::NothingDue,
        Some(None) | None => Settlement::Charged { power, rate, entry },
    };
    book.correct(position.id, to, true);
    Ok(entry)
}

/// Records a debt that was made or changed; its id while something is still owed.
fn keep_debt(book: &mut Book, debt: Debt, entry: EntrySeq, at: crate::time::Timestamp) -> Option<crate::id::DebtId> {
    let id = debt.id;
    if debt.entry == EntrySeq::default() {
        book.owe(Debt { entry, ..debt });
        return Some(id);
    }
    if debt.owed.is_zero() {
        // What it owed stays readable; the entry says that it is nothing now.
        let owed = book.debt(id).map_or(debt.owed, |before| before.owed);
        let state = DebtState::Cancelled { entry, at };
        book.change_debt(Debt { owed, state, ..debt });
        return None;
    }
    book.change_debt(debt);
    Some(id)
}
