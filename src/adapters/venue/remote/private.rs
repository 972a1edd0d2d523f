//! Private streams: one socket for each account that is minded, which wakes whoever keeps the account in sync.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::venue::AccountReport;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::caller::Wish;
use super::connected::Wire;
use super::rejoin::Rejoin;
use super::script::Next;
use super::socket::{self, Listener};
use super::speech::{Speech, seat};
use crate::event;
use crate::ports::market::Wake;

/// One act is told by several messages: they wake once, and what the venue answers over HTTP has caught up by then.
const GATHER: Duration = Duration::from_millis(40);

/// The accounts that are minded, and the markets in which they may have resting orders.
pub type Minded = Arc<Mutex<BTreeMap<VenueAccountId, BTreeSet<Symbol>>>>;

/// The private streams of a venue.
pub struct Privates<S: Speech> {
    wire: Arc<Wire<S>>,
    streams: Mutex<BTreeMap<VenueAccountId, Stream>>,
    minded: Minded,
}

struct Stream {
    is_up: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<S: Speech> Privates<S> {
    /// None is open yet.
    pub fn new(wire: Arc<Wire<S>>) -> Self {
        Self {
            wire,
            streams: Mutex::default(),
            minded: Arc::default(),
        }
    }

    /// Who is minded.
    pub fn accounts(&self) -> Minded {
        Arc::clone(&self.minded)
    }

    /// Opens the stream of an account. One that was open for it ends.
    pub fn heed(&self, account: VenueAccountId, wake: Wake) {
        let is_up = Arc::new(AtomicBool::new(false));
        let bell = Bell {
            wake,
            rings: Arc::default(),
            is_up: Arc::clone(&is_up),
        };
        let task = tokio::spawn(mind(Arc::clone(&self.wire), account, bell));
        lock(&self.minded).entry(account).or_default();
        lock(&self.streams).insert(account, Stream { is_up, task });
    }

    /// Ends the stream of an account.
    pub fn forget(&self, account: VenueAccountId) {
        lock(&self.streams).remove(&account);
        lock(&self.minded).remove(&account);
    }

    /// Whether the stream of an account is up.
    pub fn is_heard(&self, account: VenueAccountId) -> bool {
        let streams = lock(&self.streams);
        streams
            .get(&account)
            .is_some_and(|stream| stream.is_up.load(Ordering::Acquire))
    }

    /// Where the account may have resting orders, as it was just looked at.
    pub fn holds(&self, account: VenueAccountId, markets: &[Symbol], report: &AccountReport) {
        let resting = report.open_orders.iter().map(|order| order.symbol.clone());
        if let Some(symbols) = lock(&self.minded).get_mut(&account) {
            *symbols = markets.iter().cloned().chain(resting).collect();
        }
    }
}

/// Keeps the stream of an account open. It is dropped from outside when nobody cares any more.
async fn mind<S: Speech>(wire: Arc<Wire<S>>, account: VenueAccountId, bell: Bell) {
    let mut rejoin = Rejoin::new(account.0.unsigned_abs());
    loop {
        let ended = stream(&wire, account, &bell, &mut rejoin).await;
        let venue = wire.speech.name();
        if bell.is_up.swap(false, Ordering::AcqRel) {
            metrics::counter!("bursar_stream_breaks_total", "venue" => venue.as_str(), "stream" => "account")
                .increment(1);
            tracing::warn!(event = event::STREAM_BROKE, %venue, account.id = %account, why = ended,
                "the private stream of account {account} ended: {ended}");
            // What happened meanwhile nobody told: look at once.
            (bell.wake)();
        } else {
            tracing::warn!(event = event::STREAM_NOT_UP, %venue, account.id = %account, why = ended,
                "the private stream of account {account} did not come about: {ended}");
        }
        sleep(rejoin.wait()).await;
    }
}

async fn stream<S: Speech>(wire: &Arc<Wire<S>>, account: VenueAccountId, bell: &Bell, rejoin: &mut Rejoin) -> String {
    let markets = match wire.markets().await {
        Ok(markets) => markets,
        Err(error) => return error.to_string(),
    };
    let url = &wire.streams.private;
    let script = match wire.speech.private(&seat(&wire.core, account), &markets, url).await {
        Ok(script) => script,
        Err(error) => return error.to_string(),
    };
    let keep = script.keep.clone();
    // Nothing is ever said beside the script: the channel stays open and empty.
    let (_nothing, mut more) = mpsc::unbounded_channel();
    let mut listener = Ear { bell, rejoin, account };
    tokio::select! {
        ended = socket::run(script, wire.exit(Some(account)), &mut listener, &mut more) => ended,
        ended = keep_alive(wire, account, keep) => ended,
    }
}

/// Asks the venue to keep a stream, until it does not.
async fn keep_alive<S: Speech>(wire: &Wire<S>, account: VenueAccountId, keep: Option<(Duration, Wish)>) -> String {
    let Some((every, wish)) = keep else {
        return std::future::pending().await;
    };
    loop {
        sleep(every).await;
        if let Err(error) = wire.core.ask(account, &wish).await.stands() {
            return format!("the stream was not kept: {error}");
        }
    }
}

/// Wakes whoever keeps the account in sync.
#[derive(Clone)]
struct Bell {
    wake: Wake,
    /// Whether it is about to ring.
    rings: Arc<AtomicBool>,
    is_up: Arc<AtomicBool>,
}

impl Bell {
    fn ring_soon(&self) {
        if self.rings.swap(true, Ordering::AcqRel) {
            return;
        }
        let bell = self.clone();
        tokio::spawn(async move {
            sleep(GATHER).await;
            bell.rings.store(false, Ordering::Release);
            (bell.wake)();
        });
    }
}

struct Ear<'a> {
    bell: &'a Bell,
    rejoin: &'a mut Rejoin,
    account: VenueAccountId,
}

impl Listener for Ear<'_> {
    fn up(&mut self) {
        self.rejoin.came_up();
        self.bell.is_up.store(true, Ordering::Release);
        tracing::info!(event = event::STREAM_UP, account.id = %self.account,
            "the private stream of account {} is up", self.account);
        (self.bell.wake)();
    }

    /// What was told is not believed, but looked at: a push may be late, twice, or never come. So one that cannot be read is
    /// worth as much as any other.
    fn told(&mut self, next: Next) {
        if let Some(error) = next.unread {
            metrics::counter!("bursar_stream_unread_total", "stream" => "account").increment(1);
            tracing::warn!(event = event::STREAM_UNREAD, account.id = %self.account, %error,
                "a message of the private stream of account {} could not be read", self.account);
        }
        self.bell.ring_soon();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
