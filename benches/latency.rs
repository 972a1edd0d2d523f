//! From a market's tick to an order on record and at the paper venue, with 1,000 robots on the market.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

#[path = "support/meter.rs"]
mod meter;
#[path = "support/seats.rs"]
mod seats;
#[path = "support/spread.rs"]
mod spread;

use std::time::{Duration, Instant};

use bursar::actors::mail::ClosePosition;
use bursar::assemble::{self, Daemon, Ending};
use bursar::config::Settings;
use domain::fixed::{Price, Quantity};
use domain::market::{Symbol, Tick};
use domain::position::CloseReason;
use domain::robot::RiskPreference;
use meter::Meter;
use seats::Seat;
use spread::tell;

const ROBOTS: usize = 1_000;
const MARKET: &str = "BTCUSDT";
/// How many times as fast as life the daemon's clock runs, so that windows fill soon. What is measured is real time.
const SPEED: u32 = 20;
const WINDOW_SECONDS: u32 = 5;
/// The price before a round.
const PRICE: i64 = 50_000;
/// One robot opens at this price, all others need more.
const ONE: i64 = 50_500;
/// All robots open at this price.
const ALL: i64 = 54_000;
const ROUNDS_OF_ONE: usize = 200;
const ROUNDS_OF_ALL: usize = 10;
/// Longest wait for what a jump brings about.
const PATIENCE: Duration = Duration::from_secs(20);

/// Recorded right after the intent's commit, and right after the venue's answer.
const INTENDED: &str = "bursar_decision_seconds";
const PLACED: &str = "bursar_orders_total";

/// The times from a tick on, of all rounds.
#[derive(Debug, Default)]
struct Times {
    intended: Vec<Duration>,
    placed: Vec<Duration>,
}

impl Times {
    fn take(&mut self, meter: &Meter, purpose: &str, from: Instant) {
        let since = |name| {
            let samples = meter.samples(name, purpose).into_iter();
            samples.map(move |(at, _)| at - from)
        };
        self.intended.extend(since(INTENDED));
        self.placed.extend(since(PLACED));
    }

    fn tell(self, what: &str) {
        tell(&format!("{what}, intent on record"), self.intended);
        tell(&format!("{what}, answered by the venue"), self.placed);
    }
}

fn main() {
    let (meter, handle) = Meter::install(&[INTENDED, PLACED]);
    let directory = tempfile::tempdir().unwrap();
    actix::System::new().block_on(async {
        let settings = settings(directory.path());
        let daemon = assemble::start_with(&settings, handle, |venue| venue).await.unwrap();
        stay(&daemon, PRICE).await;
        seats::seat(&daemon, &(0..ROBOTS).map(seat_of).collect::<Vec<_>>()).await;
        let calm = Duration::from_secs(10);
        tokio::time::sleep(calm).await;
        rounds(&daemon, &meter, (1, ONE), ROUNDS_OF_ONE).await;
        rounds(&daemon, &meter, (ROBOTS, ALL), ROUNDS_OF_ALL).await;
        assert_eq!(daemon.stop(Ending::Asked).await, Ending::Asked);
    });
}

/// The market stands still unless it is told a price, and robots open and stop at moves that are told.
fn settings(directory: &std::path::Path) -> Settings {
    let mut settings = seats::settings(directory);
    settings.paper.speed = SPEED;
    settings.paper.tick_interval = Duration::from_secs(1_000 * 3_600);
    settings.risk.price_max_age = Duration::from_secs(3_600);
    settings.risk.max_orders_per_minute = 1_000;
    seats::exits(&mut settings, RiskPreference::Aggressive, "0.5", "5");
    seats::exits(&mut settings, RiskPreference::Conservative, "5", "5");
    settings
}

fn seat_of(robot: usize) -> Seat {
    Seat {
        account: robot,
        symbol: Symbol::new(MARKET),
        risk: if robot == ROBOTS / 2 {
            RiskPreference::Aggressive
        } else {
            RiskPreference::Conservative
        },
        window_seconds: WINDOW_SECONDS,
        stake: 100,
        leverage: 10,
    }
}

/// Lets the price jump up, at which so many robots open, and fall back, at which they stop; and again.
async fn rounds(daemon: &Daemon, meter: &Meter, (count, price): (usize, i64), rounds: usize) {
    let store = daemon.store.as_ref();
    let (mut opens, mut closes) = (Times::default(), Times::default());
    let mut missed = 0;
    for _ in 0..rounds {
        stay(daemon, PRICE).await;
        meter.clear();
        let jumped = tick(daemon, price).await;
        seats::until(store, |open, moving| (open, moving) == (count, 0), PATIENCE).await;
        opens.take(meter, "purpose=open", jumped);
        missed += count - seats::positions(store).await.0;
        stay(daemon, price).await;
        meter.clear();
        let fell = tick(daemon, PRICE).await;
        seats::until(store, |open, moving| open + moving == 0, PATIENCE).await;
        closes.take(meter, "purpose=close", fell);
        close_rest(daemon).await;
    }
    println!("{ROBOTS} robots on one market, {count} of them fire: {rounds} rounds, {missed} opens missed");
    opens.tell("  open");
    closes.tell("  close");
}

/// Closes what robots opened at the fall that had missed the jump.
async fn close_rest(daemon: &Daemon) {
    let store = daemon.store.as_ref();
    let robots = seats::live(store)
        .await
        .into_iter()
        .filter_map(|position| position.robot);
    for robot in robots {
        let reason = CloseReason::Manual;
        let asked = daemon
            .actors
            .mailboxes()
            .close
            .send(ClosePosition { robot, reason })
            .await;
        println!("  robot {robot} is told to close: {:?}", asked.unwrap());
    }
    assert!(seats::until(store, |open, moving| open + moving == 0, PATIENCE).await);
}

/// Keeps the price until windows hold no other.
async fn stay(daemon: &Daemon, price: i64) {
    // One second of the daemon's time, and a few more than the window is long.
    let step = Duration::from_secs(1) / SPEED;
    for _ in 0..WINDOW_SECONDS + 3 {
        tick(daemon, price).await;
        tokio::time::sleep(step).await;
    }
}

/// Pushes a tick onto the tape, and answers when it was pushed.
async fn tick(daemon: &Daemon, price: i64) -> Instant {
    let tick = Tick {
        at: daemon.clock.now(),
        price: Price::whole(price).unwrap(),
        quantity: Quantity::ZERO,
    };
    let pushed = Instant::now();
    daemon.paper.tick(&Symbol::new(MARKET), tick).await;
    pushed
}
