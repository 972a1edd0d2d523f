//! Time in force, and orders that are changed while they rest.

use super::*;
use crate::paper::TimeInForce;
use crate::venue::ReportedState;

fn lasting(order: Request, time_in_force: TimeInForce) -> Request {
    let rules = Rules {
        time_in_force,
        ..order.rules
    };
    Request { rules, ..order }
}

#[test]
fn post_only_order_rests_or_is_refused() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let takes = lasting(table.limit(Action::Buy, "0.01", "50000"), TimeInForce::PostOnly);
    assert_eq!(table.place(&takes).unwrap_err().code(), "-5022");
    let rests = lasting(table.limit(Action::Buy, "0.01", "49999.9"), TimeInForce::PostOnly);
    assert_eq!(table.place(&rests).unwrap().order.state, ReportedState::Open);
}

#[test]
fn order_that_must_fill_at_once_expires_or_is_refused() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let now = lasting(
        table.limit(Action::Buy, "0.01", "49000"),
        TimeInForce::ImmediateOrCancel,
    );
    let placed = table.place(&now).unwrap();
    assert_eq!(placed.order.state, ReportedState::Expired);
    assert!(placed.effects.fills.is_empty());
    assert_eq!(table.available(), "1000");
    let all = lasting(table.limit(Action::Buy, "0.01", "49000"), TimeInForce::FillOrKill);
    assert_eq!(table.place(&all).unwrap_err().code(), "-5021");
    let all = lasting(table.limit(Action::Buy, "0.01", "50000"), TimeInForce::FillOrKill);
    assert_eq!(table.place(&all).unwrap().order.state, ReportedState::Filled);
}

#[test]
fn amended_order_keeps_its_number_and_reserves_for_its_new_terms() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let order = table.limit(Action::Buy, "0.01", "49000");
    let number = table.place(&order).unwrap().order.number;
    let amended = table
        .engine
        .amend(ME, number, n("0.02"), n("48000"), table.now)
        .unwrap();
    assert_eq!(amended.order.number, number);
    // 960 / 10 and the maker's fee 0.192.
    assert_eq!(table.available(), "903.808");
    let refused = table.engine.amend(ME, number, n("1"), n("48000"), table.now);
    assert_eq!(refused.unwrap_err().code(), "-2019");
    assert_eq!(table.available(), "903.808", "a refused change changes nothing");
    let taken = table
        .engine
        .amend(ME, number, n("0.02"), n("50000"), table.now)
        .unwrap();
    assert_eq!(fills(&taken.effects), ["+0.02 50000 realised 0 fee 0.5"]);
    let gone = table.engine.amend(ME, number, n("0.02"), n("50000"), table.now);
    assert_eq!(gone.unwrap_err().code(), "-2011");
}

#[test]
fn order_amended_to_what_is_filled_is_cancelled() {
    let mut table = Table::new(PositionMode::OneWay, "1000");
    table.price("50000");
    let order = table.limit(Action::Sell, "0.01", "51000");
    let number = table.place(&order).unwrap().order.number;
    table.trade("51000", "0.004");
    let amended = table
        .engine
        .amend(ME, number, n("0.004"), n("51000"), table.now)
        .unwrap();
    assert_eq!(amended.order.state, ReportedState::Cancelled);
    assert_eq!(amended.order.average_price().unwrap(), n("51000"));
    assert_eq!(table.held(Side::Short).unwrap(), "0.004 @ 51000");
}
