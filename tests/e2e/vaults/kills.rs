//! The daemon is killed at every step from a log to its payouts, and goes on from what is on record.

use std::time::{Duration, Instant};

use super::whole::assert_whole;
use super::world::{COIN, SHARE, World, text};
use crate::anvil::USER;
use crate::daemon::Home;
use crate::shared::Shared;

/// Where it is killed, in the order in which the points are passed.
const POINTS: [&str; 13] = [
    "receive.before_commit",
    "receive.after_commit",
    "trigger.intended",
    "trigger.placed",
    "trigger.filled",
    "trade.before_commit",
    "trade.after_commit",
    "payout.before_signed",
    "payout.signed",
    "payout.sent",
    "payout.receipt",
    "payout.before_confirmed",
    "paid.after_commit",
];
/// How soon after a kill the daemon takes work again.
const RESTART: Duration = Duration::from_secs(3);

/// A deposit and a redemption at once, killed at each point, then a calm life to their end.
fn killed_at_every_point(home: Home) {
    let Some(world) = World::open(home) else {
        return;
    };
    // Shares to redeem.
    let daemon = world.start();
    world.deposit(USER, 6_000 * COIN);
    world.settled(&daemon, 1);
    daemon.stop();
    for point in POINTS {
        let mut daemon = world
            .home
            .bursar(&["run"])
            .failing_at(&format!("{point}=return"))
            .start();
        world.deposit(USER, 410 * COIN);
        world.redeem(USER, SHARE / 2 + SHARE);
        let begin = Instant::now();
        while daemon.ended().is_none() {
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "{point} is never passed\n{}",
                daemon.stderr()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    let mut daemon = world.home.bursar(&["run"]).start();
    let restart = daemon.wait_ready();
    let shown = world.settled(&daemon, 1 + 2 * POINTS.len());
    for order in &shown.0 {
        let paid = ["mint_tx_hash", "payout_tx_hash", "refund_tx_hash"];
        assert!(paid.iter().any(|name| order[name].is_string()), "{order:#}");
        assert_ne!(text(order, "state"), "held");
    }
    println!(
        "killed at {} points, ready again after {} ms",
        POINTS.len(),
        restart.as_millis()
    );
    assert!(restart < RESTART * 4, "{restart:?}");
    let returned: Vec<_> = shown
        .0
        .iter()
        .filter(|order| text(order, "state") != "settled")
        .collect();
    assert!(returned.is_empty(), "{returned:#?}");
    assert_whole(&world, daemon);
}

#[test]
fn t1_killed_at_every_step_from_the_log_to_the_payout_on_sqlite() {
    killed_at_every_point(Home::fresh());
}

#[test]
fn t1_killed_at_every_step_from_the_log_to_the_payout_on_postgres() {
    let Some(shared) = Shared::postgres() else {
        return;
    };
    // The stock market's clock is that of life.
    killed_at_every_point(shared.home().set("BURSAR__PAPER__SPEED", "1"));
}
