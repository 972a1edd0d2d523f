//! A server that is away, or silent, costs time and never the truth of an answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bursar::adapters::store::{SqlStore, StoreOptions};
use bursar::ports::store::{Store, StoreError};
use domain::change::{Change, ChangeSet};
use domain::id::{IdKind, UserId};
use secrecy::SecretString;

use super::cable::{Cable, Condition};
use super::databases::Ground;
use super::samples::user;

const DEADLINE: Duration = Duration::from_millis(400);

/// A store whose connections run through a cable.
async fn cabled(ground: &Ground) -> (SqlStore, Cable) {
    let url = ground.url();
    let (_, rest) = url.split_once('@').unwrap();
    let (server, _) = rest.split_once('/').unwrap();
    let cable = Cable::to(server).await;
    let url = url.replacen(server, &format!("127.0.0.1:{}", cable.port), 1);
    let options = StoreOptions {
        url: SecretString::from(url),
        max_connections: 3,
        acquire_deadline: DEADLINE,
        statement_deadline: DEADLINE,
    };
    let mut opened = SqlStore::open(options.clone()).await;
    for _ in 0..20 {
        if opened.is_ok() {
            break;
        }
        opened = SqlStore::open(options.clone()).await;
    }
    (opened.unwrap(), cable)
}

fn add(id: i64) -> ChangeSet {
    ChangeSet::of(Change::AddUser(user(id)))
}

/// Commits until told to stop; returns each id with its answer.
async fn commit_on(store: SqlStore, ids: std::ops::Range<i64>) -> Vec<(i64, Result<(), StoreError>)> {
    let mut answers = Vec::new();
    for id in ids {
        answers.push((id, store.commit(add(id)).await));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    answers
}

/// What was acknowledged is there, what was refused as unwritten is not.
async fn stands(store: &dyn Store, answers: &[(i64, Result<(), StoreError>)]) {
    for (id, answer) in answers {
        let there = store.user(UserId(*id)).await.unwrap().is_some();
        match answer {
            Ok(()) => assert!(there, "user {id} was acknowledged and is not there"),
            Err(StoreError::Unavailable(cause)) => assert!(!there, "user {id} is there in spite of `{cause}`"),
            Err(StoreError::Ambiguous(_)) => {}
            Err(other) => panic!("user {id}: {other:?}"),
        }
    }
}

/// Waits until a commit succeeds again.
async fn healed(store: &SqlStore, first: i64) {
    let begin = Instant::now();
    for id in first.. {
        match store.commit(add(id)).await {
            Ok(()) => return,
            Err(error) => assert!(begin.elapsed() < Duration::from_secs(30), "does not heal: {error:?}"),
        }
    }
}

async fn outage(ground: Arc<Ground>, condition: Condition) {
    let (store, cable) = cabled(&ground).await;
    // It is the writer before anything is cut, as a daemon is.
    store.commit(add(900_000)).await.unwrap();
    let mut tasks = Vec::new();
    for sender in 0..8 {
        tasks.push(tokio::spawn(commit_on(
            store.clone(),
            sender * 1_000 + 1..sender * 1_000 + 40,
        )));
    }
    let mut answers = Vec::new();
    // Something is acknowledged before anything is cut, however busy the machine is.
    let begin = Instant::now();
    while store.user(UserId(1)).await.unwrap().is_none() {
        assert!(begin.elapsed() < Duration::from_secs(10), "nothing is committed");
    }
    for pause in [5, 35, 10] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        cable.set(condition);
        tokio::time::sleep(DEADLINE * 2).await;
        cable.set(Condition::Sound);
    }
    for task in tasks {
        answers.extend(task.await.unwrap());
    }
    healed(&store, 100_000).await;
    let direct = ground.open().await;
    stands(&*direct, &answers).await;
    assert!(answers.iter().any(|(_, answer)| answer.is_ok()));
    assert!(answers.iter().any(|(_, answer)| answer.is_err()));
}

pub async fn a_cut_connection_is_replaced_and_no_answer_was_wrong(ground: Arc<Ground>) {
    outage(ground, Condition::Cut).await;
}

pub async fn a_silent_server_is_given_up_and_no_answer_was_wrong(ground: Arc<Ground>) {
    outage(ground, Condition::Silent).await;
}

pub async fn every_question_to_a_silent_server_ends_in_time(ground: Arc<Ground>) {
    let (store, cable) = cabled(&ground).await;
    store.commit(add(1)).await.unwrap();
    cable.set(Condition::Silent);
    let begin = Instant::now();
    assert!(matches!(store.commit(add(2)).await, Err(StoreError::Unavailable(_))));
    assert!(store.user(UserId(1)).await.is_err());
    assert!(store.ping().await.is_err());
    assert!(store.reserve_ids(IdKind::Order, 1).await.is_err());
    let took = begin.elapsed();
    assert!(took < DEADLINE * 15, "took {took:?}");
    cable.set(Condition::Sound);
    healed(&store, 3).await;
    assert!(store.reserve_ids(IdKind::Order, 1).await.unwrap() > 0);
}
