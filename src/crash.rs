//! Named points at which tests kill the real process; nothing at all unless built with `failpoints`.

/// A point that a test can name in `FAILPOINTS`, such as `order.before_submit=3*off->return`: there the process
/// dies by SIGKILL, as by `kill -9`.
#[cfg_attr(
    not(feature = "failpoints"),
    expect(unused_variables, reason = "a point is only read by failpoints")
)]
pub fn point(name: &str) {
    #[cfg(feature = "failpoints")]
    fail::fail_point!(name, |_| die());
}

#[cfg(feature = "failpoints")]
fn die() {
    let pid = std::process::id().to_string();
    if let Err(error) = std::process::Command::new("kill").args(["-9", &pid]).status() {
        eprintln!("could not kill the process: {error}");
    }
    std::process::abort();
}
