//! How logs arrive: twice, in the wrong order, late, many at once, from others, and not understood. Each acts once, or not at all.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bursar::ports::store::Store;
use domain::alert::AlertKind;
use domain::chain::Address;
use domain::change::{Change, ChangeSet};
use domain::id::SubscriptionId;
use domain::ledger::AccountKind;
use domain::pause::{Pause, PauseScope};
use domain::time::Timestamp;
use domain::trigger::TriggerState;

use crate::chain::{Quirks, Tx, Written, deposit, redeem, strange, truncated};
use crate::world::{DEPTH, Ground, ID, Life, balance, check, logs, logs_of, options, row, tell, triggers};

const MOST: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

#[test]
fn s3_01_fifty_events_of_one_transaction_act_once_each() {
    tell(async {
        let ground = Ground::new(1).await;
        let many = ground.chain.tx((0..50).map(|_| deposit("1000000")).collect());
        ground.chain.mine(vec![many]);
        ground.chain.grow(DEPTH);
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        assert_eq!(triggers(&ground).await.len(), 50);
        assert_eq!(balance(&ground, ID, AccountKind::ChainEscrow, "USDT").await, "50");
        assert_eq!(balance(&ground, ID, AccountKind::ChainCustody, "USDT").await, "-50");
        assert!(life.pokes.load(Ordering::SeqCst) >= 1);
        check(&ground).await;
    });
}

#[test]
fn t8_logs_that_are_told_twice_and_in_the_wrong_order_act_once_and_in_order() {
    tell(async {
        let ground = Ground::new(1).await;
        ground.chain.set(
            0,
            Quirks {
                stutters: true,
                ..Quirks::default()
            },
        );
        for units in ["1000000", "2000000", "3000000"] {
            ground.chain.one(deposit(units));
        }
        ground.chain.grow(DEPTH);
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        let amounts: Vec<String> = triggers(&ground)
            .await
            .iter()
            .map(|trigger| trigger.amount.to_string())
            .collect();
        assert_eq!(amounts, ["1", "2", "3"]);
        drop(life);
        check(&ground).await;
    });
}

#[test]
fn t8_the_same_transaction_on_two_chains_is_two_deposits() {
    tell(async {
        let first = Ground::new(1).await;
        let other = SubscriptionId(2);
        let second = Ground::of(2, other, 1, &first.rows).await;
        let tx = first.chain.tx(vec![deposit("1000000")]);
        for ground in [&first, &second] {
            ground.chain.mine(vec![tx.clone()]);
            ground.chain.grow(DEPTH);
        }
        let life = Life::begin(&first).await;
        life.seconds(5).await;
        life.end().await;
        let life = Life::of(&second, other, options()).await;
        life.seconds(5).await;
        assert_eq!(triggers(&first).await.len(), 2);
        assert_eq!(logs_of(&first.rows, other).await.len(), 1);
        assert_eq!(balance(&first, other, AccountKind::ChainEscrow, "USDT").await, "1");
    });
}

#[test]
fn s3_25_what_another_contract_writes_is_dropped() {
    tell(async {
        let ground = Ground::new(1).await;
        let fake = Written {
            address: Address([8; 20]),
            ..deposit("9000000")
        };
        ground.chain.mine(vec![ground.chain.tx(vec![fake, deposit("1000000")])]);
        ground.chain.grow(DEPTH);
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        let stored = logs(&ground).await;
        assert_eq!((stored.len(), stored[0].seen.log.key.index), (1, 1));
        assert_eq!(life.row().await.malformed, 0);
        check(&ground).await;
    });
}

#[test]
fn t8_what_is_not_understood_is_on_record_with_the_reason_counted_and_acts_on_nothing() {
    tell(async {
        let ground = Ground::new(1).await;
        let life = Life::begin(&ground).await;
        life.seconds(3).await;
        let bad = vec![
            strange(0xaa, b"1"),
            truncated(),
            deposit("0"),
            deposit(MOST),
            redeem("0"),
            redeem(MOST),
            redeem("1"),
            deposit("1000000"),
        ];
        ground.chain.mine(vec![ground.chain.tx(bad)]);
        ground.chain.grow(DEPTH);
        life.seconds(5).await;
        let stored = logs(&ground).await;
        let reasons: Vec<String> = stored.iter().filter_map(|log| log.seen.event.clone().err()).collect();
        let beyond = format!("the amount {MOST} is beyond the ledger's range");
        let told = [
            "its first topic is unknown",
            "its data is cut off",
            "the amount is zero",
            &beyond,
            "the amount is zero",
            &beyond,
            "the amount 1 is finer than the ledger counts",
        ];
        assert_eq!(reasons, told);
        assert_eq!((triggers(&ground).await.len(), life.row().await.malformed), (1, 7));
        assert_eq!(life.alerts().await, ["chain_malformed"]);
        assert!(
            life.message(AlertKind::ChainMalformed)
                .await
                .contains("7 logs are not understood")
        );
        life.seconds(60).await;
        ground.chain.grow(1);
        life.seconds(3_700).await;
        assert!(!life.alerts().await.contains(&"chain_malformed"), "it is quiet again");
        check(&ground).await;
    });
}

