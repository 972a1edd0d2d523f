//! Keys of venue accounts over HTTP: checked before they are set, sealed when they are, and never shown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bursar::adapters::keyring::{Masters, StoredKeyring};
use bursar::adapters::store::MemoryStore;
use bursar::desk::Markets;
use bursar::ports::keyring::{Credential, Keyring};
use bursar::ports::market::{Tape, Wake};
use bursar::ports::store::Store;
use bursar::ports::venue::{Look, Lookup, Quote, Sought, Venue, VenueError};
use domain::access::Role;
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::market::{Bar, Symbol};
use domain::outcome::Outcome;
use domain::page::Page;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, OrderIntent, OrderReport, Protection, VenueName, VenueOrderId};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::stage::{Reply, Stage};

const KEY: &str = "canary-name-of-the-key";
const SECRET: &str = "canary-secret-of-the-key";
const PASSPHRASE: &str = "canary passphrase";

type Told = Result<Option<KeyRights>, VenueError>;

/// Tells what a key may do, and knows nothing else.
struct Telling {
    told: Mutex<Told>,
    asked: Mutex<Vec<String>>,
}

fn nothing<T>() -> Result<T, VenueError> {
    Err(VenueError::Unreachable("it only tells rights".to_owned()))
}

#[async_trait]
impl Venue for Telling {
    fn name(&self) -> VenueName {
        VenueName::Paper
    }

    fn poll_weight(&self) -> u32 {
        1
    }

    fn lookup_grace(&self) -> Duration {
        Duration::ZERO
    }

    async fn instrument(&self, _: &Symbol) -> Result<Option<Instrument>, VenueError> {
        nothing()
    }

    async fn tape(&self, _: &Symbol) -> Result<Arc<Tape>, VenueError> {
        nothing()
    }

    async fn quote(&self, _: &Symbol) -> Result<Quote, VenueError> {
        nothing()
    }

    async fn bars(&self, _: &Symbol, _: usize) -> Result<Vec<Bar>, VenueError> {
        nothing()
    }

    async fn prepare(&self, _: &VenueAccount) -> Result<(), VenueError> {
        nothing()
    }

    async fn place(&self, _: VenueAccountId, _: &OrderIntent) -> Outcome<OrderReport> {
        Outcome::Unknown("it only tells rights".to_owned())
    }

    async fn cancel(&self, _: VenueAccountId, _: &Symbol, _: &VenueOrderId) -> Outcome<OrderReport> {
        Outcome::Unknown("it only tells rights".to_owned())
    }

    async fn cancel_all(&self, _: VenueAccountId, _: &Symbol) -> Outcome<()> {
        Outcome::Unknown("it only tells rights".to_owned())
    }

    async fn protect(&self, _: VenueAccountId, _: &Protection) -> Outcome<VenueOrderId> {
        Outcome::Unknown("it only tells rights".to_owned())
    }

    async fn unprotect(&self, _: VenueAccountId, _: &Symbol, _: &VenueOrderId) -> Outcome<()> {
        Outcome::Unknown("it only tells rights".to_owned())
    }

    async fn lookup(&self, _: VenueAccountId, _: &Sought<'_>) -> Result<Lookup, VenueError> {
        nothing()
    }

    async fn poll(&self, _: VenueAccountId, _: &Look<'_>) -> Result<AccountReport, VenueError> {
        nothing()
    }

    fn heed(&self, _: VenueAccountId, _: Wake) {}

    fn forget(&self, _: VenueAccountId) {}

    fn is_heard(&self, _: VenueAccountId) -> bool {
        false
    }

    async fn rights(&self, credential: &Credential) -> Result<Option<KeyRights>, VenueError> {
        let secret = credential.secret.expose_secret().to_owned();
        self.asked.lock().unwrap().push(secret);
        self.told.lock().unwrap().clone()
    }

    fn supports(&self, _: PositionMode) -> bool {
        true
    }
}

fn masters(keys: &[u8]) -> Masters {
    let keys: Vec<_> = keys.iter().map(|key| Zeroizing::new([*key; 32])).collect();
    Masters::new(&keys).unwrap()
}

fn rights(may_trade: bool, may_withdraw: bool) -> Told {
    Ok(Some(KeyRights {
        may_trade,
        may_withdraw,
        bound_to_addresses: Some(true),
    }))
}

/// A stage with these master keys over a store, and the venue that it asks.
async fn stage(store: MemoryStore, keys: &[u8]) -> (Stage, Arc<Telling>) {
    let venue = Arc::new(Telling {
        told: Mutex::new(rights(true, false)),
        asked: Mutex::default(),
    });
    let there: Arc<dyn Venue> = venue.clone();
    let keyring = StoredKeyring::new(Arc::new(store.clone()), masters(keys));
    let stage = Stage::on(store, |mut desk| {
        desk.markets = Markets::Venues(HashMap::from([(VenueName::Paper, there)]));
        desk.with_keyring(Arc::new(keyring))
    })
    .await;
    (stage, venue)
}

