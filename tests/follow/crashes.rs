//! Ends in the middle: of the reader, of the process, of commits. Nothing is lost, and nothing acts twice.

use bursar::actors::mail::Stop;
use bursar::adapters::store::CommitFault;
use domain::ledger::AccountKind;

use crate::chain::{Tx, deposit};
use crate::world::{DEPTH, Ground, ID, Life, balance, check, tell, triggers};

fn mine(ground: &Ground, count: u64) -> Vec<Tx> {
    let txs = (0..count).map(|_| ground.chain.one(deposit("1000000"))).collect();
    ground.chain.grow(DEPTH);
    txs
}

#[test]
fn s3_08_a_process_that_ends_anywhere_between_read_and_commit_loses_nothing_and_repeats_nothing() {
    // Each story ends after another number of steps of the runtime: before the read, in it, at the commit, after it.
    for steps in (0..160).step_by(4) {
        tell(async move {
            let ground = Ground::new(1).await;
            mine(&ground, 40);
            let life = Life::begin(&ground).await;
            for _ in 0..steps {
                tokio::task::yield_now().await;
            }
            life.keeper.send(Stop).await.unwrap();
            let ground = life.end_hard().await;
            let life = Life::begin(&ground).await;
            life.seconds(10).await;
            assert_eq!(triggers(&ground).await.len(), 40, "after {steps} steps");
            assert_eq!(balance(&ground, ID, AccountKind::ChainEscrow, "USDT").await, "40");
            check(&ground).await;
        });
    }
}

#[test]
fn s3_08_commits_that_fail_or_whose_outcome_is_unknown_act_once() {
    let (none, before, after) = (CommitFault::None, CommitFault::Before, CommitFault::After);
    for faults in [
        vec![before],
        vec![after],
        vec![none, after, after],
        vec![before, after, before],
        vec![after, after, after, after],
    ] {
        tell(async move {
            let ground = Ground::new(1).await;
            mine(&ground, 120);
            *ground.faults.lock().unwrap() = faults;
            let life = Life::begin(&ground).await;
            life.seconds(60).await;
            assert_eq!(triggers(&ground).await.len(), 120);
            assert!(!*life.ledger_died.borrow());
            assert_eq!(balance(&ground, ID, AccountKind::ChainEscrow, "USDT").await, "120");
            check(&ground).await;
        });
    }
}

#[test]
fn s3_08_a_reader_that_panics_is_made_again_and_goes_on_at_the_cursor() {
    tell(async {
        let ground = Ground::new(1).await;
        mine(&ground, 10);
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        ground.chain.panic_next(2);
        mine(&ground, 10);
        life.seconds(30).await;
        assert_eq!(triggers(&ground).await.len(), 20);
        assert_eq!(life.health().await.restarts, 2);
        assert_eq!(life.alerts().await, Vec::<&str>::new());
        check(&ground).await;
    });
}

#[test]
fn s3_08_a_reader_that_panics_again_and_again_is_quarantined_until_it_is_resumed() {
    tell(async {
        let ground = Ground::new(1).await;
        mine(&ground, 10);
        ground.chain.panic_next(100);
        let life = Life::begin(&ground).await;
        life.seconds(120).await;
        assert_eq!(life.health().await.state, "quarantined");
        assert_eq!(life.alerts().await, ["chain_quarantined"]);
        ground.chain.panic_next(0);
        life.resume().await.unwrap();
        life.seconds(5).await;
        assert_eq!(triggers(&ground).await.len(), 10);
        assert!(!life.alerts().await.contains(&"chain_quarantined"));
        check(&ground).await;
    });
}

#[test]
fn t9_a_store_that_is_away_is_waited_for() {
    tell(async {
        let ground = Ground::new(1).await;
        mine(&ground, 10);
        *ground.faults.lock().unwrap() = vec![CommitFault::Before; 5];
        let life = Life::begin(&ground).await;
        life.seconds(30).await;
        assert_eq!(triggers(&ground).await.len(), 10);
        check(&ground).await;
    });
}
