//! What was read from chains: each subscription, block and log once, and exactly.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::chain::{Anchor, BlockNumber, ChainEvent, ChainId, FollowState, LogKey, MovedLog, RawAmount, StoredLog};
use domain::change::{Change, ChangeSet};
use domain::id::SubscriptionId;
use domain::ledger::GuardedRow;
use domain::page::Page;
use domain::time::Timestamp;

use super::chain_samples::*;
use super::databases::Ground;
use super::samples::*;

pub async fn a_subscription_moves_by_its_version_and_keeps_its_contract(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let mut first = subscription(5);
    commit(&*store, add_subscription(&first)).await;
    let same_name = {
        let mut other = subscription(6);
        other.name.clone_from(&first.name);
        other
    };
    let same_contract = {
        let mut other = subscription(6);
        other.contract = first.contract;
        other
    };
    for taken in [subscription(5), same_name, same_contract] {
        refused(&*store, add_subscription(&taken)).await;
    }
    first.cursor = BlockNumber(1_000);
    first.cursor_hash = Some(hash("block", 1_000));
    first.genesis = Some(hash("block", 0));
    first.follow = FollowState::Halted {
        reason: "it's gone 没了".to_owned(),
        at: Timestamp(12),
    };
    (first.reorgs, first.late_logs, first.malformed) = (1, 2, u32::MAX);
    commit(&*store, update_subscription(&first)).await;
    refused(&*store, update_subscription(&first)).await;
    first.version = 1;
    assert_eq!(store.subscriptions().await.unwrap(), [first.clone()]);
    let elsewhere = {
        let mut other = first.clone();
        other.contract = address(77);
        other
    };
    let another_chain = {
        let mut other = first.clone();
        other.chain = ChainId(1);
        other
    };
    let before_its_start = {
        let mut other = first.clone();
        other.cursor = BlockNumber(98);
        other
    };
    let beyond = {
        let mut other = first.clone();
        other.cursor = BlockNumber(u64::MAX);
        other
    };
    for wrong in [elsewhere, another_chain, before_its_start, beyond] {
        refused(&*store, update_subscription(&wrong)).await;
    }
    commit(&*store, add_subscription(&subscription(6))).await;
    let renamed = {
        let mut other = first.clone();
        other.name = "apple 6".to_owned();
        other
    };
    refused(&*store, update_subscription(&renamed)).await;
    assert_eq!(store.subscriptions().await.unwrap(), [first, subscription(6)]);
    let wanted = [
        GuardedRow::Subscription(SubscriptionId(5)),
        GuardedRow::Subscription(SubscriptionId(9)),
    ];
    assert_eq!(store.versions(&wanted).await.unwrap(), [(wanted[0], 1)]);
}

pub async fn every_log_is_read_back_as_it_was_written(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_subscription(&subscription(5))).await;
    let mut odd = log(2);
    odd.seen.event = Ok(ChainEvent::Redeem {
        user: address(0xff),
        shares: RawAmount::parse(MOST).unwrap(),
    });
    odd.seen.log.topics = vec![hash("a", 1), hash("b", 2), hash("c", 3), hash("d", 4)];
    odd.seen.log.data = Vec::new();
    odd.seen.log.key.index = u32::MAX;
    odd.orphaned = true;
    let mut unknown = log(3);
    unknown.seen.event = Err("no such event: it's 'x' 什么".to_owned());
    unknown.seen.log.topics = Vec::new();
    unknown.seen.log.data = vec![7; 4_000];
    unknown.trigger = None;
    let logs = vec![log(1), odd, unknown];
    commit(&*store, Change::AddLogs(logs.clone())).await;
    let found = store
        .logs_between(SUBSCRIPTION, BlockNumber(0), BlockNumber(u64::MAX))
        .await
        .unwrap();
    // In order of block and index.
    assert_eq!(found, [logs[0].clone(), logs[2].clone(), logs[1].clone()]);
    assert_eq!(
        store
            .logs_between(SUBSCRIPTION, BlockNumber(101), BlockNumber(200))
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        store
            .logs_between(SubscriptionId(6), BlockNumber(0), BlockNumber(200))
            .await
            .unwrap(),
        []
    );
    let malformed = store.malformed_logs(Page::first(10)).await.unwrap();
    assert_eq!(malformed.len(), 1);
    assert_eq!(malformed[0].1, logs[2]);
}

