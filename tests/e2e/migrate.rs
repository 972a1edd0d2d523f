//! A daemon that is killed in the middle of its first migration, and started again.

use crate::daemon::Home;
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
        let status = daemon.wait(crate::daemon::PATIENCE);
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
