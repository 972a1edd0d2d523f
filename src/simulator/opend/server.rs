//! The server: the socket that clients connect to, the market's own time, and what all connections share.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use domain::fixed::{Amount, Price};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

use super::cipher::{Cipher, RsaPair};
use super::control;
use super::faults::{Faults, Script};
use super::limits::Counts;
use super::talk::talk;
use super::wire::{self, Told};
use super::world::{Account, Carried, Exchange, News, Stock, World};
use crate::adapters::venue::paper::Random;
use crate::clock::Clock;
use crate::simulator::faults::routes::Faulty;

/// News that a slow connection may be behind.
const NEWS: usize = 4_096;
/// Numbers of the accounts: paper in New York and Hong Kong, real in New York.
const ACCOUNTS: [(u64, bool, Exchange); 3] = [
    (1_000_001, false, Exchange::Us),
    (1_000_002, false, Exchange::Hk),
    (2_000_001, true, Exchange::Us),
];
/// The stocks: exchange, code, company, lot, step and price in thousandths.
const STOCKS: [(Exchange, &str, &str, i64, i64, i64); 5] = [
    (Exchange::Us, "AAPL", "Apple", 1, 10, 187_300),
    (Exchange::Us, "MSFT", "Microsoft", 1, 10, 402_150),
    (Exchange::Us, "NVDA", "NVIDIA", 1, 10, 121_400),
    (Exchange::Us, "TSLA", "Tesla", 1, 10, 248_900),
    (Exchange::Hk, "00700", "Tencent", 100, 200, 380_400),
];

/// What is simulated.
pub struct OpendOptions {
    /// Where clients connect; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where faults, prices and sessions are set, over HTTP.
    pub control: SocketAddr,
    /// The RSA key; without it nothing is encrypted.
    pub rsa: Option<RsaPair>,
    /// How it is encrypted then.
    pub cipher: Cipher,
    /// MD5 of the password that unlocks trading with real money, in lower-case hexadecimal.
    pub password_md5: String,
    /// Cash of each account.
    pub cash: Amount,
    /// Time between two prices; `None` sets prices by hand alone.
    pub tick: Option<Duration>,
    /// Seed of prices and keys.
    pub seed: u64,
    /// Seconds between two signs of life that clients are told to give.
    pub keep_alive: i32,
}

/// What all connections share.
pub(super) struct Hub {
    pub options: OpendOptions,
    pub password: String,
    pub faults: Faults,
    pub clock: Arc<dyn Clock>,
    pub news: broadcast::Sender<News>,
    pub cuts: watch::Sender<u64>,
    floor: Mutex<Floor>,
    answered: Mutex<BTreeMap<String, BTreeMap<i32, u64>>>,
    connections: AtomicU64,
}

/// What one request at a time may change.
pub(super) struct Floor {
    pub world: World,
    pub counts: Counts,
    random: Random,
}

impl Faulty for Hub {
    type Script = Script;

    fn faults(&self) -> &Faults {
        &self.faults
    }
}

impl Hub {
    pub fn floor(&self) -> MutexGuard<'_, Floor> {
        self.floor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells all connections what changed. That nobody listens is no matter.
    pub fn publish(&self, world: &mut World) {
        for news in world.take_news() {
            if self.news.send(news).is_err() {
                return;
            }
        }
    }

    /// Number, key and initial vector of another connection.
    pub fn next_connection(&self) -> (u64, String, String) {
        let number = self.connections.fetch_add(1, Ordering::Relaxed) + 1;
        let mut floor = self.floor();
        let mut word = || {
            let letters = (0..16).map(|_| {
                let letter = u8::try_from(floor.random.below(26)).unwrap_or_default();
                char::from(b'a' + letter)
            });
            letters.collect::<String>()
        };
        (number, word(), word())
    }

    /// One more answer.
    pub fn count(&self, number: u32, told: &Told) {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        let of_name = answered.entry(wire::name(number)).or_default();
        *of_name.entry(told.ret_type).or_default() += 1;
    }

