//! Private streams and urgency: what a venue tells is looked at at once, what nobody tells is audited, and neither waits for the other.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bursar::actors::mail::HowAreYou;
use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::paper::{Fault, Target};
use bursar::ports::store::{OrderFilter, PositionFilter, Store};
use domain::id::{RobotId, VenueAccountId};
use domain::market::{Side, Symbol};
use domain::order::{Order, OrderState};
use domain::outcome::Outcome;
use domain::page::Page;
use domain::position::{Origin, Position};
use domain::robot::Wanted;

use crate::world::{Daemon, RICH, ROBOTS, Troubles, World, btc, eth};

const ALL: Page = Page::first(1_000);
const ACCOUNT: VenueAccountId = VenueAccountId(1);

fn quiet_world() -> World {
    World::new(7, Troubles::none())
}

/// Only robot 1 lives, on an account that is flat and long compared.
async fn one_flat_account(daemon: &Daemon) {
    for (robot, ..) in ROBOTS.into_iter().filter(|row| row.0 != 1) {
        let stopped = daemon.change_robot(RobotId(robot), |robot| robot.wanted = Wanted::Stopped);
        assert!(stopped.await);
    }
    assert!(daemon.recharge(RICH[0], "first".to_owned(), "1000").await);
    daemon.seconds(50).await;
}

async fn open_by_hand(daemon: &Daemon, symbol: &Symbol) {
    let quantity = "0.05".parse().unwrap();
    let opened = daemon.venue.open_by_hand(ACCOUNT, symbol, Side::Long, quantity, 10);
    assert!(matches!(opened.await, Outcome::Done(_)));
}

async fn positions(rows: &MemoryStore) -> Vec<Position> {
    rows.positions(PositionFilter::default(), ALL).await.unwrap()
}

async fn orders(rows: &MemoryStore) -> Vec<Order> {
    rows.orders(OrderFilter::default(), ALL).await.unwrap()
}

/// How often the venue is polled in so many seconds.
async fn polls_in(daemon: &Daemon, seconds: u32) -> usize {
    let before = daemon.polls.load(Ordering::Relaxed);
    daemon.seconds(seconds).await;
    daemon.polls.load(Ordering::Relaxed) - before
}

#[test]
fn s2_10_what_a_private_stream_tells_is_looked_at_at_once() {
    let mut world = quiet_world();
    let rows = world.rows.clone();
    world.live(async |daemon| {
        one_flat_account(daemon).await;
        daemon.line.be_up(true);
        daemon.seconds(1).await;
        open_by_hand(daemon, &btc()).await;
        daemon.line.tell(ACCOUNT);
        tokio::time::sleep(Duration::from_millis(10)).await;
        let held = positions(&rows).await;
        assert_eq!((held.len(), held[0].origin), (1, Origin::External));
        assert!(daemon.line.looks(ACCOUNT).last().unwrap().is_event);
        daemon.stop().await;
    });
}

#[test]
fn account_that_is_heard_is_audited_every_two_minutes_flat_and_every_thirty_seconds_open() {
    let mut world = quiet_world();
    world.live(async |daemon| {
        one_flat_account(daemon).await;
        daemon.line.be_up(true);
        daemon.seconds(1).await;
        assert_eq!(polls_in(daemon, 600).await, 5);
        assert!(daemon.line.looks(ACCOUNT).last().is_some_and(|asked| !asked.is_event));
        open_by_hand(daemon, &btc()).await;
        daemon.line.tell(ACCOUNT);
        daemon.seconds(1).await;
        assert_eq!(polls_in(daemon, 600).await, 20);
        daemon.stop().await;
    });
}

#[test]
fn s2_08_stream_that_breaks_is_made_up_for_by_polls_from_that_moment_on() {
    let mut world = quiet_world();
    let rows = world.rows.clone();
    world.live(async |daemon| {
        one_flat_account(daemon).await;
        daemon.line.be_up(true);
        daemon.seconds(1).await;
        open_by_hand(daemon, &btc()).await;
        // Nobody tells of it, because the stream breaks.
        daemon.line.be_up(false);
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(positions(&rows).await.len(), 1);
        assert_eq!(polls_in(daemon, 60).await, 12);
        daemon.stop().await;
    });
}

#[test]
fn stream_of_an_account_ends_when_nobody_cares_for_it_any_more() {
    let mut world = quiet_world();
    world.live(async |daemon| {
        daemon.seconds(25).await;
        assert_eq!(daemon.line.heeded().len(), 4);
        one_flat_account(daemon).await;
        assert_eq!(daemon.line.heeded(), [ACCOUNT]);
        daemon.stop().await;
        assert_eq!(daemon.line.heeded(), []);
    });
}

