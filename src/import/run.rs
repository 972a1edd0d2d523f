//! Writing a plan: users, charged orders, what the ledger must have, and last of all what the sweep may find.
//!
//! Each step can be repeated: rows are declared in the commit that adds them, and entries have keys that name their
//! facts. A crash anywhere leaves a beginning that the same command completes.

use std::collections::HashMap;

use domain::change::{Change, ChangeSet};
use domain::id::{IdKind, PositionId, UserId, VenueAccountId};
use domain::import::{Comparison, DeclaredKind, Fate, LegacyId, OrderPlan, Placing, Plan, Report, UserPlan};
use domain::ledger::{ImportFact, ImportRequest, PostAnswer, Request};
use futures::future::LocalBoxFuture;
use serde::Serialize;

use crate::crash;
use crate::desk::{Asker, Desk, DeskError};
use crate::ports::store::StoreError;

/// Users per commit.
pub(super) const USERS: usize = 100;
/// Orders per commit.
const ORDERS: usize = 250;
/// Requests that are put to the ledger at once.
const REQUESTS: usize = 200;

/// Puts requests to the ledger in order, and gives each one's answer.
pub type Poster<'a> = &'a dyn Fn(Vec<Request>) -> LocalBoxFuture<'a, Result<Vec<PostAnswer>, String>>;

/// Why an import ended in the middle; the same command completes it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The store does not answer, or somebody else writes to it.
    #[error("the import ended in the middle, and the same command completes it")]
    Store(#[from] StoreError),
    /// The trail does not take a line.
    #[error("could not write down that the import begins")]
    Trail(#[from] DeskError),
    /// The ledger could not do it.
    #[error("the ledger did not take it, and the same command completes it: {0}")]
    Ledger(String),
    /// The ledger contradicts the plan.
    #[error("the ledger refused `{key}`: {why}")]
    Refused {
        /// The entry's key.
        key: String,
        /// Why.
        why: String,
    },
    /// What is held is not what the plan says.
    #[error("user {user} holds {held} of {purse}, not {planned}; nothing else may write while an import runs")]
    Differs {
        /// Who.
        user: String,
        /// Which balance.
        purse: String,
        /// What is held.
        held: String,
        /// What the plan says.
        planned: String,
    },
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// New users.
    pub users: u64,
    /// New positions.
    pub orders: u64,
    /// Requests that the ledger posted now.
    pub entries: u64,
    /// Balances that moved since an earlier run took them over.
    pub moved_since: Vec<Moved>,
}

/// A balance that is not what was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Whose.
    pub legacy_id: String,
    /// Which.
    pub purse: String,
    /// What was taken over.
    pub imported: String,
    /// What is held now.
    pub now: String,
}

/// What a plan is written with.
pub struct Import<'a> {
    /// Where rows go.
    pub desk: &'a Desk,
    /// Where entries go.
    pub post: Poster<'a>,
    /// What rows are made of.
    pub placing: Placing,
    /// Who asks.
    pub asker: Asker,
}

/// Ids here by legacy id.
#[derive(Default)]
pub(super) struct Ids {
    pub users: HashMap<LegacyId, (UserId, VenueAccountId)>,
    positions: HashMap<LegacyId, PositionId>,
}

