//! Heads that were seen lately: how reorgs are noticed that are not deep enough to matter.

use std::collections::BTreeMap;

use crate::chain::{Block, BlockNumber, Hash};

/// Hashes of the newest blocks that were seen, on one branch.
#[derive(Debug, Clone)]
pub struct KeptHeads {
    hashes: BTreeMap<BlockNumber, Hash>,
    most: usize,
    highest: Option<BlockNumber>,
}

impl KeptHeads {
    /// Keeps so many.
    pub const fn new(most: usize) -> Self {
        Self {
            hashes: BTreeMap::new(),
            most,
            highest: None,
        }
    }

    /// The highest number that was ever seen.
    pub const fn highest(&self) -> Option<BlockNumber> {
        self.highest
    }

    /// The highest of the kept ones.
    pub fn last(&self) -> Option<BlockNumber> {
        self.hashes.last_key_value().map(|(number, _)| *number)
    }

    /// Takes a head in. Answers how many of the kept blocks are no longer on the chain; zero when none is known to be. A head that is
    /// lower than the last one is no reorg by itself: the node may be behind.
    pub fn see(&mut self, head: &Block) -> usize {
        self.highest = self.highest.max(Some(head.number));
        let below = head.number.minus(1);
        let is_torn_below = head.number.0 > 0 && self.hashes.get(&below).is_some_and(|hash| *hash != head.parent);
        let is_torn = self.hashes.get(&head.number).is_some_and(|hash| *hash != head.hash);
        let gone = match (is_torn_below, is_torn) {
            (true, _) => self.hashes.split_off(&below).len(),
            (false, true) => self.hashes.split_off(&head.number).len(),
            (false, false) => 0,
        };
        self.hashes.insert(head.number, head.hash);
        if head.number.0 > 0 {
            self.hashes.insert(below, head.parent);
        }
        while self.hashes.len() > self.most {
            self.hashes.pop_first();
        }
        gone
    }

    /// Forgets everything, such as when another node is asked.
    pub fn forget(&mut self) {
        self.hashes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn block(number: u64, branch: u8, parent: u8) -> Block {
        let hash = |number: u64, branch: u8| {
            let mut bytes = [branch; 32];
            bytes[0] = u8::try_from(number).unwrap();
            Hash(bytes)
        };
        Block {
            number: BlockNumber(number),
            hash: hash(number, branch),
            parent: hash(number - 1, parent),
            at: Timestamp(0),
        }
    }

    #[test]
    fn t7_a_shallow_reorg_is_noticed_by_its_parent_and_a_lower_head_is_none() {
        let mut heads = KeptHeads::new(8);
        for number in 10..15 {
            assert_eq!(heads.see(&block(number, 1, 1)), 0);
        }
        assert_eq!(heads.see(&block(12, 1, 1)), 0, "merely behind");
        assert_eq!(heads.see(&block(15, 1, 1)), 0);
        assert_eq!(heads.see(&block(15, 2, 1)), 1, "another block of the same height");
        assert_eq!(heads.see(&block(14, 3, 3)), 3, "13 and 14 and 15 are gone");
        assert_eq!(heads.see(&block(15, 3, 3)), 0);
        assert_eq!(heads.highest(), Some(BlockNumber(15)));
    }

    #[test]
    fn only_so_many_heads_are_kept() {
        let mut heads = KeptHeads::new(4);
        for number in 10..100 {
            heads.see(&block(number, 1, 1));
        }
        assert_eq!(heads.hashes.len(), 4);
        assert_eq!(heads.see(&block(90, 2, 2)), 0, "too long ago to be known");
    }
}
