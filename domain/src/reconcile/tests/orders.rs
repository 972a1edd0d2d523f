//! Orders: confirmed, lost, found, ended in part.

use std::time::Duration;

use super::account::*;
use super::reports::*;
use crate::id::OrderId;
use crate::market::Side;
use crate::order::OrderState;
use crate::position::{CloseReason, PositionState};
use crate::reconcile::Mismatch;
use crate::time::Timestamp;
use crate::venue::ReportedState;

#[test]
fn s3_10_order_whose_answer_was_lost_is_found_by_its_fill() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    let fills = vec![
        fill("f1", Side::Long, false, "0.5", "100", 50)
            .of(1)
            .worth("0", "0.025"),
    ];
    let decided = book.take(&report(60).with_fills(fills).holding(Side::Long, "0.5", "100"));

    assert_eq!(book.order_state(1), &OrderState::Filled);
    assert_eq!(book.orders[&OrderId(1)].average_price, Some("100".parse().unwrap()));
    let position = book.position(1);
    assert_eq!(position.state, PositionState::Open);
    assert_eq!(position.quantity, q("0.5"));
    assert_eq!(position.entry_notional, amount("50"));
    assert_eq!(position.fees, amount("0.025"));
    assert_eq!(decided.robots, ids(&[1]));
    assert_eq!(decided.lookups, []);
    assert!(decided.has_position && !decided.unresolved);
}

#[test]
fn unconfirmed_order_without_fill_is_looked_up_and_stays_while_it_may_be_on_its_way() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    let decided = book.take(&report(60));
    assert_eq!(decided.lookups, [OrderId(1)]);
    assert!(decided.unresolved && decided.changes.is_empty());

    let decided = book.take_with(&report(61), &absent(1, Duration::from_secs(4)));
    assert_eq!(book.order_state(1), &OrderState::Submitting);
    assert!(decided.unresolved && decided.unconfirmed.contains(&OrderId(1)));
}

#[test]
fn order_absent_for_the_grace_never_was_and_its_position_is_abandoned() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    let decided = book.take_with(&report(70), &absent(1, GRACE));
    let reason = "absent".to_owned();
    assert_eq!(book.order_state(1), &OrderState::Refused { reason });
    assert!(matches!(book.position(1).state, PositionState::Abandoned { .. }));
    assert_eq!(decided.robots, ids(&[1]));
    assert!(!decided.has_position);
}

#[test]
fn s1_17_order_that_the_venue_forgot_is_not_given_up_while_history_is_left() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    let mut page = report(70).with_cursor("one");
    page.more = true;
    book.take_with(&page, &absent(1, GRACE));
    assert_eq!(
        book.order_state(1),
        &OrderState::Submitting,
        "its fills may be on the next page"
    );
    let opened = fill("f1", Side::Long, false, "0.5", "100", 50).of(1);
    let told = report(71).with_fills(vec![opened]).holding(Side::Long, "0.5", "100");
    let decided = book.take_with(&told.with_cursor("two"), &absent(1, GRACE));
    assert_eq!(book.order_state(1), &OrderState::Filled);
    assert_eq!(book.position(1).state, PositionState::Open);
    assert_eq!(decided.mismatches, []);
}

#[test]
fn lookup_that_finds_a_filled_order_waits_for_its_fills() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    let told = told(&book.orders[&OrderId(1)], ReportedState::Filled, "0.5", 55);
    let decided = book.take_with(&report(60).holding(Side::Long, "0.5", "100"), &found(1, told));
    assert_eq!(book.order_state(1), &OrderState::Filled);
    assert_eq!(book.position(1).state, PositionState::Opening);
    assert!(decided.unresolved);
    assert_eq!(decided.unexplained, [], "our own order explains what the venue holds");

    let fills = vec![fill("f1", Side::Long, false, "0.5", "100", 55).of(1)];
    book.take(&report(65).with_fills(fills).holding(Side::Long, "0.5", "100"));
    assert_eq!(book.position(1).state, PositionState::Open);
    assert_eq!(book.orders[&OrderId(1)].average_price, Some("100".parse().unwrap()));
}

#[test]
fn resting_order_that_is_gone_is_looked_up() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    let open = told(&book.orders[&OrderId(1)], ReportedState::Open, "0", 50);
    let decided = book.take(&report(60).resting(open));
    assert_eq!(book.order_state(1), &OrderState::Open);
    assert_eq!(decided.lookups, []);
    let decided = book.take(&report(70));
    assert_eq!(decided.lookups, [OrderId(1)]);
    assert_eq!(book.order_state(1), &OrderState::Open);
}

#[test]
fn opening_cancelled_with_a_part_filled_is_an_open_position_of_that_part() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    let fills = vec![fill("f1", Side::Long, false, "0.2", "100", 50).of(1)];
    book.take(&report(55).with_fills(fills).holding(Side::Long, "0.2", "100"));
    assert_eq!(book.order_state(1), &OrderState::PartlyFilled);
    let cancelled = told(&book.orders[&OrderId(1)], ReportedState::Cancelled, "0.2", 58);
    book.take_with(&report(60).holding(Side::Long, "0.2", "100"), &found(1, cancelled));
    assert_eq!(book.order_state(1), &OrderState::Cancelled);
    assert_eq!(book.position(1).state, PositionState::Open);
    assert_eq!(book.position(1).quantity, q("0.2"));
}

