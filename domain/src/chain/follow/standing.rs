//! Where the chain stands to what was read of it: the same, merely behind, torn up, or another chain.

use crate::chain::{Anchor, Block, BlockNumber, Hash, Subscription};

/// What a node has at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glance {
    /// The block that was read, or nothing was read yet.
    Same,
    /// No block: it is behind, or blocks were taken back. Older blocks tell.
    Short,
    /// Another block. Older blocks tell how deep that goes.
    Torn,
    /// Its first block is another one.
    OtherChain {
        /// That block's hash.
        genesis: Hash,
    },
}

/// Where the chain stands to what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What was read is on it.
    Same,
    /// The node has not got as far as was read. That is no reorg: nothing is undone, and another endpoint may know more.
    Behind,
    /// Blocks that were acted on are no longer on it.
    Deep {
        /// The newest block that was read and is still on it, as far as is known; the subscription's start when none is.
        fork: BlockNumber,
        /// Its hash; `None` where it is not known.
        hash: Option<Hash>,
        /// Blocks from there to the cursor.
        depth: u64,
    },
    /// It is another chain, or was started anew.
    OtherChain {
        /// The hash of its first block.
        genesis: Hash,
    },
}

/// What a node's blocks say at first sight: its first one, and the one at the cursor, where it has them.
pub fn glance(subscription: &Subscription, genesis: Option<&Block>, at_cursor: Option<&Block>) -> Glance {
    if let (Some(known), Some(told)) = (subscription.genesis, genesis)
        && known != told.hash
    {
        return Glance::OtherChain { genesis: told.hash };
    }
    match (subscription.cursor_hash, at_cursor) {
        (None, _) => Glance::Same,
        (Some(_), None) => Glance::Short,
        (Some(known), Some(told)) if known == told.hash => Glance::Same,
        (Some(_), Some(_)) => Glance::Torn,
    }
}

/// What older blocks say: `anchors` that were read, and the hashes that the node has at their numbers.
pub fn compare(subscription: &Subscription, anchors: &[Anchor], told: &[Block]) -> Standing {
    let at = |number: BlockNumber| told.iter().find(|block| block.number == number).map(|block| block.hash);
    let compared = anchors
        .iter()
        .filter_map(|anchor| Some((anchor, at(anchor.number)? == anchor.hash)));
    let (same, torn): (Vec<_>, Vec<_>) = compared.partition(|(_, is_same)| *is_same);
    if torn.is_empty() {
        return Standing::Behind;
    }
    let newest = same
        .iter()
        .map(|(anchor, _)| *anchor)
        .max_by_key(|anchor| anchor.number);
    let fork = newest.map_or(subscription.start, |anchor| anchor.number);
    Standing::Deep {
        fork,
        hash: newest.map(|anchor| anchor.hash),
        depth: subscription.cursor.0.saturating_sub(fork.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Address, ChainId, FollowState};
    use crate::id::SubscriptionId;
    use crate::time::Timestamp;

    const ID: SubscriptionId = SubscriptionId(1);

    fn hash(number: u64, branch: u8) -> Hash {
        let mut bytes = [branch; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Hash(bytes)
    }

    fn block(number: u64, branch: u8) -> Block {
        Block {
            number: BlockNumber(number),
            hash: hash(number, branch),
            parent: hash(number.saturating_sub(1), branch),
            at: Timestamp(0),
        }
    }

    fn read_to(cursor: u64) -> Subscription {
        Subscription {
            id: ID,
            name: "aapl".to_owned(),
            chain: ChainId(1),
            contract: Address([7; 20]),
            start: BlockNumber(10),
            cursor: BlockNumber(cursor),
            cursor_hash: (cursor > 10).then(|| hash(cursor, 1)),
            genesis: Some(hash(0, 1)),
            follow: FollowState::Following,
            reorgs: 0,
            late_logs: 0,
            malformed: 0,
            updated_at: Timestamp(0),
            version: 0,
        }
    }

    fn anchors(numbers: impl IntoIterator<Item = u64>) -> Vec<Anchor> {
        let anchor = |number| Anchor {
            subscription: ID,
            number: BlockNumber(number),
            hash: hash(number, 1),
        };
        numbers.into_iter().map(anchor).collect()
    }

    #[test]
    fn the_cursor_tells_at_first_sight_whether_the_chain_is_the_same() {
        let (genesis, cursor) = (block(0, 1), block(100, 1));
        let subscription = read_to(100);
        let look = |genesis: Option<&Block>, cursor: Option<&Block>| glance(&subscription, genesis, cursor);
        assert_eq!(look(Some(&genesis), Some(&cursor)), Glance::Same);
        assert_eq!(look(None, Some(&cursor)), Glance::Same);
        assert_eq!(look(Some(&genesis), None), Glance::Short);
        assert_eq!(look(Some(&genesis), Some(&block(100, 2))), Glance::Torn);
        let other = Glance::OtherChain { genesis: hash(0, 2) };
        assert_eq!(look(Some(&block(0, 2)), None), other);
        assert_eq!(glance(&read_to(10), None, None), Glance::Same);
    }

    #[test]
    fn t7_a_deep_reorg_is_as_deep_as_the_newest_block_that_is_still_there() {
        for depth in [1, 4, 40, 90] {
            let told: Vec<Block> = (1..=200)
                .map(|number| block(number, if number > 100 - depth { 2 } else { 1 }))
                .collect();
            let fork = BlockNumber(100 - depth);
            let hash = Some(hash(fork.0, 1));
            let found = compare(&read_to(100), &anchors(11..=100), &told);
            if depth < 90 {
                assert_eq!(found, Standing::Deep { fork, hash, depth });
            } else {
                // Nothing of what is kept is left: everything from the start is read again.
                let start = BlockNumber(10);
                assert_eq!(
                    found,
                    Standing::Deep {
                        fork: start,
                        hash: None,
                        depth
                    }
                );
            }
        }
    }

    #[test]
    fn t7_between_sparse_anchors_the_lower_one_is_the_fork() {
        let told: Vec<Block> = (1..=200)
            .map(|number| block(number, if number > 57 { 2 } else { 1 }))
            .collect();
        let found = compare(&read_to(100), &anchors([20, 50, 60, 100]), &told);
        let (fork, hash) = (BlockNumber(50), Some(hash(50, 1)));
        assert_eq!(found, Standing::Deep { fork, hash, depth: 50 });
    }

    #[test]
    fn t7_a_node_that_is_behind_is_no_reorg_and_a_chain_that_is_shorter_on_another_branch_is_one() {
        let told: Vec<Block> = (1..=50).map(|number| block(number, 1)).collect();
        assert_eq!(compare(&read_to(100), &anchors(11..=100), &told), Standing::Behind);
        assert_eq!(compare(&read_to(100), &anchors(90..=100), &told), Standing::Behind);
        let torn: Vec<Block> = (1..=50)
            .map(|number| block(number, if number > 40 { 2 } else { 1 }))
            .collect();
        let (fork, hash) = (BlockNumber(40), Some(hash(40, 1)));
        let found = compare(&read_to(100), &anchors(11..=100), &torn);
        assert_eq!(found, Standing::Deep { fork, hash, depth: 60 });
    }
}
