//! The store's port over memory.

use async_trait::async_trait;
use domain::access::{Audit, Token};
use domain::alert::delivery::Delivery;
use domain::alert::rules::Close;
use domain::alert::{Alert, AlertKind};
use domain::change::{ChangeSet, Fill, Income};
use domain::close_all::CloseAll;
use domain::credential::SealedKey;
use domain::fixed::Amount;
use domain::id::{
    AlertId, CloseAllId, DebtId, IdKind, LedgerAccountId, OrderId, PositionId, RobotId, UserId, VenueAccountId,
};
use domain::import::{Declared, DeclaredKind};
use domain::ledger::{Account, AccountKey, Debt, Entry, EntryKey, EntrySeq, Head, Hold, HoldState, Refused};
use domain::order::Order;
use domain::page::Page;
use domain::pause::{Pause, PauseScope};
use domain::period::Period;
use domain::position::Position;
use domain::report::{Activity, By};
use domain::robot::{PastClose, Robot};
use domain::time::Timestamp;
use domain::user::{PowerRate, User, VenueAccount};
use domain::venue::{ClientOrderId, Cursor};

use super::journal::Refusal;
use super::{CommitFault, Injected, MemoryStore, alerts, apply, closes, read, reports, switches};
use crate::ports::store::{
    AlertFilter, Dues, EntryFilter, HoldFilter, OrderFilter, PositionFilter, Settled, Store, StoreError, Unsettled,
};

#[async_trait]
impl Store for MemoryStore {
    async fn commit(&self, changes: ChangeSet) -> Result<(), StoreError> {
        tokio::task::yield_now().await;
        let fault = self.fault(&changes);
        let outcome = match fault {
            CommitFault::Before => Err(StoreError::Unavailable(Box::new(Injected))),
            CommitFault::None | CommitFault::After => {
                apply::commit(&mut self.lock(), &changes).map_err(|Refusal(what)| StoreError::Conflict { what })
            }
        };
        tokio::task::yield_now().await;
        match (outcome, fault) {
            (Ok(()), CommitFault::After) => Err(StoreError::Ambiguous(Box::new(Injected))),
            (outcome, _) => outcome,
        }
    }

    async fn reserve_ids(&self, kind: IdKind, count: u32) -> Result<i64, StoreError> {
        tokio::task::yield_now().await;
        let first = {
            let mut state = self.lock();
            let last = state.last_ids.entry(kind).or_insert(0);
            let first = *last + 1;
            *last += i64::from(count);
            first
        };
        tokio::task::yield_now().await;
        Ok(first)
    }

    /// Always the same one, so that a seed always gives the same world.
    async fn installation(&self) -> Result<String, StoreError> {
        self.see(|_| Ok("mem0ry".to_owned())).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.see(|_| Ok(())).await
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.see(|state| Ok(state.users.get(&id.0).cloned())).await
    }

    async fn users(&self, page: Page) -> Result<Vec<User>, StoreError> {
        self.see(|state| Ok(read::page(&state.users, page, |_| true))).await
    }

    async fn power_rates(&self, users: &[UserId]) -> Result<Vec<PowerRate>, StoreError> {
        self.see(|state| {
            let rates = state.power_rates.values();
            Ok(rates
                .filter(|rate| rate.user.is_none_or(|user| users.contains(&user)))
                .copied()
                .collect())
        })
        .await
    }

    async fn venue_account(&self, id: VenueAccountId) -> Result<Option<VenueAccount>, StoreError> {
        self.see(|state| Ok(state.venue_accounts.get(&id.0).cloned())).await
    }

    async fn venue_accounts(&self, page: Page) -> Result<Vec<VenueAccount>, StoreError> {
        self.see(|state| Ok(read::page(&state.venue_accounts, page, |_| true)))
            .await
    }

    async fn key(&self, account: VenueAccountId) -> Result<Option<SealedKey>, StoreError> {
        self.see(|state| Ok(state.keys.get(&account.0).cloned())).await
    }

    async fn keys(&self, page: Page) -> Result<Vec<SealedKey>, StoreError> {
        self.see(|state| Ok(read::page(&state.keys, page, |_| true))).await
    }

    async fn robot(&self, id: RobotId) -> Result<Option<Robot>, StoreError> {
        self.see(|state| Ok(state.robots.get(&id.0).cloned())).await
    }

    async fn robots(&self, page: Page) -> Result<Vec<Robot>, StoreError> {
        self.see(|state| Ok(read::page(&state.robots, page, |_| true))).await
    }

    async fn robots_on(&self, account: VenueAccountId) -> Result<Vec<Robot>, StoreError> {
        self.see(|state| {
            Ok(state
                .robots
                .values()
                .filter(|robot| robot.account == account)
                .cloned()
                .collect())
        })
        .await
    }

    async fn past_closes(&self, robot: RobotId, since: Timestamp) -> Result<Vec<PastClose>, StoreError> {
        self.see(|state| Ok(read::past_closes(state, robot, since))).await
    }

