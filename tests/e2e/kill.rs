//! Killed at random moments, again and again, with robots trading and clients paying in, on each kind of database.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::daemon::{Daemon, Home, Load, count};
use crate::dice::Dice;
use crate::payer::Payer;
use crate::shared::Shared;
use crate::whole::{assert_exact, assert_kept, assert_whole};

const LOAD: Load = Load {
    robots: 40,
    speed: 600,
    seed: 11,
};
/// How soon after a kill the daemon takes work again, in the middle of all restarts: one may fall on a busy moment of the
/// machine.
const RESTART: Duration = Duration::from_secs(3);
/// The same on a server, which lets go of the killed one's lock in its own time.
const TAKE_OVER: Duration = Duration::from_secs(6);
/// Who has little or no power, and how much of it they are given at a time: some debts are collected at once, others late.
const DEBTORS: [(&str, &str); 2] = [("carol", "3"), ("dave", "10")];
/// How long a life waits for its first charge.
const LONGEST: Duration = Duration::from_secs(5);
/// With so many kills some hit a collection, however busy the machine was.
const MANY: u32 = 100;

/// What was seen over all lives.
struct Lives {
    home: Home,
    dice: Dice,
    /// How long each start took after a kill, until it took work.
    restarts: Vec<Duration>,
    /// The first user pays without need, and others pay debts off.
    payers: Vec<Payer>,
}

impl Lives {
    fn on(shared: &Shared) -> Self {
        // Accounts do not run dry, debtors may go on, and lost orders are looked up within a life, so that the last lives trade as much as the first;
        // each life is long enough for a sweep.
        let home = shared
            .home()
            .set("BURSAR__PAPER__SPEED", LOAD.speed.to_string())
            .set("BURSAR__PAPER__STARTING_BALANCE", "10000000")
            .set("BURSAR__SETTLEMENT__DEBT_LIMIT", "1000000000")
            .set("BURSAR__SETTLEMENT__SWEEP_INTERVAL", "500ms")
            .set("BURSAR__ROBOT__PLACE_DEADLINE", "300ms")
            .set("BURSAR__SYNC__LOOKUP_GRACE", "600ms");
        Self {
            payers: vec![Payer::start(home.folder().to_owned(), 1, "kill")],
            home,
            dice: Dice(u64::from(count("BURSAR_E2E_SEED", 1))),
            restarts: Vec::new(),
        }
    }

    /// Every other life is timed from the start, so that starting and migrating are interrupted too; the others from
    /// the first charge, or a while, so that they are long enough on a busy machine.
    fn live(&mut self, kill: u32) {
        // A market of its own for each life: the same one would begin again where the last commit left it.
        let seed = u64::from(kill);
        let mut daemon = self.home.demo(Load { seed, ..LOAD }, 3_600).start();
        if kill.is_multiple_of(2) {
            self.restarts.push(daemon.wait_ready());
            if self.payers.len() == 1 {
                for (name, amount) in DEBTORS {
                    let debtor = user(&mut daemon, name);
                    let folder = self.home.folder().to_owned();
                    self.payers.push(Payer::paying(folder, debtor, name, amount));
                }
            }
            let before = charged(&daemon);
            let begin = Instant::now();
            while begin.elapsed() < LONGEST && charged(&daemon) <= before {
                sleep(Duration::from_millis(20));
            }
        }
        sleep(Duration::from_millis(self.dice.between(50, 2_000)));
        assert_eq!(daemon.ended(), None, "it ended before kill {kill}\n{}", daemon.stderr());
        daemon.kill9();
        if self.home.folder().join("admin.token").exists() {
            assert_exact(&self.home);
        }
    }
}

/// How many closes were charged or are owed; `None` where nobody answers.
fn charged(daemon: &Daemon) -> Option<u64> {
    let statistics = daemon.caller()?.get("/ledger/statistics").ok()?.body;
    Some(statistics["charged_count"].as_u64()? + statistics["owed_count"].as_u64()?)
}

/// The id of a user, once it is there.
fn user(daemon: &mut Daemon, name: &str) -> i64 {
    daemon.wait_until(name, |daemon| {
        let users = daemon.caller()?.get("/users").ok()?.body;
        let users = users["items"].as_array()?;
        users.iter().find(|user| user["name"] == name)?["id"].as_i64()
    })
}

/// T2: what holds after every kill, and what must be there at the end.
fn killed(shared: &Shared, kills: u32, longest: Duration) {
    let kills = count("BURSAR_E2E_KILLS", kills);
    let mut lives = Lives::on(shared);
    for kill in 1..=kills {
        lives.live(kill);
    }
    let Lives {
        home,
        mut restarts,
        payers,
        ..
    } = lives;
    restarts.sort();
    let (middle, slowest) = (restarts[restarts.len() / 2], restarts[restarts.len() - 1]);
    let paid: Vec<String> = payers.into_iter().flat_map(Payer::end).collect();
    let books = assert_exact(&home);
    let charged = books.chargeable();
    let worked = ["hold:", "settle:", "collect:"].map(|kind| books.count(kind));
    let summary = home.demo(LOAD, 5).start().summary();
    assert_whole(&home, &summary);
    assert_kept(&assert_exact(&home), &paid);
    let scheme = home.database().split(':').next().unwrap_or_default().to_owned();
    let [holds, settled, collected] = worked;
    eprintln!(
        "{scheme}: {kills} kills, restart {middle:.2?} in the middle and {slowest:.2?} at most, {charged} closes to charge, {holds} holds, {settled} settled, \
         {collected} collected, {} recharges acknowledged and kept, {summary}",
        paid.len()
    );
    assert!(
        paid.len() >= kills as usize,
        "the clients paid in only {} times",
        paid.len()
    );
    assert!(
        charged >= u64::from(kills / 2),
        "the lives closed only {charged} with a profit"
    );
    assert!(holds > 0, "no kill can have hit a hold");
    assert!(kills < MANY || collected > 0, "no kill can have hit a collection");
    assert!(middle <= longest, "restarts took {restarts:?}");
}

#[test]
fn killed_at_random_moments_on_sqlite_it_charges_no_position_twice_and_forgets_none() {
    killed(&Shared::sqlite(), 30, RESTART);
}

#[test]
fn killed_at_random_moments_on_postgres_it_charges_no_position_twice_and_forgets_none() {
    if let Some(shared) = Shared::postgres() {
        killed(&shared, 15, TAKE_OVER);
    }
}

#[test]
fn killed_at_random_moments_on_mariadb_it_charges_no_position_twice_and_forgets_none() {
    if let Some(shared) = Shared::mariadb("kill") {
        killed(&shared, 15, TAKE_OVER);
    }
}
