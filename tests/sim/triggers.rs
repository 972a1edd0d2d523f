//! Triggers, from the log on record to what is paid for it: markets, venues and processes that fail, each in a story of its own.

mod crashes;
mod doubts;
mod ends;
mod waits;

use std::time::Duration;

use domain::payout::PayoutKind;

use crate::stage::{Fate, Stage};

fn owned(rows: &[(PayoutKind, &str)]) -> Vec<(PayoutKind, String)> {
    rows.iter()
        .map(|(kind, amount)| (*kind, (*amount).to_owned()))
        .collect()
}

/// A stage on which one deposit of 1000 meets this fate, at rest.
fn deposited(fates: &[Fate]) -> Stage {
    let mut stage = Stage::new();
    stage.stocks.expect(fates);
    stage.live(async |house| {
        house.deposit("1000").await;
        house.seconds(1).await;
    });
    stage
}

#[test]
fn s3_19_a_deposit_becomes_shares_and_what_is_left_is_refunded() {
    let mut stage = deposited(&[]);
    stage.rest();
    // Four shares at 200 and the venue's 1 are 801; 0.2 % of it is 1.602.
    let paid = owned(&[(PayoutKind::Mint, "4"), (PayoutKind::Refund, "197.398")]);
    assert_eq!(stage.paid(), paid);
    let told = stage.told();
    assert_eq!(
        told,
        [
            "trigger ready",
            "trigger ordering",
            "order 1 submitting",
            "trigger paying",
            "order 1 ended",
            "payout 1 queued",
            "payout 2 queued",
        ]
    );
}

#[test]
fn s3_15_a_redemption_is_a_sale_and_is_paid_in_money() {
    let mut stage = Stage::new();
    stage.live(async |house| {
        house.deposit("1000").await;
        house.seconds(3).await;
        house.redeem("2.5").await;
        house.seconds(3).await;
    });
    stage.rest();
    // Two shares at 200 less the venue's 1 are 399; 0.3 % of it is 1.197.
    let paid = stage.paid();
    assert_eq!(
        paid[2..],
        owned(&[(PayoutKind::Proceeds, "397.803"), (PayoutKind::Remint, "0.5")])
    );
}

#[test]
fn s3_09_two_who_work_on_the_same_triggers_order_each_once() {
    let mut stage = Stage::new();
    stage.actors = 2;
    stage.live(async |house| {
        for _ in 0..20 {
            house.deposit("1000").await;
        }
        house.seconds(30).await;
    });
    stage.rest();
    let market = stage.stocks.market();
    assert_eq!((market.orders.len(), market.sent.len()), (20, 20));
}

#[test]
fn s3_22_a_trigger_that_nobody_was_poked_for_is_found_within_a_minute() {
    let mut stage = Stage::new();
    stage.live(async |house| {
        house.seconds(1).await;
        house.give(domain::trigger::TriggerKind::Deposit, "1000").await;
        house.seconds(62).await;
        assert_ne!(house.states().await, ["ready"]);
    });
    stage.rest();
}

#[test]
fn a_poked_trigger_is_ordered_at_once() {
    let mut stage = Stage::new();
    stage.live(async |house| {
        house.seconds(1).await;
        house.deposit("1000").await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(house.stocks.market().orders.len(), 1);
    });
    stage.rest();
}
