//! The simulation's store fails as told, and keeps what it has committed.

use std::sync::Arc;

use bursar::adapters::store::{CommitFault, MemoryStore};
use bursar::ports::store::{Store, StoreError};
use domain::change::{Change, ChangeSet};
use domain::id::UserId;

use super::samples::user;

fn add(id: i64) -> ChangeSet {
    ChangeSet::of(Change::AddUser(user(id)))
}

fn faulty(store: &MemoryStore, fault: CommitFault) -> MemoryStore {
    store.with_faults(Arc::new(move |_| fault))
}

#[tokio::test]
async fn a_commit_that_fails_before_it_is_written_leaves_nothing() {
    let store = MemoryStore::new();
    let answer = faulty(&store, CommitFault::Before).commit(add(1)).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    assert_eq!(store.user(UserId(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_commit_that_fails_after_it_is_written_is_ambiguous_and_there() {
    let store = MemoryStore::new();
    let answer = faulty(&store, CommitFault::After).commit(add(1)).await;
    assert!(matches!(answer, Err(StoreError::Ambiguous(_))), "{answer:?}");
    assert_eq!(store.user(UserId(1)).await.unwrap(), Some(user(1)));
    // A guard that does not hold is a plain refusal, whatever was to fail.
    let answer = faulty(&store, CommitFault::After).commit(add(1)).await;
    assert!(matches!(answer, Err(StoreError::Conflict { .. })), "{answer:?}");
}

#[tokio::test]
async fn what_was_committed_survives_the_world_that_committed_it() {
    let store = MemoryStore::new();
    let crashed = faulty(&store, CommitFault::None);
    crashed.commit(add(1)).await.unwrap();
    drop(crashed);
    let reopened = store.without_faults();
    assert_eq!(reopened.user(UserId(1)).await.unwrap(), Some(user(1)));
}
