//! The tables themselves: what they refuse even from somebody who writes past the store.

use std::sync::Arc;

use bursar::adapters::store::SqlStore;
use bursar::adapters::store::schema::{self, SchemaError};
use bursar::ports::store::{Store, StoreError};
use domain::change::{Change, ChangeSet};
use sea_orm::ConnectionTrait;

use super::databases::Ground;
use super::samples::*;

pub async fn migrations_go_up_down_and_up(ground: Arc<Ground>) {
    let url = ground.secret_url();
    let applied = async || -> Vec<bool> {
        let steps = schema::status(&url).await.unwrap();
        steps.iter().map(|step| step.applied).collect()
    };
    let count = applied().await.len();
    assert!(applied().await.iter().all(|applied| !applied));
    schema::up(&url, Some(2)).await.unwrap();
    assert_eq!(applied().await[..3], [true, true, false]);
    schema::up(&url, None).await.unwrap();
    schema::up(&url, None).await.unwrap();
    assert!(applied().await.iter().all(|applied| *applied));
    let store = furnished(&ground).await;
    assert_eq!(store.user(USER).await.unwrap(), Some(user(7)));
    drop(store);
    schema::down(&url, u32::try_from(count).unwrap()).await.unwrap();
    assert!(applied().await.iter().all(|applied| !applied));
    schema::up(&url, None).await.unwrap();
    let store = furnished(&ground).await;
    assert_eq!(store.robot(ROBOT).await.unwrap(), Some(robot(700)));
}

async fn refusal(ground: &Ground) -> String {
    match SqlStore::open(ground.options()).await {
        Err(StoreError::Unavailable(cause)) => cause.to_string(),
        other => panic!("{other:?}"),
    }
}

pub async fn a_schema_that_is_behind_is_refused(ground: Arc<Ground>) {
    schema::up(&ground.secret_url(), Some(3)).await.unwrap();
    let expected = "database lacks migration `m0004_create_orders`: run `bursar migrate up`";
    assert_eq!(refusal(&ground).await, expected);
}

pub async fn a_newer_schema_is_refused(ground: Arc<Ground>) {
    schema::up(&ground.secret_url(), None).await.unwrap();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_colonise_mars', 1)";
    ground.connection().await.execute_unprepared(newer).await.unwrap();
    let expected = "database has migration `m9999_colonise_mars`, which this binary does not know: \
                    use the newer binary";
    assert_eq!(refusal(&ground).await, expected);
    let answer = schema::down(&ground.secret_url(), 1).await;
    assert!(matches!(answer, Err(SchemaError::Newer(_))), "{answer:?}");
}

/// Runs a statement past the store and expects that a rule of the table refuses it.
async fn refuses(ground: &Ground, statement: &str) {
    let connection = ground.connection().await;
    let answer = connection.execute_unprepared(statement).await;
    assert!(answer.is_err(), "accepted: {statement}");
}

pub async fn s0_06_a_closed_position_without_a_close_time_is_refused(ground: Arc<Ground>) {
    schema::up(&ground.secret_url(), None).await.unwrap();
    let store = furnished(&ground).await;
    commit(&*store, add_position(&closed(1, 5, "1"))).await;
    commit(&*store, add_position(&position(2))).await;
    refuses(&ground, "UPDATE position SET closed_at = NULL WHERE id = 1").await;
    refuses(&ground, "UPDATE position SET profit = NULL WHERE id = 1").await;
    refuses(&ground, "UPDATE position SET close_reason = NULL WHERE id = 1").await;
    refuses(
        &ground,
        "UPDATE position SET state = 'closed', live = 0, settlement = 'pending' WHERE id = 2",
    )
    .await;
    refuses(&ground, "UPDATE position SET state = 'gone' WHERE id = 2").await;
    refuses(&ground, "UPDATE position SET power_consumed = 1 WHERE id = 1").await;
    refuses(
        &ground,
        "UPDATE position SET settlement = 'charged', power_consumed = 1 WHERE id = 1",
    )
    .await;
    refuses(&ground, "UPDATE position SET live = 1 WHERE id = 1").await;
    assert_eq!(
        store.position(closed(1, 5, "1").id).await.unwrap(),
        Some(closed(1, 5, "1"))
    );
}

pub async fn units_beyond_the_bound_are_refused_by_the_table(ground: Arc<Ground>) {
    schema::up(&ground.secret_url(), None).await.unwrap();
    let store = furnished(&ground).await;
    commit(&*store, add_position(&position(1))).await;
    refuses(&ground, "UPDATE position SET fees = 9000000000000000001").await;
    refuses(&ground, "UPDATE position SET fees = -9000000000000000001").await;
    refuses(&ground, "UPDATE position SET peak = 9000000000000000001").await;
    refuses(&ground, "UPDATE position SET fees = fees + 9223372036854775807").await;
    refuses(&ground, "UPDATE position SET fees = 'much'").await;
    refuses(
        &ground,
        "UPDATE ledger_account SET balance = -1 WHERE kind = 'user_power'",
    )
    .await;
    refuses(
        &ground,
        "UPDATE ledger_account SET lowest = -1 WHERE kind = 'user_power'",
    )
    .await;
    if ground.url().starts_with("sqlite") {
        // The servers round a fraction to a whole number of units; SQLite would keep it as a float.
        refuses(&ground, "UPDATE position SET fees = 1.5").await;
    }
}

pub async fn a_closed_store_says_so(ground: Arc<Ground>) {
    schema::up(&ground.secret_url(), None).await.unwrap();
    let store = ground.open_sql().await;
    let busy = store.clone();
    let last = tokio::spawn(async move { busy.commit(ChangeSet::of(Change::AddUser(user(1)))).await });
    tokio::task::yield_now().await;
    store.close().await;
    last.await.unwrap().unwrap();
    let answer = store.commit(ChangeSet::of(Change::AddUser(user(2)))).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    assert!(store.user(USER).await.is_err());
    assert_eq!(ground.open_sql().await.user(user(1).id).await.unwrap(), Some(user(1)));
}
