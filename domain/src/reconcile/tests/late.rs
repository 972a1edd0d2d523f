//! What comes after a position was closed: fills, funding, revisions; and what the ledger then has to do.

use super::account::*;
use super::reports::*;
use crate::id::PositionId;
use crate::ledger::EntrySeq;
use crate::market::Side;
use crate::position::{CloseReason, ProfitBasis};
use crate::reconcile::Revised;
use crate::settlement::Settlement;
use crate::time::Timestamp;

/// A position that a hand closed at 2,000 with this profit before the fee of 0.5.
fn closed(realised: &str) -> Book {
    let mut book = Book::new().open(1, Side::Long, "0.5");
    let close = fill("h1", Side::Long, true, "0.5", "120", 2_000).worth(realised, "0.5");
    book.take(&report(2_001).with_fills(vec![close]).with_cursor("closed"));
    book
}

fn charged() -> Settlement {
    Settlement::Charged {
        power: amount("0.95"),
        rate: "0.1".parse().unwrap(),
        entry: EntrySeq(1),
    }
}

fn revised(id: i64, before: &str, now: &str) -> Vec<Revised> {
    vec![Revised {
        position: PositionId(id),
        before: amount(before),
        now: amount(now),
    }]
}

#[test]
fn s0_08_funding_that_comes_after_the_close_counts_when_it_was_paid_before() {
    let mut book = closed("10");
    book.settle(1, charged());
    let told = report(3_000)
        .with_cursor("closed")
        .funded("i1", Some(Side::Long), "-1.5", 1_500);
    let decided = book.take(&told.funded("i2", None, "-7", 2_100));
    let position = book.position(1).clone();
    assert_eq!(
        (position.funding, position.closed_profit()),
        (amount("-1.5"), Some(amount("8")))
    );
    assert_eq!(
        (position.settlement, position.settled_profit),
        (charged(), Some(amount("9.5")))
    );
    assert!(position.correction_due());
    assert_eq!(book.incomes["i1"].position, Some(PositionId(1)));
    assert_eq!(book.incomes["i2"].position, None, "paid after the close");
    assert_eq!((decided.closed, decided.mismatches), (vec![PositionId(1)], vec![]));
    assert_eq!(decided.revised, revised(1, "9.5", "8"));
}

#[test]
fn funding_of_closed_and_open_positions_is_shared_by_those_that_were_open_then() {
    let mut book = Book::new().open(1, Side::Long, "1").open(2, Side::Long, "3");
    book = book.closing(1, 7, CloseReason::TakeProfit);
    let close = fill("f7", Side::Long, true, "1", "110", 2_000).of(7).worth("10", "0");
    book.take(&report(2_001).with_fills(vec![close]).holding(Side::Long, "3", "100"));
    let late = |id: &str, at| {
        report(3_000 + at)
            .holding(Side::Long, "3", "100")
            .funded(id, Some(Side::Long), "-0.4", at)
    };
    book.take(&late("i1", 1_800));
    let shares = [book.position(1).funding, book.position(2).funding];
    assert_eq!(shares, ["-0.1", "-0.3"].map(amount));
    book.take(&late("i2", 2_500));
    assert_eq!(book.position(2).funding, amount("-0.7"));
    assert_eq!(book.position(1).closed_profit(), Some(amount("9.9")));
}

#[test]
fn s0_08_a_revised_fill_changes_the_closed_profit_once_and_keeps_both_words_on_record() {
    let mut book = closed("10");
    book.settle(1, charged());
    let word = fill("h1", Side::Long, true, "0.5", "120", 2_000).worth("7", "0.25");
    let told = |at| report(at).with_fills(vec![word.clone()]).with_cursor("closed");
    let decided = book.take(&told(3_000));
    assert_eq!(book.position(1).closed_profit(), Some(amount("6.75")));
    assert_eq!(decided.revised, revised(1, "9.5", "6.75"));
    assert_eq!((decided.closed, decided.mismatches), (vec![PositionId(1)], vec![]));
    let row = &book.fills["h1#r1"];
    assert_eq!((row.report.realised, row.report.fee), (amount("-3"), amount("-0.25")));
    assert_eq!((row.position, row.report.quantity), (Some(PositionId(1)), q("0")));
    assert_eq!(book.position(1).provenance.fills, 2, "it is the same fill");
    let before = book.clone();
    let decided = book.take(&told(3_001));
    assert!(decided.changes.is_empty(), "the same word again: {:?}", decided.changes);
    assert_eq!(
        Book {
            last_report: before.last_report,
            ..book.clone()
        },
        before
    );
    let back = fill("h1", Side::Long, true, "0.5", "120", 2_000).worth("10", "0.5");
    book.take(&report(4_000).with_fills(vec![back]).with_cursor("closed"));
    assert_eq!(book.fills["h1#r2"].report.realised, amount("3"));
    assert!(!book.position(1).is_unsettled(), "the profit is the settled one again");
}

