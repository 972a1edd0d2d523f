//! A look into the database from outside, in plain SQL: what must hold after every crash.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement};

/// A connection of the test's own.
pub struct Window {
    runtime: tokio::runtime::Runtime,
    connection: DatabaseConnection,
}

impl Window {
    pub fn open(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = runtime.block_on(Database::connect(options)).unwrap();
        Self { runtime, connection }
    }

    pub fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let statement = Statement::from_string(self.connection.get_database_backend(), sql);
        let rows = self.runtime.block_on(self.connection.query_all_raw(statement));
        rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub fn run(&self, sql: &str) -> Result<(), sea_orm::DbErr> {
        self.runtime.block_on(self.connection.execute_unprepared(sql)).map(drop)
    }

    pub fn count(&self, sql: &str) -> i64 {
        self.rows(sql)[0].try_get_by_index(0).unwrap()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The last one to leave a SQLite file folds its log back; a dropped pool would only do so later.
        let connection = self.connection.clone();
        self.runtime.block_on(connection.close()).unwrap_or_default();
    }
}

/// The least profit of which a tenth, rounded half up, is more than nothing.
const LEAST: i64 = 5;

/// A closed position of a robot, as far as its power is concerned. Amounts are in the ledger's smallest unit.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Closed {
    profit: i64,
    settlement: String,
    power: Option<i64>,
}

/// What is on record.
#[derive(Debug)]
pub struct Books {
    closed: BTreeMap<i64, Closed>,
    /// Key and booking time, in order of the chain.
    entries: Vec<(String, i64)>,
    /// Asset and balance.
    balances: Vec<(String, i64)>,
    overdrawn: i64,
    /// Intents with their state, and how often each is at the venue.
    orders: BTreeMap<String, String>,
    at_venue: Vec<String>,
}

impl Books {
    /// Reads all of it.
    pub fn of(url: &str) -> Self {
        let window = Window::open(url);
        let closed = window.rows(
            "SELECT id, profit, settlement, power_amount FROM position WHERE state = 'closed' AND origin = 'robot'",
        );
        let entries = window.rows("SELECT entry_key, at FROM entry ORDER BY seq");
        let balances = window.rows("SELECT asset, balance FROM ledger_account");
        let orders = window.rows("SELECT client_id, state FROM trade_order");
        let at_venue = window.rows("SELECT row_key FROM paper_row WHERE part = 'order'");
        Self {
            closed: closed.iter().map(closed_of).collect(),
            entries: pairs(&entries),
            balances: pairs(&balances),
            overdrawn: window.count("SELECT COUNT(*) FROM ledger_account WHERE balance < lowest"),
            orders: pairs(&orders).into_iter().collect(),
            at_venue: at_venue.iter().filter_map(client_id).collect(),
        }
    }

    /// Positions of robots that closed with a profit.
    pub fn profitable(&self) -> u64 {
        self.closed.values().filter(|closed| closed.profit > 0).count() as u64
    }

    /// Those whose tenth does not round to nothing.
    pub fn chargeable(&self) -> u64 {
        self.closed.values().filter(|closed| closed.profit >= LEAST).count() as u64
    }

    /// How many entries have keys that begin so.
    pub fn count(&self, beginning: &str) -> usize {
        let begin = |key: &str| key.starts_with(beginning);
        self.entries.iter().filter(|(key, _)| begin(key)).count()
    }

    /// Whether the ledger holds this entry.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(known, _)| known == key)
    }

    /// What holds at every moment, also right after a crash: it may not be late for this.
    pub fn assert_exact(&self) {
        assert_eq!(self.overdrawn, 0, "LED-2: balances below their limit");
        let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
        for (asset, balance) in &self.balances {
            *sums.entry(asset).or_default() += i128::from(*balance);
        }
        assert!(sums.values().all(|sum| *sum == 0), "all accounts together: {sums:?}");
        let keys: BTreeSet<&String> = self.entries.iter().map(|(key, _)| key).collect();
        assert_eq!(keys.len(), self.entries.len(), "a fact is booked twice");
        let backwards = self.entries.windows(2).find(|pair| pair[1].1 < pair[0].1);
        assert_eq!(backwards, None, "booking times went backwards");
        self.assert_charges();
        let intents: BTreeSet<&String> = self.at_venue.iter().collect();
        assert_eq!(
            intents.len(),
            self.at_venue.len(),
            "ORD-3: an intent is at the venue twice"
        );
    }

    /// SET-1: who is charged or owes was profitable, has one entry, and for the tenth of the profit.
    fn assert_charges(&self) {
        for (id, closed) in &self.closed {
            let settled = matches!(closed.settlement.as_str(), "charged" | "owed");
            assert_eq!(settled, self.has(&format!("settle:{id}")), "position {id}: {closed:?}");
            if settled {
                let tenth = (closed.profit + 5) / 10;
                assert!(
                    closed.profit > 0,
                    "position {id} is charged without a profit: {closed:?}"
                );
                assert_eq!(closed.power, Some(tenth), "position {id}: {closed:?}");
            }
        }
        let settlements = self
            .entries
            .iter()
            .filter(|(key, _)| key.starts_with("settle:"))
            .count();
        let settled = self
            .closed
            .values()
            .filter(|closed| closed.power.is_some_and(|power| power > 0));
        assert_eq!(
            settlements,
            settled.count(),
            "an entry settles a position that does not exist"
        );
    }

    /// SET-2: nothing waits; every profitable close is charged or owed.
    pub fn assert_settled(&self) {
        for (id, closed) in &self.closed {
            let expected: &[&str] = match closed.profit {
                ..LEAST => &["nothing_due"],
                _ => &["charged", "owed"],
            };
            let found = closed.settlement.as_str();
            assert!(expected.contains(&found), "position {id}: {closed:?}");
        }
    }

    /// ORD-3: what the venue has is what was intended, one to one.
    pub fn assert_orders_agree(&self) {
        let lost: Vec<&String> = self
            .at_venue
            .iter()
            .filter(|id| !self.orders.contains_key(*id))
            .collect();
        assert!(lost.is_empty(), "orders at the venue that nobody intended: {lost:?}");
        let doubtful = |state: &str| ["submitting", "in_doubt"].contains(&state);
        let open: Vec<_> = self.orders.iter().filter(|(_, state)| doubtful(state)).collect();
        assert!(open.is_empty(), "orders whose fate is unknown: {open:?}");
    }
}

/// The paper venue keys our orders by account and client id; those of a hand have a number instead.
fn client_id(row: &QueryResult) -> Option<String> {
    let key: String = row.try_get_by_index(0).unwrap();
    Some(key.split_once('/')?.1.to_owned())
}

fn closed_of(row: &QueryResult) -> (i64, Closed) {
    let closed = Closed {
        profit: row.try_get_by_index(1).unwrap(),
        settlement: row.try_get_by_index(2).unwrap(),
        power: row.try_get_by_index(3).unwrap(),
    };
    (row.try_get_by_index(0).unwrap(), closed)
}

fn pairs<T: sea_orm::TryGetable>(rows: &[QueryResult]) -> Vec<(String, T)> {
    let pair = |row: &QueryResult| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
    rows.iter().map(pair).collect()
}
