//! The process dies right before and right after each commit of money, on each database, and lost acknowledgements of
//! each in memory: whoever asks again under the same key finds it there once.

use std::env;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bursar::adapters::store::{CommitFault, MemoryStore, SqlStore, StoreOptions};
use domain::change::Change;
use secrecy::SecretString;

use super::steps::{Step, ask, assert_once, is_new, is_old};
use super::world::{World, options, simulate, tell};
use crate::databases::{Ground, Kind};

/// What a process that is to die is told: the database, the step and the life.
const URL: &str = "BURSAR_DEATH_URL";
const STEP: &str = "BURSAR_DEATH_STEP";
const LIFE: &str = "BURSAR_DEATH_LIFE";
/// That process, which is this test binary again.
const CHILD: &str = "ledger::deaths::process_that_dies";

fn options_at(url: &str) -> StoreOptions {
    StoreOptions {
        url: SecretString::from(url),
        max_connections: 4,
        acquire_deadline: Duration::from_secs(20),
        statement_deadline: Duration::from_secs(20),
    }
}

/// A world on a database, with its store, which must be closed before another process may write.
async fn open(url: &str) -> (World, Arc<SqlStore>) {
    let store = Arc::new(SqlStore::open(options_at(url)).await.unwrap());
    (World::new(store.clone(), options()).await, store)
}

async fn close((world, store): (World, Arc<SqlStore>)) {
    world.stop().await;
    store.close().await;
}

/// Not a test of its own: the others start it, and it dies at its point.
#[test]
#[ignore = "is started by the others, in a process of its own"]
fn process_that_dies() {
    let told = |name: &str| env::var(name).unwrap();
    let (url, step, life) = (told(URL), Step::named(&told(STEP)), told(LIFE).parse().unwrap());
    actix_rt::System::new().block_on(async {
        let (world, store) = open(&url).await;
        let request = step.request(&*store, life).await;
        let _armed = bursar::crash::arm();
        let receipt = ask(&world, request).await;
        panic!("it lives on, and was answered {receipt:?}");
    });
}

/// Asks for the step in another process, which dies at the point.
fn die(url: &str, step: Step, life: i64, point: &str) {
    let child = Command::new(env::current_exe().unwrap())
        .args([CHILD, "--exact", "--ignored", "--nocapture"])
        .env(URL, url)
        .env(STEP, step.name())
        .env(LIFE, life.to_string())
        .env("FAILPOINTS", format!("{point}=return"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stderr);
    assert_eq!(child.status.signal(), Some(9), "{point}: {}\n{said}", child.status);
}

/// Each step of two lives dies: in the first before its commit, in the second after it.
async fn dies_at_every_commit_of_money(ground: Arc<Ground>) {
    let url = ground.url().to_owned();
    let lives = [(100, "before_commit"), (200, "after_commit")];
    for (life, moment) in lives {
        for step in Step::ALL {
            let point = format!("{}.{moment}", step.name());
            let (world, store) = open(&url).await;
            step.prepare(&world, life).await;
            let request = step.request(&*store, life).await;
            close((world, store)).await;
            die(&url, step, life, &point);
            let (world, store) = open(&url).await;
            assert_eq!(world.finding().await, "", "{point}");
            let receipt = ask(&world, request.clone()).await;
            let expected = if moment == "before_commit" { is_new } else { is_old };
            assert!(expected(&receipt.answer), "{point}: {receipt:?}");
            let again = ask(&world, request).await;
            assert!(is_old(&again.answer), "{point}: {again:?}");
            close((world, store)).await;
        }
    }
    let (world, store) = open(&url).await;
    assert_once(&world, &[100, 200]).await;
    close((world, store)).await;
}

#[test]
fn t1_each_commit_of_money_that_dies_is_there_once_on_sqlite() {
    tell(Kind::Sqlite, dies_at_every_commit_of_money);
}

#[test]
fn t1_each_commit_of_money_that_dies_is_there_once_on_postgres() {
    tell(Kind::Postgres, dies_at_every_commit_of_money);
}

#[test]
fn t1_each_commit_of_money_that_dies_is_there_once_on_mariadb() {
    tell(Kind::MariaDb, dies_at_every_commit_of_money);
}

/// A store whose nth commit of the ledger fails so, and no other.
fn failing(memory: &MemoryStore, nth: u32, fault: CommitFault) -> MemoryStore {
    let commits = AtomicU32::new(0);
    memory.with_faults(Arc::new(move |changes| {
        let ledger = matches!(changes.changes.first(), Some(Change::Ledger(_)));
        if ledger && commits.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            fault
        } else {
            CommitFault::None
        }
    }))
}

/// T1: every commit of the life, of what prepares a step too, fails or is not acknowledged, one at a time; after each
/// step everything in memory is lost, and each is asked again by who did not hear.
#[test]
fn t1_each_step_that_is_lost_or_repeated_has_one_effect() {
    for fault in [CommitFault::Before, CommitFault::After] {
        for nth in 1..=12 {
            simulate(async move {
                let memory = failing(&MemoryStore::new(), nth, fault);
                for step in Step::ALL {
                    let world = World::new(Arc::new(memory.clone()), options()).await;
                    step.prepare(&world, 100).await;
                    let request = step.request(&*world.store, 100).await;
                    let first = ask(&world, request.clone()).await.answer;
                    assert!(is_new(&first) || is_old(&first), "{step:?}: {first:?}");
                    world.stop().await;
                    let world = World::new(Arc::new(memory.clone()), options()).await;
                    let again = ask(&world, request).await.answer;
                    assert!(is_old(&again), "{step:?}: {again:?}");
                    world.stop().await;
                }
                let world = World::new(Arc::new(memory), options()).await;
                assert_once(&world, &[100]).await;
                world.stop().await;
            });
        }
    }
}
