//! What happened while the daemon was away, over many pages and several deaths, with robots that share a side.

use bursar::actors::mail::{Drain, Stop, SyncNow};
use bursar::adapters::store::MemoryStore;
use bursar::ports::store::{EntryFilter, PositionFilter, Store};
use domain::id::{RobotId, VenueAccountId};
use domain::market::Side;
use domain::page::Page;
use domain::position::{CloseReason, Origin, Position, PositionState, ProfitSource};
use domain::robot::Wanted;
use domain::settlement::Settlement;
use domain::time::Timestamp;
use tokio::task::yield_now;

use crate::world::{Daemon, Neighbours, RICH, Troubles, World, btc, check};

/// A hedge account with robots 1 and 8 on one market.
const ACCOUNT: VenueAccountId = VenueAccountId(1);
const ALL: Page = Page::first(10_000);

fn neighbours() -> World {
    let mut world = World::new(7, Troubles::none());
    world.neighbours = Neighbours::Refused;
    world
}

async fn positions(rows: &MemoryStore) -> Vec<Position> {
    rows.positions(PositionFilter::default(), ALL).await.unwrap()
}

/// Both robots of the account's first market hold a long, opened at different prices.
async fn both_open(daemon: &Daemon, rows: &MemoryStore) {
    for robot in Neighbours::Refused.robots().filter(|id| ![1, 8].contains(id)) {
        let stopped = daemon.change_robot(RobotId(robot), |robot| robot.wanted = Wanted::Stopped);
        assert!(stopped.await);
    }
    assert!(daemon.recharge(RICH[0], "first".to_owned(), "1000").await);
    daemon.seconds(40).await;
    // Robot 8 looks back further, and still sees the dip when robot 1 does not: it opens earlier, and cheaper.
    daemon.second(&[(btc(), -100)]).await;
    daemon.second(&[(btc(), 100)]).await;
    daemon.seconds(22).await;
    for _ in 0..6 {
        daemon.second(&[(btc(), 50)]).await;
    }
    daemon.seconds(12).await;
    let held = positions(rows).await;
    let open: Vec<_> = held.iter().filter(|held| held.state == PositionState::Open).collect();
    let sides: Vec<_> = open.iter().map(|held| (held.robot, held.side)).collect();
    assert_eq!(sides.len(), 2, "{sides:?}");
    assert!(sides.contains(&(Some(RobotId(1)), Side::Long)) && sides.contains(&(Some(RobotId(8)), Side::Long)));
    assert_ne!(open[0].entry_price(), open[1].entry_price());
}

/// The daemon's actors end, the venue goes on: a hand trades so often, then closes all that is long and leaves a short.
async fn goes_away(daemon: &Daemon, times: u32) -> Timestamp {
    daemon.supervisor.send(Drain).await.unwrap();
    daemon.scheduler.send(Stop).await.unwrap();
    let small = "0.005".parse().unwrap();
    for _ in 0..times {
        daemon.second(&[(btc(), 0)]).await;
        drop(daemon.venue.open_by_hand(ACCOUNT, &btc(), Side::Short, small, 20).await);
        drop(daemon.venue.close_by_hand(ACCOUNT, &btc(), Side::Short).await);
    }
    daemon.second(&[(btc(), 300)]).await;
    let closed_at = daemon.now();
    drop(daemon.venue.close_by_hand(ACCOUNT, &btc(), Side::Long).await);
    for _ in 0..times {
        daemon.second(&[(btc(), 0)]).await;
        drop(daemon.venue.open_by_hand(ACCOUNT, &btc(), Side::Long, small, 20).await);
        drop(daemon.venue.close_by_hand(ACCOUNT, &btc(), Side::Long).await);
    }
    drop(daemon.venue.open_by_hand(ACCOUNT, &btc(), Side::Short, small, 20).await);
    daemon.ledger.send(Stop).await.unwrap();
    closed_at
}

#[test]
fn s1_17_closes_of_robots_that_share_a_side_are_found_over_many_pages_and_deaths_and_charged_once() {
    let mut world = neighbours();
    let rows = world.rows.clone();
    let closed_at = world.live(async |daemon| {
        both_open(daemon, &rows).await;
        goes_away(daemon, 110).await
    });
    // Each life dies somewhere among the pages: there are 440 fills and more, three to a page.
    let mut cursors = Vec::new();
    for yields in [150, 900, 2_500, 40, 5_000] {
        world.live(async |daemon| {
            daemon.scheduler.try_send(SyncNow { account: ACCOUNT }).unwrap();
            for _ in 0..yields {
                yield_now().await;
            }
            cursors.push(daemon.store.cursor(ACCOUNT).await.unwrap());
        });
    }
    cursors.dedup();
    assert!(cursors.len() >= 3, "it died among the pages: {cursors:?}");
    world.live(async |daemon| {
        daemon.seconds(60).await;
        daemon.sweep().await;
        daemon.stop().await;
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let all = positions(&rows).await;
        let own: Vec<&Position> = all.iter().filter(|held| held.origin == Origin::Robot).collect();
        assert_eq!(own.len(), 2);
        for held in own {
            let PositionState::Closed { at, reason, profit } = held.state else {
                panic!("{held:?}");
            };
            assert_eq!((at, reason), (closed_at, CloseReason::Manual));
            assert!(profit.is_positive(), "{held:?}");
            assert_eq!(held.provenance.source, ProfitSource::Derived);
            assert!(matches!(held.settlement, Settlement::Charged { .. }), "{held:?}");
            let entries = rows.entries(EntryFilter::default(), ALL).await.unwrap();
            let key = format!("settle:{}", held.id);
            assert_eq!(entries.iter().filter(|entry| entry.key.to_string() == key).count(), 1);
        }
        let left = all.iter().filter(|held| !held.state.is_final());
        let left: Vec<_> = left.map(|held| (held.origin, held.side)).collect();
        assert_eq!(left, [(Origin::External, Side::Short)]);
        assert_eq!(check(&rows, &world.witness).await, []);
    });
}

#[test]
fn robots_that_share_a_side_close_each_its_own_part_by_its_own_profit() {
    let mut world = neighbours();
    let rows = world.rows.clone();
    world.live(async |daemon| {
        both_open(daemon, &rows).await;
        for robot in [1, 8] {
            let once = daemon.change_robot(RobotId(robot), |robot| robot.auto_open = false);
            assert!(once.await);
        }
        // The trailing take-profit of each arms and closes in its own time.
        for by in [150, 150, 150, -300, -300, 0, 0] {
            daemon.second(&[(btc(), by)]).await;
        }
        daemon.seconds(20).await;
        daemon.sweep().await;
        daemon.stop().await;
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        for held in positions(&rows).await {
            let PositionState::Closed { .. } = held.state else {
                panic!("{held:?}");
            };
            let gain = held.exit_notional.minus(held.entry_notional).unwrap();
            assert_eq!(held.realised, gain, "by its own fills");
        }
        assert_eq!(check(&rows, &world.witness).await, []);
    });
}
