//! A venue that does not answer: who runs the daemon is told so, and told when it is over.

use serde_json::Value;

use crate::daemon::{Daemon, Home};
use crate::fleet;

/// How many alerts that an account cannot be synced are open.
fn failing(daemon: &Daemon) -> Option<usize> {
    let alerts = daemon.caller()?.get("/alerts?open=true").ok()?;
    let is_failing = |alert: &&Value| alert["kind"] == "sync_failing";
    Some(alerts.body["items"].as_array()?.iter().filter(is_failing).count())
}

#[test]
fn s2_11_polls_that_fail_are_logged_counted_and_raise_an_alert_until_they_succeed() {
    let home = Home::fresh()
        .set("BURSAR__SYNC__OPEN_INTERVAL", "250ms")
        .set("BURSAR__SYNC__FLAT_INTERVAL", "250ms");
    let deaf = home
        .bursar(&["run"])
        .set("BURSAR__PAPER__FAULTS__LOSE_BEFORE_ACCEPT", "1000");
    let mut daemon = deaf.start();
    daemon.wait_ready();
    fleet::start(&daemon.caller().unwrap(), 2, 10);
    daemon.wait_until("alerted", |daemon| (failing(daemon)? == 2).then_some(()));
    assert!(daemon.told("sync.failed"), "{}", daemon.stderr());
    let metrics = daemon.caller().unwrap().get("/metrics").unwrap().body;
    let counted = "bursar_polls_total{venue=\"paper\",result=\"venue_error\"}";
    assert!(metrics.as_str().unwrap().contains(counted), "{metrics}");
    daemon.stop();
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    daemon.wait_until("recovered", |daemon| (failing(daemon)? == 0).then_some(()));
    daemon.stop();
}

/// What an account did meanwhile may stay unknown at the start; whoever reads the log is told why.
#[test]
fn an_account_that_cannot_be_caught_up_with_is_told_with_the_cause() {
    let home = Home::fresh().set("BURSAR__PAPER__SPEED", "60");
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    fleet::start(&daemon.caller().unwrap(), 10, 100);
    daemon.wait_until("trading", |daemon| {
        let live = daemon.caller()?.get("/positions?live=true").ok()?;
        (!live.body["items"].as_array()?.is_empty()).then_some(())
    });
    daemon.kill9();
    let deaf = home
        .bursar(&["run"])
        .set("BURSAR__PAPER__FAULTS__LOSE_BEFORE_ACCEPT", "1000");
    let mut daemon = deaf.start();
    daemon.wait_ready();
    let lines = daemon.log();
    let lines = lines
        .lines()
        .filter(|line| line.contains("could not be caught up with"));
    let told: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let has_cause = |line: &Value| {
        line["error"]
            .as_str()
            .is_some_and(|why| why.contains("venue did not answer"))
    };
    assert!(!told.is_empty() && told.iter().all(has_cause), "{told:?}");
    daemon.stop();
}
