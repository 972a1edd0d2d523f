//! The venue port, answered by the paper venue.

use std::sync::Arc;

use async_trait::async_trait;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::market::Symbol;
use domain::outcome::Outcome;
use domain::paper::{PaperFill, PaperIncome, PaperOrder, Refused, Request};
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, ClientOrderId, Cursor, OrderIntent, OrderReport, VenueName, VenueOrderId};
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;
use tokio::task::yield_now;

use super::book::Standing;
use super::faults::{ActFate, PollFate};
use super::hands::outcome;
use super::writer::Act;
use super::{PaperVenue, rows};
use crate::ports::market::Tape;
use crate::ports::store::StoreError;
use crate::ports::venue::{Lookup, Venue, VenueError};

/// Weight of one poll: as much as Binance takes for an account's balances and positions.
const POLL_WEIGHT: u32 = 5;
/// How far back a repeating poll repeats.
const REPEATED: i64 = 3;

/// How far an account's fills and incomes were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Read {
    fill: i64,
    income: i64,
}

/// What the book tells for one poll; records that it no longer keeps are `None`.
struct Told {
    standing: Standing,
    last: Read,
    fills: Option<Vec<PaperFill>>,
    incomes: Option<Vec<PaperIncome>>,
}

#[async_trait]
impl Venue for PaperVenue {
    fn name(&self) -> VenueName {
        VenueName::Paper
    }

    fn poll_weight(&self) -> u32 {
        POLL_WEIGHT
    }

    async fn instrument(&self, symbol: &Symbol) -> Result<Option<Instrument>, VenueError> {
        let book = self.shared.book();
        Ok(book.engine.market(symbol).map(|market| market.instrument.clone()))
    }

    async fn tape(&self, symbol: &Symbol) -> Result<Arc<Tape>, VenueError> {
        let tape = self.shared.tapes.get(symbol).map(Arc::clone);
        tape.ok_or_else(|| refused(&Refused::UnknownSymbol))
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
                drop(self.accept(account, intent).await);
                lost()
            }
            ActFate::Well => self.accept(account, intent).await,
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

    async fn lookup(
        &self,
        account: VenueAccountId,
        _symbol: &Symbol,
        client_id: &ClientOrderId,
    ) -> Result<Lookup, VenueError> {
        yield_now().await;
        if self.faults.of_question() {
            self.reply(account).await;
            return Err(unreachable());
        }
        let found = self.find(account, client_id).await;
        self.reply(account).await;
        Ok(match found? {
            Some(order) => Lookup::Found(order.report()),
            None => Lookup::Absent,
        })
    }

    async fn poll(&self, account: VenueAccountId, cursor: &Cursor, limit: u32) -> Result<AccountReport, VenueError> {
        yield_now().await;
        let report = match self.faults.of_poll(account) {
            PollFate::Unreachable => Err(unreachable()),
            PollFate::RateLimited(retry_after) => Err(VenueError::RateLimited { retry_after }),
            PollFate::Well { duplicate, stale } => self.tell(account, cursor, limit, duplicate, stale).await,
        };
        self.reply(account).await;
        report
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

    async fn accept(&self, account: VenueAccountId, intent: &OrderIntent) -> Outcome<OrderReport> {
        let (seen, forgetful) = {
            let mut book = self.shared.book();
            let recent = book.recent(account);
            (recent.ended, recent.forgetful)
        };
        if forgetful {
            let key = rows::order_key(account, &intent.client_id);
            match self.shared.vault.row(rows::ORDER, &key).await {
                Ok(None) => {}
                Ok(Some(_)) => return Outcome::Refused(Refused::DuplicateClientId.into()),
                Err(error) => return Outcome::Unknown(error.to_string()),
            }
        }
        self.act(account, Request::from(intent), seen).await
    }

    async fn take_back(&self, account: VenueAccountId, order: &VenueOrderId) -> Outcome<OrderReport> {
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

    async fn tell(
        &self,
        account: VenueAccountId,
        cursor: &Cursor,
        limit: u32,
        duplicate: bool,
        stale: bool,
    ) -> Result<AccountReport, VenueError> {
        let read = Read::parse(cursor)?;
        let back = if duplicate { REPEATED } else { 0 };
        let from = Read {
            fill: (read.fill - back).max(0),
            income: (read.income - back).max(0),
        };
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let told = self.look(move |book| {
            let standing = book.standing(account, stale).transpose()?;
            let known = book.engine.account(account)?;
            let last = Read {
                fill: known.last_fill,
                income: known.last_income,
            };
            let recent = book.recent(account);
            let (fills, incomes) = (
                recent.fills.after(from.fill, page),
                recent.incomes.after(from.income, page),
            );
            Some(standing.map(|standing| Told {
                standing,
                last,
                fills,
                incomes,
            }))
        });
        let told = told.await?.ok_or_else(|| refused(&Refused::UnknownAccount))?;
        let told = told.map_err(|error| VenueError::Malformed(error.to_string()))?;
        let fills = self.past(rows::FILL, account, from.fill, limit, told.fills).await?;
        let incomes = self
            .past(rows::INCOME, account, from.income, limit, told.incomes)
            .await?;
        let reached = Read {
            fill: fills
                .last()
                .map_or(read.fill, |fill: &PaperFill| fill.number.max(read.fill)),
            income: incomes
                .last()
                .map_or(read.income, |income: &PaperIncome| income.number.max(read.income)),
        };
        Ok(AccountReport {
            at: self.now(),
            balance: told.standing.balance,
            available: told.standing.available,
            positions: told.standing.positions,
            open_orders: told.standing.open_orders,
            fills: fills.iter().map(PaperFill::report).collect(),
            incomes: incomes.iter().map(PaperIncome::report).collect(),
            cursor: reached.cursor(),
            more: reached.fill < told.last.fill || reached.income < told.last.income,
        })
    }

    /// What the book told, or else what the vault has.
    async fn past<T: DeserializeOwned>(
        &self,
        table: &'static str,
        account: VenueAccountId,
        after: i64,
        limit: u32,
        kept: Option<Vec<T>>,
    ) -> Result<Vec<T>, VenueError> {
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let found = self.shared.vault.rows_after(table, account, after, limit);
        let found = found.await.map_err(unread)?;
        found.iter().map(rows::read).collect::<Result<_, _>>().map_err(unread)
    }
}

impl Read {
    fn parse(cursor: &Cursor) -> Result<Self, VenueError> {
        if cursor.0.is_empty() {
            return Ok(Self { fill: 0, income: 0 });
        }
        let parts = cursor.0.split_once('.');
        let read = parts.and_then(|(fill, income)| Some((fill.parse().ok()?, income.parse().ok()?)));
        let (fill, income) = read.ok_or_else(|| VenueError::Refused(format!("cursor {} is not ours", cursor.0)))?;
        Ok(Self { fill, income })
    }

    fn cursor(self) -> Cursor {
        Cursor(format!("{}.{}", self.fill, self.income))
    }
}

fn lost() -> Outcome<OrderReport> {
    Outcome::Unknown("no answer from the venue".to_owned())
}

fn unreachable() -> VenueError {
    VenueError::Unreachable("no answer".to_owned())
}

fn refused(no: &Refused) -> VenueError {
    VenueError::Refused(format!("{no} ({})", no.code()))
}

fn unread(error: StoreError) -> VenueError {
    match error {
        StoreError::Corrupt { .. } => VenueError::Malformed(error.to_string()),
        StoreError::Conflict { .. } | StoreError::Unavailable(_) | StoreError::Ambiguous(_) => {
            VenueError::Unreachable(error.to_string())
        }
    }
}
