//! The venue port, answered by the paper venue.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::market::{Action, Bar, Symbol};
use domain::outcome::Outcome;
use domain::paper::{Effects, PaperOrder, Refused, Request};
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, ClientOrderId, OrderIntent, OrderReport, Protection, VenueName, VenueOrderId};
use tokio::sync::oneshot;
use tokio::task::yield_now;

use super::faults::{ActFate, PollFate};
use super::hands::outcome;
use super::report::Read;
use super::writer::Act;
use super::{PaperVenue, rows};
use crate::ports::keyring::Credential;
use crate::ports::market::{Tape, Wake};
use crate::ports::store::StoreError;
use crate::ports::venue::{Look, Lookup, Quote, Sought, Venue, VenueError};

/// Weight of one poll: it is one request.
const POLL_WEIGHT: u32 = 1;

#[async_trait]
impl Venue for PaperVenue {
    fn name(&self) -> VenueName {
        VenueName::Paper
    }

    fn poll_weight(&self) -> u32 {
        POLL_WEIGHT
    }

    /// What was taken is in the books.
    fn lookup_grace(&self) -> Duration {
        Duration::ZERO
    }

    async fn instrument(&self, symbol: &Symbol) -> Result<Option<Instrument>, VenueError> {
        let book = self.shared.book();
        Ok(book.engine.market(symbol).map(|market| market.instrument.clone()))
    }

    async fn tape(&self, symbol: &Symbol) -> Result<Arc<Tape>, VenueError> {
        let tape = self.shared.tapes.get(symbol).map(Arc::clone);
        tape.ok_or_else(|| refused(&Refused::UnknownSymbol))
    }

    /// The prices that an order at the market would get now.
    async fn quote(&self, symbol: &Symbol) -> Result<Quote, VenueError> {
        let (market, last) = {
            let book = self.shared.book();
            (book.engine.market(symbol).cloned(), book.engine.last(symbol))
        };
        let market = market.ok_or_else(|| refused(&Refused::UnknownSymbol))?;
        let last = last.ok_or_else(|| refused(&Refused::NoPrice))?;
        let price = |action| {
            let price = market.taker_price(action, last.price);
            price.map_err(|error| VenueError::Malformed(error.to_string()))
        };
        Ok(Quote {
            bid: price(Action::Sell)?,
            ask: price(Action::Buy)?,
            last: last.price,
            at: last.at,
        })
    }

    async fn bars(&self, symbol: &Symbol, limit: usize) -> Result<Vec<Bar>, VenueError> {
        let tape = self.tape(symbol).await?;
        Ok(tape.with_bars(|bars| bars[bars.len().saturating_sub(limit)..].to_vec()))
    }

    async fn prepare(&self, account: &VenueAccount) -> Result<(), VenueError> {
        yield_now().await;
        let (answer, prepared) = oneshot::channel();
        let act = Act::Prepare {
            account: account.id,
            mode: account.mode,
            answer,
        };
        self.acts.send(act).await.map_err(|_| unreachable())?;
        let prepared = prepared.await;
        self.reply(account.id).await;
        match prepared {
            Ok(Ok(())) => Ok(()),
            Ok(Err(no)) => Err(refused(&no)),
            Err(_) => Err(unreachable()),
        }
    }

    async fn place(&self, account: VenueAccountId, intent: &OrderIntent) -> Outcome<OrderReport> {
        yield_now().await;
        let fate = self.faults.of_place(account);
        let outcome = match fate {
            ActFate::Reject => Outcome::Refused(Refused::Told.into()),
            ActFate::LoseBefore => lost(),
            ActFate::LoseAfter => {
                drop(self.accept(account, intent.into()).await);
                lost()
            }
            ActFate::Well => self.accept(account, intent.into()).await,
        };
        self.reply(account).await;
        outcome
    }

    async fn cancel(&self, account: VenueAccountId, _symbol: &Symbol, order: &VenueOrderId) -> Outcome<OrderReport> {
        yield_now().await;
        let fate = self.faults.of_cancel();
        let outcome = match fate {
            ActFate::LoseBefore | ActFate::Reject => lost(),
            ActFate::LoseAfter => {
                drop(self.take_back(account, order).await);
                lost()
            }
            ActFate::Well => self.take_back(account, order).await,
        };
        self.reply(account).await;
        outcome
    }

    async fn cancel_all(&self, account: VenueAccountId, symbol: &Symbol) -> Outcome<()> {
        yield_now().await;
        let outcome = match self.faults.of_cancel() {
            ActFate::LoseBefore | ActFate::Reject => lost(),
            ActFate::LoseAfter => {
                drop(self.take_all_back(account, symbol).await);
                lost()
            }
            ActFate::Well => self.take_all_back(account, symbol).await,
        };
        self.reply(account).await;
        outcome
    }

    async fn protect(&self, account: VenueAccountId, protection: &Protection) -> Outcome<VenueOrderId> {
        yield_now().await;
        let outcome = match self.faults.of_place(account) {
            ActFate::Reject => Outcome::Refused(Refused::Told.into()),
            ActFate::LoseBefore => lost(),
            ActFate::LoseAfter => {
                drop(self.guard(account, protection).await);
                lost()
            }
            ActFate::Well => self.guard(account, protection).await,
        };
        self.reply(account).await;
        outcome
    }

    async fn unprotect(&self, account: VenueAccountId, _: &Symbol, order: &VenueOrderId) -> Outcome<()> {
        yield_now().await;
        let outcome = match self.faults.of_cancel() {
            ActFate::LoseBefore | ActFate::Reject => lost(),
            ActFate::LoseAfter => {
                drop(self.unguard(account, order).await);
                lost()
            }
            ActFate::Well => self.unguard(account, order).await,
        };
        self.reply(account).await;
        outcome
    }

