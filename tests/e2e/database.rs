//! The database goes away, freezes, and cuts connections in the middle of commits.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::books::Window;
use crate::daemon::{Daemon, Home, count};
use crate::fleet;
use crate::mariadb::Server;
use crate::payer::{Payer, recharge};
use crate::postgres::Cluster;
use crate::skipped::skip;
use crate::whole::{assert_exact, assert_kept, working};

const ROBOTS: u32 = 10;
const SPEED: &str = "60";

fn home_at(url: &str) -> Home {
    Home::fresh()
        .set("BURSAR__STORE__URL", url)
        .set("BURSAR__PAPER__SPEED", SPEED)
        .set("BURSAR__HTTP__REQUEST_DEADLINE", "3s")
        .set("BURSAR__SETTLEMENT__SWEEP_INTERVAL", "15s")
}

/// How long connections are cut, in rounds of 150 ms.
fn cuts() -> u32 {
    count("BURSAR_E2E_CUTS", 60)
}

/// A daemon with robots that trade and a client that pays, under which connections are cut again and again.
fn survives_cuts(home: &Home, cut: impl Fn()) {
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let user = fleet::start(&daemon.caller().unwrap(), ROBOTS, 1_000);
    let payer = Payer::start(home.folder().to_owned(), user, "cut");
    for _ in 0..cuts() {
        cut();
        sleep(Duration::from_millis(150));
        assert_eq!(daemon.ended(), None, "{}", daemon.stderr());
    }
    wait_health(&mut daemon, 200);
    daemon.wait_until("all robots at work", |daemon| {
        let health = daemon.caller()?.get("/health").ok()?;
        (working(&health.body) == u64::from(ROBOTS)).then_some(())
    });
    ends_whole(home, daemon, payer);
}

/// Nothing is missing and nothing is double, once it had the time to settle what it closed.
pub fn ends_whole(home: &Home, mut daemon: Daemon, payer: Payer) {
    let caller = daemon.caller().unwrap();
    daemon.wait_until("trading", |_| {
        let statistics = caller.get("/ledger/statistics").ok()?.body;
        (statistics["charged_count"].as_u64()? > 0).then_some(())
    });
    let paid = payer.end();
    assert!(!paid.is_empty(), "the client was never answered");
    daemon.wait_until("settled", |_| {
        caller.post("/ledger/sweep", &serde_json::json!({})).ok()?;
        let statistics = caller.get("/ledger/statistics").ok()?.body;
        (statistics["unsettled_count"] == 0).then_some(())
    });
    daemon.stop();
    let books = assert_exact(home);
    assert_kept(&books, &paid);
    assert!(books.chargeable() > 0, "nothing was shown");
}

pub fn wait_health(daemon: &mut Daemon, status: u16) {
    daemon.wait_until(&format!("{status} at /health"), |daemon| {
        let answer = daemon.caller()?.get("/health").ok()?;
        (answer.status == status).then_some(())
    });
}

/// T5: a connection that dies inside a commit leaves its outcome unknown.
#[test]
fn postgres_connections_cut_in_the_middle_of_commits_double_nothing_and_lose_nothing() {
    let Some(cluster) = Cluster::start() else { return };
    let window = Window::open(&cluster.url_of("postgres"));
    let home = home_at(&cluster.url());
    survives_cuts(&home, || {
        window.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'bursar'");
    });
}

/// What happens to a server, and what ends it.
type Trouble<'a> = (&'a dyn Fn(), &'a dyn Fn());

/// T5: while it is down or frozen health is red and nothing is acknowledged; then it goes on by itself.
fn forgives(url: &str, troubles: &[Trouble<'_>]) {
    let home = home_at(url);
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let user = fleet::start(&daemon.caller().unwrap(), ROBOTS, 1_000);
    let payer = Payer::start(home.folder().to_owned(), user, "down");
    for (away, back) in troubles {
        sleep(Duration::from_secs(2));
        away();
        wait_health(&mut daemon, 503);
        let caller = daemon.caller().unwrap();
        let begin = Instant::now();
        assert_eq!(caller.get("/health/live").unwrap().status, 200);
        assert!(begin.elapsed() < Duration::from_secs(1), "it hangs with its database");
        assert_eq!(caller.get("/health/ready").unwrap().status, 503);
        let answer = recharge(&caller, user, "while-away").unwrap();
        assert!([503, 504].contains(&answer.status), "{answer:?}");
        sleep(Duration::from_secs(u64::from(count("BURSAR_E2E_FROZEN_SECONDS", 4))));
        back();
        wait_health(&mut daemon, 200);
    }
    ends_whole(&home, daemon, payer);
}

#[test]
fn postgres_that_is_stopped_or_frozen_is_told_by_health_and_forgiven() {
    if let Some(server) = Cluster::start() {
        let (down, up) = (|| server.down(), || server.up());
        let (freeze, thaw) = (|| server.freeze(), || server.thaw());
        forgives(&server.url(), &[(&down, &up), (&freeze, &thaw)]);
    }
}

#[test]
fn mariadb_that_is_stopped_or_frozen_is_told_by_health_and_forgiven() {
    if let Some(server) = Server::start() {
        let (down, up) = (|| server.down(), || server.up());
        let (freeze, thaw) = (|| server.freeze(), || server.thaw());
        forgives(&server.url(), &[(&down, &up), (&freeze, &thaw)]);
    }
}

/// T5: the same on MariaDB.
#[test]
fn mariadb_connections_cut_in_the_middle_of_commits_double_nothing_and_lose_nothing() {
    let Ok(server) = std::env::var("BURSAR_TEST_MARIADB_URL") else {
        return skip("tests on MariaDB; set BURSAR_TEST_MARIADB_URL to the URL of a server to turn them on");
    };
    let window = Window::open(&server);
    let name = format!("bursar_e2e_{}", std::process::id());
    window.run(&format!("DROP DATABASE IF EXISTS {name}")).unwrap();
    window.run(&format!("CREATE DATABASE {name}")).unwrap();
    let (address, _) = server.rsplit_once('/').unwrap();
    let home = home_at(&format!("{address}/{name}"));
    survives_cuts(&home, || {
        let sql = format!("SELECT CAST(id AS SIGNED) FROM information_schema.processlist WHERE db = '{name}'");
        for row in window.rows(&sql) {
            let id: i64 = row.try_get_by_index(0).unwrap();
            // One that ended meanwhile cannot be cut.
            window.run(&format!("KILL CONNECTION {id}")).unwrap_or_default();
        }
    });
    window.run(&format!("DROP DATABASE {name}")).unwrap();
}
