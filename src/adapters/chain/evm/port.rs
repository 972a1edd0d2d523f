//! The port: each question of the actors, put to nodes.

use async_trait::async_trait;
use domain::chain::{Address, Block, BlockNumber, ChainId, ChainLog, Hash, RawAmount};
use domain::outcome::Outcome;
use ethers_core::utils::keccak256;
use serde_json::json;

use super::EvmChain;
use crate::adapters::chain::decode::{self, Read, hex_bytes};
use crate::adapters::chain::endpoint::Endpoint;
use crate::adapters::chain::fault::{self, Asked};
use crate::adapters::chain::question::{self, Replies};
use crate::adapters::chain::rpc::Call;
use crate::adapters::chain::sent::{self, Told};
use crate::ports::chain::{BlockAt, Chain, ChainError, EndpointHealth, GasPrices, LogFilter, Receipt, Sent};
use crate::ports::market::Wake;

/// Most blocks that are asked for in one request; some nodes take no longer batches.
const BLOCKS: usize = 50;

#[async_trait]
impl Chain for EvmChain {
    fn id(&self) -> ChainId {
        self.id
    }

    async fn block(&self, at: BlockAt) -> Read<Option<Block>> {
        let calls = [question::block_at(at)];
        self.ask(Asked::Other, &calls, |replies| question::read_block(replies, at))
            .await
    }

    async fn blocks(&self, numbers: &[BlockNumber]) -> Read<Vec<Option<Block>>> {
        let mut blocks = Vec::with_capacity(numbers.len());
        for some in numbers.chunks(BLOCKS) {
            let calls: Vec<Call> = some
                .iter()
                .map(|number| question::block_at(BlockAt::Number(*number)))
                .collect();
            let read = |replies: &mut Replies<'_>| {
                let each = some
                    .iter()
                    .map(|number| question::read_block(replies, BlockAt::Number(*number)));
                each.collect::<Read<Vec<_>>>()
            };
            blocks.extend(self.ask(Asked::Other, &calls, read).await?);
        }
        Ok(blocks)
    }

    async fn logs(&self, filter: LogFilter<'_>) -> Read<Vec<ChainLog>> {
        self.logs_of(&self.choice.order(), &filter).await
    }

    async fn logs_elsewhere(&self, filter: LogFilter<'_>) -> Read<Vec<ChainLog>> {
        self.logs_of(&self.choice.elsewhere(), &filter).await
    }

    async fn call(&self, to: Address, data: &[u8]) -> Read<Vec<u8>> {
        let calls = [question::contract("eth_call", None, to, data)];
        let read = |replies: &mut Replies<'_>| decode::data(&replies.next_result()?, "answer of a call");
        self.ask(Asked::Other, &calls, read).await
    }

    async fn balance(&self, of: Address) -> Read<RawAmount> {
        let calls = [question::account("eth_getBalance", of, "latest")];
        let read = |replies: &mut Replies<'_>| decode::amount(&replies.next_result()?, "balance");
        self.ask(Asked::Other, &calls, read).await
    }

    async fn nonces(&self, of: Address) -> Read<(u64, u64)> {
        let count = |at| question::account("eth_getTransactionCount", of, at);
        let calls = [count("latest"), count("pending")];
        let read = |replies: &mut Replies<'_>| {
            let latest = decode::small_number(&replies.next_result()?, "nonce")?;
            let pending = decode::small_number(&replies.next_result()?, "nonce")?;
            Ok((latest, pending.max(latest)))
        };
        self.ask(Asked::Other, &calls, read).await
    }

    async fn gas_prices(&self) -> Read<GasPrices> {
        let calls = [
            Call::new("eth_feeHistory", json!(["0x1", "latest", []])),
            question::plain("eth_maxPriorityFeePerGas"),
        ];
        let read = |replies: &mut Replies<'_>| {
            let base = decode::next_base_fee(&replies.next_result()?)?;
            let tip = match replies.next_reply()? {
                Ok(raw) => decode::number(&raw, "tip")?,
                // Where nobody asks for a tip, the one of the settings counts.
                Err(error) if fault::is_no_method(&error) => 0,
                Err(error) => return Err(fault::judge(&error, Asked::Other, &replies.endpoint.name)),
            };
            Ok(GasPrices { base, tip })
        };
        self.ask(Asked::Other, &calls, read).await
    }

    async fn estimate(&self, from: Address, to: Address, data: &[u8]) -> Read<u64> {
        let calls = [question::contract("eth_estimateGas", Some(from), to, data)];
        let read = |replies: &mut Replies<'_>| decode::small_number(&replies.next_result()?, "gas");
        self.ask(Asked::Other, &calls, read).await
    }

    async fn send(&self, raw: &[u8]) -> Outcome<Sent> {
        let calls = [Call::new("eth_sendRawTransaction", json!([hex_bytes(raw)]))];
        let hash = Hash(keccak256(raw));
        let told = self.ask_several(&calls, |replies| taken(replies, hash)).await;
        let told = told
            .into_iter()
            .map(|told| told.unwrap_or_else(|error| Told::Unknown(error.to_string())));
        sent::together(told.collect())
    }

    async fn receipt(&self, tx: Hash) -> Read<Option<Receipt>> {
        let calls = [question::transaction("eth_getTransactionReceipt", tx)];
        let read = |replies: &mut Replies<'_>| {
            let receipt = decode::receipt(&replies.next_result()?)?;
            match receipt.filter(|receipt| receipt.tx != tx) {
                Some(_) => Err(ChainError::Malformed("the receipt of another transaction".to_owned())),
                None => Ok(receipt),
            }
        };
        first_of(self.ask_several(&calls, read).await)
    }

    async fn knows(&self, tx: Hash) -> Read<bool> {
        let calls = [question::transaction("eth_getTransactionByHash", tx)];
        let read = |replies: &mut Replies<'_>| Ok(decode::is_there(&replies.next_result()?).then_some(()));
        Ok(first_of(self.ask_several(&calls, read).await)?.is_some())
    }

    fn heed(&self, contract: Address, wake: Wake) {
        self.contracts.heed(contract, wake);
    }

    fn forget(&self, contract: Address) {
        self.contracts.forget(contract);
    }

    fn is_heard(&self) -> bool {
        self.choice.all().iter().any(|endpoint| endpoint.is_heard())
    }

    fn distrust(&self, why: &str) {
        self.choice.distrust(why, self.distrusted_for());
    }

    fn endpoints(&self) -> Vec<EndpointHealth> {
        let in_use = self.choice.in_use();
        let all = self.choice.all().iter().enumerate();
        all.map(|(place, endpoint)| endpoint.health(place == in_use)).collect()
    }
}

