//! How much is read at once: limits of nodes end in progress or in a stop with a reason, and never in the same question for ever.

use std::time::Duration;

use domain::alert::AlertKind;

use crate::chain::{Quirks, deposit};
use crate::world::{DEPTH, Ground, Life, check, logs, options, tell, triggers};

async fn busy(nodes: usize, blocks: u64, each: usize) -> Ground {
    let ground = Ground::new(nodes).await;
    for _ in 0..blocks {
        let logs = (0..each).map(|_| deposit("1000000")).collect();
        ground.chain.mine(vec![ground.chain.tx(logs)]);
    }
    ground.chain.grow(DEPTH);
    ground
}

#[test]
fn t9_too_many_logs_are_asked_for_in_smaller_ranges_whatever_the_node_proposes() {
    for proposes_the_same in [false, true] {
        tell(async move {
            let ground = busy(1, 120, 3).await;
            let limited = Quirks {
                most_logs: Some(10),
                proposes_the_same,
                ..Quirks::default()
            };
            ground.chain.set(0, limited);
            let life = Life::begin(&ground).await;
            life.seconds(5).await;
            assert_eq!(triggers(&ground).await.len(), 360);
            let asked = ground.chain.asked();
            let twice = asked.windows(2).filter(|pair| pair[0] == pair[1]).count();
            assert_eq!(twice, 0, "no question is put twice in a row");
            assert!(asked.len() < 120, "{} questions", asked.len());
            check(&ground).await;
            drop(life);
        });
    }
}

#[test]
fn t9_one_block_with_too_many_logs_stops_with_the_reason_and_is_tried_again_at_a_pace() {
    tell(async {
        let ground = busy(1, 3, 20).await;
        ground.chain.set(
            0,
            Quirks {
                most_logs: Some(10),
                ..Quirks::default()
            },
        );
        let life = Life::begin(&ground).await;
        life.seconds(120).await;
        assert_eq!(
            (triggers(&ground).await.len(), life.row().await.cursor.0),
            (0, 0),
            "CHN-2: it passes nothing by"
        );
        assert!(ground.chain.asked().len() < 40, "{}", ground.chain.asked().len());
        assert!(life.alerts().await.contains(&"chain_unreachable"));
        assert!(
            life.message(AlertKind::ChainUnreachable)
                .await
                .contains("block 1 alone could not be read")
        );
        ground.chain.set(0, Quirks::default());
        life.seconds(60).await;
        assert_eq!(triggers(&ground).await.len(), 60);
        assert!(!life.alerts().await.contains(&"chain_unreachable"));
        check(&ground).await;
    });
}

#[test]
fn t9_a_limit_of_requests_is_waited_for_and_silence_is_answered_with_less() {
    tell(async {
        let ground = busy(1, 60, 1).await;
        ground.chain.set(
            0,
            Quirks {
                limits: 2,
                ..Quirks::default()
            },
        );
        let life = Life::begin(&ground).await;
        life.seconds(10).await;
        assert_eq!(triggers(&ground).await.len(), 60);
        life.end().await;
        let ground = busy(1, 60, 1).await;
        ground.chain.set(
            0,
            Quirks {
                silences: 6,
                ..Quirks::default()
            },
        );
        let life = Life::begin(&ground).await;
        life.seconds(120).await;
        assert_eq!(triggers(&ground).await.len(), 60);
        check(&ground).await;
        drop(life);
    });
}

#[test]
fn t9_pruned_history_stops_and_another_node_is_asked() {
    tell(async {
        let ground = busy(2, 60, 1).await;
        ground.chain.set(
            0,
            Quirks {
                pruned_below: 50,
                ..Quirks::default()
            },
        );
        let life = Life::begin(&ground).await;
        life.seconds(30).await;
        assert_eq!(triggers(&ground).await.len(), 60);
        assert!(ground.chain.distrusted()[0].contains("pruned"));
        check(&ground).await;
        drop(life);
    });
}

#[test]
fn t9_a_node_that_calls_pruned_blocks_empty_is_not_believed_where_another_one_knows_more() {
    tell(async {
        let ground = busy(2, 300, 1).await;
        ground.chain.set(
            0,
            Quirks {
                withholds_below: 290,
                ..Quirks::default()
            },
        );
        let life = Life::begin(&ground).await;
        life.seconds(30).await;
        // The last hundred blocks are what the search below the cursor is for.
        assert!(
            triggers(&ground).await.len() >= 190,
            "{}",
            triggers(&ground).await.len()
        );
        life.seconds(400).await;
        assert_eq!(triggers(&ground).await.len(), 300);
        check(&ground).await;
    });
}

#[test]
fn t9_a_node_without_a_block_that_must_be_there_tells_nothing() {
    tell(async {
        let ground = busy(1, 30, 1).await;
        ground.chain.set(
            0,
            Quirks {
                lacks: Some(20),
                ..Quirks::default()
            },
        );
        let life = Life::begin(&ground).await;
        life.seconds(30).await;
        assert!(life.row().await.cursor.0 < 20, "CHN-2: it passes nothing by");
        ground.chain.set(0, Quirks::default());
        life.seconds(60).await;
        assert_eq!(triggers(&ground).await.len(), 30);
        check(&ground).await;
    });
}

#[test]
fn a_cold_backfill_of_twenty_thousand_logs_is_read_in_large_commits() {
    tell(async {
        let ground = busy(1, 100, 200).await;
        let life = Life::begin(&ground).await;
        let begun = std::time::Instant::now();
        while triggers(&ground).await.len() < 20_000 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let took = begun.elapsed();
        println!("20000 logs of 100 blocks on record after {took:?}");
        let limit = if cfg!(debug_assertions) { 20 } else { 1 };
        assert!(took < Duration::from_secs(limit), "{took:?}");
        assert_eq!(logs(&ground).await.len(), 20_000);
        assert!(ground.chain.asked().len() < 8, "{:?}", ground.chain.asked());
        assert_eq!(options().most_logs, 1_000);
        check(&ground).await;
        drop(life);
    });
}
