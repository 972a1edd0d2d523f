//! What somebody else opened, and what the venue holds without telling why.

use super::account::*;
use super::reports::*;
use crate::id::PositionId;
use crate::market::Side;
use crate::position::{CloseReason, Origin, PositionState};
use crate::reconcile::{Difference, Mismatch, Reconciled, SIGHTINGS};
use crate::settlement::Settlement;
use crate::time::Timestamp;

/// The same report, a second later each time.
fn take_each_second(book: &mut Book, told: &crate::venue::AccountReport, times: u32) -> Vec<Reconciled> {
    let mut told = told.clone();
    (0..times)
        .map(|_| {
            told.at = Timestamp(told.at.0 + 1_000);
            book.take(&told)
        })
        .collect()
}

#[test]
fn s2_08_position_opened_by_hand_is_recorded_as_external_and_is_exempt() {
    let mut book = Book::new();
    let opened = fill("h1", Side::Short, false, "0.4", "100", 1_000).worth("0", "0.02");
    let decided = book.take(
        &report(1_001)
            .with_fills(vec![opened])
            .holding(Side::Short, "0.4", "100"),
    );
    assert!(decided.has_position);
    let position = book.position(100);
    assert_eq!((position.origin, position.robot), (Origin::External, None));
    assert_eq!((position.state, position.quantity), (PositionState::Open, q("0.4")));
    assert_eq!((position.fees, position.leverage), (amount("0.02"), 5));

    let closed = fill("h2", Side::Short, true, "0.4", "90", 2_000).worth("4", "0.02");
    let decided = book.take(&report(2_001).with_fills(vec![closed]));
    let state = PositionState::Closed {
        at: Timestamp(2_000),
        reason: CloseReason::Manual,
        profit: amount("3.96"),
    };
    assert_eq!(book.position(100).state, state);
    assert_eq!(book.position(100).settlement, Settlement::Exempt);
    assert_eq!(decided.closed, []);
}

#[test]
fn external_profit_is_settled_where_that_is_wanted() {
    let mut book = Book::new();
    book.rules.charge_external = true;
    let opened = fill("h1", Side::Long, false, "0.4", "100", 1_000);
    let closed = fill("h2", Side::Long, true, "0.4", "110", 2_000).worth("4", "0");
    let decided = book.take(&report(2_001).with_fills(vec![opened, closed]));
    assert_eq!(book.position(100).settlement, Settlement::Pending);
    assert_eq!(decided.closed, [PositionId(100)]);
}

#[test]
fn hand_that_adds_to_a_robots_position_makes_an_external_one_beside_it() {
    let mut book = Book::new().open(1, Side::Long, "1");
    let more = fill("h1", Side::Long, false, "0.5", "110", 2_000);
    let again = fill("h2", Side::Long, false, "0.25", "120", 2_001);
    book.take(
        &report(2_002)
            .with_fills(vec![more, again])
            .holding(Side::Long, "1.75", "105"),
    );
    assert_eq!(book.position(1).quantity, q("1"));
    assert_eq!(book.position(100).quantity, q("0.75"));
    assert_eq!(book.position(100).entry_notional, amount("85"));
    assert_eq!(book.positions.len(), 2);
}

#[test]
fn unexplained_surplus_is_recorded_once_it_lasts() {
    let mut book = Book::new().open(1, Side::Long, "1");
    let told = report(5_000).holding(Side::Long, "1.5", "104").with_cursor("open");
    let decided = take_each_second(&mut book, &told, SIGHTINGS - 1);
    assert!(
        decided
            .iter()
            .all(|decided| decided.unresolved && decided.changes.is_empty())
    );
    assert_eq!(book.positions.len(), 1);

    let decided = take_each_second(
        &mut book,
        &report(9_000).holding(Side::Long, "1.5", "104").with_cursor("open"),
        1,
    );
    let external = book.position(100);
    // 1.5 at 104 cost 156, of which the robot paid 100.
    assert_eq!((external.quantity, external.entry_notional), (q("0.5"), amount("56")));
    assert_eq!(
        (external.origin, external.opened_at),
        (Origin::External, Some(Timestamp(10_000)))
    );
    assert_eq!(decided[0].mismatches, []);
    let decided = take_each_second(
        &mut book,
        &report(11_000).holding(Side::Long, "1.5", "104").with_cursor("open"),
        1,
    );
    assert!(decided[0].changes.is_empty() && decided[0].unexplained.is_empty());
}

#[test]
fn fill_that_comes_after_its_position_was_recorded_is_not_counted_twice() {
    let mut book = Book::new();
    take_each_second(&mut book, &report(5_000).holding(Side::Long, "0.5", "104"), SIGHTINGS);
    assert_eq!(book.position(100).quantity, q("0.5"));
    let late = fill("h1", Side::Long, false, "0.5", "104", 4_999);
    book.take(&report(12_000).with_fills(vec![late]).holding(Side::Long, "0.5", "104"));
    assert_eq!(book.position(100).quantity, q("0.5"));
    assert_eq!(book.fills["h1"].position, Some(PositionId(100)));
}

#[test]
fn position_that_the_venue_lost_without_fills_stays_and_is_told() {
    let mut book = Book::new().open(1, Side::Long, "1");
    let decided = take_each_second(&mut book, &report(5_000), SIGHTINGS);
    let (last, earlier) = decided.split_last().unwrap();
    assert!(earlier.iter().all(|decided| decided.mismatches.is_empty()));
    let difference = Difference {
        symbol: btc(),
        side: Side::Long,
        recorded: q("1"),
        held: q("0"),
        at: Timestamp(10_000),
        sightings: SIGHTINGS,
    };
    let account = crate::id::VenueAccountId(1);
    let missing = Mismatch::Missing { account, difference };
    assert_eq!(
        missing.to_string(),
        "account 1 has 1 BTCUSDT long on record, the venue holds 0"
    );
    assert_eq!(last.mismatches, [missing]);
    assert_eq!(book.position(1).state, PositionState::Open, "no close is invented");
    assert!(last.has_position);

    let closed = fill("h1", Side::Long, true, "1", "110", 4_000).worth("10", "0.1");
    let decided = book.take(&report(11_000).with_fills(vec![closed]));
    assert_eq!(decided.mismatches, []);
    assert_eq!(book.position(1).state.as_str(), "closed");
}

#[test]
fn the_same_late_answer_twice_is_no_second_sighting() {
    let mut book = Book::new();
    let told = report(5_000).holding(Side::Long, "0.5", "104");
    for _ in 0..10 {
        book.take(&told);
    }
    assert_eq!(book.positions.len(), 0);
    assert_eq!(book.unexplained[0].sightings, 1);
}

#[test]
fn nothing_is_compared_before_the_last_page() {
    let mut book = Book::new();
    let mut told = report(5_000).holding(Side::Long, "0.5", "104");
    told.more = true;
    let decided = take_each_second(&mut book, &told, 5);
    assert!(decided.iter().all(|decided| decided.unexplained.is_empty()));
    assert_eq!(book.positions.len(), 0);
}
