//! Pools through the ledger and the jobs: days are paid once and in order, whatever is cut off where.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bursar::actors::mail::{Post, Purse};
use bursar::adapters::store::{CommitFault, MemoryStore};
use bursar::desk::{
    Asker, Desk, Markets, NewFunding, NewPoolRate, NewProduct, NewRedemption, NewSubscription, Prepared,
};
use bursar::jobs::judge_closes::Ears;
use bursar::jobs::pools::distribute_yield::distribute_yield;
use bursar::jobs::pools::progress::Progress;
use bursar::jobs::pools::reconcile_pools::reconcile_pools;
use bursar::jobs::pools::{Distributed, PoolRun};
use bursar::ports::store::HoldingFilter;
use domain::alert::AlertKind;
use domain::fixed::Amount;
use domain::id::{HoldingId, ProductId, UserId};
use domain::ledger::{Asset, EntrySeq, EscrowPosting, PostAnswer, Request};
use domain::page::Page;
use domain::pool::{DayState, PoolDay};
use serde_json::json;

use super::world::{World, options, simulate};
use crate::databases::Ground;

/// Commits of a run in the story of the cuts: pages, what matures, comparisons and marks.
const COMMITS: i64 = 16;
const DAY: Duration = Duration::from_secs(86_400);

fn asker() -> Asker {
    Asker {
        by: "ops".to_owned(),
        reason: "a test".to_owned(),
        from: "here".to_owned(),
    }
}

fn usdt() -> Purse {
    Purse::Wallet(Asset::new("USDT").unwrap())
}

