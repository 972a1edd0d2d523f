//! What the store holds: rows by key, and the keys that are unique.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{Audit, Token};
use domain::alert::delivery::Delivery;
use domain::alert::{Alert, AlertKind};
use domain::change::{Fill, Income};
use domain::close_all::CloseAll;
use domain::credential::SealedKey;
use domain::id::IdKind;
use domain::import::{Declared, DeclaredKind};
use domain::ledger::{Account, AccountKey, Debt, Entry, EntryKey, Hold, Refused};
use domain::market::Symbol;
use domain::order::Order;
use domain::pause::{Pause, PauseScope};
use domain::position::Position;
use domain::robot::Robot;
use domain::user::{PowerRate, User, VenueAccount};
use domain::venue::{ClientOrderId, Cursor, VenueName, VenueOrderId};

use super::chains::Chains;
use super::jobs::Jobs;
use super::pools::Pools;
use crate::ports::store::PaperRow;

/// All tables. Keys are ids unless said otherwise.
#[derive(Debug, Default)]
pub struct State {
    pub users: BTreeMap<i64, User>,
    pub user_names: BTreeMap<String, i64>,
    /// By user (zero for everyone) and time.
    pub power_rates: BTreeMap<(i64, i64), PowerRate>,
    pub venue_accounts: BTreeMap<i64, VenueAccount>,
    pub account_labels: BTreeMap<(VenueName, String), i64>,
    /// By account.
    pub keys: BTreeMap<i64, SealedKey>,
    pub robots: BTreeMap<i64, Robot>,
    pub positions: BTreeMap<i64, Position>,
    pub live_positions: BTreeMap<i64, ()>,
    pub orders: BTreeMap<i64, Order>,
    pub live_orders: BTreeMap<i64, ()>,
    pub client_ids: BTreeMap<ClientOrderId, i64>,
    pub venue_order_ids: BTreeMap<(i64, Symbol, VenueOrderId), i64>,
    /// By order of arrival.
    pub fills: BTreeMap<usize, Fill>,
    pub fill_ids: BTreeMap<(i64, String), usize>,
    /// By order of arrival.
    pub incomes: BTreeMap<usize, Income>,
    pub income_ids: BTreeMap<(i64, String), usize>,
    /// By account.
    pub cursors: BTreeMap<i64, Cursor>,
    pub accounts: BTreeMap<i64, Account>,
    pub account_keys: BTreeMap<AccountKey, i64>,
    pub entries: BTreeMap<i64, Entry>,
    pub entry_keys: BTreeMap<EntryKey, i64>,
    pub refusals: BTreeMap<EntryKey, Refused>,
    pub debts: BTreeMap<i64, Debt>,
    /// By position and correction.
    pub debt_positions: BTreeMap<(i64, u32), i64>,
    /// By position.
    pub holds: BTreeMap<i64, Hold>,
    pub pauses: BTreeMap<PauseScope, Pause>,
    pub close_alls: BTreeMap<i64, CloseAll>,
    /// By scope.
    pub standing_close_alls: BTreeMap<PauseScope, i64>,
    pub alerts: BTreeMap<i64, Alert>,
    pub open_alerts: BTreeMap<(&'static str, String), i64>,
    pub deliveries: BTreeMap<i64, Delivery>,
    /// By alert, target and event.
    pub delivery_keys: BTreeMap<(i64, String, &'static str), i64>,
    pub tokens: BTreeMap<i64, Token>,
    pub token_digests: BTreeMap<String, i64>,
    pub valid_tokens: BTreeMap<String, i64>,
    pub audits: BTreeMap<i64, Audit>,
    /// By source, kind and legacy id.
    pub imported: BTreeMap<(String, DeclaredKind, String), Declared>,
    /// By table and key.
    pub paper: BTreeMap<(&'static str, String), PaperRow>,
    pub paper_live: BTreeMap<(&'static str, String), ()>,
    /// Keys by table, account and number.
    pub paper_numbers: BTreeMap<(&'static str, i64, i64), BTreeSet<String>>,
    pub chains: Chains,
    pub pools: Pools,
    pub jobs: Jobs,
    /// The last id of each kind.
    pub last_ids: BTreeMap<IdKind, i64>,
}

/// Kind and subject: unique among unresolved alerts.
pub fn open_key(kind: AlertKind, subject: &str) -> (&'static str, String) {
    (kind.as_str(), subject.to_owned())
}
