//! What is taken over from another platform is on record once, and its positions are told apart.

use std::sync::Arc;

use domain::change::Change;
use domain::id::PositionId;
use domain::import::{Declared, DeclaredKind};
use domain::position::{Origin, Position};
use domain::venue::VenueName;

use super::databases::Ground;
use super::samples::*;

fn row(kind: DeclaredKind, legacy_id: &str, ours: i64) -> Declared {
    Declared {
        source: "old".to_owned(),
        kind,
        legacy_id: legacy_id.to_owned(),
        ours,
        content: format!("{{\"user_id\":\"{legacy_id}\"}}"),
    }
}

pub async fn what_was_taken_over_is_on_record_once(ground: Arc<Ground>) {
    let store = ground.open().await;
    let kinds: Vec<Declared> = DeclaredKind::ALL.map(|kind| row(kind, "7", 1)).to_vec();
    commit(&*store, Change::AddImported(kinds.clone())).await;
    for declared in &kinds {
        let again = Declared {
            ours: 2,
            ..declared.clone()
        };
        let told = refused(
            &*store,
            Change::AddImported(vec![row(DeclaredKind::Order, "8", 9), again]),
        )
        .await;
        assert_eq!(told, "imported order 8 of old");
    }
    let other = Declared {
        source: "other".to_owned(),
        ..kinds[0].clone()
    };
    commit(&*store, Change::AddImported(vec![other])).await;
    for (kind, declared) in DeclaredKind::ALL.into_iter().zip(&kinds) {
        let found = store.imported("old", kind, "", 10).await.unwrap();
        assert_eq!(found, std::slice::from_ref(declared));
    }
}

pub async fn what_was_taken_over_is_read_page_by_page_in_byte_order(ground: Arc<Ground>) {
    let store = ground.open().await;
    let ids = ["a", "10", "B", "9", "b", "_", "1"];
    let rows = ids.map(|id| row(DeclaredKind::User, id, 1));
    commit(&*store, Change::AddImported(rows.to_vec())).await;
    let page = async |after: &str| -> Vec<String> {
        let rows = store.imported("old", DeclaredKind::User, after, 3).await.unwrap();
        rows.into_iter().map(|row| row.legacy_id).collect()
    };
    assert_eq!(page("").await, ["1", "10", "9"]);
    assert_eq!(page("9").await, ["B", "_", "a"]);
    assert_eq!(page("a").await, ["b"]);
    assert_eq!(page("b").await, [""; 0]);
}

pub async fn a_position_may_come_from_another_platform(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let imported = Position {
        origin: Origin::Imported,
        venue: VenueName::Legacy,
        ..closed(1, 5, "1")
    };
    commit(&*store, add_position(&imported)).await;
    assert_eq!(store.position(PositionId(1)).await.unwrap(), Some(imported));
}
