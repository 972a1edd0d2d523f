//! Another platform's tables taken over by the real binary: once, to the last digit, whatever is killed in between.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::daemon::{Home, PATIENCE, count};
use crate::dice::Dice;
use crate::shared::Shared;
use crate::skipped::skip;

const FILES: [&str; 3] = ["orders.csv", "consume.csv", "wallets.csv"];

/// Exit code, stdout and stderr of one command.
fn ask(home: &Home, arguments: &[&str], points: &str) -> (Option<i32>, String, String) {
    let mut command = home.bursar(arguments).failing_at(points).start();
    let status = command.wait(PATIENCE);
    (status.code(), command.stdout(), command.stderr())
}

fn migrated() -> Home {
    let home = Home::fresh();
    assert_eq!(ask(&home, &["migrate", "up"], "").0, Some(0));
    home
}

/// A copy of the sample files, with one text replaced in one of them.
fn samples(home: &Home, file: &str, from: &str, to: &str) -> PathBuf {
    let folder = home.folder().join("tables");
    fs::create_dir_all(&folder).unwrap();
    for name in FILES {
        let text = fs::read_to_string(Path::new("tests/fixtures/import").join(name)).unwrap();
        let text = if name == file {
            assert!(text.contains(from), "{name} does not say {from}");
            text.replace(from, to)
        } else {
            text
        };
        fs::write(folder.join(name), text).unwrap();
    }
    folder
}

fn unchanged(home: &Home) -> PathBuf {
    samples(home, "", "", "")
}

fn arguments(folder: &Path, more: &[&str]) -> Vec<String> {
    let mut arguments = vec!["import".to_owned(), "legacy".to_owned(), "--json".to_owned()];
    for (option, file) in ["--orders", "--power-consume", "--wallets"].into_iter().zip(FILES) {
        arguments.push(option.to_owned());
        arguments.push(folder.join(file).to_str().unwrap().to_owned());
    }
    arguments.extend(more.iter().map(|&text| text.to_owned()));
    arguments
}

fn import(home: &Home, folder: &Path, more: &[&str], points: &str) -> (Option<i32>, Value, String) {
    let arguments = arguments(folder, more);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (code, said, told) = ask(home, &arguments, points);
    (code, serde_json::from_str(&said).unwrap_or_default(), told)
}

fn items(home: &Home, list: &[&str]) -> Vec<Value> {
    let (code, said, told) = ask(home, &[list, &["--json", "--limit", "200"]].concat(), "");
    assert_eq!(code, Some(0), "{told}");
    let said: Value = serde_json::from_str(&said).unwrap();
    said["items"].as_array().unwrap().clone()
}

/// Each user's accounts as `name kind asset balance`, and what became of each order.
fn state(home: &Home) -> (Vec<String>, Vec<String>) {
    let word = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let users = items(home, &["user", "list"]);
    let name = |id: &Value| {
        users
            .iter()
            .find(|user| user["id"] == *id)
            .map(|user| word(user, "name"))
    };
    let accounts = items(home, &["ledger", "accounts"]);
    let own = accounts.iter().filter_map(|row| {
        let name = name(&row["owner"])?;
        Some(format!(
            "{name} {} {} {}",
            word(row, "kind"),
            word(row, "asset"),
            word(row, "balance")
        ))
    });
    let mut own: Vec<String> = own.collect();
    own.sort();
    let positions = items(home, &["position", "list"]);
    let fate = |row: &Value| {
        format!(
            "{} {} {}",
            word(row, "origin"),
            word(row, "profit"),
            word(row, "settlement")
        )
    };
    let mut fates: Vec<String> = positions.iter().map(fate).collect();
    fates.sort();
    (own, fates)
}

/// What the sample files must come to: the wallets, and two surplus charges of 21.60621949 given back.
fn assert_taken_over(home: &Home) {
    let (accounts, fates) = state(home);
    assert_eq!(
        accounts,
        [
            "legacy:7 user_gift_power POWER 2.5",
            "legacy:7 user_power POWER 178.39378051",
            "legacy:7 user_wallet USDT 1000.00000001",
            "legacy:8 user_power POWER 90",
        ]
    );
    assert_eq!(
        fates,
        [
            "imported -12.5 nothing_due",
            "imported 100 charged",
            "imported 216.06219485 charged",
            "imported 40 pending",
            "imported 50 charged",
        ]
    );
    home.verify();
}

