//! What happened at served venues while the daemon was down, or was not let in: it is found out, and charged once.

use std::time::Duration;

use domain::fixed::Amount;
use domain::outcome::Outcome;
use domain::user::PositionMode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::daemon::Daemon;
use crate::exchange::{Exchange, Opening};
use crate::venues::amount;
use crate::venues::hand::Hand;
use crate::venues::house::{House, START, rows, wait_rows};
use crate::venues::spot::{BINANCE, BITGET, BYBIT, GATE, MARKETS, OKX, Spot, key, keys};
use crate::whole::assert_exact;

const UP: i64 = 61_200;
const HIGHER: i64 = 61_380;
/// Round trips of a person on the other market.
const TRIPS: u32 = 8;

/// A robot holds a position, and is stopped.
fn holding(house: &House) -> (Daemon, Value) {
    let mut daemon = house.settled(1);
    house.jump(START, UP);
    let (open, _) = wait_rows(&mut daemon, "/positions?live=true", "an open position", |rows| {
        rows.first().is_some_and(|row| row["state"] == "open")
    });
    let caller = daemon.caller().unwrap();
    caller.make("/robots/1/stop", &json!({ "reason": "test" }));
    house.exchange.price(MARKETS[0], HIGHER);
    (daemon, open[0].clone())
}

/// The position as the venue's fills tell it: when it ended, and what was earned and paid.
fn told_by_fills(house: &House) -> (Value, Amount, Amount) {
    let books = house.at_venue(1);
    let fills = books["fills"].as_array().unwrap();
    let own: Vec<&Value> = fills.iter().filter(|fill| fill["symbol"] == MARKETS[0]).collect();
    let sum = |name: &str| Amount::sum(own.iter().map(|fill| amount(&fill[name]))).unwrap();
    let (realised, fees) = (sum("realised"), sum("fee"));
    (own.last().unwrap()["at"].clone(), realised.minus(fees).unwrap(), fees)
}

/// It was closed by hand, and everything about it is as the venue's fills tell it; it is charged once.
fn is_charged_once(house: &House, mut daemon: Daemon, position: &Value) {
    let path = format!("/positions/{}", position["id"]);
    let closed = daemon.wait_until("charged", |daemon| {
        let shown = daemon.caller()?.get(&path).ok()?.body;
        (shown["settlement"] == "charged").then_some(shown)
    });
    let (at, profit, fees) = told_by_fills(house);
    assert_eq!(
        (&closed["closed_at"], &closed["close_reason"]),
        (&at, &json!("manual")),
        "{closed}"
    );
    assert_eq!(
        (amount(&closed["profit"]), amount(&closed["fees"])),
        (profit, fees),
        "{closed}"
    );
    assert!(profit.is_positive());
    daemon.stop();
    let books = assert_exact(&house.home);
    books.assert_settled();
    assert_eq!(books.count(&format!("settle:{}", position["id"])), 1);
}

/// While nobody looked, a person closed the robot's position and traded on: more than a few pages of history.
fn found_after_a_long_absence(spot: &'static Spot) {
    let house = House::by_hand(spot, 1);
    let home = house.home.set("BURSAR__SYNC__FILLS_PAGE", "5");
    let house = House { home, ..house };
    let (mut daemon, open) = holding(&house);
    daemon.kill9();
    let hand = Hand::at(spot, &house.exchange);
    hand.sit(1, PositionMode::OneWay).unwrap();
    let held = hand.holds(1).unwrap();
    assert!(matches!(hand.close(1, &held[0]), Outcome::Done(_)));
    for _ in 0..TRIPS {
        let bought = hand.buy(1, spot.markets[1], "0.1".parse().unwrap());
        assert!(matches!(bought, Outcome::Done(_)), "{bought:?}");
        let held = hand.holds_soon(1);
        assert!(matches!(hand.close(1, &held), Outcome::Done(_)));
    }
    let fills = house.at_venue(1)["fills"].as_array().unwrap().len();
    assert_eq!(fills, 2 + 2 * usize::try_from(TRIPS).unwrap());
    let mut daemon = house.home.bursar(&["run"]).start();
    daemon.wait_ready();
    is_charged_once(&house, daemon, &open);
}

