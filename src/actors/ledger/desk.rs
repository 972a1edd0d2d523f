//! The ledger's desk: the pen, what is known by heart, and the way from requests to one commit.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use domain::id::{IdKind, PositionId, UserId};
use domain::ledger::{
    Account, AccountKey, Decision, EntryKey, EntryKind, Facts, FreshIds, Head, LedgerPen, LedgerWrite, Request, decide,
    settling_accounts,
};
use domain::position::Position;
use tokio::time::Instant;

use super::queue::Pulses;
use super::{LedgerDeps, LedgerOptions};
use crate::actors::mail::{Raise, Resolve};
use crate::clock::Clock;
use crate::crash;
use crate::ports::store::{Store, StoreError};

/// Ids that are reserved at once.
const BLOCK: usize = 256;
/// Balances that are known by heart at most.
const KNOWN_ACCOUNTS: usize = 200_000;

/// Where the ledger writes. There is one, so only one group can be written at a time (LED-0).
pub(super) struct Desk {
    pub store: Arc<dyn Store>,
    pub raises: Recipient<Raise>,
    pub resolves: Recipient<Resolve>,
    pub options: LedgerOptions,
    pub pulses: Pulses,
    clock: Arc<dyn Clock>,
    pen: LedgerPen,
    fresh: FreshIds,
    head: Option<Head>,
    accounts: HashMap<AccountKey, Account>,
    users: HashSet<UserId>,
}

impl Desk {
    pub fn new(deps: LedgerDeps, pulses: Pulses) -> Self {
        Self {
            store: deps.store,
            raises: deps.raises,
            resolves: deps.resolves,
            options: deps.options,
            pulses,
            clock: deps.clock,
            pen: LedgerPen::uncap(),
            fresh: FreshIds::default(),
            head: None,
            accounts: HashMap::new(),
            users: HashSet::new(),
        }
    }

    /// Forgets balances and head: they are read again before the next decision.
    pub fn forget(&mut self) {
        self.head = None;
        self.accounts.clear();
    }

    /// Decides the requests and commits. After an error, what is stored may or may not be what was decided here.
    pub async fn write(&mut self, requests: &[Request]) -> Result<Decision, StoreError> {
        let facts = self.facts(requests).await?;
        let mut decision = decide(facts, &self.options.rules, requests);
        let write = std::mem::take(&mut decision.write);
        self.spend_ids(&write);
        if !write.is_empty() {
            self.commit(write).await?;
        }
        self.head = Some(decision.head);
        let touched = decision.touched.iter().map(|row| (row.key.clone(), row.clone()));
        self.accounts.extend(touched);
        Ok(decision)
    }

    async fn commit(&mut self, write: LedgerWrite) -> Result<(), StoreError> {
        let settles = write.entries.iter().any(|entry| entry.kind == EntryKind::PowerSettle);
        let changes = self.pen.write(write);
        if settles {
            crash::point("settle.before_commit");
        }
        let begun = Instant::now();
        self.store.commit(changes).await?;
        metrics::histogram!("bursar_ledger_commit_seconds").record(begun.elapsed());
        if settles {
            crash::point("settle.after_commit");
        }
        Ok(())
    }

    /// Ids are never used twice, not even those of a group whose outcome is unknown.
    fn spend_ids(&mut self, write: &LedgerWrite) {
        if let Some(account) = write.opened.last() {
            self.fresh.accounts.start = account.id.0.saturating_add(1);
        }
        if let Some(debt) = write.debts.last() {
            self.fresh.debts.start = debt.id.0.saturating_add(1);
        }
    }

