//! Ends of orders: refused, in part, cancelled, taken back.

use std::time::Duration;

use domain::payout::PayoutKind;

use super::{deposited, owned};
use crate::stage::{Fate, Stage};

/// Eight hours and a minute.
const PATIENCE: u64 = 8 * 3_600 + 60;

#[test]
fn s3_10_a_refusal_of_the_moment_is_tried_three_times_more_each_five_seconds_later_under_a_new_mark() {
    let mut stage = deposited(&[Fate::Busy, Fate::Busy, Fate::Busy, Fate::Busy]);
    stage.rest();
    let sent = stage.stocks.market().sent.clone();
    assert_eq!(sent.len(), 4);
    for pair in sent.windows(2) {
        let apart = pair[1].1.since(pair[0].1);
        assert!((5_000..5_500).contains(&apart.as_millis()), "{apart:?}");
    }
    assert_eq!(stage.stocks.marks().len(), 4);
    assert_eq!(stage.paid(), owned(&[(PayoutKind::Refund, "1000")]));
}

#[test]
fn s3_24_a_price_is_kept_over_all_tries() {
    let mut stage = deposited(&[Fate::Busy]);
    let locked = stage.triggers()[0].price;
    stage.stocks.market().price = "190".parse().unwrap();
    stage.rest();
    let trigger = &stage.triggers()[0];
    assert_eq!((trigger.price, trigger.orders), (locked, 2));
    assert_eq!(locked.unwrap().price.to_string(), "200");
}

#[test]
fn any_other_refusal_returns_what_was_given_at_once() {
    let mut stage = deposited(&[Fate::Refuse]);
    stage.rest();
    assert_eq!(stage.stocks.market().sent.len(), 1);
    assert_eq!(stage.paid(), owned(&[(PayoutKind::Refund, "1000")]));
    assert_eq!(stage.triggers()[0].error.as_deref(), Some("the venue says no (funds)"));
}

#[test]
fn s3_14_a_redemption_that_fails_is_minted_again_and_never_paid_in_money() {
    let mut stage = Stage::new();
    stage.stocks.expect(&[Fate::Refuse]);
    // The shares that are burned were minted before.
    stage.live(async |house| {
        house.redeem("3").await;
        house.seconds(5).await;
    });
    stage.rest();
    assert_eq!(stage.paid(), owned(&[(PayoutKind::Remint, "3")]));
}

#[test]
fn s3_12_a_day_that_ends_after_a_part_mints_that_and_refunds_the_rest() {
    let mut stage = deposited(&[Fate::PartOfDay(3)]);
    stage.rest();
    // Three shares at 200, without a fee; 0.2 % of it is 1.2.
    let paid = owned(&[(PayoutKind::Mint, "3"), (PayoutKind::Refund, "398.8")]);
    assert_eq!(stage.paid(), paid);
    let why = stage.triggers()[0].error.clone().unwrap();
    assert_eq!(why, "3 of 4 executed; the venue says no (expired)");
    let mut none = deposited(&[Fate::PartOfDay(0)]);
    none.rest();
    assert_eq!(none.paid(), owned(&[(PayoutKind::Refund, "1000")]));
}

#[test]
fn s3_11_an_order_that_rests_is_cancelled_when_patience_is_over_and_refunded_only_when_it_has_ended() {
    let mut stage = deposited(&[Fate::Rest]);
    stage.live(async |house| {
        house.seconds(PATIENCE - 120).await;
        assert_eq!(house.states().await, ["ordering"]);
        assert_eq!(house.stocks.market().cancels, 0);
        house.seconds(180).await;
        assert_eq!(house.stocks.market().cancels, 1);
    });
    stage.rest();
    assert_eq!(stage.paid(), owned(&[(PayoutKind::Refund, "1000")]));
    assert!(stage.told().contains(&"order 1 cancelling".to_owned()));
}

#[test]
fn s3_11_what_is_executed_while_it_is_cancelled_counts() {
    let mut stage = deposited(&[Fate::Rest]);
    stage.stocks.market().fills_at_cancel = true;
    stage.live(async |house| house.seconds(PATIENCE + 60).await);
    stage.rest();
    assert_eq!(stage.paid()[0], (PayoutKind::Mint, "4".to_owned()));
}

#[test]
fn s3_22_an_execution_is_seen_when_it_is_told_and_within_a_minute_when_it_is_not() {
    let fill = |report: &mut domain::stock::StockReport| {
        report.filled = report.quantity;
        report.average_price = Some("200".parse().unwrap());
        report.state = domain::stock::StockState::Filled;
    };
    let mut told = deposited(&[Fate::Rest]);
    told.live(async |house| {
        house.seconds(600).await;
        house.stocks.change(0, fill);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(house.states().await, ["paying"]);
    });
    told.rest();
    let mut silent = deposited(&[Fate::Rest]);
    silent.live(async |house| {
        house.seconds(600).await;
        fill(&mut house.stocks.market().orders[0].report);
        house.seconds(61).await;
        assert_ne!(house.states().await, ["ordering"]);
    });
    silent.rest();
}

#[test]
fn an_execution_that_is_taken_back_stops_everything_and_a_person_is_told() {
    let mut stage = deposited(&[Fate::FillCancelled]);
    stage.live(async |house| {
        house.seconds(PATIENCE + 600).await;
        assert_eq!(house.states().await, ["ordering"]);
        assert_eq!(house.stocks.market().cancels, 0);
    });
    assert_eq!(stage.payouts(), []);
    let subject = ("trigger_fill_cancelled", "trigger:1".to_owned());
    assert_eq!(stage.alerts().get(&subject), Some(&false));
    // Half an hour beyond its patience somebody is told of that, too.
    stage.live(async |house| house.seconds(3_600).await);
    let stuck = ("trigger_stuck", "subscription:1".to_owned());
    assert_eq!(stage.alerts().get(&stuck), Some(&false));
}
