//! What a daily report is made of: what was done in a period, by groups.

use std::sync::Arc;

use bursar::ports::store::StoreError;
use domain::change::{Change, ChangeSet};
use domain::fixed::{Amount, BOUND};
use domain::id::{LedgerAccountId, RobotId, UserId};
use domain::ledger::{
    AccountKind, BalanceMove, ChangedDebt, Debt, DebtState, Entry, EntryKind, EntrySeq, LedgerWrite, Posting,
};
use domain::page::Page;
use domain::period::{Day, Period};
use domain::report::{Activity, By};
use domain::settlement::Settlement;
use domain::time::Timestamp;

use super::databases::{FullStore, Ground};
use super::samples::*;

const DAY: &str = "2026-11-21";

fn day() -> Period {
    Day::parse(DAY).unwrap().period()
}

/// The first and the last millisecond of the day, and the first of the next.
fn ends() -> [i64; 3] {
    [day().from().0, day().to().0 - 1, day().to().0]
}

const ISSUANCE: i64 = 1;
const POWER: i64 = 2;
const DEBT: i64 = 3;
const REVENUE: i64 = 10;
const CLEARING: i64 = 11;
const OTHER_POWER: i64 = 12;

/// When, about what, with which reference, and what moves on which accounts.
type Post<'a> = (i64, EntryKind, &'a str, &'a [(i64, i64)]);

/// Posts what moves between accounts, each from where it is.
struct Books<'a> {
    store: &'a dyn FullStore,
    held: std::collections::BTreeMap<i64, i64>,
    seq: i64,
}

impl Books<'_> {
    async fn post(&mut self, at: i64, kind: EntryKind, reference: &str, lines: &[(i64, i64)]) {
        self.seq += 1;
        let exact = |units| Amount::from_units(units).unwrap();
        let mut write = LedgerWrite::default();
        let mut postings = Vec::new();
        for (account, units) in lines {
            let held = self.held.entry(*account).or_insert(0);
            let (account, before, after) = (LedgerAccountId(*account), exact(*held), exact(*held + units));
            *held += units;
            let amount = exact(*units);
            postings.push(Posting {
                account,
                amount,
                before,
                after,
            });
            write.balances.push(BalanceMove { account, before, after });
        }
        write.entries.push(Entry {
            kind,
            at: Timestamp(at),
            reference: reference.to_owned(),
            ..entry(self.seq, &format!("k{}", self.seq), postings)
        });
        commit(self.store, ledger(write)).await;
    }

    /// A debt with id, position and the entry that recorded it, which ended so.
    async fn owe(&self, (id, position, entry): (i64, i64, i64), at: i64, end: DebtState) {
        let owed = Debt {
            owed: units(300),
            created_at: Timestamp(at),
            ..debt(id, position, entry)
        };
        let write = LedgerWrite {
            debts: vec![owed.clone()],
            ..LedgerWrite::default()
        };
        commit(self.store, ledger(write)).await;
        let owed_before = owed.owed;
        let debt = Debt { state: end, ..owed };
        let write = LedgerWrite {
            changed_debts: vec![ChangedDebt { owed_before, debt }],
            ..LedgerWrite::default()
        };
        commit(self.store, ledger(write)).await;
    }
}

/// A day of two users: user 7 with robots 700 and 701, user 8 by hand, and what happened just before and after.
async fn one_day(store: &dyn FullStore) {
    let [begin, last, next] = ends();
    let opened = [
        (REVENUE, AccountKind::PlatformRevenue, 0),
        (CLEARING, AccountKind::DebtClearing, 0),
        (OTHER_POWER, AccountKind::UserPower, 8),
    ];
    let opened = opened.map(|(id, kind, owner)| account(id, kind, owner)).to_vec();
    let other = venue_account(71, UserId(8));
    let changes = vec![
        Change::AddUser(user(8)),
        Change::AddVenueAccount(other.clone()),
        Change::AddRobot(Box::new(robot(701))),
        ledger(LedgerWrite {
            opened,
            ..LedgerWrite::default()
        }),
        add_position(&position(7)),
    ];
    store.commit(ChangeSet { changes }).await.unwrap();
    let closes = [
        (1, begin - 1, "1000"),
        (2, begin, "2.00000001"),
        (3, last, "-0.5"),
        (4, last, "3"),
        (5, last, "4"),
        (6, next, "1000"),
    ];
    for (id, at, profit) in closes {
        let mut position = closed(id, at, profit);
        let mut order = order(id, id);
        order.created_at = Timestamp(at);
        match id {
            // Its order was written down the day before.
            3 => (position.settlement, order.created_at) = (Settlement::NothingDue, Timestamp(begin - 1)),
            4 => (position.robot, order.robot) = (Some(RobotId(701)), Some(RobotId(701))),
            5 => {
                (position.user, position.account, position.robot) = (UserId(8), other.id, None);
                (order.user, order.account, order.robot) = (UserId(8), other.id, None);
            }
            _ => {}
        }
        commit(store, add_position(&position)).await;
        commit(store, add_order(&order)).await;
    }
    settle_the_day(store).await;
}

