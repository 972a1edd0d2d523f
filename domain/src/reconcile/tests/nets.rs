//! Several robots on one market: what the venue nets, each by its own fills.

use super::account::*;
use super::reports::*;
use crate::fixed::Amount;
use crate::id::PositionId;
use crate::market::Side;
use crate::position::{CloseReason, ClosedBy, Origin, PositionState, ProfitSource};
use crate::reconcile::{Difference, Mismatch, SIGHTINGS};
use crate::settlement::Settlement;
use crate::venue::{FillCause, FillReport};

fn closed_as(book: &Book, id: i64) -> (CloseReason, Amount) {
    match book.position(id).state {
        PositionState::Closed { reason, profit, .. } => (reason, profit),
        other => panic!("position {id} is {other:?}"),
    }
}

/// Σ realised on record, and what is carried.
fn realised(book: &Book) -> (Amount, Amount) {
    let positions = || book.positions.values();
    (
        Amount::sum(positions().map(|position| position.realised)).unwrap(),
        Amount::sum(positions().filter_map(|position| position.carry)).unwrap(),
    )
}

/// Robot 1 holds one long from 100, robot 2 one long from 110; the venue's average is 105.
fn two_longs() -> Book {
    let mut book = Book::new().open(1, Side::Long, "1").opening(2, Side::Long, "1");
    let second = fill("open2", Side::Long, false, "1", "110", 1_002).of(2);
    book.take(&report(1_002).with_fills(vec![second]).holding(Side::Long, "2", "105"));
    book
}

fn own_close(id: &str, order: i64, price: &str, at: i64, worth: &str) -> FillReport {
    fill(id, Side::Long, true, "1", price, at).of(order).worth(worth, "0")
}

#[test]
fn robots_that_share_a_side_earn_by_their_own_fills_and_sum_to_the_venues_word() {
    let mut book = two_longs().closing(1, 7, CloseReason::TakeProfit);
    book.take(
        &report(2_001)
            .with_fills(vec![own_close("c1", 7, "120", 2_000, "15")])
            .holding(Side::Long, "1", "105"),
    );
    assert_eq!(closed_as(&book, 1), (CloseReason::TakeProfit, amount("20")));
    assert_eq!(book.position(1).provenance.source, ProfitSource::Derived);
    assert_eq!(book.position(1).settlement, Settlement::Pending);
    assert_eq!(realised(&book), (amount("20"), amount("-5")));
    assert_eq!(book.fills["c1"].report.realised, amount("20"));
    let carried = &book.fills["c1#c"];
    assert_eq!((carried.position, carried.report.quantity), (None, q("0")));
    assert_eq!(carried.report.realised, amount("-5"));

    book = book.closing(2, 8, CloseReason::StopLoss);
    book.take(&report(3_001).with_fills(vec![own_close("c2", 8, "90", 3_000, "-15")]));
    assert_eq!(closed_as(&book, 2), (CloseReason::StopLoss, amount("-20")));
    assert_eq!(realised(&book), (amount("0"), amount("0")));
    let rows = book.fills.values().map(|fill| fill.report.realised);
    assert_eq!(Amount::sum(rows), Ok(amount("0")));
}

#[test]
fn robot_alone_takes_the_venues_word() {
    let mut book = Book::new()
        .open(1, Side::Long, "1")
        .closing(1, 7, CloseReason::TakeProfit);
    book.take(&report(2_001).with_fills(vec![own_close("c1", 7, "120", 2_000, "19.99999998")]));
    assert_eq!(closed_as(&book, 1).1, amount("19.99999998"));
    assert_eq!(book.position(1).provenance.source, ProfitSource::Venue);
    assert_eq!(book.position(1).carry, None);
    assert_eq!(book.fills.len(), 2);
}

