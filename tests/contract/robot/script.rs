//! A venue, a scheduler and a supervisor that do as they are told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Actor, Context, Handler, MessageResult, ResponseFuture};
use async_trait::async_trait;
use bursar::actors::mail::{Exited, MailError, Post, PostReceipt, SyncAndWait, SyncNow};
use bursar::adapters::store::MemoryStore;
use bursar::ports::keyring::Credential;
use bursar::ports::market::{Tape, Wake};
use bursar::ports::store::Store;
use bursar::ports::venue::{Look, Lookup, Quote, Sought, Venue, VenueError};
use domain::credential::KeyRights;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::ledger::{EntrySeq, PostAnswer, Request};
use domain::market::{Bar, Symbol};
use domain::outcome::{Outcome, Refusal};
use domain::time::Timestamp;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{AccountReport, OrderIntent, OrderReport, Protection, ReportedState, VenueName, VenueOrderId};

/// How the venue answers one placement.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// Filled at once.
    Filled,
    /// Refused.
    Refused,
    /// Taken and filled, but the answer never comes.
    Lost,
    /// Filled after a while.
    Slow(Duration),
    /// The robot's own code breaks.
    Panic,
}

/// How the process stands still while it writes an intent.
#[derive(Debug, Clone, Copy)]
pub enum Freeze {
    /// Stopped: every clock goes on.
    Stopped(Duration),
    /// Asleep with its machine: only the time of day goes on.
    Asleep(Duration),
    /// Not at all, but the time of day is set back.
    SetBack(Duration),
}

/// A venue that answers as it is told, `Filled` when it is told nothing.
pub struct ScriptedVenue {
    pub name: VenueName,
    pub store: MemoryStore,
    pub tape: Arc<Tape>,
    pub answers: Mutex<VecDeque<Answer>>,
    pub placed: Mutex<Vec<OrderIntent>>,
}

impl ScriptedVenue {
    /// A venue of this name, where BTCUSDT was not traded yet.
    pub fn new(store: &MemoryStore, name: VenueName) -> Arc<Self> {
        Arc::new(Self {
            name,
            store: store.clone(),
            tape: Arc::new(Tape::new(Symbol::new("BTCUSDT"), Vec::new())),
            answers: Mutex::default(),
            placed: Mutex::default(),
        })
    }
}

/// A scheduler and a ledger that answer as they are told.
pub struct ScriptedScheduler {
    pub told: Arc<Told>,
}

/// What the scheduler and the supervisor were told, and how the scheduler answers.
#[derive(Default)]
pub struct Told {
    pub waits: Mutex<u32>,
    pub pokes: Mutex<u32>,
    pub exits: Mutex<Vec<Exited>>,
    /// What the ledger was asked for, and why it refuses; `None`: it says yes.
    pub asked: Mutex<Vec<Request>>,
    pub refuses: Mutex<Option<String>>,
    /// Whether the ledger does not answer.
    pub is_silent: Mutex<bool>,
    /// Whether a sync fails, and how long it takes.
    pub sync_fails: Mutex<bool>,
    pub sync_takes: Mutex<Duration>,
    /// The next intent is written across this.
    pub freeze: Mutex<Option<Freeze>>,
}

/// A supervisor that only remembers who exited.
pub struct Supervisor {
    pub told: Arc<Told>,
}

impl Actor for ScriptedScheduler {
    type Context = Context<Self>;
}

impl Handler<SyncNow> for ScriptedScheduler {
    type Result = ();

    fn handle(&mut self, _: SyncNow, _: &mut Context<Self>) {
        *self.told.pokes.lock().unwrap() += 1;
    }
}

impl Handler<SyncAndWait> for ScriptedScheduler {
    type Result = ResponseFuture<Result<(), MailError>>;

    fn handle(&mut self, _: SyncAndWait, _: &mut Context<Self>) -> Self::Result {
        *self.told.waits.lock().unwrap() += 1;
        let fails = *self.told.sync_fails.lock().unwrap();
        let takes = *self.told.sync_takes.lock().unwrap();
        Box::pin(async move {
            tokio::time::sleep(takes).await;
            if fails {
                return Err(MailError::Failed("the venue did not answer".to_owned()));
            }
            Ok(())
        })
    }
}

impl Handler<Post> for ScriptedScheduler {
    type Result = ResponseFuture<Result<PostReceipt, MailError>>;

    fn handle(&mut self, mail: Post, _: &mut Context<Self>) -> Self::Result {
        self.told.asked.lock().unwrap().push(mail.request);
        let is_silent = *self.told.is_silent.lock().unwrap();
        let answer = match self.told.refuses.lock().unwrap().clone() {
            Some(reason) => PostAnswer::Rejected { reason },
            None => PostAnswer::Created { entry: EntrySeq(1) },
        };
        Box::pin(async move {
            if is_silent {
                std::future::pending::<()>().await;
            }
            Ok(PostReceipt {
                answer,
                settlement: None,
                collected: Vec::new(),
            })
        })
    }
}

