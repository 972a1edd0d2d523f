//! Reorgs of every depth: what is above the confirmations reaches nobody, and what is below halts the subscription until a person
//! lets it go on.

use bursar::ports::chain::Chain;
use domain::alert::AlertKind;
use domain::chain::{BlockNumber, FollowState, StoredLog};
use domain::ledger::AccountKind;
use domain::trigger::TriggerState;

use crate::chain::{FakeChain, Quirks, Tx, deposit, redeem};
use crate::world::{DEPTH, Ground, ID, Life, balance, check, logs, options, tell, triggers};

/// What becomes of the transactions of blocks that are taken back.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// Other ones are in the new blocks.
    Replaced,
    /// None is.
    Vanished,
    /// They are in other blocks, at other places.
    Moved,
}

/// A hundred blocks with a deposit every ten, and as many above as the rules ask for; the transactions of each block.
async fn hundred(ground: &Ground) -> Vec<(u64, Tx)> {
    let mut mined = Vec::new();
    for _ in 0..10 {
        ground.chain.grow(9);
        let tx = ground.chain.one(deposit("1000000"));
        mined.push((ground.chain.height(), tx));
    }
    ground.chain.grow(DEPTH);
    mined
}

/// The chain takes so many blocks back that acted or would have, and goes on for one more.
fn reorg(chain: &FakeChain, depth: u64, fate: Fate, mined: &[(u64, Tx)]) {
    let fork = chain.height() - depth;
    let gone: Vec<Tx> = mined
        .iter()
        .filter(|(block, _)| *block > fork)
        .map(|(_, tx)| tx.clone())
        .collect();
    chain.cut(usize::try_from(depth).unwrap());
    // One transaction before them, so that every log has another index.
    let mut first = vec![chain.tx(vec![redeem("1000000000000000000")])];
    match fate {
        Fate::Replaced => first.extend(gone.iter().map(|_| chain.tx(vec![deposit("2000000")]))),
        Fate::Vanished => first.clear(),
        Fate::Moved => first.extend(gone),
    }
    chain.mine(first);
    chain.grow(depth);
}

async fn story(depth: u64, fate: Fate, in_downtime: bool) {
    let ground = Ground::new(1).await;
    let mined = hundred(&ground).await;
    let mut life = Life::begin(&ground).await;
    life.seconds(5).await;
    assert_eq!(triggers(&ground).await.len(), 10);
    if in_downtime {
        life.end().await;
        reorg(&ground.chain, depth, fate, &mined);
        life = Life::begin(&ground).await;
    } else {
        reorg(&ground.chain, depth, fate, &mined);
    }
    life.seconds(5).await;
    let acted = |from: u64| mined.iter().filter(|(block, _)| *block > from).count();
    if depth <= DEPTH {
        // It never reached anyone.
        assert_eq!(
            (life.row().await.follow, life.alerts().await),
            (FollowState::Following, vec![])
        );
        ground.chain.grow(DEPTH);
        life.seconds(5).await;
        let fresh = usize::from(fate != Fate::Vanished);
        assert_eq!(triggers(&ground).await.len(), 10 + fresh, "{depth} {fate:?}");
        assert!(life.sight().is_ready);
        return check(&ground).await;
    }
    let (fork, gone) = (
        ground.chain.height() - depth - 1,
        acted(ground.chain.height() - depth - 1),
    );
    let FollowState::Halted { reason, .. } = life.row().await.follow else {
        panic!("{depth} {fate:?}: it goes on");
    };
    // Of blocks far below the last one that counted, only those with logs are remembered.
    let known = if depth == 90 { 10 } else { fork };
    assert!(reason.ends_with(&format!("those above block {known}")), "{reason}");
    assert_eq!(life.alerts().await, ["chain_reorg"]);
    assert!(!life.sight().is_ready && life.health().await.state == "halted");
    assert_eq!(life.sights.unready(&[ID]), [ID]);
    let before = (triggers(&ground).await, logs(&ground).await);
    life.seconds(60).await;
    assert_eq!(
        (triggers(&ground).await, logs(&ground).await),
        before,
        "halted is halted"
    );
    resumed(&life, fate, gone, &mined).await;
}

