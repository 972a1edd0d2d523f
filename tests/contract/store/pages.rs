//! Lists come in order, page by page, filtered.

use std::sync::Arc;

use bursar::ports::store::{AlertFilter, EntryFilter, OrderFilter, PositionFilter};
use domain::alert::{Alert, AlertState};
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::{LedgerAccountId, PositionId, RobotId, UserId, VenueAccountId};
use domain::order::{Order, OrderState};
use domain::page::Page;
use domain::position::{CloseReason, Origin, Position, PositionState};
use domain::robot::{PastClose, Robot};
use domain::settlement::Settlement;
use domain::time::Timestamp;

use super::databases::{FullStore, Ground};
use super::samples::*;

pub async fn lists_are_read_page_by_page(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    for id in [3, 1, 2] {
        commit(&*store, Change::AddUser(user(id))).await;
        commit(&*store, Change::AddVenueAccount(venue_account(id, USER))).await;
        commit(&*store, Change::AddRobot(Box::new(robot(id)))).await;
    }
    assert_eq!(store.users(Page::first(2)).await.unwrap(), [user(1), user(2)]);
    assert_eq!(store.users(Page::after(2, 2)).await.unwrap(), [user(3), user(7)]);
    assert_eq!(store.users(Page::after(7, 2)).await.unwrap(), []);
    let accounts = store.venue_accounts(Page::after(2, 1)).await.unwrap();
    assert_eq!(accounts, [venue_account(3, USER)]);
    assert_eq!(store.robots(Page::after(1, 2)).await.unwrap(), [robot(2), robot(3)]);
    let ids: Vec<RobotId> = store
        .robots_on(ACCOUNT)
        .await
        .unwrap()
        .iter()
        .map(|robot| robot.id)
        .collect();
    assert_eq!(ids, [1, 2, 3, 700].map(RobotId));
}

/// Positions 1 to 5: of two users, two accounts and two robots, live and not.
async fn crowd(store: &dyn FullStore) {
    let other = VenueAccountId(71);
    let changes = vec![
        Change::AddUser(user(8)),
        Change::AddVenueAccount(venue_account(71, UserId(8))),
        Change::AddRobot(Box::new(Robot {
            account: other,
            user: UserId(8),
            ..robot(701)
        })),
        add_position(&position(1)),
        add_position(&Position {
            user: UserId(8),
            account: other,
            robot: Some(RobotId(701)),
            ..position(2)
        }),
        add_position(&closed(3, 50, "1")),
        add_position(&Position {
            settlement: Settlement::NothingDue,
            ..closed(4, 40, "-1")
        }),
        add_position(&Position {
            robot: None,
            origin: Origin::External,
            ..closed(5, 30, "2")
        }),
    ];
    store.commit(ChangeSet { changes }).await.unwrap();
}

fn positions_with(change: fn(&mut PositionFilter)) -> PositionFilter {
    let mut filter = PositionFilter::default();
    change(&mut filter);
    filter
}

pub async fn positions_are_filtered(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    crowd(&*store).await;
    let with = positions_with;
    let every = Page::first(10);
    let both = with(|filter| (filter.live, filter.account, filter.robot) = (Some(true), Some(ACCOUNT), Some(ROBOT)));
    let cases = [
        (with(|_| {}), every, vec![1, 2, 3, 4, 5]),
        (with(|_| {}), Page::after(2, 2), vec![3, 4]),
        (with(|filter| filter.user = Some(UserId(8))), every, vec![2]),
        (with(|filter| filter.account = Some(ACCOUNT)), every, vec![1, 3, 4, 5]),
        (with(|filter| filter.robot = Some(ROBOT)), every, vec![1, 3, 4]),
        (with(|filter| filter.live = Some(true)), every, vec![1, 2]),
        (with(|filter| filter.live = Some(true)), Page::after(1, 1), vec![2]),
        (with(|filter| filter.live = Some(false)), every, vec![3, 4, 5]),
        (with(|filter| filter.unsettled = true), every, vec![3, 5]),
        (with(|filter| filter.unsettled = true), Page::after(3, 9), vec![5]),
        (both, every, vec![1]),
    ];
    for (filter, page, expected) in cases {
        let found = store.positions(filter, page).await.unwrap();
        let ids: Vec<i64> = found.iter().map(|position| position.id.0).collect();
        assert_eq!(ids, expected, "{filter:?} {page:?}");
    }
    let ids = [PositionId(4), PositionId(9), PositionId(1)];
    let mut some = store.positions_by_id(&ids).await.unwrap();
    some.sort_by_key(|position| position.id);
    let ids: Vec<i64> = some.iter().map(|position| position.id.0).collect();
    assert_eq!(ids, [1, 4]);
}

