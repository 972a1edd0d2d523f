//! Seals that open where they belong and nowhere else, and master keys that come and go.

use domain::change::{Change, ChangeSet};
use domain::id::UserId;
use domain::time::Timestamp;
use domain::user::{PositionMode, User, VenueAccount};
use secrecy::ExposeSecret;

use super::*;
use crate::adapters::store::MemoryStore;

const SECRET: &str = "canary-secret-0123456789";

fn masters(keys: &[u8]) -> Masters {
    let keys: Vec<_> = keys.iter().map(|key| Zeroizing::new([*key; KEY_BYTES])).collect();
    Masters::new(&keys).unwrap()
}

fn credential(passphrase: Option<&str>) -> Credential {
    Credential {
        key: "canary-name-of-the-key".to_owned(),
        secret: SECRET.to_owned().into(),
        passphrase: passphrase.map(|text| text.to_owned().into()),
    }
}

fn texts(credential: &Credential) -> (String, String, Option<String>) {
    let passphrase = credential.passphrase.as_ref();
    (
        credential.key.clone(),
        credential.secret.expose_secret().to_owned(),
        passphrase.map(|text| text.expose_secret().to_owned()),
    )
}

/// Two accounts of a user at one venue.
async fn store() -> Arc<MemoryStore> {
    let store = MemoryStore::new();
    let mut changes = ChangeSet::of(Change::AddUser(User {
        id: UserId(1),
        name: "ann".to_owned(),
        created_at: Timestamp(1),
    }));
    for id in [7, 8] {
        changes.push(Change::AddVenueAccount(VenueAccount {
            id: VenueAccountId(id),
            user: UserId(1),
            venue: VenueName::Paper,
            label: format!("account {id}"),
            mode: PositionMode::OneWay,
            created_at: Timestamp(1),
        }));
    }
    store.commit(changes).await.unwrap();
    Arc::new(store)
}

fn row(account: i64, seals: Seals) -> SealedKey {
    SealedKey {
        account: VenueAccountId(account),
        seals,
        fingerprint: "0123456789abcdef".to_owned(),
        ending: "-key".to_owned(),
        rights: None,
        set_by: "ann".to_owned(),
        set_at: Timestamp(5),
    }
}

async fn put(store: &MemoryStore, row: SealedKey) {
    store
        .commit(ChangeSet::of(Change::SetKey(Box::new(row))))
        .await
        .unwrap();
}

#[tokio::test]
async fn what_was_sealed_opens_again_and_shows_nothing_sealed() {
    let store = store().await;
    let keyring = StoredKeyring::new(store.clone(), masters(&[1]));
    assert!(keyring.credential(VenueAccountId(7)).await.unwrap().is_none());
    for passphrase in [None, Some(""), Some("canary-passphrase-ü")] {
        let credential = credential(passphrase);
        let seals = keyring.seal(VenueAccountId(7), VenueName::Paper, &credential).unwrap();
        assert!(!format!("{seals:?}").contains("canary"));
        put(&store, row(7, seals)).await;
        let opened = keyring.credential(VenueAccountId(7)).await.unwrap().unwrap();
        assert_eq!(texts(&opened), texts(&credential));
    }
}

#[test]
fn no_two_seals_of_one_key_are_alike() {
    let keyring = StoredKeyring::new(Arc::new(MemoryStore::new()), masters(&[1]));
    let seal = || {
        keyring
            .seal(VenueAccountId(7), VenueName::Paper, &credential(None))
            .unwrap()
    };
    let (one, other) = (seal(), seal());
    assert_ne!(one.data_key, other.data_key);
    assert_ne!(one.content, other.content);
}

#[tokio::test]
async fn a_row_that_was_moved_or_changed_does_not_open() {
    let store = store().await;
    let keyring = StoredKeyring::new(store.clone(), masters(&[1]));
    let seal = |account, venue| keyring.seal(VenueAccountId(account), venue, &credential(None)).unwrap();
    let (own, other) = (seal(7, VenueName::Paper), seal(8, VenueName::Paper));
    let flipped = |text: &str| {
        let at = text.len() / 2;
        let letter = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{letter}{}", &text[..at], &text[at + 1..])
    };
    let with = |data_key: &str, content: &str| Seals {
        data_key: data_key.to_owned(),
        content: content.to_owned(),
        ..own.clone()
    };
    let wrong = [
        other.clone(),
        with(&own.data_key, &other.content),
        with(&other.data_key, &own.content),
        seal(7, VenueName::Legacy),
        with(&own.data_key, &flipped(&own.content)),
        with(&flipped(&own.data_key), &own.content),
        with(&own.data_key, ""),
        with("no base64", &own.content),
    ];
    for seals in wrong {
        put(&store, row(7, seals)).await;
        let opened = keyring.credential(VenueAccountId(7)).await;
        assert!(
            matches!(
                opened,
                Err(KeyringError::Broken {
                    account: VenueAccountId(7)
                })
            ),
            "{opened:?}"
        );
    }
    put(&store, row(7, Seals { format: 2, ..own })).await;
    let opened = keyring.credential(VenueAccountId(7)).await;
    assert!(
        matches!(opened, Err(KeyringError::UnknownFormat { format: 2, .. })),
        "{opened:?}"
    );
}

#[tokio::test]
async fn a_key_is_resealed_under_the_newest_master_and_the_old_one_is_not_needed_any_more() {
    let store = store().await;
    let old = StoredKeyring::new(store.clone(), masters(&[1]));
    let seals = old
        .seal(VenueAccountId(7), VenueName::Paper, &credential(Some("veiled")))
        .unwrap();
    let kept = row(7, seals);
    put(&store, kept.clone()).await;
    assert_eq!(old.reseal(VenueName::Paper, &kept).unwrap(), None);
    let both = StoredKeyring::new(store.clone(), masters(&[2, 1]));
    let resealed = both.reseal(VenueName::Paper, &kept).unwrap().unwrap();
    assert_eq!(Some(&resealed.master), both.newest_master().as_ref());
    store
        .commit(ChangeSet::of(Change::ResealKey(resealed.clone())))
        .await
        .unwrap();
    // A second run that read the row before finds that it was overtaken.
    let again = store.commit(ChangeSet::of(Change::ResealKey(resealed))).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    let new = StoredKeyring::new(store.clone(), masters(&[2]));
    let opened = new.credential(VenueAccountId(7)).await.unwrap().unwrap();
    assert_eq!(texts(&opened), texts(&credential(Some("veiled"))));
    let stale = old.credential(VenueAccountId(7)).await;
    assert!(matches!(stale, Err(KeyringError::UnknownMaster { .. })), "{stale:?}");
}

#[test]
fn without_a_master_key_nothing_is_sealed() {
    let keyring = StoredKeyring::new(Arc::new(MemoryStore::new()), Masters::default());
    let sealed = keyring.seal(VenueAccountId(7), VenueName::Paper, &credential(None));
    assert!(matches!(sealed, Err(KeyringError::NoMaster)));
    assert_eq!(keyring.newest_master(), None);
}

#[test]
fn master_keys_are_shown_by_their_fingerprints() {
    let shown = format!("{:?}", masters(&[7]));
    assert_eq!(shown.len(), FINGERPRINT + 4, "{shown}");
    assert_ne!(generate().unwrap().as_slice(), generate().unwrap().as_slice());
}
