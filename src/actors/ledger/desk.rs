//! The ledger's desk: what is known by heart, and the way from requests to a decision.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use domain::id::{IdKind, UserId};
use domain::ledger::{
    Account, AccountKey, Decision, Facts, FreshIds, Head, LedgerWrite, Request, decide, settling_accounts,
};

use super::facts;
use super::queue::Pulses;
use super::{LedgerDeps, LedgerOptions};
use crate::clock::Clock;
use crate::ports::store::{Store, StoreError};

/// Ids that are reserved at once.
const BLOCK: usize = 256;
/// Balances that are known by heart at most.
const KNOWN_ACCOUNTS: usize = 200_000;

/// Where the ledger decides. There is one, and it decides each group on what the one before it will have written.
pub(super) struct Desk {
    pub store: Arc<dyn Store>,
    pub options: LedgerOptions,
    pub pulses: Pulses,
    clock: Arc<dyn Clock>,
    fresh: FreshIds,
    head: Option<Head>,
    accounts: HashMap<AccountKey, Account>,
    /// Accounts that do not exist: nobody else opens any.
    absent: HashSet<AccountKey>,
    users: HashSet<UserId>,
    /// After a failure nothing is taken for granted.
    wary: bool,
}

impl Desk {
    pub fn new(deps: LedgerDeps, pulses: Pulses) -> Self {
        Self {
            store: deps.store,
            options: deps.options,
            pulses,
            clock: deps.clock,
            fresh: FreshIds::default(),
            head: None,
            accounts: HashMap::new(),
            absent: HashSet::new(),
            users: HashSet::new(),
            wary: false,
        }
    }

    /// Forgets balances and head: they are read again before the next decision, and so is every key.
    pub fn forget(&mut self) {
        self.wary = true;
        self.head = None;
        self.accounts.clear();
        self.absent.clear();
    }

    /// Decides the requests, and takes it as committed from then on. Where it is not, all must be forgotten.
    pub async fn decide(&mut self, requests: &[Request]) -> Result<Decision, StoreError> {
        let facts = self.facts(requests).await?;
        let decision = decide(facts, &self.options.rules, requests);
        self.spend_ids(&decision.write);
        self.head = Some(decision.head);
        for account in &decision.touched {
            self.absent.remove(&account.key);
            self.accounts.insert(account.key.clone(), account.clone());
        }
        Ok(decision)
    }

    /// What was decided is committed: from now on it need not look every key up.
    pub fn trust(&mut self) {
        self.wary = false;
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
        let store = Arc::clone(&self.store);
        let (found, head) = tokio::try_join!(facts::look_up(&*store, requests, self.wary), self.head())?;
        let users = self.known_users(requests).await?;
        let mut wanted: BTreeSet<AccountKey> = requests.iter().flat_map(Request::accounts).collect();
        wanted.extend(found.owners.iter().flat_map(|user| settling_accounts(*user)));
        wanted.extend(found.accounts.iter().map(|account| account.key.clone()));
        let accounts = self.balances(&wanted).await?;
        let missing = wanted.len().saturating_sub(accounts.len());
        self.reserve(missing, found.positions.len()).await?;
        Ok(Facts {
            now: self.clock.now(),
            head: Some(head),
            accounts,
            fresh: self.fresh.clone(),
            positions: found.positions,
            entries: found.entries,
            refused: found.refused,
            debts: found.debts,
            holds: found.holds,
            rates: found.rates,
            users,
            versions: found.versions,
        })
    }

    async fn head(&self) -> Result<Head, StoreError> {
        match self.head {
            Some(head) => Ok(head),
            None => self.store.ledger_head().await,
        }
    }

    async fn known_users(&mut self, requests: &[Request]) -> Result<Vec<UserId>, StoreError> {
        let asked: BTreeSet<UserId> = requests.iter().flat_map(Request::users).collect();
        for user in &asked {
            if !self.users.contains(user) && self.store.user(*user).await?.is_some() {
                self.users.insert(*user);
            }
        }
        Ok(asked.into_iter().filter(|user| self.users.contains(user)).collect())
    }

    async fn balances(&mut self, wanted: &BTreeSet<AccountKey>) -> Result<Vec<Account>, StoreError> {
        if self.accounts.len() + self.absent.len() > KNOWN_ACCOUNTS {
            self.accounts.clear();
            self.absent.clear();
        }
        let unknown: Vec<AccountKey> = wanted
            .iter()
            .filter(|key| !self.accounts.contains_key(key) && !self.absent.contains(key))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            let found = self.store.accounts_by_key(&unknown).await?;
            self.absent.extend(unknown);
            for account in found {
                self.absent.remove(&account.key);
                self.accounts.insert(account.key.clone(), account);
            }
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
}