#[test]
fn what_rounding_leaves_goes_to_who_closes_last_and_what_it_does_not_explain_to_nobody() {
    for (word, last, told) in [("-14.99999999", "-19.99999999", 0), ("-14", "-20", 1)] {
        let mut book = two_longs().closing(1, 7, CloseReason::TakeProfit);
        book.take(
            &report(2_001)
                .with_fills(vec![own_close("c1", 7, "120", 2_000, "15")])
                .holding(Side::Long, "1", "105"),
        );
        book = book.closing(2, 8, CloseReason::StopLoss);
        let decided = book.take(&report(3_001).with_fills(vec![own_close("c2", 8, "90", 3_000, word)]));
        assert_eq!(closed_as(&book, 2).1, amount(last));
        assert_eq!(decided.mismatches.len(), told, "{:?}", decided.mismatches);
        let rows = book.fills.values().map(|fill| fill.report.realised);
        let word = amount("15").plus(amount(word)).unwrap();
        assert_eq!(Amount::sum(rows), Ok(word), "rows are the venue's word");
        assert_eq!(realised(&book).1, amount("0"));
    }
}

#[test]
fn fill_that_is_told_again_revises_nothing_of_a_shared_net() {
    let mut book = two_longs().closing(1, 7, CloseReason::TakeProfit);
    let close = own_close("c1", 7, "120", 2_000, "15");
    let told = |at| {
        report(at)
            .with_fills(vec![close.clone()])
            .holding(Side::Long, "1", "105")
    };
    book.take(&told(2_001));
    let again = book.take(&told(2_002));
    assert!(again.changes.is_empty(), "{:?}", again.changes);
}

#[test]
fn liquidation_of_a_shared_side_is_shared_by_quantity_and_a_hand_takes_its_own_first() {
    for (cause, left) in [
        (FillCause::Liquidation, ["0.5", "1.5", "1"]),
        (FillCause::Venue, ["0.5", "1.5", "1"]),
        (FillCause::Order, ["0.75", "2.25", "0"]),
    ] {
        let mut book = Book::new().open(1, Side::Long, "1").open(2, Side::Long, "3");
        book.lots.insert(btc(), q("0.01"));
        let hand = fill("h1", Side::Long, false, "2", "100", 1_500);
        book.take(&report(1_501).with_fills(vec![hand]).holding(Side::Long, "6", "100"));
        let taken = fill("x1", Side::Long, true, "3", "90", 2_000).worth("-30", "0.00000001");
        book.take(
            &report(2_001)
                .with_fills(vec![taken.by(cause)])
                .holding(Side::Long, "3", "100"),
        );
        assert_eq!(
            [1, 2, 100].map(|id| book.position(id).quantity),
            left.map(q),
            "{cause:?}"
        );
        let parts = book
            .fills
            .values()
            .filter(|fill| fill.report.venue_fill_id.starts_with("x1"));
        let sums = parts.fold((q("0"), amount("0"), amount("0")), |sum, fill| {
            let (quantity, fee) = (fill.report.quantity, fill.report.fee);
            let realised = sum.2.plus(fill.report.realised).unwrap();
            (sum.0.plus(quantity).unwrap(), sum.1.plus(fee).unwrap(), realised)
        });
        assert_eq!(sums, (q("3"), amount("0.00000001"), amount("-30")));
    }
}

#[test]
fn liquidation_of_two_robots_closes_both_as_liquidated() {
    let mut book = two_longs();
    let taken = fill("x1", Side::Long, true, "2", "80", 2_000).worth("-50", "0.2");
    book.take(&report(2_001).with_fills(vec![taken.by(FillCause::Liquidation)]));
    let (one, two) = (closed_as(&book, 1), closed_as(&book, 2));
    assert_eq!((one.0.by(), two.0.by()), (ClosedBy::Liquidation, ClosedBy::Liquidation));
    assert_eq!((one.1, two.1), (amount("-20.1"), amount("-30.1")));
    assert_eq!(realised(&book), (amount("-50"), amount("0")));
}

/// On a one-way account robot 1 is long one from 100, and robot 2 opens one short at 110: the venue holds nothing.
fn opposites() -> Book {
    let mut book = Book::one_way().open(1, Side::Long, "1").opening(2, Side::Short, "1");
    let second = fill("open2", Side::Long, true, "1", "110", 1_500)
        .of(2)
        .worth("10", "0");
    book.take(&report(1_501).with_fills(vec![second]));
    book
}

