//! From the start of the process until every event of the backlog is a trigger on record.

use std::time::Instant;

use crate::backlog::{Backlog, EVENTS, Key, most_memory};
use crate::ground::Kind;
use crate::runs;
use crate::spread::tell;

/// How often, without being told otherwise.
const RUNS: u32 = 5;

pub fn measure(backlog: &Backlog, kind: Kind) {
    with_key(backlog, kind, Key::Clear, "cold");
    with_key(backlog, kind, Key::Keystore, "cold with a keystore to open");
}

fn with_key(backlog: &Backlog, kind: Kind, key: Key, what: &str) {
    let (mut readies, mut reads, mut most) = (Vec::new(), Vec::new(), 0);
    for _ in 0..runs(RUNS) {
        let Some(place) = backlog.place(kind, key) else {
            println!("{}: no server is named, nothing is measured", kind.name());
            return;
        };
        let started = Instant::now();
        let mut daemon = place.home.bursar(&["run"]).start();
        reads.push(place.until_read(&daemon, started));
        most = most_memory(&daemon).max(most);
        daemon.wait_ready();
        readies.push(started.elapsed());
        place.assert_complete();
        daemon.stop();
        place.home.verify();
        place.remove(&backlog.runtime);
    }
    let name = kind.name();
    tell(
        &format!("{name}, {what}: from start to {EVENTS} triggers on record"),
        reads,
    );
    tell(&format!("{name}, {what}: from start to ready"), readies);
    println!("{name}, {what}: most memory of the daemon {} MB", most / 1_000_000);
}
