//! What operators see and do is written once and kept.

use std::sync::Arc;

use bursar::ports::store::AlertFilter;
use domain::access::{Role, Token};
use domain::alert::Alert;
use domain::alert::delivery::{Delivery, DeliveryState};
use domain::change::{Change, ChangeSet};
use domain::id::{AlertId, DeliveryId, TokenId};
use domain::page::Page;
use domain::pause::{Pause, PauseScope};
use domain::time::Timestamp;

use super::databases::Ground;
use super::samples::*;

pub async fn an_alert_is_raised_once_until_it_is_resolved(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, Change::RaiseAlert(alert(1, "user:7"))).await;
    refused(&*store, Change::RaiseAlert(alert(2, "user:7"))).await;
    commit(&*store, Change::RaiseAlert(alert(3, "user:8"))).await;
    let over = Alert {
        resolved_at: Some(Timestamp(9_000)),
        ..alert(1, "user:7")
    };
    commit(&*store, Change::ResolveAlert(over.clone())).await;
    refused(&*store, Change::ResolveAlert(over.clone())).await;
    refused(
        &*store,
        Change::ResolveAlert(Alert {
            id: AlertId(9),
            ..over.clone()
        }),
    )
    .await;
    commit(&*store, Change::RaiseAlert(alert(4, "user:7"))).await;
    let all = store.alerts(AlertFilter::All, Page::first(10)).await.unwrap();
    assert_eq!(all, [alert(4, "user:7"), alert(3, "user:8"), over]);
}

pub async fn an_alert_is_acknowledged_once_while_it_is_open(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let raised = alert(1, "user:7");
    refused(&*store, Change::AcknowledgeAlert(taken(raised.clone(), "ann"))).await;
    commit(&*store, Change::RaiseAlert(raised.clone())).await;
    refused(&*store, Change::AcknowledgeAlert(raised.clone())).await;
    commit(&*store, Change::AcknowledgeAlert(taken(raised.clone(), "ann"))).await;
    refused(&*store, Change::AcknowledgeAlert(taken(raised.clone(), "bob"))).await;
    assert_eq!(
        store.alert(raised.id).await.unwrap(),
        Some(taken(raised.clone(), "ann"))
    );
    // Acknowledged, it is still open: it is not raised anew, and it ends once.
    refused(&*store, Change::RaiseAlert(alert(2, "user:7"))).await;
    assert!(store.open_alert(raised.kind, "user:7").await.unwrap().is_some());
    let resolved_at = Some(Timestamp(9_000));
    let over = Alert {
        resolved_at,
        ..raised.clone()
    };
    commit(&*store, Change::ResolveAlert(over)).await;
    let kept = Alert {
        resolved_at,
        ..taken(raised.clone(), "ann")
    };
    assert_eq!(store.alert(raised.id).await.unwrap(), Some(kept));
    refused(&*store, Change::AcknowledgeAlert(taken(raised, "bob"))).await;
    assert_eq!(store.alert(AlertId(9)).await.unwrap(), None);
}

pub async fn a_message_is_written_with_its_alert_and_moves_by_its_version(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    refused(&*store, Change::AddDelivery(delivery(1, 1, "ops"))).await;
    let both = vec![
        Change::RaiseAlert(alert(1, "user:7")),
        Change::AddDelivery(delivery(1, 1, "ops")),
        Change::AddDelivery(delivery(2, 1, "chat")),
    ];
    store.commit(ChangeSet { changes: both }).await.unwrap();
    // One message per target and event.
    refused(&*store, Change::AddDelivery(delivery(3, 1, "ops"))).await;
    let states = [
        DeliveryState::Waiting { next_at: Timestamp(7) },
        DeliveryState::Delivered { at: Timestamp(8) },
        DeliveryState::Summarised { by: DeliveryId(2) },
        DeliveryState::GivenUp { at: Timestamp(9) },
    ];
    let mut row = delivery(1, 1, "ops");
    for state in states {
        let (attempts, covers, error) = (row.attempts + 1, row.covers + 2, Some("status 500".to_owned()));
        row = Delivery {
            state,
            attempts,
            covers,
            error,
            ..row
        };
        commit(&*store, Change::UpdateDelivery(row.clone())).await;
        refused(&*store, Change::UpdateDelivery(row.clone())).await;
        row.version += 1;
        assert_eq!(
            store.deliveries_of(AlertId(1)).await.unwrap(),
            [row.clone(), delivery(2, 1, "chat")]
        );
    }
    refused(&*store, Change::UpdateDelivery(delivery(9, 1, "ops"))).await;
    let theirs = Delivery {
        target: "chat".to_owned(),
        ..row
    };
    refused(&*store, Change::UpdateDelivery(theirs)).await;
}

pub async fn messages_that_wait_are_found_by_target(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    for id in 1..=4 {
        commit(&*store, Change::RaiseAlert(alert(id, &format!("user:{id}")))).await;
        commit(&*store, Change::AddDelivery(delivery(id * 10, id, "ops"))).await;
        commit(&*store, Change::AddDelivery(delivery(id * 10 + 1, id, "chat"))).await;
    }
    let done = Delivery {
        state: DeliveryState::Delivered { at: Timestamp(9) },
        ..delivery(20, 2, "ops")
    };
    commit(&*store, Change::UpdateDelivery(done)).await;
    let waiting = async |target: &str, limit| -> Vec<i64> {
        let found = store.waiting_deliveries(target, limit).await.unwrap();
        found.iter().map(|delivery| delivery.id.0).collect()
    };
    assert_eq!(waiting("ops", 9).await, [10, 30, 40]);
    assert_eq!(waiting("chat", 2).await, [11, 21]);
    assert_eq!(waiting("nobody", 9).await, Vec::<i64>::new());
}

pub async fn a_token_is_revoked_once_and_its_name_is_free_again(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let token = |id: i64| Token {
        id: TokenId(id),
        name: "laptop".to_owned(),
        role: Role::Operator,
        digest: format!("{id:064x}"),
        created_at: Timestamp(1),
        revoked_at: None,
    };
    commit(&*store, Change::AddToken(token(1))).await;
    refused(&*store, Change::AddToken(token(2))).await;
    refused(&*store, Change::RevokeToken(token(1))).await;
    let revoked = Token {
        revoked_at: Some(Timestamp(2)),
        ..token(1)
    };
    commit(&*store, Change::RevokeToken(revoked.clone())).await;
    refused(&*store, Change::RevokeToken(revoked)).await;
    assert_eq!(store.tokens().await.unwrap(), []);
    commit(&*store, Change::AddToken(token(2))).await;
    assert_eq!(store.tokens().await.unwrap(), [token(2)]);
}

pub async fn the_last_word_on_a_pause_counts(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let word = |scope: &str, paused, at| Pause {
        scope: PauseScope::parse(scope).unwrap(),
        paused,
        by: "admin".to_owned(),
        reason: "because".to_owned(),
        at: Timestamp(at),
    };
    for said in [
        word("global", true, 1),
        word("venue:paper", true, 2),
        word("global", false, 3),
    ] {
        commit(&*store, Change::SetPause(said)).await;
    }
    let expected = [word("global", false, 3), word("venue:paper", true, 2)];
    assert_eq!(store.pauses().await.unwrap(), expected);
}
