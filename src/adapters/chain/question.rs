//! The questions that are put to nodes, each with how its answer is read.

use domain::chain::{Address, Block, BlockNumber, ChainId, ChainLog, Hash};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::decode::{self, Read, hex, hex_bytes};
use super::endpoint::Endpoint;
use super::fault::{self, Asked};
use super::rpc::{Call, Reply};
use crate::ports::chain::{BlockAt, ChainError, LogFilter};

/// Replies of one endpoint to questions that were asked together.
pub struct Replies<'a> {
    /// Who replied.
    pub endpoint: &'a Endpoint,
    /// What was asked.
    pub asked: Asked,
    /// The replies, in the order of the questions.
    pub each: std::vec::IntoIter<Reply>,
}

impl Replies<'_> {
    /// The next reply, as the node gave it.
    pub fn next_reply(&mut self) -> Read<Reply> {
        self.each
            .next()
            .ok_or_else(|| ChainError::Malformed("an answer is missing".to_owned()))
    }

    /// The next reply's result.
    pub fn next_result(&mut self) -> Read<Box<RawValue>> {
        self.next_reply()?
            .map_err(|error| fault::judge(&error, self.asked, &self.endpoint.name))
    }
}

/// The question for a block.
pub fn block_at(at: BlockAt) -> Call {
    let at = match at {
        BlockAt::Latest => "latest".to_owned(),
        BlockAt::Safe => "safe".to_owned(),
        BlockAt::Finalized => "finalized".to_owned(),
        BlockAt::Number(number) => hex(number.0),
    };
    Call::new("eth_getBlockByNumber", json!([at, false]))
}

/// Reads the answer: a node that knows no such block yet says `null`, or that it does not.
pub fn read_block(replies: &mut Replies<'_>, at: BlockAt) -> Read<Option<Block>> {
    let raw = match replies.next_reply()? {
        Ok(raw) => raw,
        Err(error) if fault::is_no_such_block(&error) => return Ok(None),
        Err(error) => return Err(fault::judge(&error, replies.asked, &replies.endpoint.name)),
    };
    let block = decode::block(&raw)?;
    match (block, at) {
        (Some(block), BlockAt::Number(number)) if block.number != number => Err(ChainError::Malformed(format!(
            "block {} where {number} was asked for",
            block.number
        ))),
        (block, BlockAt::Latest) => {
            if let Some(block) = block {
                replies.endpoint.told_head(block.number);
            }
            Ok(block)
        }
        (block, _) => Ok(block),
    }
}

/// The questions for logs, and for the last block of their range: a node that does not have it yet tells no logs, rather than an error.
pub fn logs(filter: &LogFilter<'_>) -> [Call; 2] {
    let mut wanted = json!({
        "address": filter.address,
        "fromBlock": hex(filter.from.0),
        "toBlock": hex(filter.to.0),
    });
    if !filter.topics.is_empty() {
        wanted["topics"] = json!([filter.topics]);
    }
    [
        Call::new("eth_getLogs", json!([wanted])),
        block_at(BlockAt::Number(filter.to)),
    ]
}

/// Reads their answers: only logs that were asked for, of a range that the node has whole.
pub fn read_logs(replies: &mut Replies<'_>, filter: &LogFilter<'_>, chain: ChainId) -> Read<Vec<ChainLog>> {
    let logs = decode::logs(&replies.next_result()?, chain)?;
    let asked = replies.asked;
    replies.asked = Asked::Other;
    let last = read_block(replies, BlockAt::Number(filter.to));
    replies.asked = asked;
    if last?.is_none() {
        let name = replies.endpoint.name.shown();
        return Err(ChainError::Unreachable(format!(
            "{name} is behind: it has no block {}",
            filter.to
        )));
    }
    let fits = |log: &ChainLog| {
        let topic = log.topics.first();
        let of_topic = filter.topics.is_empty() || topic.is_some_and(|topic| filter.topics.contains(topic));
        log.address == filter.address && (filter.from..=filter.to).contains(&log.block) && of_topic
    };
    match logs.iter().find(|log| !fits(log)) {
        Some(log) => Err(ChainError::Malformed(format!("log {} was not asked for", log.key))),
        None => Ok(logs),
    }
}

/// A call of a contract, from nobody or from somebody.
pub fn contract(method: &'static str, from: Option<Address>, to: Address, data: &[u8]) -> Call {
    let mut call = json!({"to": to, "data": hex_bytes(data)});
    if let Some(from) = from {
        call["from"] = json!(from);
    }
    Call::new(method, json!([call, "latest"]))
}

/// A question about an account, at a block by its tag.
pub fn account(method: &'static str, of: Address, at: &str) -> Call {
    Call::new(method, json!([of, at]))
}

/// A question about a transaction.
pub fn transaction(method: &'static str, tx: Hash) -> Call {
    Call::new(method, json!([tx]))
}

/// A question without parameters.
pub fn plain(method: &'static str) -> Call {
    Call::new(method, Value::Array(Vec::new()))
}

/// The question for the head alone.
pub fn head() -> Call {
    plain("eth_blockNumber")
}

/// Reads its answer.
pub fn read_head(raw: &RawValue) -> Read<BlockNumber> {
    decode::small_number(raw, "block number").map(BlockNumber)
}
