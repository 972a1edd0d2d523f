//! The venue takes orders and loses the answers, and the process dies at the worst moment: one intent stays one order.

use std::os::unix::process::ExitStatusExt;

use crate::books::Window;
use crate::daemon::{Home, Load, PATIENCE};
use crate::whole::{assert_exact, assert_whole};

const LOAD: Load = Load {
    robots: 12,
    speed: 600,
    seed: 7,
};

/// Plays until the point is passed for the sixth time, dies there by SIGKILL, and plays on.
fn dies_at(point: &str) {
    let home = Home::fresh()
        .set("BURSAR__PAPER__FAULTS__LOSE_AFTER_ACCEPT", "250")
        .set("BURSAR__PAPER__FAULTS__LOSE_BEFORE_ACCEPT", "100");
    let points = format!("{point}=5*off->return");
    let mut daemon = home.demo(LOAD, 60).failing_at(&points).start();
    let status = daemon.wait(PATIENCE);
    assert_eq!(
        status.signal(),
        Some(9),
        "it never came to {point}\n{}",
        daemon.stderr()
    );
    assert_exact(&home);
    let mut again = home.demo(LOAD, 5).start();
    let summary = again.summary();
    assert!(
        daemon.told("order.in_doubt") || again.told("order.in_doubt"),
        "no answer was lost"
    );
    assert_whole(&home, &summary);
}

/// S3-10: the intent is on record before anything is sent.
#[test]
fn killed_before_an_open_is_submitted_its_intent_becomes_one_order_or_none() {
    dies_at("order.before_submit");
}

/// S3-10: an answer that nobody heard is asked for, never assumed.
#[test]
fn killed_after_an_open_is_submitted_it_is_one_order() {
    dies_at("order.after_submit");
}

#[test]
fn killed_before_a_close_is_submitted_the_position_closes_once() {
    dies_at("close.before_submit");
}

#[test]
fn killed_after_a_close_is_submitted_the_position_closes_once() {
    dies_at("close.after_submit");
}

#[test]
fn killed_between_a_fill_at_the_venue_and_its_record_the_fill_counts_once() {
    dies_at("sync.before_commit");
}

#[test]
fn killed_after_a_close_is_recorded_it_is_settled_once() {
    dies_at("sync.after_commit");
}

/// S1-13: a process that dies between the close and its charge charges it after the restart.
#[test]
fn killed_before_a_settlement_is_written_it_is_settled_once() {
    dies_at("settle.before_commit");
}

/// S1-03, S1-06: charge and mark are one commit, so nobody who looks again charges again.
#[test]
fn killed_after_a_settlement_is_written_it_is_settled_once() {
    dies_at("settle.after_commit");
}

/// S0-10: a writer that stood still may have been superseded, and its order looked up in vain: what it intended before is
/// too old to be sent. Here nobody took over, and it goes on.
fn stands_still_at(point: &str) {
    let home = Home::fresh();
    let points = format!("{point}=5*off->1*sleep(6000)->off");
    let mut daemon = home.demo(LOAD, 20).failing_at(&points).start();
    let summary = daemon.summary();
    assert!(daemon.told("order.not_sent"), "{}", daemon.stderr());
    assert_whole(&home, &summary);
}

#[test]
fn a_process_that_stood_still_before_an_open_was_submitted_does_not_send_it() {
    stands_still_at("order.before_submit");
}

#[test]
fn a_process_that_stood_still_before_a_close_was_submitted_does_not_send_it_and_closes_anew() {
    stands_still_at("close.before_submit");
}

/// Power that is held for a position that is over, or never was.
fn orphans(home: &Home) -> i64 {
    let held = "SELECT COUNT(*) FROM hold h WHERE h.state = 'held' AND NOT EXISTS \
                (SELECT 1 FROM position p WHERE p.id = h.position_id AND p.state NOT IN ('closed', 'abandoned'))";
    Window::open(&home.database()).count(held)
}

/// S3-10: power is reserved before the intent is written. What a death leaves reserved is given back, once, while holds of
/// positions are used or given back as always; the audit tells of a hold that ended twice.
#[test]
fn killed_after_power_was_reserved_the_hold_is_used_or_given_back() {
    let home = Home::fresh().set("BURSAR__SETTLEMENT__HOLD__RELEASE_INTERVAL", "1s");
    let mut lives = 0;
    // Who has no power gets no hold, and is passed over here.
    while lives == 0 || orphans(&home) == 0 {
        let mut daemon = home.demo(LOAD, 60).failing_at("open.after_hold=3*off->return").start();
        let status = daemon.wait(PATIENCE);
        assert_eq!(status.signal(), Some(9), "{}", daemon.stderr());
        assert_exact(&home);
        lives += 1;
        assert!(lives < 12, "no death left a hold behind");
    }
    let summary = home.demo(LOAD, 5).start().summary();
    assert_whole(&home, &summary);
    let mut daemon = home.bursar(&["run"]).set("BURSAR__PAPER__SPEED", "600").start();
    daemon.wait_ready();
    daemon.wait_until("given back", |_| (orphans(&home) == 0).then_some(()));
    daemon.stop();
    home.verify();
}
