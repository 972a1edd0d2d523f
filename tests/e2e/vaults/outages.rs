//! Nodes that are killed, sockets that fall silent, and a node that keeps logs back; the money is exact after each.
//!
//! `BURSAR_E2E_NODE_AWAY_SECONDS` (5) is how long a killed node is away: the daemon's own limits are seconds here as well.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::whole::assert_whole;
use super::world::{COIN, SHARE, World, until};
use crate::anvil::{OTHER, USER};
use crate::cable::{Cable, Condition};
use crate::caller::Caller;
use crate::daemon::{Daemon, Home, count};
use crate::liar::Liar;
use crate::shared::Shared;

/// Waits of the daemon that are minutes in life.
const SOON: [(&str, &str); 4] = [
    ("BURSAR__CHAINS__LOCAL__QUIET_AFTER", "3s"),
    ("BURSAR__CHAINS__LOCAL__SILENCE", "1s"),
    ("BURSAR__CHAINS__LOCAL__DEADLINE", "1s"),
    ("BURSAR__CHAINS__LOCAL__PROBE", "500ms"),
];
const ENDPOINTS: &str = "BURSAR__CHAINS__LOCAL__ENDPOINTS";

/// The first subscription, as an operator is shown it.
fn subscription(caller: &Caller) -> Option<Value> {
    let listed = caller.get("/chain/subscriptions").ok()?.body;
    listed["items"].get(0).cloned()
}

fn is_ready(caller: &Caller) -> Option<bool> {
    Some(caller.get("/health/ready").ok()?.status == 200)
}

fn until_told(daemon: &Daemon, kind: &str, state: &str) {
    until(&format!("{kind} {state}"), daemon, |caller| {
        let alerts = caller.get("/alerts").ok()?.body;
        let mut of_kind = alerts["items"].as_array()?.iter().filter(|alert| alert["kind"] == kind);
        of_kind.next().filter(|alert| alert["state"] == state).map(drop)
    });
}

/// Stops the making of blocks, waits until the node has written its chain down, and kills it.
fn kill_node(world: &mut World, kept: &Path) {
    world.wait(world.anvil.rpc("evm_setIntervalMining", json!([0])));
    let written = || {
        kept.metadata()
            .and_then(|file| file.modified())
            .unwrap_or(SystemTime::UNIX_EPOCH)
    };
    let (before, begin) = (written(), Instant::now());
    while written() == before {
        assert!(begin.elapsed() < Duration::from_secs(30), "anvil writes nothing down");
        sleep(Duration::from_millis(10));
    }
    sleep(Duration::from_millis(200));
    world.anvil.kill();
}

/// A node that is killed while one deposit is paid for and a redemption is ordered, and that comes back with its chain.
fn the_node_is_away(home: Home) {
    let folder = TempDir::new().unwrap();
    let kept = folder.path().join("chain.json");
    let arguments = ["--state", kept.to_str().unwrap(), "--state-interval", "1"];
    let Some(mut world) = World::on(&arguments, home, "TestMoney", &SOON) else {
        return;
    };
    let mut daemon = world.start();
    world.deposit(USER, 2_100 * COIN);
    world.settled(&daemon, 1);
    world.deposit(OTHER, 500 * COIN);
    world.redeem(USER, SHARE + SHARE / 2);
    until("ordered", &daemon, |_| (world.opend.orders().len() >= 2).then_some(()));
    kill_node(&mut world, &kept);
    until("not ready", &daemon, |caller| is_ready(caller).filter(|ready| !ready));
    until_told(&daemon, "chain_unreachable", "raised");
    sleep(Duration::from_secs(count("BURSAR_E2E_NODE_AWAY_SECONDS", 5).into()));
    assert!(daemon.ended().is_none(), "{}", daemon.stderr());
    let back = Instant::now();
    world.anvil.again();
    until("ready", &daemon, |caller| is_ready(caller).filter(|ready| *ready));
    println!("ready again {} ms after the node was", back.elapsed().as_millis());
    world.deposit(OTHER, 300 * COIN);
    let shown = world.settled(&daemon, 4);
    assert_eq!(shown.states(), ["settled"; 4]);
    until_told(&daemon, "chain_unreachable", "resolved");
    assert_whole(&world, daemon);
}

#[test]
fn s3_04_a_node_that_is_killed_and_comes_back_costs_time_and_no_money_on_sqlite() {
    the_node_is_away(Home::fresh());
}

