//! Reading pages of logs from a chain: as much at once as the node gives, and all of one branch.

use std::collections::HashSet;
use std::sync::Arc;

use domain::chain::follow::{Pace, RawPage, Refusal, SoundPage, Then};
use domain::chain::{Block, BlockNumber, ChainLog, Hash, LogKey};
use domain::trigger::Listing;

use super::FollowOptions;
use super::trouble::{Trouble, refusal};
use crate::ports::chain::{Chain, ChainError, LogFilter};

/// Blocks below the last one that counts whose hashes are asked for, so that a reorg's depth can be told.
const TAIL: u64 = 64;

/// Asks a chain for logs.
pub(super) struct Reader {
    chain: Arc<dyn Chain>,
    listing: Arc<Listing>,
    topics: Vec<Hash>,
    scan_blocks: u64,
    pace: Pace,
}

impl Reader {
    pub fn new(chain: Arc<dyn Chain>, listing: Arc<Listing>, topics: Vec<Hash>, options: &FollowOptions) -> Self {
        Self {
            chain,
            listing,
            topics,
            scan_blocks: options.scan_blocks,
            pace: Pace::new(options.pace),
        }
    }

    /// Blocks that the next question is for.
    pub const fn pace(&self) -> u64 {
        self.pace.blocks()
    }

    /// The next page above the cursor, whose block has this hash; `None` when nothing is left up to `last`.
    pub async fn fetch(
        &mut self,
        cursor: BlockNumber,
        parent: Option<Hash>,
        last: BlockNumber,
    ) -> Result<Option<SoundPage>, Trouble> {
        let Some((from, mut to)) = self.pace.next(cursor, last) else {
            return Ok(None);
        };
        // What is old is asked of two nodes, and the search below the cursor never gets there: no page is both old and new.
        let old = last.minus(self.scan_blocks);
        if from <= old {
            to = to.min(old);
        }
        loop {
            let why = match self.ask(from, to, last).await {
                Ok(page) => {
                    let judged = page.judge(self.listing.chain, self.listing.vault, parent);
                    let page = judged.inspect_err(|why| self.chain.distrust(&why.to_string()))?;
                    self.pace.answered();
                    return Ok(Some(page));
                }
                Err(why) => why,
            };
            metrics::counter!("bursar_chain_refused_ranges_total").increment(1);
            match self.pace.refused(from, to, &why) {
                Then::Ask(smaller) => to = smaller,
                Then::Wait(pause) => tokio::time::sleep(pause).await,
                Then::Stop(words) => {
                    self.chain.distrust(&words);
                    return Err(Trouble::Chain(words));
                }
            }
        }
    }

    async fn ask(&self, from: BlockNumber, to: BlockNumber, last: BlockNumber) -> Result<RawPage, Refusal> {
        let before = self.blocks(&[to]).await?;
        let before = before.first().map(|block| block.hash);
        let before = before.ok_or_else(|| Refusal::Hopeless(format!("the node has no block {to}")))?;
        let is_old = to <= last.minus(self.scan_blocks) && self.chain.endpoints().len() > 1;
        let logs = if is_old {
            let told = tokio::join!(self.logs(from, to), self.elsewhere(from, to));
            joined(told.0?, told.1?)
        } else {
            self.logs(from, to).await?
        };
        let mut needed = RawPage::needed(from, to, &logs);
        if to == last {
            needed.extend((from.max(to.minus(TAIL)).0..to.0).map(BlockNumber));
            needed.sort_unstable();
            needed.dedup();
        }
        let blocks = self.blocks(&needed).await?;
        Ok(RawPage {
            from,
            to,
            before,
            logs,
            blocks,
        })
    }

    async fn logs(&self, from: BlockNumber, to: BlockNumber) -> Result<Vec<ChainLog>, Refusal> {
        self.chain.logs(self.filter(from, to)).await.map_err(refusal)
    }

    /// What another node says of the same range: one that has pruned some of it may say the same as one in which nothing happened.
    /// Where it cannot be asked, nothing is added.
    async fn elsewhere(&self, from: BlockNumber, to: BlockNumber) -> Result<Vec<ChainLog>, Refusal> {
        match self.chain.logs_elsewhere(self.filter(from, to)).await {
            Ok(logs) => Ok(logs),
            Err(error @ ChainError::TooMuch { .. }) if from < to => Err(refusal(error)),
            Err(error) => {
                metrics::counter!("bursar_chain_unchecked_ranges_total").increment(1);
                tracing::debug!(%error, "blocks {from} to {to} were not checked at another node");
                Ok(Vec::new())
            }
        }
    }

    /// Logs of a range from another node, as they came.
    pub async fn second_look(&self, from: BlockNumber, to: BlockNumber) -> Result<RawPage, Refusal> {
        let logs = self
            .chain
            .logs_elsewhere(self.filter(from, to))
            .await
            .map_err(refusal)?;
        let blocks = self.blocks(&RawPage::needed(from, to, &logs)).await?;
        let before = blocks.iter().find(|block| block.number == to).map(|block| block.hash);
        let before = before.ok_or_else(|| Refusal::Hopeless(format!("the node has no block {to}")))?;
        Ok(RawPage {
            from,
            to,
            before,
            logs,
            blocks,
        })
    }

    /// Blocks by number; those that the node does not have are left out.
    pub async fn blocks(&self, numbers: &[BlockNumber]) -> Result<Vec<Block>, Refusal> {
        let told: Result<Vec<Option<Block>>, ChainError> = self.chain.blocks(numbers).await;
        Ok(told.map_err(refusal)?.into_iter().flatten().collect())
    }

    fn filter(&self, from: BlockNumber, to: BlockNumber) -> LogFilter<'_> {
        LogFilter {
            address: self.listing.vault,
            topics: &self.topics,
            from,
            to,
        }
    }
}

/// What one node told, and what only the other one did.
fn joined(mut logs: Vec<ChainLog>, others: Vec<ChainLog>) -> Vec<ChainLog> {
    let known: HashSet<LogKey> = logs.iter().map(|log| log.key).collect();
    let withheld: Vec<ChainLog> = others.into_iter().filter(|log| !known.contains(&log.key)).collect();
    if !withheld.is_empty() {
        let count = u64::try_from(withheld.len()).unwrap_or(u64::MAX);
        metrics::counter!("bursar_chain_withheld_logs_total").increment(count);
        logs.extend(withheld);
        logs.sort_by_key(|log| (log.block, log.key.index));
    }
    logs
}