fn orders_with(change: fn(&mut OrderFilter)) -> OrderFilter {
    let mut filter = OrderFilter::default();
    change(&mut filter);
    filter
}

pub async fn orders_are_filtered(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    crowd(&*store).await;
    let mut theirs = order(2, 2);
    (theirs.user, theirs.account, theirs.robot) = (UserId(8), VenueAccountId(71), Some(RobotId(701)));
    let mut over = order(3, 3);
    (over.state, over.robot) = (OrderState::Expired, None);
    for order in [order(1, 1), theirs, over, order(4, 3)] {
        commit(&*store, add_order(&order)).await;
    }
    let with = orders_with;
    let every = Page::first(10);
    let late = with(|filter| (filter.since, filter.robot) = (Some(Timestamp(5_002)), Some(ROBOT)));
    let cases = [
        (with(|_| {}), every, vec![1, 2, 3, 4]),
        (with(|_| {}), Page::after(1, 2), vec![2, 3]),
        (with(|filter| filter.user = Some(UserId(8))), every, vec![2]),
        (with(|filter| filter.account = Some(ACCOUNT)), every, vec![1, 3, 4]),
        (with(|filter| filter.robot = Some(ROBOT)), every, vec![1, 4]),
        (with(|filter| filter.position = Some(PositionId(3))), every, vec![3, 4]),
        (with(|filter| filter.live = Some(true)), every, vec![1, 2, 4]),
        (with(|filter| filter.live = Some(true)), Page::after(1, 1), vec![2]),
        (with(|filter| filter.live = Some(false)), every, vec![3]),
        (with(|filter| filter.since = Some(Timestamp(5_004))), every, vec![4]),
        (late, every, vec![4]),
    ];
    for (filter, page, expected) in cases {
        let found = store.orders(filter, page).await.unwrap();
        let ids: Vec<i64> = found.iter().map(|order| order.id.0).collect();
        assert_eq!(ids, expected, "{filter:?} {page:?}");
    }
}

pub async fn past_closes_are_read_in_time_order(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    crowd(&*store).await;
    let abandoned = PositionState::Abandoned { at: Timestamp(45) };
    commit(
        &*store,
        add_position(&Position {
            state: abandoned,
            ..position(6)
        }),
    )
    .await;
    let close = |at, profit: &str| PastClose {
        at: Timestamp(at),
        profit: amount(profit),
        reason: CloseReason::TakeProfit,
    };
    let closes = store.past_closes(ROBOT, Timestamp(40)).await.unwrap();
    assert_eq!(closes, [close(40, "-1"), close(50, "1")]);
    assert_eq!(store.past_closes(ROBOT, Timestamp(41)).await.unwrap(), [close(50, "1")]);
}

pub async fn s0_02_what_is_unsettled_is_found_however_old(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    assert_eq!(store.unsettled().await.unwrap(), Default::default());
    commit(&*store, add_position(&closed(1, 0, "2"))).await;
    commit(&*store, add_position(&closed(2, 1_795_000_000_000, "3"))).await;
    let unsettled = store.unsettled().await.unwrap();
    assert_eq!(
        (unsettled.count, unsettled.profit, unsettled.oldest),
        (2, amount("5"), Some(Timestamp(0)))
    );
    let ids = async |page: Page| store.unsettled_ids(page).await.unwrap();
    assert_eq!(ids(Page::first(1)).await, [PositionId(1)]);
    assert_eq!(ids(Page::after(1, 9)).await, [PositionId(2)]);
    let filter = PositionFilter {
        unsettled: true,
        ..PositionFilter::default()
    };
    let found = store.positions(filter, Page::first(1)).await.unwrap();
    assert_eq!(found, [closed(1, 0, "2")]);
}

