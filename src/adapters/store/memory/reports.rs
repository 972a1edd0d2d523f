//! What statements and reports are made of, with the order and limits of the SQL store.

use std::collections::BTreeMap;
use std::ops::Bound;

use domain::fixed::{Amount, NumberError};
use domain::id::{LedgerAccountId, PositionId, UserId};
use domain::ledger::{Account, AccountKind, Debt, DebtState, Entry, EntryKind, EntrySeq, Posting};
use domain::page::Page;
use domain::period::Period;
use domain::position::PositionState;
use domain::report::{Activity, By, Figure};
use domain::time::Timestamp;

use super::state::State;
use crate::ports::store::StoreError;

/// Stands after every group that has an id.
const NOBODY: i64 = i64::MAX;

pub fn accounts_of(state: &State, user: UserId) -> Vec<Account> {
    let own = |account: &&Account| account.key.owner == user.0 && account.key.kind.is_users();
    state.accounts.values().filter(own).cloned().collect()
}

pub fn balance_before(state: &State, account: LedgerAccountId, seq: EntrySeq) -> Amount {
    let before = state.entries.range(..seq.0).rev();
    let mut postings = before.flat_map(|(_, entry)| entry.postings.iter().rev());
    let last = postings.find(|posting| posting.account == account);
    last.map_or(Amount::ZERO, |posting| posting.after)
}

pub fn first_entry_from(state: &State, at: Timestamp) -> EntrySeq {
    let found = state.entries.values().find(|entry| entry.at >= at);
    let last = state.entries.keys().next_back().copied().unwrap_or(0);
    found.map_or(EntrySeq(last + 1), |entry| entry.seq)
}

pub fn activity(state: &State, by: By, period: Period, page: Page) -> Result<Vec<Activity>, StoreError> {
    let mut rows = Rows {
        state,
        by,
        groups: BTreeMap::new(),
    };
    rows.fill(period);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let groups = match by {
        By::Day => vec![rows.groups.remove(&0).unwrap_or_default()],
        By::User | By::Robot => {
            let beyond = (Bound::Excluded(page.after), Bound::Unbounded);
            rows.groups.range(beyond).take(limit).map(|(_, tally)| *tally).collect()
        }
    };
    let activities: Result<_, NumberError> = groups.into_iter().map(Tally::activity).collect();
    activities.map_err(|error| StoreError::Corrupt {
        what: "sums of activity".to_owned(),
        why: error.to_string(),
    })
}

/// Sums that may leave the range of an amount on their way, in any order.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    counts: Activity,
    profit: i128,
    open_debt: i128,
    figures: [i128; Figure::ALL.len()],
}

impl Tally {
    fn activity(self) -> Result<Activity, NumberError> {
        let mut activity = self.counts;
        activity.profit = Amount::from_wide(self.profit)?;
        activity.open_debt = Amount::from_wide(self.open_debt)?;
        for (figure, units) in Figure::ALL.into_iter().zip(self.figures) {
            *activity.figure(figure) = Amount::from_wide(units)?;
        }
        Ok(activity)
    }

    fn count(&mut self, figure: Figure, amount: Amount) {
        let sign = if figure.is_negated() { -1 } else { 1 };
        for (sum, own) in self.figures.iter_mut().zip(Figure::ALL) {
            if own == figure {
                *sum += sign * i128::from(amount.units());
            }
        }
    }
}

struct Rows<'a> {
    state: &'a State,
    by: By,
    groups: BTreeMap<i64, Tally>,
}

impl Rows<'_> {
    fn fill(&mut self, period: Period) {
        for order in self
            .state
            .orders
            .values()
            .filter(|order| period.holds(order.created_at))
        {
            self.group(order.user.0, order.robot.map(|robot| robot.0)).counts.orders += 1;
        }
        for position in self.state.positions.values() {
            if let PositionState::Closed { at, profit, .. } = position.state
                && period.holds(at)
            {
                let group = self.group(position.user.0, position.robot.map(|robot| robot.0));
                group.counts.closes += 1;
                group.profit += i128::from(profit.units());
            }
        }
        for entry in self.state.entries.values().filter(|entry| period.holds(entry.at)) {
            self.count(entry);
        }
        for debt in self.state.debts.values().filter(|debt| debt.created_at < period.to()) {
            let open = match &debt.state {
                DebtState::Owed => true,
                DebtState::Repaid { at, .. } | DebtState::Waived { at, .. } | DebtState::Cancelled { at, .. } => {
                    *at >= period.to()
                }
            };
            if open {
                let owed = self.owed_before(debt, period.to());
                let group = self.group(debt.user.0, self.robot_of(debt.position));
                group.counts.open_debts += 1;
                group.open_debt += owed;
            }
        }
    }

    fn count(&mut self, entry: &Entry) {
        let key = |posting: &Posting| Some(&self.state.accounts.get(&posting.account.0)?.key);
        let user = entry.postings.iter().filter_map(key).map(|key| key.owner).max();
        let robot = position_of(entry).and_then(|position| self.robot_of(position));
        for posting in &entry.postings {
            let kind = self
                .state
                .accounts
                .get(&posting.account.0)
                .map(|account| account.key.kind);
            let counted = kind.and_then(|kind| Figure::of(entry.kind, kind, posting.amount.is_positive()));
            if let Some(figure) = counted {
                self.group(user.unwrap_or(0), robot).count(figure, posting.amount);
            }
        }
    }

    /// What a debt was at a time: without what corrections changed afterwards, while it was still open.
    fn owed_before(&self, debt: &Debt, at: Timestamp) -> i128 {
        let ended = match &debt.state {
            DebtState::Owed => None,
            DebtState::Repaid { entry, .. } | DebtState::Waived { entry, .. } | DebtState::Cancelled { entry, .. } => {
                Some(*entry)
            }
        };
        let is_later = |entry: &&Entry| {
            let is_of = entry.kind == EntryKind::PowerCorrect && position_of(entry) == Some(debt.position);
            is_of && entry.at >= at && ended.is_none_or(|ended| entry.seq < ended)
        };
        let on_debt = |posting: &&Posting| {
            let account = self.state.accounts.get(&posting.account.0);
            account.is_some_and(|account| account.key.kind == AccountKind::UserDebt)
        };
        let later = self.state.entries.values().filter(is_later);
        let changes = later.flat_map(|entry| entry.postings.iter().filter(on_debt));
        let changed: i128 = changes.map(|posting| i128::from(posting.amount.units())).sum();
        i128::from(debt.owed.units()) - changed
    }

    fn robot_of(&self, position: PositionId) -> Option<i64> {
        let position = self.state.positions.get(&position.0)?;
        position.robot.map(|robot| robot.0)
    }

    fn group(&mut self, user: i64, robot: Option<i64>) -> &mut Tally {
        let (key, group) = match self.by {
            By::Day => (0, None),
            By::User => (user, Some(user)),
            By::Robot => (robot.unwrap_or(NOBODY), robot),
        };
        self.groups.entry(key).or_insert_with(|| Tally {
            counts: Activity::of(group),
            ..Tally::default()
        })
    }
}

/// The position that an entry refers to.
fn position_of(entry: &Entry) -> Option<PositionId> {
    let id = entry.reference.strip_prefix("position:")?;
    id.parse().ok().map(PositionId)
}
