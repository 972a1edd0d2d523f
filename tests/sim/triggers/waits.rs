//! Waits: for the market, for a price, for the end of a pause or a halt.

use domain::id::SubscriptionId;
use domain::pause::PauseScope;
use domain::payout::PayoutKind;
use domain::stock::Session;
use domain::venue::VenueName;

use super::owned;
use crate::stage::Stage;

const HOUR: u64 = 3_600;

#[test]
fn s3_20_a_deposit_of_the_night_is_bought_when_the_market_opens_at_the_price_of_then() {
    let mut stage = Stage::new();
    stage.stocks.market().session = Session::Closed;
    stage.live(async |house| {
        house.deposit("1000").await;
        house.seconds(6 * HOUR).await;
        assert_eq!(house.states().await, ["ready"]);
        assert_eq!(house.stocks.market().sent.len(), 0);
        house.stocks.market().session = Session::Open;
        house.stocks.market().price = "250".parse().unwrap();
        house.seconds(62).await;
    });
    assert_eq!(stage.triggers()[0].price.unwrap().price.to_string(), "250");
    stage.rest();
    assert_eq!(stage.paid()[0], (PayoutKind::Mint, "3".to_owned()));
    assert_eq!(stage.told()[1], "trigger ready");
}

#[test]
fn s3_20_who_waits_for_longer_than_patience_gets_back_what_was_given() {
    for session in [Session::Closed, Session::Halted] {
        let mut stage = Stage::new();
        stage.stocks.market().session = session;
        stage.live(async |house| {
            house.deposit("1000").await;
            house.redeem("2").await;
            house.seconds(8 * HOUR - 5).await;
            assert_eq!(house.states().await, ["ready", "ready"]);
            house.seconds(70).await;
        });
        stage.rest();
        assert_eq!(
            stage.paid(),
            owned(&[(PayoutKind::Refund, "1000"), (PayoutKind::Remint, "2")])
        );
        let why = stage.triggers()[0].error.clone().unwrap();
        assert!(why.starts_with("patience is over; it waited for: the "), "{why}");
    }
}

#[test]
fn s3_21_no_order_is_made_at_an_old_price() {
    let mut stage = Stage::new();
    stage.stocks.market().age = std::time::Duration::from_secs(121);
    stage.live(async |house| {
        house.deposit("1000").await;
        house.seconds(300).await;
        assert_eq!(house.stocks.market().sent.len(), 0);
        house.stocks.market().age = std::time::Duration::from_secs(119);
        house.seconds(10).await;
        assert_eq!(house.stocks.market().sent.len(), 1);
    });
    stage.rest();
}

#[test]
fn s3_05_what_is_paused_is_held_and_acts_after_the_resume_in_the_order_of_its_logs() {
    let scopes = [
        PauseScope::Global,
        PauseScope::Venue(VenueName::Futu),
        PauseScope::Subscription(SubscriptionId(1)),
    ];
    for scope in scopes {
        let mut stage = Stage::new();
        stage.live(async |house| {
            house.pause(scope, true).await;
            for usdt in ["1000", "1200", "1400"] {
                house.deposit(usdt).await;
            }
            // A pause that is longer than patience does not use it up.
            house.seconds(9 * HOUR).await;
            assert_eq!(house.states().await, ["held", "held", "held"]);
            assert_eq!(house.stocks.market().sent.len(), 0);
            house.pause(scope, false).await;
            house.seconds(5).await;
        });
        stage.rest();
        let market = stage.stocks.market();
        let bought: Vec<String> = market
            .orders
            .iter()
            .map(|had| had.report.quantity.to_string())
            .collect();
        assert_eq!(bought, ["4", "5", "6"]);
    }
}

#[test]
fn a_halted_subscription_orders_nothing_and_returns_nothing() {
    let mut stage = Stage::new();
    let halted = stage.halted.clone();
    stage.live(async |house| {
        house.halt(&halted, true);
        house.deposit("1000").await;
        house.deposit("1").await;
        house.seconds(10 * HOUR).await;
        assert_eq!(house.states().await, ["ready", "ready"]);
        house.halt(&halted, false);
        house.seconds(10).await;
    });
    stage.rest();
    // By then its patience was over.
    assert_eq!(
        stage.paid(),
        owned(&[(PayoutKind::Refund, "1000"), (PayoutKind::Refund, "1")])
    );
}

#[test]
fn too_little_goes_back_though_the_market_is_closed() {
    let mut stage = Stage::new();
    stage.stocks.market().session = Session::Closed;
    stage.live(async |house| {
        house.deposit("9.999999").await;
        house.redeem("0.5").await;
        house.seconds(5).await;
    });
    stage.rest();
    assert_eq!(
        stage.paid(),
        owned(&[(PayoutKind::Refund, "9.999999"), (PayoutKind::Remint, "0.5")])
    );
}

#[test]
fn two_thousand_that_wait_cost_no_look_each_and_all_are_bought_in_the_end() {
    let mut stage = Stage::new();
    stage.stocks.market().session = Session::Closed;
    stage.live(async |house| {
        for _ in 0..2_000 {
            house.give(domain::trigger::TriggerKind::Deposit, "1000").await;
        }
        house.poke();
        house.seconds(600).await;
        house.stocks.market().session = Session::Open;
        house.seconds(200).await;
    });
    stage.rest();
    assert_eq!(stage.stocks.market().orders.len(), 2_000);
}
