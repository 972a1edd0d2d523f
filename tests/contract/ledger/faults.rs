//! Commits that fail before and after, reads that fail, and a ledger that panics.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bursar::actors::ledger::LedgerOptions;
use bursar::actors::mail::{MailError, Purse, Recharge, Settle};
use bursar::adapters::store::{CommitFault, MemoryStore};
use domain::change::Change;
use domain::id::PositionId;
use domain::ledger::PostAnswer;
use domain::settlement::Settlement;
use futures::future::join_all;
use sea_orm::ConnectionTrait;

use super::world::{World, options, recharge, simulate};
use crate::databases::Ground;

/// The duplicate check reads `entry`: while that table is away, nothing is charged, and afterwards once.
pub async fn s1_02_failing_duplicate_check_stops_the_charge(ground: Arc<Ground>) {
    if ground.is_memory() {
        return;
    }
    let hasty = LedgerOptions {
        deadline: Duration::from_millis(300),
        ..options()
    };
    let world = World::new(ground.open().await, hasty).await;
    world.recharge("power", 7, Purse::Power, "100").await;
    world.close(1, 7, "100").await;
    let side = ground.connection().await;
    side.execute_unprepared("ALTER TABLE entry RENAME TO away")
        .await
        .unwrap();
    let position = PositionId(1);
    let answer = world.ledger.send(Settle { position }).await.unwrap();
    assert!(matches!(answer, Err(MailError::Failed(_))), "{answer:?}");
    side.execute_unprepared("ALTER TABLE away RENAME TO entry")
        .await
        .unwrap();
    assert_eq!(world.power(7).await, "100");
    assert_eq!(world.position(1).await.settlement, Settlement::Pending);
    assert!(matches!(world.settle(1).await.answer, PostAnswer::Created { .. }));
    assert_eq!(world.power(7).await, "90");
    assert_eq!(world.finding().await, "");
}

/// A row that cannot be understood is told to who asked for it, and to nobody else of its group.
pub async fn row_that_cannot_be_understood_hurts_no_neighbour(ground: Arc<Ground>) {
    if ground.is_memory() {
        return;
    }
    let world = World::on(&ground).await;
    world.recharge("power", 7, Purse::Power, "1000").await;
    for id in 1..=10 {
        world.close(id, 7, "100").await;
    }
    let side = ground.connection().await;
    let spoil = "UPDATE position SET corrections = 5000000000 WHERE id = 5";
    side.execute_unprepared(spoil).await.unwrap();
    let asked = (1..=10).map(|id| {
        world.ledger.send(Settle {
            position: PositionId(id),
        })
    });
    for (id, answer) in (1..).zip(join_all(asked).await) {
        match answer.unwrap() {
            Ok(receipt) => assert_eq!(receipt.settlement.as_str(), "charged", "position {id}"),
            Err(error) => {
                assert_eq!(id, 5);
                let expected = "the ledger could not post it: its rows cannot be understood, or contradict each other";
                assert_eq!(error.to_string(), expected);
            }
        }
    }
    assert_eq!(world.power(7).await, "910");
}

/// A sequence of pseudo-random numbers below `bound`, the same for the same seed.
fn dice(seed: u32) -> impl FnMut(u32) -> u32 + Send {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    move |bound| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % bound
    }
}

/// Of the ledger's commits, every other fails, before or after it is written.
fn faulty(memory: &MemoryStore, seed: u32) -> MemoryStore {
    let dice = Mutex::new(dice(seed));
    memory.with_faults(Arc::new(move |changes| {
        if !matches!(changes.changes.first(), Some(Change::Ledger(_))) {
            return CommitFault::None;
        }
        match (dice.lock().unwrap())(4) {
            0 => CommitFault::Before,
            1 => CommitFault::After,
            _ => CommitFault::None,
        }
    }))
}

