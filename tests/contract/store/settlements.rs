//! Charge, mark and debt are one commit, decided once per position.

use std::sync::Arc;

use domain::change::{Change, ChangeSet};
use domain::id::{DebtId, PositionId, UserId};
use domain::ledger::{ChangedDebt, Debt, DebtState, EntrySeq, LedgerWrite, SettledPosition};
use domain::page::Page;
use domain::position::{CloseReason, Position, PositionState};
use domain::settlement::Settlement;
use domain::time::Timestamp;

use super::databases::{FullStore, Ground};
use super::samples::*;
use bursar::ports::store::{PositionFilter, Unsettled};

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

/// A first settlement of a position that closed with this profit.
fn settle(position: i64, profit: &str, from: Settlement, to: Settlement) -> SettledPosition {
    SettledPosition {
        position: PositionId(position),
        from,
        to,
        profit: amount(profit),
        settled_profit: amount(profit),
        corrections: 0,
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
        settle(1, "1", Settlement::Pending, charged(1)),
        settle(2, "1", Settlement::Exempt, charged(1)),
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
        group.settled = vec![settle(1, "1", from, to)];
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
    group.settled = vec![settle(1, "30", Settlement::Pending, owed(1))];
    commit(&*store, ledger(group)).await;
    let mut again = transfer(2, "settle:1b", (1, -1), (3, 1), 1);
    again.debts = vec![debt(2, 1, 2)];
    refused(&*store, ledger(again)).await;
    assert_eq!(store.open_debts(&[USER, UserId(8)], 9).await.unwrap(), [debt(1, 1, 1)]);
    assert_eq!(store.debts(None, Page::first(9)).await.unwrap(), [debt(1, 1, 1)]);
    assert_eq!(store.debts(Some(UserId(8)), Page::first(9)).await.unwrap(), []);
}

pub async fn the_oldest_open_debts_of_each_are_found(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, Change::AddUser(user(8))).await;
    let other = |id, position| Debt {
        user: UserId(8),
        ..debt(id, position, 1)
    };
    for position in 1..=6 {
        commit(&*store, add_position(&closed(position, 5, "30"))).await;
    }
    let mut group = transfer(1, "settle:1", (1, 0), (3, 0), 1);
    group.debts = vec![
        debt(1, 1, 1),
        other(2, 2),
        debt(3, 3, 1),
        debt(4, 4, 1),
        other(5, 5),
        other(6, 6),
    ];
    commit(&*store, ledger(group)).await;
    let waived = Debt {
        state: DebtState::Waived {
            entry: EntrySeq(1),
            at: Timestamp(5),
            reason: "ops: our mistake".to_owned(),
        },
        ..debt(1, 1, 1)
    };
    let write = LedgerWrite {
        changed_debts: vec![changed(waived)],
        ..LedgerWrite::default()
    };
    commit(&*store, ledger(write)).await;
    let both = [USER, UserId(8)];
    let all = store.open_debts(&both, 9).await.unwrap();
    assert_eq!(
        all,
        [other(2, 2), debt(3, 3, 1), debt(4, 4, 1), other(5, 5), other(6, 6)]
    );
    assert_eq!(store.open_debts(&both, 1).await.unwrap(), [other(2, 2), debt(3, 3, 1)]);
    assert_eq!(store.open_debts(&both, 2).await.unwrap(), all[..4]);
    assert_eq!(store.open_debts(&both, 0).await.unwrap(), []);
}

