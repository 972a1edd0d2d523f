//! The tables themselves: what they refuse even from somebody who writes past the store.

use std::sync::Arc;

use bursar::adapters::store::SqlStore;
use bursar::adapters::store::schema::{self, SchemaError};
use bursar::ports::store::{AlertFilter, PositionFilter, Store, StoreError};
use domain::alert::Alert;
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::ledger::EntryKind;
use domain::page::Page;
use domain::position::{FillMark, ProfitSource, Provenance};
use domain::time::Timestamp;
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

/// The rows of a database as it was before the migration that this is about.
const BEFORE_PROVENANCE: [&str; 7] = [
    "INSERT INTO app_user VALUES (7, 'ada', 1)",
    "INSERT INTO venue_account VALUES (70, 7, 'paper', 'main', 'hedge', 1)",
    "INSERT INTO fill (account_id, venue_fill_id, position_id, venue_order_id, symbol, action, position_side, reducing, \
     quantity, price, fee, realised, cause, at) VALUES (70, 'f1', 2, 'v1', 'BTCUSDT', 'buy', 'long', 0, 1, 1, 0, 0, 'order', 10)",
    "INSERT INTO fill (account_id, venue_fill_id, position_id, venue_order_id, symbol, action, position_side, reducing, \
     quantity, price, fee, realised, cause, at) VALUES (70, 'f2', 2, 'v2', 'BTCUSDT', 'sell', 'long', 1, 1, 1, 0, 5, 'order', 20)",
    "INSERT INTO fill (account_id, venue_fill_id, position_id, venue_order_id, symbol, action, position_side, reducing, \
     quantity, price, fee, realised, cause, at) VALUES (70, 'f3', 3, 'v3', 'BTCUSDT', 'sell', 'long', 1, 1, 1, 0, 5, 'order', 30)",
    "INSERT INTO income (account_id, venue_income_id, position_id, symbol, amount, at) VALUES (70, 'i1', 2, 'BTCUSDT', 1, 15)",
    "INSERT INTO income (account_id, venue_income_id, symbol, amount, at) VALUES (70, 'i2', 'BTCUSDT', 1, 16)",
];

/// A closed position in the columns of that time: settlement with its power, rate, entry and debt.
fn old_position(id: i64, origin: &str, profit: i64, settlement: &str) -> String {
    let consumed = i64::from(settlement.starts_with("'charged'"));
    let (state, live, ended) = match settlement.starts_with("'not_yet'") {
        true => ("open", 1, "NULL, NULL, NULL".to_owned()),
        false => ("closed", 0, format!("40, 'manual', {profit}")),
    };
    format!(
        "INSERT INTO position (id, user_id, account_id, venue, symbol, side, origin, state, live, quantity, entered, \
         entry_notional, exit_notional, realised, fees, funding, leverage, margin_mode, profit_basis, power_consumed, \
         settlement, power_amount, power_rate, settled_entry, debt_id, closed_at, close_reason, profit, \
         created_at, updated_at, version) VALUES ({id}, 7, 70, 'paper', 'BTCUSDT', 'long', '{origin}', '{state}', {live}, \
         0, 1, 1, 1, {profit}, 0, 0, 10, 'cross', 'net', {consumed}, {settlement}, {ended}, 1, 1, 4)"
    )
}

/// One row of each kind: which it is, and what it has settled.
pub async fn old_rows(ground: &Ground) {
    let connection = ground.connection().await;
    for statement in BEFORE_PROVENANCE {
        connection.execute_unprepared(statement).await.unwrap();
    }
    let nothing = "NULL, NULL, NULL, NULL";
    let rows = [
        (1, "robot", 100, format!("'pending', {nothing}")),
        (2, "robot", 100, "'charged', 10, 1000000000, 1, NULL".to_owned()),
        (3, "external", 100, format!("'exempt', {nothing}")),
        (4, "robot", 100, "'owed', 10, 1000000000, NULL, 1".to_owned()),
        (5, "robot", 4, format!("'nothing_due', {nothing}")),
        (6, "robot", -100, format!("'nothing_due', {nothing}")),
        (7, "robot", 100, "'waived', 10, 1000000000, NULL, NULL".to_owned()),
        (8, "robot", 0, format!("'not_yet', {nothing}")),
    ];
    for (id, origin, profit, settlement) in rows {
        let mut statement = old_position(id, origin, profit, &settlement);
        if ground.url().starts_with("my") || ground.url().starts_with("maria") {
            // It takes `position (` for a function.
            statement = statement.replace("position (", "`position` (");
        }
        connection.execute_unprepared(&statement).await.unwrap();
    }
}

fn provenance(source: ProfitSource, fills: u32, incomes: u32, newest: Option<(&str, i64)>) -> Provenance {
    let newest_fill = newest.map(|(venue_id, at)| FillMark {
        venue_id: venue_id.to_owned(),
        at: Timestamp(at),
    });
    Provenance {
        source,
        fills,
        incomes,
        newest_fill,
    }
}

