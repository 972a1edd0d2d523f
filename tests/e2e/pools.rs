//! Killed before and after each page of a day's yield, and around what is put in and taken out, across a change of summer time.

use std::process::Command;

use serde_json::{Value, json};

use crate::daemon::{Daemon, Home, PATIENCE};
use crate::skipped::skip;

/// Pages of two: three of them hold the five holdings, and each is killed around once.
const DAYS: [(&str, &str, u32); 6] = [
    ("2027-03-28", "pool.page.before_commit", 1),
    ("2027-03-29", "pool.page.after_commit", 1),
    ("2027-03-30", "pool.page.before_commit", 2),
    ("2027-03-31", "pool.page.after_commit", 2),
    ("2027-04-03", "pool.page.before_commit", 3),
    ("2027-04-04", "pool.page.after_commit", 3),
];

/// The variables by which a process believes in another time. Not under `faketime` itself, which signals would hit instead of the daemon.
fn believing(time: &str) -> Vec<(String, String)> {
    let told = Command::new("faketime")
        .args(["--exclude-monotonic", "-f", time, "env"])
        .output()
        .unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let pairs = told.lines().filter_map(|line| line.split_once('='));
    let ours = pairs.filter(|(name, _)| *name == "LD_PRELOAD" || (name.contains("FAKE") && *name != "FAKETIME_SHARED"));
    ours.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn at(home: &Home, day: &str, points: Option<&str>) -> Daemon {
    let mut launch = home.bursar(&["run"]);
    for (name, value) in believing(&format!("@{day} 12:00:00")) {
        launch = launch.set(&name, &value);
    }
    match points {
        Some(points) => launch.failing_at(points).start(),
        None => launch.start(),
    }
}

/// The point at which it dies at the `hit`th time that it is there.
fn dies_at(point: &str, hit: u32) -> String {
    match hit {
        1 => format!("{point}=return"),
        hit => format!("{point}={}*off->return", hit - 1),
    }
}

/// A user with a full wallet, an open and funded product, and five holdings of 1,000.
fn furnish(daemon: &mut Daemon) -> (i64, i64) {
    daemon.wait_ready();
    let caller = daemon.caller().unwrap();
    let id = |made: &Value| made["id"].as_i64().unwrap();
    let user = id(&caller.make("/users", &json!({"name": "ada"})));
    let recharge = json!({"reference": "r-1", "user": user, "purse": "wallet:USDT", "amount": "10000"});
    caller.make("/ledger/recharge", &recharge);
    let product = json!({"name": "flexible", "asset": "USDT", "rate": "0.0001", "quota": "7000",
        "zone": "Europe/Berlin", "cut_off": "02:30"});
    let product = id(&caller.make("/pool/products", &product));
    caller.make(&format!("/pool/products/{product}/open"), &json!({}));
    let funding = json!({"reference": "f-1", "amount": "100", "reason": "first funding"});
    caller.make(&format!("/pool/products/{product}/fund"), &funding);
    for number in 1..=5 {
        let body = json!({"reference": format!("s-{number}"), "user": user, "amount": "1000"});
        caller.make(&format!("/pool/products/{product}/subscribe"), &body);
    }
    (user, product)
}

/// Waits until all days before `day` are paid.
fn wait_paid(daemon: &mut Daemon, product: i64, day: &str) {
    daemon.wait_until("paid", |daemon| {
        let shown = daemon.caller()?.get(&format!("/pool/products/{product}")).ok()?.body;
        let through = shown["distributed_through"].as_str()?;
        // The daemon says the last day that has ended: yesterday.
        let next = domain::pool::PoolDay::parse(through)?.next();
        (next.to_string() == day).then_some(())
    });
}

/// An act whose daemon dies on it is asked for again, and done once.
fn act_through_a_kill(home: &Home, day: &str, point: &str, path: &str, body: &Value) {
    let mut daemon = at(home, day, Some(&dies_at(point, 1)));
    daemon.wait_ready();
    assert!(daemon.caller().unwrap().post(path, body).is_err(), "{point}");
    daemon.wait(PATIENCE);
    let mut daemon = at(home, day, None);
    daemon.wait_ready();
    daemon.caller().unwrap().make(path, body);
    let again = daemon.caller().unwrap().make(path, body);
    assert_eq!(again["answer"], "exists", "{point}");
    daemon.stop();
    home.verify();
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn t13_killed_around_every_page_it_pays_each_day_once_and_agrees() {
    if !Command::new("faketime")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        return skip("tests of days that pass; install faketime to turn them on");
    }
    let home = Home::fresh()
        .set("TZ", "UTC")
        .set("BURSAR__POOLS__LOOK_EVERY", "1s")
        .set("BURSAR__POOLS__PAGE", "2");
    let mut daemon = at(&home, "2027-03-26", None);
    let (user, product) = furnish(&mut daemon);
    daemon.stop();
    for (day, point, hit) in DAYS {
        let mut daemon = at(&home, day, Some(&dies_at(point, hit)));
        let status = daemon.wait(PATIENCE);
        assert!(!status.success(), "{day} {point}: {status}");
        let mut daemon = at(&home, day, None);
        wait_paid(&mut daemon, product, day);
        daemon.stop();
        home.verify();
    }
    for number in 6..=7 {
        let point = ["pool.subscribe.before_commit", "pool.subscribe.after_commit"][number - 6];
        let body = json!({"reference": format!("s-{number}"), "user": user, "amount": "1000"});
        act_through_a_kill(
            &home,
            "2027-04-04",
            point,
            &format!("/pool/products/{product}/subscribe"),
            &body,
        );
    }
    for number in 1..=2 {
        let point = ["pool.redeem.before_commit", "pool.redeem.after_commit"][number - 1];
        let body = json!({"reference": format!("o-{number}")});
        act_through_a_kill(
            &home,
            "2027-04-05",
            point,
            &format!("/pool/holdings/{number}/redeem"),
            &body,
        );
    }
    let mut daemon = at(&home, "2027-04-05", None);
    wait_paid(&mut daemon, product, "2027-04-05");
    let caller = daemon.caller().unwrap();
    let days = caller.get(&format!("/pool/reports/days/{product}")).unwrap().body;
    let days = days["items"].as_array().unwrap();
    // 27 March to 4 April: five holdings, on the last day seven of which two earn from the day after.
    assert_eq!(days.len(), 9);
    for day in days {
        assert_eq!(
            (&day["state"], &day["holdings"]),
            (&json!("reconciled"), &json!(5)),
            "{day}"
        );
        assert_eq!(day["paid"], "0.5", "{day}");
    }
    let book = caller.get("/pool/reports/book").unwrap().body;
    let book = &book["items"][0];
    assert_eq!(
        (&book["principal"], &book["paid"]),
        (&json!("5000"), &json!("4.5")),
        "{book}"
    );
    assert_eq!(book["funding"], "95.5");
    daemon.stop();
    home.verify();
}
