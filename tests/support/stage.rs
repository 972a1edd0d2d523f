//! A stage for triggers: rows, a stock venue and a chain that outlive the process, and a process of ledger, triggers and payer.

#[path = "crash.rs"]
mod crash;
#[path = "stage/parts.rs"]
mod parts;
#[path = "stage/payer.rs"]
mod payer;
#[path = "stocks.rs"]
mod stocks;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, Addr};
use bursar::actors::ledger::LedgerActor;
use bursar::actors::mail::{Look, Post};
use bursar::actors::spawn::{poke, tick};
use bursar::actors::trigger::TriggerActor;
use bursar::adapters::store::MemoryStore;
use bursar::clock::Clock;
use bursar::ports::store::{AlertFilter, ChainStore, Store, TriggerFilter};
use domain::change::{Change, ChangeSet};
use domain::fixed::Amount;
use domain::id::TriggerId;
use domain::ledger::{AccountKind, Request};
use domain::page::Page;
use domain::pause::{Pause, PauseScope};
use domain::payout::{Payout, PayoutKind};
use domain::time::Timestamp;
use domain::trigger::{Listing, Trigger, TriggerKind};

use crate::world::WorldClock;
pub use crash::Crash;
pub use parts::listing;
pub use payer::FakeChain;
pub use stocks::{FakeStocks, Fate};

/// Enough for any list here.
pub const ALL: Page = Page::first(30_000);

/// What outlives a process.
pub struct Stage {
    pub rows: MemoryStore,
    pub stocks: Arc<FakeStocks>,
    pub chain: Arc<FakeChain>,
    pub crash: Arc<Crash>,
    pub listing: Listing,
    pub halted: Arc<AtomicBool>,
    pub now: Timestamp,
    /// Payouts wait while this is false.
    pub pays: Arc<AtomicBool>,
    /// How many trigger actors one process has.
    pub actors: usize,
}

/// A living process.
pub struct House {
    pub store: Arc<dyn Store>,
    pub clock: Arc<WorldClock>,
    pub ledger: Addr<LedgerActor>,
    pub triggers: Vec<Addr<TriggerActor>>,
    pub stocks: Arc<FakeStocks>,
    listing: Listing,
    logs: Mutex<u32>,
}

impl Stage {
    pub fn new() -> Self {
        let crash = Arc::<Crash>::default();
        Self {
            rows: MemoryStore::new(),
            stocks: Arc::new(FakeStocks::new(Arc::clone(&crash))),
            chain: Arc::default(),
            crash,
            listing: listing(),
            halted: Arc::default(),
            now: Timestamp(1_800_000_000_000),
            pays: Arc::new(AtomicBool::new(true)),
            actors: 1,
        }
    }

