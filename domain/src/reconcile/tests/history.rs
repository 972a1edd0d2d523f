//! Closes by whoever: robot, hand, venue; their profit, time and reason; funding.

use super::account::*;
use super::reports::*;
use crate::fixed::Amount;
use crate::id::{OrderId, PositionId};
use crate::market::Side;
use crate::order::OrderState;
use crate::position::{CloseReason, ClosedBy, PositionState};
use crate::settlement::Settlement;
use crate::time::Timestamp;
use crate::venue::FillCause;

#[test]
fn robot_close_is_closed_by_its_fill_and_awaits_settlement() {
    let mut book = Book::new()
        .open(1, Side::Long, "0.5")
        .closing(1, 2, CloseReason::TakeProfit);
    let fills = vec![
        fill("f2", Side::Long, true, "0.5", "110", 2_000)
            .of(2)
            .worth("5", "0.0275"),
    ];
    let decided = book.take(&report(2_001).with_fills(fills).with_cursor("two"));
    let position = book.position(1);
    let closed = PositionState::Closed {
        at: Timestamp(2_000),
        reason: CloseReason::TakeProfit,
        profit: amount("4.9725"),
    };
    assert_eq!(position.state, closed);
    assert_eq!(position.settlement, Settlement::Pending);
    assert_eq!(position.exit_price(), Some("110".parse().unwrap()));
    assert_eq!(decided.closed, [PositionId(1)]);
    assert_eq!(book.order_state(2), &OrderState::Filled);
    assert_eq!(book.cursor.0, "two");
    assert!(!decided.has_position && !decided.unresolved);
}

#[test]
fn s0_06_hand_close_is_closed_with_the_venues_time_and_profit() {
    let mut book = Book::new().open(1, Side::Long, "0.5");
    let fills = vec![fill("h1", Side::Long, true, "0.5", "120", 2_000).worth("10", "0.03")];
    let decided = book.take(&report(2_500).with_fills(fills));
    let closed = PositionState::Closed {
        at: Timestamp(2_000),
        reason: CloseReason::Manual,
        profit: amount("9.97"),
    };
    assert_eq!(book.position(1).state, closed);
    assert_eq!(decided.closed, [PositionId(1)]);
    assert_eq!(decided.robots, ids(&[1]));
    assert_eq!(book.fills["h1"].order, None);
    assert_eq!(book.fills["h1"].position, Some(PositionId(1)));
}

#[test]
fn liquidation_and_acts_of_the_venue_say_so() {
    for (cause, by) in [
        (FillCause::Liquidation, ClosedBy::Liquidation),
        (FillCause::Venue, ClosedBy::Venue),
    ] {
        let mut book = Book::new().open(1, Side::Long, "0.5");
        let fills = vec![
            fill("x1", Side::Long, true, "0.5", "80", 2_000)
                .worth("-10", "0.2")
                .by(cause),
        ];
        let decided = book.take(&report(2_001).with_fills(fills));
        let PositionState::Closed { reason, profit, .. } = book.position(1).state else {
            panic!("it is closed");
        };
        assert_eq!((reason.by(), profit), (by, amount("-10.2")));
        assert_eq!(book.position(1).settlement, Settlement::NothingDue);
        assert_eq!(decided.closed, []);
    }
}

#[test]
fn hand_close_in_two_parts_closes_with_the_second() {
    let mut book = Book::new().open(1, Side::Short, "0.5");
    let first = fill("h1", Side::Short, true, "0.2", "90", 2_000).worth("2", "0.01");
    let second = fill("h2", Side::Short, true, "0.3", "80", 3_000).worth("6", "0.02");
    book.take(&report(2_001).with_fills(vec![first]).holding(Side::Short, "0.3", "100"));
    assert_eq!(book.position(1).state, PositionState::Open);
    book.take(&report(3_001).with_fills(vec![second]));
    let closed = PositionState::Closed {
        at: Timestamp(3_000),
        reason: CloseReason::Manual,
        profit: amount("7.97"),
    };
    assert_eq!(book.position(1).state, closed);
}

#[test]
fn hand_close_over_two_robots_closes_the_oldest_first_and_shares_exactly() {
    let mut book = Book::new().open(1, Side::Long, "0.1").open(2, Side::Long, "0.2");
    let hand = fill("h1", Side::Long, true, "0.25", "110", 5_000).worth("2.5", "0.00000005");
    book.take(&report(5_001).with_fills(vec![hand]).holding(Side::Long, "0.05", "100"));
    assert_eq!(book.position(1).state.as_str(), "closed");
    assert_eq!(book.position(1).realised, amount("1"));
    assert_eq!(book.position(1).fees, amount("0.00000002"));
    assert_eq!(book.position(2).state, PositionState::Open);
    assert_eq!(book.position(2).quantity, q("0.05"));
    assert_eq!(book.position(2).realised, amount("1.5"));
    assert_eq!(book.position(2).fees, amount("0.00000003"));
    assert_eq!(book.fills["h1"].position, Some(PositionId(1)));
    assert_eq!(book.fills["h1#2"].position, Some(PositionId(2)));
}

