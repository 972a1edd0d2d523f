//! What nodes mean by their errors: codes say little, so their words are read. docs/chains.md lists them with their sources.

use std::time::Duration;

use domain::chain::BlockNumber;

use super::name::Name;
use super::rpc::NodeError;
use crate::ports::chain::ChainError;

/// The wait when a node limits requests and does not say for how long.
pub const REST: Duration = Duration::from_secs(1);
/// The longest wait that a node is believed.
pub const LONGEST_REST: Duration = Duration::from_secs(600);

/// EIP-4444's code for history that is kept no more.
const PRUNED: i64 = 4444;
/// JSON-RPC's own code for an error inside the node.
const INTERNAL: i64 = -32_603;
/// JSON-RPC's own code for a method that is not there.
const NO_METHOD: i64 = -32_601;

/// The range that is asked for does not exist yet for this node: it is behind, whatever it says of ranges.
/// <https://github.com/ethereum/execution-apis>, tests/eth_getLogs/filter-error-future-block-range.io
const BEHIND: &[&str] = &["beyond current head", "beyond head", "beyond the head"];
/// The node has not got, or cannot reach, what it should have; another one may.
const LACKING: &[&str] = &[
    "header not found",
    "unknown block",
    "block not found",
    "not yet imported",
    "no backend",
    "upstream",
    "service unavailable",
    "bad gateway",
];
/// Infura, Alchemy, QuickNode, reth, Erigon, Avalanche, zkSync, Tenderly, Ankr, Arbitrum, 1RPC and others, each in words of its own.
/// <https://github.com/INFURA/infura/issues/237>, <https://github.com/ponder-sh/ponder/issues/724>,
/// <https://github.com/bobanetwork/boba_legacy/issues/827>, reth's crates/rpc/rpc/src/eth/filter.rs
const TOO_MUCH: &[&str] = &[
    "query returned more than",
    "exceeds max results",
    "response size",
    "response too large",
    "response is too big",
    "response exceed",
    "too many results",
    "too many logs",
    "result set too large",
    "logs matched by query exceeds",
    "block range",
    "blockrange",
    "range too large",
    "range is too large",
    "range limit",
    "range threshold",
    "max range",
    "exceeds the range",
    "too many blocks",
    "requested blocks",
    "blocks distance",
    "query must be smaller",
    "more than allowed",
];
/// The node gave up within its own time: it wants less of a range.
const TOO_LONG: &[&str] = &[
    "timeout",
    "timed out",
    "deadline exceeded",
    "took too long",
    "execution aborted",
];
/// <https://github.com/ethereum/go-ethereum/issues/31939>, <https://github.com/NethermindEth/nethermind/issues/12089>,
/// <https://github.com/erigontech/erigon/issues/13198>, <https://github.com/paradigmxyz/reth/pull/21304>
const GONE: &[&str] = &[
    "pruned",
    "missing trie node",
    "historical state",
    "state is not available",
    "receipt not available",
    "is not available: blocknum",
    "archive",
    "failed to get logs for block",
];
/// <https://github.com/MetaMask/eth-json-rpc-infura/issues/33>, <https://github.com/base/node/issues/368>
const LIMITED: &[&str] = &[
    "rate limit",
    "rate-limit",
    "ratelimit",
    "too many requests",
    "request count exceeded",
    "requests per second",
    "compute units",
    "exceeded its throughput",
    "capacity exceeded",
    "quota",
];

/// What was asked, for what an error can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Logs from this block on.
    Logs(BlockNumber),
    /// Anything else.
    Other,
}

/// Whether the text holds one of these.
pub fn holds(text: &str, any: &[&str]) -> bool {
    any.iter().any(|words| text.contains(words))
}

/// What the error of a node means.
pub fn judge(error: &NodeError, asked: Asked, name: &Name) -> ChainError {
    // Some nodes say the code's own text and put what they mean beside it.
    let text = format!("{} {}", error.message, plain(&error.data)).to_lowercase();
    let told = || name.clean(&format!("{} ({})", error.message, error.code));
    let is_revert = error.code == 3 || holds(&text, &["revert"]);
    if is_revert {
        return ChainError::Refused(name.clean(&reason(error)));
    }
    if holds(&text, BEHIND) {
        return ChainError::Unreachable(format!("{} is behind: {}", name.shown(), told()));
    }
    if let Asked::Logs(from) = asked
        && !text.contains("invalid block range")
        && (wants_less(&text) || holds(&text, TOO_LONG))
    {
        let proposed = proposed(&text, from);
        return ChainError::TooMuch { proposed };
    }
    if error.code == PRUNED || holds(&text, GONE) {
        return ChainError::Pruned(told());
    }
    if matches!(error.code, 429 | -32_029 | -32_016) || holds(&text, LIMITED) {
        let retry_after = wait(&error.data).unwrap_or(REST);
        return ChainError::RateLimited { retry_after };
    }
    if error.code == INTERNAL || holds(&text, LACKING) || holds(&text, TOO_LONG) {
        return ChainError::Unreachable(format!("{}: {}", name.shown(), told()));
    }
    ChainError::Refused(told())
}

