//! The stream of a venue's prices: one socket for all its markets, into the tapes that robots read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use domain::fixed::Quantity;
use domain::market::{Bar, Symbol, Tick};
use domain::time::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

use super::connected::Wire;
use super::core::PATIENCE;
use super::rejoin::Rejoin;
use super::script::Next;
use super::socket::{self, Listener};
use super::speech::Speech;
use crate::adapters::venue::dialect::Push;
use crate::event;
use crate::ports::market::{BARS_LENGTH, Tape};
use crate::ports::venue::VenueError;

/// While the stream is down the last price of each market is asked for this often: exits must not be blind.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A market that could not be opened is tried again no sooner.
const TRY_EVERY: Duration = Duration::from_secs(1);

type Tapes = Arc<Mutex<HashMap<Symbol, Arc<Tape>>>>;

/// The tapes of a venue, and what feeds them.
pub struct Prices<S: Speech> {
    wire: Arc<Wire<S>>,
    tapes: Tapes,
    /// Subscribes the running stream to one market more; there once it runs.
    more: Mutex<Option<mpsc::UnboundedSender<String>>>,
    /// Held by whoever opens a tape: when each market was tried last without success, and why there was none.
    opening: tokio::sync::Mutex<HashMap<Symbol, (Instant, VenueError)>>,
}

impl<S: Speech> Prices<S> {
    /// No market is followed yet.
    pub fn new(wire: Arc<Wire<S>>) -> Self {
        Self {
            wire,
            tapes: Arc::default(),
            more: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
        }
    }

    /// The tape of a market, which is followed from now on.
    ///
    /// # Errors
    /// When the market is not listed, or its past cannot be read now.
    pub async fn tape(&self, symbol: &Symbol) -> Result<Arc<Tape>, VenueError> {
        if let Some(tape) = lock(&self.tapes).get(symbol) {
            return Ok(Arc::clone(tape));
        }
        let asked_at = Instant::now();
        let mut failed = self.opening.lock().await;
        if let Some(tape) = lock(&self.tapes).get(symbol) {
            return Ok(Arc::clone(tape));
        }
        // Many robots want one market: one tries for all of them.
        if let Some((at, error)) = failed.get(symbol)
            && *at + TRY_EVERY > asked_at
        {
            return Err(error.clone());
        }
        let opened = self.open(symbol).await;
        match &opened {
            Ok(_) => failed.remove(symbol),
            Err(error) => failed.insert(symbol.clone(), (Instant::now(), error.clone())),
        };
        opened
    }

    async fn open(&self, symbol: &Symbol) -> Result<Arc<Tape>, VenueError> {
        let markets = self.wire.markets().await?;
        if markets.get(symbol).is_none() {
            return Err(VenueError::Refused(format!("{symbol} is not listed")));
        }
        let tape = Arc::new(Tape::new(symbol.clone(), self.bars(symbol, BARS_LENGTH).await?));
        lock(&self.tapes).insert(symbol.clone(), Arc::clone(&tape));
        self.follow(symbol);
        look(&self.wire, &tape).await;
        Ok(tape)
    }

    /// The last one-minute bars, oldest first, at most so many.
    ///
    /// # Errors
    /// When the venue does not tell.
    pub async fn bars(&self, symbol: &Symbol, limit: usize) -> Result<Vec<Bar>, VenueError> {
        let markets = self.wire.markets().await?;
        let (mut bars, mut before) = (Vec::<Bar>::new(), None);
        while bars.len() < limit {
            let page = self.wire.speech.bars(&self.wire.core, &markets, symbol, before).await;
            let page = match page {
                // Many markets that are opened at once have to share a short window.
                Err(VenueError::RateLimited { retry_after }) if retry_after <= PATIENCE => {
                    sleep(retry_after).await;
                    continue;
                }
                other => other?,
            };
            let older = |bar: &Bar| before.is_none_or(|before| bar.opened_at < before);
            let mut page: Vec<Bar> = page.into_iter().filter(older).collect();
            let Some(first) = page.first() else { break };
            before = Some(first.opened_at);
            page.append(&mut bars);
            bars = page;
        }
        Ok(bars.split_off(bars.len().saturating_sub(limit)))
    }

    fn follow(&self, symbol: &Symbol) {
        let mut more = lock(&self.more);
        let running = more.as_ref().filter(|more| !more.is_closed());
        if let Some(running) = running {
            let text = self.wire.speech.follow(symbol, self.wire.core.now());
            if running.send(text).is_err() {
                tracing::debug!("the stream of prices has ended");
            }
            return;
        }
        let (sender, receiver) = mpsc::unbounded_channel();
        *more = Some(sender);
        tokio::spawn(feed(Arc::downgrade(&self.wire), Arc::downgrade(&self.tapes), receiver));
    }
}