#[test]
fn revised_fill_of_two_robots_is_shared_as_it_was() {
    let mut book = Book::new().open(1, Side::Long, "0.1").open(2, Side::Long, "0.2");
    let hand = fill("h1", Side::Long, true, "0.3", "110", 5_000).worth("3", "0.3");
    book.take(&report(5_001).with_fills(vec![hand]).with_cursor("two"));
    let word = fill("h1", Side::Long, true, "0.3", "110", 5_000).worth("3.3", "0.3");
    book.take(&report(5_002).with_fills(vec![word.clone()]).with_cursor("two"));
    assert_eq!([1, 2].map(|id| book.position(id).realised), ["1.1", "2.2"].map(amount));
    assert_eq!(book.fills["h1#r1"].position, Some(PositionId(1)));
    assert_eq!(book.fills["h1#r1#2"].position, Some(PositionId(2)));
    let decided = book.take(
        &report(5_003)
            .with_fills(vec![word.worth("3", "0.3")])
            .with_cursor("two"),
    );
    assert_eq!([1, 2].map(|id| book.position(id).realised), ["1", "2"].map(amount));
    assert!(book.fills.contains_key("h1#r2#2"));
    assert_eq!(decided.revised.len(), 2);
}

#[test]
fn revision_in_a_late_report_is_not_believed() {
    let mut book = closed("10");
    book.last_report = Some(Timestamp(9_000));
    let word = fill("h1", Side::Long, true, "0.5", "120", 2_000).worth("7", "0.5");
    let decided = book.take(&report(8_000).with_fills(vec![word]).with_cursor("closed"));
    assert!(decided.changes.is_empty());
}

#[test]
fn s0_08_late_fill_of_a_close_counts_in_the_position_that_it_was_for() {
    let mut book = Book::new()
        .open(1, Side::Long, "0.5")
        .closing(1, 2, CloseReason::StopLoss);
    let hand = fill("h1", Side::Long, true, "0.5", "90", 2_000).worth("-5", "0.1");
    book.take(&report(2_001).with_fills(vec![hand]));
    assert_eq!(book.position(1).settlement, Settlement::NothingDue);
    let late = fill("f2", Side::Long, true, "0.5", "130", 2_000)
        .of(2)
        .worth("15", "0.2");
    let decided = book.take(&report(2_500).with_fills(vec![late]));
    let position = book.position(1);
    assert_eq!(position.closed_profit(), Some(amount("9.7")));
    assert_eq!((position.exit_notional, position.quantity), (amount("45"), q("0")));
    assert_eq!(position.settlement, Settlement::Pending, "a loss that became a profit");
    assert_eq!((decided.closed, decided.mismatches), (vec![PositionId(1)], vec![]));
    assert_eq!(book.fills["f2"].position, Some(PositionId(1)));
}

#[test]
fn what_is_pending_simply_changes_and_what_is_waived_stays() {
    let mut book = closed("10");
    let told = |id: &str, amount: &str| report(3_000).with_cursor("closed").funded(id, None, amount, 1_500);
    book.take(&told("i1", "-1"));
    assert_eq!(book.position(1).settlement, Settlement::Pending);
    assert_eq!(book.position(1).closed_profit(), Some(amount("8.5")));
    book.take(&told("i2", "-20"));
    assert_eq!(book.position(1).settlement, Settlement::NothingDue);
    book.take(&told("i3", "20"));
    assert_eq!(book.position(1).settlement, Settlement::Pending);
    let (power, rate) = (amount("0.85"), "0.1".parse().unwrap());
    book.settle(1, Settlement::Waived { power, rate });
    let decided = book.take(&told("i4", "5"));
    assert_eq!(book.position(1).closed_profit(), Some(amount("13.5")));
    assert!(!book.position(1).is_unsettled());
    assert_eq!((decided.closed, decided.revised), (vec![], revised(1, "8.5", "13.5")));
}

