//! The whole daemon on served venues: robots trade there, people trade beside them, and both are told apart.

pub mod hand;
pub mod house;
pub mod sides;
pub mod spot;

use std::time::{Duration, Instant};

use domain::fixed::Amount;
use domain::outcome::Outcome;
use domain::user::PositionMode;
use serde_json::Value;

use crate::whole::assert_exact;
use hand::Hand;
use house::{House, START, wait_rows};
use spot::{BINANCE, BITGET, BYBIT, GATE, MARKETS, OKX, Spot};

/// Two per cent up: beyond every threshold.
const UP: i64 = 61_200;
/// A little more: a profit, and too little for the robot's exits.
const HIGHER: i64 = 61_380;
/// Far below the interval of audits of an account whose stream is up.
const SOON: Duration = Duration::from_secs(5);

pub fn amount(told: &Value) -> Amount {
    told.as_str()
        .unwrap_or_else(|| panic!("no amount: {told}"))
        .parse()
        .unwrap()
}

/// What an account earned after fees, as the venue has it.
pub fn earned(books: &Value) -> Amount {
    let of = |name: &str| amount(&books[name]);
    of("realised").minus(of("fees")).unwrap().plus(of("paid")).unwrap()
}

/// A robot opens, a person closes at the venue, the stream tells, and the profit is the venue's and charged once.
fn closed_by_a_person(spot: &'static Spot) {
    let house = House::by_hand(spot, 1);
    let mut daemon = house.settled(1);
    house.jump(START, UP);
    let (open, _) = wait_rows(&mut daemon, "/positions?live=true", "an open position", |rows| {
        rows.first().is_some_and(|row| row["state"] == "open")
    });
    assert_eq!(
        (&open[0]["side"], &open[0]["symbol"]),
        (&"long".into(), &spot.markets[0].into())
    );
    house.exchange.price(MARKETS[0], HIGHER);
    let hand = Hand::at(spot, &house.exchange);
    hand.sit(1, PositionMode::OneWay).unwrap();
    let held = hand.holds(1).unwrap();
    assert_eq!(held[0].quantity.to_string(), open[0]["quantity"].as_str().unwrap());
    let acted = Instant::now();
    let outcome = hand.close(1, &held[0]);
    assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
    let (closed, _) = wait_rows(&mut daemon, "/positions?live=false", "charged", |rows| {
        rows.first().is_some_and(|row| row["settlement"] == "charged")
    });
    let noticed = acted.elapsed();
    assert!(noticed < SOON, "noticed only after {noticed:?}");
    eprintln!(
        "{}: closed by hand, noticed and charged after {noticed:.2?}",
        spot.name()
    );
    let books = house.at_venue(1);
    assert_eq!(amount(&closed[0]["profit"]), earned(&books), "{closed:?} {books}");
    assert!(earned(&books).is_positive());
    assert_eq!(closed[0]["close_reason"], "manual", "{closed:?}");
    let last = books["fills"].as_array().unwrap().last().unwrap();
    assert_eq!(closed[0]["closed_at"], last["at"], "the venue's time of the close");
    daemon.stop();
    let exact = assert_exact(&house.home);
    exact.assert_settled();
    assert_eq!((exact.count("settle:"), exact.chargeable()), (1, 1));
}

#[test]
fn on_binance_what_a_person_closes_is_noticed_at_once_and_charged_once_with_the_venues_profit() {
    closed_by_a_person(&BINANCE);
}

#[test]
fn on_okx_what_a_person_closes_is_noticed_at_once_and_charged_once_with_the_venues_profit() {
    closed_by_a_person(&OKX);
}

#[test]
fn on_bybit_what_a_person_closes_is_noticed_at_once_and_charged_once_with_the_venues_profit() {
    closed_by_a_person(&BYBIT);
}

#[test]
fn on_bitget_what_a_person_closes_is_noticed_at_once_and_charged_once_with_the_venues_profit() {
    closed_by_a_person(&BITGET);
}

#[test]
fn on_gate_what_a_person_closes_is_noticed_at_once_and_charged_once_with_the_venues_profit() {
    closed_by_a_person(&GATE);
}
