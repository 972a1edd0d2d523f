//! A small world around payouts: a chain, a store, the ledger, and a cashier that can die at any point.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Addr};
use bursar::actors::alert::{AlertActor, AlertDeps};
use bursar::actors::ledger::{LedgerActor, LedgerDeps, LedgerOptions};
use bursar::actors::mail::{HowAreYou, Post};
use bursar::actors::payout::{Cashier, PayoutDeps, PayoutOptions, Vault};
use bursar::adapters::store::MemoryStore;
use bursar::clock::{Clock, ScaledClock};
use bursar::jobs::verify_ledger::verify_ledger;
use bursar::ports::store::{AlertFilter, PayoutFilter, Store};
use domain::chain::{Address, Block, BlockNumber, FollowState, Hash, LogKey, RawAmount, Subscription};
use domain::change::{Change, ChangeSet};
use domain::fixed::{Amount, Quantity, Ratio};
use domain::id::{PayoutId, SubscriptionId, TriggerId};
use domain::ledger::{
    AccountKey, AccountKind, Asset, EntryKey, EntryKind, EscrowEntry, EscrowPosting, PostAnswer, Request, Rules,
};
use domain::market::Symbol;
use domain::page::Page;
use domain::payout::decide::PayoutRules;
use domain::payout::fees::FeeRules;
use domain::payout::limits::Limits;
use domain::payout::{Attempt, Payout, PayoutKind, PayoutState, payout_key};
use domain::settlement::PayOrder;
use domain::time::Timestamp;
use domain::trigger::{Fees, Late, Listing, PriceSource, Trigger, TriggerKind, TriggerState};
use domain::venue::VenueName;
use futures::FutureExt;
use tokio::sync::watch;

use crate::payer_chain::{CHAIN, MONEY, PAYER, PayerChain, PayerKey, PlainAbi, SHARE, Tx, VAULT};

/// 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp(1_767_225_600_000);
pub const SUBSCRIPTION: SubscriptionId = SubscriptionId(2);
/// Time between two looks and two blocks.
pub const STEP: Duration = Duration::from_secs(15);
/// Blocks on top, before a payout counts.
pub const DEEP: u64 = 3;

/// Tells a story in simulated time, in an actor system of its own.
pub fn simulate<S: Future<Output = ()>>(story: S) {
    actix_rt::System::new().block_on(async {
        tokio::time::pause();
        story.await;
    });
}

pub struct World {
    pub store: MemoryStore,
    pub clock: Arc<ScaledClock>,
    pub chain: Arc<PayerChain>,
    pub ledger: Addr<LedgerActor>,
    pub alerts: Addr<AlertActor>,
    pub vault: Vault,
    pub rules: PayoutRules,
    pub cashier: Cashier,
    pub crashes: u32,
    _fatal: watch::Receiver<bool>,
}

pub fn money() -> Asset {
    Asset::new("USDT").unwrap()
}

pub fn share() -> Asset {
    Asset::new("AAPL").unwrap()
}

pub fn user(number: u8) -> Address {
    Address([number; 20])
}

impl World {
    pub async fn new() -> Self {
        Self::with(MemoryStore::new(), vault(), rules()).await
    }

    pub async fn with(store: MemoryStore, vault: Vault, rules: PayoutRules) -> Self {
        let clock = Arc::new(ScaledClock::new(START, 1));
        let chain = PayerChain::new();
        let shared: Arc<dyn Store> = Arc::new(store.clone());
        let alerts = AlertActor::new(AlertDeps {
            store: Arc::clone(&shared),
            clock: clock.clone(),
            retry_first: Duration::from_millis(10),
            retry_max: Duration::from_millis(100),
            outbox: None,
        });
        let alerts = alerts.start();
        let (fatal, seen) = watch::channel(false);
        let ledger = LedgerActor::new(LedgerDeps {
            store: Arc::new(store.without_faults()),
            clock: clock.clone(),
            raises: alerts.clone().recipient(),
            resolves: alerts.clone().recipient(),
            options: ledger_options(),
            fatal,
        });
        let ledger = ledger.start();
        let deps = deps(&store, &clock, &chain, &ledger, &alerts, &vault, rules);
        let world = Self {
            cashier: Cashier::new(Arc::new(deps)),
            store,
            clock,
            chain,
            ledger,
            alerts,
            vault,
            rules,
            crashes: 0,
            _fatal: seen,
        };
        world.subscribe().await;
        world
    }

