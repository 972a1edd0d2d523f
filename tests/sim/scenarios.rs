//! Named stories: each one thing that goes wrong, with exact ends.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bursar::actors::mail::{ActorHealth, ClosePosition, ListChildren, SyncAndWait};
use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::paper::{Fault, Target};
use bursar::ports::store::{OrderFilter, PositionFilter, Store};
use domain::alert::AlertKind;
use domain::id::{RobotId, VenueAccountId};
use domain::market::Side;
use domain::order::{Order, OrderState};
use domain::page::Page;
use domain::position::{CloseReason, Position, PositionState};
use domain::robot::Wanted;
use domain::settlement::Settlement;

use crate::world::{Daemon, RICH, ROBOTS, Troubles, World, btc, check};

const ALL: Page = Page::first(1_000);
const ONE: RobotId = RobotId(1);
const ACCOUNT: VenueAccountId = VenueAccountId(1);
/// A market that rises by half a thousandth in a second.
const RISE: i64 = 50;

fn quiet_world() -> World {
    World::new(7, Troubles::none())
}

/// Only robot 1 is to trade, and users have power.
async fn begin(daemon: &Daemon) {
    for (robot, ..) in ROBOTS {
        if robot != ONE.0 {
            let stopped = daemon.change_robot(RobotId(robot), |robot| robot.wanted = Wanted::Stopped);
            assert!(stopped.await);
        }
    }
    assert!(daemon.recharge(RICH[0], "first".to_owned(), "1000").await);
    daemon.seconds(25).await;
}

/// The market rises until robot 1 has tried to open a long.
async fn rise(daemon: &Daemon, seconds: u32, by: i64) {
    for _ in 0..seconds {
        daemon.second(&[(btc(), by)]).await;
    }
}

async fn positions(rows: &MemoryStore) -> Vec<Position> {
    rows.positions(PositionFilter::default(), ALL).await.unwrap()
}

async fn orders(rows: &MemoryStore) -> Vec<Order> {
    rows.orders(OrderFilter::default(), ALL).await.unwrap()
}

async fn venue_orders(daemon: &Daemon) -> i64 {
    let last = daemon
        .venue
        .inspect(|engine| engine.account(ACCOUNT).map_or(0, |account| account.last_order));
    last.await.unwrap()
}

async fn children(daemon: &Daemon) -> Vec<ActorHealth> {
    daemon.supervisor.send(ListChildren).await.unwrap()
}

async fn child(daemon: &Daemon) -> ActorHealth {
    let found = children(daemon).await.into_iter().find(|child| child.name == "robot:1");
    found.unwrap()
}

/// All that must hold at rest holds.
fn assert_sound(world: &World) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let broken = runtime.block_on(check(&world.rows, &world.witness));
    assert_eq!(broken, []);
}

