//! One process writes at a time, and a writer that lost its turn writes nothing more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bursar::adapters::store::schema::{self, SchemaError};
use bursar::adapters::store::{Candidate, SqlStore, StoreOptions};
use bursar::ports::store::{Store, StoreError};
use domain::change::{Change, ChangeSet};
use domain::id::UserId;
use sea_orm::ConnectionTrait;
use secrecy::SecretString;

use super::cable::{Cable, Condition};
use super::databases::Ground;
use super::samples::user;

fn add(id: i64) -> ChangeSet {
    ChangeSet::of(Change::AddUser(user(id)))
}

async fn candidate(ground: &Ground) -> Candidate {
    Candidate::connect(ground.options()).await.unwrap()
}

/// A daemon's store: it has the lease.
async fn writer(options: StoreOptions) -> SqlStore {
    let mut candidate = Candidate::connect(options).await.unwrap();
    assert_eq!(candidate.ask().await.unwrap(), None);
    candidate.enter().await.unwrap();
    candidate.open().await.unwrap()
}

/// Asks until the lease is free.
async fn takes_over(mut candidate: Candidate) -> SqlStore {
    let begin = Instant::now();
    while let Some(holder) = candidate.ask().await.unwrap() {
        assert!(begin.elapsed() < Duration::from_secs(10), "{holder} keeps it");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    candidate.enter().await.unwrap();
    candidate.open().await.unwrap()
}

fn why(answer: Result<(), StoreError>) -> String {
    match answer {
        Err(StoreError::Unavailable(cause)) => cause.to_string(),
        other => panic!("{other:?}"),
    }
}

pub async fn a_second_process_is_refused_and_told_who_writes(ground: Arc<Ground>) {
    let first = writer(ground.options()).await;
    first.commit(add(1)).await.unwrap();
    let mut second = candidate(&ground).await;
    let holder = second.ask().await.unwrap().unwrap();
    assert_eq!(holder.pid, i64::from(std::process::id()));
    let named = holder.to_string();
    assert!(named.starts_with("the daemon on host "), "{named}");
    // A command may look, but not write.
    let command = ground.open_sql().await;
    assert_eq!(command.user(UserId(1)).await.unwrap(), Some(user(1)));
    let expected = format!("{named} writes to this database; only one process may at a time");
    assert_eq!(why(command.commit(add(2)).await), expected);
    assert_eq!(command.user(UserId(2)).await.unwrap(), None);
    // Nor may it change the tables.
    let refused = schema::up(&ground.secret_url(), None).await;
    assert!(matches!(refused, Err(SchemaError::NotEntered(_))), "{refused:?}");
    let refused = schema::down(&ground.secret_url(), 1).await;
    assert!(matches!(refused, Err(SchemaError::NotEntered(_))), "{refused:?}");
    first.commit(add(3)).await.unwrap();
}

pub async fn the_next_takes_over_at_once_when_the_writer_ends(ground: Arc<Ground>) {
    let first = writer(ground.options()).await;
    let mut second = candidate(&ground).await;
    assert!(second.ask().await.unwrap().is_some());
    first.close().await;
    assert_eq!(second.ask().await.unwrap(), None);
    second.enter().await.unwrap();
    let second = second.open().await.unwrap();
    second.commit(add(1)).await.unwrap();
    assert!(!*second.superseded().borrow());
    second.close().await;
    // A command has it for its own short life.
    let command = ground.open_sql().await;
    command.commit(add(2)).await.unwrap();
    assert!(candidate(&ground).await.ask().await.unwrap().is_some());
    drop(command);
    takes_over(candidate(&ground).await).await.commit(add(3)).await.unwrap();
}

pub async fn a_commit_of_an_older_epoch_is_refused_whole(ground: Arc<Ground>) {
    let store = writer(ground.options()).await;
    store.commit(add(1)).await.unwrap();
    let side = ground.connection().await;
    let raise = "UPDATE writer_lease SET epoch = epoch + 1, host = 'other', pid = 7 WHERE id = 1";
    side.execute_unprepared(raise).await.unwrap();
    let senders = (10..40).map(|id| {
        let store = store.clone();
        tokio::spawn(async move { store.commit(add(id)).await })
    });
    for sender in senders.collect::<Vec<_>>() {
        let said = why(sender.await.unwrap());
        assert!(said.starts_with("the daemon on host other (pid 7, since "), "{said}");
        let end = ") took over as the writer of this database; this process may not write any more";
        assert!(said.ends_with(end), "{said}");
    }
    assert!(*store.superseded().borrow());
    // It stays so, even if the row were set back.
    side.execute_unprepared("UPDATE writer_lease SET epoch = epoch - 1")
        .await
        .unwrap();
    assert!(store.commit(add(50)).await.is_err());
    assert!(store.ping().await.is_err());
    for id in 10..=50 {
        assert_eq!(store.user(UserId(id)).await.unwrap(), None, "user {id}");
    }
    assert_eq!(store.user(UserId(1)).await.unwrap(), Some(user(1)));
}

/// A writer whose connections run through a cable.
async fn cabled(ground: &Ground) -> (SqlStore, Cable) {
    let url = ground.url();
    let (_, rest) = url.split_once('@').unwrap();
    let (server, _) = rest.split_once('/').unwrap();
    let cable = Cable::to(server).await;
    let options = StoreOptions {
        url: SecretString::from(url.replacen(server, &format!("127.0.0.1:{}", cable.port), 1)),
        max_connections: 2,
        acquire_deadline: Duration::from_secs(1),
        statement_deadline: Duration::from_secs(1),
    };
    (writer(options).await, cable)
}

pub async fn a_writer_that_was_cut_off_writes_nothing_once_another_took_over(ground: Arc<Ground>) {
    let (first, cable) = cabled(&ground).await;
    first.commit(add(1)).await.unwrap();
    cable.set(Condition::Cut);
    let second = takes_over(candidate(&ground).await).await;
    second.commit(add(2)).await.unwrap();
    cable.set(Condition::Sound);
    let begin = Instant::now();
    while !*first.superseded().borrow() {
        assert!(begin.elapsed() < Duration::from_secs(20), "it never learnt");
        assert!(first.commit(add(3)).await.is_err());
    }
    assert!(first.commit(add(3)).await.is_err());
    assert_eq!(second.user(UserId(3)).await.unwrap(), None);
    second.commit(add(4)).await.unwrap();
    assert!(!*second.superseded().borrow());
}

pub async fn a_writer_that_was_cut_off_goes_on_when_nobody_took_over(ground: Arc<Ground>) {
    let (first, cable) = cabled(&ground).await;
    first.commit(add(1)).await.unwrap();
    for round in 0..3 {
        cable.set(Condition::Cut);
        tokio::time::sleep(Duration::from_millis(50)).await;
        cable.set(Condition::Sound);
        let begin = Instant::now();
        let mut id = 1_000 * (round + 1);
        while first.commit(add(id)).await.is_err() {
            assert!(begin.elapsed() < Duration::from_secs(20), "it does not heal");
            id += 1;
        }
        // The lock went with the old connection, and was taken again with the new one.
        assert!(candidate(&ground).await.ask().await.unwrap().is_some());
    }
    assert!(!*first.superseded().borrow());
}
