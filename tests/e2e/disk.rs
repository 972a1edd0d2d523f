//! The disk fails, or the process dies exactly where a commit reaches it; strace makes both happen.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use crate::daemon::{Daemon, Home, Load, PATIENCE, count};
use crate::payer::Payer;
use crate::skipped::skip;
use crate::whole::{assert_exact, assert_kept, assert_whole};

const LOAD: Load = Load {
    robots: 12,
    speed: 600,
    seed: 5,
};

/// The exit code of a daemon that cannot go on.
const BROKEN: i32 = 70;
/// The exit code of one that could not even start.
const NOT_STARTED: i32 = 1;

/// Whether processes may be traced here.
fn can_trace() -> bool {
    let arguments = ["-f", "-D", "-qq", "-o", "/dev/null", "-e", "trace=none", "true"];
    let able = Command::new("strace")
        .args(arguments)
        .status()
        .is_ok_and(|status| status.success());
    if !able {
        skip("tests of failing disks; install strace, and let it trace, to turn them on");
    }
    able
}

/// The demo, with something done to each thread's syncs to the disk that `when` picks.
fn demo_with(home: &Home, what: &str, when: &str, seconds: u32) -> Daemon {
    let log = home.folder().join("strace.log");
    let inject = format!("inject=fdatasync,fsync:{what}:when={when}");
    let mut wrapper = vec!["strace", "-f", "-D", "-qq", "-o", log.to_str().unwrap()];
    wrapper.extend(["-e", "trace=fdatasync,fsync", "-e", &inject]);
    if what.starts_with("error") {
        // Stops at nothing else, so it costs little; but then strace injects no signals.
        wrapper.push("--seccomp-bpf");
    }
    let arguments = LOAD.arguments(home.folder(), seconds);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    home.bursar_under(&wrapper, &arguments).start()
}

/// T1: the first syncs are those of the migrations.
#[test]
fn killed_at_the_nth_commit_of_its_first_life_it_starts_again_and_is_exact() {
    if !can_trace() {
        return;
    }
    let chosen = match count("BURSAR_E2E_COMMITS", 0) {
        0 => vec![1, 2, 7, 25],
        all => (1..=all).collect(),
    };
    for nth in chosen {
        let home = Home::fresh();
        let mut daemon = demo_with(&home, "signal=SIGKILL", &nth.to_string(), 20);
        let status = daemon.wait(PATIENCE);
        assert_eq!(status.signal(), Some(9), "commit {nth}: {status}\n{}", daemon.stderr());
        let mut again = home.demo(LOAD, 3_600).start();
        again.wait_ready();
        again.kill9();
        assert_exact(&home);
    }
}

/// T1: later ones are those of trading.
#[test]
fn killed_at_the_nth_commit_of_later_lives_it_loses_nothing_and_doubles_nothing() {
    if !can_trace() {
        return;
    }
    let home = Home::fresh();
    let payer = Payer::start(home.folder().to_owned(), 1, "commit");
    let mut daemon = home.demo(LOAD, 3_600).start();
    daemon.wait_ready();
    daemon.kill9();
    for nth in [3, 10, 33, 100, 200] {
        let mut daemon = demo_with(&home, "signal=SIGKILL", &nth.to_string(), 3_600);
        let status = daemon.wait(PATIENCE);
        assert_eq!(status.signal(), Some(9), "commit {nth}: {status}\n{}", daemon.stderr());
        assert_exact(&home);
    }
    let paid = payer.end();
    let summary = home.demo(LOAD, 5).start().summary();
    assert_whole(&home, &summary);
    assert_kept(&assert_exact(&home), &paid);
}

/// T3: what the disk refused once may never reach it, so nothing is tried again: the process ends, and the next one
/// goes on from what is there. Each life ends at a later sync of a thread.
#[test]
fn a_disk_that_fails_ends_the_process_and_costs_no_acknowledged_recharge() {
    if !can_trace() {
        return;
    }
    let home = Home::fresh();
    let payer = Payer::start(home.folder().to_owned(), 1, "broken");
    for when in ["40+", "25", "60", "120+"] {
        let mut daemon = demo_with(&home, "error=EIO", when, 3_600);
        let status = daemon.wait(PATIENCE);
        let ends = matches!(status.code(), Some(BROKEN | NOT_STARTED));
        assert!(ends, "{when}: {status}\n{}", daemon.stderr());
        assert_exact(&home);
    }
    let paid = payer.end();
    let summary = home.demo(LOAD, 5).start().summary();
    assert_whole(&home, &summary);
    assert_kept(&assert_exact(&home), &paid);
}
