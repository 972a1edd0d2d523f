//! Commits that arrive together share a transaction, but not their fate.

use std::sync::Arc;

use bursar::ports::store::StoreError;
use domain::change::{Change, ChangeSet};
use domain::id::{PositionId, UserId};
use domain::page::Page;
use domain::position::Position;

use super::databases::Ground;
use super::samples::*;

pub async fn a_refused_commit_does_not_hurt_its_neighbours(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let mut tasks = Vec::new();
    for id in 1..=150 {
        let store = Arc::clone(&store);
        tasks.push(tokio::spawn(async move {
            let mut changes = ChangeSet::of(add_position(&position(id)));
            if id % 7 == 0 {
                changes.push(Change::AddUser(user(USER.0)));
            }
            (id, store.commit(changes).await)
        }));
    }
    for task in tasks {
        let (id, outcome) = task.await.unwrap();
        match outcome {
            Ok(()) => assert_ne!(id % 7, 0),
            Err(StoreError::Conflict { what }) => assert_eq!((id % 7, what), (0, format!("user 7 ({})", user(7).name))),
            Err(other) => panic!("{other:?}"),
        }
        let stored = store.position(PositionId(id)).await.unwrap();
        assert_eq!(stored.is_some(), id % 7 != 0, "position {id}");
    }
    let found = store.positions(Default::default(), Page::first(200)).await.unwrap();
    assert_eq!(found.len(), 150 - 150 / 7);
    assert_eq!(store.users(Page::first(9)).await.unwrap(), [user(UserId(7).0)]);
}

pub async fn concurrent_changes_of_one_row_have_one_winner_each(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&position(1))).await;
    let mut tasks = Vec::new();
    for _ in 0..20 {
        let store = Arc::clone(&store);
        tasks.push(tokio::spawn(async move {
            let mut wins = 0;
            while wins < 5 {
                let seen = store.position(PositionId(1)).await.unwrap().unwrap();
                let fees = seen.fees.plus(amount("0.00000001")).unwrap();
                let next = Change::UpdatePosition(Box::new(Position { fees, ..seen }));
                match store.commit(ChangeSet::of(next)).await {
                    Ok(()) => wins += 1,
                    Err(StoreError::Conflict { .. }) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let last = store.position(PositionId(1)).await.unwrap().unwrap();
    assert_eq!((last.version, last.fees), (100, amount("1.200001")));
}
