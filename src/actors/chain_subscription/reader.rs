//! Reading pages of logs from a chain: as much at once as the node gives, and all of one branch.

use std::sync::Arc;

use domain::chain::follow::{Pace, RawPage, Refusal, SoundPage, Then};
use domain::chain::{Block, BlockNumber, ChainLog, Hash};
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
        let mut logs = self.chain.logs(self.filter(from, to)).await.map_err(refusal)?;
        if logs.is_empty() && to < last.minus(self.scan_blocks) {
            logs = self.elsewhere(from, to).await;
        }
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

    /// What another node says of a range in which there is nothing: one that has pruned it may say the same as one in which nothing
    /// happened.
    async fn elsewhere(&self, from: BlockNumber, to: BlockNumber) -> Vec<ChainLog> {
        match self.chain.logs_elsewhere(self.filter(from, to)).await {
            Ok(logs) => {
                if !logs.is_empty() {
                    metrics::counter!("bursar_chain_withheld_logs_total")
                        .increment(u64::try_from(logs.len()).unwrap_or(u64::MAX));
                }
                logs
            }
            Err(error) => {
                metrics::counter!("bursar_chain_unchecked_ranges_total").increment(1);
                tracing::debug!(%error, "blocks {from} to {to} were not checked at another node");
                Vec::new()
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
