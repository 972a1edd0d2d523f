//! The store's port over SQL: writes go to the queue, reads to the pool.

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
use domain::ledger::{Account, AccountKey, Debt, Entry, EntryKey, EntrySeq, Head, Hold, PositionFact, Refused};
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

use super::writer::Work;
use super::{SqlStore, ids};
use crate::ports::store::{
    AlertFilter, Dues, EntryFilter, HoldFilter, OrderFilter, PositionFilter, Settled, Settling, Store, StoreError,
    Unsettled,
};

#[async_trait]
impl Store for SqlStore {
    async fn commit(&self, changes: ChangeSet) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let written = self.queue.write(Work::Changes(changes)).await;
        self.note_room(&written);
        written.map(|_| ())
    }

    async fn reserve_ids(&self, kind: IdKind, count: u32) -> Result<i64, StoreError> {
        self.blocks.reserve(&self.queue, kind, count).await
    }

    async fn installation(&self) -> Result<String, StoreError> {
        ids::tag(&self.queue).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.readers.last_entry().await?;
        self.queue.write(Work::Touch).await.map(|_| ())
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.readers.user(id).await
    }

    async fn users(&self, page: Page) -> Result<Vec<User>, StoreError> {
        self.readers.users(page).await
    }

    async fn power_rates(&self, users: &[UserId]) -> Result<Vec<PowerRate>, StoreError> {
        self.readers.power_rates(users).await
    }

    async fn venue_account(&self, id: VenueAccountId) -> Result<Option<VenueAccount>, StoreError> {
        self.readers.venue_account(id).await
    }

    async fn venue_accounts(&self, page: Page) -> Result<Vec<VenueAccount>, StoreError> {
        self.readers.venue_accounts(page).await
    }

    async fn key(&self, account: VenueAccountId) -> Result<Option<SealedKey>, StoreError> {
        self.readers.key(account).await
    }

    async fn keys(&self, page: Page) -> Result<Vec<SealedKey>, StoreError> {
        self.readers.keys(page).await
    }

    async fn robot(&self, id: RobotId) -> Result<Option<Robot>, StoreError> {
        self.readers.robot(id).await
    }

    async fn robots(&self, page: Page) -> Result<Vec<Robot>, StoreError> {
        self.readers.robots(page).await
    }

    async fn robots_on(&self, account: VenueAccountId) -> Result<Vec<Robot>, StoreError> {
        self.readers.robots_on(account).await
    }

    async fn past_closes(&self, robot: RobotId, since: Timestamp) -> Result<Vec<PastClose>, StoreError> {
        self.readers.past_closes(robot, since).await
    }

    async fn position(&self, id: PositionId) -> Result<Option<Position>, StoreError> {
        self.readers.position(id).await
    }

    async fn positions_by_id(&self, ids: &[PositionId]) -> Result<Vec<Position>, StoreError> {
        self.readers.positions_by_id(ids).await
    }

    async fn settling(&self, positions: &[PositionId]) -> Result<Settling, StoreError> {
        self.readers.settling(positions).await
    }

    async fn positions(&self, filter: PositionFilter, page: Page) -> Result<Vec<Position>, StoreError> {
        self.readers.positions(filter, page).await
    }

    async fn unsettled_ids(&self, page: Page) -> Result<Vec<PositionId>, StoreError> {
        self.readers.unsettled_ids(page).await
    }

    async fn busy_accounts(&self) -> Result<Vec<VenueAccountId>, StoreError> {
        self.readers.busy_accounts().await
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.readers.order(id).await
    }

    async fn order_by_client_id(&self, id: &ClientOrderId) -> Result<Option<Order>, StoreError> {
        self.readers.order_by_client_id(id).await
    }

    async fn orders(&self, filter: OrderFilter, page: Page) -> Result<Vec<Order>, StoreError> {
        self.readers.orders(filter, page).await
    }

    async fn fills_of(&self, position: PositionId) -> Result<Vec<Fill>, StoreError> {
        self.readers.fills_of(position).await
    }

    async fn known_fills(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<String>, StoreError> {
        self.readers.known_fills(account, ids).await
    }

    async fn fills_reported(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<Fill>, StoreError> {
        self.readers.fills_reported(account, ids).await
    }

    async fn incomes_reported(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<Income>, StoreError> {
        self.readers.incomes_reported(account, ids).await
    }

    async fn cursor(&self, account: VenueAccountId) -> Result<Cursor, StoreError> {
        self.readers.cursor(account).await
    }

    async fn ledger_head(&self) -> Result<Head, StoreError> {
        self.readers.ledger_head().await
    }

    async fn accounts_by_key(&self, keys: &[AccountKey]) -> Result<Vec<Account>, StoreError> {
        self.readers.accounts_by_key(keys).await
    }

    async fn accounts_by_id(&self, ids: &[LedgerAccountId]) -> Result<Vec<Account>, StoreError> {
        self.readers.accounts_by_id(ids).await
    }

    async fn accounts(&self, page: Page) -> Result<Vec<Account>, StoreError> {
        self.readers.accounts(page).await
    }

    async fn accounts_of(&self, user: UserId) -> Result<Vec<Account>, StoreError> {
        self.readers.accounts_of(user).await
    }

    async fn balance_before(&self, account: LedgerAccountId, seq: EntrySeq) -> Result<Amount, StoreError> {
        self.readers.balance_before(account, seq).await
    }

    async fn first_entry_from(&self, at: Timestamp) -> Result<EntrySeq, StoreError> {
        self.readers.first_entry_from(at).await
    }

    async fn entries_by_key(&self, keys: &[EntryKey]) -> Result<Vec<Entry>, StoreError> {
        self.readers.entries_by_key(keys).await
    }

    async fn entries(&self, filter: EntryFilter, page: Page) -> Result<Vec<Entry>, StoreError> {
        self.readers.entries(filter, page).await
    }

    async fn entries_between(&self, after: EntrySeq, to: EntrySeq) -> Result<Vec<Entry>, StoreError> {
        self.readers.entries_between(after, to).await
    }

    async fn position_facts(&self, page: Page) -> Result<Vec<PositionFact>, StoreError> {
        self.readers.position_facts(page).await
    }

    async fn refused_keys(&self, keys: &[EntryKey]) -> Result<Vec<Refused>, StoreError> {
        self.readers.refused_keys(keys).await
    }

    async fn open_debts(&self, users: &[UserId], each: u32) -> Result<Vec<Debt>, StoreError> {
        self.readers.open_debts(users, each).await
    }

    async fn debts_by_id(&self, ids: &[DebtId]) -> Result<Vec<Debt>, StoreError> {
        self.readers.debts_by_id(ids).await
    }

    async fn holds_of(&self, positions: &[PositionId]) -> Result<Vec<Hold>, StoreError> {
        self.readers.holds_of(positions).await
    }

    async fn holds(&self, filter: HoldFilter, page: Page) -> Result<Vec<Hold>, StoreError> {
        self.readers.holds(filter, page).await
    }

    async fn debts(&self, user: Option<UserId>, page: Page) -> Result<Vec<Debt>, StoreError> {
        self.readers.debts(user, page).await
    }

    async fn last_entry(&self) -> Result<EntrySeq, StoreError> {
        self.readers.last_entry().await
    }

    async fn unsettled(&self) -> Result<Unsettled, StoreError> {
        self.readers.unsettled().await
    }

    async fn settled(&self) -> Result<Settled, StoreError> {
        self.readers.settled().await
    }

    async fn activity(&self, by: By, period: Period, page: Page) -> Result<Vec<Activity>, StoreError> {
        self.readers.activity(by, period, page).await
    }

    async fn dues_since(&self, since: Timestamp) -> Result<Dues, StoreError> {
        self.readers.dues_since(since).await
    }

    async fn closes_since(&self, since: Timestamp, after: PositionId, limit: u32) -> Result<Vec<Close>, StoreError> {
        self.readers.closes_since(since, after, limit).await
    }

    async fn last_closes(&self, users: &[UserId], each: u32) -> Result<Vec<Close>, StoreError> {
        self.readers.last_closes(users, each).await
    }

    async fn pauses(&self) -> Result<Vec<Pause>, StoreError> {
        self.readers.pauses().await
    }

    async fn pauses_on(&self, scopes: &[PauseScope]) -> Result<Vec<Pause>, StoreError> {
        self.readers.pauses_on(scopes).await
    }

    async fn close_all(&self, id: CloseAllId) -> Result<Option<CloseAll>, StoreError> {
        self.readers.close_all(id).await
    }

    async fn close_alls(&self, page: Page) -> Result<Vec<CloseAll>, StoreError> {
        self.readers.close_alls(page).await
    }

    async fn standing_close_alls(&self) -> Result<Vec<CloseAll>, StoreError> {
        self.readers.standing_close_alls().await
    }

    async fn alert(&self, id: AlertId) -> Result<Option<Alert>, StoreError> {
        self.readers.alert(id).await
    }

    async fn alerts(&self, filter: AlertFilter, page: Page) -> Result<Vec<Alert>, StoreError> {
        self.readers.alerts(filter, page).await
    }

    async fn open_alert(&self, kind: AlertKind, subject: &str) -> Result<Option<Alert>, StoreError> {
        self.readers.open_alert(kind, subject).await
    }

    async fn deliveries_of(&self, alert: AlertId) -> Result<Vec<Delivery>, StoreError> {
        self.readers.deliveries_of(alert).await
    }

    async fn waiting_deliveries(&self, target: &str, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        self.readers.waiting_deliveries(target, limit).await
    }

    async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.readers.tokens().await
    }

    async fn imported(
        &self,
        source: &str,
        kind: DeclaredKind,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Declared>, StoreError> {
        self.readers.imported(source, kind, after, limit).await
    }

    async fn audits(&self, page: Page) -> Result<Vec<Audit>, StoreError> {
        self.readers.audits(page).await
    }
}