    /// What the cashier is made with.
    pub fn deps(&self) -> PayoutDeps {
        let (ledger, alerts) = (&self.ledger, &self.alerts);
        deps(
            &self.store,
            &self.clock,
            &self.chain,
            ledger,
            alerts,
            &self.vault,
            self.rules,
        )
    }

    /// The process dies and begins anew.
    pub fn restart(&mut self) {
        self.cashier = Cashier::new(Arc::new(self.deps()));
    }

    async fn subscribe(&self) {
        let subscription = Subscription {
            id: SUBSCRIPTION,
            name: "apple".to_owned(),
            chain: CHAIN,
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
        let change = Change::AddSubscription(Box::new(subscription));
        self.commit(change).await;
    }

    pub async fn commit(&self, change: Change) {
        self.store.without_faults().commit(ChangeSet::of(change)).await.unwrap();
    }

    /// The subscription halts, or follows again.
    pub async fn follow(&self, follow: FollowState) {
        let rows = self.store.subscriptions().await.unwrap();
        let changed = Subscription {
            follow,
            ..rows[0].clone()
        };
        self.commit(Change::UpdateSubscription(Box::new(changed))).await;
    }

    /// A trigger with one payout each of these kinds, of so many whole units, beside what was given for it in escrow.
    pub async fn owe(&self, trigger: i64, to: Address, kinds: &[(PayoutKind, i64)]) {
        let now = self.clock.now();
        let payouts: Vec<Payout> = kinds
            .iter()
            .enumerate()
            .map(|(place, (kind, whole))| payout(trigger * 10 + place as i64, trigger, to, *kind, *whole, now))
            .collect();
        let state = match kinds
            .iter()
            .any(|(kind, _)| matches!(kind, PayoutKind::Mint | PayoutKind::Proceeds))
        {
            true => TriggerState::Paying,
            false => TriggerState::Returning,
        };
        let entries = payouts.iter().map(given).collect();
        let posting = EscrowPosting {
            entries,
            ..EscrowPosting::default()
        };
        let posting = posting
            .with(Change::AddTriggers(vec![owing(trigger, to, state, now)]))
            .with(Change::AddPayouts(payouts));
        let request = Request::Escrow(Arc::new(posting));
        let receipt = self.ledger.send(Post { request }).await.unwrap().unwrap();
        assert!(matches!(receipt.answer, PostAnswer::Created { .. }), "{receipt:?}");
    }

    /// One look; a crash in it makes a new cashier.
    pub async fn look(&mut self) {
        let looked = AssertUnwindSafe(self.cashier.look()).catch_unwind().await;
        match looked {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a look failed"),
            Err(_) => {
                self.crashes += 1;
                self.restart();
            }
        }
    }

    /// A look, a block, and the time between two blocks.
    pub async fn step(&mut self) {
        self.look().await;
        self.chain.mine(1);
        tokio::time::sleep(STEP).await;
    }

    pub async fn steps(&mut self, count: u32) {
        for _ in 0..count {
            self.step().await;
        }
    }

    /// Steps until no payout is live except halted ones.
    pub async fn come_to_rest(&mut self, limit: u32) {
        for _ in 0..limit {
            let live = self.payouts().await;
            if live
                .iter()
                .all(|payout| matches!(payout.state.as_str(), "confirmed" | "halted"))
            {
                return;
            }
            self.step().await;
        }
        panic!("no rest after {limit} steps: {:#?}", self.payouts().await);
    }

    pub async fn payouts(&self) -> Vec<Payout> {
        let filter = PayoutFilter::default();
        self.store.payouts(filter, Page::first(500)).await.unwrap()
    }

    pub async fn payout(&self, id: i64) -> Payout {
        self.store.payout(PayoutId(id)).await.unwrap().unwrap()
    }

    pub async fn states(&self) -> Vec<&'static str> {
        self.payouts()
            .await
            .iter()
            .map(|payout| payout.state.as_str())
            .collect()
    }

