//! Bringing assets in and taking them out, each once per reference, and collecting debts from what came in.

use crate::fixed::Amount;
use crate::id::PositionId;
use crate::ledger::account::Asset;
use crate::ledger::book::{Book, BookError, Draft};
use crate::ledger::debt::{Debt, DebtState};
use crate::ledger::decide::{Answer, Happened};
use crate::ledger::entry::{Entry, EntryKey, EntryKind};
use crate::ledger::request::{Purse, Rules, Transfer, clearing, debt_of, revenue};
use crate::ledger::settle::{contradiction, paying_lines, reference_of, reject};
use crate::ledger::write::PostAnswer;
use crate::settlement::Settlement;

/// Longest remark, in characters.
const REMARK: usize = 200;
/// Longest name of who asked, in characters.
const BY: usize = 100;

/// Brings assets in; when they are power, the user's debts are collected by the same commit.
pub(super) fn recharge(book: &mut Book, rules: &Rules, transfer: &Transfer, happened: &mut Vec<Happened>) -> Answer {
    let Some(key) = EntryKey::recharge(&transfer.reference) else {
        return bad_reference().into();
    };
    if let Some(known) = known(book, &key, EntryKind::Recharge, transfer) {
        return known.into();
    }
    let post = move_assets(book, key, EntryKind::Recharge, transfer, transfer.amount)
        .unwrap_or_else(|error| reject(error.to_string()));
    let created = matches!(post, PostAnswer::Created { .. });
    let collected = if created && transfer.purse.is_power() {
        collect(book, rules, transfer, happened)
    } else {
        Vec::new()
    };
    Answer {
        post,
        settlement: None,
        collected,
    }
}

/// Takes assets out. A reference that was refused for lack of funds stays refused: another attempt has another one.
pub(super) fn withdraw(book: &mut Book, transfer: &Transfer) -> Answer {
    let Some(key) = EntryKey::withdrawal(&transfer.reference) else {
        return bad_reference().into();
    };
    if let Some(known) = known(book, &key, EntryKind::Withdraw, transfer) {
        return known.into();
    }
    let amount = transfer.amount.negated();
    match move_assets(book, key.clone(), EntryKind::Withdraw, transfer, amount) {
        Ok(post) => post.into(),
        Err(error @ BookError::Short { .. }) => {
            let reason = error.to_string();
            book.refuse(key, reason.clone());
            reject(reason).into()
        }
        Err(error) => reject(error.to_string()).into(),
    }
}

/// The answer where the key is known already.
fn known(book: &Book, key: &EntryKey, kind: EntryKind, transfer: &Transfer) -> Option<PostAnswer> {
    if let Some(entry) = book.entry(key) {
        return Some(match different_field(book, entry, kind, transfer) {
            Some(field) => PostAnswer::ExistsDifferent { field },
            None => PostAnswer::Exists { entry: entry.seq },
        });
    }
    book.refusal(key).map(|refused| PostAnswer::AlreadyFailed {
        reason: refused.reason.clone(),
    })
}

fn different_field(book: &Book, entry: &Entry, kind: EntryKind, transfer: &Transfer) -> Option<&'static str> {
    let amount = match kind {
        EntryKind::Withdraw => transfer.amount.negated(),
        EntryKind::Recharge | EntryKind::PowerSettle | EntryKind::DebtCollect => transfer.amount,
    };
    let purse = book.account_id(&transfer.purse.account(transfer.user));
    let on_purse = entry.postings.iter().find(|posting| Some(posting.account) == purse);
    if entry.kind != kind {
        Some("kind")
    } else if entry.reference != format!("user:{}", transfer.user) {
        Some("user")
    } else if on_purse.is_none() {
        Some("purse")
    } else if on_purse.is_some_and(|posting| posting.amount != amount) {
        Some("amount")
    } else if entry.remark != transfer.remark {
        Some("remark")
    } else {
        None
    }
}

