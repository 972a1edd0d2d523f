//! The exchange behind every dialect: accounts and their keys over the paper venue's engine, their records, and news.

mod acts;
mod archive;
mod booked;
mod candles;
mod day;
mod feed;
mod funding;
mod keys;
mod memory;
mod news;
mod rounds;
mod show;
mod view;

use std::sync::Arc;

use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::paper::{PaperAccount, PaperMarket, PaperOrder, Refused, Setting};
use domain::time::Timestamp;
use domain::user::PositionMode;
use tokio::sync::broadcast;

use crate::adapters::venue::paper::{OpenError, PaperOptions, PaperVenue};
use crate::clock::Clock;
use crate::ports::store::PaperVault;
use crate::ports::venue::VenueError;

pub use acts::{Ask, Kill};
pub use archive::{History, Step, StepKind};
pub use booked::{Booked, booked};
pub use candles::{Candle, Interval};
pub use day::{Day, change};
pub use feed::{Ladder, Shift, Trade};
pub use funding::{fundings, next_funding};
pub use keys::{Account, KeyError, Keyring, PASSPHRASE, Rights};
use memory::Memory;
pub use news::{AccountNews, News};
pub use rounds::{Round, Rounds};
pub use view::{AccountView, PositionView};

/// Orders, fills and incomes that are remembered of each account; what is older is in the database alone.
const REMEMBERED: i64 = 50_000;

/// Why an exchange cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// Its venue cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An account cannot be made, or its past not be read.
    #[error("could not prepare account {0}")]
    Account(VenueAccountId, #[source] VenueError),
    /// An account cannot be made.
    #[error("could not prepare account {0}")]
    Refused(VenueAccountId, #[source] Refused),
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The venue's rules.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody knows whether it was done.
    #[error(transparent)]
    Lost(#[from] VenueError),
}

/// An exchange that is open.
pub struct Exchange {
    venue: Arc<PaperVenue>,
    /// The time of the market, which may run faster than life.
    market_clock: Arc<dyn Clock>,
    /// The time of day, which clients sign.
    clock: Arc<dyn Clock>,
    keys: Keyring,
    markets: Vec<PaperMarket>,
    memory: Arc<Memory>,
    kills: acts::Kills,
}

impl Exchange {
    /// Opens the venue with what its vault holds, and an account for every key. `market_clock` drives prices, `clock` is
    /// what requests are held against.
    ///
    /// # Errors
    /// What cannot be loaded, played or prepared.
    pub async fn open(
        options: PaperOptions,
        keys: Keyring,
        vault: Arc<dyn PaperVault>,
        market_clock: Arc<dyn Clock>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, ExchangeError> {
        let markets: Vec<PaperMarket> = options.markets.iter().map(|market| market.terms.clone()).collect();
        let memory = Arc::new(Memory::new(&markets, clock.now()));
        let told = Arc::clone(&memory);
        let watch = Box::new(move |seen: crate::adapters::venue::paper::Seen<'_>| told.see(&seen));
        let venue = PaperVenue::open_served(options, vault, Arc::clone(&market_clock), watch).await?;
        for account in keys.accounts() {
            let (id, balance) = (account.id, account.balance);
            let prepared = venue.change(move |engine, _| match engine.account(id) {
                Some(_) => Ok(((), domain::paper::Effects::default())),
                None => engine
                    .prepare(id, PositionMode::OneWay, balance)
                    .map(|effects| ((), effects)),
            });
            let prepared = prepared.await.map_err(|error| ExchangeError::Account(id, error))?;
            prepared.map_err(|refused| ExchangeError::Refused(id, refused))?;
            let past = venue.past(id, REMEMBERED).await;
            memory.recall(id, past.map_err(|error| ExchangeError::Account(id, error))?);
        }
        Ok(Arc::new(Self {
            venue,
            market_clock,
            clock,
            keys,
            markets,
            memory,
            kills: acts::Kills::default(),
        }))
    }

    /// The accounts by their keys.
    pub fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// The listed markets, in the order in which they were given.
    pub fn markets(&self) -> &[PaperMarket] {
        &self.markets
    }

    /// One market.
    pub fn market(&self, symbol: &str) -> Option<&PaperMarket> {
        self.markets
            .iter()
            .find(|market| market.instrument.symbol.as_str() == symbol)
    }

    /// The venue, for a price by hand and for tests.
    pub fn venue(&self) -> &PaperVenue {
        &self.venue
    }

    /// The time of day.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The time of the market.
    pub fn market_now(&self) -> Timestamp {
        self.market_clock.now()
    }

    /// News from now on. A reader that falls far behind misses some, and is told so.
    pub fn listen(&self) -> broadcast::Receiver<Arc<News>> {
        self.memory.listen()
    }

    /// Tells everybody who listens.
    pub fn tell(&self, news: News) {
        self.memory.tell(news);
    }

    /// Looks at what is remembered of an account.
    pub fn history<T>(&self, account: VenueAccountId, look: impl FnOnce(&History) -> T) -> T {
        self.memory.history(account, look)
    }

    /// The order that a conditional one placed.
    pub fn placed_by(&self, order: &PaperOrder) -> Option<PaperOrder> {
        self.history(order.account, |history| history.placed_by(order).cloned())
    }

    /// Leverage and margin mode of a market in an account.
    pub fn setting(&self, account: &PaperAccount, symbol: &Symbol) -> Setting {
        let market = self.market(symbol.as_str());
        account.setting(symbol, market.map_or(1, |market| market.instrument.max_leverage))
    }

    /// The last trades of a market, oldest first, at most `limit` and from number `from` on where that is given.
    pub fn trades(&self, symbol: &Symbol, from: Option<i64>, limit: usize) -> Vec<Trade> {
        self.memory.trades(symbol, from, limit)
    }

    /// The last trade of a market, once there is one.
    pub fn last(&self, symbol: &Symbol) -> Option<Trade> {
        self.memory.trades(symbol, None, 1).pop()
    }

    /// The order book that is made up around the last price, so many levels deep.
    pub fn ladder(&self, market: &PaperMarket, levels: usize) -> Option<Ladder> {
        let last = self.last(&market.instrument.symbol)?;
        Ladder::around(market, &last, levels)
    }

    /// Candles of a market, oldest first; the last one may still be growing.
    pub fn candles(&self, symbol: &Symbol, interval: Interval) -> Vec<Candle> {
        let tape = self.venue.tape_of(symbol);
        tape.map_or_else(Vec::new, |tape| tape.with_bars(|bars| candles::of_bars(bars, interval)))
    }

    /// The candle of a market that is growing now.
    pub fn candle_now(&self, symbol: &Symbol, interval: Interval) -> Option<Candle> {
        let tape = self.venue.tape_of(symbol)?;
        tape.with_bars(|bars| candles::last_of(bars, interval))
    }

    /// Writes everything down and answers nothing more.
    pub async fn close(&self) {
        self.venue.close().await;
    }
}
