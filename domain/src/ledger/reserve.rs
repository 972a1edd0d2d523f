//! Reserving power for a position, and giving it back.

use crate::fixed::{Amount, NumberError};
use crate::id::UserId;
use crate::ledger::account::AccountKey;
use crate::ledger::book::{Book, BookError, Draft};
use crate::ledger::decide::Happened;
use crate::ledger::entry::{Entry, EntryKey, EntryKind, EntrySeq};
use crate::ledger::hold::{Hold, HoldState};
use crate::ledger::request::{Purse, Release, Reservation, Rules, hold_of};
use crate::ledger::settle::{reference_of, reject};
use crate::ledger::write::PostAnswer;

/// Reserves power. It counts against the user's balance from now on.
pub(super) fn reserve(book: &mut Book, rules: &Rules, ask: &Reservation, happened: &mut Vec<Happened>) -> PostAnswer {
    let key = EntryKey::hold_for(ask.position);
    if let Some(entry) = book.entry(&key) {
        return match different_field(book, entry, ask) {
            Some(field) => PostAnswer::ExistsDifferent { field },
            None => PostAnswer::Exists { entry: entry.seq },
        };
    }
    if let Some(refused) = book.refusal(&key) {
        let reason = refused.reason.clone();
        return PostAnswer::AlreadyFailed { reason };
    }
    if let Some(reason) = invalid(book, ask) {
        return reject(reason);
    }
    if ask.amount.is_zero() {
        return PostAnswer::NothingDue;
    }
    match paying_lines(book, rules, ask.user, ask.amount, None) {
        Some(lines) => hold(book, ask, lines, happened).unwrap_or_else(|error| reject(error.to_string())),
        None => {
            let reason = format!("user {} has too little power to reserve {}", ask.user, ask.amount);
            book.refuse(key, reason.clone());
            reject(reason)
        }
    }
}

fn invalid(book: &Book, ask: &Reservation) -> Option<String> {
    if ask.amount.is_negative() {
        Some(format!("amount {} is below zero", ask.amount))
    } else if ask.expires_at <= book.at() {
        Some("expires_at must be in the future".to_owned())
    } else if !book.users.contains(&ask.user) {
        Some(format!("user {} does not exist", ask.user))
    } else {
        None
    }
}

fn different_field(book: &Book, entry: &Entry, ask: &Reservation) -> Option<&'static str> {
    let Some(hold) = book.hold(ask.position) else {
        return Some("position");
    };
    if entry.kind != EntryKind::PowerHold || hold.entry != entry.seq {
        Some("position")
    } else if hold.user != ask.user {
        Some("user")
    } else if hold.total() != Ok(ask.amount) {
        Some("amount")
    } else {
        None
    }
}

fn hold(
    book: &mut Book,
    ask: &Reservation,
    mut lines: Vec<(AccountKey, Amount)>,
    happened: &mut Vec<Happened>,
) -> Result<PostAnswer, BookError> {
    let taken = |purse: Purse| {
        let account = purse.account(ask.user);
        let line = lines.iter().find(|(key, _)| *key == account);
        line.map_or(Amount::ZERO, |(_, amount)| amount.negated())
    };
    let (gift, power) = (taken(Purse::GiftPower), taken(Purse::Power));
    lines.push((hold_of(ask.user), ask.amount));
    let entry = book.post(Draft {
        key: EntryKey::hold_for(ask.position),
        kind: EntryKind::PowerHold,
        reference: reference_of(ask.position),
        remark: String::new(),
        by: None,
        lines,
    })?;
    book.reserve(Hold {
        position: ask.position,
        user: ask.user,
        gift,
        power,
        entry,
        expires_at: ask.expires_at,
        state: HoldState::Held,
        created_at: book.at(),
    });
    happened.push(Happened::Held {
        position: ask.position,
        user: ask.user,
        power: ask.amount,
    });
    Ok(PostAnswer::Created { entry })
}

/// Gives a hold back. Asking again, or for a hold that paid a settlement, changes nothing.
pub(super) fn release(book: &mut Book, ask: Release, happened: &mut Vec<Happened>) -> PostAnswer {
    let Some(hold) = book.hold(ask.position).cloned() else {
        return PostAnswer::NothingDue;
    };
    match hold.state {
        HoldState::Voided { entry, .. } | HoldState::Expired { entry, .. } => PostAnswer::Exists { entry },
        HoldState::Posted { .. } => PostAnswer::NothingDue,
        HoldState::Held => match give_back(book, &hold, ask.expired, happened) {
            Ok(entry) => PostAnswer::Created { entry },
            Err(error) => reject(error.to_string()),
        },
    }
}

/// Posts the release of a hold that is held.
pub(super) fn give_back(
    book: &mut Book,
    hold: &Hold,
    expired: bool,
    happened: &mut Vec<Happened>,
) -> Result<EntrySeq, BookError> {
    let lines = lines_back(hold)?;
    let entry = book.post(Draft {
        key: EntryKey::release_of(hold.position),
        kind: EntryKind::HoldRelease,
        reference: reference_of(hold.position),
        remark: if expired { "expired" } else { "not needed" }.to_owned(),
        by: None,
        lines,
    })?;
    let at = book.at();
    let state = if expired {
        HoldState::Expired { entry, at }
    } else {
        HoldState::Voided { entry, at }
    };
    book.end_hold(hold.position, state);
    happened.push(Happened::Released {
        position: hold.position,
        user: hold.user,
        expired,
    });
    Ok(entry)
}

/// Lines that give a hold back to the purses that it came from.
pub(super) fn lines_back(hold: &Hold) -> Result<Vec<(AccountKey, Amount)>, BookError> {
    let total = hold.total().map_err(|source| out_of_range(hold.user, source))?;
    Ok(vec![
        (hold_of(hold.user), total.negated()),
        (Purse::GiftPower.account(hold.user), hold.gift),
        (Purse::Power.account(hold.user), hold.power),
    ])
}

fn out_of_range(user: UserId, source: NumberError) -> BookError {
    BookError::Range {
        account: hold_of(user),
        source,
    }
}

/// Lines that take `power` from what was held for it and from the user's purses, in pay order, and give back what of
/// the hold is left; `None` when they hold too little together.
pub(super) fn paying_lines(
    book: &Book,
    rules: &Rules,
    user: UserId,
    power: Amount,
    hold: Option<&Hold>,
) -> Option<Vec<(AccountKey, Amount)>> {
    let (gift, own) = (Purse::GiftPower.account(user), Purse::Power.account(user));
    let held = |account: &AccountKey| match hold {
        Some(hold) if *account == gift => hold.gift,
        Some(hold) if *account == own => hold.power,
        Some(_) | None => Amount::ZERO,
    };
    let order = rules.paying(user);
    let mut rest = power;
    let mut lines = Vec::with_capacity(5);
    for account in &order {
        let held = held(account);
        let part = book.balance(account).plus(held).ok()?.min(rest);
        rest = rest.minus(part).ok()?;
        lines.push((account.clone(), held.minus(part).ok()?));
    }
    if !rest.is_zero() {
        return None;
    }
    if let Some(hold) = hold {
        let left_out = [&gift, &own].into_iter().filter(|account| !order.contains(account));
        lines.extend(left_out.map(|account| (account.clone(), held(account))));
        lines.push((hold_of(user), hold.total().ok()?.negated()));
    }
    Some(lines)
}
