//! Collecting a user's debts from power that came in, oldest first.

use std::collections::BTreeMap;

use crate::id::{PositionId, UserId};
use crate::ledger::book::{Book, Draft};
use crate::ledger::debt::{Debt, DebtState};
use crate::ledger::decide::Happened;
use crate::ledger::entry::{EntryKey, EntryKind};
use crate::ledger::request::{Request, Rules, clearing, debt_of, revenue};
use crate::ledger::reserve::paying_lines;
use crate::ledger::settle::{contradiction, reference_of};
use crate::settlement::Settlement;

/// Debts that one request collects at most; the next recharge goes on.
const COLLECTED_AT_ONCE: usize = 500;

/// How many of one user's debts, the oldest ones, a group of requests may have to do with: what its credits collect, and
/// as many as its other requests may end before.
pub fn collected_at_most(requests: &[Request]) -> u32 {
    let credits = requests.iter().filter_map(Request::credited);
    let mut of_each: BTreeMap<UserId, usize> = BTreeMap::new();
    for user in credits {
        *of_each.entry(user).or_default() += 1;
    }
    let most = of_each.into_values().max().unwrap_or_default();
    let count = most.saturating_mul(COLLECTED_AT_ONCE).saturating_add(requests.len());
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Collects whole debts, strictly oldest first: it stops at the first that cannot be paid.
pub(super) fn collect(book: &mut Book, rules: &Rules, user: UserId, happened: &mut Vec<Happened>) -> Vec<PositionId> {
    let mut collected = Vec::new();
    while collected.len() < COLLECTED_AT_ONCE
        && let Some(debt) = book.oldest_debt(user).cloned()
    {
        match collect_one(book, rules, &debt, happened) {
            Some(position) => collected.push(position),
            None => return collected,
        }
    }
    if !collected.is_empty() && !book.owes(user) {
        happened.push(Happened::DebtFree { user });
    }
    collected
}

fn collect_one(book: &mut Book, rules: &Rules, debt: &Debt, happened: &mut Vec<Happened>) -> Option<PositionId> {
    let Some((power, rate)) = owed_on(book, debt) else {
        happened.push(contradiction(mismatch(debt)));
        return None;
    };
    let mut lines = paying_lines(book, rules, debt.user, debt.owed, None)?;
    lines.extend([
        (revenue(), debt.owed),
        (debt_of(debt.user), debt.owed.negated()),
        (clearing(), debt.owed),
    ]);
    let posted = book.post(Draft {
        key: EntryKey::collection_of(debt.id),
        kind: EntryKind::DebtCollect,
        reference: reference_of(debt.position),
        remark: format!("debt {} repaid", debt.id),
        by: None,
        lines,
    });
    // A balance at the edge of its range: the debt stays, the recharge stands.
    let entry = posted.ok()?;
    let at = book.at();
    book.change_debt(Debt {
        state: DebtState::Repaid { entry, at },
        ..debt.clone()
    });
    book.move_settlement(debt.position, Settlement::Charged { power, rate, entry });
    happened.push(Happened::Collected {
        debt: debt.id,
        position: debt.position,
        user: debt.user,
        power: debt.owed,
    });
    Some(debt.position)
}

/// Power and rate of the position that owes this debt, when it says so too.
pub(super) fn owed_on(book: &Book, debt: &Debt) -> Option<(crate::fixed::Amount, crate::fixed::Ratio)> {
    match book.positions.get(&debt.position)?.settlement {
        Settlement::Owed {
            power,
            rate,
            debt: owed,
        } if owed == debt.id && debt.owed <= power => Some((power, rate)),
        _ => None,
    }
}

pub(super) fn mismatch(debt: &Debt) -> String {
    format!("debt {} is not what position {} says it owes", debt.id, debt.position)
}