fn day(text: &str) -> PoolDay {
    PoolDay::parse(text).unwrap()
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// A world with a desk, the jobs of the pools, and full wallets.
struct Pools {
    world: World,
    desk: Desk,
    run: PoolRun,
}

impl Pools {
    async fn over(world: World) -> Self {
        let desk = Desk::new(
            Arc::clone(&world.store),
            world.clock.clone(),
            Markets::listed(Vec::new()),
        );
        let run = PoolRun {
            store: Arc::clone(&world.store),
            clock: world.clock.clone(),
            ledger: world.ledger.clone().recipient(),
            ears: Ears {
                raises: world.alerts.clone().recipient(),
                resolves: world.alerts.clone().recipient(),
            },
            page: 3,
            progress: Progress::default(),
        };
        Self { world, desk, run }
    }

    async fn new(ground: &Ground) -> Self {
        let pools = Self::over(World::on(ground).await).await;
        pools.fill_wallets().await;
        pools
    }

    async fn fill_wallets(&self) {
        for user in [7, 8] {
            self.world
                .recharge(&format!("fill {user}").replace(' ', "-"), user, usdt(), "100000")
                .await;
        }
    }

    /// An open product, funded.
    async fn product(&self, more: serde_json::Value, funding: &str) -> ProductId {
        let mut fields = json!({"name": "flexible", "asset": "USDT", "rate": "0.0001", "quota": "1000"});
        fields
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let new: NewProduct = serde_json::from_value(fields).unwrap();
        let id = ProductId(self.desk.create_product(new, &asker()).await.unwrap().id);
        self.desk.open_product(id, &asker()).await.unwrap();
        self.fund(id, "first", funding).await;
        id
    }

    async fn fund(&self, id: ProductId, reference: &str, funding: &str) {
        if funding != "0" {
            let new = NewFunding {
                reference: format!("{reference}-{id}"),
                amount: amount(funding),
            };
            let prepared = self.desk.funding(id, &new, &asker()).await.unwrap();
            self.post(prepared).await.unwrap();
        }
    }

    async fn post(&self, prepared: Prepared) -> Result<(), String> {
        let Prepared::Now(ready) = prepared else { return Ok(()) };
        let request = Request::Escrow(Arc::new(ready.0));
        match self.world.ledger.send(Post { request }).await.unwrap().unwrap().answer {
            PostAnswer::Created { .. } => Ok(()),
            PostAnswer::Rejected { reason } => Err(reason),
            other => panic!("{other:?}"),
        }
    }

    /// Subscribes, again while others are faster.
    async fn subscribe(&self, id: ProductId, reference: &str, user: i64, units: &str) -> Result<(), String> {
        let new = NewSubscription {
            reference: reference.to_owned(),
            user: UserId(user),
            amount: amount(units),
            referrer: None,
            renews: false,
        };
        loop {
            let prepared = self
                .desk
                .subscription(id, &new)
                .await
                .map_err(|error| error.to_string())?;
            match self.post(prepared).await {
                Err(why) if EscrowPosting::is_stale(&why) => {}
                answer => return answer,
            }
        }
    }

    async fn redeem(&self, id: i64, reference: &str) {
        let new = NewRedemption {
            reference: reference.to_owned(),
            amount: None,
        };
        let prepared = self.desk.redemption(HoldingId(id), &new).await.unwrap();
        self.post(prepared).await.unwrap();
    }

    async fn distribute(&self) -> Distributed {
        distribute_yield(&self.run).await.unwrap()
    }

    async fn wallet(&self, user: i64) -> String {
        self.world.balance(usdt().account(UserId(user))).await
    }

    /// Days on record agree, the product does, and so does the ledger.
    async fn agree(&self, id: ProductId, days: usize) {
        let rows = self.world.store.pool_days(id, Page::first(100)).await.unwrap();
        assert_eq!(rows.len(), days);
        for row in rows {
            assert!(matches!(row.state, DayState::Reconciled { .. }), "{row:?}");
        }
        assert_eq!(reconcile_pools(&self.run).await.unwrap(), 0);
        assert_eq!(self.world.finding().await, "");
    }
}

pub async fn t13_days_that_were_missed_are_paid_in_order_page_by_page_and_once(ground: Arc<Ground>) {
    let pools = Pools::new(&ground).await;
    let id = pools.product(json!({}), "100").await;
    for number in 0..10 {
        let user = 7 + number % 2;
        pools.subscribe(id, &format!("s{number}"), user, "10").await.unwrap();
    }
    // An outage: four days have ended, three of them earn.
    pools.world.clock.advance(DAY * 4);
    let report = pools.distribute().await;
    assert_eq!((report.days, report.holdings, report.failed), (3, 30, 0), "{report}");
    assert_eq!(report.paid, amount("0.03"));
    assert_eq!(pools.wallet(7).await, "99950.015");
    let again = pools.distribute().await;
    assert_eq!((again.days, again.holdings, again.paid), (0, 0, Amount::ZERO));
    let course = pools.run.progress.courses()[0].1;
    assert_eq!((course.all, course.done), (10, 10));
    pools.agree(id, 3).await;
    pools.world.stop().await;
}

pub async fn s4_05_subscribers_at_once_get_the_quota_and_no_more(ground: Arc<Ground>) {
    let pools = Pools::new(&ground).await;
    let id = pools.product(json!({}), "0").await;
    let asks = (0..24).map(|number| {
        let (pools, user) = (&pools, 7 + number % 2);
        async move { pools.subscribe(id, &format!("s{number}"), user, "100").await }
    });
    let answers = futures::future::join_all(asks).await;
    let taken = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(taken, 10);
    for refused in answers.into_iter().filter_map(Result::err) {
        assert_eq!(refused, "only 0 of the quota is left");
    }
    let product = pools.world.store.product(id).await.unwrap().unwrap();
    assert_eq!(product.sold, amount("1000"));
    assert_eq!(pools.world.store.behind(id, day("2026-01-02")).await.unwrap(), 10);
    assert_eq!(pools.world.finding().await, "");
    // The same reference is the same act.
    let taken = taken_references(&pools).await;
    let other = pools.subscribe(id, &taken[0], 7, "99").await;
    assert_eq!(other, Err("the reference was used for something else".to_owned()));
    pools.world.stop().await;
}

/// References of what was put in.
async fn taken_references(pools: &Pools) -> Vec<String> {
    let entries = pools
        .world
        .store
        .entries_between(EntrySeq(0), EntrySeq(1_000))
        .await
        .unwrap();
    let keys = entries
        .iter()
        .filter_map(|entry| entry.key.as_str().strip_prefix("pool_in:"));
    keys.map(str::to_owned).collect()
}

pub async fn s4_12_a_day_waits_until_it_is_funded_and_somebody_is_told(ground: Arc<Ground>) {
    let pools = Pools::new(&ground).await;
    let id = pools.product(json!({}), "0.001").await;
    for number in 0..4 {
        pools.subscribe(id, &format!("s{number}"), 7, "100").await.unwrap();
    }
    pools.world.clock.advance(DAY * 2);
    let report = pools.distribute().await;
    assert_eq!((report.waiting, report.holdings), (1, 0), "{report}");
    let told = (AlertKind::PoolFunding, format!("product:{id}"));
    assert_eq!(pools.world.open_alerts().await, [told]);
    // Principal is given back all the same.
    pools.redeem(1, "out").await;
    assert_eq!(pools.wallet(7).await, "99700");
    pools.fund(id, "second", "10").await;
    let report = pools.distribute().await;
    assert_eq!((report.waiting, report.days), (0, 1), "{report}");
    assert_eq!(pools.wallet(7).await, "99700.04");
    assert_eq!(pools.world.open_alerts().await, []);
    pools.agree(id, 1).await;
    pools.world.stop().await;
}

pub async fn s4_08_a_rate_for_days_gone_by_is_corrected_and_the_days_agree_again(ground: Arc<Ground>) {
    let pools = Pools::new(&ground).await;
    let id = pools.product(json!({}), "100").await;
    for number in 0..5 {
        pools.subscribe(id, &format!("s{number}"), 8, "100").await.unwrap();
    }
    pools.world.clock.advance(DAY * 4);
    pools.redeem(5, "out").await;
    pools.distribute().await;
    assert_eq!(pools.wallet(8).await, "99600.15");
    let new = NewPoolRate {
        rate: "0.0003".parse().unwrap(),
        from_day: Some(day("2026-01-03")),
    };
    pools.desk.set_pool_rate(id, new, &asker()).await.unwrap();
    let report = pools.distribute().await;
    assert_eq!((report.corrected, report.unreconciled), (5, 0), "{report}");
    // Two days at 0.02 more for each of five, of which one has ended.
    assert_eq!(pools.wallet(8).await, "99600.35");
    assert_eq!(pools.distribute().await.corrected, 0);
    pools.agree(id, 3).await;
    pools.world.stop().await;
}

pub async fn s4_07_what_matured_while_nothing_ran_is_given_back_with_its_days_and_no_more(ground: Arc<Ground>) {
    let pools = Pools::new(&ground).await;
    let id = pools.product(json!({"term_days": 2, "name": "fixed"}), "100").await;
    for number in 0..4 {
        pools.subscribe(id, &format!("s{number}"), 7, "100").await.unwrap();
    }
    pools.world.clock.advance(DAY * 10);
    let report = pools.distribute().await;
    assert_eq!((report.matured, report.failed), (4, 0), "{report}");
    assert_eq!(pools.wallet(7).await, "100000.08");
    let filter = HoldingFilter {
        held: Some(true),
        ..HoldingFilter::default()
    };
    assert!(
        pools
            .world
            .store
            .holdings(filter, Page::first(9))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(pools.world.store.product(id).await.unwrap().unwrap().sold, Amount::ZERO);
    pools.agree(id, 9).await;
    pools.world.stop().await;
}

/// Lets all commits through until `left` of them are done; the next is written or not, as is said, and after it nothing is.
fn cut(store: &MemoryStore, left: Arc<AtomicI64>, written: bool) -> MemoryStore {
    store.with_faults(Arc::new(move |_: &_| match left.fetch_sub(1, Ordering::SeqCst) {
        more if more > 0 => CommitFault::None,
        0 if written => CommitFault::After,
        _ => CommitFault::Before,
    }))
}

/// A world on this store, whose ledger soon gives up.
async fn hasty(store: MemoryStore) -> Pools {
    let mut options = options();
    options.deadline = Duration::from_millis(200);
    Pools::over(World::new(Arc::new(store), options).await).await
}

#[test]
fn t13_cut_off_at_any_commit_the_next_run_goes_on_and_pays_each_day_once() {
    for at in 0..COMMITS + 1 {
        for written in [true, false] {
            simulate(async move {
                let rows = MemoryStore::new();
                let pools = hasty(rows.clone()).await;
                pools.fill_wallets().await;
                let flexible = pools.product(json!({"commission": "0"}), "100").await;
                let fixed = pools.product(json!({"term_days": 1, "name": "fixed"}), "100").await;
                for number in 0..5 {
                    pools.subscribe(flexible, &format!("a{number}"), 7, "10").await.unwrap();
                    pools.subscribe(fixed, &format!("b{number}"), 8, "10").await.unwrap();
                }
                pools.world.stop().await;
                let left = Arc::new(AtomicI64::new(at));
                let crashed = hasty(cut(&rows, Arc::clone(&left), written)).await;
                crashed.world.clock.advance(DAY * 3);
                let broken = crashed.distribute().await;
                assert_eq!(broken.failed > 0, at < COMMITS, "cut at {at}: {broken}");
                crashed.world.stop().await;
                let pools = hasty(rows.clone()).await;
                pools.world.clock.advance(DAY * 3);
                let report = pools.distribute().await;
                assert_eq!(report.failed, 0, "cut at {at}: {report}");
                assert_eq!(pools.wallet(7).await, "99950.01", "cut at {at}");
                assert_eq!(pools.wallet(8).await, "100000.005", "cut at {at}");
                pools.agree(flexible, 2).await;
                pools.agree(fixed, 2).await;
                pools.world.stop().await;
            });
        }
    }
}
