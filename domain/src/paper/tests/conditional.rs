//! Conditional orders: waiting, triggered from either side, refused when they are, cancelled.

use super::*;
use crate::paper::{PaperOrder, Trigger};
use crate::venue::ReportedState;

fn waiting(order: Request, price: &str, rising: bool) -> Request {
    let trigger = Some(Trigger {
        price: n(price),
        rising,
    });
    let rules = Rules { trigger, ..order.rules };
    Request { rules, ..order }
}

fn conditional(effects: &Effects) -> &PaperOrder {
    effects.orders.iter().rfind(|order| order.is_conditional()).unwrap()
}

#[test]
fn stop_waits_without_margin_and_closes_at_the_market_when_the_price_falls_to_it() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Buy, "0.01").unwrap();
    let before = table.available();
    let stop = waiting(table.closing(Side::Long, "0.01"), "49000", false);
    let placed = table.place(&stop).unwrap();
    assert_eq!(placed.order.state, ReportedState::Open);
    assert_eq!(table.available(), before);
    assert!(table.price("49000.1").is_empty());
    let effects = table.price("48990");
    assert_eq!(fills(&effects), ["-0.01 48990 realised -10.1 fee 0.24495"]);
    let order = conditional(&effects);
    assert_eq!(order.state, ReportedState::Filled);
    let actual = order.fired.as_ref().unwrap().order.unwrap();
    let actual = effects.orders.iter().find(|order| order.number == actual).unwrap();
    assert_eq!(actual.parent, Some(placed.order.number));
    assert_eq!(table.held(Side::Long), None);
    assert!(table.engine.account(ME).unwrap().orders.is_empty());
}

#[test]
fn conditional_limit_rests_once_the_price_has_risen_to_its_trigger() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let order = waiting(table.limit(Action::Buy, "0.01", "50900"), "51000", true);
    table.place(&order).unwrap();
    let effects = table.price("51000");
    assert!(effects.fills.is_empty());
    // 509 / 10 and the maker's fee 0.1018.
    assert_eq!(table.available(), "948.9982");
    assert_eq!(fills(&table.price("50899")), ["+0.01 50900 realised 0 fee 0.1018"]);
}

#[test]
fn whole_position_is_closed_however_it_has_grown() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    table.market_order(Action::Sell, "0.01").unwrap();
    let mut take = waiting(table.closing(Side::Short, "0"), "49000", false);
    take.rules.whole = true;
    table.place(&take).unwrap();
    table.market_order(Action::Sell, "0.02").unwrap();
    let effects = table.price("49000");
    assert_eq!(fills(&effects), ["-0.03 49000 realised 30 fee 0.735"]);
    assert_eq!(table.held(Side::Short), None);
}

#[test]
fn trigger_that_is_reached_already_is_refused() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    for (price, rising) in [("50000", true), ("49999", true), ("50000", false), ("50000.1", false)] {
        let order = waiting(table.request(Action::Buy, "0.01"), price, rising);
        assert_eq!(table.place(&order).unwrap_err().code(), "-2021");
    }
}

#[test]
fn order_that_is_refused_when_it_is_triggered_says_why() {
    let mut table = Table::new(PositionMode::OneWay, "10");
    table.price("50000");
    let dear = waiting(table.request(Action::Buy, "1"), "51000", true);
    table.place(&dear).unwrap();
    let effects = table.price("51000");
    assert!(effects.fills.is_empty());
    let order = conditional(&effects);
    assert_eq!(order.state, ReportedState::Rejected);
    assert_eq!(
        order.fired.as_ref().unwrap().refused.as_deref(),
        Some("margin is insufficient")
    );
    assert_eq!(table.balance(), "10");
}

#[test]
fn cancelled_conditional_order_does_nothing_more_and_its_id_is_apart_from_those_of_orders() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let plain = table.limit(Action::Buy, "0.01", "49000");
    let mut stop = waiting(table.request(Action::Buy, "0.01"), "51000", true);
    stop.client_id = plain.client_id.clone();
    table.place(&plain).unwrap();
    let number = table.place(&stop).unwrap().order.number;
    assert_eq!(table.place(&stop).unwrap_err().code(), "-4116");
    table.engine.cancel(ME, number, table.now).unwrap();
    assert!(table.price("51001").is_empty());
}

#[test]
fn undone_trigger_waits_again() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let order = waiting(table.request(Action::Buy, "0.01"), "51000", true);
    table.place(&order).unwrap();
    let effects = table.price("51000");
    table.engine.undo(effects);
    assert_eq!(table.held(Side::Long), None);
    assert_eq!(fills(&table.price("51000")), ["+0.01 51000 realised 0 fee 0.255"]);
}
