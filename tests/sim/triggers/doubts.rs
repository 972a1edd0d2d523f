//! Answers that are lost: the order is looked up by its mark, and never sent again before it is proven that it never was.

use domain::payout::PayoutKind;

use super::{deposited, owned};
use crate::stage::{Fate, Stage};

#[test]
fn s3_10_an_order_whose_answer_was_lost_is_found_and_not_sent_again() {
    for fate in [Fate::LoseFilled, Fate::LoseAccepted] {
        let mut stage = deposited(&[fate]);
        stage.live(async |house| {
            house.seconds(8).await;
            house.stocks.change(0, |report| {
                report.filled = report.quantity;
                report.average_price = Some("200".parse().unwrap());
                report.fee = "1".parse().unwrap();
                report.state = domain::stock::StockState::Filled;
            });
            house.seconds(30).await;
        });
        stage.rest();
        assert_eq!(stage.stocks.market().sent.len(), 1);
        assert_eq!(stage.paid()[0], (PayoutKind::Mint, "4".to_owned()));
    }
}

#[test]
fn s3_10_an_order_that_never_arrived_is_sent_anew_under_another_mark_only_after_the_grace() {
    let mut stage = deposited(&[Fate::LoseBefore]);
    stage.rest();
    let market = stage.stocks.market();
    let [(first, at), (second, again)] = market.sent.as_slice() else {
        panic!("{:?}", market.sent);
    };
    assert_ne!(first, second);
    assert!(again.since(*at).as_secs() >= 17, "{at} {again}");
    drop(market);
    assert_eq!(stage.triggers()[0].orders, 2);
    assert_eq!(stage.paid()[0], (PayoutKind::Mint, "4".to_owned()));
}

#[test]
fn s3_10_a_clock_that_is_set_forward_proves_nothing() {
    let mut stage = deposited(&[Fate::LoseAccepted]);
    stage.live(async |house| {
        house.clock.set_by(3_600_000);
        house.stocks.market().is_away = true;
        house.seconds(1).await;
        house.stocks.market().orders[0].at = domain::time::Timestamp(i64::MAX / 2);
        house.stocks.market().is_away = false;
        house.poke();
        // The venue does not show it, and the clock says that it is old enough.
        house.seconds(12).await;
        assert_eq!(house.stocks.market().sent.len(), 1);
        let at = domain::time::Timestamp(0);
        house.stocks.market().orders[0].at = at;
        house.stocks.change(0, |report| {
            report.filled = report.quantity;
            report.average_price = Some("200".parse().unwrap());
            report.state = domain::stock::StockState::Filled;
        });
        house.seconds(30).await;
    });
    stage.rest();
    assert_eq!(stage.stocks.market().sent.len(), 1);
}

#[test]
fn s3_10_what_the_venue_itself_does_not_know_is_waited_for_and_told() {
    let mut stage = deposited(&[Fate::Doubt]);
    stage.live(async |house| {
        house.seconds(300).await;
        assert_eq!(house.states().await, ["ordering"]);
        assert_eq!(house.stocks.market().sent.len(), 1);
    });
    let subject = ("trigger_in_doubt", "trigger:1".to_owned());
    assert_eq!(stage.alerts().get(&subject), Some(&false));
    stage.live(async |house| {
        house.stocks.change(0, |report| {
            report.state = domain::stock::StockState::Ended {
                why: domain::outcome::Refusal {
                    code: "gone".to_owned(),
                    reason: "no".to_owned(),
                },
            };
        });
        house.seconds(60).await;
    });
    stage.rest();
    assert_eq!(stage.paid(), owned(&[(PayoutKind::Refund, "1000")]));
    assert_eq!(stage.alerts().get(&subject), Some(&true));
}

#[test]
fn a_venue_that_is_away_is_told_of_and_nothing_is_concluded_from_it() {
    let mut stage = Stage::new();
    stage.stocks.market().is_away = true;
    stage.live(async |house| {
        house.deposit("1000").await;
        house.seconds(60).await;
        assert_eq!(house.states().await, ["ready"]);
    });
    let subject = ("stocks_unreachable", "venue:futu".to_owned());
    assert_eq!(stage.alerts().get(&subject), Some(&false));
    stage.stocks.market().is_away = false;
    stage.rest();
    assert_eq!(stage.paid()[0], (PayoutKind::Mint, "4".to_owned()));
    assert_eq!(stage.alerts().get(&subject), Some(&true));
}