#[test]
fn venue_is_told_the_markets_of_robots_and_of_what_is_on_record_from_the_first_look_on() {
    let mut world = quiet_world();
    world.live(async |daemon| {
        one_flat_account(daemon).await;
        assert_eq!(daemon.line.looks(ACCOUNT).last().unwrap().markets, [btc()]);
        open_by_hand(daemon, &eth()).await;
        assert!(daemon.sync(ACCOUNT).await);
        assert!(daemon.sync(ACCOUNT).await);
        assert_eq!(daemon.line.looks(ACCOUNT).last().unwrap().markets, [btc(), eth()]);
        daemon.seconds(2).await;
        daemon.stop().await;
    });
    world.live(async |daemon| {
        assert!(daemon.sync(ACCOUNT).await);
        assert!(
            daemon.line.looks(ACCOUNT)[0].markets.contains(&eth()),
            "no robot lives there"
        );
        daemon.seconds(30).await;
        assert_eq!(daemon.line.looks(ACCOUNT).last().unwrap().markets, [btc(), eth()]);
        daemon.stop().await;
    });
}

/// Account 2 is turned away at its next audit, for a minute.
async fn an_audit_is_turned_away(daemon: &Daemon) {
    let wait = Fault::PollRateLimited(Duration::from_secs(60));
    let account = VenueAccountId(2);
    daemon.venue.faults().expect(Target::Account(account), wait, 1);
    let looks = daemon.line.looks(account).len();
    while daemon.line.looks(account).len() == looks {
        daemon.seconds(1).await;
    }
}

#[test]
fn audit_that_is_turned_away_delays_audits_and_no_event() {
    let mut world = quiet_world();
    world.live(async |daemon| {
        daemon.seconds(50).await;
        an_audit_is_turned_away(daemon).await;
        assert_eq!(polls_in(daemon, 45).await, 0);
        for account in [2, 3] {
            assert!(daemon.sync(VenueAccountId(account)).await);
        }
        assert!(polls_in(daemon, 45).await > 0);
        daemon.stop().await;
    });
}

#[test]
fn venue_that_counts_its_requests_itself_tells_each_account_when_to_come_again() {
    let mut world = quiet_world();
    world.live(async |daemon| {
        daemon.line.count_itself();
        daemon.seconds(50).await;
        let (account, wait) = (VenueAccountId(2), Fault::PollRateLimited(Duration::from_secs(40)));
        daemon.venue.faults().expect(Target::Account(account), wait, 1);
        assert!(!daemon.sync(account).await);
        assert!(daemon.sync(VenueAccountId(3)).await);
        let looks = daemon.line.looks(account).len();
        assert!(polls_in(daemon, 39).await > 0, "the others go on");
        assert_eq!(daemon.line.looks(account).len(), looks);
        daemon.seconds(3).await;
        let last = daemon.line.looks(account).pop().unwrap();
        assert_eq!(daemon.line.looks(account).len(), looks + 1);
        assert!(last.is_event, "what happened is still to be looked at");
        daemon.stop().await;
    });
}

#[test]
fn order_at_a_venue_that_may_be_behind_is_given_up_only_after_its_time() {
    let mut world = quiet_world();
    let rows = world.rows.clone();
    world.live(async |daemon| {
        daemon.line.be_behind(Duration::from_secs(20));
        one_flat_account(daemon).await;
        let lost = Target::Account(ACCOUNT);
        daemon.venue.faults().expect(lost, Fault::LoseBeforeAccept, 1);
        for _ in 0..6 {
            daemon.second(&[(btc(), 50)]).await;
        }
        daemon.seconds(14).await;
        let order = orders(&rows).await.remove(0);
        assert_eq!(order.state, OrderState::InDoubt);
        daemon.seconds(10).await;
        let reason = "absent".to_owned();
        assert_eq!(orders(&rows).await[0].state, OrderState::Refused { reason });
        assert!(daemon.line.sought().iter().all(|since| *since == order.created_at));
        daemon.stop().await;
    });
}

#[test]
fn s2_12_accounts_are_synced_on_while_it_cannot_be_read_which_are_to_be() {
    let mut world = quiet_world();
    let (rows, unlisted) = (world.rows.clone(), world.unlisted.clone());
    world.live(async |daemon| {
        one_flat_account(daemon).await;
        let state = async || daemon.scheduler.send(HowAreYou).await.unwrap().state;
        unlisted.store(true, Ordering::Relaxed);
        daemon.seconds(15).await;
        assert_eq!(state().await, "blind");
        open_by_hand(daemon, &btc()).await;
        daemon.seconds(31).await;
        assert_eq!(positions(&rows).await.len(), 1);
        assert_eq!(polls_in(daemon, 60).await, 12);
        unlisted.store(false, Ordering::Relaxed);
        daemon.seconds(15).await;
        assert_eq!(state().await, "idle");
        daemon.stop().await;
    });
}
