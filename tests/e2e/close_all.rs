//! Everything is told to close, the process is killed in the middle of it, and all gets flat, once.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::daemon::{Daemon, Home, PATIENCE};
use crate::fleet;
use crate::whole::assert_exact;

fn rows(daemon: &Daemon, path: &str) -> Option<Vec<Value>> {
    let answer = daemon.caller()?.get(path).ok()?;
    Some(answer.body["items"].as_array()?.clone())
}

fn live(daemon: &Daemon) -> Option<usize> {
    Some(rows(daemon, "/positions?live=true")?.len())
}

#[test]
fn killed_while_it_closes_all_it_gets_flat_with_one_filled_close_per_position_and_opens_nothing() {
    // The answers of some closes are lost, and looked up.
    let home = Home::fresh()
        .set("BURSAR__PAPER__SPEED", "60")
        .set("BURSAR__PAPER__FAULTS__LOSE_AFTER_ACCEPT", "300")
        .set("BURSAR__PAPER__FAULTS__REJECT", "200")
        .set("BURSAR__CLOSE_ALL__LOOK_EVERY", "200ms");
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    fleet::start(&daemon.caller().unwrap(), 8, 1_000);
    daemon.wait_until("several positions", |daemon| live(daemon).filter(|live| *live >= 3));
    let words = ["close-all", "ask", "--everywhere", "--reason", "drill", "--json"];
    let mut asked = home.bursar(&words).start();
    assert!(asked.wait(PATIENCE).success(), "{}", asked.stderr());
    daemon.kill9();
    assert_exact(&home);
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    daemon.wait_until("all flat", |daemon| {
        let shown = daemon.caller()?.get("/control/close-all/1").ok()?.body;
        (shown["state"] == "flat").then_some(())
    });
    let known = rows(&daemon, "/positions").unwrap().len();
    sleep(Duration::from_secs(3));
    assert_eq!(live(&daemon), Some(0));
    assert_eq!(
        rows(&daemon, "/positions").unwrap().len(),
        known,
        "something was opened"
    );
    let mut closes: BTreeMap<String, u32> = BTreeMap::new();
    for order in rows(&daemon, "/orders").unwrap() {
        if order["purpose"] == "close" && order["state"] == "filled" {
            *closes.entry(order["position"].to_string()).or_default() += 1;
        }
    }
    assert!(closes.len() >= 3, "{closes:?}");
    assert!(closes.values().all(|count| *count == 1), "{closes:?}");
    let metrics = daemon.caller().unwrap().get("/metrics").unwrap().body.to_string();
    assert!(metrics.contains("bursar_close_alls_standing 1"), "{metrics}");
    daemon.stop();
    assert_exact(&home).assert_orders_agree();
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let resumed = daemon.caller().unwrap().make("/control/resume", &json!({}));
    assert_eq!(resumed["paused"], false);
    daemon.wait_until("a new position", |daemon| live(daemon).filter(|live| *live > 0));
    daemon.stop();
    assert_exact(&home);
}