#[test]
fn opposite_robots_on_a_one_way_account_are_netted_by_the_venue_and_explained() {
    let mut book = opposites();
    assert_eq!((book.position(1).quantity, book.position(2).quantity), (q("1"), q("1")));
    assert_eq!(book.position(2).state, PositionState::Open);
    let row = &book.fills["open2"].report;
    assert_eq!(
        (row.position_side, row.reducing),
        (Side::Short, false),
        "as its position took it"
    );
    assert_eq!(realised(&book), (amount("0"), amount("10")));
    for second in 2..10 {
        let decided = book.take(&report(second * 1_000));
        assert_eq!((decided.unexplained, decided.mismatches), (vec![], vec![]));
    }
    // The first closes by an order that opens a short at the venue, the second by one that closes it.
    book = book.closing(1, 7, CloseReason::TakeProfit).plain(7);
    let sold = fill("c1", Side::Short, false, "1", "120", 20_000).of(7);
    book.take(&report(20_001).with_fills(vec![sold]).holding(Side::Short, "1", "120"));
    assert_eq!(closed_as(&book, 1), (CloseReason::TakeProfit, amount("20")));
    book = book.closing(2, 8, CloseReason::StopLoss);
    let bought = fill("c2", Side::Short, true, "1", "130", 30_000)
        .of(8)
        .worth("-10", "0");
    let decided = book.take(&report(30_001).with_fills(vec![bought]));
    assert_eq!(closed_as(&book, 2), (CloseReason::StopLoss, amount("-20")));
    assert_eq!(realised(&book), (amount("0"), amount("0")));
    assert_eq!(decided.mismatches, []);
    assert!(!decided.has_position);
}

#[test]
fn difference_of_netted_robots_is_external_once_it_lasts() {
    let mut book = opposites();
    for second in 0..i64::from(SIGHTINGS) {
        book.take(&report(5_000 + second * 1_000).holding(Side::Long, "0.5", "100"));
    }
    let external = book.position(100);
    assert_eq!((external.origin, external.side), (Origin::External, Side::Long));
    assert_eq!(external.quantity, q("0.5"));
    assert_eq!((book.position(1).quantity, book.position(2).quantity), (q("1"), q("1")));
    let decided = book.take(&report(20_000).holding(Side::Long, "0.5", "100"));
    assert_eq!((decided.unexplained, decided.mismatches), (vec![], vec![]));
}

#[test]
fn close_that_may_grow_and_finds_its_position_smaller_leaves_an_external_one_and_is_told() {
    let mut book = opposites();
    let more = fill("h1", Side::Long, false, "2", "100", 2_000);
    book.take(&report(2_001).with_fills(vec![more]).holding(Side::Long, "2", "100"));
    book = book.closing(2, 8, CloseReason::StopLoss).plain(8);
    // The venue takes half of everything that is long before it gets there.
    let taken = fill("x1", Side::Long, true, "1.5", "90", 3_000).by(FillCause::Liquidation);
    let own = fill("c8", Side::Long, false, "1", "90", 3_001).of(8);
    let decided = book.take(
        &report(3_002)
            .with_fills(vec![taken, own])
            .holding(Side::Long, "1.5", "95"),
    );
    assert_eq!(decided.mismatches, []);
    assert_eq!(book.position(2).state.as_str(), "closed");

    let mut book = opposites().closing(1, 7, CloseReason::StopLoss).plain(7);
    book.positions.get_mut(&PositionId(1)).unwrap().quantity = q("0.4");
    let own = fill("c7", Side::Short, false, "1", "90", 3_001).of(7);
    let decided = book.take(&report(3_002).with_fills(vec![own]).holding(Side::Short, "1.6", "95"));
    let (order, fill) = (crate::id::OrderId(7), "c7".to_owned());
    assert_eq!(decided.mismatches, [Mismatch::Overshot { order, fill }]);
    let external = book.position(100);
    assert_eq!((external.side, external.quantity), (Side::Short, q("0.6")));
    assert_eq!(book.position(2).quantity, q("1"), "it is nobody else's");
}