async fn settle_the_day(store: &dyn FullStore) {
    use EntryKind::{DebtCollect, PowerSettle, Recharge};
    let [begin, last, next] = ends();
    let held = std::collections::BTreeMap::new();
    let mut books = Books { store, held, seq: 0 };
    let owed = [(DEBT, 300), (CLEARING, -300)];
    let repaid = [(POWER, -300), (REVENUE, 300), (DEBT, -300), (CLEARING, 300)];
    let charge = |account: i64, power: i64| [(account, -power), (REVENUE, power)];
    let posts: [Post<'_>; 10] = [
        (begin - 5, Recharge, "user:7", &[(POWER, 10_000), (ISSUANCE, -10_000)]),
        (
            begin - 4,
            Recharge,
            "user:8",
            &[(OTHER_POWER, 5_000), (ISSUANCE, -5_000)],
        ),
        (begin - 1, PowerSettle, "position:1", &charge(POWER, 100)),
        (begin, PowerSettle, "position:2", &charge(POWER, 20)),
        (begin + 1, PowerSettle, "position:4", &owed),
        (begin + 2, PowerSettle, "position:3", &owed),
        (last, PowerSettle, "position:5", &charge(OTHER_POWER, 40)),
        (last, DebtCollect, "position:3", &repaid),
        (next, DebtCollect, "position:4", &repaid),
        // Given back by a later day's entry that refers to no position.
        (next, PowerSettle, "user:7", &charge(POWER, -15)),
    ];
    for (at, kind, reference, lines) in posts {
        books.post(at, kind, reference, lines).await;
    }
    let repaid = |seq, at| DebtState::Repaid {
        entry: EntrySeq(seq),
        at: Timestamp(at),
    };
    books.owe((1, 4, 5), begin + 1, repaid(9, next)).await;
    books.owe((2, 3, 6), begin + 2, repaid(8, last)).await;
}

fn units(number: i64) -> Amount {
    Amount::from_units(number).unwrap()
}

/// Row: group; orders, closes, profit; charged, owed, repaid, refunded; open debts and their sum.
fn row(group: Option<i64>, done: (u64, u64, &str), settled: [i64; 4], open: (u64, i64)) -> Activity {
    let [charged, owed, repaid, refunded] = settled.map(units);
    Activity {
        group,
        orders: done.0,
        closes: done.1,
        profit: amount(done.2),
        charged,
        owed,
        repaid,
        waived: Amount::ZERO,
        refunded,
        open_debts: open.0,
        open_debt: units(open.1),
    }
}

pub async fn s0_11_a_day_is_counted_by_booking_time_in_utc(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    one_day(&*store).await;
    let all = Page::first(10);
    let whole = store.activity(By::Day, day(), all).await.unwrap();
    let done = (3, 4, "8.50000001");
    assert_eq!(whole, [row(None, done, [60, 600, 300, 0], (1, 300))]);

    let users = store.activity(By::User, day(), all).await.unwrap();
    let seven = row(Some(7), (2, 3, "4.50000001"), [20, 600, 300, 0], (1, 300));
    let eight = row(Some(8), (1, 1, "4"), [40, 0, 0, 0], (0, 0));
    assert_eq!(users, [seven, eight]);

    let robots = store.activity(By::Robot, day(), all).await.unwrap();
    let first = row(Some(700), (1, 2, "1.50000001"), [20, 300, 300, 0], (0, 0));
    let second = row(Some(701), (1, 1, "3"), [0, 300, 0, 0], (1, 300));
    let nobody = Activity { group: None, ..eight };
    assert_eq!(robots, [first, second, nobody]);

    let next = Period::new(day().to(), Timestamp(day().to().0 + 1)).unwrap();
    let whole = store.activity(By::Day, next, all).await.unwrap();
    assert_eq!(whole, [row(None, (1, 1, "1000"), [0, 0, 300, 15], (0, 0))]);
    let robots = store.activity(By::Robot, next, all).await.unwrap();
    let nobody = row(None, (0, 0, "0"), [0, 0, 0, 15], (0, 0));
    let first = row(Some(700), (1, 1, "1000"), [0; 4], (0, 0));
    let second = row(Some(701), (0, 0, "0"), [0, 0, 300, 0], (0, 0));
    assert_eq!(robots, [first, second, nobody]);
}

/// A debt of position 4 that was recorded by this entry at the day's beginning.
fn debt_of_four(id: i64, entry: i64, owed: i64) -> Debt {
    Debt {
        owed: units(owed),
        created_at: Timestamp(ends()[0]),
        ..debt(id, 4, entry)
    }
}

async fn make(store: &dyn FullStore, debt: Debt) {
    let write = LedgerWrite {
        debts: vec![debt],
        ..LedgerWrite::default()
    };
    commit(store, ledger(write)).await;
}