impl Import<'_> {
    /// Writes what is not there yet, and completes the report with the ids here.
    ///
    /// # Errors
    /// Why it ended in the middle; or what is held at the end is not what the plan says.
    pub async fn write(
        &self,
        plan: &Plan,
        comparison: &Comparison,
        report: &mut Report,
    ) -> Result<Written, ImportError> {
        let mut written = Written::default();
        let mut ids = Ids::default();
        if self.is_new(plan, comparison) {
            let subject = format!("import:{}", self.placing.source);
            self.desk.note(&self.asker, "import.legacy", subject).await?;
        }
        self.users(plan, comparison, &mut ids, &mut written).await?;
        let orders = || plan.users.iter().flat_map(|user| &user.orders);
        let charged: Vec<&OrderPlan> = orders().filter(|order| is_charged(order)).collect();
        self.orders(&charged, comparison, &mut ids, &mut written).await?;
        self.entries(plan, &ids, report, &mut written).await?;
        let others: Vec<&OrderPlan> = orders().filter(|order| !is_charged(order)).collect();
        self.orders(&others, comparison, &mut ids, &mut written).await?;
        self.check(plan, comparison, &ids, report, &mut written).await?;
        Ok(written)
    }

    fn is_new(&self, plan: &Plan, comparison: &Comparison) -> bool {
        let known = |kind, id: &LegacyId| comparison.ours(kind, id.as_str()).is_some();
        plan.users.iter().any(|user| {
            !known(DeclaredKind::User, &user.id)
                || user
                    .orders
                    .iter()
                    .any(|order| !known(DeclaredKind::Order, &order.row.id))
        })
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), StoreError> {
        crash::point("import.before_rows");
        self.desk.store.commit(changes).await?;
        crash::point("import.after_rows");
        Ok(())
    }

    /// Every user with an account.
    async fn users(
        &self,
        plan: &Plan,
        comparison: &Comparison,
        ids: &mut Ids,
        written: &mut Written,
    ) -> Result<(), ImportError> {
        let mut new = Vec::new();
        for user in &plan.users {
            let ours = |kind| comparison.ours(kind, user.id.as_str());
            match (ours(DeclaredKind::User), ours(DeclaredKind::Account)) {
                (Some(id), Some(account)) => {
                    ids.users.insert(user.id.clone(), (UserId(id), VenueAccountId(account)));
                }
                (None, _) | (_, None) => new.push(user),
            }
        }
        for users in new.chunks(USERS) {
            let count = u32::try_from(users.len()).unwrap_or(u32::MAX);
            let first_user = self.desk.store.reserve_ids(IdKind::User, count).await?;
            let first_account = self.desk.store.reserve_ids(IdKind::VenueAccount, count).await?;
            let (mut changes, mut declared) = (ChangeSet::new(), Vec::new());
            for (at, user) in (0..).zip(users) {
                let (id, account) = (UserId(first_user + at), VenueAccountId(first_account + at));
                changes.push(Change::AddUser(self.placing.user(&user.id, id)));
                changes.push(Change::AddVenueAccount(self.placing.account(&user.id, account, id)));
                let source = self.placing.source.as_str();
                declared.extend(comparison.declare(source, DeclaredKind::User, user.id.as_str(), id.0));
                declared.extend(comparison.declare(source, DeclaredKind::Account, user.id.as_str(), account.0));
                ids.users.insert(user.id.clone(), (id, account));
            }
            changes.push(Change::AddImported(declared));
            self.commit(changes).await?;
            written.users += u64::from(count);
        }
        Ok(())
    }

    /// Orders as closed positions, each with what it and its charges said.
    async fn orders(
        &self,
        orders: &[&OrderPlan],
        comparison: &Comparison,
        ids: &mut Ids,
        written: &mut Written,
    ) -> Result<(), ImportError> {
        let mut new = Vec::new();
        for order in orders {
            match comparison.ours(DeclaredKind::Order, order.row.id.as_str()) {
                Some(id) => drop(ids.positions.insert(order.row.id.clone(), PositionId(id))),
                None => new.push(*order),
            }
        }
        for orders in new.chunks(ORDERS) {
            let count = u32::try_from(orders.len()).unwrap_or(u32::MAX);
            let first = self.desk.store.reserve_ids(IdKind::Position, count).await?;
            let (mut changes, mut declared) = (ChangeSet::new(), Vec::new());
            for (at, order) in (0..).zip(orders) {
                let Some((user, account)) = ids.users.get(&order.row.user).copied() else {
                    continue;
                };
                let id = PositionId(first + at);
                let position = self.placing.position(order, id, user, account);
                changes.push(Change::AddPosition(Box::new(position)));
                let source = self.placing.source.as_str();
                declared.extend(comparison.declare(source, DeclaredKind::Order, order.row.id.as_str(), id.0));
                let charges = order.charges.iter();
                declared.extend(
                    charges.filter_map(|row| comparison.declare(source, DeclaredKind::Charge, row.id.as_str(), id.0)),
                );
                ids.positions.insert(order.row.id.clone(), id);
            }
            changes.push(Change::AddImported(declared));
            self.commit(changes).await?;
            written.orders += u64::from(count);
        }
        Ok(())
    }

    /// What users begin with, and every charge in its turn; what was posted before is answered as such.
    async fn entries(
        &self,
        plan: &Plan,
        ids: &Ids,
        report: &mut Report,
        written: &mut Written,
    ) -> Result<(), ImportError> {
        let mut refunds: HashMap<String, i64> = HashMap::new();
        let mut waiting = Vec::with_capacity(REQUESTS);
        for user in &plan.users {
            for request in self.requests(user, ids) {
                waiting.push(request);
                if waiting.len() == REQUESTS {
                    let group = std::mem::replace(&mut waiting, Vec::with_capacity(REQUESTS));
                    self.put(group, &mut refunds, written).await?;
                }
            }
        }
        self.put(waiting, &mut refunds, written).await?;
        for line in &mut report.refunds {
            line.entry = refunds.get(&line.charge).copied();
        }
        Ok(())
    }

    /// What a user begins with, then every charge in its turn.
    fn requests(&self, user: &UserPlan, ids: &Ids) -> Vec<Request> {
        let Some((id, _)) = ids.users.get(&user.id).copied() else {
            return Vec::new();
        };
        let held = user.opening.iter().filter(|(_, amount)| amount.is_positive());
        let balances: Vec<_> = held.cloned().collect();
        let mut requests = Vec::new();
        if !balances.is_empty() {
            let fact = ImportFact::Opening(balances);
            requests.push(self.request(id, &user.id, String::new(), fact));
        }
        for order in &user.orders {
            if let Some(position) = ids.positions.get(&order.row.id).copied() {
                requests.extend(self.charges(order, id, position));
            }
        }
        requests
    }

    fn charges(&self, order: &OrderPlan, user: UserId, position: PositionId) -> Vec<Request> {
        let mut requests = Vec::new();
        if let Fate::Charged { purse, amount, at, .. } = &order.fate {
            let said = at.map_or("by the order's own word".to_owned(), |at| format!("on {at}"));
            let (purse, amount) = (purse.clone(), *amount);
            let fact = ImportFact::Charge {
                position,
                purse,
                amount,
            };
            requests.push(self.request(user, &order.row.id, said, fact));
        }
        requests.extend(order.surplus().iter().map(|charge| {
            let (purse, amount) = (charge.purse.clone(), charge.amount);
            let fact = ImportFact::Surplus {
                position,
                purse,
                amount,
            };
            self.request(user, &charge.id, format!("on {}", charge.at), fact)
        }));
        requests
    }

    fn request(&self, user: UserId, legacy_id: &LegacyId, said: String, fact: ImportFact) -> Request {
        Request::Import(Box::new(ImportRequest {
            source: self.placing.source.to_string(),
            legacy_id: legacy_id.to_string(),
            user,
            by: self.asker.by.clone(),
            said,
            fact,
        }))
    }

    async fn put(
        &self,
        requests: Vec<Request>,
        refunds: &mut HashMap<String, i64>,
        written: &mut Written,
    ) -> Result<(), ImportError> {
        if requests.is_empty() {
            return Ok(());
        }
        let answers = (self.post)(requests.clone()).await.map_err(ImportError::Ledger)?;
        for (request, answer) in requests.iter().zip(answers) {
            let refused = |why: String| ImportError::Refused {
                key: request.key().map(|key| key.to_string()).unwrap_or_default(),
                why,
            };
            let entry = match answer {
                PostAnswer::Created { entry } => {
                    written.entries += 1;
                    entry
                }
                PostAnswer::Exists { entry } => entry,
                PostAnswer::NothingDue => return Err(refused("nothing is due".to_owned())),
                PostAnswer::ExistsDifferent { field } => {
                    return Err(refused(format!("it was posted before with another {field}")));
                }
                PostAnswer::AlreadyFailed { reason } | PostAnswer::Rejected { reason } => return Err(refused(reason)),
            };
            if let Request::Import(import) = request
                && matches!(import.fact, ImportFact::Surplus { .. })
            {
                refunds.insert(import.legacy_id.clone(), entry.0);
            }
        }
        Ok(())
    }
}

fn is_charged(order: &OrderPlan) -> bool {
    matches!(order.fate, Fate::Charged { .. })
}