async fn set(stage: &Stage, account: i64, body: Value) -> Reply {
    let path = format!("/venue-accounts/{account}/key");
    stage.post(Role::Admin, &path, body).await
}

fn canary() -> Value {
    json!({"key": KEY, "secret": SECRET, "passphrase": PASSPHRASE, "reason": "first key"})
}

/// No answer, and no row of the store, shows the key.
async fn shows_nothing(stage: &Stage, replies: &[Reply]) {
    for reply in replies {
        assert!(!reply.text.contains("canary"), "{reply:?}");
    }
    let keys = stage.store.keys(Page::first(100)).await.unwrap();
    assert!(!format!("{keys:?}").contains("canary"));
    assert!(!format!("{:?}", stage.trail().await).contains("canary"));
}

#[actix_web::test]
async fn a_key_is_set_shown_by_its_ending_replaced_and_removed_on_record() {
    let store = MemoryStore::new();
    let (stage, venue) = stage(store.clone(), &[1]).await;
    let (_, account) = stage.with_user().await;
    let path = format!("/venue-accounts/{account}/key");
    let none = stage.get(Role::Viewer, &path).await;
    assert_eq!(none.status, 404);
    let done = set(&stage, account, canary()).await;
    assert_eq!(done.status, 200, "{done:?}");
    let shown = stage.get(Role::Viewer, &path).await;
    assert_eq!(shown.json(), done.json());
    let key = shown.json();
    let told = json!({"may_trade": true, "may_withdraw": false, "bound_to_addresses": true});
    assert_eq!(
        (&key["ending"], &key["set_by"], &key["rights"]),
        (&json!("-key"), &json!("admin"), &told)
    );
    assert_eq!(key["fingerprint"], bursar::desk::digest_of(KEY)[..16]);
    let keyring = StoredKeyring::new(Arc::new(store), masters(&[1]));
    let opened = keyring.credential(VenueAccountId(account)).await.unwrap().unwrap();
    assert_eq!((opened.key.as_str(), opened.secret.expose_secret()), (KEY, SECRET));
    assert_eq!(opened.passphrase.unwrap().expose_secret(), PASSPHRASE);
    *venue.told.lock().unwrap() = Ok(None);
    let replaced = set(
        &stage,
        account,
        json!({"key": "another-name", "secret": "canary-of-another"}),
    )
    .await;
    assert_eq!((replaced.status, &replaced.json()["rights"]), (200, &Value::Null));
    assert_eq!(*venue.asked.lock().unwrap(), [SECRET, "canary-of-another"]);
    let removed = stage
        .post(Role::Admin, &format!("{path}/remove"), json!({"reason": "left"}))
        .await;
    assert_eq!((removed.status, &removed.json()["ending"]), (200, &json!("name")));
    assert_eq!(stage.get(Role::Viewer, &path).await.status, 404);
    let again = stage.post(Role::Admin, &format!("{path}/remove"), json!({})).await;
    assert_eq!(again.status, 404);
    let trail = stage.trail().await;
    let line = |action: &str, why: &str| {
        let (by, subject) = ("admin".to_owned(), format!("account:{account}"));
        (by, action.to_owned(), subject, format!("{why} (from 192.0.2.7)"))
    };
    for line in [line("account.key.set", "first key"), line("account.key.remove", "left")] {
        assert!(trail.contains(&line), "{line:?} is not in {trail:?}");
    }
    shows_nothing(&stage, &[none, done, shown, replaced, removed, again]).await;
}

#[actix_web::test]
async fn a_key_that_may_withdraw_or_cannot_be_checked_is_refused_and_nothing_is_set() {
    let (stage, venue) = stage(MemoryStore::new(), &[1]).await;
    let (_, account) = stage.with_user().await;
    let mut replies = Vec::new();
    for (told, status, words) in [
        (rights(true, true), 409, "the key may withdraw"),
        (
            Err(VenueError::Refused("-2015: no such key".to_owned())),
            409,
            "no such key",
        ),
        (
            Err(VenueError::Unreachable("cut".to_owned())),
            503,
            "could not be checked now",
        ),
        (
            Err(VenueError::RateLimited {
                retry_after: std::time::Duration::from_secs(7),
            }),
            503,
            "could not be checked now",
        ),
        (
            Err(VenueError::Malformed("?".to_owned())),
            503,
            "could not be checked now",
        ),
    ] {
        *venue.told.lock().unwrap() = told;
        let refused = set(&stage, account, canary()).await;
        assert_eq!(refused.wrong().0, status, "{refused:?}");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(words) && detail.contains("was not set"), "{detail}");
        replies.push(refused);
    }
    assert_eq!(stage.store.key(VenueAccountId(account)).await.unwrap(), None);
    let refusals = stage.trail().await;
    let refusals = refusals.iter().filter(|line| line.1 == "account.key.set.refused");
    assert_eq!(refusals.count(), 5);
    shows_nothing(&stage, &replies).await;
}

