//! What operators see and do is written once and kept.

use std::sync::Arc;

use domain::access::{Role, Token};
use domain::alert::Alert;
use domain::change::Change;
use domain::id::{AlertId, TokenId};
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
    let all = store.alerts(false, Page::first(10)).await.unwrap();
    assert_eq!(all, [alert(4, "user:7"), alert(3, "user:8"), over]);
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