fn move_assets(
    book: &mut Book,
    key: EntryKey,
    kind: EntryKind,
    transfer: &Transfer,
    amount: Amount,
) -> Result<PostAnswer, BookError> {
    if let Some(reason) = invalid(book, transfer) {
        return Ok(reject(reason));
    }
    let entry = book.post(Draft {
        key,
        kind,
        reference: format!("user:{}", transfer.user),
        remark: transfer.remark.clone(),
        by: Some(transfer.by.clone()),
        lines: vec![
            (transfer.purse.account(transfer.user), amount),
            (transfer.purse.issuance(), amount.negated()),
        ],
    })?;
    Ok(PostAnswer::Created { entry })
}

/// The rule that the request breaks. Such a rejection is not remembered: the same reference may be asked again.
fn invalid(book: &Book, transfer: &Transfer) -> Option<String> {
    let fits = |text: &str, most: usize| text.chars().count() <= most && !text.chars().any(char::is_control);
    if !transfer.amount.is_positive() {
        Some(format!("amount {} is not above zero", transfer.amount))
    } else if transfer.purse == Purse::Wallet(Asset::power()) {
        Some("purse: power is kept as power or gift power, not in a wallet".to_owned())
    } else if !fits(&transfer.remark, REMARK) {
        Some(format!(
            "remark must be at most {REMARK} characters without control characters"
        ))
    } else if transfer.by.is_empty() || !fits(&transfer.by, BY) {
        Some(format!("by must be 1 to {BY} characters without control characters"))
    } else if !book.users.contains(&transfer.user) {
        Some(format!("user {} does not exist", transfer.user))
    } else {
        None
    }
}

fn bad_reference() -> PostAnswer {
    reject("reference must be 1 to 100 visible ASCII characters".to_owned())
}

/// Collects whole debts, strictly oldest first: it stops at the first that cannot be paid.
fn collect(book: &mut Book, rules: &Rules, transfer: &Transfer, happened: &mut Vec<Happened>) -> Vec<PositionId> {
    let user = transfer.user;
    let mut collected = Vec::new();
    while let Some(debt) = book.oldest_debt(user).cloned() {
        match collect_one(book, rules, &debt, happened) {
            Some(position) => collected.push(position),
            None => return collected,
        }
    }
    if !collected.is_empty() {
        happened.push(Happened::DebtFree { user });
    }
    collected
}

fn collect_one(book: &mut Book, rules: &Rules, debt: &Debt, happened: &mut Vec<Happened>) -> Option<PositionId> {
    let key = EntryKey::collection_of(debt.id);
    let settlement = book.positions.get(&debt.position).map(|position| position.settlement);
    let rate = match settlement {
        Some(Settlement::Owed {
            power,
            rate,
            debt: owed,
        }) if owed == debt.id && power == debt.owed => rate,
        _ => {
            let detail = format!("debt {} is not what position {} says it owes", debt.id, debt.position);
            happened.push(contradiction(detail));
            return None;
        }
    };
    let mut lines = paying_lines(book, rules, debt.user, debt.owed)?;
    lines.extend([
        (revenue(), debt.owed),
        (debt_of(debt.user), debt.owed.negated()),
        (clearing(), debt.owed),
    ]);
    let posted = book.post(Draft {
        key,
        kind: EntryKind::DebtCollect,
        reference: reference_of(debt.position),
        remark: format!("debt {} repaid", debt.id),
        by: None,
        lines,
    });
    // A balance at the edge of its range: the debt stays, the recharge stands.
    let entry = posted.ok()?;
    let at = book.at();
    book.end_debt(debt.clone(), DebtState::Repaid { entry, at });
    let power = debt.owed;
    book.settle(debt.position, Settlement::Charged { power, rate, entry });
    happened.push(Happened::Collected {
        debt: debt.id,
        position: debt.position,
        user: debt.user,
        power,
    });
    Some(debt.position)
}
