//! A small world around payouts: a chain, a store, the ledger, and a cashier that can die at any point.

mod rows;

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
use bursar::ports::store::{AlertFilter, ChainStore as _, PayoutFilter, Store};
use domain::chain::{Address, BlockNumber, FollowState, Subscription};
use domain::change::{Change, ChangeSet};
use domain::id::{PayoutId, SubscriptionId, TriggerId};
use domain::ledger::{AccountKey, AccountKind, Asset, EntryKey, EscrowPosting, PostAnswer, Request, Rules};
use domain::page::Page;
use domain::payout::decide::PayoutRules;
use domain::payout::{Attempt, Payout, PayoutKind, PayoutState};
use domain::settlement::PayOrder;
use domain::time::Timestamp;
use domain::trigger::{Trigger, TriggerState};
use futures::FutureExt;
use tokio::sync::watch;

use crate::payer_chain::{CHAIN, OTHER_VAULT, PAYER, PayerChain, PayerKey, PlainAbi, Tx, VAULT};
use rows::{case, other_vault, owing, payout};
pub use rows::{rules, vault};

/// 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp(1_767_225_600_000);
pub const SUBSCRIPTION: SubscriptionId = SubscriptionId(2);
/// Another one, of the same payer.
pub const OTHER: SubscriptionId = SubscriptionId(3);
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
        world.subscribe(SUBSCRIPTION, VAULT).await;
        world.subscribe(OTHER, OTHER_VAULT).await;
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

    async fn subscribe(&self, id: SubscriptionId, contract: Address) {
        let subscription = Subscription {
            id,
            name: format!("vault {id}"),
            chain: CHAIN,
            contract,
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

    /// The first subscription halts, or follows again.
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
        self.owe_from(SUBSCRIPTION, trigger, to, kinds).await;
    }

    /// The same, of one of the two subscriptions.
    pub async fn owe_from(&self, from: SubscriptionId, trigger: i64, to: Address, kinds: &[(PayoutKind, i64)]) {
        let now = self.clock.now();
        let vault = if from == OTHER { OTHER_VAULT } else { VAULT };
        let numbered = kinds.iter().zip(trigger * 10..);
        let payouts: Vec<Payout> = numbered
            .map(|((kind, whole), id)| Payout {
                subscription: from,
                vault,
                ..payout(id, trigger, to, *kind, *whole, now)
            })
            .collect();
        let state = match kinds
            .iter()
            .any(|(kind, _)| matches!(kind, PayoutKind::Mint | PayoutKind::Proceeds))
        {
            true => TriggerState::Paying,
            false => TriggerState::Returning,
        };
        let trigger = Trigger {
            subscription: from,
            ..owing(trigger, to, state, now)
        };
        let (trigger, entries) = case(trigger, &payouts);
        let posting = EscrowPosting {
            entries,
            ..EscrowPosting::default()
        };
        let posting = posting
            .with(Change::AddTriggers(vec![trigger]))
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
                assert_eq!(
                    (tx.to, &tx.data, tx.nonce),
                    (payout.vault, &pay, attempt.nonce),
                    "{story}"
                );
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
        vaults: vec![vault.clone(), other_vault()],
        rules,
        options: PayoutOptions {
            call_deadline: Duration::from_secs(5),
            ledger_deadline: Duration::from_secs(5),
            parallel: 8,
            mailbox: 64,
        },
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
