//! The store as the actors see it: one commit per decision, and reads by page.

mod chain;
mod filters;
mod job;
mod pool;

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

pub use chain::ChainStore;
pub use filters::{
    AlertFilter, EntryFilter, HoldFilter, HoldingFilter, JobRunFilter, OrderFilter, PayoutFilter, PositionFilter,
    TriggerFilter,
};
pub use job::JobStore;
pub use pool::PoolStore;

/// Why a commit or a read did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A guard of the commit did not hold; nothing was written. Look again and decide anew.
    #[error("{what} was changed by somebody else")]
    Conflict {
        /// The row or key.
        what: String,
    },
    /// Nothing was written, and it may work later.
    #[error("store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The commit may or may not have been written: look at the keys.
    #[error("outcome of the commit is unknown")]
    Ambiguous(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored row cannot be understood.
    #[error("stored {what} cannot be understood: {why}")]
    Corrupt {
        /// The row.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

/// What settling some positions is decided on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settling {
    /// The positions, in any order.
    pub positions: Vec<PositionFact>,
    /// Holds for them, whatever their state.
    pub holds: Vec<Hold>,
    /// Power rates of everyone and of the positions' users.
    pub rates: Vec<PowerRate>,
}

/// What waits for settlement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unsettled {
    /// Closed positions whose settlement is pending or that a correction is due on.
    pub count: u64,
    /// Σ of their profit that is not settled on yet, or was settled on and is no longer there.
    pub profit: Amount,
    /// Close time of the oldest.
    pub oldest: Option<Timestamp>,
}

/// Power that came due, by what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dues {
    /// Σ charged.
    pub charged: Amount,
    /// Σ still owed.
    pub owed: Amount,
}

/// What was settled, by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Positions charged.
    pub charged_count: u64,
    /// Σ of power charged.
    pub charged_power: Amount,
    /// Positions whose power is owed.
    pub owed_count: u64,
    /// Σ of power owed.
    pub owed_power: Amount,
    /// Positions whose power was forgiven.
    pub waived_count: u64,
    /// Σ of power forgiven.
    pub waived_power: Amount,
    /// Holds in state `Held`.
    pub held_count: u64,
    /// Σ of gift power and power that they reserve.
    pub held_power: Amount,
}

/// The store. Lists come in ascending order of id (or seq) unless said otherwise.
#[async_trait]
pub trait Store: ChainStore + PoolStore + JobStore {
    /// Writes a change set in one transaction, or nothing.
    async fn commit(&self, changes: ChangeSet) -> Result<(), StoreError>;

    /// Hands out `count` ids that nobody else gets, and returns the first.
    async fn reserve_ids(&self, kind: IdKind, count: u32) -> Result<i64, StoreError>;

    /// This installation's tag: 6 characters of the client order id alphabet, made once, never changed.
    async fn installation(&self) -> Result<String, StoreError>;

    /// Answers when the store can be read and written.
    async fn ping(&self) -> Result<(), StoreError>;

    /// One user.
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError>;
    /// Users.
    async fn users(&self, page: Page) -> Result<Vec<User>, StoreError>;
    /// Power rates of everyone and of these users.
    async fn power_rates(&self, users: &[UserId]) -> Result<Vec<PowerRate>, StoreError>;
    /// One venue account.
    async fn venue_account(&self, id: VenueAccountId) -> Result<Option<VenueAccount>, StoreError>;
    /// Venue accounts.
    async fn venue_accounts(&self, page: Page) -> Result<Vec<VenueAccount>, StoreError>;

    /// The key of an account, sealed.
    async fn key(&self, account: VenueAccountId) -> Result<Option<SealedKey>, StoreError>;
    /// Keys of accounts, sealed; in order of their accounts.
    async fn keys(&self, page: Page) -> Result<Vec<SealedKey>, StoreError>;

    /// One robot.
    async fn robot(&self, id: RobotId) -> Result<Option<Robot>, StoreError>;
    /// Robots.
    async fn robots(&self, page: Page) -> Result<Vec<Robot>, StoreError>;
    /// Robots on one account.
    async fn robots_on(&self, account: VenueAccountId) -> Result<Vec<Robot>, StoreError>;
    /// Closes of a robot's positions since a time, oldest first.
    async fn past_closes(&self, robot: RobotId, since: Timestamp) -> Result<Vec<PastClose>, StoreError>;

