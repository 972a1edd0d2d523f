//! Deposits end in shares or a refund, redemptions in money or shares again: on a real node, beside a simulated OpenD.

mod kills;
mod outages;
mod troubles;
mod whole;
mod world;

use serde_json::json;

use crate::anvil::{OTHER, USER};
use crate::daemon::Home;
use whole::assert_whole;
use world::{COIN, SHARE, SYMBOL, Shown, World, text, until};

#[test]
fn s3_19_a_deposit_ends_in_shares_and_the_rest_comes_back() {
    let Some(world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    world.deposit(USER, 1_050 * COIN);
    let shown = world.settled(&daemon, 1);
    let order = &shown.0[0];
    // Five shares at 200 and the steps that the best price is away; a sixth would cost more than is left.
    assert_eq!(
        (text(order, "side"), text(order, "status")),
        ("BUY".to_owned(), "EXECUTED".to_owned())
    );
    assert_eq!(world.shares_of(USER), 5 * SHARE, "{order:#}");
    assert!(
        order["mint_tx_hash"].is_string() && order["refund_tx_hash"].is_string(),
        "{order:#}"
    );
    let caller = daemon.caller().unwrap();
    let detail = caller.get(&format!("/orders/{}", order["id"])).unwrap().body;
    assert_eq!(text(&detail, "origin"), "chain");
    assert!(detail["history"].as_array().unwrap().len() >= 4, "{detail:#}");
    let listed = caller.get("/orders?origin=chain").unwrap().body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_whole(&world, daemon);
}

#[test]
fn s3_15_a_redemption_is_sold_and_paid_and_what_is_less_than_a_lot_is_minted_again() {
    let Some(world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    world.deposit(USER, 2_100 * COIN);
    world.settled(&daemon, 1);
    let had = world.shares_of(USER);
    assert_eq!(had, 10 * SHARE);
    world.redeem(USER, 4 * SHARE + SHARE / 2);
    let shown = world.settled(&daemon, 2);
    let order = &shown.0[1];
    assert_eq!(text(order, "side"), "SELL");
    assert!(
        order["payout_tx_hash"].is_string() && order["mint_tx_hash"].is_string(),
        "{order:#}"
    );
    assert_eq!(world.shares_of(USER), had - 4 * SHARE);
    assert_whole(&world, daemon);
}

#[test]
fn s3_01_several_events_of_one_transaction_and_of_one_block_act_once_each() {
    let Some(world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    for round in 1..=3 {
        for user in [USER, OTHER] {
            world.deposit(user, (205 + round) * COIN);
        }
    }
    world.settled(&daemon, 6);
    assert_eq!((world.shares_of(USER), world.shares_of(OTHER)), (3 * SHARE, 3 * SHARE));
    assert_whole(&world, daemon);
}

#[test]
fn s3_14_what_is_not_executed_is_returned_in_kind() {
    let Some(world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    world.deposit(USER, 2_100 * COIN);
    world.settled(&daemon, 1);
    world.opend.fault(&json!({"what": "reject", "times": 2}));
    world.deposit(USER, 500 * COIN);
    world.redeem(USER, SHARE);
    let shown = world.settled(&daemon, 3);
    assert_eq!(shown.states(), ["settled", "returned", "returned"]);
    assert!(shown.0[1]["refund_tx_hash"].is_string() && shown.0[1]["mint_tx_hash"].is_null());
    assert!(shown.0[2]["mint_tx_hash"].is_string() && shown.0[2]["payout_tx_hash"].is_null());
    assert_whole(&world, daemon);
}

#[test]
fn s3_12_a_part_is_minted_and_the_rest_of_an_order_that_runs_out_of_patience_is_refunded() {
    let patience = [("BURSAR__SUBSCRIPTIONS__AAPL__PATIENCE", "6s")];
    let Some(world) = World::with(Home::fresh(), "TestTether", &patience) else {
        return;
    };
    let daemon = world.start();
    world.opend.liquidity(SYMBOL, Some("2"));
    world.deposit(USER, 1_050 * COIN);
    let shown = world.settled(&daemon, 1);
    assert_eq!(text(&shown.0[0], "filled"), "2", "{:#}", shown.0[0]);
    assert_eq!(world.shares_of(USER), 2 * SHARE);
    assert_whole(&world, daemon);
}

#[test]
fn s3_20_a_deposit_in_a_closed_market_waits_and_is_returned_after_its_time() {
    let patience = [("BURSAR__SUBSCRIPTIONS__AAPL__PATIENCE", "5s")];
    let Some(world) = World::with(Home::fresh(), "TestMoney", &patience) else {
        return;
    };
    let daemon = world.start();
    world.opend.market(false);
    world.deposit(USER, 500 * COIN);
    until("waiting", &daemon, |_| {
        (Shown::of(&daemon).states() == ["ready"]).then_some(())
    });
    let shown = world.settled(&daemon, 1);
    assert_eq!(shown.states(), ["returned"]);
    assert!(world.opend.orders().is_empty());
    assert_whole(&world, daemon);
}

#[test]
fn s3_05_what_comes_in_while_paused_is_held_and_acts_after_the_resume() {
    let Some(world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    let caller = daemon.caller().unwrap();
    let scope = json!({"scope": "venue:futu", "reason": "a test"});
    caller.make("/control/pause", &scope);
    world.deposit(USER, 500 * COIN);
    world.deposit(OTHER, 700 * COIN);
    until("held", &daemon, |_| {
        (Shown::of(&daemon).states() == ["held", "held"]).then_some(())
    });
    assert!(world.opend.orders().is_empty());
    caller.make("/control/resume", &scope);
    let shown = world.settled(&daemon, 2);
    assert_eq!(shown.states(), ["settled", "settled"]);
    assert_whole(&world, daemon);
}
