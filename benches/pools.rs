//! How long it takes to pay the yield of a day, for ten thousand to a million holdings, on every database.
//!
//! `cargo bench --bench pools` measures SQLite, and PostgreSQL and MariaDB where `BURSAR_TEST_POSTGRES_URL` and
//! `BURSAR_TEST_MARIADB_URL` name a server. `BURSAR_BENCH_STORES` picks some (`sqlite,postgres`), `BURSAR_BENCH_HOLDINGS` the numbers of
//! holdings (`10000,100000,1000000`; 10,000 without it), `BURSAR_BENCH_PAGE` sets `pools.page`. Two days are paid: on the first every wallet is
//! opened, on the second it is there.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

#[expect(dead_code, reason = "this bench needs a part of it")]
#[path = "ledger/ground.rs"]
mod ground;
#[path = "support/peak.rs"]
mod peak;
#[expect(dead_code, reason = "this bench needs a part of it")]
#[path = "support/process.rs"]
mod process;

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use actix::{Actor, Addr, Arbiter, Context, Handler};
use bursar::actors::ledger::{LedgerActor, LedgerDeps};
use bursar::actors::mail::{Post, Raise, Resolve, Stop};
use bursar::adapters::store::SqlStore;
use bursar::assemble::options;
use bursar::clock::Clock;
use bursar::desk::{Asker, Desk, Markets, NewFunding, NewProduct, NewSubscription, NewUser, Prepared};
use bursar::jobs::judge_closes::Ears;
use bursar::jobs::pools::PoolRun;
use bursar::jobs::pools::distribute_yield::distribute_yield;
use bursar::jobs::pools::progress::Progress;
use domain::fixed::Amount;
use domain::id::{ProductId, UserId};
use domain::ledger::{Asset, PostAnswer, Purse, Request, Transfer};
use domain::time::Timestamp;
use entity::{app_user, pool_holding};
use ground::{Ground, Kind};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, Iterable};
use tokio::sync::watch;

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600_000;
const DAY: i64 = 86_400_000;
/// Rows per statement of the filling.
const ROWS: i64 = 50_000;

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Hears alerts, of which there is none.
struct Ear;

impl Actor for Ear {
    type Context = Context<Self>;
}

impl Handler<Raise> for Ear {
    type Result = ();

    fn handle(&mut self, mail: Raise, _: &mut Self::Context) {
        println!("  alert: {}", mail.message);
    }
}

impl Handler<Resolve> for Ear {
    type Result = ();

    fn handle(&mut self, _: Resolve, _: &mut Self::Context) {}
}

fn main() {
    let wanted = env::var("BURSAR_BENCH_STORES").unwrap_or_default();
    let counts = env::var("BURSAR_BENCH_HOLDINGS").unwrap_or_else(|_| "10000".to_owned());
    for kind in Kind::ALL {
        if wanted.is_empty() || wanted.split(',').any(|name| name == kind.name()) {
            for count in counts.split(',') {
                actix_rt::System::new().block_on(measure(kind, count.parse().unwrap()));
            }
        }
    }
}

#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn measure(kind: Kind, holdings: i64) {
    let Some(ground) = Ground::new(kind).await else {
        println!("{}: no server is named, nothing is measured", kind.name());
        return;
    };
    let settings = ground.settings();
    let store = Arc::new(SqlStore::open(options::store(&settings)).await.unwrap());
    let clock = Arc::new(Hands(AtomicI64::new(START)));
    let ear = Ear.start();
    let (fatal, _seen) = watch::channel(false);
    let deps = LedgerDeps {
        store: store.clone(),
        clock: clock.clone(),
        raises: ear.clone().recipient(),
        resolves: ear.clone().recipient(),
        options: options::ledger(&settings).unwrap(),
        fatal,
    };
    // On an arbiter of its own, as in the daemon.
    let ledger = LedgerActor::start_in_arbiter(&Arbiter::new().handle(), |_| LedgerActor::new(deps));
    let desk = Desk::new(store.clone(), clock.clone(), Markets::listed(Vec::new()));
    fill(kind, &ground, &desk, &ledger, holdings).await;
    let page = env::var("BURSAR_BENCH_PAGE").map_or(settings.pools.page, |page| page.parse().unwrap());
    let run = PoolRun {
        store: store.clone(),
        clock: clock.clone(),
        ledger: ledger.clone().recipient(),
        ears: Ears {
            raises: ear.clone().recipient(),
            resolves: ear.recipient(),
        },
        page,
        progress: Progress::default(),
    };
    for day in 1..=2 {
        clock.0.store(START + (day + 1) * DAY, Ordering::SeqCst);
        peak::forget();
        let before = process::resident_bytes();
        let begun = Instant::now();
        let report = distribute_yield(&run).await.unwrap();
        let took = begun.elapsed();
        assert_eq!(
            (report.holdings, report.failed, report.unreconciled),
            (holdings, 0, 0),
            "{report}"
        );
        let each = took.as_micros() / u128::try_from(holdings).unwrap();
        println!(
            "{} {holdings} holdings, pages of {page}, day {day}: {} ms ({each} µs each), most memory {} MB ({} MB before)",
            kind.name(),
            took.as_millis(),
            peak::bytes() / 1_000_000,
            before / 1_000_000
        );
    }
    ledger.send(Stop).await.unwrap();
    drop(run);
    ground.remove().await;
}

