//! The search below the cursor: what another node knows of blocks that were read, and the first one did not tell.

use std::time::Duration;

use domain::chain::BlockNumber;
use domain::chain::follow::{Pace, PaceRules, Then};
use domain::chain::receive::scan_from;
use tokio::time::Instant;

use super::clerk::Clerk;
use super::reader::Reader;
use super::told::Told;
use super::trouble::Trouble;

/// When it was last searched, and how much at once.
pub(super) struct Scan {
    pace: Pace,
    /// `None` before the first time: what the life before this one read is searched at once.
    at: Option<Instant>,
}

impl Scan {
    pub fn new(rules: PaceRules) -> Self {
        Self {
            pace: Pace::new(rules),
            at: None,
        }
    }

    /// Whether it is time to search.
    pub fn is_due(&self, every: Duration) -> bool {
        self.at.is_none_or(|at| at.elapsed() >= every)
    }

    /// Searches the last blocks below the cursor. What cannot be searched now is searched the next time.
    pub async fn run(&mut self, reader: &Reader, clerk: &mut Clerk, blocks: u64) -> Result<(), Trouble> {
        self.at = Some(Instant::now());
        let Some(from) = scan_from(&clerk.row, blocks) else {
            return Ok(());
        };
        let (mut below, end, mut found) = (from.minus(1), clerk.cursor(), 0);
        while let Some((from, to)) = self.pace.next(below, end) {
            match self.search(reader, clerk, from, to).await? {
                Some((last, count)) => {
                    below = last;
                    found += count;
                }
                None => break,
            }
        }
        Told::searched(&clerk.row, found);
        Ok(())
    }

    /// Searches one range, or as much of it as can be had; `None` when nothing is to be had now.
    async fn search(
        &mut self,
        reader: &Reader,
        clerk: &mut Clerk,
        from: BlockNumber,
        mut to: BlockNumber,
    ) -> Result<Option<(BlockNumber, usize)>, Trouble> {
        loop {
            let why = match reader.second_look(from, to).await {
                Ok(page) => {
                    self.pace.answered();
                    // The other node may be on another branch, or behind: then it tells nothing.
                    let (chain, contract) = (clerk.row.chain, clerk.row.contract);
                    let count = match page.judge(chain, contract, None) {
                        Ok(page) => clerk.commit_below(page).await?,
                        Err(_) => 0,
                    };
                    return Ok(Some((to, count)));
                }
                Err(why) => why,
            };
            match self.pace.refused(from, to, &why) {
                Then::Ask(smaller) => to = smaller,
                Then::Wait(pause) => tokio::time::sleep(pause).await,
                Then::Stop(words) => {
                    tracing::debug!(subscription.id = %clerk.row.id, "the search below the cursor stopped: {words}");
                    return Ok(None);
                }
            }
        }
    }
}
