//! How often venues are called: the figures of S2-01, and that no call is made that a neighbour made already.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix::{Actor, Context, Handler, MessageResult};
use bursar::actors::mail::{ActorHealth, ClosePosition, HowAreYou, Look, MailError, RowsChanged, Stop};
use bursar::actors::spawn::Child;
use domain::change::{Change, ChangeSet};
use domain::id::{RobotId, UserId, VenueAccountId};
use domain::market::Side;
use domain::outcome::Outcome;
use domain::user::{PositionMode, User, VenueAccount};
use domain::venue::VenueName;

use crate::world::{Daemon, Troubles, World, btc};

/// A robot that holds still.
struct Still;

impl Actor for Still {
    type Context = Context<Self>;
}

impl Handler<Look> for Still {
    type Result = ();

    fn handle(&mut self, _: Look, _: &mut Self::Context) {}
}

impl Handler<RowsChanged> for Still {
    type Result = ();

    fn handle(&mut self, _: RowsChanged, _: &mut Self::Context) {}
}

impl Handler<Stop> for Still {
    type Result = ();

    fn handle(&mut self, _: Stop, _: &mut Self::Context) {}
}

impl Handler<ClosePosition> for Still {
    type Result = Result<(), MailError>;

    fn handle(&mut self, _: ClosePosition, _: &mut Self::Context) -> Self::Result {
        Ok(())
    }
}

impl Handler<HowAreYou> for Still {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        MessageResult(ActorHealth {
            name: "still".to_owned(),
            state: "still".to_owned(),
            last_mail: None,
            restarts: 0,
            lag_ms: 0,
        })
    }
}

/// Polls per minute of `robots` robots on `accounts` accounts, the first `open` of which hold a position.
fn polls_per_minute(accounts: i64, robots: i64, open: i64) -> usize {
    let mut world = World::new(1, Troubles::none());
    world.without_robots();
    world.live(async |daemon| {
        crowd(daemon, accounts, robots).await;
        daemon.second(&[(btc(), 0)]).await;
        for account in 101..=100 + accounts {
            assert!(daemon.sync(VenueAccountId(account)).await);
        }
        for account in 101..=100 + open {
            let (account, quantity) = (VenueAccountId(account), "0.001".parse().unwrap());
            let opened = daemon
                .venue
                .open_by_hand(account, &btc(), Side::Long, quantity, 10)
                .await;
            assert!(matches!(opened, Outcome::Done(_)));
            assert!(daemon.sync(account).await);
        }
        tokio::time::sleep(Duration::from_secs(120)).await;
        let before = daemon.polls.load(Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(300)).await;
        (daemon.polls.load(Ordering::Relaxed) - before) / 5
    })
}

async fn crowd(daemon: &Daemon, accounts: i64, robots: i64) {
    let created_at = daemon.now();
    let (id, name) = (UserId(100), "crowd".to_owned());
    let mut changes = ChangeSet::of(Change::AddUser(User { id, name, created_at }));
    for account in 101..=100 + accounts {
        changes.push(Change::AddVenueAccount(VenueAccount {
            id: VenueAccountId(account),
            user: id,
            venue: VenueName::Paper,
            label: format!("crowd{account}"),
            mode: PositionMode::OneWay,
            created_at,
        }));
    }
    daemon.store.commit(changes).await.unwrap();
    let still = Still.start();
    let child = Child {
        look: still.clone().recipient(),
        rows_changed: still.clone().recipient(),
        close: still.clone().recipient(),
        health: still.clone().recipient(),
        stop: still.recipient(),
    };
    for robot in 0..robots {
        let account = VenueAccountId(101 + robot % accounts);
        daemon.robots.list(RobotId(101 + robot), account, &btc(), &child);
    }
}

/// S2-01: one poll per robot every 10 s would be 600, and two rates per robot would be 400 on any number of accounts.
#[test]
fn s2_01_hundred_robots_cost_400_polls_on_100_accounts_and_40_on_10() {
    let figures: BTreeMap<&str, usize> = BTreeMap::from([
        ("100 accounts, 20 open", polls_per_minute(100, 100, 20)),
        ("10 accounts, 2 open", polls_per_minute(10, 100, 2)),
        ("100 accounts, all flat", polls_per_minute(100, 100, 0)),
    ]);
    assert_eq!(
        figures,
        BTreeMap::from([
            ("100 accounts, 20 open", 400),
            ("10 accounts, 2 open", 40),
            ("100 accounts, all flat", 200),
        ])
    );
}
