//! How often the venue is called per minute for 100 robots of which 20 hold a position, counted in front of the venue.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

#[path = "support/seats.rs"]
mod seats;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bursar::assemble::{self, Daemon, Ending};
use bursar::http::metrics::builder;
use bursar::ports::keyring::Credential;
use bursar::ports::market::{Tape, Wake};
use bursar::ports::venue::{Look, Lookup, Quote, Sought, Venue, VenueError};
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::market::{Bar, Symbol};
use domain::outcome::Outcome;
use domain::robot::RiskPreference;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, OrderIntent, OrderReport, Protection, VenueName, VenueOrderId};
use futures::future::join_all;
use seats::Seat;

const ROBOTS: usize = 100;
const HOLDERS: usize = 20;
/// After the last position opened: longer than the longest interval, so that every account is on its own turn.
const WARM_UP: Duration = Duration::from_secs(40);
const MINUTES: u64 = 2;

/// How many robots share an account, and which robots hold a position.
struct Case {
    name: &'static str,
    robots_per_account: usize,
    /// Of the robots of one account these many hold, from the first account on until there are enough holders.
    holders_per_account: usize,
}

const CASES: [Case; 3] = [
    Case {
        name: "100 accounts, 20 of them in a position",
        robots_per_account: 1,
        holders_per_account: 1,
    },
    Case {
        name: "10 accounts, each with 2 of the 20 positions",
        robots_per_account: 10,
        holders_per_account: 2,
    },
    Case {
        name: "10 accounts, 2 of them with 10 positions each",
        robots_per_account: 10,
        holders_per_account: 10,
    },
];

/// Calls that went by.
#[derive(Debug, Default)]
struct Counts {
    polls: AtomicU64,
    others: AtomicU64,
}

impl Counts {
    fn read(&self) -> (u64, u64) {
        (self.polls.load(Ordering::Relaxed), self.others.load(Ordering::Relaxed))
    }
}

/// Stands in front of the venue and counts.
struct Counting {
    venue: Arc<dyn Venue>,
    counts: Arc<Counts>,
}

impl Counting {
    fn other(&self) -> &dyn Venue {
        self.counts.others.fetch_add(1, Ordering::Relaxed);
        self.venue.as_ref()
    }
}

#[async_trait]
impl Venue for Counting {
    fn name(&self) -> VenueName {
        self.venue.name()
    }

    fn poll_weight(&self) -> u32 {
        self.venue.poll_weight()
    }

    fn lookup_grace(&self) -> Duration {
        self.venue.lookup_grace()
    }

    async fn instrument(&self, symbol: &Symbol) -> Result<Option<Instrument>, VenueError> {
        self.other().instrument(symbol).await
    }

    async fn tape(&self, symbol: &Symbol) -> Result<Arc<Tape>, VenueError> {
        self.other().tape(symbol).await
    }

    async fn quote(&self, symbol: &Symbol) -> Result<Quote, VenueError> {
        self.other().quote(symbol).await
    }

    async fn bars(&self, symbol: &Symbol, limit: usize) -> Result<Vec<Bar>, VenueError> {
        self.other().bars(symbol, limit).await
    }

    async fn prepare(&self, account: &VenueAccount) -> Result<(), VenueError> {
        self.other().prepare(account).await
    }

    async fn place(&self, account: VenueAccountId, intent: &OrderIntent) -> Outcome<OrderReport> {
        self.other().place(account, intent).await
    }