impl EvmChain {
    async fn logs_of(&self, endpoints: &[&Endpoint], filter: &LogFilter<'_>) -> Read<Vec<ChainLog>> {
        let calls = question::logs(filter);
        let read = |replies: &mut Replies<'_>| question::read_logs(replies, filter, self.id);
        self.ask_these(endpoints, Asked::Logs(filter.from), &calls, read).await
    }
}

/// What one endpoint made of a transaction of this hash.
fn taken(replies: &mut Replies<'_>, hash: Hash) -> Read<Told> {
    Ok(match replies.next_reply()? {
        Ok(raw) if decode::hash(&raw, "hash")? == hash => Told::Known(Sent::Accepted),
        Ok(_) => Told::Unknown(format!("{} answered with another hash", replies.endpoint.name.shown())),
        Err(error) if fault::is_no_method(&error) => Told::Closed(replies.endpoint.name.clean(&error.message)),
        Err(error) => match sent::judge(&error) {
            Some(sent) => Told::Known(sent),
            None => Told::Unknown(
                replies
                    .endpoint
                    .name
                    .clean(&format!("{} ({})", error.message, error.code)),
            ),
        },
    })
}

/// What any of them has; nothing only when each of them says so.
fn first_of<T>(answers: Vec<Read<Option<T>>>) -> Read<Option<T>> {
    let mut nothing = Err(ChainError::Unreachable("no endpoint".to_owned()));
    let mut failed = None;
    for answer in answers {
        match answer {
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => nothing = Ok(None),
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(nothing, Err)
}
