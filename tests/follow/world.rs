//! A small world around one subscription: a chain and a store in memory, the ledger, and the keeper that keeps the reader alive.

use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, Addr, Context, Handler};
use bursar::actors::alert::{AlertActor, AlertDeps};
use bursar::actors::chain_keeper::{ChainKeeperActor, KeeperDeps};
use bursar::actors::chain_subscription::{ChainSight, ChainSights, ChainSubscriptionActor, FollowDeps, FollowOptions};
use bursar::actors::ledger::{LedgerActor, LedgerDeps, LedgerOptions};
use bursar::actors::mail::{ActorHealth, ListChildren, Look, MailError, ResumeSubscription, Stop};
use bursar::actors::supervisor::CrashRules;
use bursar::adapters::store::{CommitFault, MemoryStore};
use bursar::clock::{Clock, ScaledClock};
use bursar::jobs::verify_ledger::verify_ledger;
use bursar::ports::chain::{Abi, Chain};
use bursar::ports::store::{AlertFilter, ChainStore, Store, TriggerFilter};
use domain::alert::AlertKind;
use domain::chain::follow::{Finality, PaceRules};
use domain::chain::{BlockNumber, ChainId, FollowState, StoredLog, Subscription};
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::SubscriptionId;
use domain::ledger::{AccountKey, AccountKind, Asset, Rules};
use domain::market::Symbol;
use domain::page::Page;
use domain::settlement::PayOrder;
use domain::time::Timestamp;
use domain::trigger::{Fees, Late, Listing, PriceSource, Trigger};
use domain::venue::VenueName;
use tokio::sync::watch;

use crate::chain::{FakeAbi, FakeChain, VAULT};

pub const ID: SubscriptionId = SubscriptionId(1);
pub const DEPTH: u64 = 6;
/// The chain's first block, so that its times are near.
const START: Timestamp = Timestamp(1_767_225_600_000);

/// What outlives a process.
#[derive(Clone)]
pub struct Ground {
    pub rows: MemoryStore,
    pub chain: FakeChain,
    /// What becomes of the commits to come; nothing when it is empty.
    pub faults: Arc<Mutex<Vec<CommitFault>>>,
}

impl Ground {
    pub async fn new(nodes: usize) -> Self {
        Self::of(1, ID, nodes, &MemoryStore::new()).await
    }

    /// A subscription to a chain of its own, on these rows.
    pub async fn of(chain: u64, id: SubscriptionId, nodes: usize, rows: &MemoryStore) -> Self {
        let row = Subscription {
            id,
            name: format!("vault {id}"),
            chain: ChainId(chain),
            contract: VAULT,
            start: BlockNumber(0),
            cursor: BlockNumber(0),
            cursor_hash: None,
            genesis: None,
            follow: FollowState::Following,
            reorgs: 0,
            late_logs: 0,
            malformed: 0,
            updated_at: START,
            version: 0,
        };
        let added = ChangeSet::of(Change::AddSubscription(Box::new(row)));
        rows.commit(added).await.unwrap();
        Self {
            rows: rows.clone(),
            chain: FakeChain::new(chain, nodes),
            faults: Arc::default(),
        }
    }
}

/// Tells a story in paused time, in an actor system of its own.
pub fn tell<S: Future<Output = ()>>(story: S) {
    actix_rt::System::new().block_on(async {
        tokio::time::pause();
        story.await;
    });
}

pub fn listing(id: SubscriptionId, chain: ChainId) -> Listing {
    Listing {
        subscription: id,
        name: format!("vault {id}"),
        chain,
        vault: VAULT,
        money_token: VAULT,
        money_decimals: 6,
        money: Asset::new("USDT").unwrap(),
        share_token: VAULT,
        share_decimals: 18,
        share: Asset::new("AAPL").unwrap(),
        venue: VenueName::Futu,
        symbol: Symbol::new("US.AAPL"),
        lot: "1".parse().unwrap(),
        min_deposit: Amount::ZERO,
        min_redeem: Amount::ZERO,
        slippage: "0.01".parse().unwrap(),
        fees: Fees::default(),
        price_source: PriceSource::Venue,
        feed: None,
        max_price_age_ms: 60_000,
        max_deviation: "0".parse().unwrap(),
        late_after_ms: 600_000,
        late: Late::Quote,
        patience_ms: 86_400_000,
    }
}

