//! The paper venue: a matching venue of our own, durable in its vault, fed by recorded or generated markets.

mod book;
mod census;
mod driver;
mod faults;
mod generator;
mod hands;
mod open;
mod options;
mod port;
mod protect;
mod random;
mod recording;
mod report;
mod rows;
mod served;
mod shared;
mod track;

mod writer;

use std::sync::Arc;

use domain::market::{Symbol, Tick};
use domain::time::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tracing::debug;

use self::book::Book;
use self::shared::Shared;
use self::writer::Act;
use crate::ports::venue::VenueError;

pub use self::faults::{Chaos, Fault, Faults, Target};
pub use self::open::OpenError;
pub use self::options::{Feed, GeneratorOptions, MarketOptions, PaperOptions};
pub use self::random::Random;
pub use self::recording::RecordingError;
pub use self::served::{Past, Seen, Watch};

/// A paper venue. Its background tasks end when it is dropped.
pub struct PaperVenue {
    shared: Arc<Shared>,
    acts: mpsc::Sender<Act>,
    faults: Faults,
}

impl PaperVenue {
    /// Where faults are told.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The venue's clock.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Lets a market have this price, and returns when all that follows from it is durable.
    pub async fn tick(&self, symbol: &Symbol, tick: Tick) {
        if let Some(done) = self.mark(symbol, tick, None).await
            && done.await.is_err()
        {
            debug!("what a price brought about was taken back; the next price brings it about again");
        }
    }

    /// Writes down where the markets stand.
    pub async fn keep_time(&self) {
        let (answer, kept) = oneshot::channel();
        if self.acts.send(Act::KeepTime { answer }).await.is_err() || kept.await.is_err() {
            debug!("where the markets stand was not written down; the next time will do");
        }
    }

    /// Writes down what waits and where the markets stand, and answers nothing after that; to be awaited before the
    /// same vault is opened again.
    pub async fn close(&self) {
        let (answer, closed) = oneshot::channel();
        if self.acts.send(Act::Close { answer }).await.is_err() || closed.await.is_err() {
            debug!("the paper venue was closed already, or could not write down where its markets stand");
        }
        self.acts.closed().await;
    }

    /// Whether the venue no longer answers.
    fn is_closed(&self) -> bool {
        self.acts.is_closed()
    }

    /// A tick of the feed; does not wait for what follows from it.
    async fn drive(&self, symbol: &Symbol, tick: Tick, index: u64) {
        drop(self.mark(symbol, tick, Some(index)).await);
    }

    async fn mark(&self, symbol: &Symbol, tick: Tick, index: Option<u64>) -> Option<oneshot::Receiver<()>> {
        let concerns = {
            let mut book = self.shared.book();
            if let Some(index) = index {
                book.ticks.insert(symbol.clone(), index);
            }
            book.engine.mark(symbol, tick)
        };
        let tape = self.shared.tapes.get(symbol);
        if let Some(tape) = tape {
            // Before anybody hears of it: a candle that is told with the trade holds the trade.
            tape.append(tick);
        }
        if let Some(watch) = &self.shared.watch {
            watch(Seen::Ticked(symbol, tick));
        }
        let mut done = None;
        if concerns {
            let (answer, crossed) = oneshot::channel();
            let symbol = symbol.clone();
            if self.acts.send(Act::Cross { symbol, tick, answer }).await.is_ok() {
                done = Some(crossed);
            }
        }
        if let Some(tape) = tape {
            tape.wake().await;
        }
        done
    }

    /// Looks at what is durable.
    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Book) -> T + Send + 'static,
    ) -> Result<T, VenueError> {
        let (answer, seen) = oneshot::channel();
        let act = Act::Look(Box::new(move |book| writer::tell(answer, look(book))));
        let gone = || VenueError::Unreachable("the venue has closed".to_owned());
        self.acts.send(act).await.map_err(|_| gone())?;
        seen.await.map_err(|_| gone())
    }
}