    async fn position(&self, id: PositionId) -> Result<Option<Position>, StoreError> {
        self.see(|state| Ok(state.positions.get(&id.0).cloned())).await
    }

    async fn positions_by_id(&self, ids: &[PositionId]) -> Result<Vec<Position>, StoreError> {
        self.see(|state| {
            Ok(ids
                .iter()
                .filter_map(|id| state.positions.get(&id.0).cloned())
                .collect())
        })
        .await
    }

    async fn positions(&self, filter: PositionFilter, page: Page) -> Result<Vec<Position>, StoreError> {
        self.see(|state| Ok(read::positions(state, filter, page))).await
    }

    async fn unsettled_ids(&self, page: Page) -> Result<Vec<PositionId>, StoreError> {
        self.see(|state| Ok(read::unsettled_ids(state, page))).await
    }

    async fn busy_accounts(&self) -> Result<Vec<VenueAccountId>, StoreError> {
        self.listed()?;
        self.see(|state| Ok(read::busy_accounts(state).into_iter().collect()))
            .await
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.see(|state| Ok(state.orders.get(&id.0).cloned())).await
    }

    async fn order_by_client_id(&self, id: &ClientOrderId) -> Result<Option<Order>, StoreError> {
        self.see(|state| {
            let order = state.client_ids.get(id).and_then(|id| state.orders.get(id));
            Ok(order.cloned())
        })
        .await
    }

    async fn orders(&self, filter: OrderFilter, page: Page) -> Result<Vec<Order>, StoreError> {
        self.see(|state| Ok(read::orders(state, filter, page))).await
    }

    async fn fills_of(&self, position: PositionId) -> Result<Vec<Fill>, StoreError> {
        self.see(|state| {
            let fills = state.fills.values().filter(|fill| fill.position == Some(position));
            let mut fills: Vec<Fill> = fills.cloned().collect();
            fills.sort_by_key(|fill| fill.report.at);
            Ok(fills)
        })
        .await
    }

