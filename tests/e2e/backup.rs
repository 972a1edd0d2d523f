//! Backups of a daemon at work, restored elsewhere: whole, audited, and good to go on with.

use std::fs;
use std::time::Duration;

use serde_json::Value;

use crate::daemon::{Daemon, Home, PATIENCE};
use crate::fleet;
use crate::payer::Payer;
use crate::postgres::Cluster;
use crate::whole::assert_exact;

fn home() -> Home {
    Home::fresh().set("BURSAR__PAPER__SPEED", "60")
}

/// Runs a command to its end; its code, and what it said on stdout and stderr.
fn ran(home: &Home, arguments: &[&str]) -> (i32, String, String) {
    let mut command = home.bursar(arguments).start();
    let status = command.wait(PATIENCE);
    (status.code().unwrap(), command.stdout(), command.stderr())
}

fn charged(daemon: &Daemon) -> Option<u64> {
    let statistics = daemon.caller()?.get("/ledger/statistics").ok()?;
    statistics.body["charged_count"].as_u64()
}

fn backed_up(home: &Home, name: &str) -> (String, Value) {
    let file = home.folder().join(name).to_str().unwrap().to_owned();
    let (code, said, error) = ran(home, &["backup", &file, "--json"]);
    assert_eq!(code, 0, "{error}");
    (file, serde_json::from_str(&said).unwrap())
}

/// Trades, is backed up twice meanwhile, and the later backup is restored into the other home, which goes on.
fn moves(from: &Home, to: &Home) {
    let mut daemon = from.bursar(&["run"]).start();
    daemon.wait_ready();
    let user = fleet::start(&daemon.caller().unwrap(), 8, 1_000);
    let payer = Payer::start(from.folder().to_owned(), user, "backup");
    daemon.wait_until("settling", |daemon| (charged(daemon)? > 0).then_some(()));
    let (_, early) = backed_up(from, "early");
    let (_, anchor, _) = ran(from, &["ledger", "head", "--anchor"]);
    std::thread::sleep(Duration::from_millis(700));
    let (file, later) = backed_up(from, "later");
    let seq = |manifest: &Value| manifest["head"]["seq"].as_i64().unwrap();
    assert!(seq(&early) > 0 && seq(&later) > seq(&early), "{early} {later}");
    let head = daemon.caller().unwrap().get("/ledger/head").unwrap();
    assert_eq!(head.status, 200);
    assert!(head.body["seq"].as_i64().unwrap() >= seq(&later), "{head:?}");
    payer.end();
    daemon.stop();
    assert_exact(from);

    let (code, said, error) = ran(to, &["restore", &file]);
    assert_eq!(code, 0, "{error}");
    assert!(
        said.ends_with("the ledger holds, and the database can be used\n"),
        "{said}"
    );
    // Never a second time, and never over what is there.
    let (code, _, error) = ran(to, &["restore", &file]);
    assert_eq!(code, 1);
    assert!(error.contains("the database is not empty"), "{error}");
    let anchors = to.folder().join("anchors");
    let head = format!("{}:{}", later["head"]["seq"], later["head"]["digest"].as_str().unwrap());
    fs::write(&anchors, format!("# kept outside\n{anchor}{head}\n")).unwrap();
    let anchors = anchors.to_str().unwrap();
    let (code, said, error) = ran(to, &["ledger", "verify", "--anchors", anchors]);
    assert_eq!(code, 0, "{said} {error}");
    assert!(said.ends_with("2 of 2 anchors are in the chain\n"), "{said}");
    // What came later in the old one is not in the backup, and an anchor of it tells.
    let (_, now, _) = ran(from, &["ledger", "head", "--anchor"]);
    let now = now.split_whitespace().next().unwrap();
    let (code, said, _) = ran(to, &["ledger", "verify", "--anchor", now, "--json"]);
    assert_eq!(code, 1, "{said}");
    let said: Value = serde_json::from_str(&said).unwrap();
    let told = format!("anchor {now} is not in the chain: it ends with entry {}", seq(&later));
    assert_eq!(said["anchors"]["broken"], serde_json::json!([told]));
    assert_eq!(said["finding"], Value::Null);

    fs::copy(from.folder().join("admin.token"), to.folder().join("admin.token")).unwrap();
    let mut daemon = to.bursar(&["run"]).start();
    daemon.wait_ready();
    assert!(daemon.told("ledger.head"), "{}", daemon.stderr());
    let before = daemon.wait_until("figures", charged);
    daemon.wait_until("settling on", |daemon| (charged(daemon)? > before).then_some(()));
    daemon.stop();
    assert_exact(to);
}

#[test]
fn s1_10_backup_under_load_is_restored_elsewhere_holds_and_trades_on() {
    moves(&home(), &home());
}

#[test]
fn s1_10_a_ledger_moves_from_postgres_to_sqlite() {
    if let Some(cluster) = Cluster::start() {
        moves(&home().set("BURSAR__STORE__URL", cluster.url()), &home());
    }
}

#[test]
fn s1_10_a_ledger_moves_from_sqlite_to_postgres() {
    if let Some(cluster) = Cluster::start() {
        moves(&home(), &home().set("BURSAR__STORE__URL", cluster.url()));
    }
}