/// How many alerts that an account cannot be synced are open.
fn failing(daemon: &Daemon) -> Option<usize> {
    let alerts = rows(daemon, "/alerts?open=true")?;
    Some(alerts.iter().filter(|alert| alert["kind"] == "sync_failing").count())
}

fn newer_secret(number: usize) -> String {
    format!("trader-{number}-newer-secret")
}

/// The venue does not know the key any more, and a person closes the position; the operator is told, sets the key anew, and it goes
/// on.
fn goes_on_with_a_new_key(spot: &'static Spot) {
    let folder = TempDir::new().unwrap();
    let opening = Opening {
        folder: Some(folder.path().to_owned()),
        ..Opening::by_hand(spot.name(), keys(1, 10_000))
    };
    let house = House::opened(spot, &opening);
    // What fails is tried again soon.
    let home = house
        .home
        .set("BURSAR__SYNC__OPEN_INTERVAL", "1s")
        .set("BURSAR__SYNC__FLAT_INTERVAL", "1s");
    let house = House { home, ..house };
    let (mut daemon, open) = holding(&house);
    let House { exchange, home, .. } = house;
    let listen = exchange.address().to_owned();
    drop(exchange);
    let exchange = Exchange::open(&Opening {
        listen,
        keys: vec![format!("{}:{}:10000", key(1), newer_secret(1))],
        ..opening
    });
    let house = House { spot, exchange, home };
    daemon.wait_until("alerted", |daemon| (failing(daemon)? == 1).then_some(()));
    let hand = Hand::knowing(spot, &house.exchange, newer_secret);
    hand.sit(1, PositionMode::OneWay).unwrap();
    let held = hand.holds_soon(1);
    assert!(matches!(hand.close(1, &held), Outcome::Done(_)));
    std::thread::sleep(Duration::from_secs(1));
    let still = rows(&daemon, "/positions?live=true").unwrap();
    assert_eq!(still.len(), 1, "what could not be read is not closed");
    let caller = daemon.caller().unwrap();
    caller.make("/venue-accounts/1/key", &spot.credential(1, &newer_secret(1)));
    daemon.wait_until("recovered", |daemon| (failing(daemon)? == 0).then_some(()));
    is_charged_once(&house, daemon, &open);
}

#[test]
fn s1_17_on_binance_a_close_during_a_long_absence_is_found_pages_later_and_charged_once() {
    found_after_a_long_absence(&BINANCE);
}

#[test]
fn s1_17_on_okx_a_close_during_a_long_absence_is_found_pages_later_and_charged_once() {
    found_after_a_long_absence(&OKX);
}

#[test]
fn s1_17_on_bybit_a_close_during_a_long_absence_is_found_pages_later_and_charged_once() {
    found_after_a_long_absence(&BYBIT);
}

#[test]
fn s1_17_on_bitget_a_close_during_a_long_absence_is_found_pages_later_and_charged_once() {
    found_after_a_long_absence(&BITGET);
}

#[test]
fn s1_17_on_gate_a_close_during_a_long_absence_is_found_pages_later_and_charged_once() {
    found_after_a_long_absence(&GATE);
}

#[test]
fn s1_16_on_binance_a_revoked_key_is_told_and_with_a_new_one_it_goes_on() {
    goes_on_with_a_new_key(&BINANCE);
}

#[test]
fn s1_16_on_okx_a_revoked_key_is_told_and_with_a_new_one_it_goes_on() {
    goes_on_with_a_new_key(&OKX);
}

#[test]
fn s1_16_on_bybit_a_revoked_key_is_told_and_with_a_new_one_it_goes_on() {
    goes_on_with_a_new_key(&BYBIT);
}

#[test]
fn s1_16_on_bitget_a_revoked_key_is_told_and_with_a_new_one_it_goes_on() {
    goes_on_with_a_new_key(&BITGET);
}

#[test]
fn s1_16_on_gate_a_revoked_key_is_told_and_with_a_new_one_it_goes_on() {
    goes_on_with_a_new_key(&GATE);
}
