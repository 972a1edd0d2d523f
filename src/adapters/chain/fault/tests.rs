//! Errors in the words of real nodes, and what they mean.

use serde_json::{Value, json};

use super::*;

fn name() -> Name {
    Name::of(&"https://node.example/v3/0123456789abcdef".into()).unwrap()
}

fn judged(code: i64, message: &str, data: Value, asked: Asked) -> ChainError {
    let error = NodeError {
        code,
        message: message.to_owned(),
        data,
    };
    judge(&error, asked, &name())
}

fn of_logs(code: i64, message: &str) -> ChainError {
    judged(code, message, Value::Null, Asked::Logs(BlockNumber(1_000)))
}

#[test]
fn t9_a_range_that_is_too_large_is_known_in_the_words_of_many_nodes() {
    for (code, message, proposed) in [
        (-32_005, "query returned more than 10000 results", None),
        (
            -32_005,
            "query returned more than 10000 results. Try with this block range [0x3E8, 0x7D0].",
            Some(2_000),
        ),
        (-32_602, "range 1000000 exceeds limit of 10000", Some(10_999)),
        (
            -32_602,
            "query exceeds max results 20000, retry with the range 1000-1100",
            Some(1_100),
        ),
        (-32_602, "query exceeds max block range 100000", Some(100_999)),
        (
            -32_600,
            "Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range. Based on your parameters, \
             this block range should work: [0x3e8, 0x3f1].",
            Some(1_009),
        ),
        (
            -32_000,
            "requested too many blocks from 1000 to 99999, maximum is set to 2048",
            Some(3_047),
        ),
        (
            -32_614,
            "eth_getLogs is limited to a 10,000 range; block range too wide",
            Some(10_999),
        ),
        (-32_000, "logs matched by query exceeds limit of 10000", None),
        (-32_020, "backend response too large", None),
        (-32_012, "requested range too large", None),
        (-32_000, "eth_getLogs range is too large, max is 1k blocks", Some(1_999)),
        (
            -32_000,
            "Query timeout exceeded. Consider reducing your block range.",
            None,
        ),
        (-32_002, "request timed out", None),
        (-32_000, "context deadline exceeded", None),
    ] {
        let proposed = proposed.map(BlockNumber);
        assert_eq!(of_logs(code, message), ChainError::TooMuch { proposed }, "{message}");
    }
}

#[test]
fn t9_what_a_node_means_may_stand_beside_its_words() {
    let tenderly = json!({"error_id": "1", "payload": "range 9009594 is bigger than range limit 2000"});
    let told = judged(-32_602, "invalid params", tenderly, Asked::Logs(BlockNumber(1_000)));
    assert_eq!(
        told,
        ChainError::TooMuch {
            proposed: Some(BlockNumber(2_999))
        }
    );
}

#[test]
fn t9_a_proposal_below_the_first_block_is_none() {
    let told = of_logs(-32_602, "query exceeds max results 20000, retry with the range 5-999");
    assert_eq!(told, ChainError::TooMuch { proposed: None });
}

#[test]
fn t9_a_node_that_is_behind_or_slow_in_something_else_wants_no_smaller_range() {
    let behind = of_logs(-32_602, "block range extends beyond current head block");
    assert!(matches!(behind, ChainError::Unreachable(_)), "{behind:?}");
    let wrong = of_logs(-32_000, "invalid block range params");
    assert!(matches!(wrong, ChainError::Refused(_)), "{wrong:?}");
    let slow = judged(-32_000, "execution timeout", Value::Null, Asked::Other);
    assert!(matches!(slow, ChainError::Unreachable(_)), "{slow:?}");
}

#[test]
fn t9_pruned_history_is_known_by_code_and_by_words() {
    for (code, message) in [
        (4_444, "pruned history unavailable"),
        (4_444, "gone"),
        (-32_701, "History has been pruned for this block. Use an archive node"),
        (
            -32_000,
            "missing trie node 5c0ee75d9dd668839db2895c93257f6a3a77282740c045d286ff0d1f297ffa24 (path )",
        ),
        (-32_000, "Receipt not available for From block 14319330."),
        (-32_000, "failed to get logs for block #0 (0xd4e567..cb8fa3)"),
    ] {
        assert!(matches!(of_logs(code, message), ChainError::Pruned(_)), "{message}");
    }
}

#[test]
fn t9_limits_of_requests_are_known_with_their_wait() {
    for (code, message) in [
        (-32_005, "daily request count exceeded, request rate limited"),
        (429, "Your app has exceeded its compute units per second capacity."),
        (-32_016, "over rate limit"),
        (-32_000, "429 Too Many Requests"),
    ] {
        assert_eq!(
            of_logs(code, message),
            ChainError::RateLimited { retry_after: REST },
            "{message}"
        );
    }
    let data = json!({"rate": {"allowed_rps": 1, "backoff_seconds": 30, "current_rps": 1.1}});
    let told = judged(
        -32_005,
        "project ID request rate exceeded: rate limit",
        data,
        Asked::Other,
    );
    let retry_after = Duration::from_secs(30);
    assert_eq!(told, ChainError::RateLimited { retry_after });
}

#[test]
fn a_revert_is_a_refusal_with_its_data_and_no_key_is_repeated() {
    let told = judged(3, "execution reverted", json!("0x9f6c3c1e"), Asked::Other);
    assert_eq!(told, ChainError::Refused("execution reverted: 0x9f6c3c1e".to_owned()));
    let told = judged(-32_000, "no access at /v3/0123456789abcdef", Value::Null, Asked::Other);
    assert_eq!(told, ChainError::Refused("no access at /v3/*** (-32000)".to_owned()));
    let inside = judged(-32_603, "Internal error", Value::Null, Asked::Other);
    assert!(matches!(inside, ChainError::Unreachable(_)));
}
