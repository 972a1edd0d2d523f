//! Switches: whoever opens is refused in the same commit, and one order to close all stands per scope.

use std::sync::Arc;

use bursar::ports::store::{PositionFilter, StoreError};
use domain::change::{Change, ChangeSet};
use domain::close_all::{CloseAll, CloseAllState, Ended};
use domain::id::{CloseAllId, RobotId, UserId};
use domain::page::Page;
use domain::pause::{Pause, PauseScope};
use domain::position::Position;
use domain::time::Timestamp;
use domain::venue::VenueName;

use super::databases::Ground;
use super::samples::*;

fn said(scope: PauseScope, paused: bool) -> Change {
    Change::SetPause(Pause {
        scope,
        paused,
        by: "ann".to_owned(),
        reason: "test".to_owned(),
        at: Timestamp(1),
    })
}

fn close_all(id: i64, scope: PauseScope) -> CloseAll {
    CloseAll {
        id: CloseAllId(id),
        scope,
        external: id % 2 == 0,
        state: CloseAllState::Closing,
        by: "ann".to_owned(),
        reason: "the exchange is on fire".to_owned(),
        asked_at: Timestamp(1_000),
        ended: None,
        version: 0,
    }
}

pub async fn an_opening_is_refused_whole_when_one_of_its_four_scopes_is_paused(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let scopes = PauseScope::over(VenueName::Paper, USER, RobotId(8));
    for other in [
        PauseScope::Venue(VenueName::Legacy),
        PauseScope::User(UserId(8)),
        PauseScope::Robot(RobotId(9)),
    ] {
        commit(&*store, said(other, true)).await;
    }
    let opening = |id| ChangeSet {
        changes: vec![
            Change::NotPaused(scopes.to_vec()),
            Change::AddPosition(Box::new(position(id))),
        ],
    };
    for (id, scope) in (1_000..).zip(scopes) {
        commit(&*store, said(scope, true)).await;
        let refused = store.commit(opening(id)).await;
        assert!(
            matches!(refused, Err(StoreError::Conflict { .. })),
            "{scope}: {refused:?}"
        );
        assert_eq!(store.position(domain::id::PositionId(id)).await.unwrap(), None);
        commit(&*store, said(scope, false)).await;
        store.commit(opening(id)).await.unwrap();
    }
    // What is said in the same commit counts, too.
    let both = ChangeSet {
        changes: vec![said(scopes[3], true), Change::NotPaused(scopes.to_vec())],
    };
    assert!(matches!(store.commit(both).await, Err(StoreError::Conflict { .. })));
    let found = store.pauses_on(&scopes).await.unwrap();
    assert_eq!(found.len(), 4);
    assert!(found.iter().all(|pause| !pause.paused && scopes.contains(&pause.scope)));
    assert_eq!(store.pauses_on(&[PauseScope::User(UserId(99))]).await.unwrap(), []);
}

pub async fn one_order_to_close_all_stands_per_scope_and_moves_by_its_version(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let scopes = PauseScope::over(VenueName::Paper, USER, RobotId(8));
    for (id, scope) in (1..).zip(scopes) {
        commit(&*store, Change::AddCloseAll(close_all(id, scope))).await;
        refused(&*store, Change::AddCloseAll(close_all(id + 10, scope))).await;
        assert_eq!(
            store.close_all(CloseAllId(id)).await.unwrap(),
            Some(close_all(id, scope))
        );
    }
    refused(&*store, Change::AddCloseAll(close_all(1, PauseScope::User(UserId(8))))).await;
    let first = close_all(1, scopes[0]);
    let flat = first.seen(false, Timestamp(2_000)).unwrap();
    commit(&*store, Change::UpdateCloseAll(flat.clone())).await;
    refused(&*store, Change::UpdateCloseAll(flat.clone())).await;
    let flat = CloseAll { version: 1, ..flat };
    assert_eq!(store.close_all(first.id).await.unwrap(), Some(flat.clone()));
    refused(&*store, Change::AddCloseAll(close_all(11, scopes[0]))).await;
    let lifted = flat.lift("bob", Timestamp(3_000)).unwrap();
    let off = close_all(2, scopes[1]).call_off("bob", Timestamp(4_000)).unwrap();
    for ended in [lifted, off] {
        commit(&*store, Change::UpdateCloseAll(ended.clone())).await;
        let stored = CloseAll {
            version: ended.version + 1,
            ..ended.clone()
        };
        assert_eq!(store.close_all(ended.id).await.unwrap(), Some(stored));
        assert!(matches!(ended.ended, Some(Ended { by, .. }) if by == "bob"));
    }
    let ids = |rows: Vec<CloseAll>| rows.iter().map(|row| row.id.0).collect::<Vec<_>>();
    assert_eq!(ids(store.standing_close_alls().await.unwrap()), [3, 4]);
    commit(&*store, Change::AddCloseAll(close_all(12, scopes[1]))).await;
    assert_eq!(ids(store.standing_close_alls().await.unwrap()), [3, 4, 12]);
    assert_eq!(ids(store.close_alls(Page::after(1, 2)).await.unwrap()), [2, 3]);
}

pub async fn positions_are_found_by_what_a_scope_covers(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let elsewhere = Position {
        robot: None,
        venue: VenueName::Legacy,
        ..position(2_000)
    };
    for position in [position(1_000), elsewhere.clone()] {
        commit(&*store, Change::AddPosition(Box::new(position))).await;
    }
    let held = position(1_000);
    for scope in [
        PauseScope::Global,
        PauseScope::Venue(held.venue),
        PauseScope::Venue(VenueName::Legacy),
        PauseScope::User(held.user),
        PauseScope::User(UserId(99)),
        PauseScope::Robot(held.robot.unwrap()),
        PauseScope::Robot(RobotId(99)),
    ] {
        let all = Page::first(100);
        let every = store.positions(PositionFilter::default(), all).await.unwrap();
        let covered = every.into_iter();
        let covered: Vec<Position> = covered
            .filter(|position| scope.covers(position.venue, position.user, position.robot))
            .collect();
        let found = store.positions(PositionFilter::within(scope), all).await.unwrap();
        assert_eq!(found, covered, "{scope}");
    }
}