#[test]
fn close_of_a_robot_whose_position_a_hand_took_goes_on_to_the_next_holder() {
    let mut book = Book::new().open(1, Side::Long, "1").open(2, Side::Long, "1");
    book = book.closing(2, 7, CloseReason::StopLoss);
    let hand = fill("h1", Side::Long, true, "1.5", "90", 5_000).worth("-15", "0");
    let own = fill("f7", Side::Long, true, "0.5", "90", 5_001).of(7).worth("-5", "0");
    book.take(&report(5_002).with_fills(vec![hand, own]));
    assert_eq!(book.position(1).state.as_str(), "closed");
    assert_eq!(book.position(2).state.as_str(), "closed");
    let realised = Amount::sum([book.position(1).realised, book.position(2).realised]);
    assert_eq!(realised, Ok(amount("-20")));
    let decided = book.take(&report(5_003));
    assert_eq!(decided.lookups, [OrderId(7)], "half of it never can be filled");
}

#[test]
fn reduction_that_nothing_on_record_explains_is_kept_without_a_position() {
    let mut book = Book::new();
    let hand = fill("h1", Side::Long, true, "1.5", "90", 5_000).worth("-15", "0.1");
    let decided = book.take(&report(5_002).with_fills(vec![hand]));
    assert_eq!(book.fills["h1"].position, None);
    assert_eq!(decided.mismatches, []);
    assert!(!decided.has_position);
}

#[test]
fn s0_08_funding_counts_in_the_profit_when_it_was_paid_before_the_close() {
    let mut book = Book::new().open(1, Side::Long, "0.5");
    let fills = vec![fill("h1", Side::Long, true, "0.5", "120", 2_000).worth("10", "0.03")];
    let told = report(2_500)
        .with_fills(fills)
        .funded("i1", Some(Side::Long), "-0.5", 1_500);
    let told = told.funded("i2", None, "-0.1", 2_000).funded("i3", None, "-7", 2_100);
    book.take(&told);
    let PositionState::Closed { profit, .. } = book.position(1).state else {
        panic!("it is closed");
    };
    assert_eq!(profit, amount("9.37"));
    assert_eq!(book.incomes["i1"].position, Some(PositionId(1)));
    assert_eq!(book.incomes["i3"].position, None, "paid after the close");
}

#[test]
fn funding_of_one_venue_position_is_shared_by_the_robots_on_it() {
    let mut book = Book::new().open(1, Side::Long, "1").open(2, Side::Long, "2");
    let told = report(5_000)
        .holding(Side::Long, "3", "100")
        .funded("i1", Some(Side::Long), "-1", 4_000);
    book.take(&told);
    assert_eq!(book.position(1).funding, amount("-0.33333333"));
    assert_eq!(book.position(2).funding, amount("-0.66666667"));
    assert_eq!(book.incomes["i1#2"].position, Some(PositionId(2)));
}

#[test]
fn duplicate_late_and_stale_reports_change_nothing() {
    let mut book = Book::new().open(1, Side::Long, "0.5");
    let fills = vec![fill("h1", Side::Long, true, "0.2", "120", 2_000).worth("4", "0.03")];
    let told = report(2_500)
        .with_fills(fills)
        .holding(Side::Long, "0.3", "100")
        .with_cursor("two");
    book.take(&told);
    let before = book.clone();

    book.take(&told);
    assert_eq!(book, before, "the same report again");

    let late = report(2_400).holding(Side::Long, "0.5", "100").with_cursor("two");
    for _ in 0..5 {
        book.take(&late);
    }
    assert_eq!(book, before, "a report from before the last one");
}

#[test]
fn t12_clock_of_the_venue_set_back_by_a_day_is_no_stale_report() {
    const DAY: i64 = 86_400_000;
    let mut book = Book::new().open(1, Side::Long, "0.5");
    book.last_report = Some(Timestamp(DAY));
    let hand = fill("h1", Side::Long, true, "0.5", "120", 3_000).worth("10", "0");
    book.take(&report(3_001).with_fills(vec![hand]));
    assert_eq!(book.position(1).state.as_str(), "closed");
}

#[test]
fn t12_close_after_the_clock_was_set_back_still_comes_after_its_open() {
    let mut book = Book::new();
    let opened = fill("h1", Side::Long, false, "0.5", "100", 5_000_000);
    let closed = fill("h2", Side::Long, true, "0.5", "110", 1_400_000).worth("5", "0");
    book.take(&report(1_400_001).with_fills(vec![opened, closed]));
    assert_eq!(book.position(100).state.as_str(), "closed");
    assert_eq!(book.position(100).realised, amount("5"));
}
