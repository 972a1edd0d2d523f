//! Questions to the rows, with the order and limits of the SQL store.

use std::collections::{BTreeMap, BTreeSet};

use domain::change::{Fill, Income};
use domain::fixed::Amount;
use domain::id::{PositionId, RobotId, UserId, VenueAccountId};
use domain::ledger::{Account, AccountKey, Debt, DebtState, Entry, EntryKey, Head, HoldState};
use domain::order::Order;
use domain::page::Page;
use domain::position::{Position, PositionState};
use domain::robot::PastClose;
use domain::settlement::Settlement;
use domain::time::Timestamp;

use super::state::State;
use crate::ports::store::{EntryFilter, OrderFilter, PositionFilter, Settled, StoreError, Unsettled};

/// The rows of a page, in ascending order of key.
pub fn page<V: Clone>(table: &BTreeMap<i64, V>, page: Page, fits: impl Fn(&V) -> bool) -> Vec<V> {
    let beyond = (std::ops::Bound::Excluded(page.after), std::ops::Bound::Unbounded);
    let rows = table.range(beyond).map(|(_, row)| row).filter(|row| fits(row));
    rows.take(usize::try_from(page.limit).unwrap_or(usize::MAX))
        .cloned()
        .collect()
}

/// The rows of these ids, in ascending order; missing ones are left out.
fn rows_of<'a, V>(table: &'a BTreeMap<i64, V>, ids: impl Iterator<Item = &'a i64> + 'a) -> impl Iterator<Item = &'a V> {
    ids.filter_map(|id| table.get(id))
}

pub fn positions(state: &State, filter: PositionFilter, page_of: Page) -> Vec<Position> {
    let fits = |position: &Position| {
        filter.user.is_none_or(|user| position.user == user)
            && filter.robot.is_none_or(|robot| position.robot == Some(robot))
            && filter.account.is_none_or(|account| position.account == account)
            && filter.venue.is_none_or(|venue| position.venue == venue)
            && filter.live.is_none_or(|live| position.state.is_final() != live)
            && filter.open_during.is_none_or(|(from, to)| was_open(position, from, to))
            && (!filter.unsettled || position.is_unsettled())
    };
    if filter.live != Some(true) {
        return page(&state.positions, page_of, fits);
    }
    let live = rows_of(&state.positions, state.live_positions.keys());
    live.filter(|position| position.id.0 > page_of.after && fits(position))
        .take(usize::try_from(page_of.limit).unwrap_or(usize::MAX))
        .cloned()
        .collect()
}

pub fn unsettled_ids(state: &State, page_of: Page) -> Vec<PositionId> {
    let filter = PositionFilter {
        unsettled: true,
        ..PositionFilter::default()
    };
    let found = positions(state, filter, page_of).into_iter();
    found.map(|position| position.id).collect()
}

pub fn accounts_by_key(state: &State, keys: &[AccountKey]) -> Vec<Account> {
    let ids: BTreeSet<&i64> = keys.iter().filter_map(|key| state.account_keys.get(key)).collect();
    rows_of(&state.accounts, ids.into_iter()).cloned().collect()
}

pub fn entries_by_key(state: &State, keys: &[EntryKey]) -> Vec<Entry> {
    let seqs: BTreeSet<&i64> = keys.iter().filter_map(|key| state.entry_keys.get(key)).collect();
    rows_of(&state.entries, seqs.into_iter()).cloned().collect()
}

fn was_open(position: &Position, from: Timestamp, to: Timestamp) -> bool {
    let closed_late = matches!(position.state, PositionState::Closed { at, .. } if at >= from);
    closed_late && position.opened_at.is_some_and(|opened_at| opened_at <= to)
}

pub fn fills_reported(state: &State, account: VenueAccountId, ids: &[String]) -> Vec<Fill> {
    let wanted = |fill: &&Fill| fill.account == account && is_of_any(&fill.report.venue_fill_id, ids);
    state.fills.values().filter(wanted).cloned().collect()
}

pub fn incomes_reported(state: &State, account: VenueAccountId, ids: &[String]) -> Vec<Income> {
    let wanted = |income: &&Income| income.account == account && is_of_any(&income.report.venue_income_id, ids);
    state.incomes.values().filter(wanted).cloned().collect()
}

