//! The command line against the real daemon, and against the database while no daemon runs.

use serde_json::{Value, json};

use crate::daemon::{Home, PATIENCE};

/// Exit code, stdout and stderr of one command.
fn ask(home: &Home, arguments: &[&str]) -> (i32, String, String) {
    let mut command = home.bursar(arguments).start();
    let status = command.wait(PATIENCE);
    (status.code().unwrap(), command.stdout(), command.stderr())
}

/// The JSON of a command that must end with 0.
fn json_of(home: &Home, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--json"]].concat();
    let (code, said, told) = ask(home, &arguments);
    assert_eq!(code, 0, "{arguments:?}: {told}");
    serde_json::from_str(&said).unwrap()
}

const ROBOT: [&str; 12] = [
    "robot",
    "create",
    "--user",
    "1",
    "--account",
    "1",
    "--symbol",
    "BTCUSDT",
    "--window-seconds",
    "60",
    "--stake",
    "100",
];

fn furnish(home: &Home) {
    assert_eq!(json_of(home, &["user", "create", "alice"])["id"], 1);
    assert_eq!(
        json_of(home, &["account", "create", "--user", "1", "--label", "main"])["id"],
        1
    );
    let robot = [&ROBOT[..], &["--leverage", "10"]].concat();
    assert_eq!(json_of(home, &robot)["wanted"], "stopped");
}

const READS: [&[&str]; 16] = [
    &["user", "list"],
    &["account", "list"],
    &["robot", "list"],
    &["robot", "show", "1"],
    &["position", "list"],
    &["position", "list", "--live"],
    &["order", "list", "--live", "false"],
    &["order", "list"],
    &["ledger", "accounts"],
    &["ledger", "entries"],
    &["ledger", "debts"],
    &["ledger", "statistics"],
    &["ledger", "unsettled"],
    &["report", "daily", "--day", "2026-11-21", "--by", "robot"],
    &["alert", "list"],
    &["status"],
];

#[test]
fn reads_answer_the_same_over_http_and_from_the_database() {
    let home = Home::fresh();
    assert_eq!(ask(&home, &["migrate", "up"]).0, 0);
    furnish(&home);
    let direct: Vec<Value> = READS.iter().map(|read| json_of(&home, read)).collect();
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    for (read, direct) in READS.iter().zip(direct) {
        assert_eq!(json_of(&home, read), direct, "{read:?}");
        let (code, table, told) = ask(&home, read);
        assert!(code == 0 && !table.is_empty(), "{read:?}: {told}");
    }
    assert_eq!(json_of(&home, &["health"])["status"], "ok");
    daemon.stop();
}

#[test]
fn what_needs_actors_says_that_the_daemon_must_run() {
    let home = Home::fresh();
    assert_eq!(ask(&home, &["migrate", "up"]).0, 0);
    furnish(&home);
    let recharge = ["ledger", "recharge", "1", "5", "--reference", "r-1"];
    for act in [
        &["robot", "close", "1"][..],
        &recharge,
        &["ledger", "sweep"],
        &["account", "sync", "1"],
        &["health"],
    ] {
        let (code, said, told) = ask(&home, act);
        assert_eq!((code, said.as_str()), (3, ""), "{act:?}");
        assert!(told.contains("this needs the running daemon"), "{act:?}: {told}");
    }
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    assert_eq!(json_of(&home, &recharge)["answer"], "created");
    assert_eq!(json_of(&home, &recharge)["answer"], "exists");
    let other = ["ledger", "recharge", "1", "6", "--reference", "r-1"];
    let (code, said, told) = ask(&home, &other);
    assert_eq!((code, said.as_str()), (1, ""), "{told}");
    assert!(told.contains("(exists_different)"), "{told}");
    let (code, said, _) = ask(&home, &[&other[..], &["--json"]].concat());
    let problem: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, &problem["answer"], &problem["field"]),
        (1, &json!("exists_different"), &json!("amount"))
    );
    assert_eq!(json_of(&home, &["ledger", "sweep"])["job"], "sweep_unsettled");
    assert_eq!(json_of(&home, &["account", "sync", "1"])["accepted"], true);
    daemon.stop();
}

