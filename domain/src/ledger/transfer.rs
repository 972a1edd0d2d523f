//! Bringing assets in, taking them out, adjusting them and passing them on, each once per reference.

use crate::fixed::Amount;
use crate::id::{PositionId, UserId};
use crate::ledger::account::{AccountKey, Asset};
use crate::ledger::book::{Book, BookError, Draft};
use crate::ledger::collect::collect;
use crate::ledger::decide::{Answer, Happened};
use crate::ledger::entry::{Entry, EntryKey, EntryKind};
use crate::ledger::request::{Purse, Rules, Transfer, UserTransfer};
use crate::ledger::settle::reject;
use crate::ledger::write::PostAnswer;

/// Longest remark, in characters.
pub(super) const REMARK: usize = 200;
/// Longest name of who asked, in characters.
const BY: usize = 100;

/// What a movement comes to, before it is posted.
struct Movement<'a> {
    key: Option<EntryKey>,
    kind: EntryKind,
    transfer: &'a Transfer,
    reference: String,
    /// The first line is the user's own.
    lines: Vec<(AccountKey, Amount)>,
}

/// Brings assets in; when they are power, the user's debts are collected by the same commit.
pub(super) fn recharge(book: &mut Book, rules: &Rules, transfer: &Transfer, happened: &mut Vec<Happened>) -> Answer {
    let (purse, amount) = (&transfer.purse, transfer.amount);
    let movement = Movement {
        key: EntryKey::recharge(&transfer.reference),
        kind: EntryKind::Recharge,
        transfer,
        reference: user(transfer.user),
        lines: vec![
            (purse.account(transfer.user), amount),
            (purse.issuance(), amount.negated()),
        ],
    };
    let broken = not_positive(amount);
    credited(book, rules, movement, broken, transfer.user, happened)
}

/// Takes assets out. A reference that was refused for lack of funds stays refused: another attempt has another one.
/// A debtor's power stays where debts are collected from.
pub(super) fn withdraw(book: &mut Book, transfer: &Transfer) -> Answer {
    let (purse, amount) = (&transfer.purse, transfer.amount);
    let movement = Movement {
        key: EntryKey::withdrawal(&transfer.reference),
        kind: EntryKind::Withdraw,
        transfer,
        reference: user(transfer.user),
        lines: vec![
            (purse.account(transfer.user), amount.negated()),
            (purse.issuance(), amount),
        ],
    };
    moved(book, movement, not_positive(amount)).into()
}

/// Corrects a balance by hand. Power that it adds collects the user's debts.
pub(super) fn adjust(book: &mut Book, rules: &Rules, transfer: &Transfer, happened: &mut Vec<Happened>) -> Answer {
    let (purse, amount) = (&transfer.purse, transfer.amount);
    let movement = Movement {
        key: EntryKey::adjustment(&transfer.reference),
        kind: EntryKind::Adjust,
        transfer,
        reference: user(transfer.user),
        lines: vec![
            (purse.account(transfer.user), amount),
            (purse.adjustment(), amount.negated()),
        ],
    };
    let broken = if amount.is_zero() {
        Some("amount must not be zero".to_owned())
    } else if transfer.remark.trim().is_empty() {
        Some("remark must say why".to_owned())
    } else {
        None
    };
    if amount.is_positive() {
        credited(book, rules, movement, broken, transfer.user, happened)
    } else {
        moved(book, movement, broken).into()
    }
}

/// Passes assets from one user to another. Power collects the other's debts.
pub(super) fn pass_on(book: &mut Book, rules: &Rules, ask: &UserTransfer, happened: &mut Vec<Happened>) -> Answer {
    let (given, to) = (&ask.given, ask.to);
    let movement = Movement {
        key: EntryKey::transfer(&given.reference),
        kind: EntryKind::Transfer,
        transfer: given,
        reference: format!("user:{} to user:{to}", given.user),
        lines: vec![
            (given.purse.account(given.user), given.amount.negated()),
            (given.purse.account(to), given.amount),
        ],
    };
    let broken = if given.user == to {
        Some("to must be another user".to_owned())
    } else if !book.users.contains(&to) {
        Some(format!("to: user {to} does not exist"))
    } else {
        not_positive(given.amount)
    };
    credited(book, rules, movement, broken, to, happened)
}

fn user(user: UserId) -> String {
    format!("user:{user}")
}

