//! Two failure domains: a robot is rebuilt alone, a ledger ends the process.

use crate::daemon::{Home, Load, PATIENCE};
use crate::whole::{assert_exact, assert_whole, working};

const LOAD: Load = Load {
    robots: 12,
    speed: 600,
    seed: 13,
};

/// The exit code that tells systemd, and whoever reads its log, that the ledger gave up.
const LEDGER_DIED: i32 = 70;

#[test]
fn a_ledger_that_panics_ends_the_process_with_70_and_the_next_life_settles_what_it_left() {
    let home = Home::fresh();
    let points = "settle.before_commit=3*off->panic";
    let mut daemon = home.demo(LOAD, 60).failing_at(points).start();
    let status = daemon.wait(PATIENCE);
    assert_eq!(status.code(), Some(LEDGER_DIED), "{status}\n{}", daemon.stderr());
    assert_exact(&home);
    let summary = home.demo(LOAD, 5).start().summary();
    assert_whole(&home, &summary);
}

#[test]
fn a_robot_that_panics_is_rebuilt_and_disturbs_no_other() {
    let home = Home::fresh();
    let points = "robot.look=100*off->1*panic->off";
    let mut daemon = home.demo(LOAD, 8).failing_at(points).start();
    daemon.wait_ready();
    let robots = daemon.wait_until("rebuilt", |daemon| {
        let health = daemon.caller()?.get("/health").ok()?;
        assert_eq!(health.status, 200, "{health:?}");
        let all_work = working(&health.body) == u64::from(LOAD.robots);
        let robots = health.body["robots"].clone();
        (robots["restarts"] == 1 && all_work).then_some(robots)
    });
    assert_eq!(robots["total"], LOAD.robots, "{robots}");
    let summary = daemon.summary();
    assert_whole(&home, &summary);
}