    /// Answers by message and result.
    pub fn answered(&self) -> BTreeMap<String, BTreeMap<i32, u64>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Another price for each stock that is in session: a few steps up or down.
    fn walk(&self) {
        let mut floor = self.floor();
        let floor = &mut *floor;
        let names: Vec<_> = floor.world.stocks.keys().cloned().collect();
        for name in names {
            let Some(stock) = floor.world.stocks.get(&name).filter(|stock| !stock.halted) else {
                continue;
            };
            let steps = i64::try_from(floor.random.below(5)).unwrap_or_default() - 2;
            let moved = stock.tick.units().saturating_mul(steps);
            let price = Price::from_units(stock.last.units().saturating_add(moved));
            let price = price.ok().filter(|price| *price > stock.tick);
            if let (Some(price), true) = (price, floor.world.is_open(name.exchange)) {
                let set = floor.world.set_price(&name, price, self.clock.now());
                if let Err(why) = set {
                    tracing::warn!(why, stock = %name, "the simulated price stays");
                }
            }
        }
        self.publish(&mut floor.world);
    }
}

/// A simulator that serves; with this it ends.
pub struct Bound {
    /// Where clients connect.
    pub address: SocketAddr,
    /// Where it is controlled.
    pub control: SocketAddr,
    /// Numbers of the accounts, with whether they trade with real money.
    pub accounts: Vec<(u64, bool)>,
    hub: Arc<Hub>,
    handle: ServerHandle,
    serving: JoinHandle<io::Result<()>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Bound {
    /// Waits until its control has ended, which it does only when it breaks or is stopped.
    ///
    /// # Errors
    /// Why it broke.
    pub async fn ended(&mut self) -> io::Result<()> {
        (&mut self.serving)
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    /// What another simulator may go on from.
    pub fn carried(&self) -> Carried {
        self.hub.floor().world.carried()
    }

    /// Goes on from what another one had; for before anybody trades.
    pub fn go_on_from(&self, before: Carried) {
        self.hub.floor().world.go_on_from(before);
    }

    /// Stops the control; clients are cut when this is gone.
    pub async fn stop(&self) {
        self.handle.stop(false).await;
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.serving.abort();
    }
}

fn world(options: &OpendOptions, clock: &dyn Clock) -> World {
    let mut world = World::default();
    let thousandths = |number: i64| Price::from_units(number.saturating_mul(Price::ONE_UNITS / 1_000));
    for (exchange, code, company, lot, tick, price) in STOCKS {
        let name = super::world::StockName {
            exchange,
            code: code.to_owned(),
        };
        if let (Ok(tick), Ok(price)) = (thousandths(tick), thousandths(price)) {
            world
                .stocks
                .insert(name, Stock::new(company, lot, tick, price, clock.now()));
        }
    }
    for (id, is_real, exchange) in ACCOUNTS {
        world.accounts.push(Account {
            id,
            is_real,
            exchange,
            cash: options.cash,
            shares: BTreeMap::new(),
        });
    }
    world
}

/// Listens, and serves from now on.
///
/// # Errors
/// When an address cannot be listened on.
pub async fn bind(options: OpendOptions, clock: Arc<dyn Clock>) -> io::Result<Bound> {
    let listener = TcpListener::bind(options.listen).await?;
    let (address, control, tick) = (listener.local_addr()?, options.control, options.tick);
    let floor = Floor {
        world: world(&options, clock.as_ref()),
        counts: Counts::default(),
        random: Random::named(options.seed, "opend"),
    };
    let hub = Arc::new(Hub {
        password: options.password_md5.clone(),
        options,
        faults: Faults::default(),
        clock,
        news: broadcast::Sender::new(NEWS),
        cuts: watch::Sender::new(0),
        floor: Mutex::new(floor),
        answered: Mutex::default(),
        connections: AtomicU64::new(0),
    });
    let (control, server) = control::bind(control, Arc::clone(&hub))?;
    let mut tasks = vec![tokio::spawn(accept(listener, Arc::clone(&hub)))];
    if let Some(tick) = tick {
        tasks.push(tokio::spawn(live(tick, Arc::clone(&hub))));
    }
    Ok(Bound {
        address,
        control,
        hub,
        handle: server.handle(),
        serving: tokio::spawn(server),
        accounts: ACCOUNTS.iter().map(|(id, is_real, _)| (*id, *is_real)).collect(),
        tasks,
    })
}

/// Connections end with this task.
async fn accept(listener: TcpListener, hub: Arc<Hub>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let talking = talk(Arc::clone(&hub), stream);
                connections.spawn(async move {
                    if let Err(error) = talking.await {
                        tracing::debug!(%error, "a connection to the simulated OpenD ended");
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "a connection to the simulated OpenD could not be taken"),
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn live(tick: Duration, hub: Arc<Hub>) {
    loop {
        tokio::time::sleep(tick).await;
        hub.walk();
    }
}
