//! What 10,000 robots on 10,000 accounts of the paper venue cost in one process, and how punctual their syncs are.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

#[path = "support/meter.rs"]
mod meter;
#[path = "support/process.rs"]
mod process;
#[path = "support/seats.rs"]
mod seats;
#[path = "support/spread.rs"]
mod spread;

use std::time::{Duration, Instant};

use actix::Recipient;
use bursar::actors::mail::{ListChildren, SyncAndWait};
use bursar::assemble::{self, Daemon, Ending};
use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::robot::RiskPreference;
use meter::{Meter, Sample};
use seats::Seat;
use spread::tell;

const ROBOTS: usize = 10_000;
/// Every so manyth robot opens as soon as it can and holds.
const HOLDER_EVERY: usize = 5;
/// Every so manyth robot trades by the templates of the default settings; all others wait for what never comes.
const TRADER_EVERY: usize = 50;
const MARKETS: [&str; 2] = ["BTCUSDT", "ETHUSDT"];
const WINDOWS: [u32; 4] = [60, 120, 180, 300];
/// Longer than the longest interval and the longest window that must fill.
const WARM_UP: Duration = Duration::from_secs(60);
const LENGTH: Duration = Duration::from_secs(120);
/// How often an account is synced on demand meanwhile.
const PROBE_EVERY: Duration = Duration::from_millis(100);

const DELAY: &str = "bursar_sync_delay_seconds";
const LASTED: &str = "bursar_sync_seconds";
const POLLS: &str = "bursar_polls_total";
const DECISIONS: &str = "bursar_decision_seconds";

fn main() {
    let (meter, handle) = Meter::install(&[DELAY, LASTED, POLLS, DECISIONS]);
    let directory = tempfile::tempdir().unwrap();
    actix::System::new().block_on(async {
        let mut settings = seats::settings(directory.path());
        seats::exits(&mut settings, RiskPreference::Aggressive, "0.01", "99");
        seats::exits(&mut settings, RiskPreference::Conservative, "90", "99");
        let daemon = assemble::start_with(&settings, handle, |venue| venue).await.unwrap();
        tokio::time::sleep(Duration::from_secs(5)).await;
        let empty = process::resident_bytes();
        let begun = Instant::now();
        let all: Vec<Seat> = (0..ROBOTS).map(seat_of).collect();
        let accounts = seats::seat(&daemon, &all).await;
        println!(
            "rows of {ROBOTS} robots and accounts written in {:.1?}",
            begun.elapsed()
        );
        until_at_work(&daemon).await;
        println!("all robots at work {:.1?} after the start", begun.elapsed());
        memory("without positions", empty);
        let all_held = |open, _| open >= holders();
        assert!(seats::until(daemon.store.as_ref(), all_held, Duration::from_secs(300)).await);
        println!("{} positions open {:.1?} after the start", holders(), begun.elapsed());
        tokio::time::sleep(WARM_UP).await;
        meter.clear();
        measure(&daemon, &accounts, &meter).await;
        memory("at the end", empty);
        assert_eq!(daemon.stop(Ending::Asked).await, Ending::Asked);
    });
}

fn seat_of(robot: usize) -> Seat {
    let (risk, window_seconds) = match robot {
        holder if holder % HOLDER_EVERY == 0 => (RiskPreference::Aggressive, 10),
        trader if trader % TRADER_EVERY == 1 => (RiskPreference::Balanced, WINDOWS[robot / TRADER_EVERY % 4]),
        waiter => (RiskPreference::Conservative, WINDOWS[waiter % 4]),
    };
    Seat {
        account: robot,
        symbol: Symbol::new(MARKETS[robot / HOLDER_EVERY % 2]),
        risk,
        window_seconds,
        stake: 500,
        leverage: 5,
    }
}

const fn holders() -> usize {
    ROBOTS / HOLDER_EVERY
}

fn memory(when: &str, empty: u64) {
    let now = process::resident_bytes();
    println!(
        "memory {when}: {} MB resident, {} MB without robots, {} bytes per robot",
        now >> 20,
        empty >> 20,
        now.saturating_sub(empty) / u64::try_from(ROBOTS).unwrap()
    );
}

async fn until_at_work(daemon: &Daemon) {
    let children: Recipient<ListChildren> = daemon.actors.mailboxes().children;
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let listed = children.send(ListChildren).await.unwrap();
        let at_work = listed.iter().filter(|child| child.last_mail.is_some());
        if at_work.count() == ROBOTS {
            return;
        }
    }
}

async fn measure(daemon: &Daemon, accounts: &[VenueAccountId], meter: &Meter) {
    let (open, _) = seats::positions(daemon.store.as_ref()).await;
    let (begun, worked) = (Instant::now(), process::worked());
    let mut probes = Vec::new();
    let mut due = tokio::time::interval(PROBE_EVERY);
    while begun.elapsed() < LENGTH {
        due.tick().await;
        // Multiples of a prime walk over all accounts.
        let account = accounts[probes.len() * 7_919 % accounts.len()];
        let asked = Instant::now();
        let answer = daemon.actors.sync().send(SyncAndWait { account }).await;
        answer.unwrap().unwrap();
        probes.push(asked.elapsed());
    }
    let (lasted, worked) = (begun.elapsed(), process::worked() - worked);
    println!("measured for {lasted:.1?}, {open} positions open at its start");
    let millicores = worked.as_millis() * 1_000 / lasted.as_millis();
    println!("processor: {worked:.1?}, {millicores} thousandths of one core");
    let durations = |samples: Vec<Sample>| samples.into_iter().map(|(_, lasted)| lasted);
    println!("polls: {}", meter.samples(POLLS, "").len());
    tell(
        "delay of scheduled syncs",
        durations(meter.samples(DELAY, "kind=period")),
    );
    tell("delay of event syncs", durations(meter.samples(DELAY, "kind=event")));
    tell("event sync, from asking to committed", probes);
    tell("length of all syncs", durations(meter.samples(LASTED, "")));
    println!(
        "opens: {}, closes: {}",
        meter.samples(DECISIONS, "purpose=open").len(),
        { meter.samples(DECISIONS, "purpose=close").len() }
    );
}
