//! Keys of venue accounts, as the outside sees them: nothing that could be used as one.

use domain::credential::{KeyRights, SealedKey};
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What a key may do, as its venue told when it was set.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RightsView {
    /// Whether it may place and cancel orders.
    pub may_trade: bool,
    /// Whether it may withdraw.
    pub may_withdraw: bool,
    /// Whether it is taken from certain addresses only; absent where the venue does not tell.
    pub bound_to_addresses: Option<bool>,
}

impl From<KeyRights> for RightsView {
    fn from(rights: KeyRights) -> Self {
        Self {
            may_trade: rights.may_trade,
            may_withdraw: rights.may_withdraw,
            bound_to_addresses: rights.bound_to_addresses,
        }
    }
}

/// What may be known of the key of a venue account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyView {
    /// Whose.
    pub account: i64,
    /// The last four characters of its name.
    pub ending: String,
    /// The first 16 digits of the SHA-256 of its name.
    pub fingerprint: String,
    /// What it may do; absent where the venue does not tell.
    pub rights: Option<RightsView>,
    /// Who set it.
    pub set_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub set_at: Timestamp,
    /// The fingerprint of the master key that it is sealed under.
    pub master: String,
}

impl From<SealedKey> for KeyView {
    fn from(key: SealedKey) -> Self {
        Self {
            account: key.account.0,
            ending: key.ending,
            fingerprint: key.fingerprint,
            rights: key.rights.map(RightsView::from),
            set_by: key.set_by,
            set_at: key.set_at,
            master: key.seals.master,
        }
    }
}