/// One user and one holding through the desk and the ledger, the rest as their copies.
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn fill(kind: Kind, ground: &Ground, desk: &Desk, ledger: &Addr<LedgerActor>, holdings: i64) {
    let asker = Asker {
        by: "bench".to_owned(),
        reason: "a measurement".to_owned(),
        from: "here".to_owned(),
    };
    let user = NewUser {
        name: "user 1".to_owned(),
    };
    let user = desk.create_user(user, &asker).await.unwrap().id;
    let usdt = Purse::Wallet(Asset::new("USDT").unwrap());
    let amount: Amount = "1234.56789012".parse().unwrap();
    let recharge = Transfer {
        reference: "first".to_owned(),
        user: UserId(user),
        purse: usdt,
        amount,
        by: "bench".to_owned(),
        remark: String::new(),
    };
    post(ledger, Request::Recharge(recharge)).await;
    let fields =
        serde_json::json!({"name": "flexible", "asset": "USDT", "rate": "0.0002345678", "quota": "20000000000"});
    let new: NewProduct = serde_json::from_value(fields).unwrap();
    let product = ProductId(desk.create_product(new, &asker).await.unwrap().id);
    desk.open_product(product, &asker).await.unwrap();
    let funding = NewFunding {
        reference: "first".to_owned(),
        amount: "1000000000".parse().unwrap(),
    };
    escrow(ledger, desk.funding(product, &funding, &asker).await.unwrap()).await;
    let first = NewSubscription {
        reference: "first".to_owned(),
        user: UserId(user),
        amount,
        referrer: None,
        renews: false,
    };
    escrow(ledger, desk.subscription(product, &first).await.unwrap()).await;
    let side = ground.connection().await;
    let name = match kind {
        Kind::MariaDb => "CONCAT('user ', n.i)",
        Kind::Sqlite | Kind::Postgres => "'user ' || n.i",
    };
    let ids = [("id", "n.i"), ("name", name)];
    copy::<app_user::Entity>(kind, &side, (user + 1, holdings), user, &ids).await;
    let ids = [("id", "n.i"), ("user_id", "n.i")];
    let held = desk.holdings(
        Default::default(),
        bursar::desk::PageAsk::new(None, Some(1), 1).unwrap(),
    );
    let held = held.await.unwrap().items[0].id;
    copy::<pool_holding::Entity>(kind, &side, (held + 1, holdings), held, &ids).await;
    let sold =
        format!("UPDATE pool_product SET sold = (SELECT SUM(subscribed) FROM pool_holding) WHERE id = {product}");
    side.execute_unprepared(&sold).await.unwrap();
}

async fn escrow(ledger: &Addr<LedgerActor>, prepared: Prepared) {
    let Prepared::Now(ready) = prepared else {
        panic!("it was posted before");
    };
    post(ledger, Request::Escrow(Arc::new(ready.0))).await;
}

async fn post(ledger: &Addr<LedgerActor>, request: Request) {
    let receipt = ledger.send(Post { request }).await.unwrap().unwrap();
    assert!(matches!(receipt.answer, PostAnswer::Created { .. }), "{receipt:?}");
}

/// Copies the row with id `of` to the ids from `first` to `last`, with other values in some columns.
async fn copy<E: EntityTrait>(
    kind: Kind,
    side: &DatabaseConnection,
    (mut first, end): (i64, i64),
    of: i64,
    changed: &[(&str, &str)],
) {
    let table = E::default().table_name().to_owned();
    let columns: Vec<String> = E::Column::iter()
        .map(|column| sea_orm::IdenStatic::as_str(&column).to_owned())
        .collect();
    let values: Vec<String> = columns
        .iter()
        .map(|column| {
            let other = changed.iter().find(|(name, _)| name == column);
            other.map_or_else(|| format!("t.{column}"), |(_, value)| (*value).to_owned())
        })
        .collect();
    let (columns, values) = (columns.join(", "), values.join(", "));
    while first <= end {
        let last = end.min(first + ROWS - 1);
        let numbers = match kind {
            Kind::Sqlite => format!(
                "(WITH RECURSIVE c(i) AS (VALUES ({first}) UNION ALL SELECT i + 1 FROM c WHERE i < {last}) SELECT i FROM c) n"
            ),
            Kind::Postgres => format!("generate_series({first}::bigint, {last}) n(i)"),
            Kind::MariaDb => format!("(SELECT seq AS i FROM seq_{first}_to_{last}) n"),
        };
        let statement = format!(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {numbers} CROSS JOIN {table} t WHERE t.id = {of}"
        );
        side.execute_unprepared(&statement).await.unwrap();
        first = last + 1;
    }
}
