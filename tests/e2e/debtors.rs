//! Whoever owes too much opens nothing more, and closes over HTTP whenever it is asked.

use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::daemon::Home;
use crate::fleet;
use crate::whole::assert_exact;

fn items(caller: &Caller, path: &str) -> Option<Vec<Value>> {
    caller.get(path).ok()?.body["items"].as_array().cloned()
}

/// How often robots wanted to open and were refused for their user's debts.
fn refused(caller: &Caller) -> u64 {
    let metrics = caller.get("/metrics").unwrap().body;
    let name = "bursar_opens_refused_total{reason=\"debtor\"} ";
    let mut lines = metrics.as_str().unwrap().lines();
    let count = lines.find_map(|line| line.strip_prefix(name));
    count.map_or(0, |count| count.parse().unwrap())
}

#[test]
fn a_debtor_closes_over_http_and_opens_nothing_more() {
    let home = Home::fresh()
        .set("BURSAR__PAPER__SPEED", "60")
        .set("BURSAR__SETTLEMENT__DEBT_LIMIT", "0");
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let caller = daemon.caller().unwrap();
    // So little power that the first profit is owed.
    fleet::start(&caller, 10, 1);
    let open = daemon.wait_until("a debtor with open positions", |_| {
        let debts = items(&caller, "/ledger/debts")?;
        let live = items(&caller, "/positions?live=true")?;
        let open: Vec<Value> = live
            .into_iter()
            .filter(|position| position["state"] == "open")
            .collect();
        (!debts.is_empty() && !open.is_empty()).then_some(open)
    });
    let closed = open.iter().filter(|position| {
        let path = format!("/robots/{}/close", position["robot"]);
        let answer = caller.post(&path, &json!({ "reason": "asked by mail" })).unwrap();
        // One that its robot has closed meanwhile is none that it holds.
        assert!([200, 202, 409].contains(&answer.status), "{answer:?}");
        answer.status != 409
    });
    assert!(closed.count() > 0, "no close was taken: {open:?}");
    daemon.wait_until("flat", |_| {
        items(&caller, "/positions?live=true")?.is_empty().then_some(())
    });
    let all = items(&caller, "/positions?limit=200").unwrap().len();
    let before = refused(&caller);
    daemon.wait_until("refused", |_| (refused(&caller) > before + 2).then_some(()));
    sleep(Duration::from_secs(1));
    assert_eq!(items(&caller, "/positions?limit=200").unwrap().len(), all);
    let asked = |position: &Value| position["close_reason"] == "requested";
    assert!(items(&caller, "/positions?limit=200").unwrap().iter().any(asked));
    daemon.stop();
    assert_exact(&home);
}
