//! A random story: markets, hands, operators, crashes and clocks, from one seed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bursar::actors::mail::ClosePosition;
use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::paper::Chaos;
use bursar::desk::NewCloseAll;
use bursar::ports::store::{AlertFilter, HoldFilter, OrderFilter, PositionFilter, Store};
use domain::id::{RobotId, UserId};
use domain::market::{Side, Symbol};
use domain::order::{OrderState, Purpose};
use domain::page::Page;
use domain::pause::PauseScope;
use domain::position::{CloseReason, PositionState};
use domain::robot::Wanted;
use domain::time::Timestamp;
use domain::venue::VenueName;

use crate::world::{
    ACCOUNTS, Broken, Chance, Daemon, Neighbours, POOR, Panics, RICH, ROBOTS, Troubles, World, asker, btc, check, eth,
};

/// How long trouble lasts, in seconds.
const TROUBLED: u32 = 420;
/// How long the world then has to come to rest.
const REST: u32 = 100;
const HOUR: i64 = 3_600_000;
/// How long after its hold a position may come to be.
const HOLD_GRACE: Duration = Duration::from_secs(20);

/// All rows at once: a world is small.
const ALL: Page = Page::first(1_000_000);

/// What happened, and how often.
#[derive(Debug, Default, Clone)]
pub struct Told(pub BTreeMap<String, usize>);

impl Told {
    pub fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what.clone()).or_default() += count;
        }
    }
}

/// The usual troubles of a world.
pub fn troubles(seed: u64) -> Troubles {
    Troubles {
        commit_before: 15,
        commit_after: 15,
        robot_panics: 30,
        late_placements: 80,
        venue: Chaos {
            seed,
            lose_before: 30,
            lose_after: 40,
            reject: 20,
            rate_limited: 5,
            duplicate_fills: 50,
            stale_positions: 30,
            delayed: 100,
            longest_delay: Duration::from_millis(3_500),
        },
    }
}

/// Lives through a story, lets the world come to rest, and answers what does not hold.
pub fn tell(seed: u64) -> (Vec<Broken>, Told) {
    look_back(&tell_world(seed))
}

/// Lives through a story, and lets the world come to rest.
pub fn tell_world(seed: u64) -> World {
    let mut world = World::new(seed, troubles(seed));
    world.neighbours = Neighbours::of(seed);
    let mut chance = Chance::new(seed, "story");
    let robots: Vec<i64> = world.neighbours.robots().collect();
    let mut market = Market::new(seed);
    let mut left = TROUBLED;
    world.chaos.store(true, Ordering::Relaxed);
    while left > 0 {
        let until_crash = u32::try_from(60 + chance.below(300)).unwrap().min(left);
        let (venue_troubles, panics) = (world.troubles.venue, Arc::clone(&world.panics));
        world.live(async |daemon| {
            daemon.venue.faults().chaos(Some(venue_troubles));
            for second in 0..until_crash {
                daemon.second(&market.moves()).await;
                happen(&mut chance, daemon, &panics, (&robots, left - second)).await;
            }
            // The process dies between two awaits, wherever its tasks are.
            for _ in 0..chance.below(40) {
                tokio::task::yield_now().await;
            }
        });
        left -= until_crash;
    }
    world.chaos.store(false, Ordering::Relaxed);
    world.panics.forget();
    world.live(rest);
    world
}

/// Nothing is opened any more; everything under way comes to its end.
async fn rest(daemon: &Daemon) {
    pause(daemon, true).await;
    // An account without a running robot and without anything on record is nobody's; a hand may have opened there.
    for (account, ..) in ACCOUNTS {
        daemon.sync(account).await;
    }
    daemon.seconds(REST).await;
    daemon.sweep().await;
    daemon.release(HOLD_GRACE).await;
    // The markets stand still: what they brought about last is seen by the next poll of the slowest account.
    tokio::time::sleep(Duration::from_secs(31)).await;
    daemon.stop().await;
}

fn look_back(world: &World) -> (Vec<Broken>, Told) {
    let (rows, witness) = (world.rows.clone(), world.witness.clone());
    let (lives, panics) = (world.lives, world.panics.struck());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let broken = check(&rows, &witness).await;
        let mut told = totals(&rows, lives).await;
        told.0.insert("robot panic".to_owned(), panics);
        (broken, told)
    })
}

/// Counts what happened by what it was, from the rows that it left.
async fn totals(rows: &MemoryStore, lives: u64) -> Told {
    let mut told = Told::default();
    let mut count = |what: String| *told.0.entry(what).or_default() += 1;
    (0..lives).for_each(|_| count("life".to_owned()));
    for position in rows.positions(PositionFilter::default(), ALL).await.unwrap() {
        let origin = position.origin.as_str();
        match position.state {
            PositionState::Closed { reason, .. } => count(format!("{origin} position closed: {}", reason.as_str())),
            other => count(format!("{origin} position {}", other.as_str())),
        }
        count(format!(
            "{origin} position's profit: {}",
            position.provenance.source.as_str()
        ));
        count(format!("settlement {}", position.settlement.as_str()));
    }
    for order in rows.orders(OrderFilter::default(), ALL).await.unwrap() {
        if order.purpose == Purpose::Close && !order.reduce_only {
            count(format!("close that may grow the other side: {}", order.state.as_str()));
        }
        match &order.state {
            OrderState::Refused { reason } => count(format!("order refused: {reason}")),
            other => count(format!("order {}", other.as_str())),
        }
    }
    for debt in rows.debts(None, ALL).await.unwrap() {
        count(format!("debt {}", debt.state.as_str()));
    }
    for hold in rows.holds(HoldFilter::default(), ALL).await.unwrap() {
        count(format!("hold {}", hold.state.as_str()));
    }
    for close_all in rows.close_alls(ALL).await.unwrap() {
        count(format!("close-all {}", close_all.state.as_str()));
    }
    let newest = Page::first(1_000);
    for alert in rows.alerts(AlertFilter::All, newest).await.unwrap() {
        count(format!("alert {}", alert.kind.as_str()));
    }
    told
}

