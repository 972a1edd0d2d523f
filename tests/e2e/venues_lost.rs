//! Answers to orders are lost on the way from served venues, and the daemon is killed or not: one intent stays one order.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::daemon::{Daemon, PATIENCE};
use crate::venues::house::{House, START, client_id, rows, wait_rows};
use crate::venues::spot::{BINANCE, BITGET, BYBIT, GATE, OKX, Spot, key};
use crate::whole::assert_exact;

/// What happens to the first order of each account, and whether the venue gets it.
const LOSSES: [(&str, bool); 3] = [
    ("lose_request", false),
    ("lose_reply", true),
    ("lose_reply_after_fill", true),
];
const UP: i64 = 61_200;
/// Beyond every stop-loss.
const DOWN: i64 = 59_000;
/// An order that arrived is to be known as soon as this; that one never arrived takes the grace.
const SOON: Duration = Duration::from_secs(2);
/// On a machine that is busy with other tests.
const BUSY: Duration = Duration::from_secs(8);

/// When each answer was lost.
fn wait_lost(house: &House) -> Vec<Instant> {
    let begin = Instant::now();
    let mut lost = vec![None; LOSSES.len()];
    while lost.iter().any(Option::is_none) {
        assert!(
            begin.elapsed() < PATIENCE,
            "nobody placed an order: {:?}",
            house.exchange.faults()
        );
        let standing = house.exchange.faults();
        for (index, at) in lost.iter_mut().enumerate() {
            let stands = standing.iter().any(|fault| fault["key"] == key(index + 1).as_str());
            if at.is_none() && !stands {
                *at = Some(Instant::now());
            }
        }
        sleep(Duration::from_millis(2));
    }
    lost.into_iter().flatten().collect()
}

/// The order of an account, once its fate is known.
fn fate(daemon: &Daemon, account: usize) -> Option<Value> {
    let orders = rows(daemon, &format!("/orders?account={account}"))?;
    assert!(orders.len() <= 1, "account {account} has another order: {orders:?}");
    let order = orders.first()?.clone();
    let is_known = !["submitting", "in_doubt", "open"].contains(&order["state"].as_str()?);
    is_known.then_some(order)
}

/// How long each fate took to be known, since the loss.
fn wait_known(daemon: &mut Daemon, lost: &[Instant]) -> Vec<(Value, Duration)> {
    let mut known: Vec<Option<(Value, Duration)>> = vec![None; lost.len()];
    let begin = Instant::now();
    while known.iter().any(Option::is_none) {
        assert!(begin.elapsed() < PATIENCE, "{known:?}\n{}", daemon.stderr());
        for (index, known) in known.iter_mut().enumerate() {
            if known.is_none() {
                *known = fate(daemon, index + 1).map(|order| (order, lost[index].elapsed()));
            }
        }
        sleep(Duration::from_millis(5));
    }
    known.into_iter().flatten().collect()
}

/// Our ids of the orders that an account has at the venue.
fn at_venue(house: &House, account: usize) -> Vec<String> {
    let books = house.at_venue(account);
    let orders = books["orders"].as_array().unwrap();
    orders.iter().filter_map(client_id).collect()
}

fn orders_agree(house: &House, daemon: &Daemon, account: usize) {
    let ours = rows(daemon, &format!("/orders?account={account}")).unwrap();
    let arrived = ours.iter().filter(|order| order["state"] == "filled");
    let ours: BTreeSet<String> = arrived.filter_map(client_id).collect();
    let theirs = at_venue(house, account);
    assert_eq!(theirs.len(), ours.len(), "{theirs:?} {ours:?}");
    assert_eq!(theirs.into_iter().collect::<BTreeSet<_>>(), ours);
}

/// What an account holds, on record and at the venue.
fn holdings_agree(house: &House, daemon: &Daemon, account: usize) -> bool {
    let live = rows(daemon, &format!("/positions?live=true&account={account}")).unwrap();
    let books = house.at_venue(account);
    let held = books["positions"].as_array().unwrap();
    let size = |rows: &[Value]| rows.iter().map(|row| row["quantity"].to_string()).collect::<Vec<_>>();
    size(&live) == size(held)
}

