//! A page of logs: whether it is of one branch and of the contract, and what of it is dropped.

use std::collections::BTreeMap;

use crate::chain::{Address, Block, BlockNumber, ChainId, ChainLog, Hash};

/// What nodes answered about a range of blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawPage {
    /// First block.
    pub from: BlockNumber,
    /// Last block.
    pub to: BlockNumber,
    /// The last block's hash before the logs were read.
    pub before: Hash,
    /// The logs, as they came.
    pub logs: Vec<ChainLog>,
    /// Blocks as they were after the logs were read: the first, the last, and all that logs are in; others too.
    pub blocks: Vec<Block>,
}

/// What was left out of a page, because it cannot be what was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Logs of another contract, or of another chain.
    pub foreign: u32,
    /// Logs that the node says are taken back.
    pub removed: u32,
    /// Logs that were told twice.
    pub repeated: u32,
    /// Logs that were told behind a later one; they are put where they belong.
    pub disordered: u32,
}

/// A page that is of one branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundPage {
    /// Logs with their blocks, in order, each once.
    pub logs: Vec<(ChainLog, Block)>,
    /// The last block.
    pub last: Block,
    /// Blocks of the range whose hashes are known, in order of their numbers.
    pub blocks: Vec<Block>,
    /// What was left out.
    pub dropped: Dropped,
}

/// Why a page tells nothing. It is read again, and never in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// A block that must be there is not.
    #[error("the node has no block {0}")]
    NoBlock(BlockNumber),
    /// The branch changed while it was read.
    #[error("block {0} changed while its logs were read")]
    Changed(BlockNumber),
    /// It does not continue what was read before.
    #[error("block {0} does not follow the block that was read before it")]
    Unlinked(BlockNumber),
    /// A log is of another branch than its block.
    #[error("a log is of another block {0} than the node has")]
    OtherBranch(BlockNumber),
    /// A log is of a block that was not asked for.
    #[error("a log is of block {0}, which was not asked for")]
    OutOfRange(BlockNumber),
    /// Two different logs have one place.
    #[error("two logs have one place in block {0}")]
    Contradiction(BlockNumber),
}

impl RawPage {
    /// Numbers of the blocks that must be known to judge it.
    pub fn needed(from: BlockNumber, to: BlockNumber, logs: &[ChainLog]) -> Vec<BlockNumber> {
        let mut numbers: Vec<BlockNumber> = logs.iter().map(|log| log.block).collect();
        numbers.retain(|number| (from..=to).contains(number));
        numbers.extend([from, to]);
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Judges it. `parent` is the hash of the block below it, where that was read.
    ///
    /// # Errors
    /// [`Unsound`] when it is not all of one branch, or not what was asked for.
    pub fn judge(self, chain: ChainId, contract: Address, parent: Option<Hash>) -> Result<SoundPage, Unsound> {
        let range = self.from..=self.to;
        let mut blocks: BTreeMap<BlockNumber, Block> = BTreeMap::new();
        for block in self.blocks.into_iter().filter(|block| range.contains(&block.number)) {
            blocks.insert(block.number, block);
        }
        let first = blocks.get(&self.from).ok_or(Unsound::NoBlock(self.from))?;
        let last = *blocks.get(&self.to).ok_or(Unsound::NoBlock(self.to))?;
        if last.hash != self.before {
            return Err(Unsound::Changed(self.to));
        }
        if parent.is_some_and(|parent| parent != first.parent) {
            return Err(Unsound::Unlinked(self.from));
        }
        unlinked(&blocks)?;
        let (logs, dropped) = kept(self.logs, chain, contract)?;
        let mut told = Vec::with_capacity(logs.len());
        for log in logs {
            if !range.contains(&log.block) {
                return Err(Unsound::OutOfRange(log.block));
            }
            let block = *blocks.get(&log.block).ok_or(Unsound::NoBlock(log.block))?;
            if block.hash != log.block_hash {
                return Err(Unsound::OtherBranch(log.block));
            }
            told.push((log, block));
        }
        let blocks = blocks.into_values().collect();
        Ok(SoundPage {
            logs: told,
            last,
            blocks,
            dropped,
        })
    }
}

/// Where two blocks are neighbours, the upper one names the lower one.
fn unlinked(blocks: &BTreeMap<BlockNumber, Block>) -> Result<(), Unsound> {
    let pairs = blocks.values().zip(blocks.values().skip(1));
    let mut torn = pairs.filter(|(lower, upper)| lower.number.plus(1) == upper.number && lower.hash != upper.parent);
    torn.next()
        .map_or(Ok(()), |(_, upper)| Err(Unsound::Unlinked(upper.number)))
}

/// The logs that count, in order, each once.
fn kept(logs: Vec<ChainLog>, chain: ChainId, contract: Address) -> Result<(Vec<ChainLog>, Dropped), Unsound> {
    let mut dropped = Dropped::default();
    let mut kept: BTreeMap<(BlockNumber, u32), ChainLog> = BTreeMap::new();
    for log in logs {
        if log.address != contract || log.key.chain != chain {
            dropped.foreign += 1;
            continue;
        }
        if log.removed {
            dropped.removed += 1;
            continue;
        }
        let place = (log.block, log.key.index);
        if kept.last_key_value().is_some_and(|(last, _)| *last > place) {
            dropped.disordered += 1;
        }
        match kept.get(&place) {
            None => drop(kept.insert(place, log)),
            Some(same) if *same == log => dropped.repeated += 1,
            Some(_) => return Err(Unsound::Contradiction(log.block)),
        }
    }
    Ok((kept.into_values().collect(), dropped))
}

/// Parts of a page with at most so many logs each, cut between blocks: each ends at a block that is known.
pub fn portions(page: SoundPage, most: usize) -> Vec<SoundPage> {
    let mut portions: Vec<SoundPage> = Vec::new();
    let mut logs: Vec<(ChainLog, Block)> = Vec::new();
    for (log, block) in page.logs {
        if let Some((_, end)) = logs
            .last()
            .filter(|(_, last)| logs.len() >= most.max(1) && last.number < block.number)
        {
            let end = *end;
            portions.push(portion(std::mem::take(&mut logs), end, Dropped::default()));
        }
        logs.push((log, block));
    }
    portions.push(portion(logs, page.last, page.dropped));
    let mut portion = portions.iter_mut();
    let mut current = portion.next();
    for block in page.blocks {
        while current.as_ref().is_some_and(|part| part.last.number < block.number) {
            current = portion.next();
        }
        if let Some(part) = current.as_mut() {
            part.blocks.push(block);
        }
    }
    portions
}

fn portion(logs: Vec<(ChainLog, Block)>, last: Block, dropped: Dropped) -> SoundPage {
    SoundPage {
        logs,
        last,
        blocks: Vec::new(),
        dropped,
    }
}

#[cfg(test)]
mod tests;