/// Whether a row is what the venue reported under one of these ids, a part or a revision of it.
fn is_of_any(row: &str, ids: &[String]) -> bool {
    ids.iter().any(|id| {
        row.strip_prefix(id.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    })
}

pub fn orders(state: &State, filter: OrderFilter, page_of: Page) -> Vec<Order> {
    let fits = |order: &Order| {
        filter.user.is_none_or(|user| order.user == user)
            && filter.robot.is_none_or(|robot| order.robot == Some(robot))
            && filter.account.is_none_or(|account| order.account == account)
            && filter.position.is_none_or(|position| order.position == position)
            && filter.since.is_none_or(|since| order.created_at >= since)
            && filter.live.is_none_or(|live| order.state.is_final() != live)
    };
    if filter.live != Some(true) {
        return page(&state.orders, page_of, fits);
    }
    let live = rows_of(&state.orders, state.live_orders.keys());
    live.filter(|order| order.id.0 > page_of.after && fits(order))
        .take(usize::try_from(page_of.limit).unwrap_or(usize::MAX))
        .cloned()
        .collect()
}

pub fn busy_accounts(state: &State) -> BTreeSet<VenueAccountId> {
    let holding = rows_of(&state.positions, state.live_positions.keys()).map(|position| position.account);
    let ordering = rows_of(&state.orders, state.live_orders.keys()).map(|order| order.account);
    holding.chain(ordering).collect()
}

pub fn past_closes(state: &State, robot: RobotId, since: Timestamp) -> Vec<PastClose> {
    let mut closes: Vec<PastClose> = state
        .positions
        .values()
        .filter(|position| position.robot == Some(robot))
        .filter_map(|position| match position.state {
            PositionState::Closed { at, reason, profit } if at >= since => Some(PastClose { at, profit, reason }),
            _ => None,
        })
        .collect();
    closes.sort_by_key(|close| close.at);
    closes
}

pub fn head(state: &State) -> Head {
    state.entries.values().next_back().map_or(Head::EMPTY, |last| Head {
        seq: last.seq,
        digest: last.digest,
        at: last.at,
    })
}

pub fn entries(state: &State, filter: EntryFilter, page_of: Page) -> Vec<Entry> {
    page(&state.entries, page_of, |entry| {
        let on = |account| entry.postings.iter().any(|posting| posting.account == account);
        filter.account.is_none_or(on) && filter.before.is_none_or(|before| entry.seq < before)
    })
}

pub fn unsettled(state: &State) -> Result<Unsettled, StoreError> {
    let mut found = Unsettled::default();
    let mut profits = Vec::new();
    for position in state.positions.values() {
        if let (true, PositionState::Closed { at, .. }) = (position.is_unsettled(), position.state) {
            found.count += 1;
            profits.push(position.unsettled_profit());
            found.oldest = Some(found.oldest.map_or(at, |oldest| oldest.min(at)));
        }
    }
    found.profit = sum(profits, "unsettled")?;
    Ok(found)
}

pub fn settled(state: &State) -> Result<Settled, StoreError> {
    let mut found = Settled::default();
    let (mut charged, mut owed, mut waived) = (Vec::new(), Vec::new(), Vec::new());
    for position in state.positions.values() {
        match position.settlement {
            Settlement::Charged { power, .. } => {
                found.charged_count += 1;
                charged.push(power);
            }
            Settlement::Owed { power, .. } => {
                found.owed_count += 1;
                owed.push(power);
            }
            Settlement::Waived { power, .. } => {
                found.waived_count += 1;
                waived.push(power);
            }
            Settlement::NotYet | Settlement::Pending | Settlement::NothingDue | Settlement::Exempt => {}
        }
    }
    found.charged_power = sum(charged, "charged")?;
    found.owed_power = sum(owed, "owed")?;
    found.waived_power = sum(waived, "waived")?;
    let held = state.holds.values().filter(|hold| hold.state == HoldState::Held);
    let held: Vec<Amount> = held.flat_map(|hold| [hold.gift, hold.power]).collect();
    found.held_count = held.len() as u64 / 2;
    found.held_power = sum(held, "held")?;
    Ok(found)
}

pub fn sum(amounts: Vec<Amount>, settlement: &str) -> Result<Amount, StoreError> {
    Amount::sum(amounts).map_err(|error| StoreError::Corrupt {
        what: format!("positions {settlement}"),
        why: error.to_string(),
    })
}

pub(super) fn oldest_debts(state: &State, users: &[UserId], each: u32) -> Vec<Debt> {
    let mut left: BTreeMap<UserId, u32> = users.iter().map(|user| (*user, each)).collect();
    let owed = state.debts.values().filter(|debt| debt.state == DebtState::Owed);
    let oldest = owed.filter(|debt| match left.get_mut(&debt.user) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        Some(_) | None => false,
    });
    oldest.cloned().collect()
}