/// Feeds the tapes for as long as there are any.
async fn feed<S: Speech>(
    wire: Weak<Wire<S>>,
    tapes: Weak<Mutex<HashMap<Symbol, Arc<Tape>>>>,
    mut more: mpsc::UnboundedReceiver<String>,
) {
    let mut rejoin = Rejoin::new(0);
    while let (Some(wire), Some(tapes)) = (wire.upgrade(), tapes.upgrade()) {
        let ended = stream(&wire, &tapes, &mut more, &mut rejoin).await;
        let (venue, wait) = (wire.speech.name(), rejoin.wait());
        metrics::counter!("bursar_stream_breaks_total", "venue" => venue.as_str(), "stream" => "prices").increment(1);
        tracing::warn!(event = event::STREAM_BROKE, %venue, why = ended, "the stream of prices of {venue} ended: {ended}");
        look_instead(&wire, &tapes, Instant::now() + wait).await;
    }
}

async fn stream<S: Speech>(
    wire: &Arc<Wire<S>>,
    tapes: &Tapes,
    more: &mut mpsc::UnboundedReceiver<String>,
    rejoin: &mut Rejoin,
) -> String {
    let markets = match wire.markets().await {
        Ok(markets) => markets,
        Err(error) => return error.to_string(),
    };
    // Whatever was to be followed meanwhile is among the tapes.
    while more.try_recv().is_ok() {}
    let symbols: Vec<Symbol> = lock(tapes).keys().cloned().collect();
    let script = wire
        .speech
        .prices(&wire.streams.public, &markets, &symbols, wire.core.now());
    let mut listener = Pen {
        wire: Arc::clone(wire),
        tapes: Arc::clone(tapes),
        rejoin,
    };
    socket::run(script, wire.exit(None), &mut listener, more).await
}

/// Asks for prices while nobody tells them.
async fn look_instead<S: Speech>(wire: &Arc<Wire<S>>, tapes: &Tapes, until: Instant) {
    let looking = async {
        loop {
            sleep(LOOK_EVERY).await;
            let all: Vec<Arc<Tape>> = lock(tapes).values().cloned().collect();
            for tape in all {
                look(wire, &tape).await;
            }
        }
    };
    match timeout_at(until, looking).await {
        Ok(()) | Err(_) => {}
    }
}

/// Asks for the last price of a market.
async fn look<S: Speech>(wire: &Wire<S>, tape: &Tape) {
    match wire.speech.quote(&wire.core, tape.symbol()).await {
        Ok(quote) => {
            let tick = Tick {
                at: quote.at,
                price: quote.last,
                quantity: Quantity::ZERO,
            };
            push(tape, tick);
        }
        Err(error) => tracing::debug!(symbol = %tape.symbol(), %error, "the last price could not be asked for"),
    }
}

/// Writes on the tapes what the stream tells.
struct Pen<'a, S: Speech> {
    wire: Arc<Wire<S>>,
    tapes: Tapes,
    rejoin: &'a mut Rejoin,
}

impl<S: Speech> Listener for Pen<'_, S> {
    fn up(&mut self) {
        self.rejoin.came_up();
        let venue = self.wire.speech.name();
        tracing::info!(event = event::STREAM_UP, %venue, "the stream of prices of {venue} is up");
        let all: Vec<Arc<Tape>> = lock(&self.tapes).values().cloned().collect();
        tokio::spawn(mend(Arc::clone(&self.wire), all));
    }

    fn told(&mut self, next: Next) {
        if let Some(error) = next.unread {
            let venue = self.wire.speech.name().as_str();
            metrics::counter!("bursar_stream_unread_total", "venue" => venue, "stream" => "prices").increment(1);
            tracing::debug!(%error, "a price could not be read");
        }
        for told in next.told {
            if let Push::Tick(symbol, tick) = told
                && let Some(tape) = lock(&self.tapes).get(&symbol).cloned()
            {
                push(&tape, tick);
            }
        }
    }
}

/// Fills what the tapes missed while the stream was down.
async fn mend<S: Speech>(wire: Arc<Wire<S>>, tapes: Vec<Arc<Tape>>) {
    let Ok(markets) = wire.markets().await else { return };
    for tape in tapes {
        if tape.last().is_none() {
            continue;
        }
        match wire.speech.bars(&wire.core, &markets, tape.symbol(), None).await {
            Ok(bars) => tape.mend(&bars),
            Err(error) => tracing::debug!(symbol = %tape.symbol(), %error, "bars could not be mended"),
        }
    }
}

/// A tape's times never go back: what a reconnect tells once more is late by then.
fn push(tape: &Tape, tick: Tick) {
    let last = tape.last().map_or(Timestamp(i64::MIN), |last| last.at);
    if tick.at >= last {
        tape.push(tick);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
