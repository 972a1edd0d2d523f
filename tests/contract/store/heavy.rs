//! The migrations of the ledger on many rows of the time before: every sum is the same afterwards, within a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bursar::adapters::store::schema;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::databases::Ground;

/// What migrating a million entries may take; an operator plans with it.
const LONGEST: Duration = Duration::from_secs(900);

/// What must be as it was: rows, money and keys.
const SUMS: [&str; 8] = [
    "SELECT COUNT(*) FROM entry",
    "SELECT SUM(seq) FROM entry",
    "SELECT COUNT(*) FROM posting",
    "SELECT SUM(balance_after) FROM posting WHERE amount > 0",
    "SELECT SUM(amount * line) FROM posting",
    "SELECT SUM(owed + position_id) FROM debt",
    "SELECT SUM(profit + power_amount) FROM ~position~",
    "SELECT SUM(balance * id) FROM ledger_account",
];

/// What the three write differently.
struct Dialect(DbBackend);

impl Dialect {
    /// Numbers from one on, as the column `n`.
    fn numbers(&self, to: u32) -> String {
        match self.0 {
            DbBackend::MySql => format!("(SELECT CAST(seq AS SIGNED) AS n FROM seq_1_to_{to}) numbers"),
            DbBackend::Postgres => format!("(SELECT generate_series(1, {to})::bigint AS n) numbers"),
            _ => format!(
                "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {to}) SELECT n FROM c) numbers"
            ),
        }
    }

    /// A name that ends with a number.
    fn name(&self, beginning: &str, number: &str) -> String {
        match self.0 {
            DbBackend::MySql => format!("CONCAT('{beginning}', {number})"),
            _ => format!("'{beginning}' || {number}"),
        }
    }

    /// A digest of its own for each number, in hex.
    fn digest(&self, number: &str) -> String {
        match self.0 {
            DbBackend::MySql => format!("LPAD(LOWER(HEX({number})), 64, '0')"),
            DbBackend::Postgres => format!("lpad(to_hex({number}), 64, '0')"),
            _ => format!("printf('%064x', {number})"),
        }
    }

    /// How many entries have the digest of their number, now that digests are bytes.
    fn digests_hold(&self) -> String {
        let hex = match self.0 {
            DbBackend::Postgres => "encode(digest, 'hex')",
            _ => "lower(hex(digest))",
        };
        format!("SELECT COUNT(*) FROM entry WHERE {hex} = {}", self.digest("seq"))
    }

    fn quoted(&self, sql: &str) -> String {
        sql.replace('~', if self.0 == DbBackend::MySql { "`" } else { "\"" })
    }
}

/// A number that answers a question.
async fn number(connection: &DatabaseConnection, sql: &str) -> i64 {
    let dialect = Dialect(connection.get_database_backend());
    let kind = if dialect.0 == DbBackend::MySql {
        "SIGNED"
    } else {
        "BIGINT"
    };
    let sql = format!("SELECT CAST(({}) AS {kind})", dialect.quoted(sql));
    let statement = Statement::from_string(dialect.0, sql.as_str());
    let row = connection.query_one_raw(statement).await;
    row.unwrap_or_else(|error| panic!("{sql}: {error}"))
        .unwrap()
        .try_get_by_index(0)
        .unwrap()
}

