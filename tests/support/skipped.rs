//! Tells what a test skipped: once, past the capture of the test harness, so that a passing run says it too.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Says what is skipped and how to turn it on; where services are required, a missing one fails instead.
pub fn skip(why: &str) {
    let required = std::env::var_os("BURSAR_REQUIRE_SERVICES").is_some();
    assert!(!required, "needed here: {why}");
    tell(why);
}

/// Says what is skipped, once in each test binary.
pub fn tell(why: &str) {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.insert(why.to_owned()) {
        // The macros for output write into the harness's capture, which a passing test never shows.
        std::io::stderr()
            .write_all(format!("skipped: {why}\n").as_bytes())
            .unwrap();
    }
}