/// What else happens in a second.
async fn happen(chance: &mut Chance, daemon: &Daemon, panics: &Panics, (robots, second): (&[i64], u32)) {
    let (account, ..) = chance.pick(&ACCOUNTS);
    let side = chance.pick(&[Side::Long, Side::Short]);
    let symbol = chance.pick(&[btc(), eth()]);
    let robot = RobotId(chance.pick(robots));
    // Whether it succeeds is the daemon's business, not the story's.
    if chance.in_thousand(15) {
        drop(daemon.venue.close_by_hand(account, &symbol, side).await);
    }
    if chance.in_thousand(10) {
        let quantity = chance.pick(&["0.005", "0.4"]).parse().unwrap();
        let leverage = chance.pick(&[10, 100]);
        drop(
            daemon
                .venue
                .open_by_hand(account, &symbol, side, quantity, leverage)
                .await,
        );
    }
    if chance.in_thousand(10) {
        let reason = CloseReason::Requested;
        drop(daemon.supervisor.send(ClosePosition { robot, reason }).await);
    }
    if chance.in_thousand(10) {
        daemon.change_robot(robot, |robot| robot.wanted = Wanted::Stopped).await;
    }
    if chance.in_thousand(20) {
        let now = daemon.now();
        daemon.change_robot(robot, |robot| start(robot, now)).await;
    }
    if chance.in_thousand(5) {
        pause(daemon, chance.in_thousand(300)).await;
    }
    switch(chance, daemon).await;
    if chance.in_thousand(5) {
        let by = chance.pick(&[HOUR, -HOUR, -24 * HOUR, 45_000, -45_000]);
        daemon.clock.set_by(by);
    }
    if chance.in_thousand(8) {
        let times = chance.below(6);
        (0..times).for_each(|_| panics.expect(account, chance.in_thousand(500)));
    }
    happen_regularly(daemon, second).await;
}

/// What happens at its time.
async fn happen_regularly(daemon: &Daemon, second: u32) {
    if second.is_multiple_of(60) {
        daemon.sweep().await;
        daemon.release(HOLD_GRACE).await;
    }
    if second.is_multiple_of(140) {
        let reference = format!("recharge-{second}");
        while !daemon.recharge(POOR, reference.clone(), "1.5").await {}
        for user in RICH {
            while !daemon.recharge(user, format!("{reference}-{user}"), "500").await {}
        }
    }
}

fn start(robot: &mut domain::robot::Robot, now: Timestamp) {
    robot.wanted = Wanted::Running;
    robot.quarantined_at = None;
    robot.run_started_at = Some(now);
}

async fn pause(daemon: &Daemon, paused: bool) {
    // A commit that failed by chance leaves it as it was; at rest none fails. What is still closing is not resumed.
    drop(daemon.desk.set_pause(PauseScope::Global, paused, &asker()).await);
}

/// Somebody tells a scope to close all, or ends that.
async fn switch(chance: &mut Chance, daemon: &Daemon) {
    if chance.in_thousand(5) {
        let (user, robot) = (chance.pick(&[1, 2, 3]), chance.pick(&ROBOTS).0);
        let scope = chance.pick(&[
            PauseScope::Global,
            PauseScope::Venue(VenueName::Paper),
            PauseScope::User(UserId(user)),
            PauseScope::User(UserId(user)),
            PauseScope::Robot(RobotId(robot)),
            PauseScope::Robot(RobotId(robot)),
        ]);
        let external = Some(chance.in_thousand(400));
        drop(daemon.desk.close_all(NewCloseAll { scope, external }, &asker()).await);
    }
    let standing = daemon.store.standing_close_alls().await.unwrap();
    for close_all in standing {
        if chance.in_thousand(6) {
            drop(daemon.desk.call_off(close_all.id, &asker()).await);
        }
        if chance.in_thousand(25) {
            drop(daemon.desk.set_pause(close_all.scope, false, &asker()).await);
        }
    }
    // A scope whose order was called off is still paused.
    for pause in daemon.store.pauses().await.unwrap() {
        if pause.paused && pause.scope != PauseScope::Global && chance.in_thousand(15) {
            drop(daemon.desk.set_pause(pause.scope, false, &asker()).await);
        }
    }
}

/// Two markets that wander, with runs in one direction now and then, and rare gaps.
struct Market {
    chance: Chance,
    runs: [(i64, u32); 2],
}

impl Market {
    fn new(seed: u64) -> Self {
        let chance = Chance::new(seed, "market");
        Self {
            chance,
            runs: [(0, 0); 2],
        }
    }

    fn moves(&mut self) -> Vec<(Symbol, i64)> {
        let symbols = [btc(), eth()];
        let moves = symbols.into_iter().zip(&mut self.runs).map(|(symbol, run)| {
            if run.1 == 0 {
                let drift = i64::try_from(self.chance.below(81)).unwrap() - 40;
                *run = (drift, u32::try_from(5 + self.chance.below(40)).unwrap());
            }
            run.1 -= 1;
            let jitter = i64::try_from(self.chance.below(61)).unwrap() - 30;
            // Rarely a gap that liquidates whoever stands on the wrong side.
            let gap = if self.chance.in_thousand(2) {
                self.chance.pick(&[-6_000, 6_000])
            } else {
                0
            };
            (symbol, run.0 + jitter + gap)
        });
        moves.collect()
    }
}