    async fn cancel(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<OrderReport> {
        self.other().cancel(account, symbol, order).await
    }

    async fn cancel_all(&self, account: VenueAccountId, symbol: &Symbol) -> Outcome<()> {
        self.other().cancel_all(account, symbol).await
    }

    async fn protect(&self, account: VenueAccountId, protection: &Protection) -> Outcome<VenueOrderId> {
        self.other().protect(account, protection).await
    }

    async fn unprotect(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<()> {
        self.other().unprotect(account, symbol, order).await
    }

    async fn lookup(&self, account: VenueAccountId, sought: &Sought<'_>) -> Result<Lookup, VenueError> {
        self.other().lookup(account, sought).await
    }

    async fn poll(&self, account: VenueAccountId, look: &Look<'_>) -> Result<AccountReport, VenueError> {
        self.counts.polls.fetch_add(1, Ordering::Relaxed);
        self.venue.poll(account, look).await
    }

    fn heed(&self, account: VenueAccountId, wake: Wake) {
        self.venue.heed(account, wake);
    }

    fn forget(&self, account: VenueAccountId) {
        self.venue.forget(account);
    }

    fn is_heard(&self, account: VenueAccountId) -> bool {
        self.venue.is_heard(account)
    }

    async fn rights(&self, credential: &Credential) -> Result<Option<KeyRights>, VenueError> {
        self.other().rights(credential).await
    }

    fn supports(&self, mode: PositionMode) -> bool {
        self.venue.supports(mode)
    }
}

fn main() {
    actix::System::new().block_on(async {
        println!("one poll per robot, every 10 s: {} per minute", ROBOTS * 6);
        println!(
            "one poll per robot, every 5 s in a position and 30 s flat: {} per minute",
            HOLDERS * 12 + (ROBOTS - HOLDERS) * 2
        );
        let cases = CASES.iter().map(|case| async move {
            let directory = tempfile::tempdir().unwrap();
            run(case, directory.path()).await;
        });
        join_all(cases).await;
    });
}

async fn run(case: &Case, directory: &Path) {
    let counts = Arc::new(Counts::default());
    let daemon = start(case, directory, Arc::clone(&counts)).await;
    let store = daemon.store.as_ref();
    let all_held = |open, moving| (open, moving) == (HOLDERS, 0);
    assert!(seats::until(store, all_held, Duration::from_secs(180)).await);
    tokio::time::sleep(WARM_UP).await;
    let before = counts.read();
    tokio::time::sleep(Duration::from_secs(60) * u32::try_from(MINUTES).unwrap()).await;
    let after = counts.read();
    assert_eq!(seats::positions(store).await, (HOLDERS, 0));
    println!(
        "{}: {} polls in {MINUTES} minutes, {} per minute; other calls: {}",
        case.name,
        after.0 - before.0,
        (after.0 - before.0) / MINUTES,
        after.1 - before.1
    );
    assert_eq!(daemon.stop(Ending::Asked).await, Ending::Asked);
}

/// A daemon whose holders open soon and stay, and whose others never open; one robot per market on an account.
async fn start(case: &Case, directory: &Path, counts: Arc<Counts>) -> Daemon {
    let mut settings = seats::settings(directory);
    seats::exits(&mut settings, RiskPreference::Aggressive, "0.01", "99");
    seats::exits(&mut settings, RiskPreference::Conservative, "90", "99");
    let market = settings.paper.instruments[0].clone();
    let names = (0..case.robots_per_account).map(|number| format!("COIN{number}USDT"));
    let markets = names.map(|symbol| config_of(&market, symbol));
    settings.paper.instruments = markets.collect();
    let handle = builder().unwrap().build_recorder().handle();
    let in_front = |venue| Arc::new(Counting { venue, counts }) as Arc<dyn Venue>;
    let daemon = assemble::start_with(&settings, handle, in_front).await.unwrap();
    let all: Vec<Seat> = (0..ROBOTS).map(|robot| seat_of(case, robot)).collect();
    seats::seat(&daemon, &all).await;
    daemon
}

fn config_of(market: &bursar::config::InstrumentSettings, symbol: String) -> bursar::config::InstrumentSettings {
    bursar::config::InstrumentSettings {
        symbol,
        ..market.clone()
    }
}

fn seat_of(case: &Case, robot: usize) -> Seat {
    let (account, place) = (robot / case.robots_per_account, robot % case.robots_per_account);
    let holds = place < case.holders_per_account && account * case.holders_per_account < HOLDERS;
    Seat {
        account,
        symbol: Symbol::new(&format!("COIN{place}USDT")),
        risk: if holds {
            RiskPreference::Aggressive
        } else {
            RiskPreference::Conservative
        },
        window_seconds: 10,
        stake: 100,
        leverage: 5,
    }
}
