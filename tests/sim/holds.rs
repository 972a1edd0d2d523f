//! Power that is reserved when the process dies between two steps: it never stays reserved, and nobody pays twice.

use std::time::Duration;

use bursar::actors::mail::Post;
use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::paper::{Fault, Target};
use bursar::ports::store::{HoldFilter, OrderFilter, PositionFilter, Store};
use domain::fixed::Amount;
use domain::id::{IdKind, PositionId, RobotId, VenueAccountId};
use domain::ledger::{Hold, Request, Reservation};
use domain::market::Side;
use domain::order::Order;
use domain::page::Page;
use domain::position::{Position, PositionState};
use domain::robot::Wanted;
use domain::settlement::Settlement;

use crate::world::{Daemon, RICH, ROBOTS, Troubles, World, btc, check};

const ALL: Page = Page::first(1_000);
const ACCOUNT: VenueAccountId = VenueAccountId(1);
const GRACE: Duration = Duration::from_secs(20);

/// What is on record.
struct Seen {
    holds: Vec<Hold>,
    positions: Vec<Position>,
    orders: Vec<Order>,
}

impl Seen {
    async fn of(rows: &MemoryStore) -> Self {
        Self {
            holds: rows.holds(HoldFilter::default(), ALL).await.unwrap(),
            positions: rows.positions(PositionFilter::default(), ALL).await.unwrap(),
            orders: rows.orders(OrderFilter::default(), ALL).await.unwrap(),
        }
    }

    fn is_held(&self) -> bool {
        self.holds.iter().any(|hold| hold.state.as_str() == "held")
    }

    fn is_closed(&self) -> bool {
        let mut states = self.positions.iter().map(|position| position.state);
        states.any(|state| matches!(state, PositionState::Closed { .. }))
    }
}

/// Only robot 1 is to trade, and its user has power.
async fn begin(daemon: &Daemon) {
    for (robot, ..) in ROBOTS.iter().skip(1) {
        let stopped = daemon.change_robot(RobotId(*robot), |robot| robot.wanted = Wanted::Stopped);
        assert!(stopped.await);
    }
    assert!(daemon.recharge(RICH[0], "first".to_owned(), "1000").await);
    daemon.seconds(25).await;
}

/// Lets time pass in the smallest steps until the rows show it; the process dies there.
async fn until(rows: &MemoryStore, shows: impl Fn(&Seen) -> bool) {
    for step in 0..100_000_u32 {
        if shows(&Seen::of(rows).await) {
            return;
        }
        if step % 20 == 19 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    panic!("it was never seen");
}

async fn rise(daemon: &Daemon, seconds: u32) {
    for _ in 0..seconds {
        daemon.second(&[(btc(), 50)]).await;
    }
}

/// Nobody opens any more, and everything comes to rest.
async fn rest(daemon: &Daemon) {
    let stopped = daemon.change_robot(RobotId(1), |robot| robot.wanted = Wanted::Stopped);
    assert!(stopped.await);
    assert!(daemon.sync(ACCOUNT).await);
    daemon.seconds(40).await;
    daemon.sweep().await;
    daemon.release(GRACE).await;
    daemon.stop().await;
}

/// What is on record at rest, where everything holds.
fn at_rest(world: &World) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        assert_eq!(check(&world.rows, &world.witness).await, []);
        Seen::of(&world.rows).await
    })
}

fn states(seen: &Seen) -> Vec<&'static str> {
    seen.holds.iter().map(|hold| hold.state.as_str()).collect()
}

/// As if the process had died between the hold and the intent.
#[test]
fn hold_whose_intent_was_never_written_is_given_back() {
    let mut world = World::new(7, Troubles::none());
    world.live(async |daemon| {
        begin(daemon).await;
        let position = daemon.store.reserve_ids(IdKind::Position, 1).await.unwrap();
        let request = Request::Hold(Reservation {
            position: PositionId(position),
            user: RICH[0],
            amount: "3".parse().unwrap(),
            expires_at: daemon.now().after(Duration::from_secs(3_600)),
        });
        daemon.ledger.send(Post { request }).await.unwrap().unwrap();
        assert_eq!(daemon.release(GRACE).await.unwrap().released, 0, "it may still come");
    });
    world.live(rest);
    let seen = at_rest(&world);
    assert_eq!((seen.positions.len(), states(&seen)), (0, vec!["voided"]));
}

