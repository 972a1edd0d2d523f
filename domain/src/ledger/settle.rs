//! Settling a closed position: power is charged whole, or owed whole, exactly once.

use crate::fixed::{Amount, Ratio, Rounding};
use crate::id::{PositionId, UserId};
use crate::invariant::{Invariant, Violation};
use crate::ledger::account::AccountKey;
use crate::ledger::book::{Book, BookError, Draft};
use crate::ledger::correct::correct;
use crate::ledger::debt::{Debt, DebtState};
use crate::ledger::decide::{Answer, Happened};
use crate::ledger::entry::{Entry, EntryKey, EntryKind};
use crate::ledger::facts::PositionFact;
use crate::ledger::hold::{Hold, HoldState};
use crate::ledger::request::{Rules, clearing, debt_of, revenue, settling_accounts};
use crate::ledger::reserve::{give_back, lines_back, paying_lines};
use crate::ledger::write::PostAnswer;
use crate::settlement::{Settlement, rate_at};
use crate::time::Timestamp;

/// What a position is due.
#[derive(Debug, Clone, Copy)]
struct Due {
    position: PositionId,
    user: UserId,
    power: Amount,
    rate: Ratio,
}

/// Decides one position. Rejections are not remembered: it may be asked again.
pub(super) fn settle(book: &mut Book, rules: &Rules, id: PositionId, happened: &mut Vec<Happened>) -> Answer {
    let Some(position) = book.positions.get(&id).copied() else {
        return reject(format!("position {id} does not exist")).into();
    };
    let key = EntryKey::settlement_of(id);
    let existing = book.entry(&key).map(|entry| replay(book, &position, entry));
    let post = match existing {
        Some(Ok(_)) if position.correction_due() => correct(book, rules, &position, happened),
        Some(Ok(post)) => post,
        Some(Err(field)) => {
            let detail = format!("entry `{key}` and position {id} differ in {field}");
            happened.push(contradiction(detail));
            PostAnswer::ExistsDifferent { field }
        }
        None => first_time(book, rules, &position, happened),
    };
    Answer {
        post,
        settlement: book.positions.get(&id).map(|position| position.settlement),
        collected: Vec::new(),
    }
}

/// The answer where the entry exists: it must say what the position says (S1-04).
fn replay(book: &Book, position: &PositionFact, entry: &Entry) -> Result<PostAnswer, &'static str> {
    if entry.kind != EntryKind::PowerSettle || entry.reference != reference_of(position.id) {
        return Err("reference");
    }
    let own: Vec<_> = settling_accounts(position.user)
        .iter()
        .filter_map(|account| book.account_id(account))
        .collect();
    if !entry.postings.iter().all(|posting| own.contains(&posting.account)) {
        return Err("user");
    }
    // Each settlement adds what is due either to the revenue or to what the user owes.
    let due_on = [revenue(), debt_of(position.user)].map(|account| book.account_id(&account));
    let due = entry
        .postings
        .iter()
        .filter(|posting| due_on.contains(&Some(posting.account)));
    let posted = Amount::sum(due.map(|posting| posting.amount)).map_err(|_| "amount")?;
    let exists = Ok(PostAnswer::Exists { entry: entry.seq });
    match position.settlement {
        Settlement::Charged { .. } | Settlement::Owed { .. } | Settlement::Waived { .. } | Settlement::NothingDue
            if position.corrections > 0 =>
        {
            exists
        }
        Settlement::Charged { power, .. } | Settlement::Owed { power, .. } | Settlement::Waived { power, .. } => {
            if power == posted {
                exists
            } else {
                Err("amount")
            }
        }
        Settlement::NotYet | Settlement::Pending | Settlement::NothingDue | Settlement::Exempt => Err("settlement"),
    }
}

fn first_time(book: &mut Book, rules: &Rules, position: &PositionFact, happened: &mut Vec<Happened>) -> PostAnswer {
    match (position.settlement, position.closed) {
        (Settlement::NotYet, _) => reject(format!("position {} is not closed", position.id)),
        (Settlement::NothingDue | Settlement::Exempt, _) if !position.correction_due() => {
            nothing_due(book, position.id, happened)
        }
        (Settlement::Pending | Settlement::NothingDue, Some((at, profit))) => {
            match due(book, rules, position, at, profit) {
                Ok(due) => charge_or_owe(book, rules, due, happened),
                Err(reason) => reject(reason),
            }
        }
        (settlement, closed) => {
            let detail = format!(
                "position {} is {} and {} without an entry",
                position.id,
                if closed.is_some() { "closed" } else { "not closed" },
                settlement.as_str()
            );
            happened.push(contradiction(detail.clone()));
            reject(detail)
        }
    }
}

