//! A whole world in paused time: the daemon's actors, the paper venue and their rows, which outlive a crash.

#[path = "world/chance.rs"]
mod chance;
#[path = "world/checks.rs"]
mod checks;
#[path = "world/clock.rs"]
mod clock;
#[path = "world/daemon.rs"]
mod daemon;
#[path = "world/fragile.rs"]
mod fragile;
#[path = "world/line.rs"]
mod line;
#[path = "world/nets.rs"]
mod nets;
#[path = "world/options.rs"]
mod options;
#[path = "world/people.rs"]
mod people;
#[path = "world/switches.rs"]
mod switches;
#[path = "world/witness.rs"]
mod witness;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bursar::adapters::store::MemoryStore;
use bursar::adapters::venue::paper::Chaos;
use domain::fixed::Price;
use domain::market::Symbol;
use domain::time::Timestamp;

pub use chance::Chance;
pub use checks::{Broken, check};
pub use clock::WorldClock;
pub use daemon::{Daemon, asker};
pub use fragile::Panics;
pub use line::Line;
pub use people::{ACCOUNTS, Neighbours, POOR, RICH, ROBOTS, btc, eth};
pub use witness::Witness;

/// What goes wrong by chance while chaos reigns, each in so many of a thousand cases.
#[derive(Debug, Clone, Copy)]
pub struct Troubles {
    pub commit_before: u32,
    pub commit_after: u32,
    pub robot_panics: u32,
    pub late_placements: u32,
    pub venue: Chaos,
}

impl Troubles {
    /// Nothing goes wrong by chance.
    pub fn none() -> Self {
        Self {
            commit_before: 0,
            commit_after: 0,
            robot_panics: 0,
            late_placements: 0,
            venue: Chaos::default(),
        }
    }
}

/// What outlives a process: rows, the venue's vault among them, and what was seen to be wrong.
pub struct World {
    pub rows: MemoryStore,
    pub witness: Arc<Witness>,
    /// Whether commits fail and robots panic by chance.
    pub chaos: Arc<AtomicBool>,
    pub panics: Arc<Panics>,
    /// Whether it cannot be read which accounts are busy.
    pub unlisted: Arc<AtomicBool>,
    pub troubles: Troubles,
    /// What the daemon's clock shows between two lives.
    pub now: Timestamp,
    pub prices: Rc<RefCell<BTreeMap<Symbol, Price>>>,
    pub seed: u64,
    /// Whether robots have neighbours on their markets.
    pub neighbours: Neighbours,
    /// How many lives there were.
    pub lives: u64,
    /// Whether the usual people live in it.
    is_peopled: bool,
}

impl World {
    /// A world with people, accounts, robots and power, in which nothing has happened yet.
    pub fn new(seed: u64, troubles: Troubles) -> Self {
        let prices = [(btc(), "60000"), (eth(), "3000")];
        let prices = prices.map(|(symbol, price)| (symbol, price.parse().unwrap()));
        Self {
            rows: MemoryStore::new(),
            witness: Arc::default(),
            chaos: Arc::new(AtomicBool::new(false)),
            panics: Arc::new(Panics::new(seed, troubles.robot_panics)),
            unlisted: Arc::default(),
            troubles,
            now: Timestamp(1_800_000_000_000),
            prices: Rc::new(RefCell::new(BTreeMap::from(prices))),
            seed,
            neighbours: Neighbours::None,
            lives: 0,
            is_peopled: true,
        }
    }

    /// Nobody lives here yet.
    pub fn without_robots(&mut self) {
        self.is_peopled = false;
    }

    /// Runs a process from its start until the story ends, and then kills it: whatever is in flight is gone.
    pub fn live<T>(&mut self, story: impl AsyncFnOnce(&Daemon) -> T) -> T {
        self.lives += 1;
        let runner = actix::System::with_tokio_rt(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .start_paused(true)
                .build()
                .unwrap()
        });
        let (told, now) = runner.block_on(async {
            if self.lives == 1 && self.is_peopled {
                people::settle_in(&self.rows, self.now, self.neighbours).await;
            }
            let daemon = Daemon::start(self).await;
            let told = story(&daemon).await;
            assert!(!daemon.is_dead(), "ledger, scheduler or supervisor panicked");
            (told, daemon.now())
        });
        self.now = now;
        told
    }
}
