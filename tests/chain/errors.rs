//! What nodes say in place of an answer, over the wire.

use std::time::Duration;

use bursar::ports::chain::{BlockAt, Chain, ChainError, Sent};
use domain::chain::{BlockNumber, Hash};
use domain::outcome::Outcome;
use ethers_core::utils::keccak256;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::follower::{CONTRACT, open, range};
use crate::node::{Does, Node};

async fn answered<T>(what: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(3), what).await.expect("never a hang")
}

#[tokio::test]
async fn t9_ranges_limits_and_pruned_history_are_told_apart_over_http_and_sockets() {
    let node = Node::start().await;
    for address in [node.http(), node.ws()] {
        for (does, meant) in [
            (
                Does::Refuses(
                    -32_602,
                    "query exceeds max results 20000, retry with the range 1-50",
                    Value::Null,
                ),
                ChainError::TooMuch {
                    proposed: Some(BlockNumber(50)),
                },
            ),
            (
                Does::Refuses(-32_005, "query returned more than 10000 results", Value::Null),
                ChainError::TooMuch { proposed: None },
            ),
            (
                Does::Refuses(4_444, "pruned history unavailable", Value::Null),
                ChainError::Pruned("pruned history unavailable (4444)".to_owned()),
            ),
            (
                Does::Refuses(429, "compute units exceeded", Value::Null),
                ChainError::RateLimited {
                    retry_after: Duration::from_secs(1),
                },
            ),
        ] {
            // Another chain each time: one that is limited rests.
            let chain = open(std::slice::from_ref(&address));
            node.does(move |method, _| (method == "eth_getLogs").then(|| does.clone()));
            assert_eq!(answered(chain.logs(range(1, 90))).await, Err(meant));
        }
    }
}

#[tokio::test]
async fn t9_a_limited_endpoint_is_left_alone_for_as_long_as_it_wishes() {
    let node = Node::start().await;
    let chain = open(&[node.http()]);
    node.does(|method, _| (method == "eth_getBlockByNumber").then_some(Does::Status(429, Some("7"), "slow down")));
    let limited = answered(chain.block(BlockAt::Latest)).await;
    assert_eq!(
        limited,
        Err(ChainError::RateLimited {
            retry_after: Duration::from_secs(7)
        })
    );
    let asked = node.asked("eth_getBlockByNumber");
    let Err(ChainError::RateLimited { retry_after }) = answered(chain.block(BlockAt::Latest)).await else {
        panic!("it still rests");
    };
    assert!(retry_after > Duration::from_secs(5));
    assert_eq!(node.asked("eth_getBlockByNumber"), asked, "it was not asked");
}

#[tokio::test]
async fn t9_null_blocks_are_none_and_a_range_that_the_node_has_not_whole_is_no_empty_one() {
    let node = Node::start().await;
    let chain = open(&[node.http()]);
    let wanted = [BlockNumber(100), BlockNumber(101), BlockNumber(99)];
    let blocks = answered(chain.blocks(&wanted)).await.unwrap();
    assert_eq!(
        blocks
            .iter()
            .map(|block| block.map(|block| block.number.0))
            .collect::<Vec<_>>(),
        [Some(100), None, Some(99)]
    );
    assert_eq!(node.asked("eth_getBlockByNumber"), 3);
    assert_eq!(answered(chain.block(BlockAt::Number(BlockNumber(500)))).await, Ok(None));
    let behind = answered(chain.logs(range(90, 101))).await;
    assert!(matches!(behind, Err(ChainError::Unreachable(_))), "{behind:?}");
    node.does(|method, _| {
        (method == "eth_getBlockByNumber").then_some(Does::Refuses(-39_001, "finalized block not found", Value::Null))
    });
    assert_eq!(answered(chain.block(BlockAt::Finalized)).await, Ok(None));
}

