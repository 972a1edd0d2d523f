//! The promises of the unit file: systemd understands all of it, and the sandbox stays strict.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::skipped::skip;

fn unit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd/bursar.service")
}

/// None, with a word on stderr, where systemd is not installed and need not be.
fn analyze(arguments: &[&str], unit: &Path) -> Option<Output> {
    match Command::new("systemd-analyze").args(arguments).arg(unit).output() {
        Ok(output) => Some(output),
        Err(error) => {
            skip(&format!(
                "tests of the unit file; install systemd-analyze to turn them on ({error})"
            ));
            None
        }
    }
}

#[test]
fn the_unit_is_understood_without_a_warning() {
    // Where it is not installed, the program that the unit starts does not exist.
    let folder = TempDir::new().unwrap();
    let copy = folder.path().join("bursar.service");
    let text = fs::read_to_string(unit()).unwrap();
    let program = std::env::current_exe().unwrap();
    fs::write(&copy, text.replace("/usr/bin/bursar", program.to_str().unwrap())).unwrap();
    let Some(output) = analyze(&["verify"], &copy) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("bursar.service"), "{said}");
}

/// T28: exposure at most 1.5; the threshold is given in tenths.
#[test]
fn the_sandbox_keeps_the_exposure_at_most_1_5() {
    let Some(output) = analyze(&["security", "--offline=true", "--threshold=15", "--no-pager"], &unit()) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Overall exposure level"), "{said}");
}

#[test]
fn a_stop_fits_into_the_time_that_systemd_grants() {
    let text = fs::read_to_string(unit()).unwrap();
    let seconds = |key: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|rest| rest.strip_prefix('=')).unwrap().parse().unwrap()
    };
    let sources = bursar::config::Sources {
        environment: Some("production".to_owned()),
        ..bursar::config::Sources::default()
    };
    let settings = bursar::config::load(&sources).unwrap();
    assert!(settings.daemon.shutdown_deadline.as_secs() < seconds("TimeoutStopSec"));
    assert!(settings.ledger.pulse_interval.as_secs() * 3 <= seconds("WatchdogSec"));
    assert!(text.contains("Type=notify\nNotifyAccess=main\n") && text.contains("LimitCORE=0\n"));
}
