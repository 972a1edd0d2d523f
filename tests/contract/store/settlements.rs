//! Charge, mark and debt are one commit, decided once per position.

use std::sync::Arc;

use domain::change::{Change, ChangeSet};
use domain::id::{DebtId, PositionId, UserId};
use domain::ledger::{Debt, DebtState, EntrySeq, LedgerWrite, SettledPosition};
use domain::page::Page;
use domain::position::Position;
use domain::settlement::Settlement;
use domain::time::Timestamp;

use super::databases::{FullStore, Ground};
use super::samples::*;

fn charged(entry: i64) -> Settlement {
    Settlement::Charged {
        power: amount("0.1"),
        rate: tenth(),
        entry: EntrySeq(entry),
    }
}

fn owed(debt: i64) -> Settlement {
    Settlement::Owed {
        power: amount("3.00000001"),
        rate: tenth(),
        debt: DebtId(debt),
    }
}

fn settle(position: i64, from: Settlement, to: Settlement) -> SettledPosition {
    SettledPosition {
        position: PositionId(position),
        from,
        to,
    }
}

async fn settlement_of(store: &dyn FullStore, id: i64) -> Settlement {
    store.position(PositionId(id)).await.unwrap().unwrap().settlement
}

pub async fn s1_06_charge_and_mark_are_one(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&closed(1, 5, "1"))).await;
    commit(&*store, add_position(&closed(2, 6, "1"))).await;
    let mut group = transfer(1, "settle:1", (1, 0), (2, 0), 1);
    group.settled = vec![
        settle(1, Settlement::Pending, charged(1)),
        settle(2, Settlement::Exempt, charged(1)),
    ];
    refused(&*store, ledger(group.clone())).await;
    assert_eq!(settlement_of(&*store, 1).await, Settlement::Pending);
    assert_eq!(store.last_entry().await.unwrap(), EntrySeq(0));
    group.settled[1].from = Settlement::Pending;
    group.settled[1].to = Settlement::NothingDue;
    commit(&*store, ledger(group)).await;
    assert_eq!(settlement_of(&*store, 1).await, charged(1));
    assert_eq!(settlement_of(&*store, 2).await, Settlement::NothingDue);
    let settled = store.settled().await.unwrap();
    assert_eq!((settled.charged_count, settled.charged_power), (1, amount("0.1")));
}

pub async fn s0_01_a_settlement_is_decided_once(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&closed(1, 5, "1"))).await;
    let decide = |seq: i64, key: &str, from, to| {
        let mut group = transfer(seq, key, (1, 1 - seq), (2, seq - 1), 1);
        group.settled = vec![settle(1, from, to)];
        ledger(group)
    };
    commit(&*store, decide(1, "settle:1", Settlement::Pending, charged(1))).await;
    refused(&*store, decide(2, "sweep:1", Settlement::Pending, charged(2))).await;
    refused(&*store, decide(2, "sweep:1", charged(7), charged(2))).await;
    commit(&*store, decide(2, "sweep:1", charged(1), charged(1))).await;
    assert_eq!(settlement_of(&*store, 1).await, charged(1));
}

pub async fn s0_04_one_debt_per_position_however_often(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&closed(1, 5, "30"))).await;
    let mut group = transfer(1, "settle:1", (1, 0), (3, 0), 1);
    group.debts = vec![debt(1, 1, 1)];
    group.settled = vec![settle(1, Settlement::Pending, owed(1))];
    commit(&*store, ledger(group)).await;
    let mut again = transfer(2, "settle:1b", (1, -1), (3, 1), 1);
    again.debts = vec![debt(2, 1, 2)];
    refused(&*store, ledger(again)).await;
    assert_eq!(store.open_debts(&[USER, UserId(8)]).await.unwrap(), [debt(1, 1, 1)]);
    assert_eq!(store.debts(None, Page::first(9)).await.unwrap(), [debt(1, 1, 1)]);
    assert_eq!(store.debts(Some(UserId(8)), Page::first(9)).await.unwrap(), []);
}

pub async fn a_debt_ends_once(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let mut group = transfer(1, "settle", (1, 0), (3, 0), 1);
    for id in 1..=3 {
        commit(&*store, add_position(&closed(id, 5, "30"))).await;
        group.debts.push(debt(id, id, 1));
        group.settled.push(settle(id, Settlement::Pending, owed(id)));
    }
    commit(&*store, ledger(group)).await;
    let repaid = DebtState::Repaid {
        entry: EntrySeq(2),
        at: Timestamp(7),
    };
    let waived = DebtState::Waived {
        at: Timestamp(8),
        reason: "kind".to_owned(),
    };
    let ended = [
        Debt {
            state: repaid,
            ..debt(1, 1, 1)
        },
        Debt {
            state: waived,
            ..debt(2, 2, 1)
        },
    ];
    let mut group = transfer(2, "collect", (1, -1), (2, 0), 1);
    group.ended_debts = ended.to_vec();
    group.settled = vec![settle(1, owed(1), charged(2))];
    commit(&*store, ledger(group.clone())).await;
    group.entries[0].seq = EntrySeq(3);
    refused(
        &*store,
        ledger(LedgerWrite {
            ended_debts: group.ended_debts,
            ..LedgerWrite::default()
        }),
    )
    .await;
    let all = [ended[0].clone(), ended[1].clone(), debt(3, 3, 1)];
    assert_eq!(store.debts(Some(USER), Page::first(9)).await.unwrap(), all);
    assert_eq!(store.open_debts(&[USER]).await.unwrap(), [debt(3, 3, 1)]);
}

/// A decision made on the position as it was before would write the old settlement back.
pub async fn settling_outdates_older_decisions(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&closed(1, 5, "1"))).await;
    let seen = store.position(PositionId(1)).await.unwrap().unwrap();
    let mut group = transfer(1, "settle:1", (1, 0), (2, 0), 1);
    group.settled = vec![settle(1, Settlement::Pending, charged(1))];
    commit(&*store, ledger(group)).await;
    let funded = Position {
        funding: amount("0.3"),
        ..seen
    };
    let changes = ChangeSet::of(Change::UpdatePosition(Box::new(funded)));
    assert!(store.commit(changes).await.is_err());
    assert_eq!(settlement_of(&*store, 1).await, charged(1));
}