    async fn lookup(&self, account: VenueAccountId, sought: &Sought<'_>) -> Result<Lookup, VenueError> {
        yield_now().await;
        if self.faults.of_question() {
            self.reply(account).await;
            return Err(unreachable());
        }
        let found = self.find(account, sought.client_id).await;
        self.reply(account).await;
        Ok(match found? {
            Some(order) => Lookup::Found(order.report()),
            None => Lookup::Absent,
        })
    }

    async fn poll(&self, account: VenueAccountId, look: &Look<'_>) -> Result<AccountReport, VenueError> {
        yield_now().await;
        let report = match self.faults.of_poll(account) {
            PollFate::Unreachable => Err(unreachable()),
            PollFate::RateLimited(retry_after) => Err(VenueError::RateLimited { retry_after }),
            PollFate::Well { duplicate, stale } => match Read::parse(look.cursor) {
                Ok(read) => self.tell(account, read, look.limit, duplicate, stale).await,
                Err(error) => Err(error),
            },
        };
        self.reply(account).await;
        report
    }

    /// There is no private stream: what happens here is in the next answer.
    fn heed(&self, _: VenueAccountId, _: Wake) {}

    fn forget(&self, _: VenueAccountId) {}

    fn is_heard(&self, _: VenueAccountId) -> bool {
        false
    }

    /// There are no keys here.
    async fn rights(&self, _: &Credential) -> Result<Option<KeyRights>, VenueError> {
        Ok(None)
    }

    fn supports(&self, mode: PositionMode) -> bool {
        match mode {
            PositionMode::OneWay | PositionMode::Hedge => true,
        }
    }
}

impl PaperVenue {
    /// The way back to whoever asked.
    async fn reply(&self, account: VenueAccountId) {
        let delay = self.faults.delay_of(account);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        yield_now().await;
    }

    pub(super) async fn accept(&self, account: VenueAccountId, request: Request) -> Outcome<OrderReport> {
        let (seen, forgetful) = {
            let mut book = self.shared.book();
            let recent = book.recent(account);
            (recent.ended, recent.forgetful)
        };
        if let Some(client_id) = request.client_id.as_ref().filter(|_| forgetful) {
            let key = rows::order_key(account, client_id);
            match self.shared.vault.row(rows::ORDER, &key).await {
                Ok(None) => {}
                Ok(Some(_)) => return Outcome::Refused(Refused::DuplicateClientId.into()),
                Err(error) => return Outcome::Unknown(error.to_string()),
            }
        }
        self.act(account, request, seen).await
    }

    pub(super) async fn take_back(&self, account: VenueAccountId, order: &VenueOrderId) -> Outcome<OrderReport> {
        let Some(number) = PaperOrder::number_of(order, account) else {
            return Outcome::Refused(Refused::UnknownOrder.into());
        };
        let (answer, cancelled) = oneshot::channel();
        let act = Act::Cancel {
            account,
            number,
            answer,
        };
        if self.acts.send(act).await.is_err() {
            return Outcome::Unknown("the venue has closed".to_owned());
        }
        outcome(cancelled.await)
    }

    async fn take_all_back(&self, account: VenueAccountId, symbol: &Symbol) -> Outcome<()> {
        let symbol = symbol.clone();
        let cancelled = self.change(move |engine, now| {
            engine.market(&symbol).ok_or(Refused::UnknownSymbol)?;
            let known = engine.account(account).ok_or(Refused::UnknownAccount)?;
            let here = known.orders.iter().filter(|order| order.symbol == symbol);
            let numbers: Vec<i64> = here.map(|order| order.number).collect();
            let mut effects = Effects::default();
            for number in numbers {
                effects.absorb(engine.cancel(account, number, now)?.effects);
            }
            Ok(((), effects))
        });
        match cancelled.await {
            Ok(Ok(())) => Outcome::Done(()),
            Ok(Err(no)) => Outcome::Refused(no.into()),
            Err(error) => Outcome::Unknown(error.to_string()),
        }
    }

    async fn find(&self, account: VenueAccountId, client_id: &ClientOrderId) -> Result<Option<PaperOrder>, VenueError> {
        let id = client_id.clone();
        let found = self.look(move |book| {
            let known = book.engine.account(account)?;
            let live = known.orders.iter().find(|order| order.client_id.as_ref() == Some(&id));
            let live = live.cloned();
            let recent = book.recent(account);
            Some((live.or_else(|| recent.order(&id).cloned()), recent.forgetful))
        });
        match found.await? {
            None => Err(refused(&Refused::UnknownAccount)),
            Some((Some(order), _)) => Ok(Some(order)),
            Some((None, false)) => Ok(None),
            Some((None, true)) => {
                let key = rows::order_key(account, client_id);
                let row = self.shared.vault.row(rows::ORDER, &key).await.map_err(unread)?;
                row.map(|row| rows::read(&row)).transpose().map_err(unread)
            }
        }
    }
}

fn lost<T>() -> Outcome<T> {
    Outcome::Unknown("no answer from the venue".to_owned())
}

fn unreachable() -> VenueError {
    VenueError::Unreachable("no answer".to_owned())
}

pub(super) fn refused(no: &Refused) -> VenueError {
    VenueError::Refused(format!("{no} ({})", no.code()))
}

pub(super) fn unread(error: StoreError) -> VenueError {
    match error {
        StoreError::Corrupt { .. } => VenueError::Malformed(error.to_string()),
        StoreError::Conflict { .. } | StoreError::Unavailable(_) | StoreError::Ambiguous(_) => {
            VenueError::Unreachable(error.to_string())
        }
    }
}
