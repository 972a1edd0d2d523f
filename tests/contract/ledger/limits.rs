//! What waits, how much may wait, signs of life, and the graceful end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bursar::actors::ledger::LedgerOptions;
use bursar::actors::mail::{HowAreYou, MailError, Pulse, Purse, Stop};
use bursar::adapters::store::{CommitFault, MemoryStore};
use domain::change::{Change, ChangeSet};
use domain::ledger::{EntrySeq, PostAnswer};
use futures::future::join_all;

use super::world::{START, World, options, recharge, simulate};

/// A store whose ledger commits fail while the flag is up.
fn stubborn() -> (MemoryStore, Arc<AtomicBool>) {
    let away = Arc::new(AtomicBool::new(true));
    let flag = Arc::clone(&away);
    let plan = move |changes: &ChangeSet| {
        let ledger = matches!(changes.changes.first(), Some(Change::Ledger(_)));
        if ledger && flag.load(Ordering::SeqCst) {
            CommitFault::Before
        } else {
            CommitFault::None
        }
    };
    (MemoryStore::new().with_faults(Arc::new(plan)), away)
}

#[test]
fn more_than_the_queue_holds_is_turned_away_as_busy_and_the_rest_is_kept() {
    simulate(async {
        let (store, away) = stubborn();
        let narrow = LedgerOptions {
            group_limit: 1,
            queue_limit: 2,
            ..options()
        };
        let world = World::new(Arc::new(store), narrow).await;
        let asked = (0..5).map(|number| world.ledger.send(recharge(&format!("r{number}"), 7, Purse::Power, "1")));
        let asked = join_all(asked);
        let back = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let health = world.ledger.send(HowAreYou).await.unwrap();
            assert_eq!((health.name.as_str(), health.state.as_str()), ("ledger", "writing"));
            assert_eq!((health.last_mail, health.restarts), (Some(START), 0));
            assert!((2_000..2_100).contains(&health.lag_ms), "{}", health.lag_ms);
            away.store(false, Ordering::SeqCst);
        };
        let (answers, ()) = futures::join!(asked, back);
        let answers: Vec<_> = answers
            .into_iter()
            .map(|answer| answer.unwrap().map(|receipt| receipt.answer))
            .collect();
        let created = |entry| Ok(PostAnswer::Created { entry: EntrySeq(entry) });
        let busy = Err(MailError::Busy("ledger"));
        assert_eq!(answers, [created(1), created(2), created(3), busy.clone(), busy]);
        let health = world.ledger.send(HowAreYou).await.unwrap();
        assert_eq!((health.state.as_str(), health.lag_ms), ("idle", 0));
    });
}

#[test]
fn mail_that_waits_for_a_commit_is_written_as_one_group_in_order() {
    simulate(async {
        let commits = Arc::new(std::sync::Mutex::new(Vec::new()));
        let sizes = Arc::clone(&commits);
        let store = MemoryStore::new().with_faults(Arc::new(move |changes| {
            if let Some(Change::Ledger(write)) = changes.changes.first() {
                sizes.lock().unwrap().push(write.entries.len());
            }
            CommitFault::None
        }));
        let small = LedgerOptions {
            group_limit: 8,
            ..options()
        };
        let world = World::new(Arc::new(store), small).await;
        let asked = (0..20).map(|number| world.ledger.send(recharge(&format!("r{number}"), 7, Purse::Power, "1")));
        for (number, answer) in (1..).zip(join_all(asked).await) {
            let entry = EntrySeq(number);
            assert_eq!(answer.unwrap().unwrap().answer, PostAnswer::Created { entry });
        }
        assert_eq!(*commits.lock().unwrap(), [1, 8, 8, 3]);
        assert_eq!(world.finding().await, "");
    });
}

#[test]
fn pulse_is_answered_by_a_ledger_that_lives() {
    simulate(async {
        let world = World::new(Arc::new(MemoryStore::new()), options()).await;
        assert_eq!(world.ledger.send(Pulse).await.unwrap(), Ok(()));
        world.stop().await;
        assert!(world.ledger.send(Pulse).await.is_err());
    });
}

#[test]
fn pulse_is_answered_while_the_ledger_tries_again_for_a_store_that_is_away() {
    simulate(async {
        let (store, away) = stubborn();
        let world = World::new(Arc::new(store), options()).await;
        let asked = world.ledger.send(recharge("a", 7, Purse::Power, "1"));
        let pulses = async {
            for _ in 0..10 {
                tokio::time::sleep(Duration::from_millis(333)).await;
                let begun = tokio::time::Instant::now();
                assert_eq!(world.ledger.send(Pulse).await.unwrap(), Ok(()));
                assert!(begun.elapsed() <= Duration::from_millis(60), "{:?}", begun.elapsed());
            }
            away.store(false, Ordering::SeqCst);
        };
        let (answer, ()) = futures::join!(asked, pulses);
        assert!(answer.unwrap().is_ok());
    });
}

#[test]
fn t18_stop_finishes_what_waits_takes_nothing_new_and_then_ends() {
    simulate(async {
        let (store, away) = stubborn();
        let world = World::new(Arc::new(store), options()).await;
        let asked = (0..10).map(|number| world.ledger.send(recharge(&format!("r{number}"), 7, Purse::Power, "1")));
        let asked = join_all(asked);
        let ending = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let stopped = world.ledger.send(Stop);
            let late = async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let late = world.ledger.send(recharge("late", 7, Purse::Power, "1")).await.unwrap();
                assert_eq!(late, Err(MailError::Silent("ledger")));
                away.store(false, Ordering::SeqCst);
            };
            let (stopped, ()) = futures::join!(stopped, late);
            stopped.unwrap();
        };
        let (answers, ()) = futures::join!(asked, ending);
        assert!(answers.into_iter().all(|answer| answer.unwrap().is_ok()));
        assert_eq!(world.power(7).await, "10");
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!world.ledger.connected());
        assert_eq!(world.finding().await, "");
    });
}