#[test]
fn s3_10_lost_answer_ends_with_exactly_one_order() {
    let mut world = quiet_world();
    let rows = world.rows.clone();
    world.live(async |daemon| {
        begin(daemon).await;
        daemon
            .venue
            .faults()
            .expect(Target::Account(ACCOUNT), Fault::LoseAfterAccept, 1);
        rise(daemon, 6, RISE).await;
        daemon.seconds(5).await;
        assert_eq!(venue_orders(daemon).await, 1);
        let (orders, positions) = (orders(&rows).await, positions(&rows).await);
        assert_eq!((orders.len(), positions.len()), (1, 1));
        assert_eq!(orders[0].state, OrderState::Filled);
        assert_eq!(positions[0].state, PositionState::Open);
        assert_eq!(positions[0].quantity, orders[0].quantity);
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn order_lost_on_its_way_is_given_up_after_the_grace_and_not_sent_again() {
    let mut world = quiet_world();
    let rows = world.rows.clone();
    world.live(async |daemon| {
        begin(daemon).await;
        daemon
            .venue
            .faults()
            .expect(Target::Account(ACCOUNT), Fault::LoseBeforeAccept, 1);
        rise(daemon, 6, RISE).await;
        assert_eq!(orders(&rows).await[0].state, OrderState::InDoubt);
        daemon.seconds(10).await;
        let reason = "absent".to_owned();
        let (orders, positions) = (orders(&rows).await, positions(&rows).await);
        assert_eq!((orders.len(), positions.len()), (1, 1));
        assert_eq!(orders[0].state, OrderState::Refused { reason });
        assert_eq!(positions[0].state.as_str(), "abandoned");
        assert_eq!(venue_orders(daemon).await, 0);
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn process_that_dies_once_the_venue_has_the_order_finds_it_again() {
    let mut world = quiet_world();
    let rows = world.rows.clone();
    world.live(async |daemon| {
        begin(daemon).await;
        // The reply is held back, so that the process dies while it waits for it.
        daemon
            .venue
            .faults()
            .delay(Target::Account(ACCOUNT), Duration::from_millis(900));
        while venue_orders(daemon).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            rise(daemon, 1, RISE).await;
        }
    });
    world.live(async |daemon| {
        daemon.seconds(8).await;
        let (orders, positions) = (orders(&rows).await, positions(&rows).await);
        assert_eq!((orders.len(), positions.len()), (1, 1));
        assert_eq!(
            (&orders[0].state, positions[0].state),
            (&OrderState::Filled, PositionState::Open)
        );
        assert_eq!(venue_orders(daemon).await, 1);
        daemon.stop().await;
    });
    assert_sound(&world);
}

/// S1-16, S2-09, S0-06: stopping the robot before closing by hand evades nothing.
#[test]
fn s1_16_position_of_a_stopped_robot_closed_by_hand_is_charged_once_with_the_venues_numbers() {
    let mut world = quiet_world();
    let rows = world.rows.clone();
    world.live(async |daemon| {
        begin(daemon).await;
        rise(daemon, 6, RISE).await;
        let change = daemon.change_robot(ONE, |robot| {
            robot.wanted = Wanted::Stopped;
            robot.auto_close = false;
        });
        assert!(change.await);
        rise(daemon, 3, 300).await;
    });
    world.live(async |daemon| {
        daemon.seconds(1).await;
        let closed = daemon.venue.close_by_hand(ACCOUNT, &btc(), Side::Long).await;
        assert!(matches!(closed, domain::outcome::Outcome::Done(_)));
        daemon.seconds(7).await;
        let position = positions(&rows).await.remove(0);
        let PositionState::Closed { reason, profit, .. } = position.state else {
            panic!("it is closed");
        };
        assert_eq!(reason, CloseReason::Manual);
        let net = position.realised.minus(position.fees).unwrap().plus(position.funding);
        assert_eq!(net, Ok(profit));
        let tenth = domain::fixed::Ratio::percent(10.into()).unwrap();
        let due = tenth.of(profit, domain::fixed::Rounding::HalfUp).unwrap();
        let Settlement::Charged { power, .. } = position.settlement else {
            panic!("it is charged, not {:?}", position.settlement);
        };
        assert_eq!(power, due);
        let swept = daemon.sweep().await.unwrap();
        assert_eq!(swept.seen, 0);
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn sup_1_robot_that_crashes_again_and_again_is_quarantined_until_it_is_started() {
    let mut world = quiet_world();
    let (rows, panics) = (world.rows.clone(), Arc::clone(&world.panics));
    world.live(async |daemon| {
        begin(daemon).await;
        rise(daemon, 6, RISE).await;
        (0..3).for_each(|_| panics.expect(ACCOUNT, false));
        // Far below the stop-loss: it wants to close, and panics at it, three times.
        rise(daemon, 1, -2_000).await;
        daemon.seconds(60).await;
        assert_eq!(panics.struck(), 3);
        let robot = rows.robot(ONE).await.unwrap().unwrap();
        assert!(robot.quarantined_at.is_some());
        let quarantined = child(daemon).await;
        assert_eq!((quarantined.state.as_str(), quarantined.restarts), ("quarantined", 3));
        let alert = rows.open_alert(AlertKind::RobotQuarantined, "robot:1").await.unwrap();
        assert!(alert.is_some());
        assert_eq!(positions(&rows).await[0].state, PositionState::Open);

        // It may always be closed; and it lives again once it is started.
        let reason = CloseReason::Requested;
        let closed = daemon
            .supervisor
            .send(ClosePosition { robot: ONE, reason })
            .await
            .unwrap();
        assert_eq!(closed, Ok(()));
        daemon.seconds(25).await;
        assert_eq!(positions(&rows).await[0].state.as_str(), "closed");
        assert_eq!(child(daemon).await.state, "quarantined");
        assert!(daemon.change_robot(ONE, |robot| robot.quarantined_at = None).await);
        daemon.seconds(3).await;
        assert!(!["quarantined", "silent"].contains(&child(daemon).await.state.as_str()));
        let alert = rows.open_alert(AlertKind::RobotQuarantined, "robot:1").await.unwrap();
        assert_eq!(alert, None);
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn panic_in_one_robot_disturbs_no_other() {
    let mut world = quiet_world();
    let (rows, panics) = (world.rows.clone(), Arc::clone(&world.panics));
    world.live(async |daemon| {
        daemon.seconds(25).await;
        panics.expect(ACCOUNT, true);
        rise(daemon, 6, RISE).await;
        daemon.seconds(12).await;
        let by_robot = |robot: i64| move |position: &&Position| position.robot == Some(RobotId(robot));
        let positions = positions(&rows).await;
        for robot in [1, 3] {
            let own: Vec<&Position> = positions.iter().filter(by_robot(robot)).collect();
            assert_eq!(own.len(), 1, "robot {robot}");
            assert_eq!(own[0].state, PositionState::Open);
        }
        let restarts: Vec<u32> = children(daemon).await.iter().map(|child| child.restarts).collect();
        assert_eq!(restarts, [1, 0, 0, 0, 0, 0, 0]);
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn changed_robot_lives_on_with_its_new_row_and_its_position() {
    let mut world = quiet_world();
    let rows = world.rows.clone();
    world.live(async |daemon| {
        begin(daemon).await;
        rise(daemon, 6, RISE).await;
        assert!(daemon.change_robot(ONE, |robot| robot.auto_close = false).await);
        daemon.seconds(3).await;
        assert_eq!(child(daemon).await.restarts, 0, "a change is no crash");
        // Far below the stop-loss, which the new row does not act on.
        rise(daemon, 1, -2_000).await;
        daemon.seconds(10).await;
        assert_eq!(positions(&rows).await[0].state, PositionState::Open);
        assert!(daemon.change_robot(ONE, |robot| robot.auto_close = true).await);
        daemon.seconds(10).await;
        let closed = positions(&rows).await.remove(0).state;
        assert!(matches!(
            closed,
            PositionState::Closed {
                reason: CloseReason::StopLoss,
                ..
            }
        ));
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn venue_that_limits_requests_is_left_alone_until_it_may_be_asked_again() {
    let mut world = quiet_world();
    world.live(async |daemon| {
        begin(daemon).await;
        let wait = Fault::PollRateLimited(Duration::from_secs(40));
        daemon.venue.faults().expect(Target::Anyone, wait, 1);
        assert!(!daemon.sync(ACCOUNT).await);
        let polls = || daemon.polls.load(Ordering::Relaxed);
        let before = polls();
        let forced = daemon.sync(ACCOUNT);
        assert!(!forced.await, "not even when somebody waits for it");
        daemon.seconds(28).await;
        assert_eq!(polls(), before);
        daemon.seconds(40).await;
        assert!(polls() > before);
        assert!(daemon.sync(ACCOUNT).await);
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn s2_02_account_that_could_not_be_read_is_polled_as_if_it_held_a_position() {
    let mut world = quiet_world();
    world.live(async |daemon| {
        begin(daemon).await;
        daemon.seconds(40).await;
        let polls = || daemon.polls.load(Ordering::Relaxed);
        // Flat: one poll in 30 s of the one account that has a robot.
        let before = polls();
        daemon.seconds(30).await;
        assert_eq!(polls() - before, 1);
        daemon
            .venue
            .faults()
            .expect(Target::Account(ACCOUNT), Fault::PollUnreachable, 4);
        assert!(!daemon.sync(ACCOUNT).await);
        let before = polls();
        // Retries after 1, 2 and 4 s fail too; the one after 8 s finds it flat.
        daemon.seconds(20).await;
        assert_eq!(polls() - before, 4);
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn s2_05_account_that_answers_slowly_delays_no_other() {
    let mut world = quiet_world();
    world.live(async |daemon| {
        daemon.seconds(10).await;
        let slow = Target::Account(VenueAccountId(2));
        daemon.venue.faults().delay(slow, Duration::from_millis(3_900));
        let account = VenueAccountId(2);
        let waits = daemon.scheduler.send(SyncAndWait { account });
        let waits = actix::spawn(waits);
        tokio::time::sleep(Duration::from_millis(1)).await;
        let start = tokio::time::Instant::now();
        for account in [1, 3, 4] {
            assert!(daemon.sync(VenueAccountId(account)).await);
        }
        assert!(start.elapsed() < Duration::from_millis(1), "{:?}", start.elapsed());
        assert_eq!(waits.await.unwrap().unwrap(), Ok(()));
        assert!(start.elapsed() >= Duration::from_millis(3_800));
        daemon.venue.faults().clear();
        daemon.stop().await;
    });
    assert_sound(&world);
}

/// S2-06, T18: a drain waits for what is in flight.
#[test]
fn drained_daemon_leaves_no_order_in_doubt() {
    let mut world = quiet_world();
    let rows = world.rows.clone();
    world.live(async |daemon| {
        begin(daemon).await;
        daemon
            .venue
            .faults()
            .delay(Target::Account(ACCOUNT), Duration::from_millis(1_500));
        rise(daemon, 6, RISE).await;
        while venue_orders(daemon).await == 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        daemon.stop().await;
        assert_eq!(orders(&rows).await[0].state, OrderState::Filled);
    });
}
