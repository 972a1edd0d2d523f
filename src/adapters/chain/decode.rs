//! What nodes answer, read: quantities, blocks, logs and receipts. <https://ethereum.github.io/execution-apis/>

use domain::chain::{Address, Block, BlockNumber, ChainId, ChainLog, Hash, LogKey, RawAmount};
use domain::time::Timestamp;
use ethers_core::types::U256;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::ports::chain::{ChainError, Receipt};

/// What was read, or why not.
pub type Read<T> = Result<T, ChainError>;

fn malformed(what: &str) -> ChainError {
    ChainError::Malformed(what.to_owned())
}

/// A number as nodes write it: `0x1a`.
pub fn quantity(text: &str) -> Option<u128> {
    let digits = text.strip_prefix("0x")?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| u128::from_str_radix(digits, 16).ok()).flatten()
}

/// A number below 2^64.
pub fn small(text: &str) -> Option<u64> {
    quantity(text).and_then(|number| u64::try_from(number).ok())
}

/// A number as nodes write it.
pub fn hex(number: u64) -> String {
    format!("{number:#x}")
}

/// Bytes as nodes write them.
pub fn hex_bytes(bytes: &[u8]) -> String {
    format!("0x{}", ethers_core::utils::hex::encode(bytes))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    ethers_core::utils::hex::decode(text.strip_prefix("0x")?).ok()
}

fn json<T: DeserializeOwned>(raw: &RawValue, what: &str) -> Read<T> {
    // What serde says may repeat what was read; the place is enough.
    let read = serde_json::from_str(raw.get());
    read.map_err(|error| ChainError::Malformed(format!("no {what} at {}:{}", error.line(), error.column())))
}

/// A number in an answer.
pub fn number(raw: &RawValue, what: &str) -> Read<u128> {
    quantity(&json::<String>(raw, what)?).ok_or_else(|| malformed(what))
}

/// A number below 2^64 in an answer.
pub fn small_number(raw: &RawValue, what: &str) -> Read<u64> {
    small(&json::<String>(raw, what)?).ok_or_else(|| malformed(what))
}

/// A number below 2^256 in an answer.
pub fn amount(raw: &RawValue, what: &str) -> Read<RawAmount> {
    let text: String = json(raw, what)?;
    let digits = text.strip_prefix("0x").filter(|digits| !digits.is_empty());
    let number = digits.and_then(|digits| U256::from_str_radix(digits, 16).ok());
    number
        .and_then(|number| RawAmount::parse(&number.to_string()))
        .ok_or_else(|| malformed(what))
}

/// Bytes in an answer.
pub fn data(raw: &RawValue, what: &str) -> Read<Vec<u8>> {
    bytes(&json::<String>(raw, what)?).ok_or_else(|| malformed(what))
}

/// A hash in an answer.
pub fn hash(raw: &RawValue, what: &str) -> Read<Hash> {
    json(raw, what)
}