#[test]
fn s3_04_a_node_that_is_killed_and_comes_back_costs_time_and_no_money_on_postgres() {
    if let Some(shared) = Shared::postgres() {
        the_node_is_away(shared.home().set("BURSAR__PAPER__SPEED", "1"));
    }
}

/// A world whose daemon hears its first node over a cable, which lives as long as the runtime.
fn cabled(others: impl Fn(&World) -> String) -> Option<(World, Cable, Runtime)> {
    let mut world = World::with(Home::fresh(), "TestMoney", &SOON)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let cable = runtime.block_on(Cable::to(&format!("127.0.0.1:{}", world.anvil.port)));
    let endpoints = format!("ws://127.0.0.1:{}{}", cable.port, others(&world));
    world.home = world.home.set(ENDPOINTS, endpoints);
    Some((world, cable, runtime))
}

#[test]
fn t6_a_socket_that_falls_silent_is_found_dead_and_another_node_is_asked() {
    let Some((world, cable, _runtime)) = cabled(|world| format!(",{}", world.anvil.http())) else {
        return;
    };
    let daemon = world.start();
    world.deposit(USER, 500 * COIN);
    world.settled(&daemon, 1);
    cable.set(Condition::Deaf);
    world.deposit(OTHER, 500 * COIN);
    world.settled(&daemon, 2);
    until("another node", &daemon, |caller| {
        let of_nodes = subscription(caller)?["endpoints"].clone();
        (of_nodes[0]["in_use"] == false && of_nodes[1]["in_use"] == true).then_some(())
    });
    assert!(daemon.told("chain.socket_broke"), "{}", daemon.stderr());
    cable.set(Condition::Sound);
    until("heard again", &daemon, |caller| {
        let first = subscription(caller)?["endpoints"][0].clone();
        (first["is_heard"] == true).then_some(())
    });
    world.redeem(USER, SHARE);
    world.settled(&daemon, 3);
    assert_whole(&world, daemon);
}

#[test]
fn t6_the_only_socket_falls_silent_and_what_it_did_not_tell_is_read_when_it_speaks_again() {
    let Some((world, cable, _runtime)) = cabled(|_| String::new()) else {
        return;
    };
    let daemon = world.start();
    world.deposit(USER, 500 * COIN);
    world.settled(&daemon, 1);
    cable.set(Condition::Deaf);
    for user in [USER, OTHER] {
        world.deposit(user, 300 * COIN);
    }
    until("not ready", &daemon, |caller| is_ready(caller).filter(|ready| !ready));
    assert!(daemon.told("chain.socket_broke"), "{}", daemon.stderr());
    cable.set(Condition::Sound);
    world.settled(&daemon, 3);
    until("ready", &daemon, |caller| is_ready(caller).filter(|ready| *ready));
    assert_whole(&world, daemon);
}

#[test]
fn s3_04_logs_that_a_node_kept_back_are_found_by_the_search_below_the_cursor() {
    // A node that was asked for its head a while ago counts as behind, and who is behind is not searched at: here a block takes 200 ms.
    let settings = [
        ("BURSAR__CHAINS__LOCAL__SCAN_EVERY", "1s"),
        ("BURSAR__CHAINS__LOCAL__PROBE", "300ms"),
    ];
    let Some(mut world) = World::with(Home::fresh(), "TestMoney", &settings) else {
        return;
    };
    let node = format!("127.0.0.1:{}", world.anvil.port);
    let liars = [Liar::before(&node), Liar::before(&node)];
    world.home = world.home.set(ENDPOINTS, format!("{},{}", liars[0].url, liars[1].url));
    let daemon = world.start();
    world.deposit(USER, 500 * COIN);
    world.settled(&daemon, 1);
    // The one that is asked lies; the other one is who is searched at.
    let in_use = until("in use", &daemon, |caller| {
        let nodes = subscription(caller)?["endpoints"].clone();
        nodes.as_array()?.iter().position(|node| node["in_use"] == true)
    });
    liars[in_use].will_lie(1);
    world.deposit(OTHER, 700 * COIN);
    let shown = world.settled(&daemon, 2);
    assert_eq!(
        (liars[in_use].lied(), shown.states()),
        (1, vec!["settled".to_owned(); 2])
    );
    until("late", &daemon, |caller| {
        (subscription(caller)?["late_logs"] == 1).then_some(())
    });
    assert_whole(&world, daemon);
}