/// CHN-1: whatever is read again, in whatever company, is refused whole.
pub async fn a_log_is_on_record_once(ground: Arc<Ground>) {
    let store = followed(&ground, 3).await;
    refused(&*store, Change::AddLogs(vec![log(4), log(2)])).await;
    refused(&*store, Change::AddTriggers(vec![trigger(4), trigger(2)])).await;
    let mut elsewhere = log(2);
    elsewhere.seen.log.key.chain = ChainId(1);
    let mut another = log(2);
    another.seen.log.key.index = 4;
    commit(&*store, Change::AddLogs(vec![elsewhere.clone(), another.clone()])).await;
    let keys = |logs: &[StoredLog]| logs.iter().map(|log| log.seen.log.key).collect::<Vec<LogKey>>();
    let asked = keys(&[
        log(9),
        log(3),
        log(2),
        another.clone(),
        elsewhere.clone(),
        log(4),
        log(2),
    ]);
    let known = keys(&[elsewhere, log(2), another, log(3)]);
    assert_eq!(store.known_logs(&asked).await.unwrap(), known);
    let many: Vec<LogKey> = (1..=2_000).map(|number| log(number).seen.log.key).collect();
    assert_eq!(store.known_logs(&many).await.unwrap(), keys(&[log(1), log(2), log(3)]));
}

pub async fn what_no_log_can_be_is_refused(ground: Arc<Ground>) {
    let store = followed(&ground, 0).await;
    let change = |change: fn(&mut StoredLog)| {
        let mut log = log(1);
        change(&mut log);
        Change::AddLogs(vec![log])
    };
    let wrong = [
        change(|log| log.trigger = None),
        change(|log| log.seen.event = Err("unknown".to_owned())),
        change(|log| log.seen.log.removed = true),
        change(|log| log.seen.block.number = BlockNumber(1)),
        change(|log| log.seen.log.block_hash = hash("another", 1)),
        change(|log| log.subscription = SubscriptionId(99)),
        change(|log| log.seen.log.key.chain = ChainId(u64::MAX)),
    ];
    for wrong in wrong {
        refused(&*store, wrong).await;
    }
    let found = store
        .logs_between(SUBSCRIPTION, BlockNumber(0), BlockNumber(u64::MAX))
        .await
        .unwrap();
    assert_eq!(found, []);
}

fn moved(number: i64, index: u32, to: Option<u64>) -> MovedLog {
    MovedLog {
        from: log(number).seen.log.key,
        index,
        block: to.map(block),
    }
}

pub async fn a_log_follows_its_transaction_into_another_block_or_is_orphaned(ground: Arc<Ground>) {
    let store = followed(&ground, 3).await;
    // A second log of the transaction of log 1 right behind it: both move up by one.
    let mut behind = log(4);
    behind.seen.log.key = LogKey {
        index: 4,
        ..log(1).seen.log.key
    };
    commit(&*store, Change::AddLogs(vec![behind.clone()])).await;
    let mut second = moved(1, 5, Some(700));
    second.from = behind.seen.log.key;
    let moves = vec![moved(1, 4, Some(700)), second, moved(2, 0, None)];
    refused(
        &*store,
        Change::MoveLogs(vec![moved(3, 9, Some(700)), moved(8, 1, None)]),
    )
    .await;
    commit(&*store, Change::MoveLogs(moves)).await;
    let found = store
        .logs_between(SUBSCRIPTION, BlockNumber(700), BlockNumber(700))
        .await
        .unwrap();
    let places: Vec<_> = found
        .iter()
        .map(|log| (log.trigger.unwrap().0, log.seen.log.key.index))
        .collect();
    assert_eq!(places, [(1, 4), (4, 5)]);
    assert!(
        found
            .iter()
            .all(|log| log.seen.block == block(700) && log.seen.log.block_hash == block(700).hash)
    );
    let stayed = store
        .logs_between(SUBSCRIPTION, BlockNumber(0), BlockNumber(699))
        .await
        .unwrap();
    let orphaned: Vec<_> = stayed
        .iter()
        .map(|log| (log.trigger.unwrap().0, log.orphaned))
        .collect();
    assert_eq!(orphaned, [(2, true), (3, false)]);
    // The trigger keeps the name under which its log acted.
    assert_eq!(store.trigger(trigger(1).id).await.unwrap(), Some(trigger(1)));
    // A place that is taken is taken; and whatever was orphaned may be found again.
    let onto = LogKey {
        index: 4,
        ..log(1).seen.log.key
    };
    let back = MovedLog {
        from: LogKey { index: 5, ..onto },
        index: 4,
        block: Some(block(701)),
    };
    refused(&*store, Change::MoveLogs(vec![back])).await;
    commit(&*store, Change::MoveLogs(vec![moved(2, 3, Some(702))])).await;
    let again = store
        .logs_between(SUBSCRIPTION, BlockNumber(702), BlockNumber(702))
        .await
        .unwrap();
    assert!(!again[0].orphaned);
}

