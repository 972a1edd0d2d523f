//! Named points at which tests kill the real process; compiled into debug builds only.

/// A point that a test can name in `FAILPOINTS`, such as `order.before_submit=3*off->return`: there the process
/// dies by SIGKILL, as by `kill -9`. Nothing at all in a release build.
#[cfg(debug_assertions)]
pub fn point(name: &str) {
    fail::fail_point!(name, |_| die());
}

/// A point that a test can name in a debug build; nothing in this one.
#[cfg(not(debug_assertions))]
pub fn point(_name: &str) {}

/// Reads `FAILPOINTS`; keep the answer for as long as the points are to work. Does nothing in a release build.
#[must_use = "the points work for as long as this lives"]
pub fn arm() -> Armed {
    Armed {
        #[cfg(debug_assertions)]
        _scenario: fail::FailScenario::setup(),
    }
}

/// The points are armed.
pub struct Armed {
    #[cfg(debug_assertions)]
    _scenario: fail::FailScenario<'static>,
}

#[cfg(debug_assertions)]
fn die() {
    let pid = std::process::id().to_string();
    if let Err(error) = std::process::Command::new("kill").args(["-9", &pid]).status() {
        eprintln!("could not kill the process: {error}");
    }
    std::process::abort();
}