pub async fn a_debt_ends_once(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let mut group = transfer(1, "settle", (1, 0), (3, 0), 1);
    for id in 1..=3 {
        commit(&*store, add_position(&closed(id, 5, "30"))).await;
        group.debts.push(debt(id, id, 1));
        group.settled.push(settle(id, "30", Settlement::Pending, owed(id)));
    }
    commit(&*store, ledger(group)).await;
    let repaid = DebtState::Repaid {
        entry: EntrySeq(2),
        at: Timestamp(7),
    };
    let waived = DebtState::Waived {
        entry: EntrySeq(2),
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
    group.changed_debts = ended.clone().map(changed).to_vec();
    group.settled = vec![settle(1, "30", owed(1), charged(2))];
    commit(&*store, ledger(group.clone())).await;
    group.entries[0].seq = EntrySeq(3);
    refused(
        &*store,
        ledger(LedgerWrite {
            changed_debts: group.changed_debts,
            ..LedgerWrite::default()
        }),
    )
    .await;
    let all = [ended[0].clone(), ended[1].clone(), debt(3, 3, 1)];
    assert_eq!(store.debts(Some(USER), Page::first(9)).await.unwrap(), all);
    assert_eq!(store.open_debts(&[USER], 9).await.unwrap(), [debt(3, 3, 1)]);
    let named = store.debts_by_id(&[DebtId(3), DebtId(1), DebtId(9), DebtId(3)]).await;
    assert_eq!(named.unwrap(), [ended[0].clone(), debt(3, 3, 1)]);
}

/// A correction may change what is owed, or end it; and a correction may owe again.
pub async fn an_open_debt_changes_only_from_what_it_was(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&closed(1, 5, "30"))).await;
    let mut group = transfer(1, "settle:1", (1, 0), (3, 0), 1);
    group.debts = vec![debt(1, 1, 1)];
    commit(&*store, ledger(group)).await;
    let more = Debt {
        owed: amount("4"),
        ..debt(1, 1, 1)
    };
    let stale = ChangedDebt {
        owed_before: amount("3"),
        debt: more.clone(),
    };
    let write = |changed: ChangedDebt| LedgerWrite {
        changed_debts: vec![changed],
        ..LedgerWrite::default()
    };
    refused(&*store, ledger(write(stale))).await;
    commit(&*store, ledger(write(changed(more.clone())))).await;
    assert_eq!(store.open_debts(&[USER], 9).await.unwrap(), std::slice::from_ref(&more));
    let cancelled = Debt {
        state: DebtState::Cancelled {
            entry: EntrySeq(1),
            at: Timestamp(7),
        },
        ..more.clone()
    };
    let ends = ChangedDebt {
        owed_before: amount("4"),
        debt: cancelled.clone(),
    };
    commit(&*store, ledger(write(ends.clone()))).await;
    refused(&*store, ledger(write(ends))).await;
    assert_eq!(store.debts(None, Page::first(9)).await.unwrap(), [cancelled]);
}

/// A correction after the first settlement may owe again, once.
pub async fn a_correction_owes_once(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&closed(1, 5, "30"))).await;
    let mut group = transfer(1, "settle:1", (1, 0), (3, 0), 1);
    group.debts = vec![debt(1, 1, 1)];
    commit(&*store, ledger(group)).await;
    let again = Debt {
        correction: 1,
        ..debt(2, 1, 1)
    };
    let owes = |debt: Debt| LedgerWrite {
        debts: vec![debt],
        ..LedgerWrite::default()
    };
    commit(&*store, ledger(owes(again.clone()))).await;
    let third = Debt {
        id: DebtId(3),
        ..again.clone()
    };
    refused(&*store, ledger(owes(third))).await;
    assert_eq!(store.debts(None, Page::first(9)).await.unwrap(), [debt(1, 1, 1), again]);
}

/// A change of the debt as the samples make it.
fn changed(debt: Debt) -> ChangedDebt {
    ChangedDebt {
        owed_before: amount("3.00000001"),
        debt,
    }
}

