//! Pages that must be refused, and what of a sound one is left out.

use super::*;
use crate::chain::{BlockNumber, LogKey};
use crate::time::Timestamp;

const CHAIN: ChainId = ChainId(1);
const VAULT: Address = Address([7; 20]);

fn hash(number: u64, branch: u8) -> Hash {
    let mut bytes = [branch; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Hash(bytes)
}

fn block(number: u64) -> Block {
    Block {
        number: BlockNumber(number),
        hash: hash(number, 1),
        parent: hash(number - 1, 1),
        at: Timestamp(0),
    }
}

fn log(number: u64, index: u32) -> ChainLog {
    ChainLog {
        key: LogKey {
            chain: CHAIN,
            tx: hash(number, 9),
            index,
        },
        block: BlockNumber(number),
        block_hash: hash(number, 1),
        address: VAULT,
        topics: Vec::new(),
        data: Vec::new(),
        removed: false,
    }
}

fn page(logs: Vec<ChainLog>) -> RawPage {
    RawPage {
        from: BlockNumber(11),
        to: BlockNumber(20),
        before: hash(20, 1),
        logs,
        blocks: (11..=20).map(block).collect(),
    }
}

fn judged(page: RawPage) -> Result<SoundPage, Unsound> {
    page.judge(CHAIN, VAULT, Some(hash(10, 1)))
}

fn places(page: &SoundPage) -> Vec<(u64, u32)> {
    let places = page.logs.iter().map(|(log, _)| (log.block.0, log.key.index));
    places.collect()
}

#[test]
fn t8_repeated_and_disordered_logs_come_out_once_and_in_order() {
    let logs = vec![log(12, 3), log(11, 0), log(12, 3), log(12, 1), log(20, 0)];
    let sound = judged(page(logs)).unwrap();
    assert_eq!(places(&sound), [(11, 0), (12, 1), (12, 3), (20, 0)]);
    let dropped = Dropped {
        repeated: 1,
        disordered: 2,
        ..Dropped::default()
    };
    assert_eq!(sound.dropped, dropped);
    assert_eq!(sound.last, block(20));
}

#[test]
fn s3_25_a_log_of_another_contract_or_chain_is_dropped_and_counted() {
    let fake = ChainLog {
        address: Address([8; 20]),
        ..log(12, 0)
    };
    let mut elsewhere = log(12, 1);
    elsewhere.key.chain = ChainId(56);
    let back = ChainLog {
        removed: true,
        ..log(13, 0)
    };
    let sound = judged(page(vec![fake, elsewhere, back, log(14, 0)])).unwrap();
    assert_eq!(places(&sound), [(14, 0)]);
    assert_eq!((sound.dropped.foreign, sound.dropped.removed), (2, 1));
}

#[test]
fn t9_a_page_that_is_not_all_of_one_branch_tells_nothing() {
    let number = BlockNumber;
    let changed = RawPage {
        before: hash(20, 2),
        ..page(Vec::new())
    };
    assert_eq!(judged(changed), Err(Unsound::Changed(number(20))));
    let below = page(Vec::new()).judge(CHAIN, VAULT, Some(hash(10, 2)));
    assert_eq!(below, Err(Unsound::Unlinked(number(11))));
    assert!(page(Vec::new()).judge(CHAIN, VAULT, None).is_ok());
    let mut torn = page(Vec::new());
    torn.blocks[4].parent = hash(14, 2);
    assert_eq!(judged(torn), Err(Unsound::Unlinked(number(15))));
    let other = ChainLog {
        block_hash: hash(12, 2),
        ..log(12, 0)
    };
    assert_eq!(judged(page(vec![other])), Err(Unsound::OtherBranch(number(12))));
    assert_eq!(judged(page(vec![log(21, 0)])), Err(Unsound::OutOfRange(number(21))));
    let mut two = log(12, 0);
    two.key.tx = hash(12, 8);
    assert_eq!(
        judged(page(vec![log(12, 0), two])),
        Err(Unsound::Contradiction(number(12)))
    );
    for missing in [11, 15, 20] {
        let mut holed = page(vec![log(15, 0)]);
        holed.blocks.retain(|block| block.number.0 != missing);
        assert_eq!(judged(holed), Err(Unsound::NoBlock(number(missing))));
    }
}

#[test]
fn only_the_ends_of_a_range_and_the_blocks_of_logs_must_be_known() {
    let logs = [log(12, 0), log(12, 1), log(17, 0), log(40, 0)];
    let needed = RawPage::needed(BlockNumber(11), BlockNumber(20), &logs);
    assert_eq!(needed, [11, 12, 17, 20].map(BlockNumber));
    let one = RawPage::needed(BlockNumber(11), BlockNumber(11), &[]);
    assert_eq!(one, [BlockNumber(11)]);
}

#[test]
fn a_page_is_cut_between_blocks_and_no_block_is_torn() {
    let logs = vec![
        log(11, 0),
        log(11, 1),
        log(12, 0),
        log(12, 1),
        log(12, 2),
        log(13, 0),
        log(18, 0),
    ];
    let sound = judged(page(logs)).unwrap();
    let parts = portions(sound.clone(), 2);
    let shape: Vec<(u64, usize, usize)> = parts
        .iter()
        .map(|part| (part.last.number.0, part.logs.len(), part.blocks.len()))
        .collect();
    assert_eq!(shape, [(11, 2, 1), (12, 3, 1), (20, 2, 8)]);
    let whole: Vec<_> = parts.iter().flat_map(|part| part.logs.clone()).collect();
    assert_eq!(whole, sound.logs);
    assert_eq!(portions(sound.clone(), 100), [sound]);
}
