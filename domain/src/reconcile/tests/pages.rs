//! However the history is cut into reports, the same rows come out.

use proptest::prelude::*;

use super::account::*;
use super::reports::*;
use crate::fixed::{Amount, Quantity};
use crate::market::Side;
use crate::position::CloseReason;
use crate::venue::{AccountReport, Cursor, FillReport};

/// What one step of the account's story does.
#[derive(Debug, Clone)]
struct Step {
    side: Side,
    /// 0: our opening order, 1: our closing order, 2: a hand opens, 3 and up: a hand closes.
    who: u8,
    lots: i64,
    pause: i64,
    profit: i64,
}

fn step() -> impl Strategy<Value = Step> {
    let side = prop_oneof![Just(Side::Long), Just(Side::Short)];
    (side, 0_u8..5, 1_i64..20, 0_i64..3, -500_i64..500).prop_map(|(side, who, lots, pause, profit)| Step {
        side,
        who,
        lots,
        pause,
        profit,
    })
}

/// The fills that a real venue would make of the steps: it never closes more than is held.
fn history(steps: &[Step]) -> Vec<FillReport> {
    let (mut fills, mut at) = (Vec::new(), 2_000);
    let mut held = [100_i64, 100_i64];
    let mut left = [[50_i64, 100_i64]; 2];
    for (index, step) in steps.iter().enumerate() {
        let side = usize::from(step.side == Side::Short);
        let reducing = step.who == 1 || step.who > 2;
        let mut lots = if reducing { step.lots.min(held[side]) } else { step.lots };
        if step.who < 2 {
            lots = lots.min(left[side][usize::from(step.who)]);
            left[side][usize::from(step.who)] -= lots;
        }
        if lots == 0 {
            continue;
        }
        held[side] += if reducing { -lots } else { lots };
        at += step.pause;
        let quantity = Quantity::from_units(lots * 1_000_000).unwrap().to_string();
        let price = (100 + step.profit / 10).to_string();
        let mut fill = fill(&format!("f{index}"), step.side, reducing, &quantity, &price, at);
        fill.realised = Amount::from_units(if reducing { step.profit } else { 0 }).unwrap();
        fill.fee = Amount::from_units(lots).unwrap();
        let own = i64::try_from(side).unwrap() + 1;
        fills.push(match step.who {
            0 => fill.of(own + 10),
            1 => fill.of(own + 20),
            _ => fill,
        });
    }
    fills
}

/// Robots 1 (long) and 2 (short) hold one each and close it; 11 and 12 are opening a half more.
fn account() -> Book {
    let book = Book::new().open(1, Side::Long, "1").open(2, Side::Short, "1");
    let book = book
        .closing(1, 21, CloseReason::StopLoss)
        .closing(2, 22, CloseReason::TakeProfit);
    book.opening(11, Side::Long, "0.5").opening(12, Side::Short, "0.5")
}

fn page(fills: &[FillReport], until: usize, all: usize) -> AccountReport {
    let mut told = report(10_000).with_fills(fills.to_vec());
    told.cursor = Cursor(format!("open{until}"));
    told.more = until < all;
    told
}

/// All that must be the same: everything but the counters of how often a row was written.
fn comparable(mut book: Book) -> Book {
    book.positions.values_mut().for_each(|position| position.version = 0);
    book.orders.values_mut().for_each(|order| order.version = 0);
    book.unexplained.clear();
    book
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn fills_in_random_pages_with_repeats_come_to_the_same_as_all_at_once(
        steps in prop::collection::vec(step(), 0..40),
        cuts in prop::collection::vec((1_usize..7, 0_usize..5), 60),
    ) {
        let fills = history(&steps);
        let mut whole = account();
        whole.take(&page(&fills, fills.len(), fills.len()));

        let mut paged = account();
        let mut done = 0;
        for (length, overlap) in cuts {
            let until = (done + length).min(fills.len());
            paged.take(&page(&fills[done.saturating_sub(overlap)..until], until, fills.len()));
            done = until;
        }
        prop_assert_eq!(done, fills.len());
        prop_assert_eq!(comparable(paged.clone()), comparable(whole));

        let recorded = Quantity::sum(paged.fills.values().map(|fill| fill.report.quantity));
        let reported = Quantity::sum(fills.iter().map(|fill| fill.quantity)).unwrap();
        prop_assert_eq!(recorded.unwrap(), reported.plus(q("2")).unwrap());
        let realised = Amount::sum(paged.fills.values().map(|fill| fill.report.realised));
        prop_assert_eq!(realised, Amount::sum(fills.iter().map(|fill| fill.realised)));
    }
}