pub async fn positions_from_before_provenance_keep_what_is_known(ground: Arc<Ground>) {
    let url = ground.secret_url();
    let steps = schema::status(&url).await.unwrap();
    let before = steps.iter().position(|step| step.name == "m0012_add_provenance");
    let before = before.unwrap();
    schema::up(&url, Some(u32::try_from(before).unwrap())).await.unwrap();
    old_rows(&ground).await;
    schema::up(&url, None).await.unwrap();
    let store = ground.open_sql().await;
    let found = store.positions(Default::default(), Page::first(9)).await.unwrap();
    let settled: Vec<_> = found.iter().map(|one| one.settled_profit.map(Amount::units)).collect();
    let hundred = Some(100);
    assert_eq!(settled, [None, hundred, None, hundred, Some(4), None, hundred, None]);
    assert!(found.iter().all(|one| one.corrections == 0 && one.version == 4));
    let (venue, inferred) = (ProfitSource::Venue, ProfitSource::Inferred);
    assert_eq!(found[0].provenance, provenance(venue, 0, 0, None));
    assert_eq!(found[1].provenance, provenance(venue, 2, 1, Some(("f2", 20))));
    assert_eq!(found[2].provenance, provenance(inferred, 1, 0, Some(("f3", 30))));
    let filter = PositionFilter {
        unsettled: true,
        ..PositionFilter::default()
    };
    assert_eq!(store.positions(filter, Page::first(9)).await.unwrap(), found[..1]);
    refuses(&ground, "UPDATE position SET unsettled = 0 WHERE id = 1").await;
    refuses(&ground, "UPDATE position SET profit = 99 WHERE id = 2").await;
    refuses(&ground, "UPDATE position SET profit_source = 'hearsay' WHERE id = 2").await;
    refuses(&ground, "UPDATE position SET corrections = -1 WHERE id = 2").await;
    assert!(found.iter().all(|one| one.carry.is_none()), "none of them shared a net");
    store.close().await;
    let added = u32::try_from(steps.len() - before).unwrap();
    schema::down(&url, added).await.unwrap();
    schema::up(&url, None).await.unwrap();
    let again = ground.open_sql().await;
    assert_eq!(
        again.positions(Default::default(), Page::first(9)).await.unwrap(),
        found
    );
}

/// Two entries, their postings and a debt, as they were written before holds.
pub async fn old_ledger(ground: &Ground) {
    let (first, second) = (digest(1).to_string(), digest(2).to_string());
    let none = digest(0).to_string();
    for statement in [
        "INSERT INTO ledger_account VALUES (1, 'issuance', 0, 'POWER', -5, -9000000000000000000)".to_owned(),
        "INSERT INTO ledger_account VALUES (2, 'user_power', 7, 'POWER', 5, 0)".to_owned(),
        format!("INSERT INTO entry VALUES (1, 'recharge:a', 'recharge', 3, 'user:7', 'x', 'ops', '{none}', '{first}')"),
        format!(
            "INSERT INTO entry VALUES (2, 'settle:1', 'power_settle', 4, 'position:1', '', NULL, '{first}', '{second}')"
        ),
        "INSERT INTO posting VALUES (1, 0, 2, 5, 0, 5)".to_owned(),
        "INSERT INTO posting VALUES (1, 1, 1, -5, 0, -5)".to_owned(),
        "INSERT INTO debt VALUES (1, 7, 1, 300000001, 2, 'owed', NULL, NULL, NULL, 9500)".to_owned(),
    ] {
        ground.connection().await.execute_unprepared(&statement).await.unwrap();
    }
}