    /// Looks up what the requests are decided on, set by set. Any read that fails stops the decision (S1-02).
    async fn facts(&mut self, requests: &[Request]) -> Result<Facts, StoreError> {
        let keys: Vec<EntryKey> = requests.iter().filter_map(Request::key).collect();
        let to_settle = positions_of(requests);
        let collecting: BTreeSet<UserId> = requests.iter().filter_map(Request::collects_from).collect();
        let collecting: Vec<UserId> = collecting.into_iter().collect();
        let store = Arc::clone(&self.store);
        let (entries, refused, debts, positions, head) = tokio::try_join!(
            store.entries_by_key(&keys),
            refusals(&*store, requests),
            open_debts(&*store, &collecting),
            positions(&*store, &to_settle),
            self.head(),
        )?;
        let of_debts: Vec<PositionId> = debts.iter().map(|debt| debt.position).collect();
        let owing = positions_without(&*store, &of_debts, &positions).await?;
        let owners: BTreeSet<UserId> = positions.iter().map(|position| position.user).collect();
        let owners: Vec<UserId> = owners.into_iter().collect();
        let rates = if owners.is_empty() {
            Vec::new()
        } else {
            store.power_rates(&owners).await?
        };
        let users = self.known_users(requests).await?;
        let mut wanted: BTreeSet<AccountKey> = requests.iter().flat_map(Request::accounts).collect();
        wanted.extend(
            owners
                .iter()
                .chain(&collecting)
                .flat_map(|user| settling_accounts(*user)),
        );
        let accounts = self.balances(&wanted).await?;
        let missing = wanted.len().saturating_sub(accounts.len());
        self.reserve(missing, to_settle.len()).await?;
        Ok(Facts {
            now: self.clock.now(),
            head: Some(head),
            accounts,
            fresh: self.fresh.clone(),
            positions: positions.into_iter().chain(owing).collect(),
            entries,
            refused,
            debts,
            rates,
            users,
        })
    }

    async fn head(&self) -> Result<Head, StoreError> {
        match self.head {
            Some(head) => Ok(head),
            None => self.store.ledger_head().await,
        }
    }

    async fn known_users(&mut self, requests: &[Request]) -> Result<Vec<UserId>, StoreError> {
        let asked: BTreeSet<UserId> = requests
            .iter()
            .filter_map(|request| request.transfer().map(|transfer| transfer.user))
            .collect();
        for user in &asked {
            if !self.users.contains(user) && self.store.user(*user).await?.is_some() {
                self.users.insert(*user);
            }
        }
        Ok(asked.into_iter().filter(|user| self.users.contains(user)).collect())
    }

    async fn balances(&mut self, wanted: &BTreeSet<AccountKey>) -> Result<Vec<Account>, StoreError> {
        if self.accounts.len() > KNOWN_ACCOUNTS {
            self.accounts.clear();
        }
        let unknown: Vec<AccountKey> = wanted
            .iter()
            .filter(|key| !self.accounts.contains_key(key))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            let found = self.store.accounts_by_key(&unknown).await?;
            self.accounts
                .extend(found.into_iter().map(|row| (row.key.clone(), row)));
        }
        Ok(wanted
            .iter()
            .filter_map(|key| self.accounts.get(key).cloned())
            .collect())
    }

    async fn reserve(&mut self, accounts: usize, debts: usize) -> Result<(), StoreError> {
        let of_accounts = (&mut self.fresh.accounts, IdKind::LedgerAccount, accounts);
        let of_debts = (&mut self.fresh.debts, IdKind::Debt, debts);
        for (range, kind, needed) in [of_accounts, of_debts] {
            if range.clone().count() < needed {
                let count = u32::try_from(needed.max(BLOCK)).unwrap_or(u32::MAX);
                let first = self.store.reserve_ids(kind, count).await?;
                *range = first..first.saturating_add(count.into());
            }
        }
        Ok(())
    }

    /// Longest time for one attempt to look up, decide and commit: a store that hangs leaves time for another.
    pub fn attempt_limit(&self) -> Duration {
        self.options.deadline / 2
    }
}

fn positions_of(requests: &[Request]) -> Vec<PositionId> {
    let asked: BTreeSet<PositionId> = requests
        .iter()
        .filter_map(|request| match request {
            Request::Settle(position) => Some(*position),
            Request::Recharge(_) | Request::Withdraw(_) => None,
        })
        .collect();
    asked.into_iter().collect()
}

async fn positions(store: &dyn Store, ids: &[PositionId]) -> Result<Vec<Position>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    store.positions_by_id(ids).await
}

async fn positions_without(
    store: &dyn Store,
    ids: &[PositionId],
    known: &[Position],
) -> Result<Vec<Position>, StoreError> {
    let known: HashSet<PositionId> = known.iter().map(|position| position.id).collect();
    let unknown: Vec<PositionId> = ids.iter().filter(|id| !known.contains(id)).copied().collect();
    positions(store, &unknown).await
}

async fn open_debts(store: &dyn Store, users: &[UserId]) -> Result<Vec<domain::ledger::Debt>, StoreError> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    store.open_debts(users).await
}

/// Only withdrawals are ever refused for good.
async fn refusals(store: &dyn Store, requests: &[Request]) -> Result<Vec<domain::ledger::Refused>, StoreError> {
    let keys: Vec<EntryKey> = requests
        .iter()
        .filter(|request| request.transfer().is_some())
        .filter_map(Request::key)
        .collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    store.refused_keys(&keys).await
}
