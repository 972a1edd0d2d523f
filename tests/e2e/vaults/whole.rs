//! What must be true at the end of every story of a vault, to the last unit, on the chain, in the ledger and at the stock venue.

use std::collections::BTreeSet;

use domain::fixed::Amount;
use serde_json::{Value, json};

use super::world::{COIN, World, text, until};
use crate::daemon::Daemon;

/// Coins that each user has at first.
const FIRST: u64 = 1_000_000;

fn amount(value: &Value, name: &str) -> Amount {
    text(value, name).parse().unwrap()
}

/// Stops the daemon and looks at everything: each order ended one way, nothing was paid twice, and all that was given is accounted for.
pub fn assert_whole(world: &World, daemon: Daemon) {
    let orders = until("told of orders", &daemon, |caller| {
        let answer = caller.get("/triggers?limit=200").ok()?;
        answer.body["items"].as_array().cloned()
    });
    let payouts = until("paid", &daemon, |caller| {
        let answer = caller.get("/payouts?limit=200").ok()?;
        let payouts = answer.body["items"].as_array().cloned()?;
        payouts
            .iter()
            .all(|payout| text(payout, "state") == "confirmed")
            .then_some(payouts)
    });
    for order in &orders {
        assert_accounted(order, &payouts);
    }
    assert_solvent(&daemon);
    assert_paid_once(world, &payouts);
    assert_on_chain(world, &orders, &payouts);
    daemon.stop();
    world.home.verify();
}

/// What was given is what was traded, taken as fee, and given back.
fn assert_accounted(order: &Value, payouts: &[Value]) {
    let id = order["id"].as_i64().unwrap();
    let own: Vec<&Value> = payouts
        .iter()
        .filter(|payout| payout["order"].as_i64() == Some(id))
        .collect();
    let paid = |kind: &str| {
        let of_kind = own.iter().filter(|payout| text(payout, "kind") == kind);
        Amount::sum(of_kind.map(|payout| amount(payout, "amount"))).unwrap()
    };
    let (given, value, fee) = (amount(order, "amount"), amount(order, "value"), amount(order, "fee"));
    let filled = amount(order, "filled");
    let sum = |parts: &[Amount]| Amount::sum(parts.iter().copied()).unwrap();
    if text(order, "side") == "BUY" {
        assert_eq!(given, sum(&[value, fee, paid("refund")]), "{order:#}\n{own:#?}");
        assert_eq!(filled, paid("mint"), "{order:#}");
        assert_eq!(paid("proceeds"), Amount::ZERO);
    } else {
        assert_eq!(given, sum(&[filled, paid("remint")]), "{order:#}\n{own:#?}");
        assert_eq!(value, sum(&[fee, paid("proceeds")]), "{order:#}");
        assert_eq!(paid("refund"), Amount::ZERO);
    }
    let ended = if filled == Amount::ZERO { "returned" } else { "settled" };
    assert_eq!(text(order, "state"), ended, "{order:#}");
}

/// The ledger says what is there.
fn assert_solvent(daemon: &Daemon) {
    until("solvent", daemon, |caller| {
        let report = caller.get("/chain/solvency").ok()?.body;
        let items = report["items"].as_array()?;
        let differs = items
            .iter()
            .any(|compared| amount(compared, "difference") != Amount::ZERO);
        let unasked = report["unasked"].as_array().is_none_or(|unasked| !unasked.is_empty());
        if differs || unasked {
            eprintln!("{report:#}");
        }
        (!items.is_empty() && !differs && !unasked).then_some(())
    });
}

/// Each payout has one effect on the chain, and nothing else has.
fn assert_paid_once(world: &World, payouts: &[Value]) {
    let topic = format!(
        "0x{}",
        ethers_core::utils::hex::encode(ethers_core::utils::keccak256("Paid(bytes32,address,uint256,bool)"))
    );
    let filter = json!([{"address": world.stage.vault, "fromBlock": "0x0", "topics": [topic]}]);
    let logs = world.wait(world.anvil.rpc("eth_getLogs", filter));
    let keys: Vec<String> = logs
        .as_array()
        .unwrap()
        .iter()
        .map(|log| log["topics"][1].as_str().unwrap().to_owned())
        .collect();
    let different: BTreeSet<&String> = keys.iter().collect();
    assert_eq!(different.len(), keys.len(), "a payout was paid twice: {keys:?}");
    let wanted: BTreeSet<String> = payouts.iter().map(|payout| text(payout, "key")).collect();
    assert_eq!(keys.into_iter().collect::<BTreeSet<String>>(), wanted);
}

/// What users and the vault have is what they had, less what was given, more what was paid.
fn assert_on_chain(world: &World, orders: &[Value], payouts: &[Value]) {
    let raw = |value: &Value| text(value, "raw_amount").parse::<i128>().unwrap();
    let mut vault = i128::from(FIRST) * i128::from(COIN);
    for user in [crate::anvil::USER, crate::anvil::OTHER] {
        let address = world.anvil.accounts[user].to_string();
        let (mut money, mut shares) = (i128::from(FIRST) * i128::from(COIN), 0_i128);
        for order in orders.iter().filter(|order| text(order, "user") == address) {
            if text(order, "side") == "BUY" {
                money -= raw(order);
                vault += raw(order);
            } else {
                shares -= raw(order);
            }
        }
        for payout in payouts.iter().filter(|payout| text(payout, "recipient") == address) {
            if ["refund", "proceeds"].contains(&text(payout, "kind").as_str()) {
                money += raw(payout);
                vault -= raw(payout);
            } else {
                shares += raw(payout);
            }
        }
        assert_eq!(
            i128::try_from(world.money_of(user)).unwrap(),
            money,
            "money of {address}"
        );
        assert_eq!(
            i128::try_from(world.shares_of(user)).unwrap(),
            shares,
            "shares of {address}"
        );
    }
    let held = world.wait(world.anvil.balance(world.stage.money, world.stage.vault));
    assert_eq!(i128::try_from(held).unwrap(), vault, "money in the vault");
}