/// Entries with two postings each, and a tenth as many positions: each with two fills and a payment, every other with a debt.
async fn fill(connection: &DatabaseConnection, entries: u32) {
    let dialect = Dialect(connection.get_database_backend());
    let positions = entries / 10;
    let (many, some) = (dialect.numbers(entries), dialect.numbers(positions));
    let (key, digest, previous) = (
        dialect.name("recharge:", "n"),
        dialect.digest("n"),
        dialect.digest("n - 1"),
    );
    let fill = |beginning: &str, at: u32| {
        format!(
            "INSERT INTO fill (account_id, venue_fill_id, position_id, venue_order_id, symbol, action, position_side, \
             reducing, quantity, price, fee, realised, cause, at) SELECT 70, {}, n, 'v', 'BTCUSDT', 'buy', 'long', 0, \
             1, 1, 0, 0, 'order', {at} FROM {some}",
            dialect.name(beginning, "n")
        )
    };
    let statements = [
        "INSERT INTO app_user VALUES (7, 'ada', 1)".to_owned(),
        "INSERT INTO venue_account VALUES (70, 7, 'paper', 'main', 'hedge', 1)".to_owned(),
        format!("INSERT INTO ledger_account VALUES (1, 'issuance', 0, 'POWER', -{entries}, -9000000000000000000)"),
        format!("INSERT INTO ledger_account VALUES (2, 'user_power', 7, 'POWER', {entries}, 0)"),
        format!(
            "INSERT INTO entry SELECT n, {key}, 'recharge', n, 'user:7', '', NULL, {previous}, {digest} FROM {many}"
        ),
        format!("INSERT INTO posting SELECT n, 0, 2, 1, n - 1, n FROM {many}"),
        format!("INSERT INTO posting SELECT n, 1, 1, -1, 1 - n, -n FROM {many}"),
        format!(
            "INSERT INTO ~position~ (id, user_id, account_id, venue, symbol, side, origin, state, live, quantity, entered, \
             entry_notional, exit_notional, realised, fees, funding, leverage, margin_mode, profit_basis, power_consumed, \
             settlement, power_amount, power_rate, settled_entry, debt_id, closed_at, close_reason, profit, created_at, \
             updated_at, version) SELECT n, 7, 70, 'paper', 'BTCUSDT', 'long', 'robot', 'closed', 0, 0, 1, 1, 1, n * 10, \
             0, 0, 10, 'cross', 'net', 0, 'owed', n, 1000000000, NULL, n, n, 'manual', n * 10, 1, 1, 4 FROM {some}"
        ),
        fill("one-", 10),
        fill("two-", 20),
        format!(
            "INSERT INTO income (account_id, venue_income_id, position_id, symbol, amount, at) \
             SELECT 70, {}, n, 'BTCUSDT', 1, 15 FROM {some}",
            dialect.name("i-", "n")
        ),
        format!("INSERT INTO debt SELECT n, 7, n, n, n, 'owed', NULL, NULL, NULL, 1 FROM {some} WHERE n % 2 = 0"),
    ];
    for statement in statements {
        let statement = dialect.quoted(&statement);
        let done = connection.execute_unprepared(&statement).await;
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

async fn sums(connection: &DatabaseConnection) -> Vec<i64> {
    let mut sums = Vec::new();
    for sql in SUMS {
        sums.push(number(connection, sql).await);
    }
    sums
}

async fn moved(ground: &Ground, entries: u32) {
    let url = ground.secret_url();
    let names = migration::names();
    let place = |name: &str| u32::try_from(names.iter().position(|known| known == name).unwrap()).unwrap();
    schema::up(&url, Some(place("m0011_deepen_ledger"))).await.unwrap();
    let connection = ground.connection().await;
    fill(&connection, entries).await;
    let before = sums(&connection).await;
    let mut took = Vec::new();
    for name in &names[place("m0011_deepen_ledger") as usize..] {
        let begin = Instant::now();
        schema::up(&url, Some(1)).await.unwrap();
        took.push((name, begin.elapsed()));
        assert_eq!(sums(&connection).await, before, "{name}");
    }
    let dialect = Dialect(connection.get_database_backend());
    let (all, some) = (i64::from(entries), i64::from(entries / 10));
    assert_eq!(number(&connection, &dialect.digests_hold()).await, all);
    let counted = "SELECT SUM(fill_count + 10 * income_count) FROM ~position~ WHERE settled_profit = profit \
                   AND newest_fill_at = 20 AND unsettled = 0";
    assert_eq!(number(&connection, counted).await, 12 * some);
    connection.close().await.unwrap();
    let whole: Duration = took.iter().map(|(_, took)| *took).sum();
    eprintln!("{:?}: {entries} entries in {whole:.1?}", dialect.0);
    for (name, took) in took.iter().filter(|(_, took)| *took > Duration::from_secs(1)) {
        eprintln!("{:?}:   {name} {took:.1?}", dialect.0);
    }
    assert!(whole < LONGEST, "{took:?}");
    ground.open_sql().await.close().await;
}

pub async fn t26_a_thousand_old_entries_are_moved_whole(ground: Arc<Ground>) {
    moved(&ground, 1_000).await;
}

pub async fn a_million_old_entries_are_moved_whole(ground: Arc<Ground>) {
    moved(&ground, 1_000_000).await;
}
