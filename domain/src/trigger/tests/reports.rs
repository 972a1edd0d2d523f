//! What the venue says of an order.

use std::time::Duration;

use super::*;
use crate::outcome::Refusal;
use crate::trigger::decide::{Conclusion, Found, conclude, found};

const GRACE: Duration = Duration::from_secs(60);

fn refusal(code: &str) -> Refusal {
    Refusal {
        code: code.to_owned(),
        reason: "no".to_owned(),
    }
}

fn placed() -> StockOrder {
    order(&deposit("1000000000"), "4", "202")
}

fn ordering(orders: u32) -> Trigger {
    Trigger {
        state: TriggerState::Ordering {
            order: StockOrderId(11),
        },
        orders,
        ..deposit("1000000000")
    }
}

#[test]
fn s3_10_an_order_is_absent_only_when_it_was_sought_later_than_the_grace() {
    let unknown = StockOrderEvent::Unknown("timeout".to_owned());
    let doubted = placed().on(&unknown, NOW).unwrap();
    let at = |seconds| NOW.after(Duration::from_secs(seconds));
    assert_eq!(found(&doubted, None, at(60), GRACE, at(300)), Ok(Found::Missing));
    let gone = found(&doubted, None, at(61), GRACE, at(300)).unwrap();
    let Found::Moved(ended) = gone else { panic!("{gone:?}") };
    let again = conclude(&ordering(1), &ended, false, at(300));
    let why = "the venue never had the order".to_owned();
    let next_at = at(300);
    assert_eq!(again, Conclusion::Again { next_at, why });
}

#[test]
fn s3_10_an_order_that_the_venue_once_knew_is_never_absent() {
    let open = StockOrderEvent::Reported(report(&placed(), StockState::Working, "0", "1"));
    let open = placed().on(&open, NOW).unwrap();
    let doubt = StockOrderEvent::Reported(report(&open, StockState::InDoubt, "0", "1"));
    let doubted = open.on(&doubt, NOW).unwrap();
    let late = NOW.after(Duration::from_secs(9_000));
    for order in [open, doubted] {
        assert_eq!(found(&order, None, late, GRACE, late), Ok(Found::Missing));
        assert!(order.on(&StockOrderEvent::ProvenAbsent, late).is_err());
    }
}

#[test]
fn reports_that_contradict_the_order_are_refused() {
    let order = placed();
    let fits = report(&order, StockState::Working, "2", "201");
    let half = order.on(&StockOrderEvent::Reported(fits.clone()), NOW).unwrap();
    let refused = |order: &StockOrder, report: StockReport| {
        let error = order.on(&StockOrderEvent::Reported(report), NOW).unwrap_err();
        error.to_string()
    };
    let other = StockReport {
        mark: OrderMark::new("abc123-8-1"),
        ..fits.clone()
    };
    assert!(refused(&order, other).ends_with("another mark"));
    let other = StockReport {
        venue_id: VenueOrderId("v-2".to_owned()),
        ..fits.clone()
    };
    assert!(refused(&half, other).ends_with("another id"));
    let more = report(&order, StockState::Working, "5", "201");
    assert!(refused(&order, more).contains("cannot have 5 executed"));
    let less = report(&order, StockState::Working, "1", "201");
    assert!(refused(&half, less).contains("cannot have 1 executed after 2"));
    let not_whole = report(&order, StockState::Filled, "3", "201");
    assert!(refused(&order, not_whole).contains("cannot have 3 executed"));
    let priceless = StockReport {
        average_price: None,
        ..fits
    };
    assert!(refused(&order, priceless).contains("no price"));
}

#[test]
fn s3_11_nothing_is_concluded_before_the_order_has_ended() {
    let order = placed();
    for state in [StockState::Working, StockState::InDoubt, StockState::FillCancelled] {
        let event = StockOrderEvent::Reported(report(&order, state, "2", "201"));
        let after = order.on(&event, NOW).unwrap();
        assert_eq!(conclude(&ordering(1), &after, true, NOW), Conclusion::NotYet);
    }
    let doubted = order.on(&StockOrderEvent::Unknown("lost".to_owned()), NOW).unwrap();
    assert_eq!(conclude(&ordering(1), &doubted, true, NOW), Conclusion::NotYet);
}

#[test]
fn s3_10_only_refusals_of_the_moment_are_tried_again_and_three_times_at_most() {
    let ended = placed().on(&StockOrderEvent::Refused(refusal("-1")), NOW).unwrap();
    let (next_at, why) = (NOW.after(Duration::from_secs(5)), "no (-1)".to_owned());
    for orders in 1..=3 {
        let again = Conclusion::Again {
            next_at,
            why: why.clone(),
        };
        assert_eq!(conclude(&ordering(orders), &ended, true, NOW), again);
        let back = Conclusion::GiveUp { why: why.clone() };
        assert_eq!(conclude(&ordering(orders), &ended, false, NOW), back);
    }
    assert_eq!(conclude(&ordering(4), &ended, true, NOW), Conclusion::GiveUp { why });
}

#[test]
fn s3_12_a_day_order_that_ended_partly_executed_counts_for_what_was_executed() {
    let order = placed();
    let why = refusal("expired");
    let event = StockOrderEvent::Reported(report(&order, StockState::Ended { why }, "3", "201"));
    let ended = order.on(&event, NOW).unwrap();
    let why = Some("3 of 4 executed; no (expired)".to_owned());
    assert_eq!(conclude(&ordering(1), &ended, true, NOW), Conclusion::Executed { why });
}
