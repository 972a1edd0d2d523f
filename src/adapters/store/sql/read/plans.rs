//! Questions that are asked all day must not grow with the history: SQLite tells how it would answer them.

use std::time::Duration;

use domain::id::{UserId, VenueAccountId};
use sea_orm::sea_query::{SelectStatement, SqliteQueryBuilder};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::closes::last_of_each;
use super::ledger::oldest_of_each;
use super::orders::{fills_beside, incomes_beside};
use crate::adapters::store::connect::{StoreOptions, Use, connect};
use crate::adapters::store::schema::migrate;

const PATIENCE: Duration = Duration::from_secs(10);

/// How SQLite would answer, step by step.
async fn plan(database: &DatabaseConnection, question: Option<SelectStatement>) -> Vec<String> {
    let text = format!("EXPLAIN QUERY PLAN {}", question.unwrap().to_string(SqliteQueryBuilder));
    let steps = database
        .query_all_raw(Statement::from_string(DbBackend::Sqlite, text))
        .await;
    let detail = |row: &sea_orm::QueryResult| row.try_get::<String>("", "detail").unwrap();
    steps.unwrap().iter().map(detail).collect()
}

#[tokio::test]
async fn what_is_asked_all_day_is_found_by_its_index() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        url: format!("sqlite:{}", folder.path().join("bursar.sqlite").display()).into(),
        max_connections: 2,
        acquire_deadline: PATIENCE,
        statement_deadline: PATIENCE,
    };
    let database = connect(&options, Use::Write).await.unwrap();
    migrate(&database).await.unwrap();
    let ids: Vec<String> = (0..50).map(|number| format!("f{number}")).collect();
    let users: Vec<UserId> = (0..50).map(UserId).collect();
    let account = VenueAccountId(1);
    let expected = [
        (
            fills_beside(account, &ids),
            "fill",
            "(account_id=? AND venue_fill_id>? AND venue_fill_id<?)",
        ),
        (
            incomes_beside(account, &ids),
            "income",
            "(account_id=? AND venue_income_id>? AND venue_income_id<?)",
        ),
        (oldest_of_each(&users, 9), "debt", "(user_id=? AND state=?)"),
        (last_of_each(&users, 9), "position", "(user_id=?"),
    ];
    for (question, table, key) in expected {
        let steps = plan(&database, question).await;
        let search = format!("SEARCH {table} USING ");
        let found = steps
            .iter()
            .filter(|step| step.starts_with(&search) && step.contains(key));
        assert_eq!(found.count(), 50, "{steps:#?}");
        assert!(
            !steps.iter().any(|step| step.starts_with(&format!("SCAN {table}"))),
            "{steps:#?}"
        );
    }
}
