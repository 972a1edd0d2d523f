//! A chain made by chance, and a follower made of the rules: what reorgs do above the confirmations leaves no trace in what acts.

use proptest::prelude::*;

use super::{Finality, Glance, KeptHeads, Pace, PaceRules, RawPage, Refusal, Then, standing};
use crate::chain::{Address, Block, BlockNumber, ChainId, ChainLog, FollowState, Hash, LogKey, Subscription};
use crate::id::SubscriptionId;
use crate::time::Timestamp;

const CHAIN: ChainId = ChainId(1);
const VAULT: Address = Address([7; 20]);
const DEPTH: u64 = 6;

/// What happens to the chain, or to the follower.
#[derive(Debug, Clone)]
enum Step {
    /// Blocks with so many logs each.
    Mine(Vec<u8>),
    /// So many blocks are replaced by as many and one more; their transactions stay out, or come in other blocks.
    Reorg { depth: u8, kept: bool },
    /// The follower looks; nodes take at most so many logs per answer.
    Look { most: u8 },
    /// The follower looks at a node that is so many blocks behind.
    LookBehind { blocks: u8 },
    /// The follower crashes between a read and its commit: what it did not write down is gone.
    Crash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => proptest::collection::vec(0..4_u8, 1..9).prop_map(Step::Mine),
        3 => (1..=u8::try_from(DEPTH).unwrap(), any::<bool>()).prop_map(|(depth, kept)| Step::Reorg { depth, kept }),
        4 => (1..9_u8).prop_map(|most| Step::Look { most }),
        2 => (1..20_u8).prop_map(|blocks| Step::LookBehind { blocks }),
        1 => Just(Step::Crash),
    ];
    proptest::collection::vec(step, 1..60)
}

struct Chain {
    blocks: Vec<(Block, Vec<ChainLog>)>,
    made: u64,
}

impl Chain {
    fn new() -> Self {
        let mut chain = Self {
            blocks: Vec::new(),
            made: 0,
        };
        chain.mine(Vec::new());
        chain
    }

    fn fresh(&mut self, kind: u8) -> Hash {
        self.made += 1;
        let mut bytes = [kind; 32];
        bytes[..8].copy_from_slice(&self.made.to_be_bytes());
        Hash(bytes)
    }

    fn mine(&mut self, transactions: Vec<Hash>) {
        let hash = self.fresh(1);
        let number = BlockNumber(u64::try_from(self.blocks.len()).unwrap());
        let parent = self.blocks.last().map_or(Hash([0; 32]), |(block, _)| block.hash);
        let at = Timestamp(i64::try_from(number.0).unwrap() * 12_000);
        let logs = transactions.into_iter().zip(0..).map(|(tx, index)| ChainLog {
            key: LogKey {
                chain: CHAIN,
                tx,
                index,
            },
            block: number,
            block_hash: hash,
            address: VAULT,
            topics: Vec::new(),
            data: Vec::new(),
            removed: false,
        });
        let block = Block {
            number,
            hash,
            parent,
            at,
        };
        let logs = logs.collect();
        self.blocks.push((block, logs));
    }

    fn mine_fresh(&mut self, logs: u8) {
        let transactions = (0..logs).map(|_| self.fresh(2)).collect();
        self.mine(transactions);
    }

    fn reorg(&mut self, depth: u8, kept: bool) {
        let at = self.blocks.len().saturating_sub(usize::from(depth)).max(1);
        let gone = self.blocks.split_off(at);
        let mut moved: Vec<Hash> = gone.iter().flat_map(|(_, logs)| logs).map(|log| log.key.tx).collect();
        moved.reverse();
        if kept {
            self.mine(moved);
        }
        let missing = gone.len() + 1 - usize::from(kept);
        (0..missing).for_each(|number| self.mine_fresh(u8::try_from(number % 3).unwrap()));
    }

    fn block(&self, number: BlockNumber, height: usize) -> Option<Block> {
        let at = usize::try_from(number.0).unwrap();
        self.blocks.iter().take(height).nth(at).map(|(block, _)| *block)
    }

    fn confirmed(&self) -> Vec<(LogKey, Hash)> {
        let depth = usize::try_from(DEPTH).unwrap();
        let blocks = self.blocks.iter().take(self.blocks.len().saturating_sub(depth));
        let logs = blocks.skip(1).flat_map(|(_, logs)| logs);
        logs.map(|log| (log.key, log.block_hash)).collect()
    }
}