#[test]
fn gross_profit_is_not_changed_by_funding() {
    let mut book = Book::new().open(1, Side::Long, "0.5");
    book.positions.get_mut(&PositionId(1)).unwrap().profit_basis = ProfitBasis::Gross;
    let close = fill("h1", Side::Long, true, "0.5", "120", 2_000).worth("10", "0.5");
    book.take(&report(2_001).with_fills(vec![close]).with_cursor("closed"));
    book.settle(1, charged());
    let decided = book.take(&report(3_000).with_cursor("closed").funded("i1", None, "-1", 1_500));
    assert_eq!(book.position(1).funding, amount("-1"));
    assert_eq!(book.position(1).closed_profit(), Some(amount("10")));
    assert_eq!((decided.revised, decided.closed), (vec![], vec![]));
}

#[test]
fn s0_08_a_revised_payment_changes_the_closed_profit_once_and_keeps_both_words_on_record() {
    let mut book = closed("10");
    let told = |at, paid: &str| {
        report(at)
            .with_cursor("closed")
            .funded("i1", Some(Side::Long), paid, 1_500)
    };
    book.take(&told(2_500, "-1.5"));
    book.settle(1, charged());
    let decided = book.take(&told(3_000, "-2"));
    let position = book.position(1).clone();
    assert_eq!(
        (position.funding, position.closed_profit()),
        (amount("-2"), Some(amount("7.5")))
    );
    assert_eq!(position.provenance.incomes, 1, "it is the same payment");
    assert!(position.correction_due());
    assert_eq!(book.incomes["i1"].report.amount, amount("-1.5"), "no row is changed");
    let row = &book.incomes["i1#r1"];
    assert_eq!((row.report.amount, row.position), (amount("-0.5"), Some(PositionId(1))));
    assert_eq!((decided.closed, decided.mismatches), (vec![PositionId(1)], vec![]));
    assert_eq!(decided.revised, revised(1, "8", "7.5"));
    let decided = book.take(&told(3_001, "-2"));
    assert!(decided.changes.is_empty(), "the same word again: {:?}", decided.changes);
    book.take(&told(4_000, "-1.5"));
    assert_eq!(book.incomes["i1#r2"].report.amount, amount("0.5"));
    assert!(!book.position(1).is_unsettled(), "the profit is the settled one again");
}

#[test]
fn revised_payment_is_shared_as_it_was_and_one_that_was_nobodys_stays_so() {
    let mut book = Book::new().open(1, Side::Long, "1").open(2, Side::Long, "3");
    let told = |at, paid: &str, nobodys: &str| {
        let both = report(at).holding(Side::Long, "4", "100");
        both.funded("i1", Some(Side::Long), paid, 1_500)
            .funded("i2", Some(Side::Short), nobodys, 1_500)
    };
    book.take(&told(2_000, "-0.4", "1"));
    let decided = book.take(&told(3_000, "-0.8", "3"));
    assert_eq!(decided.mismatches, []);
    assert_eq!([1, 2].map(|id| book.position(id).funding), ["-0.2", "-0.6"].map(amount));
    assert_eq!(book.incomes["i1#r1"].position, Some(PositionId(1)));
    assert_eq!(book.incomes["i1#r1#2"].position, Some(PositionId(2)));
    let row = &book.incomes["i2#r1"];
    assert_eq!((row.report.amount, row.position), (amount("2"), None));
}

#[test]
fn payment_that_is_told_on_another_market_is_a_contradiction_and_changes_nothing() {
    let mut book = closed("10");
    let told = |at, paid: &str| {
        report(at)
            .with_cursor("closed")
            .funded("i1", Some(Side::Long), paid, 1_500)
    };
    book.take(&told(2_500, "-1.5"));
    let mut other = told(3_000, "-2");
    other.incomes[0].symbol = crate::market::Symbol::new("ETHUSDT");
    let decided = book.take(&other);
    assert!(decided.changes.is_empty(), "{:?}", decided.changes);
    let told: Vec<String> = decided.mismatches.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["payment i1 was on BTCUSDT and is told on ETHUSDT"]);
    // Of an old report nobody knows whether its word came first or last.
    book.last_report = Some(Timestamp(9_000));
    let late = book.take(
        &self::report(8_000)
            .with_cursor("closed")
            .funded("i1", None, "-3", 1_500),
    );
    assert!(late.changes.is_empty());
}
