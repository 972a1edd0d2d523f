//! A graceful stop under load: soon, clean, and without losing what was acknowledged.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::daemon::{Home, Load, PATIENCE};
use crate::payer::Payer;
use crate::whole::{assert_exact, assert_kept, assert_whole};

const LOAD: Load = Load {
    robots: 24,
    speed: 120,
    seed: 9,
};
/// What `daemon.shutdown_deadline` promises.
const STOP: Duration = Duration::from_secs(10);

/// T18: clients keep paying while it stops; a second signal changes nothing.
#[test]
fn stopped_under_load_it_ends_with_0_within_ten_seconds_and_keeps_every_acknowledged_recharge() {
    let home = Home::fresh();
    let payers = ["stop-a", "stop-b", "stop-c"].map(|name| Payer::start(home.folder().to_owned(), 1, name));
    for pause in [0, 20, 300] {
        let mut daemon = home.demo(LOAD, 3_600).start();
        daemon.wait_ready();
        sleep(Duration::from_millis(1_500));
        let begin = Instant::now();
        daemon.signal("TERM");
        sleep(Duration::from_millis(pause));
        if daemon.ended().is_none() {
            daemon.signal("TERM");
        }
        let status = daemon.wait(PATIENCE);
        let took = begin.elapsed();
        assert_eq!(status.code(), Some(0), "{}", daemon.stderr());
        assert!(took <= STOP, "the stop took {took:?}");
        assert_exact(&home);
    }
    let paid: Vec<String> = payers.into_iter().flat_map(Payer::end).collect();
    assert!(paid.len() > 50, "only {} recharges", paid.len());
    let summary = home.demo(LOAD, 3).start().summary();
    assert_whole(&home, &summary);
    assert_kept(&assert_exact(&home), &paid);
}
