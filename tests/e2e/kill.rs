//! Killed at random moments, again and again, with robots trading and a client paying in.

use std::thread::sleep;
use std::time::Duration;

use crate::daemon::{Home, Load, count};
use crate::dice::Dice;
use crate::payer::Payer;
use crate::whole::{assert_exact, assert_kept, assert_whole};

const LOAD: Load = Load {
    robots: 40,
    speed: 600,
    seed: 11,
};
/// How soon after a kill the daemon must take work again.
const RESTART: Duration = Duration::from_secs(3);

/// T2. Every other life is timed from the start, so that starting is interrupted too; the others from being ready.
#[test]
fn killed_fifty_times_it_charges_no_position_twice_and_forgets_none() {
    let kills = count("BURSAR_E2E_KILLS", 50);
    let mut dice = Dice(u64::from(count("BURSAR_E2E_SEED", 1)));
    // Debtors may go on, and lost orders are looked up within a life, so that the last lives trade as much as the first.
    let home = Home::fresh()
        .set("BURSAR__SETTLEMENT__DEBT_LIMIT", "1000000000")
        .set("BURSAR__ROBOT__PLACE_DEADLINE", "300ms")
        .set("BURSAR__SYNC__LOOKUP_GRACE", "600ms");
    let payer = Payer::start(home.folder().to_owned(), 1, "kill");
    let mut slowest = Duration::ZERO;
    for kill in 1..=kills {
        // A market of its own for each life: the same one would begin again where the last commit left it.
        let seed = u64::from(kill);
        let mut daemon = home.demo(Load { seed, ..LOAD }, 3_600).start();
        if kill % 2 == 0 {
            slowest = slowest.max(daemon.wait_ready());
        }
        sleep(Duration::from_millis(dice.between(50, 2_000)));
        assert_eq!(daemon.ended(), None, "it ended before kill {kill}\n{}", daemon.stderr());
        daemon.kill9();
        if home.folder().join("admin.token").exists() {
            assert_exact(&home);
        }
    }
    let paid = payer.end();
    let charged = assert_exact(&home).chargeable();
    let summary = home.demo(LOAD, 5).start().summary();
    assert_whole(&home, &summary);
    assert_kept(&assert_exact(&home), &paid);
    eprintln!(
        "{kills} kills, {charged} to charge, slowest restart {slowest:?}, {} recharges, {summary}",
        paid.len()
    );
    assert!(
        paid.len() >= kills as usize,
        "the client paid in only {} times",
        paid.len()
    );
    assert!(
        charged >= u64::from(kills),
        "the lives closed only {charged} with a profit"
    );
    assert!(slowest <= RESTART, "a restart took {slowest:?}");
}
