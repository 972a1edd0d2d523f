//! Holds are made once per position and end once.

use std::sync::Arc;

use bursar::ports::store::HoldFilter;
use domain::id::{LedgerAccountId, PositionId, UserId};
use domain::ledger::{AccountKind, EntrySeq, Hold, HoldState, LedgerWrite};
use domain::page::Page;
use domain::time::Timestamp;

use super::databases::{FullStore, Ground};
use super::samples::*;

fn made(holds: Vec<Hold>) -> LedgerWrite {
    LedgerWrite {
        holds,
        ..LedgerWrite::default()
    }
}

fn ended(position: i64, state: HoldState) -> LedgerWrite {
    LedgerWrite {
        ended_holds: vec![Hold {
            state,
            ..hold(position, 1)
        }],
        ..LedgerWrite::default()
    }
}

fn end() -> (EntrySeq, Timestamp) {
    (EntrySeq(1), Timestamp(9_600))
}

/// A store with one entry and holds for the positions 1 to 4, which are not on record.
async fn with_holds(ground: &Ground) -> Arc<dyn FullStore> {
    let store = furnished(ground).await;
    let mut group = transfer(1, "hold:1", (2, 0), (1, 0), 0);
    group.holds = (1..=4).map(|position| hold(position, 1)).collect();
    commit(&*store, ledger(group)).await;
    store
}

pub async fn a_hold_is_made_once_per_position(ground: Arc<Ground>) {
    let store = with_holds(&ground).await;
    refused(&*store, ledger(made(vec![hold(5, 1), hold(4, 1)]))).await;
    refused(&*store, ledger(made(vec![hold(5, 9)]))).await;
    let nobody = Hold {
        user: UserId(99),
        ..hold(5, 1)
    };
    refused(&*store, ledger(made(vec![nobody]))).await;
    let nothing = Hold {
        gift: amount("0"),
        power: amount("0"),
        ..hold(5, 1)
    };
    refused(&*store, ledger(made(vec![nothing]))).await;
    let taken = Hold {
        power: amount("-1"),
        ..hold(5, 1)
    };
    refused(&*store, ledger(made(vec![taken]))).await;
    let asked = [PositionId(4), PositionId(9), PositionId(1), PositionId(4)];
    assert_eq!(store.holds_of(&asked).await.unwrap(), [hold(1, 1), hold(4, 1)]);
}

pub async fn a_hold_ends_once(ground: Arc<Ground>) {
    let store = with_holds(&ground).await;
    let (entry, at) = end();
    let states = [
        HoldState::Posted { entry, at },
        HoldState::Voided { entry, at },
        HoldState::Expired { entry, at },
    ];
    for (position, state) in (1..).zip(states) {
        commit(&*store, ledger(ended(position, state))).await;
    }
    for state in states {
        refused(&*store, ledger(ended(1, state))).await;
    }
    refused(&*store, ledger(ended(9, states[0]))).await;
    let all = store.holds(HoldFilter::default(), Page::first(9)).await.unwrap();
    let found: Vec<HoldState> = all.iter().map(|hold| hold.state).collect();
    assert_eq!(found, [states[0], states[1], states[2], HoldState::Held]);
}

pub async fn holds_are_listed_by_page_state_and_user(ground: Arc<Ground>) {
    let store = with_holds(&ground).await;
    let (entry, at) = end();
    commit(&*store, ledger(ended(2, HoldState::Voided { entry, at }))).await;
    let held = HoldFilter {
        held: true,
        ..HoldFilter::default()
    };
    let positions = async |filter, page| -> Vec<i64> {
        let holds = store.holds(filter, page).await.unwrap();
        holds.iter().map(|hold| hold.position.0).collect()
    };
    assert_eq!(positions(held, Page::first(2)).await, [1, 3]);
    assert_eq!(positions(held, Page::after(3, 2)).await, [4]);
    let of = |user| HoldFilter {
        user: Some(user),
        ..HoldFilter::default()
    };
    assert_eq!(positions(of(USER), Page::first(9)).await, [1, 2, 3, 4]);
    assert_eq!(positions(of(UserId(99)), Page::first(9)).await, Vec::<i64>::new());
}

pub async fn accounts_are_found_by_id(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let ids = [3, 1, 9, 3].map(LedgerAccountId);
    let kinds: Vec<_> = store.accounts_by_id(&ids).await.unwrap();
    let kinds: Vec<_> = kinds.iter().map(|account| account.key.kind).collect();
    assert_eq!(kinds, [AccountKind::Issuance, AccountKind::UserDebt]);
}