    pub async fn attempts(&self, id: i64) -> Vec<Attempt> {
        self.store.attempts_of(PayoutId(id)).await.unwrap()
    }

    pub async fn trigger(&self, id: i64) -> Trigger {
        self.store.trigger(TriggerId(id)).await.unwrap().unwrap()
    }

    pub async fn balance(&self, kind: AccountKind, asset: Asset) -> String {
        let owner = SUBSCRIPTION.0;
        let found = self
            .store
            .accounts_by_key(&[AccountKey { kind, owner, asset }])
            .await
            .unwrap();
        found
            .first()
            .map_or("none".to_owned(), |account| account.balance.to_string())
    }

    /// Open alerts as `kind subject`, once the alert actor has written all that it was told.
    pub async fn open_alerts(&self) -> Vec<String> {
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let health = self.alerts.send(HowAreYou).await.unwrap();
            if health.state == "idle" && health.lag_ms == 0 {
                break;
            }
        }
        let open = self.store.alerts(AlertFilter::Open, Page::first(100)).await.unwrap();
        let word = |alert: domain::alert::Alert| format!("{} {}", alert.kind.as_str(), alert.subject);
        let mut words: Vec<String> = open.into_iter().map(word).collect();
        words.sort();
        words
    }

    /// What must hold whatever happened: one effect per key, what is confirmed is done and booked once, what was signed with one nonce
    /// for one payout is one call, and the ledger holds.
    pub async fn check(&self, story: &str) {
        let effects = self.chain.effects();
        for payout in self.payouts().await {
            let done: Vec<_> = effects.iter().filter(|pay| pay.key == payout.key).collect();
            assert!(
                done.len() <= 1,
                "{story}: payout {} has {} effects",
                payout.id,
                done.len()
            );
            let entries = self.store.entries_by_key(&[EntryKey::payout(payout.id)]).await.unwrap();
            if let PayoutState::Confirmed { .. } = payout.state {
                assert_eq!(done, [&PlainAbi::pay(&payout)], "{story}");
                assert_eq!(entries.len(), usize::from(payout.amount.is_positive()), "{story}");
            } else {
                assert_eq!(entries.len(), 0, "{story}: payout {} is booked early", payout.id);
            }
            for attempt in self.store.attempts_of(payout.id).await.unwrap() {
                let tx = Tx::read(&attempt.raw);
                let pay = serde_json::to_vec(&PlainAbi::pay(&payout)).unwrap();
                assert_eq!((tx.to, &tx.data, tx.nonce), (VAULT, &pay, attempt.nonce), "{story}");
                assert!(attempt.max_fee <= self.rules.fees.max_fee_cap && attempt.tip <= self.rules.fees.tip_cap);
            }
        }
        // Whatever arrived at a node was on record.
        let used = self.store.last_nonce(CHAIN, PAYER).await.unwrap();
        let nonces: Vec<u64> = (0..used.map_or(0, |last| last + 1)).collect();
        let signed = self.store.attempts_at(CHAIN, PAYER, &nonces).await.unwrap();
        for hash in self.chain.arrived() {
            assert!(
                signed.iter().any(|attempt| attempt.hash == hash),
                "{story}: {hash} is not on record"
            );
        }
        let verified = verify_ledger(&self.store.without_faults()).await.unwrap();
        assert!(verified.finding.is_none(), "{story}: {:?}", verified.finding);
    }
}

fn deps(
    store: &MemoryStore,
    clock: &Arc<ScaledClock>,
    chain: &Arc<PayerChain>,
    ledger: &Addr<LedgerActor>,
    alerts: &Addr<AlertActor>,
    vault: &Vault,
    rules: PayoutRules,
) -> PayoutDeps {
    PayoutDeps {
        store: Arc::new(store.clone()),
        clock: clock.clone(),
        chain: chain.clone(),
        abi: Arc::new(PlainAbi),
        signer: Arc::new(PayerKey(Arc::clone(chain))),
        ledger: ledger.clone().recipient(),
        raises: alerts.clone().recipient(),
        resolves: alerts.clone().recipient(),
        vaults: vec![vault.clone()],
        rules,
        options: PayoutOptions {
            call_deadline: Duration::from_secs(5),
            ledger_deadline: Duration::from_secs(5),
            parallel: 8,
            mailbox: 64,
        },
    }
}