async fn change(store: &dyn FullStore, owed_before: i64, debt: Debt) {
    let owed_before = units(owed_before);
    let write = LedgerWrite {
        changed_debts: vec![ChangedDebt { owed_before, debt }],
        ..LedgerWrite::default()
    };
    commit(store, ledger(write)).await;
}

/// Number and sum of the debts that were open at a time, which every grouping must tell alike.
async fn open_at(store: &dyn FullStore, to: i64) -> (u64, i64) {
    let period = Period::new(day().from(), Timestamp(to)).unwrap();
    let mut seen = Vec::new();
    for by in By::ALL {
        let rows = store.activity(by, period, Page::first(9)).await.unwrap();
        let debts = rows.iter().map(|row| row.open_debts).sum();
        seen.push((debts, rows.iter().map(|row| row.open_debt.units()).sum()));
    }
    assert!(seen.iter().all(|row| *row == seen[0]), "{seen:?}");
    seen[0]
}

pub async fn open_debt_of_a_past_day_is_what_was_owed_then(ground: Arc<Ground>) {
    use EntryKind::{DebtCollect, PowerCorrect, PowerSettle};
    let store = furnished(&ground).await;
    let store = &*store;
    let [begin, last, next] = ends();
    let opened = LedgerWrite {
        opened: vec![account(CLEARING, AccountKind::DebtClearing, 0)],
        ..LedgerWrite::default()
    };
    commit(store, ledger(opened)).await;
    commit(store, add_position(&closed(4, begin, "3"))).await;
    let held = std::collections::BTreeMap::new();
    let mut books = Books { store, held, seq: 0 };
    let owe = |units: i64| [(DEBT, units), (CLEARING, -units)];
    books.post(begin, PowerSettle, "position:4", &owe(300)).await;
    make(store, debt_of_four(1, 1, 300)).await;
    books.post(last, PowerCorrect, "position:4", &owe(20)).await;
    change(store, 300, debt_of_four(1, 1, 320)).await;
    assert_eq!(open_at(store, next).await, (1, 320));
    books.post(next, PowerCorrect, "position:4", &owe(-70)).await;
    change(store, 320, debt_of_four(1, 1, 250)).await;
    // Of another position, whose number begins alike.
    books.post(next, PowerCorrect, "position:41", &owe(5)).await;
    assert_eq!(open_at(store, next).await, (1, 320));
    assert_eq!(open_at(store, next + 1).await, (1, 250));
    books.post(next + 1, DebtCollect, "position:4", &owe(-250)).await;
    let (entry, at) = (EntrySeq(5), Timestamp(next + 1));
    let state = DebtState::Repaid { entry, at };
    let repaid = debt_of_four(1, 1, 250);
    change(store, 250, Debt { state, ..repaid }).await;
    // A later correction makes a debt of its own.
    books.post(next + 2, PowerCorrect, "position:4", &owe(40)).await;
    let (correction, created_at) = (3, Timestamp(next + 2));
    let later = debt_of_four(2, 6, 40);
    make(
        store,
        Debt {
            correction,
            created_at,
            ..later
        },
    )
    .await;
    assert_eq!(open_at(store, next).await, (1, 320));
    assert_eq!(open_at(store, next + 1).await, (1, 250));
    assert_eq!(open_at(store, next + 2).await, (0, 0));
    assert_eq!(open_at(store, next + 3).await, (1, 40));
}

pub async fn groups_of_a_report_come_page_by_page(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let empty = store.activity(By::Day, day(), Page::first(1)).await.unwrap();
    assert_eq!(
        empty,
        [Activity::default()],
        "a day on which nothing was done has its row, too"
    );
    assert_eq!(store.activity(By::User, day(), Page::first(9)).await.unwrap(), []);
    one_day(&*store).await;
    for (by, ids) in [
        (By::User, vec![Some(7), Some(8)]),
        (By::Robot, vec![Some(700), Some(701), None]),
    ] {
        let all = store.activity(by, day(), Page::first(9)).await.unwrap();
        let groups: Vec<Option<i64>> = all.iter().map(|row| row.group).collect();
        assert_eq!(groups, ids);
        let mut after = 0;
        for expected in &all {
            let page = store.activity(by, day(), Page::after(after, 1)).await.unwrap();
            assert_eq!(page, [*expected]);
            after = expected.group.unwrap_or(i64::MAX);
        }
        assert_eq!(store.activity(by, day(), Page::after(after, 1)).await.unwrap(), []);
    }
}

pub async fn sums_of_a_report_are_exact_or_an_error(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let at = day().from().0;
    let sum = async || {
        store
            .activity(By::User, day(), Page::first(9))
            .await
            .map(|rows| rows[0].profit)
    };
    for (id, profit) in [(1, "89999999999.99999999"), (2, "0.00000002"), (3, "-0.00000001")] {
        commit(&*store, add_position(&closed(id, at, profit))).await;
    }
    assert_eq!(sum().await.unwrap().units(), BOUND);
    for id in [4, 5] {
        commit(&*store, add_position(&closed(id, at, "90000000000"))).await;
    }
    let answer = sum().await;
    assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "{answer:?}");
}