fn loses_answers(spot: &'static Spot, is_killed: bool) {
    let house = House::by_hand(spot, LOSSES.len());
    let mut daemon = house.settled(LOSSES.len());
    for (index, (what, _)) in LOSSES.iter().enumerate() {
        let script = json!({ "what": what, "endpoint": spot.order, "key": key(index + 1) });
        house.exchange.fault(&script);
    }
    house.jump(START, UP);
    let lost = wait_lost(&house);
    let mut ready = Duration::ZERO;
    if is_killed {
        daemon.kill9();
        daemon = house.home.bursar(&["run"]).start();
        ready = daemon.wait_ready();
    }
    let known = wait_known(&mut daemon, &lost);
    let how = if is_killed { "killed" } else { "alive" };
    for (index, ((what, arrives), (order, took))) in LOSSES.into_iter().zip(known).enumerate() {
        eprintln!("lost | {} | {what} | {how} | {took:.2?} | {ready:.2?} |", spot.name());
        let count = at_venue(&house, index + 1).len();
        assert_eq!(count, usize::from(arrives), "{what}: {order}");
        assert_eq!(order["state"] == "filled", arrives, "{what}: {order}");
        orders_agree(&house, &daemon, index + 1);
        assert!(
            !arrives || took < ready + BUSY,
            "{what}: {took:?}, ready after {ready:?}"
        );
        if arrives && took > ready + SOON {
            eprintln!(
                "{}: {what} took {took:?}, more than {SOON:?} beyond the restart",
                spot.name()
            );
        }
    }
    go_on(&house, &mut daemon);
    daemon.stop();
    assert_exact(&house.home);
}

/// Every robot trades again, and what they hold is what the venue holds.
fn go_on(house: &House, daemon: &mut Daemon) {
    house.wait_heard(daemon, LOSSES.len());
    house.jump(UP, DOWN);
    for account in 1..=LOSSES.len() {
        let path = format!("/orders?account={account}");
        wait_rows(daemon, &path, "another order", |rows| {
            let filled = rows.iter().filter(|order| order["state"] == "filled").count();
            let all_known = rows
                .iter()
                .all(|order| order["state"] == "filled" || order["state"] == "refused");
            rows.len() >= 2 && filled >= 1 && all_known
        });
        daemon.wait_until("the same held on both sides", |daemon| {
            holdings_agree(house, daemon, account).then_some(())
        });
        orders_agree(house, daemon, account);
    }
}

#[test]
fn s3_10_on_binance_an_order_whose_answer_is_lost_is_one_order_or_none() {
    loses_answers(&BINANCE, false);
}

#[test]
fn s3_10_on_okx_an_order_whose_answer_is_lost_is_one_order_or_none() {
    loses_answers(&OKX, false);
}

#[test]
fn s3_10_on_bybit_an_order_whose_answer_is_lost_is_one_order_or_none() {
    loses_answers(&BYBIT, false);
}

#[test]
fn s3_10_on_bitget_an_order_whose_answer_is_lost_is_one_order_or_none() {
    loses_answers(&BITGET, false);
}

#[test]
fn s3_10_on_gate_an_order_whose_answer_is_lost_is_one_order_or_none() {
    loses_answers(&GATE, false);
}

#[test]
fn s3_10_on_binance_a_daemon_killed_when_the_answer_was_lost_finds_one_order_or_none() {
    loses_answers(&BINANCE, true);
}

#[test]
fn s3_10_on_okx_a_daemon_killed_when_the_answer_was_lost_finds_one_order_or_none() {
    loses_answers(&OKX, true);
}

#[test]
fn s3_10_on_bybit_a_daemon_killed_when_the_answer_was_lost_finds_one_order_or_none() {
    loses_answers(&BYBIT, true);
}

#[test]
fn s3_10_on_bitget_a_daemon_killed_when_the_answer_was_lost_finds_one_order_or_none() {
    loses_answers(&BITGET, true);
}

#[test]
fn s3_10_on_gate_a_daemon_killed_when_the_answer_was_lost_finds_one_order_or_none() {
    loses_answers(&GATE, true);
}