impl Actor for Supervisor {
    type Context = Context<Self>;
}

impl Handler<Exited> for Supervisor {
    type Result = MessageResult<Exited>;

    fn handle(&mut self, exited: Exited, _: &mut Context<Self>) -> Self::Result {
        self.told.exits.lock().unwrap().push(exited);
        MessageResult(())
    }
}

#[async_trait]
impl Venue for ScriptedVenue {
    fn name(&self) -> VenueName {
        self.name
    }

    fn poll_weight(&self) -> u32 {
        1
    }

    fn lookup_grace(&self) -> Duration {
        Duration::ZERO
    }

    async fn instrument(&self, symbol: &Symbol) -> Result<Option<Instrument>, VenueError> {
        Ok(Some(Instrument {
            symbol: symbol.clone(),
            tick: "0.1".parse().unwrap(),
            lot: "0.01".parse().unwrap(),
            min_quantity: "0.01".parse().unwrap(),
            min_notional: "100".parse().unwrap(),
            max_leverage: 20,
        }))
    }

    async fn tape(&self, _: &Symbol) -> Result<Arc<Tape>, VenueError> {
        Ok(Arc::clone(&self.tape))
    }

    async fn quote(&self, _: &Symbol) -> Result<Quote, VenueError> {
        Err(VenueError::Unreachable("not told".to_owned()))
    }

    async fn bars(&self, _: &Symbol, _: usize) -> Result<Vec<Bar>, VenueError> {
        Err(VenueError::Unreachable("not told".to_owned()))
    }

    async fn prepare(&self, _: &VenueAccount) -> Result<(), VenueError> {
        Ok(())
    }

    async fn place(&self, _: VenueAccountId, intent: &OrderIntent) -> Outcome<OrderReport> {
        let row = self.store.order_by_client_id(&intent.client_id).await.unwrap();
        let row = row.expect("the intent is on record before it is sent");
        assert_eq!(row.state.as_str(), "submitting");
        self.placed.lock().unwrap().push(intent.clone());
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Answer::Filled);
        match answer {
            Answer::Filled => {}
            Answer::Refused => {
                return Outcome::Refused(Refusal {
                    code: "-2019".to_owned(),
                    reason: "margin is insufficient".to_owned(),
                });
            }
            Answer::Lost => std::future::pending().await,
            Answer::Slow(delay) => tokio::time::sleep(delay).await,
            Answer::Panic => panic!("as told"),
        }
        Outcome::Done(report(intent))
    }

    async fn cancel(&self, _: VenueAccountId, _: &Symbol, _: &VenueOrderId) -> Outcome<OrderReport> {
        Outcome::Unknown("not told".to_owned())
    }

    async fn cancel_all(&self, _: VenueAccountId, _: &Symbol) -> Outcome<()> {
        Outcome::Unknown("not told".to_owned())
    }

    async fn protect(&self, _: VenueAccountId, _: &Protection) -> Outcome<VenueOrderId> {
        Outcome::Unknown("not told".to_owned())
    }

    async fn unprotect(&self, _: VenueAccountId, _: &Symbol, _: &VenueOrderId) -> Outcome<()> {
        Outcome::Unknown("not told".to_owned())
    }

    async fn lookup(&self, _: VenueAccountId, _: &Sought<'_>) -> Result<Lookup, VenueError> {
        Ok(Lookup::Absent)
    }

    async fn poll(&self, _: VenueAccountId, _: &Look<'_>) -> Result<AccountReport, VenueError> {
        Err(VenueError::Unreachable("not told".to_owned()))
    }

    fn heed(&self, _: VenueAccountId, _: Wake) {}

    fn forget(&self, _: VenueAccountId) {}

    fn is_heard(&self, _: VenueAccountId) -> bool {
        false
    }

    async fn rights(&self, _: &Credential) -> Result<Option<KeyRights>, VenueError> {
        Ok(None)
    }

    fn supports(&self, _: PositionMode) -> bool {
        true
    }
}

/// The report of an order that is filled whole.
pub fn report(intent: &OrderIntent) -> OrderReport {
    OrderReport {
        venue_id: VenueOrderId(format!("v-{}", intent.client_id)),
        client_id: Some(intent.client_id.clone()),
        symbol: intent.symbol.clone(),
        action: intent.action,
        state: ReportedState::Filled,
        quantity: intent.quantity,
        filled: intent.quantity,
        updated_at: Timestamp(0),
    }
}