#[test]
fn lost_and_failed_commits_charge_each_position_once_over_two_hundred_seeds() {
    for seed in 0..200 {
        simulate(async move {
            let memory = MemoryStore::new();
            // Small groups: while one is committed the next is decided, on what may never be committed.
            let options = LedgerOptions {
                group_limit: if seed % 2 == 0 { 100 } else { 3 },
                ..options()
            };
            let world = World::new(Arc::new(faulty(&memory, seed)), options).await;
            let mut dice = dice(seed + 1_000);
            for id in 1..=20 {
                world
                    .close(id, 7 + i64::from(dice(2)), &format!("{}", dice(500) + 1))
                    .await;
            }
            let settles: Vec<_> = (0..60).map(|_| i64::from(dice(20)) + 1).collect();
            let recharges: Vec<Recharge> = (0..20)
                .map(|_| {
                    let reference = format!("r{}", dice(15));
                    recharge(
                        &reference,
                        7 + i64::from(dice(2)),
                        Purse::Power,
                        &format!("{}", dice(60) + 1),
                    )
                })
                .collect();
            let settled = join_all(settles.iter().map(|id| world.settle(*id)));
            let recharged = join_all(recharges.into_iter().map(|mail| world.ledger.send(mail)));
            let (settled, recharged) = futures::join!(settled, recharged);
            for (id, receipt) in settles.iter().zip(&settled) {
                let good = matches!(receipt.answer, PostAnswer::Created { .. } | PostAnswer::Exists { .. });
                assert!(good, "seed {seed}: position {id}: {receipt:?}");
            }
            assert!(
                recharged.into_iter().all(|receipt| receipt.unwrap().is_ok()),
                "seed {seed}"
            );
            assert_eq!(world.finding().await, "", "seed {seed}");
            world.stop().await;
        });
    }
}

#[test]
fn ambiguous_commit_is_answered_from_what_is_stored() {
    simulate(async {
        let once = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&once);
        let memory = MemoryStore::new().with_faults(Arc::new(move |changes| {
            let ledger = matches!(changes.changes.first(), Some(Change::Ledger(_)));
            if ledger && !seen.swap(true, Ordering::SeqCst) {
                CommitFault::After
            } else {
                CommitFault::None
            }
        }));
        let world = World::new(Arc::new(memory), options()).await;
        let receipt = world.recharge("a", 7, Purse::Power, "10").await;
        assert!(matches!(receipt.answer, PostAnswer::Exists { .. }));
        assert!(once.load(Ordering::SeqCst));
        assert_eq!(world.power(7).await, "10");
    });
}

#[test]
fn store_that_is_away_too_long_is_told_to_the_sender_and_harms_nothing() {
    simulate(async {
        let away = Arc::new(AtomicBool::new(true));
        let attempts = Arc::new(AtomicU32::new(0));
        let (is_away, count) = (Arc::clone(&away), Arc::clone(&attempts));
        let memory = MemoryStore::new().with_faults(Arc::new(move |changes| {
            if !matches!(changes.changes.first(), Some(Change::Ledger(_))) {
                return CommitFault::None;
            }
            count.fetch_add(1, Ordering::SeqCst);
            if is_away.load(Ordering::SeqCst) {
                CommitFault::Before
            } else {
                CommitFault::None
            }
        }));
        let world = World::new(Arc::new(memory), options()).await;
        world.close(1, 7, "100").await;
        let position = PositionId(1);
        let begun = tokio::time::Instant::now();
        let answer = world.ledger.send(Settle { position }).await.unwrap();
        assert_eq!(
            answer,
            Err(MailError::Failed(
                "the ledger could not post it: the store did not take it in time; ask again under the same key"
                    .to_owned()
            ))
        );
        assert!(
            (30_000..30_100).contains(&begun.elapsed().as_millis()),
            "{:?}",
            begun.elapsed()
        );
        assert!(attempts.load(Ordering::SeqCst) > 500);
        away.store(false, Ordering::SeqCst);
        assert_eq!(world.settle(1).await.settlement.as_str(), "owed");
        assert_eq!(world.finding().await, "");
    });
}

#[test]
fn panic_of_the_ledger_is_told_as_fatal_and_leaves_nothing_half_done() {
    simulate(async {
        let memory = MemoryStore::new();
        let poisoned = memory.with_faults(Arc::new(|changes| {
            assert!(
                !matches!(changes.changes.first(), Some(Change::Ledger(_))),
                "this store panics on purpose"
            );
            CommitFault::None
        }));
        let mut world = World::new(Arc::new(poisoned), options()).await;
        let answer = world.ledger.send(recharge("a", 7, Purse::Power, "1")).await;
        assert!(!matches!(answer, Ok(Ok(_))), "{answer:?}");
        world.fatal.wait_for(|fatal| *fatal).await.unwrap();
        assert!(!world.ledger.connected());
        let world = World::new(Arc::new(memory.clone()), options()).await;
        assert_eq!(world.power(7).await, "none");
        assert!(matches!(
            world.recharge("a", 7, Purse::Power, "1").await.answer,
            PostAnswer::Created { .. }
        ));
    });
}
