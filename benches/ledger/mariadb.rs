//! The bare minimum on MariaDB: rows as parameters of one VALUES per table, and joined updates.

use std::str::FromStr;

use sea_orm::sqlx::mysql::MySqlConnectOptions;
use sea_orm::sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, query};

use super::{AT, Group, KIND, Line, POWER_DUE, RATE, REMARK, marks};

pub async fn open(url: &str) -> MySqlConnection {
    let options = MySqlConnectOptions::from_str(url).unwrap();
    let mut connection = MySqlConnection::connect_with(&options).await.unwrap();
    let isolation = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
    connection.execute(isolation).await.unwrap();
    connection
}

pub async fn write(connection: &mut MySqlConnection, group: &Group) {
    let mut transaction = connection.begin().await.unwrap();
    insert(&mut transaction, group).await;
    update(&mut transaction, group).await;
    transaction.commit().await.unwrap();
}

async fn insert(connection: &mut MySqlConnection, group: &Group) {
    let rows = group.lines.len();
    let text = format!(
        "INSERT INTO entry (seq, entry_key, kind, at, reference, remark, asked_by, previous, digest) VALUES {}",
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
        "INSERT INTO posting (entry_seq, line, account_id, amount, balance_before, balance_after) VALUES {}",
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

async fn update(connection: &mut MySqlConnection, group: &Group) {
    let rows = group.lines.len();
    let text = format!(
        "UPDATE (SELECT 0 AS id, 0 AS was, 0 AS becomes WHERE FALSE {}) v STRAIGHT_JOIN ledger_account a ON a.id = v.id AND a.balance = v.was SET a.balance = v.becomes",
        "UNION ALL SELECT ?, ?, ? ".repeat(group.moves.len())
    );
    let mut moves = query(AssertSqlSafe(text));
    for (account, before, after) in &group.moves {
        moves = moves.bind(*account).bind(*before).bind(*after);
    }
    let moved = moves.execute(&mut *connection).await.unwrap().rows_affected();
    assert_eq!(moved, group.moves.len() as u64);
    let text = format!(
        "UPDATE (SELECT 0 AS id, 0 AS seq WHERE FALSE {}) v STRAIGHT_JOIN position p ON p.id = v.id AND p.settlement = 'pending' SET p.settlement = 'charged', p.power_consumed = 1, p.power_amount = {POWER_DUE}, p.power_rate = {RATE}, p.settled_entry = v.seq, p.settled_profit = p.profit, p.unsettled = 0, p.version = p.version + 1",
        "UNION ALL SELECT ?, ? ".repeat(rows)
    );
    let mut settled = query(AssertSqlSafe(text));
    for line in &group.lines {
        settled = settled.bind(line.position).bind(line.seq);
    }
    let settled = settled.execute(&mut *connection).await.unwrap().rows_affected();
    assert_eq!(settled, rows as u64);
}