    async fn known_fills(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<String>, StoreError> {
        self.see(|state| {
            let known = ids
                .iter()
                .filter(|id| state.fill_ids.contains_key(&(account.0, (*id).clone())));
            Ok(known.cloned().collect())
        })
        .await
    }

    async fn fills_reported(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<Fill>, StoreError> {
        self.see(|state| Ok(read::fills_reported(state, account, ids))).await
    }

    async fn incomes_reported(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<Income>, StoreError> {
        self.see(|state| Ok(read::incomes_reported(state, account, ids))).await
    }

    async fn cursor(&self, account: VenueAccountId) -> Result<Cursor, StoreError> {
        self.see(|state| Ok(state.cursors.get(&account.0).cloned().unwrap_or_default()))
            .await
    }

    async fn ledger_head(&self) -> Result<Head, StoreError> {
        self.see(|state| Ok(read::head(state))).await
    }

    async fn accounts_by_key(&self, keys: &[AccountKey]) -> Result<Vec<Account>, StoreError> {
        self.see(|state| Ok(read::accounts_by_key(state, keys))).await
    }

    async fn accounts_by_id(&self, ids: &[LedgerAccountId]) -> Result<Vec<Account>, StoreError> {
        self.see(|state| {
            let ids: std::collections::BTreeSet<i64> = ids.iter().map(|id| id.0).collect();
            Ok(ids.iter().filter_map(|id| state.accounts.get(id).cloned()).collect())
        })
        .await
    }

    async fn accounts(&self, page: Page) -> Result<Vec<Account>, StoreError> {
        self.see(|state| Ok(read::page(&state.accounts, page, |_| true))).await
    }

    async fn accounts_of(&self, user: UserId) -> Result<Vec<Account>, StoreError> {
        self.see(|state| Ok(reports::accounts_of(state, user))).await
    }

    async fn balance_before(&self, account: LedgerAccountId, seq: EntrySeq) -> Result<Amount, StoreError> {
        self.see(|state| Ok(reports::balance_before(state, account, seq))).await
    }

    async fn first_entry_from(&self, at: Timestamp) -> Result<EntrySeq, StoreError> {
        self.see(|state| Ok(reports::first_entry_from(state, at))).await
    }

    async fn entries_by_key(&self, keys: &[EntryKey]) -> Result<Vec<Entry>, StoreError> {
        self.see(|state| Ok(read::entries_by_key(state, keys))).await
    }

    async fn entries(&self, filter: EntryFilter, page: Page) -> Result<Vec<Entry>, StoreError> {
        self.see(|state| Ok(read::entries(state, filter, page))).await
    }

    async fn refused_keys(&self, keys: &[EntryKey]) -> Result<Vec<Refused>, StoreError> {
        self.see(|state| Ok(keys.iter().filter_map(|key| state.refusals.get(key).cloned()).collect()))
            .await
    }

    async fn open_debts(&self, users: &[UserId], each: u32) -> Result<Vec<Debt>, StoreError> {
        self.see(|state| Ok(read::oldest_debts(state, users, each))).await
    }

    async fn debts_by_id(&self, ids: &[DebtId]) -> Result<Vec<Debt>, StoreError> {
        self.see(|state| {
            let ids: std::collections::BTreeSet<i64> = ids.iter().map(|id| id.0).collect();
            Ok(ids.iter().filter_map(|id| state.debts.get(id).cloned()).collect())
        })
        .await
    }

    async fn holds_of(&self, positions: &[PositionId]) -> Result<Vec<Hold>, StoreError> {
        self.see(|state| {
            let ids: std::collections::BTreeSet<i64> = positions.iter().map(|id| id.0).collect();
            Ok(ids.iter().filter_map(|id| state.holds.get(id).cloned()).collect())
        })
        .await
    }

    async fn holds(&self, filter: HoldFilter, page: Page) -> Result<Vec<Hold>, StoreError> {
        self.see(|state| {
            Ok(read::page(&state.holds, page, |hold| {
                filter.user.is_none_or(|user| hold.user == user) && (!filter.held || hold.state == HoldState::Held)
            }))
        })
        .await
    }

    async fn debts(&self, user: Option<UserId>, page: Page) -> Result<Vec<Debt>, StoreError> {
        self.see(|state| {
            Ok(read::page(&state.debts, page, |debt| {
                user.is_none_or(|user| debt.user == user)
            }))
        })
        .await
    }

    async fn last_entry(&self) -> Result<EntrySeq, StoreError> {
        self.see(|state| Ok(read::head(state).seq)).await
    }

    async fn unsettled(&self) -> Result<Unsettled, StoreError> {
        self.see(read::unsettled).await
    }

    async fn settled(&self) -> Result<Settled, StoreError> {
        self.see(read::settled).await
    }

    async fn dues_since(&self, since: Timestamp) -> Result<Dues, StoreError> {
        self.see(|state| closes::dues_since(state, since)).await
    }

    async fn closes_since(&self, since: Timestamp, after: PositionId, limit: u32) -> Result<Vec<Close>, StoreError> {
        self.see(|state| Ok(closes::closes_since(state, since, after.0, limit)))
            .await
    }

    async fn last_closes(&self, users: &[UserId], each: u32) -> Result<Vec<Close>, StoreError> {
        self.see(|state| Ok(closes::last_closes(state, users, each))).await
    }

    async fn activity(&self, by: By, period: Period, page: Page) -> Result<Vec<Activity>, StoreError> {
        self.see(|state| reports::activity(state, by, period, page)).await
    }

    async fn pauses(&self) -> Result<Vec<Pause>, StoreError> {
        self.see(|state| Ok(state.pauses.values().cloned().collect())).await
    }

    async fn pauses_on(&self, scopes: &[PauseScope]) -> Result<Vec<Pause>, StoreError> {
        self.see(|state| {
            Ok(scopes
                .iter()
                .filter_map(|scope| state.pauses.get(scope).cloned())
                .collect())
        })
        .await
    }

    async fn close_all(&self, id: CloseAllId) -> Result<Option<CloseAll>, StoreError> {
        self.see(|state| Ok(state.close_alls.get(&id.0).cloned())).await
    }

    async fn close_alls(&self, page: Page) -> Result<Vec<CloseAll>, StoreError> {
        self.see(|state| Ok(read::page(&state.close_alls, page, |_| true)))
            .await
    }

    async fn standing_close_alls(&self) -> Result<Vec<CloseAll>, StoreError> {
        self.see(|state| Ok(switches::standing(state))).await
    }

    async fn alert(&self, id: AlertId) -> Result<Option<Alert>, StoreError> {
        self.see(|state| Ok(state.alerts.get(&id.0).cloned())).await
    }

    async fn alerts(&self, filter: AlertFilter, page: Page) -> Result<Vec<Alert>, StoreError> {
        self.see(|state| Ok(alerts::list(state, filter, page))).await
    }

    async fn open_alert(&self, kind: AlertKind, subject: &str) -> Result<Option<Alert>, StoreError> {
        self.see(|state| Ok(alerts::open(state, kind, subject))).await
    }

    async fn deliveries_of(&self, alert: AlertId) -> Result<Vec<Delivery>, StoreError> {
        self.see(|state| Ok(alerts::deliveries_of(state, alert))).await
    }

    async fn waiting_deliveries(&self, target: &str, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        self.see(|state| Ok(alerts::waiting(state, target, limit))).await
    }

    async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.see(|state| {
            Ok(state
                .tokens
                .values()
                .filter(|token| token.revoked_at.is_none())
                .cloned()
                .collect())
        })
        .await
    }

    async fn imported(
        &self,
        source: &str,
        kind: DeclaredKind,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Declared>, StoreError> {
        self.see(|state| {
            let rows = state.imported.values();
            let rows = rows.filter(|row| row.source == source && row.kind == kind && row.legacy_id.as_str() > after);
            Ok(rows.take(limit as usize).cloned().collect())
        })
        .await
    }

    async fn audits(&self, page: Page) -> Result<Vec<Audit>, StoreError> {
        self.see(|state| Ok(read::page(&state.audits, page, |_| true))).await
    }
}
