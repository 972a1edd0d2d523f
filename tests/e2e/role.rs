//! The daemon works with a database role that can delete nothing but jobs and their runs, and change no entry: the grants in docs/grants.

use std::fs;
use std::path::Path;

use crate::books::Window;
use crate::daemon::{Home, PATIENCE};
use crate::fleet;
use crate::postgres::Cluster;
use crate::skipped::skip;
use crate::whole::assert_exact;

/// What no role of a daemon needs.
const FORBIDDEN: [&str; 9] = [
    "DELETE FROM entry",
    "DELETE FROM posting",
    "DELETE FROM ledger_account",
    "DELETE FROM audit",
    "UPDATE entry SET remark = 'changed'",
    "UPDATE posting SET amount = 0",
    "UPDATE fill SET fee = 0",
    "UPDATE audit SET reason = 'changed'",
    "DROP TABLE posting",
];

/// What a daemon forgets in time.
const FORGOTTEN: [&str; 2] = ["DELETE FROM job_run", "DELETE FROM job"];

fn statements(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/grants").join(file);
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = format!("{text}\n");
    let statements = text.split(";\n").map(|statement| statement.trim().to_owned());
    statements.filter(|statement| !statement.is_empty()).collect()
}

fn migrate(url: &str) {
    let owner = Home::fresh().set("BURSAR__STORE__URL", url);
    let mut migrate = owner.bursar(&["migrate", "up"]).start();
    assert!(migrate.wait(PATIENCE).success(), "{}", migrate.stderr());
}

fn works_as(url: &str) {
    let home = Home::fresh()
        .set("BURSAR__STORE__URL", url)
        .set("BURSAR__PAPER__SPEED", "60");
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    fleet::start(&daemon.caller().unwrap(), 6, 1_000);
    daemon.wait_until("settling", |daemon| {
        let statistics = daemon.caller()?.get("/ledger/statistics").ok()?;
        (statistics.body["charged_count"].as_u64()? > 0).then_some(())
    });
    let caller = daemon.caller().unwrap();
    caller.make("/control/pause", &serde_json::json!({ "reason": "to look" }));
    assert_eq!(caller.get("/health").unwrap().status, 200);
    daemon.stop();
    assert!(assert_exact(&home).chargeable() > 0);
    let window = Window::open(url);
    for statement in FORBIDDEN {
        assert!(window.run(statement).is_err(), "the role may `{statement}`");
    }
    for statement in FORGOTTEN {
        window.run(statement).unwrap();
    }
    drop(window);
    assert_exact(&home);
}

#[test]
fn s1_21_on_postgres_the_daemon_works_with_a_role_that_can_delete_nothing() {
    let Some(cluster) = Cluster::start() else { return };
    migrate(&cluster.url());
    let window = Window::open(&cluster.url());
    window.run("CREATE ROLE bursar_daemon LOGIN").unwrap();
    for statement in statements("postgres.sql") {
        window.run(&statement).unwrap();
    }
    works_as(&cluster.url().replacen("bursar@", "bursar_daemon@", 1));
}

#[test]
fn s1_21_on_mariadb_the_daemon_works_with_a_role_that_can_delete_nothing() {
    let Ok(server) = std::env::var("BURSAR_TEST_MARIADB_URL") else {
        return skip("tests on MariaDB; set BURSAR_TEST_MARIADB_URL to the URL of a server to turn them on");
    };
    let window = Window::open(&server);
    let name = format!("bursar_role_{}", std::process::id());
    window.run(&format!("DROP DATABASE IF EXISTS {name}")).unwrap();
    window.run(&format!("CREATE DATABASE {name}")).unwrap();
    let (address, _) = server.rsplit_once('/').unwrap();
    migrate(&format!("{address}/{name}"));
    let user = format!("bursar_{}", std::process::id());
    window.run(&format!("CREATE OR REPLACE USER '{user}'@'%'")).unwrap();
    let owner = Window::open(&format!("{address}/{name}"));
    for question in statements("mariadb.sql") {
        for row in owner.rows(&question) {
            let grant: String = row.try_get_by_index(0).unwrap();
            owner.run(&grant.replace("bursar_daemon", &user)).unwrap();
        }
    }
    let (_, host) = address.rsplit_once('@').unwrap();
    let told = std::panic::catch_unwind(|| works_as(&format!("mysql://{user}@{host}/{name}")));
    window.run(&format!("DROP USER '{user}'@'%'")).unwrap();
    window.run(&format!("DROP DATABASE {name}")).unwrap();
    if let Err(panic) = told {
        std::panic::resume_unwind(panic);
    }
}