pub async fn busy_accounts_are_those_with_something_live(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    assert_eq!(store.busy_accounts().await.unwrap(), []);
    for account in [71, 72] {
        commit(&*store, Change::AddVenueAccount(venue_account(account, USER))).await;
    }
    commit(&*store, add_position(&position(1))).await;
    commit(
        &*store,
        add_position(&Position {
            account: VenueAccountId(71),
            ..closed(2, 1, "1")
        }),
    )
    .await;
    let order = Order {
        account: VenueAccountId(71),
        ..order(1, 2)
    };
    commit(&*store, add_order(&order)).await;
    assert_eq!(store.busy_accounts().await.unwrap(), [ACCOUNT, VenueAccountId(71)]);
    let over = Order {
        state: OrderState::Cancelled,
        ..order
    };
    commit(&*store, Change::UpdateOrder(Box::new(over))).await;
    let over = Position {
        settlement: Settlement::Exempt,
        ..closed(1, 1, "1")
    };
    commit(&*store, Change::UpdatePosition(Box::new(over))).await;
    assert_eq!(store.busy_accounts().await.unwrap(), []);
}

pub async fn alerts_come_newest_first(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    for id in 1..=4 {
        commit(&*store, Change::RaiseAlert(alert(id, &format!("user:{id}")))).await;
    }
    let over = Alert {
        resolved_at: Some(Timestamp(9)),
        ..alert(3, "user:3")
    };
    commit(&*store, Change::ResolveAlert(over)).await;
    let ids = async |filter, page: Page| -> Vec<i64> {
        let found = store.alerts(filter, page).await.unwrap();
        found.iter().map(|alert| alert.id.0).collect()
    };
    assert_eq!(ids(AlertFilter::All, Page::first(3)).await, [4, 3, 2]);
    assert_eq!(ids(AlertFilter::All, Page::after(2, 3)).await, [1]);
    assert_eq!(ids(AlertFilter::Open, Page::first(9)).await, [4, 2, 1]);
    commit(&*store, Change::AcknowledgeAlert(taken(alert(2, "user:2"), "ann"))).await;
    commit(&*store, Change::AcknowledgeAlert(taken(alert(4, "user:4"), "bob"))).await;
    let over = Alert {
        resolved_at: Some(Timestamp(9)),
        ..alert(4, "user:4")
    };
    commit(&*store, Change::ResolveAlert(over)).await;
    let in_state = async |state| ids(AlertFilter::In(state), Page::first(9)).await;
    assert_eq!(in_state(AlertState::Raised).await, [1]);
    assert_eq!(in_state(AlertState::Acknowledged).await, [2]);
    assert_eq!(in_state(AlertState::Resolved).await, [4, 3]);
    assert_eq!(ids(AlertFilter::Open, Page::after(2, 9)).await, [1]);
}

pub async fn entries_of_an_account_are_found(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let mut issued = 0;
    let mut power = 0;
    for seq in 1..=5 {
        // Every second entry moves within the first account alone, with two lines on it.
        let to = if seq % 2 == 1 { (2, power) } else { (3, 0) };
        let units = i64::from(seq % 2 == 1);
        commit(
            &*store,
            ledger(transfer(seq, &format!("k{seq}"), (1, issued), to, units)),
        )
        .await;
        issued -= units;
        power += units;
    }
    let seqs = async |account: i64, page: Page| -> Vec<i64> {
        let filter = EntryFilter {
            account: Some(LedgerAccountId(account)),
            ..EntryFilter::default()
        };
        let found = store.entries(filter, page).await.unwrap();
        assert!(found.iter().all(|entry| entry.postings.len() == 2));
        found.iter().map(|entry| entry.seq.0).collect()
    };
    assert_eq!(seqs(2, Page::first(9)).await, [1, 3, 5]);
    assert_eq!(seqs(2, Page::after(1, 1)).await, [3]);
    assert_eq!(seqs(1, Page::after(1, 3)).await, [2, 3, 4]);
    assert_eq!(seqs(9, Page::first(9)).await, [0; 0]);
    let last = store.entries(EntryFilter::default(), Page::after(4, 9)).await.unwrap();
    assert_eq!(last[0].postings[1].after, Amount::from_units(3).unwrap());
}