#[test]
fn what_was_written_in_the_database_holds_in_the_daemon() {
    let home = Home::fresh();
    assert_eq!(ask(&home, &["migrate", "up"]).0, 0);
    furnish(&home);
    assert_eq!(json_of(&home, &["robot", "start", "1"])["wanted"], "running");
    assert_eq!(
        json_of(&home, &["robot", "change", "1", "--stake", "50"])["stake"],
        "50"
    );
    assert_eq!(json_of(&home, &["pause", "--reason", "maintenance"])["paused"], true);
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let status = json_of(&home, &["status"]);
    assert_eq!(
        (&status["paused"], &status["scopes"][0]["reason"]),
        (&json!(true), &json!("maintenance"))
    );
    let robot = json_of(&home, &["robot", "show", "1"]);
    assert_eq!((&robot["stake"], &robot["wanted"]), (&json!("50"), &json!("running")));
    assert_eq!(json_of(&home, &["resume"])["paused"], false);
    assert_eq!(json_of(&home, &["robot", "stop", "1"])["wanted"], "stopped");
    let trail = json_of(&home, &["audit", "list"]);
    let actions: Vec<&str> = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["action"].as_str().unwrap())
        .collect();
    for action in [
        "user.create",
        "account.create",
        "robot.create",
        "robot.start",
        "control.pause",
        "control.resume",
    ] {
        assert!(actions.contains(&action), "{action} is not in {actions:?}");
    }
    // Who wrote into the database is the local user; who asked the daemon is the holder of its token.
    let lines = trail["items"].as_array().unwrap();
    let by = |action: &str| lines.iter().find(|line| line["action"] == action).unwrap();
    let local = by("user.create");
    assert!(local["by"].as_str().unwrap().starts_with("cli:"), "{local}");
    assert!(local["origin"].as_str().unwrap().starts_with("cli uid="), "{local}");
    let remote = by("control.resume");
    assert_eq!(
        (&remote["by"], &remote["origin"]),
        (&json!("first"), &json!("127.0.0.1"))
    );
    daemon.stop();
}

#[test]
fn wrong_input_ends_with_2_and_names_every_field() {
    let home = Home::fresh();
    assert_eq!(ask(&home, &["migrate", "up"]).0, 0);
    furnish(&home);
    let wrong = [&ROBOT[..10], &["--stake", "0", "--leverage", "999"]].concat();
    for daemon in [false, true] {
        let mut running = daemon.then(|| home.bursar(&["run"]).start());
        if let Some(daemon) = &mut running {
            daemon.wait_ready();
        }
        let (code, said, told) = ask(&home, &wrong);
        assert_eq!((code, said.as_str()), (2, ""), "{told}");
        for rule in ["leverage must be 1 to 125", "stake must be above zero"] {
            assert!(told.contains(rule), "{told}");
        }
        assert_eq!(ask(&home, &["robot", "list", "--limit", "0"]).0, 2);
        assert_eq!(ask(&home, &["robot", "show", "99"]).0, 1);
        assert_eq!(ask(&home, &["robot", "list", "--url", "http://127.0.0.1:1"]).0, 3);
    }
}

#[test]
fn token_is_shown_once_works_and_ends_when_it_is_revoked() {
    let home = Home::fresh();
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let minted = json_of(&home, &["token", "create", "night", "--role", "viewer"]);
    let secret = minted["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("bursar_viewer_"), "{secret}");
    let listed = json_of(&home, &["token", "list"]).to_string();
    assert!(listed.contains("night") && !listed.contains(&secret));
    let with = |arguments: &[&str]| {
        let mut command = home.bursar(arguments).set("BURSAR_TOKEN", &secret).start();
        (command.wait(PATIENCE).code().unwrap(), command.stderr())
    };
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(with(&["robot", "list"]).0, 0);
    let (code, told) = with(&["pause"]);
    assert_eq!(code, 1);
    assert!(told.contains("role operator is needed, the token has viewer"), "{told}");
    assert_eq!(ask(&home, &["token", "revoke", "night"]).0, 0);
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(with(&["robot", "list"]).0, 1);
    daemon.stop();
}