pub async fn malformed_logs_come_newest_first_page_by_page(ground: Arc<Ground>) {
    let store = followed(&ground, 2).await;
    let malformed = |number| {
        let mut log = log(number);
        log.seen.event = Err(format!("unknown {number}"));
        log.trigger = None;
        log
    };
    for numbers in [vec![10, 11], vec![12]] {
        commit(&*store, Change::AddLogs(numbers.into_iter().map(malformed).collect())).await;
    }
    let first = store.malformed_logs(Page::first(2)).await.unwrap();
    let logs: Vec<StoredLog> = first.iter().map(|(_, log)| log.clone()).collect();
    assert_eq!(logs, [malformed(12), malformed(11)]);
    let next = store.malformed_logs(Page::after(first[1].0, 2)).await.unwrap();
    assert_eq!(
        next.iter().map(|(_, log)| log.clone()).collect::<Vec<_>>(),
        [malformed(10)]
    );
}

pub async fn blocks_are_forgotten_beyond_their_bounds_and_replaced(ground: Arc<Ground>) {
    let store = followed(&ground, 0).await;
    commit(&*store, add_subscription(&subscription(6))).await;
    let anchor = |subscription: i64, of: &str, number: u64| Anchor {
        subscription: SubscriptionId(subscription),
        number: BlockNumber(number),
        hash: hash(of, number),
    };
    let add = |anchors: Vec<Anchor>, from, to| Change::AddAnchors {
        anchors,
        subscription: SUBSCRIPTION,
        keep_from: BlockNumber(from),
        keep_to: BlockNumber(to),
    };
    commit(
        &*store,
        Change::AddAnchors {
            anchors: vec![anchor(6, "other", 1)],
            subscription: SubscriptionId(6),
            keep_from: BlockNumber(0),
            keep_to: BlockNumber(u64::MAX),
        },
    )
    .await;
    commit(
        &*store,
        add((1..=600).map(|number| anchor(5, "old", number)).collect(), 0, u64::MAX),
    )
    .await;
    // The branch above 590 is no more, and what is below 588 is not needed.
    commit(
        &*store,
        add(
            vec![anchor(5, "new", 591), anchor(5, "twice", 592), anchor(5, "new", 592)],
            588,
            590,
        ),
    )
    .await;
    let expected = [
        anchor(5, "new", 592),
        anchor(5, "new", 591),
        anchor(5, "old", 590),
        anchor(5, "old", 589),
        anchor(5, "old", 588),
    ];
    assert_eq!(store.anchors(SUBSCRIPTION, 100).await.unwrap(), expected);
    assert_eq!(store.anchors(SUBSCRIPTION, 2).await.unwrap(), expected[..2]);
    assert_eq!(
        store.anchors(SubscriptionId(6), 9).await.unwrap(),
        [anchor(6, "other", 1)]
    );
    refused(&*store, add(vec![anchor(99, "nobody's", 1)], 0, 1_000)).await;
    assert_eq!(store.anchors(SUBSCRIPTION, 100).await.unwrap(), expected);
    // All of them are forgotten, and the ring goes round.
    for start in (1_000..5_000).step_by(500) {
        commit(
            &*store,
            add(
                (start..start + 500).map(|number| anchor(5, "on", number)).collect(),
                start + 244,
                u64::MAX,
            ),
        )
        .await;
    }
    let kept: Vec<u64> = store
        .anchors(SUBSCRIPTION, 1_000)
        .await
        .unwrap()
        .iter()
        .map(|anchor| anchor.number.0)
        .collect();
    assert_eq!(kept, (4_744..5_000).rev().collect::<Vec<u64>>());
}

pub async fn twenty_thousand_logs_and_triggers_are_one_commit(ground: Arc<Ground>) {
    let store = followed(&ground, 0).await;
    let logs: Vec<StoredLog> = (1..=20_000).map(log).collect();
    let triggers = (1..=20_000).map(trigger).collect();
    let moves = (1..=20_000).map(|id| step(id, 1)).collect();
    let changes = vec![
        Change::AddLogs(logs),
        Change::AddTriggers(triggers),
        Change::AddTriggerMoves(moves),
    ];
    let began = Instant::now();
    store.commit(ChangeSet { changes }).await.unwrap();
    let took = began.elapsed();
    eprintln!("20,000 logs, triggers and moves: {took:?}");
    // A debug build on a busy machine; `twenty_thousand…` prints what it took.
    assert!(took < Duration::from_secs(20), "{took:?}");
    let last = store.trigger(trigger(20_000).id).await.unwrap();
    assert_eq!(last, Some(trigger(20_000)));
    let found = store
        .logs_between(SUBSCRIPTION, BlockNumber(0), BlockNumber(u64::MAX))
        .await
        .unwrap();
    assert_eq!(found.len(), 20_000);
}
