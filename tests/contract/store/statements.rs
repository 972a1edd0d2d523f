//! What statements are made of: places of times, balances of the past, accounts of a user.

use std::sync::Arc;

use bursar::ports::store::EntryFilter;
use domain::id::{LedgerAccountId, UserId};
use domain::ledger::{AccountKind, EntrySeq, LedgerWrite};
use domain::page::Page;
use domain::time::Timestamp;

use super::databases::Ground;
use super::samples::*;

pub async fn a_time_is_found_in_the_ledger(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let place = async |at| store.first_entry_from(Timestamp(at)).await.unwrap().0;
    assert_eq!(
        place(0).await,
        1,
        "in an empty ledger it is the place of the first entry to come"
    );
    let mut issued = 0;
    for (seq, at) in (1..).zip([100, 200, 200, 200, 300, 400, 400]) {
        let mut one = transfer(seq, &format!("k{seq}"), (1, issued), (2, -issued), 5);
        one.entries[0].at = Timestamp(at);
        commit(&*store, ledger(one)).await;
        issued -= 5;
    }
    for (at, seq) in [
        (i64::MIN, 1),
        (100, 1),
        (101, 2),
        (200, 2),
        (201, 5),
        (300, 5),
        (400, 6),
        (401, 8),
    ] {
        assert_eq!(place(at).await, seq, "{at}");
    }
}

pub async fn a_balance_of_the_past_is_known(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, ledger(transfer(1, "k1", (1, 0), (2, 0), 500))).await;
    commit(&*store, ledger(transfer(2, "k2", (1, -500), (3, 0), 7))).await;
    // The last line of an entry counts, whatever its lines did before.
    let mut twice = transfer(3, "k3", (2, 500), (2, 480), 20);
    twice.balances.clear();
    commit(&*store, ledger(twice)).await;
    commit(&*store, ledger(transfer(4, "k4", (2, 500), (1, -507), 100))).await;
    let held = async |account, seq| {
        let balance = store.balance_before(LedgerAccountId(account), EntrySeq(seq)).await;
        balance.unwrap().units()
    };
    for (seq, balance) in [(1, 0), (2, 500), (3, 500), (4, 500), (5, 400), (i64::MAX, 400)] {
        assert_eq!(held(2, seq).await, balance, "{seq}");
    }
    assert_eq!(
        (held(1, 3).await, held(3, 2).await, held(3, 3).await, held(99, 9).await),
        (-507, 0, 7, 0)
    );
}

pub async fn accounts_of_a_user_are_found(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let opened = vec![
        account(10, AccountKind::UserGiftPower, USER.0),
        account(11, AccountKind::UserPower, 8),
        account(12, AccountKind::PlatformRevenue, 0),
    ];
    commit(
        &*store,
        ledger(LedgerWrite {
            opened,
            ..LedgerWrite::default()
        }),
    )
    .await;
    let ids = async |user| -> Vec<i64> {
        let found = store.accounts_of(UserId(user)).await.unwrap();
        found.iter().map(|account| account.id.0).collect()
    };
    assert_eq!(ids(USER.0).await, [2, 3, 10]);
    assert_eq!(ids(8).await, [11]);
    assert_eq!(ids(0).await, [0; 0], "what the platform owns is nobody's");
}

pub async fn entries_end_before_a_place(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    for seq in 1..=5 {
        commit(
            &*store,
            ledger(transfer(seq, &format!("k{seq}"), (1, 1 - seq), (2, seq - 1), 1)),
        )
        .await;
    }
    let seqs = async |account: Option<i64>, before, page| -> Vec<i64> {
        let filter = EntryFilter {
            account: account.map(LedgerAccountId),
            before: Some(EntrySeq(before)),
        };
        let found = store.entries(filter, page).await.unwrap();
        found.iter().map(|entry| entry.seq.0).collect()
    };
    for account in [None, Some(2)] {
        assert_eq!(seqs(account, 4, Page::first(9)).await, [1, 2, 3]);
        assert_eq!(seqs(account, 4, Page::after(2, 9)).await, [3]);
        assert_eq!(seqs(account, 5, Page::after(1, 2)).await, [2, 3]);
        assert_eq!(seqs(account, 2, Page::after(1, 9)).await, [0; 0]);
    }
}
