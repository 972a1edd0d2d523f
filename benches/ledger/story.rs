//! The order of one database's measurements.

use std::env;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use actix::Addr;
use bursar::actors::ledger::{LedgerActor, LedgerOptions};
use bursar::adapters::store::SqlStore;
use bursar::assemble::options;
use bursar::jobs::verify_ledger::verify_ledger;
use bursar::ports::store::Store;
use sea_orm::DatabaseConnection;

use super::figures::{Measured, per_second, percent};
use super::ground::Ground;
use super::{bare, disk, fill, peak, process, senders};

/// Senders at once, and settlements to measure with so many.
const STEPS: [(usize, i64); 4] = [(1, 2_000), (8, 20_000), (64, 60_000), (1_024, 150_000)];
/// Settlements that are each their own transaction.
const SINGLE: i64 = 4_000;

struct Stage<'a> {
    ground: &'a Ground,
    store: Arc<dyn Store>,
    side: DatabaseConnection,
    options: LedgerOptions,
    next: i64,
}

/// Measures all on one database.
pub async fn tell(ground: &Ground) {
    let settings = ground.settings();
    let store = SqlStore::open(options::store(&settings)).await.unwrap();
    let mut stage = Stage {
        ground,
        store: Arc::new(store.clone()),
        side: ground.connection().await,
        options: options::ledger(&settings).unwrap(),
        next: 2,
    };
    println!(
        "{}, groups of at most {}",
        ground.kind.name(),
        stage.options.group_limit
    );
    fill::people(ground.kind, &stage.store, &stage.side).await;
    let ledger = senders::start(&stage.store, stage.options);
    senders::recharge(&ledger).await;
    let before = process::resident_bytes();
    let saturated = stage.steps(&ledger).await;
    println!(
        "  resident memory: {} MB ({} MB before)",
        process::resident_bytes() / 1_000_000,
        before / 1_000_000
    );
    senders::stop(ledger).await;
    stage.one_by_one().await;
    stage.verify().await;
    stage.sums().await;
    if let Some(entries) = env::var("BURSAR_BENCH_ENTRIES").ok().and_then(|text| text.parse().ok()) {
        stage.curve(entries).await;
        stage.verify().await;
        stage.sums().await;
    }
    stage.bare(saturated).await;
    stage.side.close().await.unwrap();
    store.close().await;
}

impl Stage<'_> {
    async fn fill(&mut self, count: i64, hot: bool) -> Range<i64> {
        let ids = self.next..self.next + count;
        self.next = ids.end;
        fill::positions(self.ground.kind, &self.side, ids.clone(), hot).await;
        ids
    }

    async fn disk(&self) -> i64 {
        disk::bytes(self.ground.kind, &self.side, &disk::LEDGER).await
    }

    /// Every number of senders, spread and hot. Returns the last rates of both.
    async fn steps(&mut self, ledger: &Addr<LedgerActor>) -> [u64; 2] {
        let mut saturated = [0, 0];
        for (place, hot) in [false, true].into_iter().enumerate() {
            for (at_once, count) in STEPS {
                let ids = self.fill(count, hot).await;
                let before = self.disk().await;
                let worked = process::worked();
                let mut measured = senders::settle(ledger, ids, at_once).await;
                let worked = (process::worked() - worked) / u32::try_from(count).unwrap();
                let name = if hot { "one hot user" } else { "10,000 users" };
                measured.tell(&format!("{at_once} senders, {name} ({worked:.1?} of processor each)"));
                saturated[place] = measured.per_second();
                if at_once == 1_024 {
                    let grown = self.disk().await - before;
                    println!("  disk of entry, posting, ledger_account: {} bytes each", grown / count);
                }
            }
        }
        println!("  hot is {} % of spread", percent(saturated[1], saturated[0]));
        saturated
    }

    /// (a): a ledger that writes each settlement in its own transaction.
    async fn one_by_one(&mut self) {
        let ids = self.fill(SINGLE, false).await;
        let options = LedgerOptions {
            group_limit: 1,
            ..self.options
        };
        let ledger = senders::start(&self.store, options);
        let mut measured = senders::settle(&ledger, ids, 64).await;
        measured.tell("(a) one transaction each, same store");
        senders::stop(ledger).await;
    }

    /// (b): the bare minimum.
    async fn bare(&mut self, saturated: [u64; 2]) {
        let (_, count) = STEPS[3];
        let size = i64::try_from(self.options.group_limit).unwrap();
        for (place, hot) in [false, true].into_iter().enumerate() {
            let ids = self.fill(count, hot).await;
            let measured: Measured = bare::settle(self.ground, &self.side, ids, size, hot).await;
            let name = if hot { "one hot user" } else { "10,000 users" };
            println!(
                "  (b) bare minimum, {name}: {}/s; the ledger saturated does {} % of it",
                measured.per_second(),
                percent(saturated[place], measured.per_second())
            );
        }
    }

    /// What the alert rules and the status page ask for.
    async fn sums(&self) {
        let begun = Instant::now();
        let settled = self.store.settled().await.unwrap();
        let settled_in = begun.elapsed();
        let begun = Instant::now();
        self.store.unsettled().await.unwrap();
        println!(
            "  sums over {} positions: settled {settled_in:.1?}, unsettled {:.1?}",
            settled.charged_count,
            begun.elapsed()
        );
    }

    async fn verify(&self) {
        let before = process::resident_bytes();
        peak::forget();
        let begun = Instant::now();
        let verified = verify_ledger(&*self.store).await.unwrap();
        assert_eq!(verified.finding, None);
        println!(
            "  verify: {} entries and {} positions in {:.2?}, {} entries/s, {} MB at most ({} MB before)",
            verified.entries,
            verified.positions,
            begun.elapsed(),
            per_second(verified.entries, begun.elapsed()),
            peak::bytes() / 1_000_000,
            before / 1_000_000
        );
    }

    /// What an entry costs as their number grows.
    async fn curve(&mut self, entries: i64) {
        let ledger = senders::start(&self.store, self.options);
        let mut mark = 10_000;
        let mut written = self.store.last_entry().await.unwrap().0;
        while mark <= entries {
            let count = (mark - written).max(10_000);
            let ids = self.fill(count, false).await;
            let last = ids.end - 10_000;
            if last > ids.start {
                senders::settle(&ledger, ids.start..last, 1_024).await;
            }
            let mut measured = senders::settle(&ledger, last..ids.end, 1_024).await;
            written += count;
            measured.tell(&format!("the last 10,000 of {written} entries"));
            mark *= 10;
        }
        senders::stop(ledger).await;
    }
}