#[test]
fn s1_01_tables_are_taken_over_once_and_every_surplus_charge_is_refunded() {
    let home = migrated();
    let folder = unchanged(&home);
    let (code, planned, told) = import(&home, &folder, &["--dry-run"], "");
    assert_eq!(
        (code, planned["outcome"].as_str()),
        (Some(0), Some("planned")),
        "{told}"
    );
    assert_eq!(items(&home, &["ledger", "entries"]), [Value::Null; 0]);
    assert_eq!(items(&home, &["user", "list"]), [Value::Null; 0]);
    let (code, done, told) = import(&home, &folder, &[], "");
    assert_eq!((code, done["outcome"].as_str()), (Some(0), Some("imported")), "{told}");
    assert_eq!(
        (&done["totals"], &done["reconciles"]),
        (&planned["totals"], &Value::Bool(true))
    );
    let refunds: Vec<_> = done["refunds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["charge"])
        .collect();
    assert_eq!(refunds, ["2", "3"]);
    assert_taken_over(&home);
    let entries = items(&home, &["ledger", "entries"]);
    let keys: Vec<&str> = entries.iter().map(|entry| entry["key"].as_str().unwrap()).collect();
    let reversed = keys.iter().filter(|key| key.starts_with("reverse:")).count();
    assert_eq!((reversed, keys.len()), (2, 9), "{keys:?}");
    let (code, again, _) = import(&home, &folder, &[], "");
    assert_eq!((code, again["outcome"].as_str()), (Some(0), Some("unchanged")));
    assert_eq!(items(&home, &["ledger", "entries"]), entries);
}

#[test]
fn s0_03_what_was_charged_there_is_never_charged_here_and_the_rest_is_swept() {
    let home = migrated();
    let folder = unchanged(&home);
    assert_eq!(import(&home, &folder, &[], "").0, Some(0));
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let (code, _, told) = import(&home, &folder, &[], "");
    assert_eq!(code, Some(1));
    assert!(told.contains("a daemon runs at"), "{told}");
    assert_eq!(ask(&home, &["ledger", "sweep"], "").0, Some(0));
    let (accounts, fates) = state(&home);
    // A tenth of 40, from gift power first.
    assert!(
        accounts.contains(&"legacy:7 user_power POWER 176.89378051".to_owned()),
        "{accounts:?}"
    );
    assert!(fates.contains(&"imported 40 charged".to_owned()), "{fates:?}");
    daemon.stop();
    home.verify();
    let (code, again, _) = import(&home, &folder, &[], "");
    assert_eq!((code, again["outcome"].as_str()), (Some(0), Some("unchanged")));
    assert_eq!(again["written"]["moved_since"].as_array().unwrap().len(), 2);
}

#[test]
fn bad_rows_stop_the_import_and_are_left_out_with_their_users_when_told_to() {
    let home = migrated();
    let folder = samples(&home, "consume.csv", "5,8,1005,10,", "5,8,1005,NaN,");
    let (code, bad, _) = import(&home, &folder, &[], "");
    assert_eq!((code, bad["outcome"].as_str()), (Some(2), Some("bad_rows")));
    let row = &bad["bad_rows"][0];
    assert_eq!(
        (&row["file"], &row["line"], &row["field"]),
        (&"power_consume".into(), &6.into(), &"amount".into())
    );
    assert_eq!(items(&home, &["user", "list"]), [Value::Null; 0]);
    let (code, rest, told) = import(&home, &folder, &["--skip-bad"], "");
    assert_eq!(
        (code, rest["left_out"][0]["user"].as_str()),
        (Some(0), Some("8")),
        "{told}"
    );
    assert_eq!(state(&home).1.len(), 3);
    // The corrected row brings the rest.
    assert_eq!(import(&home, &unchanged(&home), &[], "").0, Some(0));
    assert_taken_over(&home);
}

#[test]
fn changed_rows_are_told_and_change_nothing() {
    let home = migrated();
    assert_eq!(import(&home, &unchanged(&home), &[], "").0, Some(0));
    let folder = samples(
        &home,
        "orders.csv",
        "2019-05-01 04:00:00,40,",
        "2019-05-01 04:00:00,41,",
    );
    let (code, told, _) = import(&home, &folder, &[], "");
    assert_eq!((code, told["outcome"].as_str()), (Some(1), Some("conflicts")));
    let conflict = &told["conflicts"][0];
    assert_eq!(
        (&conflict["field"], &conflict["imported"]),
        (&"realized_profit".into(), &"40".into())
    );
    assert_taken_over(&home);
}

#[test]
fn killed_at_every_commit_of_an_import_it_is_completed_by_the_same_command() {
    let rows = ["import.before_rows", "import.after_rows"];
    let entries = [
        "import.before_commit",
        "import.after_commit",
        "settle.before_commit",
        "settle.after_commit",
    ];
    let at_rows = rows
        .iter()
        .flat_map(|point| (0..3).map(move |after| format!("{point}={after}*off->return")));
    let at_entries = entries.iter().map(|point| format!("{point}=return"));
    for point in at_rows.chain(at_entries) {
        let home = migrated().set("BURSAR__LEDGER__GROUP_LIMIT", "2");
        let folder = unchanged(&home);
        let (code, _, told) = import(&home, &folder, &[], &point);
        assert_eq!(code, None, "{point} was not reached: {told}");
        home.verify();
        let (code, done, told) = import(&home, &folder, &[], "");
        assert_eq!(code, Some(0), "{point}: {told}");
        assert_eq!(done["reconciles"], true, "{point}");
        assert_taken_over(&home);
    }
}

/// Killed at random moments, most of them in the middle, until one run comes to its end.
fn killed_at_random(shared: &Shared) {
    let home = shared.home().set("BURSAR__LEDGER__GROUP_LIMIT", "2");
    assert_eq!(ask(&home, &["migrate", "up"], "").0, Some(0));
    let folder = unchanged(&home);
    let arguments = arguments(&folder, &[]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut dice = Dice(u64::from(count("BURSAR_E2E_SEED", 1)));
    let mut killed = 0;
    for _ in 0..count("BURSAR_E2E_IMPORTS", 12) {
        let mut command = home.bursar(&arguments).start();
        std::thread::sleep(Duration::from_millis(dice.between(20, 250)));
        killed += u32::from(command.kill9().code().is_none());
        home.verify();
    }
    let (code, done, told) = import(&home, &folder, &[], "");
    assert_eq!((code, &done["reconciles"]), (Some(0), &Value::Bool(true)), "{told}");
    assert_taken_over(&home);
    assert!(killed > 0, "each import ended before it was killed");
}

#[test]
fn killed_at_random_moments_on_sqlite_an_import_is_completed_by_the_same_command() {
    killed_at_random(&Shared::sqlite());
}

#[test]
fn killed_at_random_moments_on_postgres_an_import_is_completed_by_the_same_command() {
    if let Some(shared) = Shared::postgres() {
        killed_at_random(&shared);
    }
}

#[test]
fn killed_at_random_moments_on_mariadb_an_import_is_completed_by_the_same_command() {
    if let Some(shared) = Shared::mariadb("import_kill") {
        killed_at_random(&shared);
    }
}

/// Runs statements on a server, past Bursar.
fn on_server(url: &str, statements: &[String]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let connection = sea_orm::Database::connect(url).await.unwrap();
        for statement in statements {
            connection.execute_unprepared(statement).await.unwrap();
        }
        connection.close().await.unwrap();
    });
}