/// Whether it is the range that the node minds, or what is in it.
fn wants_less(text: &str) -> bool {
    holds(text, TOO_MUCH) || (text.contains("range") && text.contains("exceeds limit"))
}

/// Whether the node has no such method.
pub fn is_no_method(error: &NodeError) -> bool {
    error.code == NO_METHOD
}

/// Whether the node does not know that kind of block yet.
pub fn is_no_such_block(error: &NodeError) -> bool {
    let text = error.message.to_lowercase();
    holds(
        &text,
        &[
            "finalized block not found",
            "safe block not found",
            "unknown block",
            "block not found",
        ],
    )
}

fn plain(data: &serde_json::Value) -> String {
    match data {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Why a call was reverted: the node's words, or those of `Error(string)` in the data.
fn reason(error: &NodeError) -> String {
    let data = error.data.as_str().or_else(|| error.data.get("data")?.as_str());
    match data.filter(|data| data.len() > 2) {
        Some(data) => format!("{}: {}", error.message, data.chars().take(80).collect::<String>()),
        None => error.message.clone(),
    }
}

/// The wait that Infura names in an error's data.
fn wait(data: &serde_json::Value) -> Option<Duration> {
    let told = data.get("rate")?.get("backoff_seconds")?;
    let whole = told
        .as_u64()
        .or_else(|| told.to_string().split('.').next()?.parse().ok())?;
    Some(Duration::from_secs(whole.max(1)).min(LONGEST_REST))
}

/// Words before a number of blocks.
const BLOCKS: &[&str] = &[
    "range limit of ",
    "range limit ",
    "exceeds limit of ",
    "exceeds range limit of ",
    "up to a ",
    "maximum is set to ",
    "max range: ",
    "limited to a ",
    "limited to ",
    "at most ",
    "max block range ",
    "max block range: ",
    "max block range of ",
    "maximum block range: ",
    "(maximum ",
    "block range greater than ",
    "block range exceeds ",
    "requested blocks is ",
    "blocks distance: ",
    "max is ",
    "smaller than size ",
];

/// The last block that the node proposes, in small letters: `[0x1, 0x2]`, `range 1-2`, or so many blocks.
fn proposed(text: &str, from: BlockNumber) -> Option<BlockNumber> {
    let range = hex_range(text).or_else(|| plain_range(text));
    let last = range.or_else(|| {
        // How many results may be told says nothing of blocks.
        let counts_logs = holds(text, &["logs matched", "results", "response size"]) && !text.contains("block range");
        let blocks = BLOCKS
            .iter()
            .filter(|_| !counts_logs)
            .find_map(|words| count_after(text, words))?;
        from.0.checked_add(blocks.checked_sub(1)?)
    });
    last.filter(|last| *last >= from.0).map(BlockNumber)
}

fn hex_range(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once("[0x")?;
    let (_, rest) = rest.split_once("0x")?;
    let digits = rest.split(']').next()?.trim();
    u64::from_str_radix(digits, 16).ok()
}

fn plain_range(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once("retry with the range ")?;
    let (_, last) = rest.split_once('-')?;
    digits(last)
}

fn count_after(text: &str, words: &str) -> Option<u64> {
    let (_, rest) = text.split_once(words)?;
    let count = digits(rest)?;
    let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',');
    let of_other = ["request", " request", "result", " result", " log"]
        .iter()
        .any(|word| unit.starts_with(word));
    if of_other || count == 0 {
        return None;
    }
    if unit.starts_with('k') {
        count.checked_mul(1_000)
    } else {
        Some(count)
    }
}

fn digits(text: &str) -> Option<u64> {
    let number: String = text
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == ',')
        .filter(|c| *c != ',')
        .collect();
    number.parse().ok()
}

#[cfg(test)]
mod tests;