#[actix_web::test]
async fn a_wrong_field_of_a_key_is_named_and_not_quoted() {
    let (stage, venue) = stage(MemoryStore::new(), &[1]).await;
    let (_, account) = stage.with_user().await;
    let long = "canary-".repeat(300);
    let mut replies = Vec::new();
    for (body, fields) in [
        (json!({}), vec!["key"]),
        (json!({"key": KEY}), vec!["secret"]),
        (json!({"key": KEY, "secret": ["canary"]}), vec!["secret"]),
        (json!({"key": 170_147_183, "secret": SECRET}), vec!["key"]),
        (
            json!({"key": KEY, "secret": SECRET, "passphrase": {"canary": 1}}),
            vec!["passphrase"],
        ),
        (
            json!({"key": "canary name", "secret": "canary\nb", "passphrase": ""}),
            vec!["key", "secret", "passphrase"],
        ),
        (json!({"key": "canary", "secret": long}), vec!["key", "secret"]),
    ] {
        let refused = set(&stage, account, body).await;
        assert_eq!(
            refused.wrong(),
            (422, fields.iter().map(|field| (*field).to_owned()).collect())
        );
        assert!(!refused.text.contains("170147183"), "{refused:?}");
        replies.push(refused);
    }
    assert_eq!(set(&stage, account + 1, canary()).await.status, 404);
    assert_eq!(*venue.asked.lock().unwrap(), [""; 0]);
    shows_nothing(&stage, &replies).await;
}

#[actix_web::test]
async fn without_a_master_key_no_key_is_set_and_the_venue_is_not_asked() {
    let (stage, venue) = stage(MemoryStore::new(), &[]).await;
    let (_, account) = stage.with_user().await;
    for refused in [
        set(&stage, account, canary()).await,
        stage.post(Role::Admin, "/keys/rotate", json!({})).await,
    ] {
        assert_eq!(refused.wrong().0, 409);
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("no master key is configured"), "{detail}");
    }
    assert_eq!(*venue.asked.lock().unwrap(), [""; 0]);
}

#[actix_web::test]
async fn keys_are_resealed_page_by_page_and_a_repeated_rotation_changes_nothing() {
    let store = MemoryStore::new();
    let (before, _) = stage(store.clone(), &[1]).await;
    let (user, first) = before.with_user().await;
    let mut accounts = vec![first];
    for number in 0..230 {
        let body = json!({"user": user, "venue": "paper", "label": format!("account {number}"), "mode": "one_way"});
        let made = before.post(Role::Admin, "/venue-accounts", body).await;
        accounts.push(made.json()["id"].as_i64().unwrap());
    }
    for account in &accounts {
        let body = json!({"key": format!("{KEY}-{account}"), "secret": format!("{SECRET}-{account}")});
        assert_eq!(set(&before, *account, body).await.status, 200);
    }
    // A crash in the middle: some are resealed already.
    let both = Arc::new(StoredKeyring::new(Arc::new(store.clone()), masters(&[2, 1])));
    let row = store.key(VenueAccountId(accounts[7])).await.unwrap().unwrap();
    let change = domain::change::Change::ResealKey(both.reseal(VenueName::Paper, &row).unwrap().unwrap());
    store.commit(domain::change::ChangeSet::of(change)).await.unwrap();
    before.state.desk.rotate_keys(&super::stage::asker()).await.unwrap();
    let (after, _) = self::stage_again(&before, &[2, 1]).await;
    let rotated = after.post(Role::Admin, "/keys/rotate", json!({})).await.json();
    let done = |resealed: u64| json!([accounts.len(), resealed, [], both.newest_master()]);
    let told = |done: &Value| json!([done["keys"], done["resealed"], done["unopened"], done["master"]]);
    assert_eq!(told(&rotated), done(230));
    let again = after.post(Role::Admin, "/keys/rotate", json!({})).await.json();
    assert_eq!(told(&again), done(0));
    let new = StoredKeyring::new(Arc::new(store), masters(&[2]));
    for account in accounts {
        let opened = new.credential(VenueAccountId(account)).await.unwrap().unwrap();
        assert_eq!(opened.secret.expose_secret(), format!("{SECRET}-{account}"));
    }
    shows_nothing(&after, &[]).await;
}

/// The same rows after a restart with other master keys.
async fn stage_again(before: &Stage, keys: &[u8]) -> (Stage, Arc<Telling>) {
    for name in ["viewer", "operator", "admin"] {
        let asker = super::stage::asker();
        before.state.desk.revoke_token(name, &asker).await.unwrap();
    }
    stage(MemoryStore::clone(&before.store), keys).await
}