/// The follower: what is on record, and what a crash forgets.
struct Follower {
    row: Subscription,
    acted: Vec<(LogKey, Hash)>,
    pace: Pace,
    heads: KeptHeads,
}

const RULES: PaceRules = PaceRules {
    first: 4,
    most: 16,
    waits: 2,
};

impl Follower {
    fn new() -> Self {
        let row = Subscription {
            id: SubscriptionId(1),
            name: "model".to_owned(),
            chain: CHAIN,
            contract: VAULT,
            start: BlockNumber(0),
            cursor: BlockNumber(0),
            cursor_hash: None,
            genesis: None,
            follow: FollowState::Following,
            reorgs: 0,
            late_logs: 0,
            malformed: 0,
            updated_at: Timestamp(0),
            version: 0,
        };
        Self {
            row,
            acted: Vec::new(),
            pace: Pace::new(RULES),
            heads: KeptHeads::new(64),
        }
    }

    /// Looks at a node that has so many blocks and answers with so many logs at most, in one block always.
    fn look(&mut self, chain: &Chain, height: usize, most: usize) {
        let highest = height.checked_sub(1).and_then(|at| u64::try_from(at).ok());
        let Some(head) = highest.and_then(|at| chain.block(BlockNumber(at), height)) else {
            return;
        };
        self.heads.see(&head);
        let at_cursor = chain.block(self.row.cursor, height);
        let glance = standing::glance(
            &self.row,
            chain.block(BlockNumber(0), height).as_ref(),
            at_cursor.as_ref(),
        );
        let Some(last) = Finality::Depth(DEPTH).last(&head, None) else {
            return;
        };
        match glance {
            Glance::Same => {}
            Glance::Short => return,
            Glance::Torn | Glance::OtherChain { .. } => panic!("CHN-3: reorgs are not that deep here"),
        }
        while let Some((from, mut to)) = self.pace.next(self.row.cursor, last) {
            let page = loop {
                let blocks = chain.blocks.iter().take(height);
                let asked = blocks.filter(|(block, _)| (from..=to).contains(&block.number));
                let logs: Vec<ChainLog> = asked.flat_map(|(_, logs)| logs.clone()).collect();
                if logs.len() <= most || from == to {
                    break self.page(chain, height, from, to, logs);
                }
                match self.pace.refused(from, to, &Refusal::TooMuch { proposed: None }) {
                    Then::Ask(last) => to = last,
                    other => panic!("{other:?} for more than one block"),
                }
            };
            self.pace.answered();
            let sound = page.judge(CHAIN, VAULT, self.row.cursor_hash).unwrap();
            self.acted
                .extend(sound.logs.iter().map(|(log, _)| (log.key, log.block_hash)));
            self.row.cursor = sound.last.number;
            self.row.cursor_hash = Some(sound.last.hash);
        }
    }

    fn page(&self, chain: &Chain, height: usize, from: BlockNumber, to: BlockNumber, logs: Vec<ChainLog>) -> RawPage {
        let needed = RawPage::needed(from, to, &logs);
        let blocks = needed
            .into_iter()
            .filter_map(|number| chain.block(number, height))
            .collect();
        RawPage {
            from,
            to,
            before: chain.block(to, height).unwrap().hash,
            logs,
            blocks,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// CHN-1 to CHN-3: each confirmed log of the final chain acts once, and nothing else ever did.
    #[test]
    fn s3_03_whatever_happens_above_the_confirmations_exactly_the_confirmed_logs_act(steps in steps()) {
        let (mut chain, mut follower) = (Chain::new(), Follower::new());
        for step in steps {
            let height = chain.blocks.len();
            match step {
                Step::Mine(blocks) => blocks.into_iter().for_each(|logs| chain.mine_fresh(logs)),
                Step::Reorg { depth, kept } => chain.reorg(depth, kept),
                Step::Look { most } => follower.look(&chain, height, usize::from(most)),
                Step::LookBehind { blocks } => {
                    follower.look(&chain, height.saturating_sub(usize::from(blocks)), 5);
                }
                Step::Crash => {
                    follower.pace = Pace::new(RULES);
                    follower.heads = KeptHeads::new(64);
                }
            }
            let confirmed = chain.confirmed();
            prop_assert!(confirmed.starts_with(&follower.acted), "acted on what is not confirmed");
        }
        follower.look(&chain, chain.blocks.len(), 3);
        prop_assert_eq!(follower.acted, chain.confirmed());
    }
}