#[test]
fn t8_a_log_that_is_told_an_hour_late_is_found_by_the_search_below_the_cursor_and_acts_once() {
    tell(async {
        let ground = Ground::new(2).await;
        let tx = ground.chain.one(deposit("1000000"));
        let hidden = ground.chain.height();
        let hides = Quirks {
            hides: vec![hidden],
            ..Quirks::default()
        };
        for node in [0, 1] {
            ground.chain.set(node, hides.clone());
        }
        ground.chain.grow(DEPTH + 5);
        let life = Life::begin(&ground).await;
        life.seconds(3_600).await;
        assert_eq!(triggers(&ground).await.len(), 0);
        ground.chain.set(1, Quirks::default());
        ground.chain.grow(1);
        life.seconds(400).await;
        let found = triggers(&ground).await;
        assert_eq!((found.len(), found[0].log.tx), (1, tx.hash));
        assert!(found[0].created_at.since(found[0].block_at) > Duration::from_secs(3_500));
        life.seconds(1_000).await;
        assert_eq!((triggers(&ground).await.len(), life.row().await.late_logs), (1, 1));
        check(&ground).await;
    });
}

#[test]
fn s3_05_what_arrives_while_paused_is_recorded_and_held() {
    tell(async {
        let ground = Ground::new(1).await;
        let life = Life::begin(&ground).await;
        let say = |paused| {
            ChangeSet::of(Change::SetPause(Pause {
                scope: PauseScope::Subscription(ID),
                paused,
                by: "ann".to_owned(),
                reason: "test".to_owned(),
                at: Timestamp(1),
            }))
        };
        ground.rows.commit(say(true)).await.unwrap();
        ground.chain.one(deposit("1000000"));
        ground.chain.grow(DEPTH);
        life.seconds(5).await;
        ground.rows.commit(say(false)).await.unwrap();
        ground.chain.one(deposit("2000000"));
        ground.chain.grow(DEPTH);
        life.seconds(5).await;
        let states: Vec<TriggerState> = triggers(&ground).await.iter().map(|trigger| trigger.state).collect();
        assert_eq!(states, [TriggerState::Held, TriggerState::Ready]);
        assert_eq!(balance(&ground, ID, AccountKind::ChainEscrow, "USDT").await, "3");
    });
}

#[test]
fn s3_04_what_happened_while_nobody_listened_is_read_from_the_cursor() {
    tell(async {
        let ground = Ground::new(1).await;
        ground.chain.be_heard(true);
        let life = Life::begin(&ground).await;
        life.seconds(1).await;
        ground.chain.one(deposit("1000000"));
        ground.chain.grow(DEPTH);
        ground.chain.tell();
        life.seconds(1).await;
        assert_eq!(
            triggers(&ground).await.len(),
            1,
            "a socket's poke is looked after at once"
        );
        life.end().await;
        let txs: Vec<Tx> = (0..30).map(|_| ground.chain.one(deposit("1000000"))).collect();
        ground.chain.grow(DEPTH);
        let life = Life::begin(&ground).await;
        life.seconds(1).await;
        let read = triggers(&ground).await;
        assert_eq!(read.len(), 31);
        assert!(
            txs.iter()
                .all(|tx| read.iter().any(|trigger| trigger.log.tx == tx.hash))
        );
        // Nobody pokes: the audit looks.
        ground.chain.one(deposit("1000000"));
        ground.chain.grow(DEPTH);
        life.seconds(61).await;
        assert_eq!(triggers(&ground).await.len(), 32);
        assert_eq!(row(&ground.rows, ID).await.cursor.0, ground.chain.height() - DEPTH);
        check(&ground).await;
    });
}

#[test]
fn a_head_that_stands_still_is_told_and_nothing_is_called_ready() {
    tell(async {
        let ground = Ground::new(1).await;
        ground.chain.grow(10);
        let life = Life::begin(&ground).await;
        life.seconds(5).await;
        assert!(life.sight().is_ready && life.alerts().await.is_empty());
        assert_eq!(life.health().await.state, "following");
        life.seconds(120).await;
        assert!(!life.sight().is_ready);
        assert_eq!(life.alerts().await, ["chain_lag"]);
        ground.chain.grow(1);
        life.seconds(5).await;
        assert!(life.sight().is_ready && life.alerts().await.is_empty());
    });
}
