//! Several endpoints: who is asked when one is down, slow, behind, limited, distrusted or of another chain.

use std::time::Duration;

use bursar::ports::chain::{BlockAt, Chain, ChainError, Sent};
use domain::chain::Hash;
use domain::outcome::Outcome;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::follower::{CONTRACT, open, range, until};
use crate::node::{Does, Node};

async fn two() -> (Node, Node) {
    (Node::start().await, Node::start().await)
}

fn dead() -> String {
    // Nobody listens on the port of discard here.
    "http://127.0.0.1:9".to_owned()
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_passed_over_within_the_same_question() {
    let (_, good) = two().await;
    for endpoints in [[dead(), good.http()], ["ws://127.0.0.1:9".to_owned(), good.ws()]] {
        let chain = open(&endpoints);
        assert!(chain.block(BlockAt::Latest).await.unwrap().is_some());
        until("given up", || chain.endpoints()[0].failures >= 3).await;
        assert!(chain.block(BlockAt::Latest).await.is_ok());
        assert!(chain.endpoints()[1].in_use);
    }
}

#[tokio::test]
async fn a_slow_endpoint_costs_one_deadline_and_is_taken_back_when_it_answers() {
    let (slow, good) = two().await;
    let chain = open(&[slow.http(), good.http()]);
    assert!(chain.block(BlockAt::Latest).await.is_ok());
    slow.does(|_, _| Some(Does::Hangs));
    assert!(chain.block(BlockAt::Latest).await.is_err());
    let asked = Instant::now();
    assert!(chain.block(BlockAt::Latest).await.is_ok());
    assert!(asked.elapsed() < Duration::from_millis(400), "{:?}", asked.elapsed());
    assert!(chain.endpoints()[1].in_use);
    slow.does(|_, _| None);
    until("well again", || chain.endpoints()[0].failures == 0).await;
    good.does(|_, _| Some(Does::Status(500, None, "")));
    until("asked again", || good.asked("eth_blockNumber") > 3).await;
    assert!(chain.block(BlockAt::Latest).await.is_ok());
}

#[tokio::test]
async fn an_endpoint_of_another_chain_is_never_used() {
    let (foreign, good) = two().await;
    foreign.world().chain = 1;
    for (first, second) in [(foreign.http(), good.http()), (foreign.ws(), good.ws())] {
        let chain = open(&[first.clone(), second]);
        for _ in 0..3 {
            assert!(chain.block(BlockAt::Latest).await.unwrap().is_some());
        }
        assert_eq!(foreign.asked("eth_getBlockByNumber"), 0);
        assert_eq!(chain.send(&[1]).await, Outcome::Done(Sent::Accepted));
        assert_eq!(foreign.asked("eth_sendRawTransaction"), 0);
        let alone = open(&[first]);
        assert!(matches!(
            alone.block(BlockAt::Latest).await,
            Err(ChainError::Unreachable(_))
        ));
        assert!(!alone.is_heard());
    }
}

#[tokio::test]
async fn an_endpoint_that_lags_behind_the_best_is_left() {
    let (lagging, good) = two().await;
    let chain = open(&[lagging.http(), good.http()]);
    assert!(chain.block(BlockAt::Latest).await.is_ok());
    assert!(chain.endpoints()[0].in_use);
    good.world().head = 150;
    until("its head known", || {
        chain.endpoints()[1].head.is_some_and(|head| head.0 == 150)
    })
    .await;
    assert_eq!(chain.block(BlockAt::Latest).await.unwrap().unwrap().number.0, 150);
    assert!(chain.endpoints()[1].in_use);
}

#[tokio::test]
async fn a_range_that_one_has_not_whole_or_no_longer_is_read_from_another() {
    let (behind, good) = two().await;
    good.mine(CONTRACT, 3);
    let chain = open(&[behind.http(), good.http()]);
    assert_eq!(chain.logs(range(90, 101)).await.unwrap().len(), 3);
    behind.does(|method, _| {
        (method == "eth_getLogs").then_some(Does::Refuses(4_444, "pruned history unavailable", Value::Null))
    });
    assert_eq!(chain.logs(range(1, 100)).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_distrusted_endpoint_is_asked_last_and_another_look_is_of_another_one() {
    let (first, second) = two().await;
    first.mine(CONTRACT, 1);
    second.world().head += 1;
    let chain = open(&[first.http(), second.http()]);
    assert_eq!(chain.logs(range(101, 101)).await.unwrap().len(), 1);
    assert_eq!(chain.logs_elsewhere(range(101, 101)).await.unwrap().len(), 0);
    chain.distrust("it tells what cannot be");
    assert!(chain.endpoints()[1].in_use);
    assert_eq!(chain.logs(range(101, 101)).await.unwrap().len(), 0);
    chain.distrust("so does this one");
    assert!(chain.endpoints()[0].in_use);
}

#[tokio::test]
async fn t10_a_transaction_is_handed_to_all_and_one_that_has_it_is_enough() {
    let (first, second) = two().await;
    let chain = open(&[first.http(), second.http()]);
    first.does(|method, _| (method == "eth_sendRawTransaction").then_some(Does::Hangs));
    assert_eq!(chain.send(&[1, 2]).await, Outcome::Done(Sent::Accepted));
    assert_eq!(
        (
            first.asked("eth_sendRawTransaction"),
            second.asked("eth_sendRawTransaction")
        ),
        (1, 1)
    );
    let chain = open(&[first.http(), second.http()]);
    second.does(|method, _| {
        (method == "eth_sendRawTransaction").then_some(Does::Refuses(-32_000, "transaction underpriced", Value::Null))
    });
    let told = chain.send(&[1, 2]).await;
    assert!(
        matches!(told, Outcome::Unknown(_)),
        "the silent one may have it: {told:?}"
    );
}

#[tokio::test]
async fn what_any_endpoint_knows_of_a_transaction_is_known() {
    let (first, second) = two().await;
    let hash = Hash([5; 32]);
    second.does(move |method, _| match method {
        "eth_getTransactionByHash" => Some(Does::Answers(json!({"hash": hash}))),
        "eth_getTransactionReceipt" => Some(Does::Answers(json!({
            "transactionHash": hash, "blockNumber": "0x5", "blockHash": hash, "status": "0x0", "gasUsed": "0x5208"
        }))),
        _ => None,
    });
    let chain = open(&[first.http(), second.http()]);
    assert_eq!(chain.knows(hash).await, Ok(true));
    let receipt = chain.receipt(hash).await.unwrap().unwrap();
    assert_eq!(
        (receipt.block.0, receipt.succeeded, receipt.gas_used),
        (5, false, 21_000)
    );
    first.does(|_, _| Some(Does::Status(500, None, "")));
    second.does(|_, _| None);
    assert!(
        chain.knows(Hash([6; 32])).await.is_err(),
        "nobody knows while one says nothing"
    );
}

#[tokio::test]
async fn one_that_tells_heads_that_cannot_be_makes_the_others_unfit_only_until_it_is_distrusted() {
    let (liar, good) = two().await;
    liar.world().head = 1_000_000;
    let chain = open(&[liar.http(), good.http()]);
    assert_eq!(chain.block(BlockAt::Latest).await.unwrap().unwrap().number.0, 1_000_000);
    chain.distrust("its blocks do not follow upon each other");
    assert_eq!(chain.block(BlockAt::Latest).await.unwrap().unwrap().number.0, 100);
    assert!(chain.endpoints()[1].in_use);
}
