//! Following a chain: which blocks are read next, whether what was read is sound, and whether what was read before still stands.

pub mod heads;
#[cfg(test)]
mod model;
pub mod pace;
pub mod page;
pub mod standing;

pub use heads::KeptHeads;
pub use pace::{Pace, PaceRules, Refusal, Then};
pub use page::{Dropped, RawPage, SoundPage, Unsound};
pub use standing::{Glance, Standing};

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::chain::{Block, BlockNumber};

/// When a block counts: what is in it acts from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finality {
    /// As soon as so many blocks are above it.
    Depth(u64),
    /// As soon as the chain calls it safe.
    Safe,
    /// As soon as the chain calls it final.
    Finalized,
}

impl Finality {
    /// The last block that counts. `marked` is the block that the chain calls safe or final, whichever is asked for.
    pub fn last(self, head: &Block, marked: Option<&Block>) -> Option<BlockNumber> {
        match self {
            Self::Depth(depth) => head.number.0.checked_sub(depth).map(BlockNumber),
            Self::Safe | Self::Finalized => marked.map(|block| block.number.min(head.number)),
        }
    }
}

impl fmt::Display for Finality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth(depth) => write!(f, "{depth} confirmations"),
            Self::Safe => f.write_str("safe"),
            Self::Finalized => f.write_str("finalized"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Hash;
    use crate::time::Timestamp;

    fn block(number: u64) -> Block {
        Block {
            number: BlockNumber(number),
            hash: Hash([1; 32]),
            parent: Hash([0; 32]),
            at: Timestamp(0),
        }
    }

    #[test]
    fn s3_03_a_block_counts_when_enough_blocks_are_above_it_and_not_before() {
        let rule = Finality::Depth(12);
        assert_eq!(rule.last(&block(11), None), None);
        assert_eq!(rule.last(&block(12), None), Some(BlockNumber(0)));
        assert_eq!(rule.last(&block(100), None), Some(BlockNumber(88)));
        assert_eq!(Finality::Depth(0).last(&block(7), None), Some(BlockNumber(7)));
        assert_eq!(Finality::Finalized.last(&block(100), None), None);
        assert_eq!(
            Finality::Finalized.last(&block(100), Some(&block(36))),
            Some(BlockNumber(36))
        );
    }
}
