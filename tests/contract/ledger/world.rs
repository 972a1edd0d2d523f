//! A small world around the ledger: a store, a clock that is moved by hand, and the actors.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use actix::{Actor, Addr};
use bursar::actors::alert::{AlertActor, AlertDeps};
use bursar::actors::ledger::{LedgerActor, LedgerDeps, LedgerOptions};
use bursar::actors::mail::{Purse, Recharge, RechargeReceipt, Settle, SettleReceipt, Stop};
use bursar::clock::Clock;
use bursar::jobs::verify_ledger::verify_ledger;
use bursar::ports::store::{AlertFilter, Store};
use domain::alert::{Alert, AlertKind};
use domain::change::{Change, ChangeSet};
use domain::fixed::{Amount, Quantity};
use domain::id::{PositionId, UserId, VenueAccountId};
use domain::ledger::{AccountKey, Rules};
use domain::market::{Side, Symbol};
use domain::page::Page;
use domain::position::{CloseReason, Origin, Position, PositionState, ProfitBasis, Provenance};
use domain::settlement::{PayOrder, Settlement};
use domain::time::Timestamp;
use domain::user::{PositionMode, User, VenueAccount};
use domain::venue::{MarginMode, VenueName};
use tokio::sync::watch;

use crate::databases::{self, Ground, Kind};

/// 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp(1_767_225_600_000);

/// A clock that is moved by hand.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START.0)))
    }

    pub fn advance(&self, by: Duration) {
        self.0
            .fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Tells a story on a fresh database, in an actor system of its own.
pub fn tell<S: Future<Output = ()> + 'static>(kind: Kind, story: fn(Arc<Ground>) -> S) {
    // As much room as the main thread has, on which a daemon's actors run: frames of debug builds are large.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().thread_stack_size(8 << 20).build().unwrap();
    runtime.block_on(databases::tell(kind, false, move |ground| async move {
        let told = tokio::task::spawn_blocking(move || actix_rt::System::new().block_on(story(ground)));
        if let Err(panic) = told.await {
            std::panic::resume_unwind(panic.into_panic());
        }
    }));
}

/// Tells a story in simulated time, in an actor system of its own.
pub fn simulate<S: Future<Output = ()>>(story: S) {
    actix_rt::System::new().block_on(async {
        tokio::time::pause();
        story.await;
    });
}

pub fn options() -> LedgerOptions {
    LedgerOptions {
        rules: Rules {
            pay_order: PayOrder::GiftFirst,
            default_rate: "0.1".parse().unwrap(),
        },
        group_limit: 100,
        queue_limit: 1_000,
        retry_first: Duration::from_millis(5),
        retry_max: Duration::from_millis(50),
        deadline: Duration::from_secs(30),
    }
}

pub struct World {
    pub store: Arc<dyn Store>,
    pub clock: Arc<HandClock>,
    pub alerts: Addr<AlertActor>,
    pub ledger: Addr<LedgerActor>,
    pub fatal: watch::Receiver<bool>,
}

impl World {
    pub async fn on(ground: &Ground) -> Self {
        Self::new(ground.open().await, options()).await
    }

    /// Users 7 and 8 with an account each, and the actors.
    pub async fn new(store: Arc<dyn Store>, options: LedgerOptions) -> Self {
        if store.user(UserId(7)).await.unwrap().is_none() {
            add_users(&*store).await;
        }
        let clock = HandClock::new();
        let alerts = AlertActor::new(AlertDeps {
            store: Arc::clone(&store),
            clock: clock.clone(),
            retry_first: Duration::from_millis(10),
            retry_max: Duration::from_millis(100),
            outbox: None,
        });
        let alerts = alerts.start();
        let (fatal, seen) = watch::channel(false);
        let ledger = LedgerActor::new(LedgerDeps {
            store: Arc::clone(&store),
            clock: clock.clone(),
            raises: alerts.clone().recipient(),
            resolves: alerts.clone().recipient(),
            options,
            fatal,
        });
        Self {
            store,
            clock,
            alerts,
            ledger: ledger.start(),
            fatal: seen,
        }
    }

    pub async fn close(&self, id: i64, user: i64, profit: &str) {
        self.close_at(id, user, profit, START).await;
    }

