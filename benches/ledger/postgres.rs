//! The bare minimum on PostgreSQL: columns as arrays, unnested by the server.

use std::str::FromStr;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{Connection, PgConnection, query};

use super::{AT, Group, KIND, Line, POWER_DUE, RATE, REMARK};

pub async fn open(url: &str) -> PgConnection {
    PgConnection::connect_with(&PgConnectOptions::from_str(url).unwrap())
        .await
        .unwrap()
}

pub async fn write(connection: &mut PgConnection, group: &Group) {
    let mut transaction = connection.begin().await.unwrap();
    insert(&mut transaction, group).await;
    update(&mut transaction, group).await;
    transaction.commit().await.unwrap();
}

async fn insert(connection: &mut PgConnection, group: &Group) {
    let column = |value: fn(&Line) -> i64| -> Vec<i64> { group.lines.iter().map(value).collect() };
    let text = |value: fn(&Line) -> String| -> Vec<String> { group.lines.iter().map(value).collect() };
    query("INSERT INTO entry (seq, entry_key, kind, at, reference, remark, asked_by, previous, digest) SELECT * FROM UNNEST($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::bytea[])")
        .bind(column(|line| line.seq))
        .bind(text(Line::key))
        .bind(text(|_| KIND.to_owned()))
        .bind(column(|_| AT))
        .bind(text(Line::reference))
        .bind(text(|_| REMARK.to_owned()))
        .bind(vec![None::<String>; group.lines.len()])
        .bind(group.lines.iter().map(|line| Line::digest(line.seq - 1)).collect::<Vec<_>>())
        .bind(group.lines.iter().map(|line| Line::digest(line.seq)).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await
        .unwrap();
    let postings = || {
        group.lines.iter().flat_map(|line| {
            (0_i64..)
                .zip(line.postings())
                .map(|(number, posting)| (line.seq, number, posting))
        })
    };
    query("INSERT INTO posting (entry_seq, line, account_id, amount, balance_before, balance_after) SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])")
        .bind(postings().map(|(seq, ..)| seq).collect::<Vec<_>>())
        .bind(postings().map(|(_, number, _)| number).collect::<Vec<_>>())
        .bind(postings().map(|(.., posting)| posting.0).collect::<Vec<_>>())
        .bind(postings().map(|(.., posting)| posting.1).collect::<Vec<_>>())
        .bind(postings().map(|(.., posting)| posting.2).collect::<Vec<_>>())
        .bind(postings().map(|(.., posting)| posting.3).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await
        .unwrap();
}

async fn update(connection: &mut PgConnection, group: &Group) {
    let column = |value: fn(&Line) -> i64| -> Vec<i64> { group.lines.iter().map(value).collect() };
    let moved = query("UPDATE ledger_account a SET balance = v.becomes FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) v(id, was, becomes) WHERE a.id = v.id AND a.balance = v.was")
        .bind(group.moves.iter().map(|one| one.0).collect::<Vec<_>>())
        .bind(group.moves.iter().map(|one| one.1).collect::<Vec<_>>())
        .bind(group.moves.iter().map(|one| one.2).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await
        .unwrap();
    assert_eq!(moved.rows_affected(), group.moves.len() as u64);
    let settled = query("UPDATE position p SET settlement = 'charged', power_consumed = 1, power_amount = $3, power_rate = $4, settled_entry = v.seq, settled_profit = profit, unsettled = 0, version = version + 1 FROM UNNEST($1::bigint[], $2::bigint[]) v(id, seq) WHERE p.id = v.id AND p.settlement = 'pending'")
        .bind(column(|line| line.position))
        .bind(column(|line| line.seq))
        .bind(POWER_DUE)
        .bind(RATE)
        .execute(&mut *connection)
        .await
        .unwrap();
    assert_eq!(settled.rows_affected(), group.lines.len() as u64);
}
