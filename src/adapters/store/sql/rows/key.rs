//! Rows of the keys of venue accounts.

use domain::credential::{KeyRights, SealedKey, Seals};
use domain::id::VenueAccountId;
use domain::time::Timestamp;
use entity::venue_key;

use super::Row;
use crate::ports::store::StoreError;

pub fn key_row(key: &SealedKey) -> venue_key::Model {
    let told = |right: fn(&KeyRights) -> bool| key.rights.as_ref().map(|rights| i64::from(right(rights)));
    venue_key::Model {
        account_id: key.account.0,
        format: key.seals.format.into(),
        master: key.seals.master.clone(),
        data_key: Some(key.seals.data_key.clone()),
        content: Some(key.seals.content.clone()),
        fingerprint: key.fingerprint.clone(),
        ending: key.ending.clone(),
        may_trade: told(|rights| rights.may_trade),
        may_withdraw: told(|rights| rights.may_withdraw),
        bound_to_addresses: key.rights.and_then(|rights| rights.bound_to_addresses).map(i64::from),
        set_by: key.set_by.clone(),
        set_at: key.set_at.0,
    }
}

/// A row of a key that was not removed.
pub fn key(row: venue_key::Model) -> Result<SealedKey, StoreError> {
    let name = Row::new("key of account", row.account_id);
    let rights = match (row.may_trade, row.may_withdraw) {
        (Some(trade), Some(withdraw)) => Some(KeyRights {
            may_trade: trade != 0,
            may_withdraw: withdraw != 0,
            bound_to_addresses: row.bound_to_addresses.map(|bound| bound != 0),
        }),
        (None, None) => None,
        _ => return Err(name.corrupt("only one of its rights is known")),
    };
    Ok(SealedKey {
        account: VenueAccountId(row.account_id),
        seals: Seals {
            format: name.count("format", row.format)?,
            master: row.master,
            data_key: name.present("data_key", row.data_key)?,
            content: name.present("content", row.content)?,
        },
        fingerprint: row.fingerprint,
        ending: row.ending,
        rights,
        set_by: row.set_by,
        set_at: Timestamp(row.set_at),
    })
}
