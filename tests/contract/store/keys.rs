//! The key of an account is the last one that was set, and nothing is left of one that was removed.

use std::sync::Arc;

use domain::change::Change;
use domain::credential::{KeyRights, Resealed, SealedKey, Seals};
use domain::id::VenueAccountId;
use domain::page::Page;
use domain::time::Timestamp;

use super::databases::Ground;
use super::samples::*;

fn key(account: i64, seal: &str) -> SealedKey {
    SealedKey {
        account: VenueAccountId(account),
        seals: Seals {
            format: 1,
            master: "00112233445566aa".to_owned(),
            data_key: format!("outer-{seal}"),
            content: format!("inner-{seal}"),
        },
        fingerprint: "ba7816bf8f01cfea".to_owned(),
        ending: "é-4".to_owned(),
        rights: None,
        set_by: "ann".to_owned(),
        set_at: Timestamp(5),
    }
}

fn resealed(account: i64, from: &str, to: &str) -> Change {
    Change::ResealKey(Resealed {
        account: VenueAccountId(account),
        from: format!("outer-{from}"),
        data_key: format!("outer-{to}"),
        master: "ffeeddccbbaa9988".to_owned(),
    })
}

pub async fn the_last_key_that_was_set_is_the_key(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    assert_eq!(store.key(ACCOUNT).await.unwrap(), None);
    let told = |bound_to_addresses| {
        Some(KeyRights {
            may_trade: true,
            may_withdraw: false,
            bound_to_addresses,
        })
    };
    let rights = [None, told(None), told(Some(false)), told(Some(true)), None];
    for (number, rights) in rights.into_iter().enumerate() {
        let mut key = key(ACCOUNT.0, &number.to_string());
        key.rights = rights;
        commit(&*store, Change::SetKey(Box::new(key.clone()))).await;
        assert_eq!(store.key(ACCOUNT).await.unwrap(), Some(key));
    }
    refused(&*store, Change::SetKey(Box::new(key(99, "of nobody")))).await;
}

pub async fn a_key_is_resealed_or_removed_only_as_it_was_read(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    refused(&*store, resealed(ACCOUNT.0, "a", "b")).await;
    let first = key(ACCOUNT.0, "a");
    commit(&*store, Change::SetKey(Box::new(first.clone()))).await;
    commit(&*store, resealed(ACCOUNT.0, "a", "b")).await;
    // Both were decided on what was read before.
    refused(&*store, resealed(ACCOUNT.0, "a", "c")).await;
    refused(&*store, Change::RemoveKey(Box::new(first.clone()))).await;
    let mut now = first.clone();
    now.seals.data_key = "outer-b".to_owned();
    now.seals.master = "ffeeddccbbaa9988".to_owned();
    assert_eq!(store.key(ACCOUNT).await.unwrap(), Some(now.clone()));
    commit(&*store, Change::RemoveKey(Box::new(now.clone()))).await;
    refused(&*store, Change::RemoveKey(Box::new(now))).await;
    refused(&*store, resealed(ACCOUNT.0, "b", "c")).await;
    assert_eq!(store.key(ACCOUNT).await.unwrap(), None);
    commit(&*store, Change::SetKey(Box::new(first.clone()))).await;
    assert_eq!(store.key(ACCOUNT).await.unwrap(), Some(first));
}

pub async fn keys_are_read_page_by_page_without_those_that_were_removed(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    for id in 71..75 {
        commit(&*store, Change::AddVenueAccount(venue_account(id, USER))).await;
        commit(&*store, Change::SetKey(Box::new(key(id, &id.to_string())))).await;
    }
    commit(&*store, Change::RemoveKey(Box::new(key(72, "72")))).await;
    let read = async |after, limit| {
        let keys = store.keys(Page::after(after, limit)).await.unwrap();
        keys.into_iter().map(|key| key.account.0).collect::<Vec<_>>()
    };
    assert_eq!(read(0, 2).await, [71, 73]);
    assert_eq!(read(73, 2).await, [74]);
    assert_eq!(read(74, 2).await, [0_i64; 0]);
}
