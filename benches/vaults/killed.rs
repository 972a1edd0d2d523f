//! From the start after `kill -9` until the daemon is ready, with nothing missing: killed while it reads the backlog, and after it.

use std::time::Instant;

use crate::backlog::{Backlog, Key, Place};
use crate::ground::Kind;
use crate::runs;
use crate::spread::tell;

/// How often each, without being told otherwise.
const RUNS: u32 = 5;

pub fn measure(backlog: &Backlog, kind: Kind) {
    let (mut whiles, mut afters) = (Vec::new(), Vec::new());
    let runs = runs(RUNS);
    for run in 0..runs {
        let Some(place) = backlog.place(kind, Key::Clear) else {
            return;
        };
        let mut daemon = place.home.bursar(&["run"]).start();
        let at = 1 + i64::from(run) * 90 / i64::from(runs);
        while place.cursor() < at {
            std::thread::yield_now();
        }
        daemon.kill9();
        whiles.push(again(&place));
        let mut daemon = place.home.bursar(&["run"]).start();
        daemon.wait_ready();
        daemon.kill9();
        afters.push(again(&place));
        place.home.verify();
        place.remove(&backlog.runtime);
    }
    let name = kind.name();
    tell(
        &format!("{name}, killed while it read: ready, with everything on record"),
        whiles,
    );
    tell(
        &format!("{name}, killed when all was read: ready, with everything on record"),
        afters,
    );
}

/// A life from its start until it is ready and nothing is missing.
fn again(place: &Place) -> std::time::Duration {
    let started = Instant::now();
    let mut daemon = place.home.bursar(&["run"]).start();
    daemon.wait_ready();
    place.until_read(&daemon, started);
    let took = started.elapsed();
    place.assert_complete();
    daemon.kill9();
    took
}
