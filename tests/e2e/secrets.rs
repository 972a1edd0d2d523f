//! Secrets stay where they belong: whatever goes wrong, no log, answer, figure, row or command line shows one.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use crate::books::Window;
use crate::caller::Caller;
use crate::daemon::{Home, PATIENCE};
use crate::fleet;
use crate::shared::Shared;

const PASSWORD: &str = "canary-7f3a1b-of-the-database";

/// Everything that a home's processes wrote to their logs and outputs.
fn said(folder: &Path) -> String {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let logs = files.filter(|path| path.extension().is_some_and(|ending| ending == "log"));
    logs.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// How many rows of any text column show the word.
fn shown(window: &Window, word: &str) -> i64 {
    let columns = window.rows(
        "SELECT table_name::text, column_name::text FROM information_schema.columns \
         WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'character', 'json', 'jsonb')",
    );
    assert!(columns.len() > 30, "only {} text columns are looked at", columns.len());
    let count = |row: &sea_orm::QueryResult| {
        let table: String = row.try_get_by_index(0).unwrap();
        let column: String = row.try_get_by_index(1).unwrap();
        window.count(&format!(
            "SELECT COUNT(*) FROM \"{table}\" WHERE CAST(\"{column}\" AS text) LIKE '%{word}%'"
        ))
    };
    columns.iter().map(count).sum()
}

/// Starts that must fail, each in its own way, with the password in their settings.
fn fail_to_start(home: &Home, url: &str) {
    let nowhere = url.replace("/bursar", "/nowhere");
    let unknown = url.replace("postgres://", "oracle://");
    let deaf = format!("postgres://bursar:{PASSWORD}@127.0.0.1:1/bursar");
    for (url, words) in [
        (nowhere.as_str(), vec!["run"]),
        (unknown.as_str(), vec!["run"]),
        (deaf.as_str(), vec!["run"]),
        (deaf.as_str(), vec!["ledger", "verify"]),
        (unknown.as_str(), vec!["check"]),
    ] {
        let mut failing = home
            .bursar(&words)
            .set("BURSAR__STORE__URL", url)
            .set("BURSAR__STORE__ACQUIRE_DEADLINE", "1s")
            .start();
        let status = failing.wait(PATIENCE);
        assert!(!status.success(), "{words:?} at {url}: {status}");
    }
}

/// What it answers to good and bad requests while its connections are cut.
fn answers(caller: &Caller, user: i64, shared: &Shared) -> String {
    let mut heard = String::new();
    let mut hear = |text: &str| heard.push_str(text);
    for round in 0..4 {
        sleep(Duration::from_millis(300));
        (shared.cut.as_ref().unwrap())();
        let recharge = json!({ "user": user, "purse": "power", "amount": "1", "reference": format!("cut-{round}") });
        let wrong = json!({ "user": user, "purse": "power", "amount": "-1", "reference": "", "token": 1 });
        for (path, body) in [
            ("/ledger/recharge", &recharge),
            ("/ledger/recharge", &wrong),
            ("/nothing", &wrong),
        ] {
            hear(&caller.post(path, body).unwrap().body.to_string());
        }
        for path in [
            "/health",
            "/health/ready",
            "/metrics",
            "/tokens",
            "/audits",
            "/alerts",
            "/robots/999",
            "/openapi.json",
        ] {
            hear(&caller.get(path).unwrap().body.to_string());
        }
    }
    heard
}

/// T23. The secrets are the database's password, the admin's token, and one that was made later.
#[test]
fn t23_no_secret_shows_in_logs_answers_figures_rows_or_command_lines() {
    let Some(shared) = Shared::postgres() else { return };
    let url = shared.url.replace("bursar@", &format!("bursar:{PASSWORD}@"));
    let home = Home::fresh()
        .set("BURSAR__STORE__URL", url.clone())
        .set("BURSAR__LOG__FILTER", "debug")
        .set("BURSAR__HTTP__REQUEST_DEADLINE", "3s");
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let caller = daemon.caller().unwrap();
    let user = fleet::start(&caller, 3, 1_000);
    let made = caller.make("/tokens", &json!({ "name": "second", "role": "viewer" }));
    let second = made["secret"].as_str().unwrap().to_owned();
    let admin = fs::read_to_string(home.folder().join("admin.token")).unwrap();
    let secrets = [PASSWORD, admin.trim(), second.as_str()];
    let mut heard = answers(&caller, user, &shared);
    let mut hear = |text: &str| heard.push_str(text);
    hear(&fs::read_to_string(format!("/proc/{}/cmdline", daemon.pid())).unwrap());
    daemon.stop();
    fail_to_start(&home, &url);
    hear(&said(home.folder()));
    assert!(
        heard.contains("daemon.ready") && heard.contains("bursar_ledger"),
        "nothing was heard"
    );
    let window = Window::open(&shared.url);
    assert!(shown(&window, "erin") > 0, "the search finds nothing at all");
    for secret in secrets {
        assert!(secret.len() > 16, "too short to be looked for");
        let at = heard.find(secret);
        let around = at.map(|at| heard[at.saturating_sub(200)..at].to_owned());
        assert_eq!(around, None, "a secret was shown after this");
        assert_eq!(shown(&window, secret), 0, "a secret is in the database");
    }
}
