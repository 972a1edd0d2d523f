//! Somebody who looks whenever it is woken, and never by the clock: what it misses, a socket's user would miss.

use std::sync::Arc;
use std::time::Duration;

use bursar::adapters::chain::{EvmChain, EvmOptions};
use bursar::ports::chain::{BlockAt, Chain, ChainError, LogFilter};
use domain::chain::{Address, BlockNumber, ChainId, ChainLog};
use tokio::sync::{Notify, mpsc};

/// The contract that tests follow.
pub const CONTRACT: &str = "0x5fbdb2315678afecb367f032d93f642f64180aa3";

pub fn contract() -> Address {
    Address::parse(CONTRACT).unwrap()
}

/// Options with short times.
pub fn options(endpoints: &[String]) -> EvmOptions {
    let endpoints = endpoints.iter().map(|endpoint| endpoint.clone().into()).collect();
    EvmOptions {
        deadline: Duration::from_millis(800),
        silence: Duration::from_millis(300),
        probe: Duration::from_millis(100),
        retry_first: Duration::from_millis(20),
        retry_most: Duration::from_millis(200),
        ..EvmOptions::new("test", ChainId(31_337), endpoints)
    }
}

pub fn open(endpoints: &[String]) -> Arc<EvmChain> {
    EvmChain::open(options(endpoints)).unwrap()
}

/// A filter for all logs of the contract in a range.
pub fn range(from: u64, to: u64) -> LogFilter<'static> {
    LogFilter {
        address: contract(),
        topics: &[],
        from: BlockNumber(from),
        to: BlockNumber(to),
    }
}

/// Follows the contract from this block on; tells every log that it reads.
pub fn follow(chain: Arc<EvmChain>, after: u64) -> mpsc::UnboundedReceiver<ChainLog> {
    let (tell, told) = mpsc::unbounded_channel();
    let woken = Arc::new(Notify::new());
    let wake = woken.clone();
    chain.heed(contract(), Arc::new(move || wake.notify_one()));
    tokio::spawn(async move {
        let mut cursor = after;
        while !tell.is_closed() {
            woken.notified().await;
            while let Err(_) | Ok(true) = look(&chain, &mut cursor, &tell).await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    });
    told
}

/// Whether there may be more.
async fn look(chain: &EvmChain, cursor: &mut u64, tell: &mpsc::UnboundedSender<ChainLog>) -> Result<bool, ChainError> {
    let head = chain.block(BlockAt::Latest).await?.unwrap().number.0;
    if head <= *cursor {
        return Ok(false);
    }
    let to = head.min(*cursor + 200);
    for log in chain.logs(range(*cursor + 1, to)).await? {
        tell.send(log).ok();
    }
    *cursor = to;
    Ok(to < head)
}

/// Waits until something holds.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not come true within 5s");
}