fn not_positive(amount: Amount) -> Option<String> {
    (!amount.is_positive()).then(|| format!("amount {amount} is not above zero"))
}

/// A debtor's power stays where debts are collected from: as if there was less of it.
fn owing(book: &Book, movement: &Movement<'_>) -> Option<String> {
    let takes_out = match movement.kind {
        EntryKind::Withdraw | EntryKind::Transfer => movement.transfer.purse.is_power(),
        _ => false,
    };
    let user = movement.transfer.user;
    let owes = takes_out && book.owes(user);
    owes.then(|| format!("user {user} owes power, which stays until it is collected"))
}

/// A movement that gives `to` something, from which debts are collected when it is power.
fn credited(
    book: &mut Book,
    rules: &Rules,
    movement: Movement<'_>,
    broken: Option<String>,
    to: UserId,
    happened: &mut Vec<Happened>,
) -> Answer {
    let is_power = movement.transfer.purse.is_power();
    let post = moved(book, movement, broken);
    let collected: Vec<PositionId> = match post {
        PostAnswer::Created { .. } if is_power => collect(book, rules, to, happened),
        _ => Vec::new(),
    };
    Answer {
        post,
        settlement: None,
        collected,
    }
}

/// Posts a movement once. Only a lack of funds, or a debt, is remembered: the same reference stays refused.
fn moved(book: &mut Book, movement: Movement<'_>, broken: Option<String>) -> PostAnswer {
    let Some(key) = movement.key.clone() else {
        return reject("reference must be 1 to 100 visible ASCII characters".to_owned());
    };
    if let Some(entry) = book.entry(&key) {
        return match different_field(book, entry, &movement) {
            Some(field) => PostAnswer::ExistsDifferent { field },
            None => PostAnswer::Exists { entry: entry.seq },
        };
    }
    if let Some(refused) = book.refusal(&key) {
        let reason = refused.reason.clone();
        return PostAnswer::AlreadyFailed { reason };
    }
    if let Some(reason) = broken.or_else(|| invalid(book, movement.transfer)) {
        return reject(reason);
    }
    if let Some(reason) = owing(book, &movement) {
        book.refuse(key, reason.clone());
        return reject(reason);
    }
    let posted = book.post(Draft {
        key: key.clone(),
        kind: movement.kind,
        reference: movement.reference,
        remark: movement.transfer.remark.clone(),
        by: Some(movement.transfer.by.clone()),
        lines: movement.lines,
    });
    match posted {
        Ok(entry) => PostAnswer::Created { entry },
        Err(error @ BookError::Short { .. }) if movement.kind != EntryKind::Recharge => {
            let reason = error.to_string();
            book.refuse(key, reason.clone());
            reject(reason)
        }
        Err(error) => reject(error.to_string()),
    }
}

fn different_field(book: &Book, entry: &Entry, movement: &Movement<'_>) -> Option<&'static str> {
    let own = movement.lines.first();
    let purse = own.and_then(|(account, _)| book.account_id(account));
    let on_purse = entry.postings.iter().find(|posting| Some(posting.account) == purse);
    if entry.kind != movement.kind {
        Some("kind")
    } else if entry.reference != movement.reference {
        Some("user")
    } else if on_purse.is_none() {
        Some("purse")
    } else if on_purse.map(|posting| posting.amount) != own.map(|(_, amount)| *amount) {
        Some("amount")
    } else if entry.remark != movement.transfer.remark {
        Some("remark")
    } else {
        None
    }
}

/// The rule that the request breaks. Such a rejection is not remembered: the same reference may be asked again.
fn invalid(book: &Book, transfer: &Transfer) -> Option<String> {
    if transfer.purse == Purse::Wallet(Asset::power()) {
        Some("purse: power is kept as power or gift power, not in a wallet".to_owned())
    } else if !fits(&transfer.remark, REMARK) {
        Some(format!(
            "remark must be at most {REMARK} characters without control characters"
        ))
    } else if let Some(reason) = nobody(&transfer.by) {
        Some(reason)
    } else if !book.users.contains(&transfer.user) {
        Some(format!("user {} does not exist", transfer.user))
    } else {
        None
    }
}

pub(super) fn fits(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// What is wrong with who asked.
pub(super) fn nobody(by: &str) -> Option<String> {
    let wrong = by.is_empty() || !fits(by, BY);
    wrong.then(|| format!("by must be 1 to {BY} characters without control characters"))
}
