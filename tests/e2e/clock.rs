//! The wall clock jumps between two lives of the daemon, or passes a date that is unlike others.

use std::process::Command;

use crate::daemon::{Home, Load};
use crate::skipped::skip;
use crate::whole::{assert_exact, assert_whole};

const LOAD: Load = Load {
    robots: 12,
    speed: 600,
    seed: 3,
};

/// What `faketime` is told for each life: jumps both ways, both changes of summer time, and a leap day.
const TIMES: [&str; 6] = [
    "+1h",
    "-1d",
    "@2027-03-28 00:59:58",
    "@2027-10-31 00:59:58",
    "@2028-02-28 23:59:58",
    "-2h",
];

/// T12. The books are asked each time whether booking times ever went backwards.
#[test]
fn a_clock_that_jumps_doubles_no_charge_and_never_books_backwards() {
    if !Command::new("faketime")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        return skip("tests of clocks that jump; install faketime to turn them on");
    }
    let home = Home::fresh().set("TZ", "Europe/Berlin");
    let first = home.demo(LOAD, 3).start().summary();
    assert_whole(&home, &first);
    for time in TIMES {
        let wrapper = ["faketime", "--exclude-monotonic", "-f", time];
        let arguments = LOAD.arguments(home.folder(), 3);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut daemon = home.bursar_under(&wrapper, &arguments).start();
        daemon.wait_ready();
        let summary = daemon.summary();
        assert_eq!(summary["ledger_ok"], true, "{time}: {summary}");
        assert_exact(&home);
    }
    let last = home.demo(LOAD, 3).start().summary();
    assert_whole(&home, &last);
    let closed = |summary: &serde_json::Value| summary["positions_closed"].as_u64().unwrap();
    assert!(closed(&last) > closed(&first), "it stopped trading: {first} {last}");
}
