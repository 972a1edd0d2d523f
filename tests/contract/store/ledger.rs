//! The ledger's groups are written whole, guarded, and read back in order.

use std::sync::Arc;

use bursar::ports::store::EntryFilter;
use domain::fixed::Amount;
use domain::id::LedgerAccountId;
use domain::ledger::{AccountKind, BalanceMove, EntryKey, EntrySeq, Head, LedgerWrite, Refused};
use domain::page::Page;
use domain::time::Timestamp;

use super::databases::{FullStore, Ground};
use super::samples::*;

async fn balances(store: &dyn FullStore) -> Vec<i64> {
    let accounts = store.accounts(Page::first(3)).await.unwrap();
    accounts.iter().map(|account| account.balance.units()).collect()
}

pub async fn a_group_is_written_whole_and_read_back(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    assert_eq!(store.ledger_head().await.unwrap(), Head::EMPTY);
    let mut group = transfer(1, "recharge:a", (1, 0), (2, 0), 500);
    let second = transfer(2, "recharge:b", (1, -500), (2, 500), 20);
    group.entries.extend(second.entries);
    group.balances = second.balances;
    group.balances[0].before = Amount::ZERO;
    group.balances[1].before = Amount::ZERO;
    commit(&*store, ledger(group.clone())).await;

    assert_eq!(
        store.entries(EntryFilter::default(), Page::first(10)).await.unwrap(),
        group.entries
    );
    let keys = ["recharge:b", "recharge:c", "recharge:a"].map(|key| EntryKey::stored(key.to_owned()));
    assert_eq!(store.entries_by_key(&keys).await.unwrap(), group.entries);
    let head = Head {
        seq: EntrySeq(2),
        digest: digest(2),
        at: Timestamp(9_002),
    };
    assert_eq!(store.ledger_head().await.unwrap(), head);
    assert_eq!(store.last_entry().await.unwrap(), EntrySeq(2));
    assert_eq!(balances(&*store).await, [-520, 520, 0]);
    let power = account(2, AccountKind::UserPower, USER.0).key;
    let missing = account(2, AccountKind::UserPower, 99).key;
    let found = store.accounts_by_key(&[missing, power]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id, found[0].balance.units()), (LedgerAccountId(2), 520));
}

/// More rows than fit into one statement.
pub async fn a_large_group_is_written_whole(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let mut group = LedgerWrite::default();
    for index in 0..450 {
        group
            .opened
            .push(account(100 + index, AccountKind::UserPower, 1_000 + index));
        let one = transfer(index + 1, &format!("k{index}"), (1, -index), (100 + index, 0), 1);
        group.entries.extend(one.entries);
        group.balances.push(one.balances[1]);
    }
    let (before, after) = (Amount::ZERO, Amount::from_units(-450).unwrap());
    group.balances.push(BalanceMove {
        account: LedgerAccountId(1),
        before,
        after,
    });
    commit(&*store, ledger(group.clone())).await;
    assert_eq!(
        store.entries(EntryFilter::default(), Page::first(1_000)).await.unwrap(),
        group.entries
    );
    let accounts = store.accounts(Page::after(99, 1_000)).await.unwrap();
    assert_eq!(accounts.len(), 450);
    assert!(accounts.iter().all(|account| account.balance.units() == 1));
    assert_eq!(balances(&*store).await, [-450, 0, 0]);
}

pub async fn s0_09_a_balance_that_moved_refuses_the_whole_group(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, ledger(transfer(1, "k1", (1, 0), (2, 0), 500))).await;
    // Decided on a balance of zero, which is not stored any more.
    refused(&*store, ledger(transfer(2, "k2", (1, -500), (2, 0), 20))).await;
    assert_eq!(balances(&*store).await, [-500, 500, 0]);
    assert_eq!(store.last_entry().await.unwrap(), EntrySeq(1));
    commit(&*store, ledger(transfer(2, "k2", (1, -500), (2, 500), 20))).await;
    assert_eq!(balances(&*store).await, [-520, 520, 0]);
}

pub async fn a_balance_below_its_floor_is_refused(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, ledger(transfer(1, "k1", (1, 0), (2, 0), 500))).await;
    refused(&*store, ledger(transfer(2, "k2", (2, 500), (1, -500), 501))).await;
    commit(&*store, ledger(transfer(2, "k2", (2, 500), (1, -500), 500))).await;
    assert_eq!(balances(&*store).await, [0, 0, 0]);
    let mut below = account(9, AccountKind::UserWallet, 1);
    below.balance = Amount::from_units(-1).unwrap();
    refused(
        &*store,
        ledger(LedgerWrite {
            opened: vec![below],
            ..LedgerWrite::default()
        }),
    )
    .await;
}

pub async fn s1_03_a_key_is_posted_once(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, ledger(transfer(1, "settle:1", (1, 0), (2, 0), 500))).await;
    refused(&*store, ledger(transfer(2, "settle:1", (1, -500), (2, 500), 500))).await;
    assert_eq!(balances(&*store).await, [-500, 500, 0]);
    // Keys are compared letter by letter.
    commit(&*store, ledger(transfer(2, "Settle:1", (1, -500), (2, 500), 1))).await;
    let twice = LedgerWrite {
        opened: vec![account(9, AccountKind::UserPower, USER.0)],
        ..LedgerWrite::default()
    };
    refused(&*store, ledger(twice)).await;
}

pub async fn the_chain_does_not_fork(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, ledger(transfer(1, "k1", (1, 0), (2, 0), 1))).await;
    refused(&*store, ledger(transfer(1, "k2", (1, -1), (2, 1), 1))).await;
    let mut wrong = transfer(2, "k2", (1, -1), (2, 1), 1);
    wrong.entries[0].postings[0].after = Amount::ZERO;
    refused(&*store, ledger(wrong)).await;
}

/// A server that counts only rows whose content changed would refuse this.
pub async fn a_group_may_leave_a_balance_as_it_was(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, ledger(transfer(1, "k1", (1, 0), (2, 0), 0))).await;
    assert_eq!(balances(&*store).await, [0, 0, 0]);
}

pub async fn refused_keys_stay_refused(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let key = EntryKey::stored("withdraw:x".to_owned());
    let refusal = Refused {
        key: key.clone(),
        reason: "short".to_owned(),
        at: Timestamp(5),
    };
    let group = LedgerWrite {
        refused: vec![refusal.clone()],
        ..LedgerWrite::default()
    };
    commit(&*store, ledger(group.clone())).await;
    refused(&*store, ledger(group)).await;
    let other = EntryKey::stored("withdraw:y".to_owned());
    assert_eq!(store.refused_keys(&[key, other]).await.unwrap(), [refusal]);
}
