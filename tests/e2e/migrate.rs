//! A daemon that is killed in the middle of its first migration and started again, and one whose schema is too new.

use crate::books::Window;
use crate::daemon::{Home, PATIENCE};
use crate::shared::Shared;
use crate::whole::working;

/// After how many statements of each start it is killed: in tables, in the rebuild of the ledger, and near the end.
const KILLED_AFTER: [u32; 4] = [2, 19, 40, 25];
/// MariaDB is told of each step before it is made.
const MORE_OFTEN: [u32; 5] = [2, 19, 66, 40, 30];

/// Killed again and again, each time further on, the next start finishes it without anybody's help.
fn killed_while_migrating(shared: &Shared, kills: &[u32]) {
    let home = shared.home();
    for after in kills {
        let point = format!("migrate.after_statement={after}*off->return");
        let mut daemon = home.bursar(&["run"]).failing_at(&point).start();
        let status = daemon.wait(PATIENCE);
        assert_eq!(status.code(), None, "{point} was not reached: {}", daemon.stderr());
        assert!(
            !home.folder().join("http.url").exists(),
            "{point} is not in a migration"
        );
    }
    starts(&home);
}

fn starts(home: &Home) {
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let health = daemon.caller().unwrap().get("/health").unwrap();
    assert_eq!((health.status, working(&health.body)), (200, 0));
    daemon.stop();
    home.verify();
}

#[test]
fn t26_killed_while_it_migrates_sqlite_the_daemon_starts_the_next_time() {
    killed_while_migrating(&Shared::sqlite(), &KILLED_AFTER);
}

#[test]
fn t26_killed_while_it_migrates_postgres_the_daemon_starts_the_next_time() {
    if let Some(shared) = Shared::postgres() {
        killed_while_migrating(&shared, &KILLED_AFTER);
    }
}

#[test]
fn t26_killed_while_it_migrates_mariadb_the_daemon_starts_the_next_time() {
    if let Some(shared) = Shared::mariadb("migrate") {
        killed_while_migrating(&shared, &MORE_OFTEN);
    }
}

/// A schema of a later version: the program does nothing with it, and says so.
fn refuses_a_newer_schema(shared: &Shared) {
    let home = shared.home();
    starts(&home);
    let window = Window::open(&home.database());
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_colonise_mars', 1)";
    window.run(newer).unwrap();
    let commands: [&[&str]; 6] = [
        &["run"],
        &["migrate", "up"],
        &["migrate", "down", "--lose-data"],
        &["user", "create", "eve"],
        &["ledger", "verify"],
        &["user", "list"],
    ];
    for arguments in commands {
        let mut command = home.bursar(arguments).start();
        let status = command.wait(PATIENCE);
        let told = command.stderr();
        assert_eq!(status.code(), Some(1), "{arguments:?}: {told}");
        let why = "database has migration `m9999_colonise_mars`, which this binary does not know: use the newer binary";
        assert!(told.contains(why), "{arguments:?}: {told}");
    }
    assert_eq!(window.count("SELECT COUNT(*) FROM app_user"), 0);
    assert_eq!(window.count("SELECT epoch FROM writer_lease"), 1);
}

#[test]
fn t26_on_sqlite_a_newer_schema_is_refused_by_every_command() {
    refuses_a_newer_schema(&Shared::sqlite());
}

#[test]
fn t26_on_postgres_a_newer_schema_is_refused_by_every_command() {
    if let Some(shared) = Shared::postgres() {
        refuses_a_newer_schema(&shared);
    }
}

#[test]
fn t26_on_mariadb_a_newer_schema_is_refused_by_every_command() {
    if let Some(shared) = Shared::mariadb("newer") {
        refuses_a_newer_schema(&shared);
    }
}
