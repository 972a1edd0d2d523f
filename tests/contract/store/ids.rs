//! Ids and the installation's tag.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::id::IdKind;

use super::databases::Ground;

/// One store after the other, as processes write; what the first did not use up is lost.
pub async fn ids_are_unique_over_two_stores(ground: Arc<Ground>) {
    let mut seen = BTreeSet::new();
    for _ in 0..2 {
        let store = ground.open().await;
        let mut tasks = Vec::new();
        for _ in 0..20 {
            let store = Arc::clone(&store);
            tasks.push(tokio::spawn(async move {
                let first = store.reserve_ids(IdKind::Order, 50).await.unwrap();
                (first..first + 50).collect::<Vec<_>>()
            }));
        }
        for task in tasks {
            for id in task.await.unwrap() {
                assert!(id > 0 && seen.insert(id), "id {id} was handed out twice");
            }
        }
    }
    assert_eq!(seen.len(), 2_000);
}

pub async fn ids_are_handed_out_in_a_row(ground: Arc<Ground>) {
    let store = ground.open().await;
    assert_eq!(store.reserve_ids(IdKind::Robot, 1).await.unwrap(), 1);
    assert_eq!(store.reserve_ids(IdKind::Robot, 3).await.unwrap(), 2);
    assert_eq!(store.reserve_ids(IdKind::Robot, 1).await.unwrap(), 5);
    // Each kind counts for itself, and more than a block is a row, too.
    assert_eq!(store.reserve_ids(IdKind::Position, 10_000).await.unwrap(), 1);
    assert!(store.reserve_ids(IdKind::Position, 1).await.unwrap() > 10_000);
    for kind in IdKind::ALL {
        assert!(store.reserve_ids(kind, 1).await.unwrap() > 0);
    }
}

pub async fn the_installation_has_one_tag(ground: Arc<Ground>) {
    let store = ground.open().await;
    let (one, other) = tokio::join!(store.installation(), store.installation());
    let tag = one.unwrap();
    assert_eq!(other.unwrap(), tag);
    drop(store);
    assert_eq!(tag.len(), 6);
    assert!(
        tag.chars()
            .all(|letter| "0123456789abcdefghjkmnpqrstvwxyz".contains(letter)),
        "{tag}"
    );
    assert_eq!(ground.open().await.installation().await.unwrap(), tag);
}

pub async fn a_store_that_answers_is_alive(ground: Arc<Ground>) {
    let store = ground.open().await;
    store.ping().await.unwrap();
    store.installation().await.unwrap();
    store.ping().await.unwrap();
}
