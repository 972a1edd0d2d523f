//! Named stories of orders to close all: each gets flat, with one order per position, whatever goes wrong.

use std::time::Duration;

use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::paper::{Fault, Target};
use bursar::desk::NewCloseAll;
use bursar::ports::store::{AlertFilter, OrderFilter, PositionFilter, Store};
use bursar::view::ProgressView;
use domain::alert::{Alert, AlertKind};
use domain::change::{Change, ChangeSet};
use domain::id::{CloseAllId, RobotId, UserId, VenueAccountId};
use domain::market::Side;
use domain::order::{Order, OrderState, Purpose};
use domain::outcome::Outcome;
use domain::page::Page;
use domain::pause::PauseScope;
use domain::position::{CloseReason, Origin, Position, PositionState};
use domain::robot::Wanted;
use domain::venue::VenueName;

use crate::world::{Daemon, RICH, ROBOTS, Troubles, World, asker, btc, check};

const ALL: Page = Page::first(1_000);
const ONE: RobotId = RobotId(1);
const ACCOUNT: VenueAccountId = VenueAccountId(1);
/// A market that rises by half a thousandth in a second.
const RISE: i64 = 50;

/// Robot 1 alone trades, and holds a long.
async fn hold(daemon: &Daemon) {
    for (robot, ..) in ROBOTS {
        if robot != ONE.0 {
            assert!(
                daemon
                    .change_robot(RobotId(robot), |robot| robot.wanted = Wanted::Stopped)
                    .await
            );
        }
    }
    assert!(daemon.recharge(RICH[0], "first".to_owned(), "1000").await);
    daemon.seconds(25).await;
    rise(daemon, 6).await;
    daemon.seconds(2).await;
    let positions = daemon.store.positions(PositionFilter::default(), ALL).await.unwrap();
    assert_eq!(positions.len(), 1);
    assert_eq!(positions[0].state, PositionState::Open);
}

async fn rise(daemon: &Daemon, seconds: u32) {
    drift(daemon, seconds, RISE).await;
}

async fn drift(daemon: &Daemon, seconds: u32, by: i64) {
    for _ in 0..seconds {
        daemon.second(&[(btc(), by)]).await;
    }
}

async fn close_all(daemon: &Daemon, scope: PauseScope, external: bool) -> CloseAllId {
    let new = NewCloseAll {
        scope,
        external: Some(external),
    };
    CloseAllId(daemon.desk.close_all(new, &asker()).await.unwrap().id)
}

async fn progress(daemon: &Daemon, id: CloseAllId) -> ProgressView {
    daemon.desk.close_all_progress(id).await.unwrap()
}

async fn closes(rows: &MemoryStore) -> Vec<Order> {
    let orders = rows.orders(OrderFilter::default(), ALL).await.unwrap();
    orders
        .into_iter()
        .filter(|order| order.purpose == Purpose::Close)
        .collect()
}

async fn positions(rows: &MemoryStore) -> Vec<Position> {
    rows.positions(PositionFilter::default(), ALL).await.unwrap()
}

async fn lateness(rows: &MemoryStore) -> Vec<Alert> {
    let alerts = rows.alerts(AlertFilter::Open, Page::first(100)).await.unwrap();
    alerts
        .into_iter()
        .filter(|alert| alert.kind == AlertKind::CloseAllLate)
        .collect()
}

fn assert_sound(world: &World) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(check(&world.rows, &world.witness)), []);
}