pub fn options() -> FollowOptions {
    FollowOptions {
        finality: Finality::Depth(DEPTH),
        pace: PaceRules {
            first: 50,
            most: 1_000,
            waits: 3,
        },
        most_logs: 1_000,
        look_every: Duration::from_secs(2),
        audit_every: Duration::from_secs(60),
        scan_every: Duration::from_secs(300),
        scan_blocks: 100,
        ready_lag: 3,
        alert_lag: 20,
        silent_after: Duration::from_secs(90),
        retry_first: Duration::from_millis(500),
        retry_max: Duration::from_secs(30),
        post_deadline: Duration::from_secs(30),
        failures_until_alert: 3,
        malformed_quiet: Duration::from_secs(3_600),
    }
}

/// Counts how often triggers are to be looked at.
struct TriggerCounter(Arc<AtomicUsize>);

impl Actor for TriggerCounter {
    type Context = Context<Self>;
}

impl Handler<Look> for TriggerCounter {
    type Result = ();

    fn handle(&mut self, _: Look, _: &mut Self::Context) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// One life of the daemon.
pub struct Life {
    pub ground: Ground,
    pub sights: ChainSights,
    pub keeper: Addr<ChainKeeperActor>,
    ledger: Addr<LedgerActor>,
    pub pokes: Arc<AtomicUsize>,
    id: SubscriptionId,
    pub ledger_died: watch::Receiver<bool>,
}

impl Life {
    pub async fn begin(ground: &Ground) -> Self {
        Self::with(ground, options()).await
    }

    pub async fn with(ground: &Ground, options: FollowOptions) -> Self {
        Self::of(ground, ID, options).await
    }

    pub async fn of(ground: &Ground, id: SubscriptionId, options: FollowOptions) -> Self {
        let faults = Arc::clone(&ground.faults);
        let plan = Arc::new(move |changes: &ChangeSet| {
            let is_ledger = changes.changes.iter().any(|change| matches!(change, Change::Ledger(_)));
            let mut faults = faults.lock().unwrap();
            if is_ledger && !faults.is_empty() {
                return faults.remove(0);
            }
            CommitFault::None
        });
        let store: Arc<dyn Store> = Arc::new(ground.rows.clone().with_faults(plan));
        let clock: Arc<dyn Clock> = Arc::new(ScaledClock::new(START, 1));
        let (alerts, ledger, ledger_died) = writers(&store, &clock);
        let (pokes, sights) = (Arc::new(AtomicUsize::new(0)), ChainSights::default());
        let deps = FollowDeps {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            chain: Arc::new(ground.chain.clone()),
            abi: Arc::new(FakeAbi) as Arc<dyn Abi>,
            ledger: ledger.clone().recipient(),
            triggers: TriggerCounter(Arc::clone(&pokes)).start().recipient(),
            raises: alerts.clone().recipient(),
            resolves: alerts.clone().recipient(),
            sights: sights.clone(),
            listing: Arc::new(listing(id, ground.chain.id())),
            options,
        };
        let deps = Rc::new(deps);
        let keeper = ChainKeeperActor::new(KeeperDeps {
            clock,
            factory: Box::new(move |birth| ChainSubscriptionActor::spawn((*deps).clone(), birth)),
            subscriptions: vec![id],
            crashes: crash_rules(),
            resume_deadline: Duration::from_secs(60),
            raises: alerts.clone().recipient(),
            resolves: alerts.recipient(),
        });
        Self {
            ground: ground.clone(),
            sights,
            keeper: keeper.start(),
            ledger,
            pokes,
            id,
            ledger_died,
        }
    }

    /// Time passes.
    pub async fn seconds(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// The process ends; what is in flight at the chain is gone.
    pub async fn end(self) -> Ground {
        self.keeper.send(Stop).await.unwrap();
        self.ledger.send(Stop).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
        self.ground
    }

    /// The reader was stopped in the middle; the ledger ends what it has begun.
    pub async fn end_hard(self) -> Ground {
        self.ledger.send(Stop).await.unwrap();
        self.ground
    }

    pub async fn resume(&self) -> Result<String, MailError> {
        let mail = ResumeSubscription {
            subscription: self.id,
            by: "ann".to_owned(),
            reason: "looked at it".to_owned(),
        };
        self.keeper.send(mail).await.unwrap()
    }

    pub fn sight(&self) -> Arc<ChainSight> {
        self.sights.of(self.id).unwrap()
    }

    pub async fn health(&self) -> ActorHealth {
        self.keeper.send(ListChildren).await.unwrap().remove(0)
    }

    pub async fn row(&self) -> Subscription {
        row(&self.ground.rows, self.id).await
    }

    /// Open alerts by name.
    pub async fn alerts(&self) -> Vec<&'static str> {
        let open = self
            .ground
            .rows
            .alerts(AlertFilter::Open, Page::first(100))
            .await
            .unwrap();
        let mut kinds: Vec<&'static str> = open.iter().map(|alert| alert.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds
    }

