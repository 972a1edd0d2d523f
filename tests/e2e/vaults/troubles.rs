//! Nodes, sockets and OpenD that fail, and chains that change their minds.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use super::whole::assert_whole;
use super::world::{COIN, DEPTH, SHARE, SYMBOL, Shown, World, text, until};
use crate::anvil::{OTHER, USER};
use crate::books::Window;
use crate::daemon::Home;
use crate::opend::Opend;

#[test]
fn s3_04_deposits_that_come_in_while_the_daemon_is_away_are_read_when_it_is_back() {
    let Some(world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    world.deposit(USER, 500 * COIN);
    world.settled(&daemon, 1);
    daemon.stop();
    for _ in 0..3 {
        world.deposit(USER, 210 * COIN);
    }
    let daemon = world.start();
    world.settled(&daemon, 4);
    assert_whole(&world, daemon);
}

#[test]
fn s3_10_an_answer_of_opend_that_is_lost_never_buys_twice() {
    let Some(world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    for what in [
        "drop_before_accept",
        "drop_after_accept",
        "disconnect_after_fill",
        "undecided",
    ] {
        world
            .opend
            .fault(&json!({"what": what, "endpoint": "Trd_PlaceOrder", "times": 1}));
        let count = Shown::of(&daemon).0.len() + 1;
        world.deposit(USER, 210 * COIN);
        world.settled(&daemon, count);
    }
    let bought: u32 = world
        .opend
        .orders()
        .iter()
        .filter(|order| order["filled"] == "1")
        .count()
        .try_into()
        .unwrap();
    assert_eq!(
        (world.shares_of(USER), bought),
        (4 * SHARE, 4),
        "{:#?}",
        world.opend.orders()
    );
    assert_whole(&world, daemon);
}

#[test]
fn s3_03_a_reorg_above_the_depth_reaches_nobody() {
    let Some(world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    world.deposit(USER, 500 * COIN);
    world.settled(&daemon, 1);
    world.wait(async {
        world.anvil.rpc("evm_setIntervalMining", json!([0])).await;
    });
    // In the newest block, and then on the chain no more.
    let vault = world.stage.vault;
    let call = format!("0xb6b55f25{:064x}", 300 * COIN);
    world.wait(async {
        let transaction = json!([{"from": world.anvil.accounts[OTHER], "to": vault, "data": call}]);
        world.anvil.rpc("eth_sendTransaction", transaction).await;
        world.anvil.rpc("anvil_mine", json!(["0x1"])).await;
        world.anvil.rpc("anvil_reorg", json!([1, []])).await;
        world.anvil.rpc("anvil_dropAllTransactions", json!([])).await;
        world.anvil.rpc("evm_setIntervalMining", json!([1])).await;
    });
    sleep(Duration::from_secs(u64::from(DEPTH) + 3));
    assert_eq!(Shown::of(&daemon).0.len(), 1);
    assert_whole(&world, daemon);
}

#[test]
fn t7_a_reorg_below_the_depth_halts_everything_until_an_operator_resumes_it() {
    let Some(world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    world.deposit(USER, 500 * COIN);
    world.settled(&daemon, 1);
    sleep(Duration::from_secs(1));
    // Deep, but not so deep that the deposit goes: only empty blocks are others now.
    world.wait(world.anvil.rpc("anvil_reorg", json!([4, []])));
    let caller = daemon.caller().unwrap();
    until("halted", &daemon, |caller| {
        let answer = caller.get("/health/ready").ok()?;
        (answer.status == 503 && answer.body.to_string().contains("halted")).then_some(())
    });
    until("told", &daemon, |caller| {
        let alerts = caller.get("/alerts").ok()?.body.to_string();
        alerts.contains("chain_reorg").then_some(())
    });
    world.deposit(OTHER, 300 * COIN);
    sleep(Duration::from_secs(2));
    assert_eq!(Shown::of(&daemon).0.len(), 1, "nothing is read meanwhile");
    let listed = caller.get("/chain/subscriptions").unwrap().body;
    let id = listed["items"][0]["id"].as_i64().unwrap();
    caller.make(
        &format!("/chain/subscriptions/{id}/resume"),
        &json!({"reason": "looked at it"}),
    );
    world.settled(&daemon, 2);
    assert_whole(&world, daemon);
}

#[test]
fn opend_that_is_killed_in_the_middle_of_an_order_is_found_again_by_the_mark() {
    let Some(mut world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    // Away before anything is asked of it: the deposit waits, and is dealt with when it is back.
    let address = world.opend.address.clone();
    world.opend.kill();
    world.deposit(USER, 500 * COIN);
    sleep(Duration::from_secs(2));
    world.opend = Opend::open(&address, &["--prices", "hand"]);
    world.opend.price(SYMBOL, super::world::PRICE);
    let shown = world.settled(&daemon, 1);
    assert_eq!(text(&shown.0[0], "state"), "settled");
    assert_whole(&world, daemon);
}

#[test]
fn s3_26_a_payout_that_is_stuck_is_paid_for_at_the_same_nonce() {
    let settings = [("BURSAR__PAYOUTS__LOCAL__STUCK_AFTER", "2s")];
    let Some(world) = World::with(Home::fresh(), "TestMoney", &settings) else {
        return;
    };
    let daemon = world.start();
    world.deposit(USER, 500 * COIN);
    until("ordered", &daemon, |_| (!world.opend.orders().is_empty()).then_some(()));
    // The market for gas rises far beyond what was offered: what waits stays there.
    world.wait(async {
        world
            .anvil
            .rpc("anvil_setNextBlockBaseFeePerGas", json!(["0x174876e800"]))
            .await;
    });
    let shown = world.settled(&daemon, 1);
    assert_eq!(shown.states(), ["settled"]);
    assert_whole(&world, daemon);
}

#[test]
fn s3_21_a_trigger_that_waits_says_that_the_price_is_stale_and_of_when_it_is() {
    let settings = [("BURSAR__SUBSCRIPTIONS__AAPL__MAX_PRICE_AGE", "20s")];
    let Some(world) = World::with(Home::fresh(), "TestMoney", &settings) else {
        return;
    };
    let daemon = world.start();
    sleep(Duration::from_secs(21));
    world.deposit(USER, 500 * COIN);
    let why = until("waiting", &daemon, |_| {
        Shown::of(&daemon).0.first()?["error"].as_str().map(ToOwned::to_owned)
    });
    let told = "the price by the venue is stale: it is of ";
    assert!(why.starts_with(told) && why.contains('T'), "{why}");
    world.opend.price(SYMBOL, super::world::PRICE);
    world.settled(&daemon, 1);
    assert_whole(&world, daemon);
}

#[test]
fn money_of_the_treasury_that_is_not_there_is_refused_and_the_trail_says_so() {
    let Some(world) = World::open(Home::fresh()) else {
        return;
    };
    let daemon = world.start();
    let caller = daemon.caller().unwrap();
    let listed = caller.get("/chain/subscriptions").unwrap().body;
    let order = json!({
        "reference": "too-much",
        "subscription": listed["items"][0]["id"],
        "way": "out_of_reserve",
        "amount": "5000000",
        "reason": "a test",
    });
    let refused = caller.post("/ledger/treasury", &order).unwrap();
    assert_eq!(refused.status, 409, "{:#}", refused.body);
    daemon.stop();
    let window = Window::open(&world.home.database());
    let lines = window.rows("SELECT action FROM audit WHERE subject = 'treasury:too-much'");
    let actions: Vec<String> = lines.iter().map(|line| line.try_get_by_index(0).unwrap()).collect();
    assert_eq!(actions, ["ledger.treasury.refused"]);
    world.home.verify();
}

#[test]
fn s3_28_below_the_floor_of_the_reserve_deposits_are_held() {
    let settings = [("BURSAR__PAYOUTS__LOCAL__RESERVE_FLOOR", "2000000")];
    let Some(world) = World::with(Home::fresh(), "TestMoney", &settings) else {
        return;
    };
    let daemon = world.start();
    until("paused", &daemon, |caller| {
        let status = caller.get("/status/pause").ok()?.body.to_string();
        status.contains("subscription:").then_some(())
    });
    world.deposit(USER, 500 * COIN);
    until("held", &daemon, |_| {
        (Shown::of(&daemon).states() == ["held"]).then_some(())
    });
    assert!(world.opend.orders().is_empty());
    until("told", &daemon, |caller| {
        let alerts = caller.get("/alerts").ok()?.body.to_string();
        alerts.contains("payout_reserve").then_some(())
    });
    daemon.stop();
    world.home.verify();
}