    /// A position that closed with this profit.
    pub async fn close_at(&self, id: i64, user: i64, profit: &str, at: Timestamp) {
        let position = closed(id, user, profit.parse().unwrap(), at);
        commit(&*self.store, Change::AddPosition(Box::new(position))).await;
    }

    pub async fn settle(&self, position: i64) -> SettleReceipt {
        let position = PositionId(position);
        self.ledger.send(Settle { position }).await.unwrap().unwrap()
    }

    pub async fn recharge(&self, reference: &str, user: i64, purse: Purse, amount: &str) -> RechargeReceipt {
        let mail = recharge(reference, user, purse, amount);
        self.ledger.send(mail).await.unwrap().unwrap()
    }

    pub async fn position(&self, id: i64) -> Position {
        self.store.position(PositionId(id)).await.unwrap().unwrap()
    }

    pub async fn balance(&self, key: AccountKey) -> String {
        let found = self.store.accounts_by_key(&[key]).await.unwrap();
        found
            .first()
            .map_or("none".to_owned(), |account| account.balance.to_string())
    }

    /// Balance of a user's power.
    pub async fn power(&self, user: i64) -> String {
        self.balance(Purse::Power.account(UserId(user))).await
    }

    /// The audit's first finding; empty when all holds.
    pub async fn finding(&self) -> String {
        let verified = verify_ledger(&*self.store).await.unwrap();
        verified.finding.map(|finding| finding.to_string()).unwrap_or_default()
    }

    /// Open alerts, once the alert actor has written all that it was told.
    pub async fn open_alerts(&self) -> Vec<(AlertKind, String)> {
        let alerts = self.all_alerts(true).await;
        alerts.into_iter().map(|alert| (alert.kind, alert.subject)).collect()
    }

    pub async fn all_alerts(&self, open: bool) -> Vec<Alert> {
        loop {
            let health = self.alerts.send(bursar::actors::mail::HowAreYou).await.unwrap();
            if health.state == "idle" {
                let filter = if open { AlertFilter::Open } else { AlertFilter::All };
                return self.store.alerts(filter, Page::first(100)).await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub async fn stop(&self) {
        self.ledger.send(Stop).await.unwrap();
        self.alerts.send(Stop).await.unwrap();
    }
}

pub fn recharge(reference: &str, user: i64, purse: Purse, amount: &str) -> Recharge {
    Recharge {
        reference: reference.to_owned(),
        user: UserId(user),
        purse,
        amount: amount.parse().unwrap(),
        by: "ops".to_owned(),
        remark: "a test".to_owned(),
    }
}

pub async fn commit(store: &dyn Store, change: Change) {
    store.commit(ChangeSet::of(change)).await.unwrap();
}

async fn add_users(store: &dyn Store) {
    for id in [7, 8] {
        let user = User {
            id: UserId(id),
            name: format!("user {id}"),
            created_at: START,
        };
        commit(store, Change::AddUser(user)).await;
        let account = VenueAccount {
            id: VenueAccountId(id),
            user: UserId(id),
            venue: VenueName::parse("paper").unwrap(),
            label: format!("account {id}"),
            mode: PositionMode::OneWay,
            created_at: START,
        };
        commit(store, Change::AddVenueAccount(account)).await;
    }
}

/// A position that closed by take-profit, its settlement not decided yet.
pub fn closed(id: i64, user: i64, profit: Amount, at: Timestamp) -> Position {
    Position {
        id: PositionId(id),
        robot: None,
        user: UserId(user),
        account: VenueAccountId(user),
        venue: VenueName::parse("paper").unwrap(),
        symbol: Symbol::new("BTCUSDT"),
        side: Side::Long,
        origin: Origin::Robot,
        state: PositionState::Closed {
            at,
            reason: CloseReason::TakeProfit,
            profit,
        },
        quantity: Quantity::ZERO,
        entered: Quantity::ONE,
        entry_notional: Amount::ONE,
        exit_notional: Amount::ONE,
        realised: profit,
        fees: Amount::ZERO,
        funding: Amount::ZERO,
        leverage: 10,
        margin_mode: MarginMode::Cross,
        exits: None,
        peak: None,
        profit_basis: ProfitBasis::Net,
        provenance: Provenance::default(),
        settlement: Settlement::at_close(Origin::Robot, profit),
        carry: None,
        settled_profit: None,
        corrections: 0,
        opened_at: Some(at),
        created_at: at,
        updated_at: at,
        version: 1,
    }
}
