//! What a paper venue offers to whoever serves it to others: any act of the engine, all of the past, and word of what happens.

use std::sync::Arc;

use domain::id::VenueAccountId;
use domain::market::{Symbol, Tick};
use domain::paper::{Effects, Engine, PaperFill, PaperIncome, PaperOrder, Refused};
use domain::time::Timestamp;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::open::OpenError;
use super::options::PaperOptions;
use super::port::unread;
use super::writer::{Act, tell};
use super::{PaperVenue, rows};
use crate::clock::Clock;
use crate::ports::market::Tape;
use crate::ports::store::PaperVault;
use crate::ports::venue::VenueError;

/// Records that are read at once.
const PAGE: u32 = 1_000;

/// Is told of everything, in order and before whoever asked for it has an answer; must not block.
pub type Watch = Box<dyn Fn(Seen<'_>) + Send + Sync>;

/// What there is to tell.
#[derive(Debug)]
pub enum Seen<'a> {
    /// A market has a new price.
    Ticked(&'a Symbol, Tick),
    /// This was written down; the engine is as it is after it.
    Written(&'a Engine, &'a Effects),
}

/// The last records of an account, oldest first.
#[derive(Debug, Default)]
pub struct Past {
    /// Orders, open ones too.
    pub orders: Vec<PaperOrder>,
    /// Fills.
    pub fills: Vec<PaperFill>,
    /// Incomes.
    pub incomes: Vec<PaperIncome>,
}

impl PaperVenue {
    /// Opens a venue that is served to others. A client order id may be used again there once its order has ended.
    ///
    /// # Errors
    /// What cannot be loaded or played.
    pub async fn open_served(
        options: PaperOptions,
        vault: Arc<dyn PaperVault>,
        clock: Arc<dyn Clock>,
        watch: Watch,
    ) -> Result<Arc<Self>, OpenError> {
        Self::open_watched(options, vault, clock, Some(watch)).await
    }

    /// Does something to the engine, and answers when it is durable.
    ///
    /// # Errors
    /// When it could not be written down, or the venue has closed. It may not be known then whether it happened.
    pub async fn change<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Engine, Timestamp) -> Result<(T, Effects), Refused> + Send + 'static,
    ) -> Result<Result<T, Refused>, VenueError> {
        let (answer, done) = oneshot::channel();
        let change = Act::Change(Box::new(move |engine, now| match act(engine, now) {
            Ok((done, effects)) => (effects, Box::new(move |_| tell(answer, Ok(done)))),
            Err(refused) => (Effects::default(), Box::new(move |_| tell(answer, Err(refused)))),
        }));
        let gone = |_| VenueError::Unreachable("the venue could not write it down".to_owned());
        self.acts.send(change).await.map_err(|_| gone(()))?;
        done.await.map_err(|_| gone(()))
    }

    /// The last `kept` orders, fills and incomes of an account, as they were written down.
    ///
    /// # Errors
    /// When the vault cannot be read.
    pub async fn past(&self, account: VenueAccountId, kept: i64) -> Result<Past, VenueError> {
        let last = self.look(move |book| {
            let account = book.engine.account(account)?;
            Some((account.last_order, account.last_fill, account.last_income))
        });
        let Some((order, fill, income)) = last.await? else {
            return Ok(Past::default());
        };
        Ok(Past {
            orders: self.rows_from(rows::ORDER, account, order - kept).await?,
            fills: self.rows_from(rows::FILL, account, fill - kept).await?,
            incomes: self.rows_from(rows::INCOME, account, income - kept).await?,
        })
    }

    /// The tape of a market.
    pub fn tape_of(&self, symbol: &Symbol) -> Option<Arc<Tape>> {
        self.shared.tapes.get(symbol).map(Arc::clone)
    }

    async fn rows_from<T: DeserializeOwned>(
        &self,
        table: &'static str,
        account: VenueAccountId,
        first: i64,
    ) -> Result<Vec<T>, VenueError> {
        let (mut after, mut records) = (first.max(0), Vec::new());
        loop {
            let page = self
                .shared
                .vault
                .rows_after(table, account, after, PAGE)
                .await
                .map_err(unread)?;
            for row in &page {
                records.push(rows::read(row).map_err(unread)?);
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => after = last.number,
                _ => return Ok(records),
            }
        }
    }
}