    /// One position.
    async fn position(&self, id: PositionId) -> Result<Option<Position>, StoreError>;
    /// Positions by id, in any order; missing ones are left out.
    async fn positions_by_id(&self, ids: &[PositionId]) -> Result<Vec<Position>, StoreError>;
    /// All that settling these positions is decided on; each id once. Missing positions are left out.
    async fn settling(&self, positions: &[PositionId]) -> Result<Settling, StoreError> {
        let holds = self.holds_of(positions).await?;
        let positions = self.positions_by_id(positions).await?;
        let positions: Vec<PositionFact> = positions.iter().map(PositionFact::from).collect();
        let users: Vec<UserId> = positions.iter().map(|position| position.user).collect();
        let rates = self.power_rates(&users).await?;
        Ok(Settling {
            positions,
            holds,
            rates,
        })
    }
    /// Positions.
    async fn positions(&self, filter: PositionFilter, page: Page) -> Result<Vec<Position>, StoreError>;
    /// Ids of closed positions whose settlement is pending or that a correction is due on, whatever their rows hold.
    async fn unsettled_ids(&self, page: Page) -> Result<Vec<PositionId>, StoreError>;
    /// Accounts that hold a position that is not final, or an order that is not final.
    async fn busy_accounts(&self) -> Result<Vec<VenueAccountId>, StoreError>;