/// Nothing is due: what was reserved for the position is given back.
fn nothing_due(book: &mut Book, position: PositionId, happened: &mut Vec<Happened>) -> PostAnswer {
    let Some(hold) = book.held(position).cloned() else {
        return PostAnswer::NothingDue;
    };
    match give_back(book, &hold, false, happened) {
        Ok(_) => PostAnswer::NothingDue,
        Err(error) => reject(error.to_string()),
    }
}

fn due(book: &Book, rules: &Rules, position: &PositionFact, closed: Timestamp, profit: Amount) -> Result<Due, String> {
    let rate = rate_at(&book.rates, position.user, closed, rules.default_rate);
    if rate.is_negative() || rate > Ratio::ONE {
        return Err(format!(
            "power rate {rate} of user {} is not between 0 and 1",
            position.user
        ));
    }
    let power = rate
        .of(profit, Rounding::HalfUp)
        .map_err(|error| format!("power due on position {}: {error}", position.id))?;
    Ok(Due {
        position: position.id,
        user: position.user,
        power,
        rate,
    })
}

fn charge_or_owe(book: &mut Book, rules: &Rules, due: Due, happened: &mut Vec<Happened>) -> PostAnswer {
    if !due.power.is_positive() {
        book.settle(due.position, Settlement::NothingDue);
        happened.push(Happened::RoundedAway { position: due.position });
        return nothing_due(book, due.position, happened);
    }
    let hold = book.held(due.position).cloned();
    let posted = match paying_lines(book, rules, due.user, due.power, hold.as_ref()) {
        Some(lines) => charge(book, due, lines, happened),
        None => owe(book, due, hold.as_ref(), happened),
    };
    match posted {
        Ok(post) => post,
        Err(error) => reject(error.to_string()),
    }
}

fn charge(
    book: &mut Book,
    due: Due,
    mut lines: Vec<(AccountKey, Amount)>,
    happened: &mut Vec<Happened>,
) -> Result<PostAnswer, BookError> {
    lines.push((revenue(), due.power));
    let entry = book.post(draft(due, format!("{} of profit charged", due.rate), lines))?;
    let (power, rate, at) = (due.power, due.rate, book.at());
    book.settle(due.position, Settlement::Charged { power, rate, entry });
    if book.held(due.position).is_some() {
        book.end_hold(due.position, HoldState::Posted { entry, at });
    }
    happened.push(Happened::Charged {
        position: due.position,
        user: due.user,
        power,
        rate,
    });
    Ok(PostAnswer::Created { entry })
}

/// Charges nothing, owes all of it, and gives back what was reserved.
fn owe(book: &mut Book, due: Due, hold: Option<&Hold>, happened: &mut Vec<Happened>) -> Result<PostAnswer, BookError> {
    let debt = book.next_debt()?;
    let mut lines = vec![(debt_of(due.user), due.power), (clearing(), due.power.negated())];
    if let Some(hold) = hold {
        lines.extend(lines_back(hold)?);
    }
    let entry = book.post(draft(due, format!("{} of profit owed as debt {debt}", due.rate), lines))?;
    book.owe(Debt {
        id: debt,
        user: due.user,
        position: due.position,
        correction: 0,
        owed: due.power,
        entry,
        state: DebtState::Owed,
        created_at: book.at(),
    });
    if hold.is_some() {
        let at = book.at();
        book.end_hold(due.position, HoldState::Voided { entry, at });
    }
    let (power, rate) = (due.power, due.rate);
    book.settle(due.position, Settlement::Owed { power, rate, debt });
    happened.push(Happened::Short {
        position: due.position,
        user: due.user,
        owed: power,
        debt,
    });
    Ok(PostAnswer::Created { entry })
}

fn draft(due: Due, remark: String, lines: Vec<(AccountKey, Amount)>) -> Draft {
    Draft {
        key: EntryKey::settlement_of(due.position),
        kind: EntryKind::PowerSettle,
        reference: reference_of(due.position),
        remark,
        by: None,
        lines,
    }
}

/// How entries refer to a position.
pub(super) fn reference_of(position: PositionId) -> String {
    format!("position:{position}")
}

pub(super) fn reject(reason: String) -> PostAnswer {
    PostAnswer::Rejected { reason }
}

pub(super) fn contradiction(detail: String) -> Happened {
    Happened::Contradiction(Violation {
        invariant: Invariant::ChargedOnce,
        detail,
    })
}
