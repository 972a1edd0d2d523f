//! The process dies at every point that it passes, whatever becomes of the order: nothing is bought, paid or returned twice.

use domain::stock::StockState;

use crate::stage::{Fate, Stage};

/// More points than one story passes.
const POINTS: u32 = 400;

/// Lets the process die at each point of a story in turn; answers at how many it died.
fn everywhere(fates: &[Fate], redeems: bool) -> u32 {
    for at in 1..POINTS {
        let mut stage = Stage::new();
        stage.stocks.expect(fates);
        stage.crash.set(at);
        let ended = stage.live(async |house| {
            if redeems {
                house.redeem("3.25").await;
            } else {
                house.deposit("1000").await;
            }
            house.seconds(60).await;
            end_what_rests(&house.stocks);
            house.seconds(90).await;
        });
        if !ended {
            stage.crash.set(0);
            stage.live(async |house| {
                house.seconds(60).await;
                end_what_rests(&house.stocks);
                house.seconds(90).await;
            });
        }
        stage.rest();
        let sent = stage.stocks.market().sent.len();
        assert!(
            sent <= 1 + fates.len() || fates.len() > 1,
            "{sent} orders after a crash at {at}"
        );
        if ended {
            return at - 1;
        }
    }
    panic!("the story never ended");
}

/// What rests at the venue, or is in doubt there, is executed.
fn end_what_rests(stocks: &crate::stage::FakeStocks) {
    for had in &mut stocks.market().orders {
        let report = &mut had.report;
        if matches!(report.state, StockState::Working | StockState::InDoubt) {
            report.filled = report.quantity;
            report.average_price = Some("200".parse().unwrap());
            report.state = StockState::Filled;
        }
    }
}

#[test]
fn s3_10_a_process_that_dies_anywhere_orders_each_deposit_once() {
    for fate in [
        None,
        Some(Fate::LoseBefore),
        Some(Fate::LoseAccepted),
        Some(Fate::LoseFilled),
        Some(Fate::Doubt),
        Some(Fate::Rest),
    ] {
        let fates: Vec<Fate> = fate.into_iter().collect();
        let died = everywhere(&fates, false);
        assert!(died >= 12, "{fates:?}: {died}");
    }
}

#[test]
fn s3_13_a_process_that_dies_anywhere_returns_each_deposit_once() {
    for fates in [
        vec![Fate::Refuse],
        vec![Fate::Busy, Fate::Busy, Fate::Busy, Fate::Busy],
        vec![Fate::PartOfDay(2)],
        vec![Fate::PartOfDay(0)],
    ] {
        let died = everywhere(&fates, false);
        assert!(died >= 12, "{fates:?}: {died}");
    }
}

#[test]
fn s3_14_a_process_that_dies_anywhere_pays_or_mints_each_redemption_once() {
    for fates in [
        vec![],
        vec![Fate::Refuse],
        vec![Fate::PartOfDay(1)],
        vec![Fate::LoseFilled],
    ] {
        let died = everywhere(&fates, true);
        assert!(died >= 12, "{fates:?}: {died}");
    }
}
