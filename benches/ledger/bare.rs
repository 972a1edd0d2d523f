//! The bare minimum on the same tables: the same rows in groups of the same size, and nothing else.
//!
//! No actor, no request, no question, no digest (the digests are made up), no deadline: each group is one transaction
//! of four statements whose text never changes, sent by the driver itself, at once.

mod mariadb;
mod postgres;
mod sqlite;

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Instant;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use bursar::adapters::store::nodelay::send_at_once;

use super::figures::Measured;
use super::fill::owner_of;
use super::ground::{Ground, Kind};

/// Power taken by each settlement, in units.
const POWER: i64 = 71_234_568;

/// One settlement: an entry, two postings, and the position's new settlement.
pub struct Line {
    pub seq: i64,
    pub position: i64,
    pub account: i64,
    pub before: i64,
    pub revenue: i64,
    pub revenue_before: i64,
}

impl Line {
    pub fn postings(&self) -> [(i64, i64, i64, i64); 2] {
        [
            (self.account, -POWER, self.before, self.before - POWER),
            (self.revenue, POWER, self.revenue_before, self.revenue_before + POWER),
        ]
    }

    pub fn key(&self) -> String {
        format!("settle:{}", self.position)
    }

    pub fn reference(&self) -> String {
        format!("position:{}", self.position)
    }

    /// Made up, but of the right length and unique.
    pub fn digest(seq: i64) -> Vec<u8> {
        let mut digest = vec![0xb5; 32];
        digest[..8].copy_from_slice(&seq.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()).to_be_bytes());
        digest[8..16].copy_from_slice(&seq.to_be_bytes());
        digest
    }
}

/// What one transaction writes.
pub struct Group {
    pub lines: Vec<Line>,
    /// Account, balance before, balance after.
    pub moves: Vec<(i64, i64, i64)>,
}

pub const AT: i64 = 1_700_000_000_000;
pub const KIND: &str = "power_settle";
pub const REMARK: &str = "0.1 of profit charged";
pub const RATE: i64 = 1_000_000_000;
pub const POWER_DUE: i64 = POWER;

/// Balances as the loop goes on.
struct Books {
    seq: i64,
    accounts: BTreeMap<i64, (i64, i64)>,
    revenue: (i64, i64),
}

impl Books {
    async fn read(connection: &DatabaseConnection) -> Self {
        let rows = |text: &'static str| {
            let statement = Statement::from_string(connection.get_database_backend(), text);
            async move { connection.query_all_raw(statement).await.unwrap() }
        };
        let number = |row: &sea_orm::QueryResult, place: usize| row.try_get_by_index::<i64>(place).unwrap();
        let users = rows("SELECT owner, id, balance FROM ledger_account WHERE kind = 'user_power'").await;
        let revenue = rows("SELECT id, balance FROM ledger_account WHERE kind = 'platform_revenue'").await;
        let head = rows("SELECT MAX(seq) FROM entry").await;
        Self {
            seq: number(&head[0], 0),
            accounts: users
                .iter()
                .map(|row| (number(row, 0), (number(row, 1), number(row, 2))))
                .collect(),
            revenue: (number(&revenue[0], 0), number(&revenue[0], 1)),
        }
    }

    fn group(&mut self, ids: Range<i64>, hot: bool) -> Group {
        let mut moves: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
        let (revenue, mut revenue_balance) = self.revenue;
        let mut lines = Vec::new();
        for position in ids {
            let owner = if hot { 1 } else { owner_of(position) };
            let (account, balance) = self.accounts.get_mut(&owner).unwrap();
            self.seq += 1;
            let line = Line {
                seq: self.seq,
                position,
                account: *account,
                before: *balance,
                revenue,
                revenue_before: revenue_balance,
            };
            moves.entry(*account).or_insert((*balance, 0)).1 = *balance - POWER;
            *balance -= POWER;
            revenue_balance += POWER;
            lines.push(line);
        }
        moves.insert(revenue, (self.revenue.1, revenue_balance));
        self.revenue.1 = revenue_balance;
        let moves = moves.into_iter().map(|(id, (before, after))| (id, before, after));
        Group {
            lines,
            moves: moves.collect(),
        }
    }
}

/// Writes these settlements in groups of `size`.
pub async fn settle(
    ground: &Ground,
    connection: &DatabaseConnection,
    ids: Range<i64>,
    size: i64,
    hot: bool,
) -> Measured {
    let mut books = Books::read(connection).await;
    let mut writer = match ground.kind {
        Kind::Sqlite => Writer::Sqlite(sqlite::open(ground.url()).await),
        Kind::Postgres => Writer::Postgres(postgres::open(ground.url()).await),
        Kind::MariaDb => Writer::MariaDb(mariadb::open(ground.url()).await),
    };
    send_at_once();
    let count = ids.end.abs_diff(ids.start);
    let mut waits = Vec::new();
    let begun = Instant::now();
    let mut first = ids.start;
    while first < ids.end {
        let last = ids.end.min(first + size);
        let group = books.group(first..last, hot);
        let begun = Instant::now();
        match &mut writer {
            Writer::Sqlite(connection) => sqlite::write(connection, &group).await,
            Writer::Postgres(connection) => postgres::write(connection, &group).await,
            Writer::MariaDb(connection) => mariadb::write(connection, &group).await,
        }
        waits.push(begun.elapsed());
        first = last;
    }
    Measured {
        count,
        spent: begun.elapsed(),
        waits,
    }
}

enum Writer {
    Sqlite(sea_orm::sqlx::SqliteConnection),
    Postgres(sea_orm::sqlx::PgConnection),
    MariaDb(sea_orm::sqlx::MySqlConnection),
}

/// `(?, ?), (?, ?)` for so many rows of so many columns.
pub fn marks(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row.as_str(); rows].join(", ")
}