    /// What an open alert says.
    pub async fn message(&self, kind: AlertKind) -> String {
        let subject = format!("subscription:{}", self.id);
        self.ground
            .rows
            .open_alert(kind, &subject)
            .await
            .unwrap()
            .unwrap()
            .message
    }
}

/// Whoever writes alerts and entries.
fn writers(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
) -> (Addr<AlertActor>, Addr<LedgerActor>, watch::Receiver<bool>) {
    let alerts = AlertActor::new(AlertDeps {
        store: Arc::clone(store),
        clock: Arc::clone(clock),
        retry_first: Duration::from_millis(10),
        retry_max: Duration::from_millis(100),
        outbox: None,
    });
    let alerts = alerts.start();
    let (fatal, ledger_died) = watch::channel(false);
    let ledger = LedgerActor::new(LedgerDeps {
        store: Arc::clone(store),
        clock: Arc::clone(clock),
        raises: alerts.clone().recipient(),
        resolves: alerts.clone().recipient(),
        options: ledger_options(),
        fatal,
    });
    let ledger = ledger.start();
    (alerts, ledger, ledger_died)
}

const fn crash_rules() -> CrashRules {
    CrashRules {
        backoff_first: Duration::from_secs(1),
        backoff_max: Duration::from_secs(60),
        crashes_until_quarantine: 4,
        crash_window: Duration::from_secs(600),
    }
}

fn ledger_options() -> LedgerOptions {
    LedgerOptions {
        rules: Rules {
            pay_order: PayOrder::GiftFirst,
            default_rate: "0.1".parse().unwrap(),
        },
        group_limit: 100,
        queue_limit: 1_000,
        retry_first: Duration::from_millis(5),
        retry_max: Duration::from_millis(50),
        deadline: Duration::from_secs(10),
    }
}

pub async fn row(rows: &MemoryStore, id: SubscriptionId) -> Subscription {
    let all = rows.subscriptions().await.unwrap();
    all.into_iter().find(|row| row.id == id).unwrap()
}

/// All logs on record of a subscription.
pub async fn logs_of(rows: &MemoryStore, id: SubscriptionId) -> Vec<StoredLog> {
    rows.logs_between(id, BlockNumber(0), BlockNumber(1_000_000))
        .await
        .unwrap()
}

pub async fn logs(ground: &Ground) -> Vec<StoredLog> {
    logs_of(&ground.rows, ID).await
}

pub async fn triggers(ground: &Ground) -> Vec<Trigger> {
    let (mut all, mut page) = (Vec::new(), Page::first(1_000));
    loop {
        let some = ground.rows.triggers(TriggerFilter::default(), page).await.unwrap();
        let Some(last) = some.last() else {
            return all;
        };
        page = Page::after(last.id.0, 1_000);
        all.extend(some);
    }
}

pub async fn balance(ground: &Ground, id: SubscriptionId, kind: AccountKind, asset: &str) -> String {
    let key = AccountKey {
        kind,
        owner: id.0,
        asset: Asset::new(asset).unwrap(),
    };
    let found = ground.rows.accounts_by_key(&[key]).await.unwrap();
    found
        .first()
        .map_or(Amount::ZERO, |account| account.balance)
        .to_string()
}

/// CHN-1 and CHN-2 at rest: each confirmed log that is understood has one trigger, none has two, and the escrow is their sum.
pub async fn check(ground: &Ground) {
    let (logs, triggers) = (logs(ground).await, triggers(ground).await);
    let mut acted = BTreeMap::new();
    for log in &logs {
        if let Some(trigger) = log.trigger {
            *acted.entry(trigger).or_insert(0) += 1;
        }
    }
    assert!(acted.values().all(|count| *count == 1), "CHN-1: a log acted twice");
    assert_eq!(acted.len(), triggers.len());
    let verified = verify_ledger(&ground.rows).await.unwrap();
    assert_eq!(verified.finding.map(|finding| finding.to_string()), None);
}
