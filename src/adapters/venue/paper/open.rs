//! Opens a paper venue from its vault.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::market::{Symbol, Tick};
use domain::paper::{Broken, Engine};
use tokio::sync::mpsc;

use super::book::Book;
use super::faults::Faults;
use super::options::PaperOptions;
use super::recording::RecordingError;
use super::served::Watch;
use super::shared::Shared;
use super::track::Track;
use super::{PaperVenue, driver, rows, writer};
use crate::clock::Clock;
use crate::ports::market::Tape;
use crate::ports::store::{PaperVault, StoreError};

/// Why a paper venue cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The vault cannot be read.
    #[error("could not load the paper venue")]
    Store(#[from] StoreError),
    /// What the vault holds does not add up.
    #[error("the stored paper venue does not add up")]
    Broken(#[from] Broken),
    /// A market's recording cannot be played.
    #[error("could not open the feed of {symbol}")]
    Feed {
        /// The market.
        symbol: Symbol,
        /// Why.
        #[source]
        source: RecordingError,
    },
}

impl PaperVenue {
    /// Opens the venue with what its vault holds, and starts its feeds. Must be called within a tokio runtime.
    pub async fn open(
        options: PaperOptions,
        vault: Arc<dyn PaperVault>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, OpenError> {
        Self::open_watched(options, vault, clock, None).await
    }

    pub(super) async fn open_watched(
        options: PaperOptions,
        vault: Arc<dyn PaperVault>,
        clock: Arc<dyn Clock>,
        watch: Option<Watch>,
    ) -> Result<Arc<Self>, OpenError> {
        let stored = rows::read_all(vault.load().await?)?;
        let mut engine = Engine::new(options.markets.iter().map(|market| market.terms.clone()));
        for account in stored.accounts {
            engine.admit(account);
        }
        engine.check()?;
        let (mut tapes, mut tracks, mut ticks) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        for market in &options.markets {
            let symbol = &market.terms.instrument.symbol;
            let stood = stored.clocks.get(symbol);
            let index = stood.and_then(|clock| clock.index);
            let opened = Track::open(&market.feed, &market.terms.instrument, index, clock.now());
            let opened = opened.map_err(|source| OpenError::Feed {
                symbol: symbol.clone(),
                source,
            })?;
            if let Some(at) = stood.and_then(|clock| clock.funded_at) {
                engine.set_funded_at(symbol, at);
            }
            if let Some((at, price)) = stood.and_then(|clock| clock.last) {
                let quantity = domain::fixed::Quantity::ZERO;
                engine.mark(symbol, Tick { at, price, quantity });
            }
            let mut bars = Vec::new();
            if let Some((track, history)) = opened {
                ticks.insert(symbol.clone(), track.index());
                tracks.push((symbol.clone(), track));
                bars = history;
            }
            tapes.insert(symbol.clone(), Arc::new(Tape::new(symbol.clone(), bars)));
        }
        let mut book = Book::new(engine, stored.commit);
        book.ticks = ticks;
        let shared = Arc::new(Shared::new(book, vault, clock, tapes, options.starting_balance, watch));
        let (acts, waiting) = mpsc::channel(writer::QUEUE);
        tokio::spawn(writer::run(Arc::clone(&shared), waiting));
        let faults = Faults::default();
        let venue = Arc::new(Self { shared, acts, faults });
        tokio::spawn(driver::run(Arc::downgrade(&venue), tracks, options.speed));
        Ok(venue)
    }
}