pub fn rules() -> PayoutRules {
    PayoutRules {
        confirmations: DEEP,
        stuck_after: Duration::from_secs(60),
        fees: FeeRules {
            max_fee_cap: 200_000_000_000,
            tip_cap: 20_000_000_000,
            least_tip: 0,
            bump_permille: 125,
        },
        gas_margin_permille: 200,
        window: 16,
        gas_floor: 0,
        dry_run: false,
    }
}

pub fn vault() -> Vault {
    let listing = Listing {
        subscription: SUBSCRIPTION,
        name: "apple".to_owned(),
        chain: CHAIN,
        vault: VAULT,
        money_token: MONEY,
        money_decimals: 6,
        money: money(),
        share_token: SHARE,
        share_decimals: 18,
        share: share(),
        venue: VenueName::Futu,
        symbol: Symbol::new("US.AAPL"),
        lot: Quantity::ONE,
        min_deposit: Amount::ZERO,
        min_redeem: Amount::ZERO,
        slippage: Ratio::ZERO,
        fees: Fees::default(),
        price_source: PriceSource::Venue,
        feed: None,
        max_price_age_ms: 60_000,
        max_deviation: Ratio::ZERO,
        late_after_ms: 60_000,
        late: Late::Quote,
        patience_ms: 60_000,
    };
    Vault {
        listing,
        money: Limits::default(),
        shares: Limits::default(),
        floor: Amount::ZERO,
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
        deadline: Duration::from_secs(30),
    }
}

fn payout(id: i64, trigger: i64, to: Address, kind: PayoutKind, whole: i64, now: Timestamp) -> Payout {
    let amount = Amount::whole(whole).unwrap();
    let decimals = if kind.is_money() { 6 } else { 18 };
    Payout {
        id: PayoutId(id),
        kind,
        trigger: TriggerId(trigger),
        subscription: SUBSCRIPTION,
        chain: CHAIN,
        vault: VAULT,
        recipient: to,
        raw: RawAmount::from_ledger(amount, &RawAmount::zero(), decimals).unwrap(),
        amount,
        key: payout_key("abcdef", TriggerId(trigger), kind),
        attempts: 0,
        state: PayoutState::Queued,
        note: None,
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

fn owing(id: i64, to: Address, state: TriggerState, now: Timestamp) -> Trigger {
    let block = Block {
        number: BlockNumber(1),
        hash: Hash([7; 32]),
        parent: Hash([6; 32]),
        at: now,
    };
    Trigger {
        id: TriggerId(id),
        log: log(id),
        subscription: SUBSCRIPTION,
        kind: TriggerKind::Deposit,
        user: to,
        symbol: Symbol::new("US.AAPL"),
        block: block.number,
        block_hash: block.hash,
        block_at: block.at,
        raw: RawAmount::from_units(1),
        amount: Amount::ZERO,
        dust: RawAmount::zero(),
        price: None,
        filled: Quantity::ZERO,
        value: Amount::ZERO,
        fee: Amount::ZERO,
        orders: 1,
        state,
        error: None,
        next_at: None,
        expires_at: now.after(Duration::from_secs(86_400)),
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

fn log(trigger: i64) -> LogKey {
    let mut tx = [0; 32];
    tx[..8].copy_from_slice(&trigger.to_be_bytes());
    LogKey {
        chain: CHAIN,
        tx: Hash(tx),
        index: 0,
    }
}

/// What puts into escrow what a payout pays from.
fn given(payout: &Payout) -> EscrowEntry {
    let (counter, asset) = match payout.kind.is_money() {
        true => (AccountKind::ChainCustody, money()),
        false => (AccountKind::ShareSupply, share()),
    };
    let account = |kind| AccountKey {
        kind,
        owner: SUBSCRIPTION.0,
        asset: asset.clone(),
    };
    EscrowEntry {
        key: EntryKey::stored(format!("given:{}", payout.id)),
        kind: EntryKind::Contract,
        reference: format!("trigger:{}", payout.trigger),
        remark: "given".to_owned(),
        lines: vec![
            (account(AccountKind::ChainEscrow), payout.amount),
            (account(counter), payout.amount.negated()),
        ],
    }
}