#[test]
fn closing_that_ended_with_a_part_leaves_the_rest_open_once_the_part_is_on_record() {
    let mut book = Book::new()
        .open(1, Side::Long, "0.5")
        .closing(1, 2, CloseReason::StopLoss);
    let expired = told(&book.orders[&OrderId(2)], ReportedState::Expired, "0.3", 2_000);
    let decided = book.take_with(
        &report(2_000).holding(Side::Long, "0.2", "100").with_cursor("open"),
        &found(2, expired),
    );
    assert_eq!(book.position(1).state.as_str(), "closing", "its fills are not in yet");
    assert!(decided.unresolved);

    let fills = vec![
        fill("f2", Side::Long, true, "0.3", "90", 1_999)
            .of(2)
            .worth("-3", "0.01"),
    ];
    book.take(&report(2_001).with_fills(fills).holding(Side::Long, "0.2", "100"));
    assert_eq!(book.position(1).state, PositionState::Open);
    assert_eq!(book.position(1).quantity, q("0.2"));
    assert_eq!(book.position(1).realised, amount("-3"));
}

#[test]
fn close_that_never_reached_the_venue_leaves_the_position_open() {
    let mut book = Book::new()
        .open(1, Side::Short, "0.5")
        .closing(1, 2, CloseReason::TakeProfit);
    book.take_with(&report(2_000).holding(Side::Short, "0.5", "100"), &absent(2, GRACE));
    assert_eq!(book.position(1).state, PositionState::Open);
    assert_eq!(book.order_state(2).as_str(), "refused");
}

#[test]
fn order_that_the_venue_forgot_expires_with_what_was_filled() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    let fills = vec![fill("f1", Side::Long, false, "0.2", "100", 50).of(1)];
    book.take(&report(55).with_fills(fills).holding(Side::Long, "0.2", "100"));
    book.take_with(&report(70).holding(Side::Long, "0.2", "100"), &absent(1, GRACE));
    assert_eq!(book.order_state(1), &OrderState::Expired);
    assert_eq!(book.orders[&OrderId(1)].filled, q("0.2"));
}

#[test]
fn s0_08_fill_after_its_order_was_given_up_is_the_robots_all_the_same() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    book.take_with(&report(70), &absent(1, GRACE));
    let fills = vec![fill("f1", Side::Long, false, "0.5", "100", 80).of(1)];
    let decided = book.take(&report(90).with_fills(fills).holding(Side::Long, "0.5", "100"));
    let position = book.position(1);
    assert_eq!((position.state, position.quantity), (PositionState::Open, q("0.5")));
    assert_eq!((position.opened_at, decided.robots), (Some(Timestamp(80)), ids(&[1])));
    assert_eq!(
        decided.mismatches,
        [Mismatch::Contradiction {
            subject: "order:1".to_owned(),
            what: "order 1 was filled although it counts as refused: absent".to_owned(),
        }]
    );
    assert_eq!(book.positions.len(), 1, "nothing external");
    let fills = vec![fill("f2", Side::Long, true, "0.5", "110", 95).worth("5", "0.1")];
    let decided = book.take(&report(96).with_fills(fills));
    assert_eq!(book.position(1).closed_profit(), Some(amount("4.9")));
    assert_eq!(decided.closed, [book.position(1).id], "and is settled");
}

/// Its position has closed without it and may be settled: what the late fill opened is shown to people.
#[test]
fn fill_that_would_grow_a_closed_position_is_recorded_beside_it_and_told() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    let fills = vec![
        fill("f1", Side::Long, false, "0.2", "100", 50).of(1),
        fill("h1", Side::Long, true, "0.2", "110", 60).worth("2", "0"),
    ];
    book.take(&report(61).with_fills(fills));
    assert_eq!(book.position(1).state.as_str(), "closed");
    let late = vec![fill("f2", Side::Long, false, "0.3", "100", 55).of(1)];
    let decided = book.take(&report(70).with_fills(late).holding(Side::Long, "0.3", "100"));
    assert_eq!(book.position(100).quantity, q("0.3"));
    assert_eq!(
        decided.mismatches,
        [Mismatch::LateFill {
            order: OrderId(1),
            fill: "f2".to_owned()
        }]
    );
}

#[test]
fn ord_2_more_filled_than_asked_is_a_mismatch() {
    let mut book = Book::new().opening(1, Side::Long, "0.5");
    let over = told(&book.orders[&OrderId(1)], ReportedState::Open, "0.6", 50);
    let decided = book.take(&report(60).resting(over));
    assert_eq!(book.order_state(1), &OrderState::Submitting);
    assert_eq!(decided.mismatches.len(), 1);
    assert_eq!(
        decided.mismatches[0].to_string(),
        "order 1 of 0.5 cannot have 0.6 filled after 0"
    );
}