/// Whether there is anything.
pub fn is_there(raw: &RawValue) -> bool {
    raw.get() != "null"
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBlock {
    number: Option<String>,
    hash: Option<Hash>,
    parent_hash: Hash,
    timestamp: String,
}

/// A block; `None` for `null`, and for one that is not made yet.
pub fn block(raw: &RawValue) -> Read<Option<Block>> {
    let Some(wire) = json::<Option<WireBlock>>(raw, "block")? else {
        return Ok(None);
    };
    let (Some(number), Some(hash)) = (wire.number, wire.hash) else {
        return Ok(None);
    };
    let number = small(&number).ok_or_else(|| malformed("block number"))?;
    Ok(Some(Block {
        number: BlockNumber(number),
        hash,
        parent: wire.parent_hash,
        at: time(&wire.timestamp)?,
    }))
}

/// Of a head that a socket pushes only the number counts.
pub fn head(value: &serde_json::Value) -> Option<BlockNumber> {
    small(value.get("number")?.as_str()?).map(BlockNumber)
}

fn time(seconds: &str) -> Read<Timestamp> {
    let milliseconds = small(seconds).and_then(|seconds| i64::try_from(seconds).ok()?.checked_mul(1_000));
    milliseconds.map(Timestamp).ok_or_else(|| malformed("block time"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLog {
    address: Address,
    topics: Vec<Hash>,
    data: String,
    block_number: String,
    block_hash: Hash,
    transaction_hash: Hash,
    log_index: String,
    #[serde(default)]
    removed: bool,
}

/// Logs of a chain, in order of block and index.
pub fn logs(raw: &RawValue, chain: ChainId) -> Read<Vec<ChainLog>> {
    let wire: Vec<WireLog> = json(raw, "logs")?;
    let mut logs = wire
        .into_iter()
        .map(|wire| log(wire, chain))
        .collect::<Read<Vec<_>>>()?;
    logs.sort_by_key(|log| (log.block, log.key.index, log.key.tx));
    Ok(logs)
}

fn log(wire: WireLog, chain: ChainId) -> Read<ChainLog> {
    let index = small(&wire.log_index).and_then(|index| u32::try_from(index).ok());
    Ok(ChainLog {
        key: LogKey {
            chain,
            tx: wire.transaction_hash,
            index: index.ok_or_else(|| malformed("log index"))?,
        },
        block: BlockNumber(small(&wire.block_number).ok_or_else(|| malformed("log's block number"))?),
        block_hash: wire.block_hash,
        address: wire.address,
        topics: wire.topics,
        data: bytes(&wire.data).ok_or_else(|| malformed("log's data"))?,
        removed: wire.removed,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireReceipt {
    transaction_hash: Hash,
    block_number: String,
    block_hash: Hash,
    status: String,
    gas_used: String,
}

/// A receipt; `None` for `null`.
pub fn receipt(raw: &RawValue) -> Read<Option<Receipt>> {
    let Some(wire) = json::<Option<WireReceipt>>(raw, "receipt")? else {
        return Ok(None);
    };
    let field = |text: &str, what: &str| small(text).ok_or_else(|| malformed(what));
    Ok(Some(Receipt {
        tx: wire.transaction_hash,
        block: BlockNumber(field(&wire.block_number, "receipt's block number")?),
        block_hash: wire.block_hash,
        succeeded: field(&wire.status, "receipt's status")? == 1,
        gas_used: field(&wire.gas_used, "gas used")?,
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireFees {
    base_fee_per_gas: Vec<String>,
}

/// The base fee of the next block, which `eth_feeHistory` tells last.
pub fn next_base_fee(raw: &RawValue) -> Read<u128> {
    let fees: WireFees = json(raw, "fee history")?;
    let next = fees.base_fee_per_gas.last().and_then(|fee| quantity(fee));
    next.ok_or_else(|| malformed("base fee"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn quantities_are_hex_with_their_prefix_and_nothing_else() {
        assert_eq!(quantity("0x0"), Some(0));
        assert_eq!(quantity("0xde0B6b3a7640000"), Some(1_000_000_000_000_000_000));
        for wrong in [
            "",
            "0x",
            "1",
            "0x+1",
            "0xg",
            "-0x1",
            "0x100000000000000000000000000000000",
        ] {
            assert_eq!(quantity(wrong), None, "{wrong}");
        }
        assert_eq!(small("0x10000000000000000"), None);
        let most = format!("\"0x{}\"", "f".repeat(64));
        assert_eq!(amount(&raw(&most), "balance").unwrap().as_str().len(), 78);
        assert!(amount(&raw("\"0x\""), "balance").is_err());
    }

    #[test]
    fn s3_01_logs_of_one_transaction_are_told_apart_and_stand_in_order() {
        let one = |block: u64, index: u64| {
            let (address, word) = (format!("0x{}", "aB".repeat(20)), format!("0x{}", "01".repeat(32)));
            format!(
                r#"{{"address":"{address}","topics":["{word}"],"data":"0x00ff","blockNumber":"{block:#x}","blockHash":"{word}",
                "transactionHash":"{word}","logIndex":"{index:#x}","transactionIndex":"0x0"}}"#
            )
        };
        let text = format!("[{},{},{}]", one(9, 1), one(9, 0), one(8, 7));
        let logs = logs(&raw(&text), ChainId(1)).unwrap();
        let places: Vec<_> = logs.iter().map(|log| (log.block.0, log.key.index)).collect();
        assert_eq!(places, [(8, 7), (9, 0), (9, 1)]);
        assert_eq!((logs[0].data.as_slice(), logs[0].removed), ([0, 255].as_slice(), false));
    }

    #[test]
    fn t9_a_null_block_is_none_and_a_broken_one_is_an_error() {
        assert_eq!(block(&raw("null")), Ok(None));
        for wrong in [
            "{}",
            "3",
            r#"{"number":"1","hash":null,"parentHash":"0x","timestamp":"0x1"}"#,
        ] {
            assert!(matches!(block(&raw(wrong)), Err(ChainError::Malformed(_))), "{wrong}");
        }
    }

    mod fuzzed {
        use proptest::prelude::*;

        use super::*;

        proptest! {
            #[test]
            fn t17_no_answer_makes_a_reader_panic(text in "\\PC{0,80}", number in any::<u64>()) {
                let quoted = raw(&serde_json::to_string(&text).unwrap());
                let object = raw(&serde_json::json!([{"address": text, "logIndex": number, "topics": [text]}]).to_string());
                for answer in [&quoted, &object] {
                    prop_assert!(logs(answer, ChainId(1)).is_err());
                    prop_assert!(block(answer).is_err());
                    prop_assert!(receipt(answer).is_err());
                    prop_assert!(next_base_fee(answer).is_err());
                }
                let (a, b) = (data(&quoted, "x"), amount(&quoted, "x"));
                prop_assert!(a.is_err() || text.starts_with("0x"));
                prop_assert!(b.is_err() || text.starts_with("0x"));
            }
        }
    }
}
