//! The bare minimum on SQLite: rows as parameters of one VALUES per table.

use std::str::FromStr;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{AssertSqlSafe, Connection, SqliteConnection, query};

use super::{AT, Group, KIND, Line, POWER_DUE, RATE, REMARK, marks};

pub async fn open(url: &str) -> SqliteConnection {
    let options = SqliteConnectOptions::from_str(url)
        .unwrap()
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-16000")
        .pragma("wal_autocheckpoint", "4000")
        .busy_timeout(std::time::Duration::from_secs(20));
    SqliteConnection::connect_with(&options).await.unwrap()
}

pub async fn write(connection: &mut SqliteConnection, group: &Group) {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
    insert(&mut transaction, group).await;
    update(&mut transaction, group).await;
    transaction.commit().await.unwrap();
}

async fn insert(connection: &mut SqliteConnection, group: &Group) {
    let rows = group.lines.len();
    let text = format!(
        "INSERT OR FAIL INTO entry (seq, entry_key, kind, at, reference, remark, asked_by, previous, digest) VALUES {}",
        marks(rows, 9)
    );
    let mut entries = query(AssertSqlSafe(text));
    for line in &group.lines {
        entries = entries
            .bind(line.seq)
            .bind(line.key())
            .bind(KIND)
            .bind(AT)
            .bind(line.reference())
            .bind(REMARK)
            .bind(None::<String>)
            .bind(Line::digest(line.seq - 1))
            .bind(Line::digest(line.seq));
    }
    entries.execute(&mut *connection).await.unwrap();
    let text = format!(
        "INSERT OR FAIL INTO posting (entry_seq, line, account_id, amount, balance_before, balance_after) VALUES {}",
        marks(rows * 2, 6)
    );
    let mut postings = query(AssertSqlSafe(text));
    for line in &group.lines {
        for (number, (account, amount, before, after)) in (0_i64..).zip(line.postings()) {
            postings = postings
                .bind(line.seq)
                .bind(number)
                .bind(account)
                .bind(amount)
                .bind(before)
                .bind(after);
        }
    }
    postings.execute(&mut *connection).await.unwrap();
}

async fn update(connection: &mut SqliteConnection, group: &Group) {
    let rows = group.lines.len();
    let text = format!(
        "WITH v(id, was, becomes) AS (VALUES {}) UPDATE OR FAIL ledger_account SET balance = v.becomes FROM v WHERE ledger_account.id = v.id AND balance = v.was",
        marks(group.moves.len(), 3)
    );
    let mut moves = query(AssertSqlSafe(text));
    for (account, before, after) in &group.moves {
        moves = moves.bind(*account).bind(*before).bind(*after);
    }
    let moved = moves.execute(&mut *connection).await.unwrap().rows_affected();
    assert_eq!(moved, group.moves.len() as u64);
    let text = format!(
        "WITH v(id, seq) AS (VALUES {}) UPDATE OR FAIL position SET settlement = 'charged', power_consumed = 1, power_amount = {POWER_DUE}, power_rate = {RATE}, settled_entry = v.seq, settled_profit = profit, unsettled = 0, version = version + 1 FROM v WHERE position.id = v.id AND settlement = 'pending'",
        marks(rows, 2)
    );
    let mut settled = query(AssertSqlSafe(text));
    for line in &group.lines {
        settled = settled.bind(line.position).bind(line.seq);
    }
    let settled = settled.execute(&mut *connection).await.unwrap().rows_affected();
    assert_eq!(settled, rows as u64);
}