#[tokio::test]
async fn t6_nonsense_in_place_of_an_answer_is_an_error_and_never_a_hang() {
    let node = Node::start().await;
    for address in [node.http(), node.ws()] {
        for does in [
            Does::Says("{\"jsonrpc\":".to_owned()),
            Does::Says(String::new()),
            Does::Says("[]".to_owned()),
            Does::Says(r#"{"jsonrpc":"2.0","id":999999,"result":"0x1"}"#.to_owned()),
            Does::Says(r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"oops"}}"#.to_owned()),
            Does::Says(r#"{"jsonrpc":"2.0","id":null,"error":null}"#.to_owned()),
            Does::Status(502, None, "<html>bad gateway</html>"),
            Does::Closes,
            Does::Hangs,
            Does::Answers(json!({"number": 7})),
            Does::Answers(json!("0x")),
        ] {
            let chain = open(std::slice::from_ref(&address));
            let said = format!("{does:?}");
            node.does(move |method, _| (method == "eth_getBlockByNumber").then(|| does.clone()));
            let told = answered(chain.block(BlockAt::Latest)).await;
            assert!(told.is_err(), "{said}: {told:?}");
            node.does(|_, _| None);
            let again = Instant::now();
            while answered(chain.block(BlockAt::Latest)).await.is_err() {
                assert!(
                    again.elapsed() < Duration::from_secs(2),
                    "{said}: it does not come back"
                );
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

#[tokio::test]
async fn logs_that_nobody_asked_for_are_not_taken() {
    let node = Node::start().await;
    node.mine(CONTRACT, 2);
    let chain = open(&[node.http()]);
    assert_eq!(answered(chain.logs(range(101, 101))).await.unwrap().len(), 2);
    let logs = node.world().logs.clone();
    node.does(move |method, _| (method == "eth_getLogs").then(|| Does::Answers(json!(logs))));
    let foreign = answered(chain.logs(range(1, 100))).await;
    assert!(matches!(foreign, Err(ChainError::Malformed(_))), "{foreign:?}");
}

#[tokio::test]
async fn a_node_that_takes_no_batches_is_asked_one_by_one() {
    let node = Node::start().await;
    node.mine(CONTRACT, 1);
    let chain = open(&[node.http()]);
    node.does({
        let first = std::sync::atomic::AtomicU32::new(0);
        move |method, _| {
            let is_first = method == "eth_getLogs" && first.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
            let error =
                r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Batch requests are not supported"}}"#;
            is_first.then(|| Does::Says(error.to_owned()))
        }
    });
    assert_eq!(answered(chain.logs(range(1, 101))).await.unwrap().len(), 1);
}

#[tokio::test]
async fn t10_what_a_node_says_to_a_transaction_and_a_lost_answer_is_unknown() {
    let node = Node::start().await;
    for (does, outcome) in [
        (
            Does::Refuses(-32_000, "already known", Value::Null),
            Some(Sent::Accepted),
        ),
        (
            Does::Refuses(-32_000, "nonce too low: next nonce 5, tx nonce 4", Value::Null),
            Some(Sent::NonceTooLow),
        ),
        (
            Does::Refuses(-32_000, "nonce too high", Value::Null),
            Some(Sent::NonceTooHigh),
        ),
        (
            Does::Refuses(-32_000, "replacement transaction underpriced", Value::Null),
            Some(Sent::Underpriced),
        ),
        (
            Does::Refuses(-32_000, "insufficient funds for gas * price + value", Value::Null),
            Some(Sent::InsufficientFunds),
        ),
        (Does::Refuses(-32_603, "internal error", Value::Null), None),
        (Does::Status(500, None, ""), None),
        (Does::Status(429, None, ""), None),
        (Does::Closes, None),
        (Does::Hangs, None),
        (Does::Answers(json!(format!("0x{}", "00".repeat(32)))), None),
    ] {
        let chain = open(&[node.http()]);
        let said = format!("{does:?}");
        node.does(move |method, _| (method == "eth_sendRawTransaction").then(|| does.clone()));
        let told = answered(chain.send(&[2, 1, 2, 3])).await;
        match outcome {
            Some(sent) => assert_eq!(told, Outcome::Done(sent), "{said}"),
            None => assert!(matches!(told, Outcome::Unknown(_)), "{said}: {told:?}"),
        }
    }
    let chain = open(&[node.http()]);
    node.does(|_, _| None);
    assert_eq!(answered(chain.send(&[2, 1, 2, 3])).await, Outcome::Done(Sent::Accepted));
    assert_eq!(answered(chain.knows(Hash(keccak256([2, 1, 2, 3])))).await, Ok(false));
    assert_eq!(answered(chain.receipt(Hash([1; 32]))).await, Ok(None));
}