    /// Runs a process until the story ends or the process dies there; whether the story ended.
    pub fn live(&mut self, story: impl AsyncFnOnce(&House)) -> bool {
        let runner = actix::System::with_tokio_rt(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .start_paused(true)
                .build()
                .unwrap()
        });
        let (ended, now) = runner.block_on(async {
            let house = self.start().await;
            let ended = tokio::select! {
                () = story(&house) => true,
                () = self.crash.death() => false,
            };
            (ended, house.clock.now())
        });
        self.now = now;
        ended
    }

    async fn start(&self) -> House {
        let clock = Arc::new(WorldClock::new(self.now));
        self.stocks.set_clock(clock.clone());
        if self.rows.subscriptions().await.unwrap().is_empty() {
            let row = Change::AddSubscription(Box::new(parts::subscription(&self.listing, self.now)));
            self.rows.commit(ChangeSet::of(row)).await.unwrap();
        }
        let crash = Arc::clone(&self.crash);
        let store: Arc<dyn Store> = Arc::new(self.rows.with_faults(Arc::new(move |_| crash.commit())));
        let alert = parts::alert(&store, &clock).start();
        let ledger = parts::ledger(&store, &clock, &alert).start();
        let mut triggers = Vec::new();
        for _ in 0..self.actors {
            let deps = parts::deps(self, &store, &clock, &ledger, &alert).await;
            let actor = TriggerActor::new(deps).start();
            tick(actor.clone().recipient(), bursar::actors::trigger::TICK);
            triggers.push(actor);
        }
        let (chain, pays) = (Arc::clone(&self.chain), Arc::clone(&self.pays));
        actix::spawn(payer::pay_on(Arc::clone(&store), ledger.clone(), chain, pays));
        let logs = self.rows.triggers(TriggerFilter::default(), ALL).await.unwrap().len();
        House {
            store,
            clock,
            ledger,
            triggers,
            stocks: Arc::clone(&self.stocks),
            listing: self.listing.clone(),
            logs: Mutex::new(u32::try_from(logs).unwrap()),
        }
    }

    /// Runs a process without faults until nothing moves any more, and checks what must hold at rest.
    pub fn rest(&mut self) {
        self.crash.set(0);
        self.live(async |house| house.seconds(120).await);
        self.check();
    }

    /// Everything is over, every unit is accounted for, and nothing was sent or paid twice.
    pub fn check(&self) {
        let triggers = self.triggers();
        let payouts = self.payouts();
        for trigger in &triggers {
            assert!(trigger.state.is_final(), "{} is {:?}", trigger.id, trigger.state);
            parts::adds_up(trigger, &self.listing, &payouts);
        }
        assert!(
            self.stocks.marks().values().all(|sent| *sent == 1),
            "nothing is sent twice"
        );
        assert_eq!(self.balance(AccountKind::ChainEscrow, "USDT"), Amount::ZERO);
        assert_eq!(self.balance(AccountKind::ChainEscrow, "AAPL"), Amount::ZERO);
        // What we hold at the venue by the ledger is what the venue has for us.
        let shares = self.balance(AccountKind::VenueClearing, "AAPL").negated();
        assert_eq!(shares.units(), self.stocks.held().units());
        self.chain.check(&payouts);
    }

    pub fn triggers(&self) -> Vec<Trigger> {
        self.read(self.rows.triggers(TriggerFilter::default(), ALL)).unwrap()
    }

    pub fn payouts(&self) -> Vec<Payout> {
        let ids: Vec<TriggerId> = self.triggers().iter().map(|trigger| trigger.id).collect();
        self.read(self.rows.payouts_of(&ids)).unwrap()
    }

    /// What was paid: kind and amount, by trigger.
    pub fn paid(&self) -> Vec<(PayoutKind, String)> {
        let row = |payout: &Payout| (payout.kind, payout.amount.to_string());
        self.payouts().iter().map(row).collect()
    }

    /// The history of the first trigger.
    pub fn told(&self) -> Vec<String> {
        let first = self.triggers()[0].id;
        let moves = self.read(self.rows.moves_of(first)).unwrap();
        assert!(moves.iter().zip(1_u32..).all(|(line, number)| line.number == number));
        moves.into_iter().map(|line| line.what).collect()
    }

    pub fn balance(&self, kind: AccountKind, asset: &str) -> Amount {
        let accounts = self.read(self.rows.accounts(ALL)).unwrap();
        let own = accounts.iter().filter(|account| account.key.kind == kind);
        let own = own.filter(|account| account.key.asset.as_str() == asset);
        Amount::sum(own.map(|account| account.balance)).unwrap()
    }

    /// Alerts that were raised: kind and subject.
    pub fn alerts(&self) -> BTreeMap<(&'static str, String), bool> {
        let alerts = self.read(self.rows.alerts(AlertFilter::All, Page::first(500))).unwrap();
        let row = |alert: &domain::alert::Alert| {
            let key = (alert.kind.as_str(), alert.subject.clone());
            (key, alert.resolved_at.is_some())
        };
        alerts.iter().map(row).collect()
    }

    fn read<T>(&self, reading: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(reading)
    }
}

impl House {
    /// A deposit of so much is confirmed; whoever works on triggers is poked.
    pub async fn deposit(&self, usdt: &str) {
        self.give(TriggerKind::Deposit, usdt).await;
        self.poke();
    }

    /// A redemption of so many shares is confirmed.
    pub async fn redeem(&self, shares: &str) {
        self.give(TriggerKind::Redeem, shares).await;
        self.poke();
    }

    /// The same; nobody is poked. It is done once, and again where that failed.
    pub async fn give(&self, kind: TriggerKind, amount: &str) -> bool {
        let number = {
            let mut logs = self.logs.lock().unwrap();
            *logs += 1;
            *logs
        };
        let id = TriggerId(self.store.reserve_ids(domain::id::IdKind::Order, 1).await.unwrap());
        let amount = amount.parse().unwrap();
        let posting = parts::given(&self.listing, id, number, kind, amount, self.clock.now());
        let request = Request::Escrow(Arc::new(posting));
        matches!(self.ledger.send(Post { request }).await, Ok(Ok(_)))
    }

    pub fn poke(&self) {
        for actor in &self.triggers {
            poke(&actor.clone().recipient(), Look);
        }
    }

    pub async fn pause(&self, scope: PauseScope, paused: bool) {
        let pause = Pause {
            scope,
            paused,
            by: "hand".to_owned(),
            reason: "it is told so".to_owned(),
            at: self.clock.now(),
        };
        self.store.commit(ChangeSet::of(Change::SetPause(pause))).await.unwrap();
        self.poke();
    }

    /// Lets so many seconds pass.
    pub async fn seconds(&self, count: u64) {
        tokio::time::sleep(Duration::from_secs(count)).await;
    }

    /// State of each trigger.
    pub async fn states(&self) -> Vec<&'static str> {
        let triggers = self.store.triggers(TriggerFilter::default(), ALL).await.unwrap();
        triggers.iter().map(|trigger| trigger.state.as_str()).collect()
    }

    /// Whether the subscription is halted from now on.
    pub fn halt(&self, stage: &AtomicBool, halted: bool) {
        stage.store(halted, Ordering::Relaxed);
        self.poke();
    }
}