#[test]
fn hold_of_an_order_that_never_arrived_is_given_back_when_that_is_known() {
    let mut world = World::new(7, Troubles::none());
    let rows = world.rows.clone();
    world.live(async |daemon| {
        begin(daemon).await;
        let lost = Fault::LoseBeforeAccept;
        daemon.venue.faults().expect(Target::Account(ACCOUNT), lost, 1);
        rise(daemon, 6).await;
        let seen = Seen::of(&rows).await;
        assert_eq!((seen.orders.len(), states(&seen)), (1, vec!["held"]));
    });
    world.live(rest);
    let seen = at_rest(&world);
    assert!(matches!(seen.positions[0].state, PositionState::Abandoned { .. }));
    assert_eq!(states(&seen), ["voided"]);
}

#[test]
fn hold_of_an_order_whose_answer_died_with_the_process_lives_with_its_position() {
    let mut world = World::new(7, Troubles::none());
    let rows = world.rows.clone();
    world.live(async |daemon| {
        begin(daemon).await;
        // The reply is held back, so that the process dies while it waits for it.
        daemon
            .venue
            .faults()
            .delay(Target::Account(ACCOUNT), Duration::from_millis(900));
        tokio::select! {
            () = until(&rows, |seen| seen.is_held() && !seen.orders.is_empty()) => {}
            () = rise(daemon, 10) => panic!("nothing was opened"),
        }
    });
    world.live(rest);
    let seen = at_rest(&world);
    assert_eq!(seen.holds.len(), 1);
    let is_live = !seen.positions[0].state.is_final();
    assert_eq!(states(&seen), [if is_live { "held" } else { "voided" }]);
}

#[test]
fn hold_of_a_close_that_the_ledger_was_not_told_of_pays_once() {
    let mut world = World::new(7, Troubles::none());
    let rows = world.rows.clone();
    world.live(async |daemon| {
        begin(daemon).await;
        rise(daemon, 6).await;
        daemon.second(&[(btc(), 150)]).await;
        drop(daemon.venue.close_by_hand(ACCOUNT, &btc(), Side::Long).await);
        until(&rows, |seen| seen.is_closed() && seen.is_held()).await;
    });
    world.live(rest);
    let seen = at_rest(&world);
    assert_eq!(states(&seen), ["posted"]);
    let Settlement::Charged { power, .. } = seen.positions[0].settlement else {
        panic!("{:?}", seen.positions[0]);
    };
    assert!(power.is_positive());
}

#[test]
fn hold_of_a_loss_is_given_back_whole() {
    let mut world = World::new(7, Troubles::none());
    let rows = world.rows.clone();
    world.live(async |daemon| {
        begin(daemon).await;
        rise(daemon, 6).await;
        until(&rows, |seen| {
            seen.positions.iter().any(|held| held.state == PositionState::Open)
        })
        .await;
        daemon.second(&[(btc(), -500)]).await;
        drop(daemon.venue.close_by_hand(ACCOUNT, &btc(), Side::Long).await);
        rest(daemon).await;
    });
    let seen = at_rest(&world);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let accounts = runtime.block_on(rows.accounts(ALL)).unwrap();
    assert_eq!(seen.positions[0].settlement, Settlement::NothingDue);
    assert_eq!(states(&seen), ["voided"]);
    let own = |kind: &str| {
        let of_user = accounts.iter().filter(|account| account.key.owner == RICH[0].0);
        let found = of_user.filter(|account| account.key.kind.as_str() == kind);
        Amount::sum(found.map(|account| account.balance)).unwrap().to_string()
    };
    assert_eq!(
        (own("user_power"), own("user_hold")),
        ("1000".to_owned(), "0".to_owned())
    );
}