/// An operator lets it go on: nothing acts twice, and what is gone is told.
async fn resumed(life: &Life, fate: Fate, gone: usize, mined: &[(u64, Tx)]) {
    let ground = &life.ground;
    ground.chain.grow(DEPTH);
    let said = life.resume().await.unwrap();
    life.seconds(5).await;
    let row = life.row().await;
    assert_eq!(row.follow, FollowState::Following);
    assert_eq!(row.cursor, BlockNumber(ground.chain.height() - DEPTH));
    assert!(life.sight().is_ready);
    let (all, stored) = (triggers(ground).await, logs(ground).await);
    let returned = all
        .iter()
        .filter(|trigger| matches!(trigger.state, TriggerState::Returned { .. }))
        .count();
    let orphans = stored.iter().filter(|log| log.orphaned).count();
    match fate {
        Fate::Moved => {
            assert_eq!(
                (all.len(), returned, orphans),
                (11, 0, 0),
                "one redemption is new, all else is what it was"
            );
            assert_eq!(said, "no log that acted is gone");
            assert_eq!(life.alerts().await, Vec::<&str>::new());
            all_are_where_the_chain_has_them(ground, &stored, mined).await;
            assert_eq!(balance(ground, ID, AccountKind::ChainEscrow, "USDT").await, "10");
        }
        Fate::Vanished => {
            assert_eq!((all.len(), returned, orphans), (10, gone, gone));
            assert!(said.starts_with("triggers whose logs are gone: "), "{said}");
            assert_eq!(life.alerts().await, ["chain_orphans"]);
            assert_eq!(
                balance(ground, ID, AccountKind::ChainEscrow, "USDT").await,
                (10 - gone).to_string()
            );
            life.resume().await.unwrap();
            life.seconds(1).await;
            assert_eq!(life.alerts().await, Vec::<&str>::new(), "somebody saw to it");
        }
        Fate::Replaced => {
            assert_eq!((all.len(), returned, orphans), (11 + gone, gone, gone));
            assert_eq!(
                balance(ground, ID, AccountKind::ChainEscrow, "USDT").await,
                (10 + gone).to_string()
            );
        }
    }
    check(ground).await;
}

async fn all_are_where_the_chain_has_them(ground: &Ground, stored: &[StoredLog], mined: &[(u64, Tx)]) {
    for (_, tx) in mined {
        let log = stored.iter().find(|log| log.seen.log.key.tx == tx.hash).unwrap();
        let block = ground.chain.blocks(&[log.seen.log.block]).await.unwrap()[0].unwrap();
        assert_eq!(block.hash, log.seen.log.block_hash, "the log is where the chain has it");
    }
}

#[test]
fn t7_reorgs_of_every_depth_leave_exactly_the_rows_of_the_new_branch() {
    for depth in [1, 4, 40, 90] {
        for fate in [Fate::Replaced, Fate::Vanished, Fate::Moved] {
            tell(story(depth, fate, false));
        }
    }
}

#[test]
fn t7_reorgs_during_downtime_are_seen_at_the_start() {
    for depth in [4, 40, 90] {
        for fate in [Fate::Replaced, Fate::Vanished, Fate::Moved] {
            tell(story(depth, fate, true));
        }
    }
}

#[test]
fn s3_03_a_deposit_that_is_reorged_away_before_it_counts_leaves_no_row() {
    tell(async {
        let ground = Ground::new(1).await;
        ground.chain.grow(20);
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        ground.chain.one(deposit("5000000"));
        ground.chain.grow(DEPTH - 1);
        life.seconds(5).await;
        assert_eq!(triggers(&ground).await, [], "one block too few is above it");
        ground.chain.cut(usize::try_from(DEPTH).unwrap());
        ground.chain.grow(2 * DEPTH);
        life.seconds(5).await;
        assert_eq!((triggers(&ground).await, logs(&ground).await), (vec![], vec![]));
        assert!(life.row().await.reorgs >= 1, "it is counted");
        check(&ground).await;
    });
}

#[test]
fn s3_03_a_deposit_acts_with_the_block_that_makes_it_count() {
    tell(async {
        let ground = Ground::new(1).await;
        ground.chain.grow(20);
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        ground.chain.one(deposit("5000000"));
        ground.chain.grow(DEPTH - 1);
        life.seconds(5).await;
        assert_eq!(triggers(&ground).await.len(), 0);
        ground.chain.grow(1);
        life.seconds(5).await;
        assert_eq!(triggers(&ground).await.len(), 1);
    });
}

#[test]
fn t7_final_blocks_are_read_and_no_others_where_the_chain_says_what_is_final() {
    tell(async {
        let ground = Ground::new(1).await;
        ground.chain.one(deposit("1000000"));
        ground.chain.grow(63);
        let finalized = bursar::actors::chain_subscription::FollowOptions {
            finality: domain::chain::follow::Finality::Finalized,
            ..options()
        };
        let life = Life::with(&ground, finalized).await;
        life.seconds(5).await;
        assert_eq!(triggers(&ground).await.len(), 0);
        ground.chain.grow(1);
        life.seconds(5).await;
        assert_eq!(triggers(&ground).await.len(), 1);
    });
}

