//! A venue as the actors see it: place, look, poll.

use async_trait::async_trait;
use domain::credential::KeyRights;
use domain::fixed::Price;
use domain::id::VenueAccountId;
use domain::instrument::Instrument;
use domain::market::{Bar, Symbol};
use domain::outcome::Outcome;
use domain::time::Timestamp;
use domain::user::{PositionMode, VenueAccount};
use domain::venue::{
    AccountReport, ClientOrderId, Cursor, OrderIntent, OrderReport, Protection, VenueName, VenueOrderId,
};

use crate::ports::keyring::Credential;
use crate::ports::market::{Tape, Wake};
use std::sync::Arc;
use std::time::Duration;

/// Why a question to a venue has no answer. Nothing can be concluded from it about orders or positions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VenueError {
    /// No answer in time or no connection.
    #[error("venue did not answer: {0}")]
    Unreachable(String),
    /// Too many requests; ask again after this time.
    #[error("venue limits requests for {}s", retry_after.as_secs())]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The venue says no to the question itself (credentials, unknown symbol).
    #[error("venue refuses the request: {0}")]
    Refused(String),
    /// The answer could not be understood.
    #[error("venue answered what cannot be understood: {0}")]
    Malformed(String),
}

/// What a look at an account is to tell.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// How far history was read.
    pub cursor: &'a Cursor,
    /// Markets in which orders of ours may rest or have been executed, whether or not anything is held there.
    pub markets: &'a [Symbol],
    /// Fills at most, and as many incomes.
    pub limit: u32,
    /// Whether something happened that makes it urgent; otherwise it is an audit.
    pub is_event: bool,
}

/// An order that is sought.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// Its market.
    pub symbol: &'a Symbol,
    /// Our own id of it.
    pub client_id: &'a ClientOrderId,
    /// When its intent was made, by our clock: no venue can have had it earlier.
    pub since: Timestamp,
}

/// The best prices of a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// The highest price that somebody bids.
    pub bid: Price,
    /// The lowest price that somebody asks.
    pub ask: Price,
    /// The last traded price.
    pub last: Price,
    /// When it was so, by the venue's clock.
    pub at: Timestamp,
}

/// What a query for one order found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// The venue has it.
    Found(OrderReport),
    /// The venue answered, and has no such order now.
    Absent,
}

/// A venue. Every call is bounded by the caller's deadline and may be dropped at any await.
#[async_trait]
pub trait Venue: Send + Sync + 'static {
    /// Which venue this is.
    fn name(&self) -> VenueName;

    /// Request weight of one [`Venue::poll`], against the venue's budget per minute; zero where the venue counts its requests
    /// itself, so that nobody else needs to.
    fn poll_weight(&self) -> u32;

    /// How long the venue may not know an order that it took: absence counts only after it. Zero where it is never behind.
    fn lookup_grace(&self) -> Duration;

    /// The filters of a market; `None` when the venue does not list it.
    async fn instrument(&self, symbol: &Symbol) -> Result<Option<Instrument>, VenueError>;

    /// The shared tape of a market's prices, fed for as long as the daemon runs.
    async fn tape(&self, symbol: &Symbol) -> Result<Arc<Tape>, VenueError>;

    /// The best prices of a market now.
    async fn quote(&self, symbol: &Symbol) -> Result<Quote, VenueError>;

    /// One-minute bars, oldest first, at most `limit`; the last one may still be growing.
    async fn bars(&self, symbol: &Symbol, limit: usize) -> Result<Vec<Bar>, VenueError>;

    /// Makes the account known and sets its position mode.
    async fn prepare(&self, account: &VenueAccount) -> Result<(), VenueError>;

    /// Sends one instruction. A lost or late answer is [`Outcome::Unknown`].
    async fn place(&self, account: VenueAccountId, intent: &OrderIntent) -> Outcome<OrderReport>;

    /// Cancels a resting order.
    async fn cancel(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<OrderReport>;

    /// Cancels every resting order of a market, ours and others.
    async fn cancel_all(&self, account: VenueAccountId, symbol: &Symbol) -> Outcome<()>;

    /// Lets a protective order wait, and tells the venue's id of it: while it waits it is no resting order, and a poll does not tell it.
    /// What it places when it fires is an order of its own, whose fills carry the client id where the venue keeps it (docs/venues.md).
    async fn protect(&self, account: VenueAccountId, protection: &Protection) -> Outcome<VenueOrderId>;

    /// Takes a protective order back. One that has fired, or was taken back before, is refused.
    async fn unprotect(&self, account: VenueAccountId, symbol: &Symbol, order: &VenueOrderId) -> Outcome<()>;

    /// Looks an order up by our own id.
    async fn lookup(&self, account: VenueAccountId, sought: &Sought<'_>) -> Result<Lookup, VenueError>;

    /// Balances, positions, open orders, and a page of at most so many fills and incomes after the cursor. Neither list
    /// runs ahead of the other: what is later than the last of a list that goes on waits for a later page, so that who
    /// held what when a payment was made is known by the time it is told.
    async fn poll(&self, account: VenueAccountId, look: &Look<'_>) -> Result<AccountReport, VenueError>;

    /// Wakes `wake` whenever the venue tells anything of the account, and whenever its private stream comes about or breaks, until
    /// [`Venue::forget`]; whoever is woken looks. The latest `wake` counts. A venue without private streams never wakes.
    fn heed(&self, account: VenueAccountId, wake: Wake);

    /// Nobody cares for the account any more: its private stream ends.
    fn forget(&self, account: VenueAccountId);

    /// Whether the account's private stream is up, so that a poll is only an audit.
    fn is_heard(&self, account: VenueAccountId) -> bool;

    /// What a key may do, asked with the key itself; `None` where this venue never tells. A key that the venue does not
    /// know is [`VenueError::Refused`].
    async fn rights(&self, credential: &Credential) -> Result<Option<KeyRights>, VenueError>;

    /// The position mode that this venue supports for new accounts.
    fn supports(&self, mode: PositionMode) -> bool;
}