/// A ledger as the tables before holds held it: digests are text, and a debt knows no correction.
pub async fn t26_a_ledger_from_before_holds_keeps_every_row(ground: Arc<Ground>) {
    let url = ground.secret_url();
    let steps = schema::status(&url).await.unwrap();
    let before = steps
        .iter()
        .position(|step| step.name == "m0011_deepen_ledger")
        .unwrap();
    schema::up(&url, Some(u32::try_from(before).unwrap())).await.unwrap();
    old_rows(&ground).await;
    old_ledger(&ground).await;
    schema::up(&url, None).await.unwrap();
    let store = ground.open_sql().await;
    let entries = store.entries(Default::default(), Page::first(9)).await.unwrap();
    assert_eq!((entries.len(), entries[0].postings.len()), (2, 2));
    assert_eq!((entries[0].previous, entries[0].digest), (digest(0), digest(1)));
    assert_eq!((entries[1].previous, entries[1].digest), (digest(1), digest(2)));
    assert_eq!(
        (entries[0].by.as_deref(), entries[1].by.as_deref()),
        (Some("ops"), None)
    );
    let debts = store.debts(None, Page::first(9)).await.unwrap();
    assert_eq!(
        (debts.len(), debts[0].correction, debts[0].owed),
        (1, 0, amount("3.00000001"))
    );
    let accounts = store.accounts(Page::first(9)).await.unwrap();
    assert_eq!(
        accounts.iter().map(|row| row.balance.units()).collect::<Vec<_>>(),
        [-5, 5]
    );
    refuses(&ground, "INSERT INTO posting VALUES (9, 0, 2, 5, 0, 5)").await;
    refuses(&ground, "UPDATE ledger_account SET balance = -1 WHERE id = 2").await;
    refuses(&ground, "UPDATE ledger_account SET kind = 'treasure' WHERE id = 2").await;
    store.close().await;
    let added = u32::try_from(steps.len() - before).unwrap();
    schema::down(&url, added).await.unwrap();
    schema::up(&url, None).await.unwrap();
    let again = ground.open_sql().await;
    assert_eq!(
        again.entries(Default::default(), Page::first(9)).await.unwrap(),
        entries
    );
    assert_eq!(again.debts(None, Page::first(9)).await.unwrap(), debts);
}

/// Alerts that an older program wrote are there afterwards, not acknowledged by anybody.
pub async fn alerts_from_before_deliveries_are_kept(ground: Arc<Ground>) {
    let url = ground.secret_url();
    let steps = schema::status(&url).await.unwrap();
    let before = steps.iter().position(|step| step.name == "m0013_deliver_alerts");
    schema::up(&url, Some(u32::try_from(before.unwrap()).unwrap()))
        .await
        .unwrap();
    let rows = "INSERT INTO alert (id, kind, subject, message, raised_at, resolved_at, open_key) VALUES \
                (1, 'power_short', 'user:7', 'short', 8000, NULL, 'power_short|user:7'), \
                (2, 'power_short', 'user:8', 'short', 8000, 9000, NULL)";
    ground.connection().await.execute_unprepared(rows).await.unwrap();
    schema::up(&url, None).await.unwrap();
    let store = ground.open_sql().await;
    let over = Alert {
        resolved_at: Some(Timestamp(9_000)),
        ..alert(2, "user:8")
    };
    let kept = store.alerts(AlertFilter::All, Page::first(9)).await.unwrap();
    assert_eq!(kept, [over, alert(1, "user:7")]);
    commit(&store, Change::AcknowledgeAlert(taken(alert(1, "user:7"), "ann"))).await;
    store.close().await;
    let back = u32::try_from(steps.len() - before.unwrap()).unwrap();
    schema::down(&url, back).await.unwrap();
    schema::up(&url, None).await.unwrap();
    let store = ground.open_sql().await;
    assert_eq!(
        store.alert(alert(1, "user:7").id).await.unwrap(),
        Some(alert(1, "user:7"))
    );
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

/// Money tables are only added to: what is in escrow keeps the schema from going back, and what is not goes with its tables.
pub async fn a_ledger_with_escrow_does_not_go_back_and_one_without_does(ground: Arc<Ground>) {
    let url = ground.secret_url();
    schema::up(&url, None).await.unwrap();
    let store = super::chain_samples::followed(&ground, 2).await;
    let mut write = transfer(1, "log:1:0x01:0", (1, 0), (2, 0), 0);
    write.entries[0].kind = EntryKind::Contract;
    commit(&*store, ledger(write)).await;
    drop(store);
    // What came after m0024 goes; m0024 does not.
    let all = schema::status(&url).await.unwrap().len();
    let refused = schema::down(&url, u32::try_from(all).unwrap() - 20).await;
    assert!(refused.is_err(), "{refused:?}");
    let steps = schema::status(&url).await.unwrap();
    assert_eq!(steps.iter().filter(|step| step.applied).count(), 24);
    let connection = ground.connection().await;
    for table in ["posting", "entry"] {
        connection
            .execute_unprepared(&format!("DELETE FROM {table}"))
            .await
            .unwrap();
    }
    let floor = "INSERT INTO ledger_account VALUES (99, 'chain_escrow', 5, 'USDT', 0, -1)";
    assert!(
        connection.execute_unprepared(floor).await.is_err(),
        "escrow may not fall below zero"
    );
    schema::down(&url, 4).await.unwrap();
    let unknown = "INSERT INTO ledger_account VALUES (99, 'chain_escrow', 5, 'USDT', 0, 0)";
    assert!(
        connection.execute_unprepared(unknown).await.is_err(),
        "no such kind any more"
    );
    schema::up(&url, None).await.unwrap();
    connection.execute_unprepared(unknown).await.unwrap();
    assert!(connection.execute_unprepared(floor).await.is_err());
    let store = ground.open().await;
    assert_eq!(store.subscriptions().await.unwrap(), []);
}