#[test]
fn each_of_four_scopes_gets_flat_opens_nothing_and_is_lifted() {
    for scope in PauseScope::over(VenueName::Paper, UserId(1), ONE) {
        let mut world = World::new(7, Troubles::none());
        let rows = world.rows.clone();
        world.live(async |daemon| {
            hold(daemon).await;
            let id = close_all(daemon, scope, false).await;
            assert_eq!(progress(daemon, id).await.progress, "0 of 1 positions flat");
            let early = daemon
                .desk
                .set_pause(scope, false, &asker())
                .await
                .unwrap_err()
                .to_string();
            assert!(early.contains("is still closing"), "{early}");
            daemon.seconds(6).await;
            let done = progress(daemon, id).await;
            assert_eq!(
                (done.close_all.state, done.progress.as_str()),
                ("flat", "1 of 1 positions flat")
            );
            // A new direction comes and goes; nothing is opened until it is lifted.
            drift(daemon, 12, -RISE).await;
            daemon.seconds(25).await;
            assert_eq!(positions(&rows).await.len(), 1);
            daemon.desk.set_pause(scope, false, &asker()).await.unwrap();
            rise(daemon, 8).await;
            daemon.seconds(2).await;
            assert_eq!(positions(&rows).await.len(), 2, "{scope} opens again");
            assert!(!progress(daemon, id).await.close_all.stands);
            daemon.stop().await;
        });
        assert_sound(&world);
    }
}

