//! Every guard holds, and a change that is refused leaves nothing behind.

use std::sync::Arc;

use domain::change::{Change, ChangeSet, Fill};
use domain::id::{OrderId, PositionId, RobotId, UserId, VenueAccountId};
use domain::order::{Order, OrderState};
use domain::position::Position;
use domain::robot::Robot;
use domain::settlement::Settlement;
use domain::time::Timestamp;
use domain::user::{PowerRate, User, VenueAccount};
use domain::venue::{ClientOrderId, Cursor, VenueOrderId};

use super::databases::Ground;
use super::samples::*;

const OTHER: UserId = UserId(8);

pub async fn what_exists_is_not_added_again(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&position(1))).await;
    commit(&*store, add_order(&order(1, 1))).await;
    let renamed = User {
        name: "other".to_owned(),
        ..user(7)
    };
    assert_eq!(refused(&*store, Change::AddUser(renamed)).await, "user 7 (other)");
    let relabelled = VenueAccount {
        label: "other".to_owned(),
        ..venue_account(70, USER)
    };
    refused(&*store, Change::AddVenueAccount(relabelled)).await;
    refused(&*store, Change::AddRobot(Box::new(robot(700)))).await;
    refused(&*store, add_position(&closed(1, 5, "1"))).await;
    let renumbered = Order {
        client_id: ClientOrderId("b".to_owned()),
        ..order(1, 1)
    };
    refused(&*store, add_order(&renumbered)).await;
    let rate = PowerRate {
        user: None,
        rate: tenth(),
        effective_from: Timestamp(5),
    };
    commit(&*store, Change::AddPowerRate(rate)).await;
    refused(&*store, Change::AddPowerRate(rate)).await;
    assert_eq!(store.position(PositionId(1)).await.unwrap(), Some(position(1)));
}

pub async fn a_row_that_changed_since_is_not_overwritten(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&position(1))).await;
    commit(&*store, add_order(&order(1, 1))).await;

    let changed = Position {
        fees: amount("2"),
        ..position(1)
    };
    commit(&*store, Change::UpdatePosition(Box::new(changed.clone()))).await;
    refused(&*store, Change::UpdatePosition(Box::new(position(1)))).await;
    let stored = store.position(PositionId(1)).await.unwrap().unwrap();
    assert_eq!(stored, Position { version: 1, ..changed });
    commit(&*store, Change::UpdatePosition(Box::new(stored))).await;

    commit(&*store, Change::UpdateOrder(Box::new(order(1, 1)))).await;
    refused(&*store, Change::UpdateOrder(Box::new(order(1, 1)))).await;
    refused(&*store, Change::UpdateOrder(Box::new(order(2, 1)))).await;
    commit(&*store, Change::UpdateRobot(Box::new(robot(700)))).await;
    refused(&*store, Change::UpdateRobot(Box::new(robot(700)))).await;
    assert_eq!(
        store.robot(ROBOT).await.unwrap(),
        Some(Robot {
            version: 1,
            ..robot(700)
        })
    );
}

pub async fn names_are_unique(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let same = User {
        name: user(7).name,
        ..user(8)
    };
    refused(&*store, Change::AddUser(same)).await;
    // Names are compared letter by letter.
    let louder = User {
        name: user(7).name.to_uppercase(),
        ..user(8)
    };
    commit(&*store, Change::AddUser(louder)).await;
    let same = VenueAccount {
        label: venue_account(70, USER).label,
        ..venue_account(71, OTHER)
    };
    refused(&*store, Change::AddVenueAccount(same)).await;
}

fn theirs(mut position: Position) -> Box<Position> {
    position.user = OTHER;
    Box::new(position)
}

fn their_order(id: i64, client_id: ClientOrderId) -> Box<Order> {
    let mut order = order(id, 1);
    (order.user, order.client_id) = (OTHER, client_id);
    Box::new(order)
}

pub async fn s1_05_the_same_order_or_position_is_refused_under_another_user(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, Change::AddUser(user(8))).await;
    commit(&*store, add_position(&position(1))).await;
    commit(&*store, add_order(&order(1, 1))).await;
    refused(&*store, Change::AddPosition(theirs(position(1)))).await;
    refused(&*store, Change::UpdatePosition(theirs(position(1)))).await;
    let same = order(1, 1).client_id;
    refused(&*store, Change::AddOrder(their_order(1, same.clone()))).await;
    refused(&*store, Change::AddOrder(their_order(2, same.clone()))).await;
    refused(
        &*store,
        Change::AddOrder(their_order(1, ClientOrderId("bother".to_owned()))),
    )
    .await;
    refused(&*store, Change::UpdateOrder(their_order(1, same))).await;
    let mut robot = robot(700);
    robot.user = OTHER;
    refused(&*store, Change::UpdateRobot(Box::new(robot))).await;
    assert_eq!(store.position(PositionId(1)).await.unwrap().unwrap().user, USER);
}

pub async fn a_client_order_id_is_used_once(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&position(1))).await;
    commit(&*store, add_order(&order(1, 1))).await;
    refused(
        &*store,
        add_order(&Order {
            client_id: order(1, 1).client_id,
            ..order(2, 1)
        }),
    )
    .await;
    let other = ClientOrderId("bother".to_owned());
    refused(
        &*store,
        Change::UpdateOrder(Box::new(Order {
            client_id: other,
            ..order(1, 1)
        })),
    )
    .await;
}

