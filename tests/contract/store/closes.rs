//! What the rules on closes look at: the latest closes, the last ones of each user, and what they were charged.

use std::sync::Arc;

use domain::alert::rules::Close;
use domain::change::Change;
use domain::id::{DebtId, PositionId, UserId, VenueAccountId};
use domain::ledger::EntrySeq;
use domain::position::{CloseReason, Origin, Position, PositionState};
use domain::settlement::Settlement;
use domain::time::Timestamp;

use super::databases::{FullStore, Ground};
use super::samples::*;

async fn add(store: &dyn FullStore, position: Position) {
    commit(store, Change::AddPosition(Box::new(position))).await;
}

/// Users 7 and 8 with closes in an order of their own, and what is no close of a robot's position.
async fn closes(store: &dyn FullStore) {
    let other = UserId(8);
    commit(store, Change::AddUser(user(8))).await;
    commit(store, Change::AddVenueAccount(venue_account(80, other))).await;
    let theirs = |position| Position {
        user: other,
        account: VenueAccountId(80),
        robot: None,
        ..position
    };
    add(store, closed(1, 500, "1.5")).await;
    add(store, closed(2, 300, "-2")).await;
    add(store, theirs(closed(3, 400, "3"))).await;
    add(store, closed(4, 300, "4")).await;
    add(store, position(5)).await;
    let gone = PositionState::Abandoned { at: Timestamp(450) };
    add(
        store,
        Position {
            state: gone,
            ..position(6)
        },
    )
    .await;
    add(
        store,
        Position {
            origin: Origin::External,
            ..closed(7, 450, "7")
        },
    )
    .await;
    add(store, theirs(closed(8, 600, "8"))).await;
}

pub async fn closes_are_found_in_order_of_their_time(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    closes(&*store).await;
    let found = async |since, after, limit| -> Vec<i64> {
        let closes = store.closes_since(Timestamp(since), PositionId(after), limit).await;
        closes.unwrap().iter().map(|close| close.position.0).collect()
    };
    assert_eq!(found(0, 0, 9).await, [2, 4, 3, 1, 8]);
    assert_eq!(found(0, 0, 2).await, [2, 4]);
    assert_eq!(found(300, 2, 2).await, [4, 3]);
    assert_eq!(found(400, 3, 9).await, [1, 8]);
    assert_eq!(found(601, 0, 9).await, Vec::<i64>::new());
    let first = store.closes_since(Timestamp(500), PositionId(0), 1).await.unwrap();
    let expected = Close {
        position: PositionId(1),
        user: USER,
        robot: Some(ROBOT),
        at: Timestamp(500),
        reason: CloseReason::TakeProfit,
        profit: amount("1.5"),
    };
    assert_eq!(first, [expected]);
}

pub async fn last_closes_are_found_user_by_user(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    closes(&*store).await;
    let last = async |users: &[i64], each| -> Vec<i64> {
        let users: Vec<UserId> = users.iter().map(|id| UserId(*id)).collect();
        let closes = store.last_closes(&users, each).await.unwrap();
        closes.iter().map(|close| close.position.0).collect()
    };
    assert_eq!(last(&[7], 9).await, [4, 2, 1]);
    assert_eq!(last(&[7, 8], 2).await, [4, 2, 8, 3]);
    assert_eq!(last(&[8, 9, 7], 1).await, [8, 4]);
    assert_eq!(last(&[], 9).await, Vec::<i64>::new());
    // More users than one statement takes.
    let many: Vec<i64> = (7..200).collect();
    assert_eq!(last(&many, 1).await, [4, 8]);
}

pub async fn what_came_due_is_summed_from_a_time_on(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let (rate, entry, debt) = ("0.1".parse().unwrap(), EntrySeq(1), DebtId(1));
    for (id, at, power) in [(1, 100, "5"), (2, 200, "0.00000001"), (3, 300, "7")] {
        let settlement = Settlement::Charged {
            power: amount(power),
            rate,
            entry,
        };
        add(
            &*store,
            Position {
                settlement,
                ..closed(id, at, "90")
            },
        )
        .await;
    }
    for (id, at, power) in [(4, 199, "11"), (5, 200, "13")] {
        let settlement = Settlement::Owed {
            power: amount(power),
            rate,
            debt,
        };
        add(
            &*store,
            Position {
                settlement,
                ..closed(id, at, "90")
            },
        )
        .await;
    }
    add(&*store, closed(6, 250, "1000")).await;
    let since = async |at| {
        let dues = store.dues_since(Timestamp(at)).await.unwrap();
        (dues.charged.to_string(), dues.owed.to_string())
    };
    let told = |charged: &str, owed: &str| (charged.to_owned(), owed.to_owned());
    assert_eq!(since(0).await, told("12.00000001", "24"));
    assert_eq!(since(200).await, told("7.00000001", "13"));
    assert_eq!(since(301).await, told("0", "0"));
}