#[test]
fn t7_a_chain_that_was_started_anew_halts_and_is_not_taken_for_a_slow_node() {
    tell(async {
        let ground = Ground::new(1).await;
        hundred(&ground).await;
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        ground.chain.reset();
        ground.chain.grow(3);
        life.seconds(5).await;
        let FollowState::Halted { reason, .. } = life.row().await.follow else {
            panic!("it goes on");
        };
        assert!(reason.starts_with("it is another chain now"), "{reason}");
        assert_eq!(life.alerts().await, ["chain_reorg"]);
        let refused = life.resume().await.unwrap_err().to_string();
        assert!(refused.contains("it is another chain still"), "{refused}");
        assert_eq!(triggers(&ground).await.len(), 10, "nothing is undone");
    });
}

#[test]
fn t7_a_second_node_that_is_fifty_blocks_behind_is_no_reorg() {
    tell(async {
        let ground = Ground::new(2).await;
        hundred(&ground).await;
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        let cursor = life.row().await.cursor;
        // The first node falls behind: the other one is asked.
        let behind = Quirks {
            behind: 50,
            ..Quirks::default()
        };
        ground.chain.set(0, behind.clone());
        life.seconds(10).await;
        assert_eq!(
            (life.row().await.follow, life.alerts().await),
            (FollowState::Following, vec![])
        );
        assert_eq!(ground.chain.distrusted(), ["it is behind what was read"]);
        ground.chain.one(deposit("1000000"));
        ground.chain.grow(DEPTH);
        life.seconds(5).await;
        assert_eq!(
            (triggers(&ground).await.len(), life.row().await.cursor),
            (11, cursor.plus(1 + DEPTH))
        );
        // Now both are: nothing is undone, and somebody is told.
        ground.chain.set(1, behind);
        life.seconds(200).await;
        assert_eq!((triggers(&ground).await.len(), life.row().await.reorgs), (11, 0));
        assert_eq!(life.alerts().await, ["chain_lag"]);
        assert!(life.message(AlertKind::ChainLag).await.contains("is behind"));
        assert!(!life.sight().is_ready);
        for node in [0, 1] {
            ground.chain.set(node, Quirks::default());
        }
        ground.chain.grow(1);
        life.seconds(60).await;
        assert_eq!(life.alerts().await, Vec::<&str>::new());
        assert!(life.sight().is_ready);
    });
}

#[test]
fn t7_a_resume_is_refused_while_the_new_branch_does_not_count_as_far_as_was_read() {
    tell(async {
        let ground = Ground::new(1).await;
        let mined = hundred(&ground).await;
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        ground.chain.cut(20);
        ground.chain.grow(21);
        life.seconds(5).await;
        assert!(matches!(life.row().await.follow, FollowState::Halted { .. }));
        // The last deposit waits in the mempool, and comes into a block that does not count yet.
        let last = mined.last().unwrap().1.clone();
        ground.chain.grow(2);
        ground.chain.mine(vec![last.clone()]);
        let refused = life.resume().await.unwrap_err().to_string();
        assert!(
            refused.contains("1 logs that acted are in blocks that do not count yet"),
            "{refused}"
        );
        ground.chain.grow(DEPTH);
        assert_eq!(life.resume().await.unwrap(), "triggers whose logs are gone: 9");
        life.seconds(5).await;
        assert_eq!(triggers(&ground).await.len(), 10);
        check(&ground).await;
    });
}

#[test]
fn t7_a_log_that_was_gone_and_comes_back_much_later_does_not_act_again() {
    tell(async {
        let ground = Ground::new(1).await;
        let mined = hundred(&ground).await;
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        ground.chain.cut(12);
        ground.chain.grow(40);
        life.seconds(5).await;
        assert_eq!(life.resume().await.unwrap(), "triggers whose logs are gone: 10");
        life.seconds(5).await;
        let last = mined.last().unwrap().1.clone();
        ground
            .chain
            .mine(vec![ground.chain.tx(vec![deposit("3000000")]), last.clone()]);
        ground.chain.grow(DEPTH);
        let life = Life::begin(&life.end().await).await;
        life.seconds(5).await;
        let (all, stored) = (triggers(&ground).await, logs(&ground).await);
        assert_eq!(all.len(), 11, "only the other deposit is new");
        assert_eq!(life.alerts().await, ["chain_orphans"]);
        let back = stored.iter().find(|log| log.seen.log.key.tx == last.hash).unwrap();
        assert_eq!((back.orphaned, back.seen.log.key.index), (false, 1));
        check(&ground).await;
    });
}