    /// One order.
    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError>;
    /// The order with this id at its venue.
    async fn order_by_client_id(&self, id: &ClientOrderId) -> Result<Option<Order>, StoreError>;
    /// Orders.
    async fn orders(&self, filter: OrderFilter, page: Page) -> Result<Vec<Order>, StoreError>;
    /// Fills of a position, oldest first.
    async fn fills_of(&self, position: PositionId) -> Result<Vec<Fill>, StoreError>;
    /// Which of these venue fill ids are on record for the account.
    async fn known_fills(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<String>, StoreError>;
    /// Fills of the account that the venue reported under these ids, with their parts and revisions; in any order.
    async fn fills_reported(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<Fill>, StoreError>;
    /// Incomes of the account that the venue reported under these ids, with their parts and revisions; in any order.
    async fn incomes_reported(&self, account: VenueAccountId, ids: &[String]) -> Result<Vec<Income>, StoreError>;
    /// How far an account's history has been read; the default cursor before the first time.
    async fn cursor(&self, account: VenueAccountId) -> Result<Cursor, StoreError>;

    /// The end of the ledger's chain.
    async fn ledger_head(&self) -> Result<Head, StoreError>;
    /// Ledger accounts with these keys; missing ones are left out.
    async fn accounts_by_key(&self, keys: &[AccountKey]) -> Result<Vec<Account>, StoreError>;
    /// Ledger accounts with these ids; missing ones are left out.
    async fn accounts_by_id(&self, ids: &[LedgerAccountId]) -> Result<Vec<Account>, StoreError>;
    /// Ledger accounts.
    async fn accounts(&self, page: Page) -> Result<Vec<Account>, StoreError>;
    /// Ledger accounts of a user, all of them: one per purse and asset.
    async fn accounts_of(&self, user: UserId) -> Result<Vec<Account>, StoreError>;
    /// What an account held just before an entry: the balance after its last posting below `seq`, or zero.
    async fn balance_before(&self, account: LedgerAccountId, seq: EntrySeq) -> Result<Amount, StoreError>;
    /// The first entry booked at `at` or later; where there is none yet, the place after the last.
    async fn first_entry_from(&self, at: Timestamp) -> Result<EntrySeq, StoreError>;
    /// Entries with these keys, with postings; missing ones are left out.
    async fn entries_by_key(&self, keys: &[EntryKey]) -> Result<Vec<Entry>, StoreError>;
    /// Entries with postings, in order of seq.
    async fn entries(&self, filter: EntryFilter, page: Page) -> Result<Vec<Entry>, StoreError>;
    /// All entries with postings from the one after `after` to `to`, which is not beyond the last.
    async fn entries_between(&self, after: EntrySeq, to: EntrySeq) -> Result<Vec<Entry>, StoreError> {
        let count = u32::try_from(to.0.saturating_sub(after.0)).unwrap_or_default();
        let mut entries = self
            .entries(EntryFilter::default(), Page::after(after.0, count))
            .await?;
        entries.retain(|entry| entry.seq <= to);
        Ok(entries)
    }
    /// What the ledger knows of each position.
    async fn position_facts(&self, page: Page) -> Result<Vec<PositionFact>, StoreError> {
        let positions = self.positions(PositionFilter::default(), page).await?;
        Ok(positions.iter().map(PositionFact::from).collect())
    }
    /// Which of these keys were refused.
    async fn refused_keys(&self, keys: &[EntryKey]) -> Result<Vec<Refused>, StoreError>;
    /// Of each of these users the oldest debts in state `Owed`, at most `each`; all in the order of their ids.
    async fn open_debts(&self, users: &[UserId], each: u32) -> Result<Vec<Debt>, StoreError>;
    /// Debts with these ids, whatever their state; missing ones are left out.
    async fn debts_by_id(&self, ids: &[DebtId]) -> Result<Vec<Debt>, StoreError>;
    /// Debts, whatever their state.
    async fn debts(&self, user: Option<UserId>, page: Page) -> Result<Vec<Debt>, StoreError>;
    /// Holds for these positions, whatever their state.
    async fn holds_of(&self, positions: &[PositionId]) -> Result<Vec<Hold>, StoreError>;
    /// Holds, in order of their positions.
    async fn holds(&self, filter: HoldFilter, page: Page) -> Result<Vec<Hold>, StoreError>;
    /// The highest seq among the entries, for a cheap liveness check.
    async fn last_entry(&self) -> Result<EntrySeq, StoreError>;
    /// What waits for settlement.
    async fn unsettled(&self) -> Result<Unsettled, StoreError>;
    /// What was settled.
    async fn settled(&self) -> Result<Settled, StoreError>;
    /// What was done in a period, by groups in order of their ids; what no robot did comes last. The page's key is the
    /// group's id. Everything in one group is one row, without a page.
    async fn activity(&self, by: By, period: Period, page: Page) -> Result<Vec<Activity>, StoreError>;
    /// What came due on the positions that closed at this time or later.
    async fn dues_since(&self, since: Timestamp) -> Result<Dues, StoreError>;
    /// Closes of positions that robots opened, from a time on, in order of (time, position); of those at that time only
    /// positions above `after`. At most `limit`.
    async fn closes_since(&self, since: Timestamp, after: PositionId, limit: u32) -> Result<Vec<Close>, StoreError>;
    /// Of each of these users the last `each` closes of positions that robots opened: user by user, the position that was
    /// made last first.
    async fn last_closes(&self, users: &[UserId], each: u32) -> Result<Vec<Close>, StoreError>;

    /// The last word on every scope.
    async fn pauses(&self) -> Result<Vec<Pause>, StoreError>;
    /// The last word on each of these scopes; those on which nothing was ever said are left out.
    async fn pauses_on(&self, scopes: &[PauseScope]) -> Result<Vec<Pause>, StoreError>;
    /// One order to close all.
    async fn close_all(&self, id: CloseAllId) -> Result<Option<CloseAll>, StoreError>;
    /// Orders to close all.
    async fn close_alls(&self, page: Page) -> Result<Vec<CloseAll>, StoreError>;
    /// Orders to close all that stand: at most one per scope.
    async fn standing_close_alls(&self) -> Result<Vec<CloseAll>, StoreError>;
    /// One alert.
    async fn alert(&self, id: AlertId) -> Result<Option<Alert>, StoreError>;
    /// Alerts, newest first, below the page's key (zero: from the newest).
    async fn alerts(&self, filter: AlertFilter, page: Page) -> Result<Vec<Alert>, StoreError>;
    /// The unresolved alert of this kind and subject.
    async fn open_alert(&self, kind: AlertKind, subject: &str) -> Result<Option<Alert>, StoreError>;
    /// All messages about an alert: a few per target.
    async fn deliveries_of(&self, alert: AlertId) -> Result<Vec<Delivery>, StoreError>;
    /// The first messages that wait for a target, due or not.
    async fn waiting_deliveries(&self, target: &str, limit: u32) -> Result<Vec<Delivery>, StoreError>;
    /// Tokens that are not revoked.
    async fn tokens(&self) -> Result<Vec<Token>, StoreError>;
    /// What was taken over of a platform, one kind, in byte order of the legacy ids: at most `limit` beyond `after`.
    async fn imported(
        &self,
        source: &str,
        kind: DeclaredKind,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Declared>, StoreError>;
    /// The audit trail.
    async fn audits(&self, page: Page) -> Result<Vec<Audit>, StoreError>;
}

/// Where the paper venue keeps what it must not lose: its own rows in the same database, in its own commits.
#[async_trait]
pub trait PaperVault: Send + Sync + 'static {
    /// Every row that is live, in any order; what is past (ended orders, fills, incomes) stays where it is.
    async fn load(&self) -> Result<Vec<PaperRow>, StoreError>;
    /// One row, live or past.
    async fn row(&self, table: &'static str, key: &str) -> Result<Option<PaperRow>, StoreError>;
    /// Rows of an account in one table with a number above `after`, in order of number, at most `limit`.
    async fn rows_after(
        &self,
        table: &'static str,
        account: VenueAccountId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<PaperRow>, StoreError>;
    /// Inserts or replaces rows by (table, key), all or nothing.
    async fn save(&self, rows: Vec<PaperRow>) -> Result<(), StoreError>;
}

/// One row of the paper venue: its content is the venue's own business (JSON).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRow {
    /// Which of the venue's tables: one of [`PAPER_TABLES`].
    pub table: &'static str,
    /// The account it belongs to; zero for the venue's own.
    pub account: i64,
    /// Unique within its table.
    pub key: String,
    /// Ascending number within table and account for `order`, `fill` and `income`; zero elsewhere.
    pub number: i64,
    /// Whether the venue needs the row in memory; a row may become live again.
    pub live: bool,
    /// JSON.
    pub content: String,
}

/// The paper venue's tables.
pub const PAPER_TABLES: [&str; 6] = ["account", "position", "order", "fill", "income", "clock"];
