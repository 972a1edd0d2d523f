//! Every guard holds, and a change that is refused leaves nothing behind.

use std::sync::Arc;

use domain::access::{Role, Token};
use domain::alert::Alert;
use domain::change::{Change, ChangeSet, Fill};
use domain::id::{AlertId, OrderId, PositionId, RobotId, TokenId, UserId, VenueAccountId};
use domain::order::{Order, OrderState};
use domain::page::Page;
use domain::pause::{Pause, PauseScope};
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

pub async fn s1_05_the_same_order_or_position_is_refused_under_another_user(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, Change::AddUser(user(8))).await;
    commit(&*store, add_position(&position(1))).await;
    commit(&*store, add_order(&order(1, 1))).await;
    refused(
        &*store,
        add_position(&Position {
            user: OTHER,
            ..position(1)
        }),
    )
    .await;
    refused(
        &*store,
        Change::UpdatePosition(Box::new(Position {
            user: OTHER,
            ..position(1)
        })),
    )
    .await;
    refused(
        &*store,
        add_order(&Order {
            user: OTHER,
            ..order(1, 1)
        }),
    )
    .await;
    refused(
        &*store,
        add_order(&Order {
            user: OTHER,
            id: OrderId(2),
            ..order(1, 1)
        }),
    )
    .await;
    refused(
        &*store,
        Change::UpdateOrder(Box::new(Order {
            user: OTHER,
            ..order(1, 1)
        })),
    )
    .await;
    refused(
        &*store,
        Change::UpdateRobot(Box::new(Robot {
            user: OTHER,
            ..robot(700)
        })),
    )
    .await;
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

pub async fn an_alert_is_raised_once_until_it_is_resolved(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, Change::RaiseAlert(alert(1, "user:7"))).await;
    refused(&*store, Change::RaiseAlert(alert(2, "user:7"))).await;
    commit(&*store, Change::RaiseAlert(alert(3, "user:8"))).await;
    let over = Alert {
        resolved_at: Some(Timestamp(9_000)),
        ..alert(1, "user:7")
    };
    commit(&*store, Change::ResolveAlert(over.clone())).await;
    refused(&*store, Change::ResolveAlert(over.clone())).await;
    refused(
        &*store,
        Change::ResolveAlert(Alert {
            id: AlertId(9),
            ..over.clone()
        }),
    )
    .await;
    commit(&*store, Change::RaiseAlert(alert(4, "user:7"))).await;
    let all = store.alerts(false, Page::first(10)).await.unwrap();
    assert_eq!(all, [alert(4, "user:7"), alert(3, "user:8"), over]);
}

pub async fn a_token_is_revoked_once_and_its_name_is_free_again(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let token = |id: i64| Token {
        id: TokenId(id),
        name: "laptop".to_owned(),
        role: Role::Operator,
        digest: format!("{id:064x}"),
        created_at: Timestamp(1),
        revoked_at: None,
    };
    commit(&*store, Change::AddToken(token(1))).await;
    refused(&*store, Change::AddToken(token(2))).await;
    refused(&*store, Change::RevokeToken(token(1))).await;
    let revoked = Token {
        revoked_at: Some(Timestamp(2)),
        ..token(1)
    };
    commit(&*store, Change::RevokeToken(revoked.clone())).await;
    refused(&*store, Change::RevokeToken(revoked)).await;
    assert_eq!(store.tokens().await.unwrap(), []);
    commit(&*store, Change::AddToken(token(2))).await;
    assert_eq!(store.tokens().await.unwrap(), [token(2)]);
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
    let rate = PowerRate {
        user: None,
        rate: "1.0000000001".parse().unwrap(),
        effective_from: Timestamp(5),
    };
    refused(&*store, Change::AddPowerRate(rate)).await;
    refused(
        &*store,
        add_position(&Position {
            settlement: Settlement::Pending,
            ..position(1)
        }),
    )
    .await;
    refused(
        &*store,
        add_position(&Position {
            settlement: Settlement::NotYet,
            ..closed(1, 5, "1")
        }),
    )
    .await;
    refused(
        &*store,
        add_position(&Position {
            quantity: "-1".parse().unwrap(),
            ..position(1)
        }),
    )
    .await;
    commit(&*store, add_position(&position(1))).await;
    // ORD-2
    let overfilled = Order {
        filled: "0.50000001".parse().unwrap(),
        state: OrderState::Filled,
        ..order(1, 1)
    };
    refused(&*store, add_order(&overfilled)).await;
    refused(
        &*store,
        Change::AddUser(User {
            name: "多".repeat(191),
            ..user(9)
        }),
    )
    .await;
    commit(
        &*store,
        Change::AddUser(User {
            name: "多".repeat(190),
            ..user(9)
        }),
    )
    .await;
}

pub async fn the_last_word_on_a_pause_counts(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let word = |scope: &str, paused, at| Pause {
        scope: PauseScope::parse(scope).unwrap(),
        paused,
        by: "admin".to_owned(),
        reason: "because".to_owned(),
        at: Timestamp(at),
    };
    for said in [
        word("global", true, 1),
        word("venue:paper", true, 2),
        word("global", false, 3),
    ] {
        commit(&*store, Change::SetPause(said)).await;
    }
    let expected = [word("global", false, 3), word("venue:paper", true, 2)];
    assert_eq!(store.pauses().await.unwrap(), expected);
}