#[test]
fn close_that_only_shrinks_takes_from_the_others_what_a_hand_had_taken_from_it() {
    let mut book = Book::new().open(1, Side::Long, "1").open(2, Side::Long, "1");
    book.lots.insert(btc(), q("0.1"));
    book = book.closing(1, 7, CloseReason::TakeProfit);
    let hand = fill("h1", Side::Long, true, "1", "110", 2_000).worth("10", "0");
    let own = own_close("c1", 7, "110", 2_001, "10");
    let decided = book.take(&report(2_002).with_fills(vec![hand, own]));
    assert_eq!(closed_as(&book, 1), (CloseReason::TakeProfit, amount("10")));
    assert_eq!(closed_as(&book, 2), (CloseReason::Venue, amount("10")));
    assert_eq!(decided.mismatches, []);
}

#[test]
fn robot_that_opens_against_a_hand_on_a_one_way_account_closes_that_first() {
    let mut book = Book::one_way();
    let hand = fill("h1", Side::Short, false, "0.4", "100", 1_000);
    book.take(&report(1_001).with_fills(vec![hand]).holding(Side::Short, "0.4", "100"));
    book = book.opening(1, Side::Long, "1");
    let closing = fill("o1", Side::Short, true, "0.4", "90", 2_000).of(1).worth("4", "0");
    let opening = fill("o2", Side::Long, false, "0.6", "90", 2_000).of(1);
    book.take(
        &report(2_001)
            .with_fills(vec![closing, opening])
            .holding(Side::Long, "0.6", "90"),
    );
    assert_eq!(closed_as(&book, 100), (CloseReason::Venue, amount("4")));
    assert_eq!((book.position(1).quantity, book.position(1).carry), (q("0.6"), None));
}

#[test]
fn funding_is_shared_by_what_each_held_then_also_when_it_is_told_late() {
    let mut book = Book::new().open(1, Side::Long, "1").open(2, Side::Long, "3");
    book = book.closing(2, 7, CloseReason::TakeProfit);
    let half = fill("c1", Side::Long, true, "1", "110", 2_000).of(7).worth("10", "0");
    let rest = fill("c2", Side::Long, true, "2", "110", 3_000).of(7).worth("20", "0");
    book.take(
        &report(3_001)
            .with_fills(vec![half, rest])
            .holding(Side::Long, "1", "100"),
    );
    let late = report(4_000)
        .holding(Side::Long, "1", "100")
        .funded("i1", Some(Side::Long), "-0.4", 1_900)
        .funded("i2", Some(Side::Long), "-0.30000001", 2_500)
        .funded("i3", Some(Side::Long), "-0.1", 3_500);
    book.take(&late);
    assert_eq!(book.position(1).funding, amount("-0.3"));
    assert_eq!(book.position(2).funding, amount("-0.50000001"));
    assert_eq!(book.incomes["i2#2"].report.amount, amount("-0.1"));
}

#[test]
fn funding_of_a_net_is_its_larger_sides() {
    let mut book = Book::one_way().open(1, Side::Long, "1").opening(2, Side::Short, "0.4");
    let second = fill("open2", Side::Long, true, "0.4", "110", 1_500)
        .of(2)
        .worth("4", "0");
    book.take(&report(1_501).with_fills(vec![second]).holding(Side::Long, "0.6", "100"));
    book.take(
        &report(2_001)
            .holding(Side::Long, "0.6", "100")
            .funded("i1", None, "-0.3", 2_000),
    );
    assert_eq!(book.position(1).funding, amount("-0.3"));
    assert_eq!(book.position(2).funding, amount("0"));
}

#[test]
fn s2_08_missing_side_is_told_beside_an_external_one_that_was_only_seen() {
    let mut book = Book::one_way().open(1, Side::Long, "1");
    for second in 0..i64::from(SIGHTINGS) + 2 {
        book.take(&report(5_000 + second * 1_000).holding(Side::Short, "1", "100"));
    }
    let difference = |decided: &Difference| (decided.side, decided.recorded, decided.held);
    assert_eq!(
        book.unexplained.iter().map(difference).collect::<Vec<_>>(),
        [(Side::Long, q("1"), q("0"))]
    );
    assert_eq!(
        (book.position(100).side, book.position(100).quantity),
        (Side::Short, q("1"))
    );
    assert_eq!(book.position(1).state, PositionState::Open);
}