/// A decision made on the position as it was before would write the old settlement back.
pub async fn settling_outdates_older_decisions(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&closed(1, 5, "1"))).await;
    let seen = store.position(PositionId(1)).await.unwrap().unwrap();
    let mut group = transfer(1, "settle:1", (1, 0), (2, 0), 1);
    group.settled = vec![settle(1, "1", Settlement::Pending, charged(1))];
    commit(&*store, ledger(group)).await;
    let funded = Position {
        funding: amount("0.3"),
        ..seen
    };
    let changes = ChangeSet::of(Change::UpdatePosition(Box::new(funded)));
    assert!(store.commit(changes).await.is_err());
    assert_eq!(settlement_of(&*store, 1).await, charged(1));
}

async fn unsettled(store: &dyn FullStore) -> (Vec<i64>, Unsettled) {
    let filter = PositionFilter {
        unsettled: true,
        ..PositionFilter::default()
    };
    let found = store.positions(filter, Page::first(9)).await.unwrap();
    let figures = store.unsettled().await.unwrap();
    (found.iter().map(|position| position.id.0).collect(), figures)
}

/// Writes that a position's profit is another one than it closed with.
async fn revise(store: &dyn FullStore, id: i64, profit: &str) {
    let seen = store.position(PositionId(id)).await.unwrap().unwrap();
    let state = PositionState::Closed {
        at: Timestamp(5),
        reason: CloseReason::TakeProfit,
        profit: amount(profit),
    };
    commit(store, Change::UpdatePosition(Box::new(Position { state, ..seen }))).await;
}

pub async fn a_profit_that_changed_after_it_was_settled_is_unsettled_until_it_is_corrected(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    for (id, settlement) in [(1, charged(1)), (2, owed(1)), (3, Settlement::NothingDue)] {
        commit(&*store, add_position(&closed(id, 5, "10"))).await;
        let mut group = transfer(id, &format!("settle:{id}"), (1, 1 - id), (2, id - 1), 1);
        group.settled = vec![settle(id, "10", Settlement::Pending, settlement)];
        commit(&*store, ledger(group)).await;
    }
    assert_eq!(unsettled(&*store).await, (vec![], Unsettled::default()));
    for (id, profit) in [(1, "13.5"), (2, "-50"), (3, "10.00000001")] {
        revise(&*store, id, profit).await;
    }
    let expected = Unsettled {
        count: 3,
        profit: amount("13.50000001"),
        oldest: Some(Timestamp(5)),
    };
    assert_eq!(unsettled(&*store).await, (vec![1, 2, 3], expected));
    let correct = |profit: &str| {
        let mut group = transfer(4, "settle:1:1", (1, -3), (2, 3), 1);
        group.settled = vec![SettledPosition {
            corrections: 1,
            ..settle(1, profit, charged(1), charged(4))
        }];
        ledger(group)
    };
    refused(&*store, correct("10")).await;
    commit(&*store, correct("13.5")).await;
    assert_eq!(unsettled(&*store).await.0, [2, 3]);
    let corrected = store.position(PositionId(1)).await.unwrap().unwrap();
    assert_eq!(
        (corrected.settled_profit, corrected.corrections, corrected.settlement),
        (Some(amount("13.5")), 1, charged(4))
    );
}

/// Collecting a debt does not hide that a correction of its position is still due.
pub async fn a_correction_that_is_due_outlives_the_collection_of_the_debt(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&closed(1, 5, "30"))).await;
    let mut group = transfer(1, "settle:1", (1, 0), (3, 0), 1);
    group.debts = vec![debt(1, 1, 1)];
    group.settled = vec![settle(1, "30", Settlement::Pending, owed(1))];
    commit(&*store, ledger(group)).await;
    revise(&*store, 1, "20").await;
    let mut group = transfer(2, "collect", (1, -1), (2, 0), 1);
    group.settled = vec![SettledPosition {
        settled_profit: amount("30"),
        ..settle(1, "20", owed(1), charged(2))
    }];
    commit(&*store, ledger(group)).await;
    let (found, figures) = unsettled(&*store).await;
    assert_eq!((found, figures.profit), (vec![1], amount("10")));
}