/// More keys than fit into one question.
pub async fn many_keys_are_looked_up(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, Change::AddFill(Box::new(fill(1_234, 1)))).await;
    let ids: Vec<String> = (0..2_000).map(|number| format!("f{number}")).collect();
    assert_eq!(store.known_fills(ACCOUNT, &ids).await.unwrap(), ["f1234"]);
    assert_eq!(store.known_fills(ACCOUNT, &[]).await.unwrap(), [""; 0]);
    let users: Vec<UserId> = (0..2_000).map(UserId).collect();
    assert_eq!(store.open_debts(&users, 9).await.unwrap(), []);
    assert_eq!(store.power_rates(&users).await.unwrap(), []);
}

pub async fn fills_are_found_with_their_parts_and_revisions(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let ids = ["f1", "f1#2", "f1#r1", "f1#r1#2", "f11", "f1$", "F1", "f2", "f"];
    for id in ids {
        let mut fill = fill(1, 1);
        id.clone_into(&mut fill.report.venue_fill_id);
        commit(&*store, Change::AddFill(Box::new(fill))).await;
    }
    commit(&*store, Change::AddVenueAccount(venue_account(71, USER))).await;
    let mut elsewhere = fill(1, 1);
    elsewhere.account = VenueAccountId(71);
    commit(&*store, Change::AddFill(Box::new(elsewhere))).await;
    let found = async |ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let fills = store.fills_reported(ACCOUNT, &ids).await.unwrap();
        let mut ids: Vec<String> = fills.into_iter().map(|fill| fill.report.venue_fill_id).collect();
        ids.sort();
        ids
    };
    assert_eq!(found(&["f1"]).await, ["f1", "f1#2", "f1#r1", "f1#r1#2"]);
    assert_eq!(found(&["f2", "f11", "f9"]).await, ["f11", "f2"]);
    assert_eq!(found(&[]).await, [""; 0]);
    let many: Vec<String> = (0..1_000).map(|number| format!("f{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(found(&many).await, ["f1", "f1#2", "f1#r1", "f1#r1#2", "f11", "f2"]);
}

pub async fn incomes_are_found_with_their_parts_and_revisions(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let mut expected = Vec::new();
    for id in ["i1", "i1#2", "i1#r1", "i11", "I1", "i2"] {
        let mut income = income(1);
        id.clone_into(&mut income.report.venue_income_id);
        if id.starts_with("i1#") || id == "i1" {
            expected.push(income.clone());
        }
        commit(&*store, Change::AddIncome(Box::new(income))).await;
    }
    let mut found = store.incomes_reported(ACCOUNT, &["i1".to_owned()]).await.unwrap();
    found.sort_by(|one, other| one.report.venue_income_id.cmp(&other.report.venue_income_id));
    assert_eq!(found, expected);
    assert_eq!(store.incomes_reported(ACCOUNT, &[]).await.unwrap(), []);
    let elsewhere = store.incomes_reported(VenueAccountId(71), &["i1".to_owned()]).await;
    assert_eq!(elsewhere.unwrap(), []);
}

pub async fn closed_positions_are_found_by_when_they_were_open(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    for (id, opened, at) in [(1, 10, 20), (2, 20, 30), (3, 25, 26), (4, 40, 50)] {
        let position = Position {
            opened_at: Some(Timestamp(opened)),
            ..closed(id, at, "1")
        };
        commit(&*store, add_position(&position)).await;
    }
    let never = Position {
        opened_at: None,
        state: PositionState::Abandoned { at: Timestamp(25) },
        ..position(5)
    };
    for position in [never, position(6)] {
        commit(&*store, add_position(&position)).await;
    }
    let found = async |from: i64, to: i64| -> Vec<i64> {
        let filter = PositionFilter {
            open_during: Some((Timestamp(from), Timestamp(to))),
            ..PositionFilter::default()
        };
        let positions = store.positions(filter, Page::first(9)).await.unwrap();
        positions.iter().map(|position| position.id.0).collect()
    };
    assert_eq!(found(20, 20).await, [1, 2]);
    assert_eq!(found(21, 24).await, [2]);
    assert_eq!(found(26, 45).await, [2, 3, 4]);
    assert_eq!(found(51, 60).await, [0; 0]);
}
