//! What an exchange remembers beside its venue: records, the last trades, and who listens to news.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::VenueAccountId;
use domain::market::Symbol;
use domain::paper::{Effects, Engine, PaperMarket};
use domain::time::Timestamp;
use tokio::sync::broadcast;
use tracing::trace;

use super::archive::{Archive, History};
use super::feed::{Feed, Trade};
use super::news::{AccountNews, News};
use crate::adapters::venue::paper::{Past, Seen};

/// News that a reader may be behind before it misses some.
const NEWS: usize = 4_096;

/// The memory; its locks are never held over an await.
pub(super) struct Memory {
    archive: Mutex<Archive>,
    feeds: Mutex<BTreeMap<Symbol, Feed>>,
    news: broadcast::Sender<Arc<News>>,
}

impl Memory {
    /// An empty one. Trades are numbered from the milliseconds of `now`, so that numbers go on ascending after a restart.
    pub fn new(markets: &[PaperMarket], now: Timestamp) -> Self {
        let feeds = markets
            .iter()
            .map(|market| (market.instrument.symbol.clone(), Feed::from(now.0)));
        Self {
            archive: Mutex::default(),
            feeds: Mutex::new(feeds.collect()),
            news: broadcast::Sender::new(NEWS),
        }
    }

    /// Takes in what the venue tells.
    pub fn see(&self, seen: &Seen<'_>) {
        match seen {
            Seen::Ticked(symbol, tick) => {
                let trade = lock(&self.feeds).get_mut(symbol).map(|feed| feed.add(*tick));
                if let Some(trade) = trade {
                    let symbol = (*symbol).clone();
                    self.tell(News::Traded { symbol, trade });
                }
            }
            Seen::Written(engine, effects) => self.absorb(engine, effects),
        }
    }

    fn absorb(&self, engine: &Engine, effects: &Effects) {
        let mut steps = lock(&self.archive).absorb(effects);
        for id in &effects.accounts {
            let Some(account) = engine.account(*id) else { continue };
            let own = |owner: VenueAccountId| owner == *id;
            let positions = effects.positions.iter().filter(|held| own(held.account));
            let incomes = effects.incomes.iter().filter(|income| own(income.account));
            let news = AccountNews {
                account: account.clone(),
                steps: steps.remove(id).unwrap_or_default(),
                incomes: incomes.cloned().collect(),
                positions: positions.cloned().collect(),
            };
            self.tell(News::Account(Box::new(news)));
        }
    }

    pub fn recall(&self, account: VenueAccountId, past: Past) {
        lock(&self.archive).recall(account, past);
    }

    pub fn history<T>(&self, account: VenueAccountId, look: impl FnOnce(&History) -> T) -> T {
        look(lock(&self.archive).account(account))
    }

    pub fn trades(&self, symbol: &Symbol, from: Option<i64>, limit: usize) -> Vec<Trade> {
        let feeds = lock(&self.feeds);
        feeds.get(symbol).map_or_else(Vec::new, |feed| feed.last(from, limit))
    }

    pub fn listen(&self) -> broadcast::Receiver<Arc<News>> {
        self.news.subscribe()
    }

    pub fn tell(&self, news: News) {
        if self.news.send(Arc::new(news)).is_err() {
            trace!("nobody listens to the exchange");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
