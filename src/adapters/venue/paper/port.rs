//! The venue port, answered by the paper venue.

use std::sync::Arc;

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::market::Symbol;
use domain::outcome::Outcome;
use domain::paper::{PaperOrder, Refused, Request};
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, ClientOrderId, Cursor, OrderIntent, OrderReport, VenueName, VenueOrderId};
use tokio::sync::oneshot;
use tokio::task::yield_now;

use super::faults::{ActFate, PollFate};
use super::hands::outcome;
use super::report::Read;
use super::writer::Act;
use super::{PaperVenue, rows};
use crate::ports::keyring::Credential;
use crate::ports::market::Tape;
use crate::ports::store::StoreError;
use crate::ports::venue::{Lookup, Venue, VenueError};

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
            PollFate::Well { duplicate, stale } => match Read::parse(cursor) {
                Ok(read) => self.tell(account, read, limit, duplicate, stale).await,
                Err(error) => Err(error),
            },
        };
        self.reply(account).await;
        report
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
}

fn lost() -> Outcome<OrderReport> {
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
