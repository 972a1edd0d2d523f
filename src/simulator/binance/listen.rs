//! Listen keys: who may listen to which account's stream, and until when; and the endpoints for them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::id::VenueAccountId;
use domain::time::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::problem::Problem;
use super::routes::{Call, Told};

/// How long a key holds, in milliseconds.
const HOLDS: i64 = 3_600_000;
/// Letters of a key.
const LENGTH: usize = 64;

/// All listen keys.
#[derive(Debug, Default)]
pub(super) struct Listens(Mutex<Issued>);

#[derive(Debug, Default)]
struct Issued {
    made: u64,
    keys: BTreeMap<String, Listen>,
}

/// What a key opens.
#[derive(Debug, Clone)]
pub(super) struct Listen {
    /// Whose stream.
    pub account: VenueAccountId,
    /// The API key that it was made with.
    pub key: String,
    until: Timestamp,
}

impl Listens {
    /// A word of so many letters and digits that was not made before.
    pub fn fresh(&self, length: usize, now: Timestamp) -> String {
        let made = self.with(|issued| {
            issued.made += 1;
            issued.made
        });
        let (one, two) = (
            Sha256::digest(format!("{made} {}", now.0)),
            Sha256::digest(format!("{} {made}", now.0)),
        );
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let bytes = one.into_iter().chain(two).take(length);
        bytes
            .map(|byte| char::from(letters[usize::from(byte) % letters.len()]))
            .collect()
    }

    /// What a key opens, while it holds.
    pub fn open(&self, listen_key: &str, now: Timestamp) -> Option<Listen> {
        self.with(|issued| issued.keys.get(listen_key).filter(|listen| now < listen.until).cloned())
    }

    /// Ends all keys of an account.
    pub fn expire(&self, account: VenueAccountId) {
        self.with(|issued| issued.keys.retain(|_, listen| listen.account != account));
    }

    /// The account's key, which holds for an hour from now.
    fn renew(&self, account: VenueAccountId, key: &str, now: Timestamp, made: String) -> String {
        self.with(|issued| {
            issued.keys.retain(|_, listen| now < listen.until);
            let own = issued.keys.iter().find(|(_, listen)| listen.account == account);
            let listen_key = own.map_or(made, |(listen_key, _)| listen_key.clone());
            let listen = Listen {
                account,
                key: key.to_owned(),
                until: Timestamp(now.0 + HOLDS),
            };
            issued.keys.insert(listen_key.clone(), listen);
            listen_key
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Issued) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `POST /fapi/v1/listenKey`.
pub(super) async fn start(call: &Call<'_>) -> Told {
    let account = call.account.ok_or_else(super::sign::not_permitted)?;
    let (listens, now) = (&call.dialect.listens, call.asked.now);
    let made = listens.fresh(LENGTH, now);
    let listen_key = listens.renew(account.id, &account.key, now, made);
    Ok(json!({ "listenKey": listen_key }))
}

/// `PUT /fapi/v1/listenKey`.
pub(super) async fn keep(call: &Call<'_>) -> Told {
    let account = call.account.ok_or_else(super::sign::not_permitted)?;
    let (listens, now) = (&call.dialect.listens, call.asked.now);
    let own = listens.with(|issued| {
        let mut keys = issued.keys.values();
        keys.any(|listen| listen.account == account.id && now < listen.until)
    });
    if !own {
        return Err(Problem::new(-1125, "This listenKey does not exist."));
    }
    let listen_key = listens.renew(account.id, &account.key, now, String::new());
    Ok(json!({ "listenKey": listen_key }))
}

/// `DELETE /fapi/v1/listenKey`.
pub(super) async fn stop(call: &Call<'_>) -> Told {
    call.dialect.listens.expire(call.id()?);
    Ok(json!({}))
}
