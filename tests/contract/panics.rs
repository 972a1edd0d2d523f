//! The promise that a panic becomes a log line, and stays in the thread where it happened.

use std::process::Command;

use bursar::config::{self, Sources};
use bursar::telemetry;

/// Runs in a process of its own, because a panic hook and a subscriber are for a whole process.
#[test]
#[ignore = "started by the test below"]
fn child_that_panics_in_a_thread() {
    let sources = Sources::default()
        .with_variable("BURSAR__LOG__FORMAT", "json")
        .with_variable("BURSAR__LOG__FILTER", "info");
    telemetry::install(&config::load(&sources).unwrap().log).unwrap();
    let thread = std::thread::Builder::new().name("robot-7".to_owned());
    let ended = thread.spawn(|| panic!("the till is empty")).unwrap().join();
    assert!(ended.is_err());
}

#[test]
fn a_panic_is_one_structured_line_with_its_place() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "panics::child_that_panics_in_a_thread",
            "--nocapture",
        ])
        .output()
        .unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    let line = said
        .lines()
        .find(|line| line.contains("process.panicked"))
        .expect(&said);
    let fields: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(fields["level"], "ERROR");
    assert_eq!(fields["event"], "process.panicked");
    assert_eq!(fields["panic.thread"], "robot-7");
    let place = fields["panic.place"].as_str().unwrap();
    assert!(place.starts_with("tests/contract/panics.rs:"), "{place}");
    assert_eq!(fields["message"], format!("panic at {place}: the till is empty"));
}