#[test]
fn other_scopes_go_on() {
    let mut world = World::new(7, Troubles::none());
    let rows = world.rows.clone();
    world.live(async |daemon| {
        hold(daemon).await;
        for scope in [PauseScope::User(UserId(3)), PauseScope::Robot(RobotId(2))] {
            let id = close_all(daemon, scope, true).await;
            daemon.seconds(5).await;
            assert_eq!(progress(daemon, id).await.progress, "0 of 0 positions flat");
        }
        assert_eq!(positions(&rows).await[0].state, PositionState::Open);
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn a_close_whose_answer_is_lost_is_not_doubled_by_a_kill_and_a_restart() {
    for fault in [Fault::LoseAfterAccept, Fault::LoseBeforeAccept] {
        let mut world = World::new(7, Troubles::none());
        let rows = world.rows.clone();
        let id = world.live(async |daemon| {
            hold(daemon).await;
            daemon.venue.faults().expect(Target::Account(ACCOUNT), fault, 1);
            let id = close_all(daemon, PauseScope::Global, false).await;
            // The process dies while the close is on its way.
            while closes(&rows).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            id
        });
        world.live(async |daemon| {
            daemon.seconds(40).await;
            let done = progress(daemon, id).await;
            assert_eq!((done.close_all.state, done.flat), ("flat", 1), "{fault:?}");
            let closes = closes(&rows).await;
            let filled = closes.iter().filter(|order| order.state == OrderState::Filled);
            assert_eq!(filled.count(), 1, "{closes:?}");
            daemon.stop().await;
        });
        assert_sound(&world);
    }
}

#[test]
fn refused_closes_are_tried_again_until_flat_and_an_alert_tells_when_it_takes_too_long() {
    let mut world = World::new(7, Troubles::none());
    let rows = world.rows.clone();
    world.live(async |daemon| {
        hold(daemon).await;
        daemon.venue.faults().expect(Target::Account(ACCOUNT), Fault::Reject, 6);
        let id = close_all(daemon, PauseScope::Robot(ONE), false).await;
        daemon.seconds(20).await;
        let stuck = progress(daemon, id).await;
        assert_eq!((stuck.flat, stuck.positions, stuck.refused), (0, 1, 1));
        assert!(stuck.live[0].refused.is_some(), "{:?}", stuck.live);
        assert_eq!(lateness(&rows).await, []);
        daemon.seconds(14).await;
        assert_eq!(lateness(&rows).await.len(), 1);
        daemon.seconds(40).await;
        assert_eq!(progress(daemon, id).await.close_all.state, "flat");
        assert_eq!(lateness(&rows).await, []);
        assert_eq!(closes(&rows).await.len(), 7);
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn what_no_robot_opened_is_shown_and_left_alone_unless_the_order_says_otherwise() {
    for external in [false, true] {
        let mut world = World::new(7, Troubles::none());
        let rows = world.rows.clone();
        world.live(async |daemon| {
            hold(daemon).await;
            let quantity = "0.01".parse().unwrap();
            let opened = daemon
                .venue
                .open_by_hand(ACCOUNT, &btc(), Side::Short, quantity, 20)
                .await;
            assert!(matches!(opened, Outcome::Done(_)), "{opened:?}");
            assert!(daemon.sync(ACCOUNT).await);
            let id = close_all(daemon, PauseScope::User(UserId(1)), external).await;
            daemon.seconds(12).await;
            let done = progress(daemon, id).await;
            assert_eq!(done.close_all.state, "flat");
            let theirs = positions(&rows).await;
            let theirs = theirs
                .iter()
                .find(|position| position.origin == Origin::External)
                .unwrap();
            if external {
                assert_eq!((done.flat, done.external_left), (2, 0));
                let is_ours = |reason| reason == CloseReason::Requested;
                assert!(matches!(theirs.state, PositionState::Closed { reason, .. } if is_ours(reason)));
            } else {
                assert_eq!((done.flat, done.external_left), (1, 1));
                assert_eq!((done.live[0].state, theirs.state), ("external", PositionState::Open));
            }
            daemon.stop().await;
        });
        assert_sound(&world);
    }
}

#[test]
fn a_robot_in_quarantine_is_woken_to_close_and_one_that_is_stopped_closes() {
    let mut world = World::new(7, Troubles::none());
    world.live(async |daemon| {
        hold(daemon).await;
        let now = daemon.now();
        assert!(daemon.change_robot(ONE, |robot| robot.quarantined_at = Some(now)).await);
        daemon.seconds(3).await;
        let id = close_all(daemon, PauseScope::Venue(VenueName::Paper), false).await;
        daemon.seconds(8).await;
        assert_eq!(progress(daemon, id).await.close_all.state, "flat");
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn called_off_it_closes_nothing_more_and_the_scope_stays_paused() {
    let mut world = World::new(7, Troubles::none());
    let rows = world.rows.clone();
    world.live(async |daemon| {
        hold(daemon).await;
        daemon.venue.faults().expect(Target::Account(ACCOUNT), Fault::Reject, 1);
        let id = close_all(daemon, PauseScope::Robot(ONE), false).await;
        while closes(&rows).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        daemon.desk.call_off(id, &asker()).await.unwrap();
        let paused = daemon.store.pauses().await.unwrap();
        assert!(
            paused
                .iter()
                .any(|pause| pause.paused && pause.scope == PauseScope::Robot(ONE))
        );
        let again = daemon.desk.call_off(id, &asker()).await.unwrap_err().to_string();
        assert!(again.contains("was ended by hand"), "{again}");
        assert_eq!(progress(daemon, id).await.close_all.state, "called_off");
        daemon.seconds(20).await;
        daemon.stop().await;
    });
    assert_sound(&world);
}

#[test]
fn the_checker_finds_an_opening_behind_the_switch() {
    let mut world = World::new(7, Troubles::none());
    let rows = world.rows.clone();
    let witness = world.witness.clone();
    let broken = world.live(async |daemon| {
        hold(daemon).await;
        let held = positions(&rows).await.remove(0);
        close_all(daemon, PauseScope::User(UserId(1)), false).await;
        daemon.seconds(8).await;
        let mut sneaked = held;
        sneaked.id.0 += 1_000_000;
        sneaked.state = PositionState::Opening;
        sneaked.version = 0;
        let changes = ChangeSet::of(Change::AddPosition(Box::new(sneaked)));
        daemon.store.commit(changes).await.unwrap();
        check(&rows, &witness).await
    });
    let words: Vec<String> = broken.iter().map(ToString::to_string).collect();
    for rule in ["SWI-1", "SWI-2"] {
        assert!(words.iter().any(|word| word.starts_with(rule)), "{rule}: {words:?}");
    }
}