#[test]
fn tables_are_read_from_the_platforms_own_database() {
    let Ok(server) = std::env::var("BURSAR_TEST_MARIADB_URL") else {
        skip("BURSAR_TEST_MARIADB_URL is not set");
        return;
    };
    let name = format!("bursar_import_{}", std::process::id());
    let (prefix, _) = server.rsplit_once('/').unwrap();
    on_server(&server, &[format!("CREATE DATABASE {name}")]);
    let url = format!("{prefix}/{name}");
    let tables = [
        "CREATE TABLE t_orders (id INT PRIMARY KEY, order_id VARCHAR(30), user_id INT, symbol VARCHAR(20), \
         side VARCHAR(9), status TINYINT, close_time DATETIME, profit DECIMAL(30,12), \
         power_consumed TINYINT(1), power_amount DECIMAL(20,8))",
        "INSERT INTO t_orders VALUES (1, 'a', 7, 'BTCUSDT', 'long', 2, '2025-03-01 08:00:00', 216.06219485, 0, 0), \
         (2, 'b', 7, 'BTCUSDT', 'short', 2, '2019-03-01 08:00:00', 40, 0, 0)",
        "CREATE TABLE power_consume (id BIGINT PRIMARY KEY, user_id INT, nr VARCHAR(30), amount DECIMAL(20,8), \
         created_at TIMESTAMP)",
        "INSERT INTO power_consume VALUES (1, 7, 'a', 1.5, '2025-03-01 10:00:00'), (2, 7, 'a', 1.5, '2025-03-01 10:01:00')",
        "CREATE TABLE wallets (user_id INT PRIMARY KEY, power DECIMAL(20,8), gift_power DECIMAL(20,8))",
        "INSERT INTO wallets VALUES (7, 0.00000001, NULL)",
    ];
    on_server(&url, &tables.map(ToOwned::to_owned));
    let home = migrated();
    let mut command = home
        .bursar(&[
            "import",
            "legacy",
            "--json",
            "--orders-table",
            "t_orders",
            "--column",
            "power_consume.order_id=nr",
            "--closed-word",
            "2",
            "--utc-offset",
            "+08:00",
        ])
        .set("BURSAR_IMPORT_MYSQL_URL", &url)
        .start();
    let status = command.wait(PATIENCE);
    let (said, told) = (command.stdout(), command.stderr());
    on_server(&server, &[format!("DROP DATABASE {name}")]);
    assert_eq!(status.code(), Some(0), "{told}");
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["refunds"][0]["charge"], "2");
    assert_eq!(said["pending"][0]["closed_at"], "2019-03-01T00:00:00.000Z");
    assert_eq!(state(&home).0, ["legacy:7 user_power POWER 1.50000001"]);
    home.verify();
}

#[test]
fn the_password_of_the_platforms_database_is_never_told() {
    let home = migrated();
    for address in ["127.0.0.1:99999/x", "[::1/x"] {
        for scheme in ["mysql", "mariadb", "oracle"] {
            let url = format!("{scheme}://reader:sEcReT@{address}");
            let command = home.bursar(&["import", "legacy", "--dry-run"]);
            let mut command = command.set("BURSAR_IMPORT_MYSQL_URL", &url).start();
            assert_eq!(command.wait(PATIENCE).code(), Some(1), "{url}");
            let told = command.stdout() + &command.stderr();
            assert!(
                told.contains("the platform's database") && !told.contains("sEcReT"),
                "{told}"
            );
        }
    }
}