pub async fn a_venue_order_belongs_to_one_order(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&position(1))).await;
    let known = |id| Order {
        venue_id: Some(VenueOrderId("v".to_owned())),
        ..order(id, 1)
    };
    commit(&*store, add_order(&known(1))).await;
    refused(&*store, add_order(&known(2))).await;
    commit(&*store, add_order(&order(2, 1))).await;
    commit(&*store, add_order(&order(3, 1))).await;
    refused(&*store, Change::UpdateOrder(Box::new(known(2)))).await;
    commit(&*store, Change::UpdateOrder(Box::new(known(1)))).await;
}

pub async fn fills_and_incomes_are_recorded_once(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, Change::AddVenueAccount(venue_account(71, USER))).await;
    commit(&*store, Change::AddFill(Box::new(fill(1, 1)))).await;
    refused(&*store, Change::AddFill(Box::new(fill(1, 2)))).await;
    let elsewhere = Fill {
        account: VenueAccountId(71),
        ..fill(1, 2)
    };
    commit(&*store, Change::AddFill(Box::new(elsewhere))).await;
    commit(&*store, Change::AddIncome(Box::new(income(1)))).await;
    refused(&*store, Change::AddIncome(Box::new(income(1)))).await;
    let known = store.known_fills(ACCOUNT, &["f0".to_owned(), "f1".to_owned()]).await;
    assert_eq!(known.unwrap(), ["f1"]);
}

pub async fn a_cursor_moves_only_from_where_it_is(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let to = |from: &str, to: &str| Change::MoveCursor {
        account: ACCOUNT,
        from: Cursor(from.to_owned()),
        to: Cursor(to.to_owned()),
    };
    refused(&*store, to("a", "b")).await;
    commit(&*store, to("", "a")).await;
    refused(&*store, to("", "b")).await;
    refused(&*store, to("A", "b")).await;
    commit(&*store, to("a", "a")).await;
    commit(&*store, to("a", "b")).await;
    assert_eq!(store.cursor(ACCOUNT).await.unwrap(), Cursor("b".to_owned()));
}

pub async fn what_belongs_to_nobody_is_refused(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    refused(&*store, Change::AddVenueAccount(venue_account(71, OTHER))).await;
    refused(
        &*store,
        Change::AddRobot(Box::new(Robot {
            account: VenueAccountId(71),
            ..robot(701)
        })),
    )
    .await;
    refused(
        &*store,
        add_position(&Position {
            robot: Some(RobotId(701)),
            ..position(1)
        }),
    )
    .await;
    refused(
        &*store,
        add_position(&Position {
            user: OTHER,
            ..position(1)
        }),
    )
    .await;
    refused(&*store, add_order(&order(1, 1))).await;
    refused(
        &*store,
        Change::AddFill(Box::new(Fill {
            account: VenueAccountId(71),
            ..fill(1, 1)
        })),
    )
    .await;
    let (account, from, to) = (VenueAccountId(71), Cursor::default(), Cursor("a".to_owned()));
    refused(&*store, Change::MoveCursor { account, from, to }).await;
}

pub async fn a_refused_change_takes_all_others_with_it(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&position(1))).await;
    let changes = vec![
        add_position(&position(2)),
        add_order(&order(1, 2)),
        Change::UpdatePosition(Box::new(Position {
            fees: amount("9"),
            ..position(1)
        })),
        Change::RaiseAlert(alert(1, "user:7")),
        Change::MoveCursor {
            account: ACCOUNT,
            from: Cursor::default(),
            to: Cursor("a".to_owned()),
        },
        ledger(transfer(1, "k1", (1, 0), (2, 0), 5)),
        Change::AddUser(user(7)),
    ];
    let refusal = store
        .commit(ChangeSet {
            changes: changes.clone(),
        })
        .await;
    assert!(refusal.is_err());
    assert_eq!(store.position(PositionId(2)).await.unwrap(), None);
    assert_eq!(store.position(PositionId(1)).await.unwrap(), Some(position(1)));
    assert_eq!(store.order(OrderId(1)).await.unwrap(), None);
    assert_eq!(store.cursor(ACCOUNT).await.unwrap(), Cursor::default());
    assert_eq!(store.last_entry().await.unwrap().0, 0);
    // Without the last change all others are fine, which also shows that no key was left taken.
    let changes = changes[..6].to_vec();
    store.commit(ChangeSet { changes }).await.unwrap();
    assert_eq!(store.last_entry().await.unwrap().0, 1);
    store.commit(ChangeSet::new()).await.unwrap();
}

pub async fn rules_of_rows_are_kept(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let (rate, effective_from) = ("1.0000000001".parse().unwrap(), Timestamp(5));
    let user_of = |name: String| Change::AddUser(User { name, ..user(9) });
    let whole = PowerRate {
        user: None,
        rate,
        effective_from,
    };
    refused(&*store, Change::AddPowerRate(whole)).await;
    let settled = |mut position: Position, settlement| {
        position.settlement = settlement;
        Change::AddPosition(Box::new(position))
    };
    refused(&*store, settled(position(1), Settlement::Pending)).await;
    refused(&*store, settled(closed(1, 5, "1"), Settlement::NotYet)).await;
    let mut negative = position(1);
    negative.quantity = "-1".parse().unwrap();
    refused(&*store, add_position(&negative)).await;
    commit(&*store, add_position(&position(1))).await;
    // ORD-2
    let mut overfilled = order(1, 1);
    (overfilled.filled, overfilled.state) = ("0.50000001".parse().unwrap(), OrderState::Filled);
    refused(&*store, add_order(&overfilled)).await;
    refused(&*store, user_of("多".repeat(191))).await;
    commit(&*store, user_of("多".repeat(190))).await;
}
